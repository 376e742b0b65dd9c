"""What may be asked of whoever pays a refund, and what can come of it? One interface, and four outcomes.

The law of every adapter: **one key, one refund**. The same order may be sent any number of times, at any time, by
any process; money moves once at most. So a caller that was killed asks again and loses nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from bff.money import Money

LONGEST_KEY = 255  # Stripe's and our own bound


class RefundOrder(Struct, frozen=True):
    """One payment to be given back in part or whole; `payment` is what the provider calls it.

    Raises ValueError for an amount that is not positive and for a key that is not 1 to 255 printable ASCII
    characters.
    """

    key: str
    payment: str
    amount: Money

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise ValueError(f"a refund of {self.amount.amount} {self.amount.currency} gives nothing back")
        if not (0 < len(self.key) <= LONGEST_KEY and self.key.isascii() and self.key.isprintable()):
            raise ValueError("a key has 1 to 255 printable ASCII characters")


class Accepted(Struct, frozen=True, tag="accepted"):
    """The provider has it and will pay; how it ends is told later, by notification or look-up."""

    reference: str


class Succeeded(Struct, frozen=True, tag="succeeded"):
    """Paid. A bank may still send it back: then the provider tells of a decline."""

    reference: str


class Declined(Struct, frozen=True, tag="declined"):
    """Not paid, or sent back, and never will be under this key. `reason` is a code of the provider's namespace,
    such as "stripe.charge_disputed"; it holds nothing personal. A new try takes a new key, see `tender_key`.
    """

    reason: str
    reference: str | None = None


class Unknown(Struct, frozen=True, tag="unknown"):
    """It may have been paid or not: what was held stays held, and the same order is sent again later.

    `retry_after` is in seconds, where the provider has asked for patience.
    """

    reason: str
    retry_after: int | None = None


Outcome = Accepted | Succeeded | Declined | Unknown
# How far an outcome is. What has succeeded may yet be sent back; what was declined stays so.
PROGRESS: tuple[type[Outcome], ...] = (Unknown, Accepted, Succeeded, Declined)


def further(known: Outcome, news: Outcome) -> Outcome:
    """The later of two outcomes of one key, whichever was heard first; the known one when they are as far.

    Duplicate, late and reordered notifications therefore change nothing. Where the known one is Succeeded and the
    answer Declined, the money has come back to the shop.
    """
    return news if PROGRESS.index(type(news)) > PROGRESS.index(type(known)) else known


class Notification(Struct, frozen=True):
    """What a provider told unasked. `event` is unique for its provider: the inbox keeps it once.

    `key` is None for a refund that was not ordered by us, in the provider's own console, say. `amount` is None
    where the currency cannot express it.
    """

    event: str
    outcome: Outcome
    key: str | None
    payment: str | None
    amount: Money | None


class Chargeback(Struct, frozen=True):
    """The customer's bank has taken money of a payment back, without us; `is_returned` when it gave it back later.

    `event` is unique for its provider, as a notification's is.
    """

    event: str
    payment: str
    amount: Money | None
    is_returned: bool = False


News = Notification | Chargeback


class NotificationRefused(ValueError):  # noqa: N818 - what happened to it
    """A notification that proves nothing; the text says why and repeats nothing of it. Answer it 400."""


class RefundKeyReused(Exception):  # noqa: N818 - what happened
    """One key was used for two different refunds: a bug of the caller, so nothing was sent."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the refund key {key} stands for another payment or amount")
        self.key = key


class PaymentProvider(Protocol):
    """Whoever pays refunds. `name` is the source of its notifications and the namespace of its reasons."""

    @property
    def name(self) -> str:
        """Short, lower case, never changed: "stripe"."""
        ...

    def step(self, currency: str) -> int:
        """Amounts must be whole multiples of this many minor units; usually 1. Choose shares accordingly."""
        ...

    async def refund(self, order: RefundOrder) -> Outcome:
        """Pays, or tells what became of an earlier call with the same key. Raises RefundKeyReused."""
        ...

    async def look_up(self, order: RefundOrder) -> Outcome | None:
        """What became of an order, without sending it; None when the provider has none of that key.

        Raises RefundKeyReused.
        """
        ...

    def parse_notification(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[News, ...]:
        """What a signed request tells about refunds and chargebacks, which may be nothing.

        `now` is the world's clock, not the shop's. Raises NotificationRefused.
        """
        ...


def tender_key(refund: str, payment: str, attempt: int = 1) -> str:
    """The key of one tender's share of a refund: a refund over two cards is two orders.

    `attempt` rises only after a Declined outcome, which is final under its own key; never after Unknown.
    """
    return f"{refund}/{payment}/{attempt}"
