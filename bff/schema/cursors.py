"""Where did a page end? The sort key of a row, signed for one viewer and one question."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

import msgspec

from bff.schema.context import RequestContext
from bff.schema.errors import bad_input

SIGNATURE_BYTES = 16


def binding(context: RequestContext, connection: str, *question: object) -> bytes:
    """A digest of who asks for what: cursors of another viewer, filter, sort or parent do not fit."""
    viewer = context.viewer
    who = viewer and (viewer.role, viewer.subject, viewer.customer_id, viewer.merchant_id, viewer.order_id)
    return sha256(msgspec.json.encode((who, connection, question), order="deterministic")).digest()


def sign(context: RequestContext, bound_to: bytes, position: tuple[Any, ...]) -> str:
    """The cursor of a row."""
    payload = msgspec.msgpack.encode(position)
    return urlsafe_b64encode(_signature(context.signing_keys[0], bound_to, payload) + payload).decode().rstrip("=")


def open_cursor(
    context: RequestContext, bound_to: bytes, cursor: str, types: Any, argument: str
) -> tuple[Any, ...]:
    """The position that a cursor stands for. Raises BAD_USER_INPUT, naming the argument, for other text."""
    try:
        signed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except ValueError:
        signed = b""
    signature, payload = signed[:SIGNATURE_BYTES], signed[SIGNATURE_BYTES:]
    signatures = (_signature(key, bound_to, payload) for key in context.signing_keys)
    if not any(hmac.compare_digest(signature, one) for one in signatures):
        raise bad_input(
            f"`{argument}` is no cursor of this connection: take one from its edges or pageInfo, asked by the same"
            " viewer with the same filter and sort",
            argument,
        )
    position: tuple[Any, ...] = msgspec.msgpack.decode(payload, type=types)
    return position


def _signature(key: bytes, bound_to: bytes, payload: bytes) -> bytes:
    message = b"cursor\0" + bound_to + payload
    return hmac.digest(key, message, "sha256")[:SIGNATURE_BYTES]
