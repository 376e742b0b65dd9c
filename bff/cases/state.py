"""What do the transitions of a case look at? The case as it stands, in as few facts as decide."""

from msgspec import Struct

from bff.vocabulary import (
    AppealStatus,
    CaseAction,
    CaseStatus,
    DeadlineKind,
    DisputeStatus,
    ExchangeStatus,
    RefundStatus,
    Resolution,
    ReverseShipmentStatus,
    Role,
    Word,
)


class CaseStep(Word):
    """What moves a case besides the actions: their other halves, and what systems do or report."""

    AUTO_APPROVE = "AUTO_APPROVE"
    REJECT_OFFER = "REJECT_OFFER"
    HAND_OVER = "HAND_OVER"
    RETRY_REFUND = "RETRY_REFUND"
    DELIVER_EXCHANGE = "DELIVER_EXCHANGE"
    LOSE_EXCHANGE = "LOSE_EXCHANGE"
    COMPLETE = "COMPLETE"
    WITHDRAW_DISPUTE = "WITHDRAW_DISPUTE"
    AWARD = "AWARD"
    RESOLVE_APPEAL = "RESOLVE_APPEAL"


class Automaton(Word):
    """Who moves a case when no person does."""

    POLICY = "POLICY"
    CARRIER = "CARRIER"
    DEADLINE = "DEADLINE"
    SYSTEM = "SYSTEM"


Actor = Role | Automaton
Trigger = CaseAction | CaseStep | DeadlineKind  # a deadline triggers by passing


class CaseState(Struct, frozen=True, kw_only=True):
    """One case as its row and what it owns say, read under the lock by those who write.

    `goods_travel` says that goods are to come back: never with REFUND_ONLY, and no longer once an accepted
    offer or a ruling lets the customer keep them. `requires_inspection` ends when the warehouse's time does.
    `instant_refund` says that money goes before the goods are back; where it waits for the hand-over, it is
    true from then on. `owed` is agreed money that no refund row stands for: a failed row stands for its amount
    still, for it is retried and never written anew. `deadlines` are those that run: neither settled nor due;
    `overdue` are due and not settled, for the worker has not come by yet.
    """

    status: CaseStatus
    resolution: Resolution
    goods_travel: bool
    requires_inspection: bool = False
    instant_refund: bool = False
    parcel: ReverseShipmentStatus | None = None  # the newest reverse shipment
    owed: bool = False
    refunds: frozenset[RefundStatus] = frozenset()
    exchange: ExchangeStatus | None = None  # for REPAIR the repaired goods themselves
    has_open_offer: bool = False
    offer_rounds_left: int = 0
    dispute: DisputeStatus | None = None
    appeal: AppealStatus | None = None
    deadlines: frozenset[DeadlineKind] = frozenset()
    overdue: frozenset[DeadlineKind] = frozenset()
    rated: bool = False
