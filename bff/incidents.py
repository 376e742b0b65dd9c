"""Where did it go wrong? The way that an error took, without anything that it carried."""


def places(error: BaseException) -> list[str]:
    """Where it was raised, innermost last: module, function and line, and no values."""
    found = []
    frame = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        found.append(f"{frame.tb_frame.f_globals.get('__name__', '?')}:{code.co_name}:{frame.tb_lineno}")
        frame = frame.tb_next
    return found[-8:]
