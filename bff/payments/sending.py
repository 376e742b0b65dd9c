"""When is a refund sent again? With the same key, after growing pauses, until what became of it is known."""

from collections.abc import Awaitable, Callable
from zlib import crc32

from bff.payments.provider import Outcome, RefundOrder, Unknown

FIRST_PAUSE, LONGEST_PAUSE = 2, 3600  # seconds
TRIES = 34  # about a day, after which a person should look

Send = Callable[[RefundOrder], Awaitable[Outcome]]
Sleep = Callable[[float], Awaitable[None]]


def pause(key: str, tries: int, retry_after: int | None = None) -> int:
    """Seconds to wait after so many tries: doubling from 2 to an hour, a quarter more or less by the key.

    The spread comes from the key, not from chance: a workflow that is run anew takes the same decisions.
    """
    whole = min(FIRST_PAUSE << min(tries - 1, 12), LONGEST_PAUSE)
    spread = crc32(f"{key} {tries}".encode()) % (whole // 2 + 1)
    return max(whole * 3 // 4 + spread, retry_after or 0)


async def send_until_known(send: Send, order: RefundOrder, *, sleep: Sleep, tries: int = TRIES) -> Outcome:
    """What became of an order; Unknown only when every try has left it so, and then it must stay held.

    `send` is a provider's `refund`; a durable workflow hands in its step around it, and its own durable sleep.
    Killed anywhere and started anew it pays nothing twice, since the key stays.
    """
    outcome = await send(order)
    for tried in range(1, tries):
        if not isinstance(outcome, Unknown):
            break
        await sleep(pause(order.key, tried, outcome.retry_after))
        outcome = await send(order)
    return outcome
