"""What does Stripe's answer mean? Its refunds, errors and events as outcomes; what may have been paid is Unknown.

Sources: docs.stripe.com/api/refunds/object, /api/errors, /error-low-level, /api/events/types.
"""

import httpx2
import msgspec
from msgspec import Struct

from bff.payments.provider import (
    Accepted,
    Chargeback,
    Declined,
    News,
    Notification,
    NotificationRefused,
    Outcome,
    RefundKeyReused,
    Succeeded,
    Unknown,
)
from bff.payments.stripe_amounts import from_stripe

KEY_IN_METADATA = "refund_key"
LONGEST_PATIENCE = 3600  # seconds; a stranger's header must not put a refund off for ever
# Answers before Stripe has begun to work, or after which nobody knows: our access, a conflict, a lock, a limit.
PASSING = {401, 403, 408, 409, 424, 425, 429}
# A dispute's money is taken when it is lost or while it is argued about, and given back when it is won.
DISPUTE_EVENTS = {"charge.dispute.funds_withdrawn": False, "charge.dispute.funds_reinstated": True}
REFUND_EVENTS = {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"}


class StripeRefund(Struct, frozen=True):
    """The part of a refund object that we read; `amount` is in Stripe's minor units."""

    id: str
    amount: int
    currency: str
    status: str | None = None
    metadata: dict[str, str] | None = None
    payment_intent: str | None = None
    charge: str | None = None
    failure_reason: str | None = None

    @property
    def key(self) -> str | None:
        """The key that we ordered it with; None for a refund of somebody else."""
        return (self.metadata or {}).get(KEY_IN_METADATA)

    @property
    def outcome(self) -> Outcome:
        """What has become of it. A status that we have never heard of says nothing."""
        if self.status == "succeeded":
            return Succeeded(self.id)
        if self.status in {"pending", "requires_action"}:
            return Accepted(self.id)
        if self.status in {"failed", "canceled"}:
            return Declined(f"stripe.{self.failure_reason or self.status}", self.id)
        return Unknown(f"stripe.status_{self.status}")


class RefundPage(Struct, frozen=True):
    """One page of a list of refunds, the newest first."""

    data: tuple[StripeRefund, ...]
    has_more: bool = False


class Fault(Struct, frozen=True):
    """Stripe's error object. Its message may hold amounts and names, so it is not read."""

    type: str = ""
    code: str | None = None


class FaultBody(Struct, frozen=True):
    """What an answer of 4xx holds."""

    error: Fault


class ChargeObject(Struct, frozen=True):
    """The part of a charge that we read. Newer versions of the API leave the refunds out."""

    refunds: RefundPage | None = None


class Dispute(Struct, frozen=True):
    """The part of a dispute that we read; `amount` is in Stripe's minor units."""

    id: str
    amount: int
    currency: str
    charge: str | None = None
    payment_intent: str | None = None


class EventData(Struct, frozen=True):
    """What an event is about, read by its type."""

    object: msgspec.Raw


class Event(Struct, frozen=True):
    """One notification."""

    id: str
    type: str
    data: EventData


def failure(response: httpx2.Response, key: str) -> Outcome:
    """What an answer other than 200 means for the refund of a key.

    Only a 4xx whose body is Stripe's own error is a decline. Everything else, a proxy's page included, is Unknown:
    Stripe asks to treat a 500 as "it may have happened". Raises RefundKeyReused.
    """
    status = response.status_code
    fault = fault_of(response.content)
    if status in PASSING or not httpx2.codes.is_client_error(status) or fault is None:
        return Unknown(f"stripe.http_{status}", patience(response.headers.get("retry-after", "")))
    if fault.type == "idempotency_error":
        raise RefundKeyReused(key)
    return Declined(f"stripe.{fault.code or fault.type}")


def fault_of(body: bytes) -> Fault | None:
    """The error that a body holds, if it holds Stripe's."""
    try:
        fault = msgspec.json.decode(body, type=FaultBody).error
    except msgspec.DecodeError:
        return None
    return fault if fault.type else None


def patience(header: str) -> int | None:
    """Seconds of a Retry-After header; a date or nonsense is nothing."""
    seconds = header.isascii() and header.isdigit() and len(header) < len("1000000")
    return min(int(header), LONGEST_PATIENCE) if seconds else None


def notifications(body: bytes) -> tuple[News, ...]:
    """What an event tells about refunds and disputes; nothing for any other. Raises NotificationRefused."""
    try:
        event = msgspec.json.decode(body, type=Event)
        if event.type in REFUND_EVENTS:
            refund = msgspec.json.decode(event.data.object, type=StripeRefund)
            return (notification(event.id, refund),)
        if event.type in DISPUTE_EVENTS:
            dispute = msgspec.json.decode(event.data.object, type=Dispute)
            return chargebacks(event.id, dispute, is_returned=DISPUTE_EVENTS[event.type])
        if event.type == "charge.refunded":
            charge = msgspec.json.decode(event.data.object, type=ChargeObject)
            found = charge.refunds.data if charge.refunds else ()
            return tuple(notification(f"{event.id}/{refund.id}", refund) for refund in found)
    except msgspec.DecodeError:
        raise NotificationRefused("its body is no event that we can read") from None
    return ()


def chargebacks(event: str, dispute: Dispute, *, is_returned: bool) -> tuple[Chargeback, ...]:
    """A dispute's money, under both of the names that the payment may be known by here."""
    amount = from_stripe(dispute.amount, dispute.currency)
    names = [name for name in (dispute.payment_intent, dispute.charge) if name]
    return tuple(Chargeback(f"{event}/{name}", name, amount, is_returned) for name in names)


def notification(event: str, refund: StripeRefund) -> Notification:
    """A refund object as news of that event."""
    amount = from_stripe(refund.amount, refund.currency)
    return Notification(event, refund.outcome, refund.key, refund.payment_intent or refund.charge, amount)


def form(key: str, payment: dict[str, str], amount: int) -> dict[str, str]:
    """The body of the order: which payment, how much, and the key, by which it is found again."""
    return {**payment, "amount": str(amount), f"metadata[{KEY_IN_METADATA}]": key}
