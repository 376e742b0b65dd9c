"""May this guest see that order? For fifteen minutes, with its number and the e-mail address it was placed with.

A wrong address and an absent order cannot be told apart: one text, one statement, one comparison.
"""

import hmac
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

from bff.rates import LOOK_UPS
from bff.schema.context import RequestContext
from bff.schema.errors import rate_limited
from bff.schema.guest_session import GuestSessionSource, OpenGuestSessionInput
from bff.schema.user_error import UserErrorSource
from bff.storage.folding import folded, is_storable
from bff.storage.reads.guests import GuestOrder, order_of_number
from bff.tokens import Keyring, mint
from bff.user_errors import UserErrorCode
from bff.vocabulary import Role

LIFE = 15 * 60  # seconds
NO_SUCH_ORDER = "There is no order of that number that was placed with that e-mail address"


async def open_session(
    context: RequestContext, asked: OpenGuestSessionInput, clock: Callable[[], float] = time.time
) -> GuestSessionSource:
    """A token for one order, or NOT_FOUND. Raises RATE_LIMITED. `clock` is the machine's, which tokens live by."""
    number = asked.order_number.strip()
    await count_attempt(context, number)
    order = await order_of_number(context.database, number if is_storable(number) else "")
    if not is_known_to(order, asked.email) or order is None:
        return GuestSessionSource(None, None, [UserErrorSource(UserErrorCode.NOT_FOUND, NO_SUCH_ORDER, [])])
    now = int(clock())
    token = mint(
        Keyring(tuple(key.decode() for key in context.signing_keys)),
        Role.CUSTOMER,
        str(order.customer_id),
        seconds=LIFE,
        order=order.id,
        clock=lambda: now,
    )
    return GuestSessionSource(token, datetime.fromtimestamp(now + LIFE, UTC), [])


async def count_attempt(context: RequestContext, number: str) -> None:
    """Counts a look-up for its address, then for its order. Raises RATE_LIMITED.

    The address comes first, so that whoever has used theirs up cannot lock others out of an order.
    """
    for kind, name in (("address", context.address), ("order", number)):
        seconds = await context.rates.attempt(LOOK_UPS, kind, name)
        if seconds is not None:
            raise rate_limited(seconds)


def is_known_to(order: GuestOrder | None, email: str) -> bool:
    """Whether that is the order's e-mail address, compared in a time that tells nothing of it."""
    held = order.email if order is not None else None
    expected = digest(held) if held else secrets.token_bytes(sha256().digest_size)
    return hmac.compare_digest(expected, digest(email))


def digest(email: str) -> bytes:
    """Equal for addresses that differ in case, width or blanks around them only."""
    return sha256(folded(email.strip()).encode(errors="surrogatepass")).digest()
