"""What did the caller send? The body of a POST: its media type, within its size and its time."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import Receive

from bff.http.refusal import refuse
from bff.limits import Limits


def check_media_type(headers: Headers) -> None:
    """Lets only application/json in UTF-8 pass: other types need no preflight, so any site could send them."""
    media, *parameters = headers.get("content-type", "").split(";")
    named = dict(parameter.strip().lower().partition("=")[::2] for parameter in parameters)
    charset = named.get("charset", "utf-8").strip('"')
    if media.strip().lower() != "application/json" or charset not in {"utf-8", "utf8"}:
        raise refuse(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "Send Content-Type: application/json in UTF-8",
            Accept="application/json",
        )
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise refuse(415, "UNSUPPORTED_MEDIA_TYPE", "Send the body uncompressed", Accept_Encoding="identity")


def check_headers(scope_headers: list[tuple[bytes, bytes]], limits: Limits) -> None:
    """Refuses a header block above its cap (431)."""
    if sum(len(name) + len(value) + 4 for name, value in scope_headers) > limits.header_bytes:
        raise refuse(431, "HEADERS_TOO_LARGE", f"The headers are larger than {limits.header_bytes} bytes")


async def read_body(headers: Headers, receive: Receive, limits: Limits) -> bytes:
    """The whole body. Raises a Refusal: 413 past the size, 408 past the time, 400 when the caller hangs up."""
    too_large = refuse(413, "PAYLOAD_TOO_LARGE", f"The body is larger than {limits.body_bytes} bytes")
    declared = headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and float(declared) > limits.body_bytes:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(limits.body_seconds):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise refuse(400, "BAD_REQUEST", "The request ended before its body")
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > limits.body_bytes:
                    raise too_large
    except TimeoutError:
        raise refuse(408, "REQUEST_TIMEOUT", "The body did not arrive in time", Connection="close") from None
    return bytes(body)
