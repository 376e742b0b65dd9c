"""Under which circumstances may a case move? Each condition of the table of transitions by its name.

The first line of each says in words what docs/cases.md prints.
"""

from bff.cases.state import CaseState
from bff.vocabulary import (
    AppealStatus,
    CaseStatus,
    DeadlineKind,
    DisputeStatus,
    ExchangeStatus,
    RefundStatus,
    Resolution,
    ReverseShipmentStatus,
)

# Something was agreed and is being carried out.
UNDER_WAY = frozenset({CaseStatus.APPROVED, CaseStatus.IN_TRANSIT, CaseStatus.RECEIVED, CaseStatus.INSPECTED})
OPEN = UNDER_WAY | {CaseStatus.REQUESTED}
FINAL = frozenset(CaseStatus) - OPEN
# What a customer may hold to be wrong.
DISPUTABLE = frozenset({CaseStatus.DECLINED, CaseStatus.INSPECTED, CaseStatus.COMPLETED, CaseStatus.EXPIRED})
# A case that is completed may owe again, by a ruling.
PAYABLE = UNDER_WAY | {CaseStatus.COMPLETED}
WITH_THE_WAREHOUSE = frozenset({CaseStatus.RECEIVED, CaseStatus.INSPECTED})
BOOKABLE = frozenset({None, ReverseShipmentStatus.BOOKED, ReverseShipmentStatus.CANCELLED})
ARRIVED_OR_LOST = frozenset({ReverseShipmentStatus.DELIVERED, ReverseShipmentStatus.LOST})
ON_ITS_WAY = frozenset({ExchangeStatus.RESERVED, ExchangeStatus.SHIPPED})
SENT = frozenset({ExchangeStatus.SHIPPED, ExchangeStatus.DELIVERED})
UNRULED = frozenset({DisputeStatus.OPEN, DisputeStatus.UNDER_REVIEW})
PAID = frozenset({RefundStatus.SUCCEEDED})


def always(_: CaseState) -> bool:
    """Always."""
    return True


def offer_is_open(state: CaseState) -> bool:
    """An offer waits for its answer."""
    return state.has_open_offer


def may_be_offered(state: CaseState) -> bool:
    """No offer is open, rounds are left, and money is at stake."""
    at_stake = state.status is CaseStatus.REQUESTED or state.owed
    return at_stake and not state.has_open_offer and state.offer_rounds_left > 0


def nothing_has_moved(state: CaseState) -> bool:
    """No refund was begun and no exchange was sent.

    Whoever has the money, or the new goods, gives them back rather than take back the request.
    """
    return not state.refunds and state.exchange not in SENT


def goods_are_to_come(state: CaseState) -> bool:
    """Goods are to come back."""
    return state.goods_travel


def return_may_be_booked(state: CaseState) -> bool:
    """Goods are to come back, no parcel is under way, and the time to send them is not over."""
    in_time = DeadlineKind.CUSTOMER_SHIPMENT not in state.overdue
    return state.goods_travel and state.parcel in BOOKABLE and in_time


def parcel_is_booked(state: CaseState) -> bool:
    """A way back was booked."""
    return state.goods_travel and state.parcel not in {None, ReverseShipmentStatus.CANCELLED}


def parcel_may_have_been_late(state: CaseState) -> bool:
    """A way back was booked, the goods set off in time, and nobody has ruled.

    That they did is proved by a scan, which whoever takes it in compares with the deadline.
    """
    return state.goods_travel and state.parcel is not None and state.dispute is not DisputeStatus.RULED


def parcel_is_missing(state: CaseState) -> bool:
    """The parcel neither arrived nor is lost, and is not one that no carrier has ever told of."""
    return parcel_is_under_way(state) and not parcel_was_never_seen(state)


def parcel_was_never_seen(state: CaseState) -> bool:
    """The customer named a parcel that no carrier has ever told of."""
    return parcel_is_under_way(state) and state.parcel is ReverseShipmentStatus.BOOKED


def parcel_is_under_way(state: CaseState) -> bool:
    """The parcel neither arrived nor is lost."""
    return state.status is CaseStatus.IN_TRANSIT and state.goods_travel and state.parcel not in ARRIVED_OR_LOST


def warehouse_has_to_look(state: CaseState) -> bool:
    """The goods arrived and wait for the warehouse."""
    if state.status is CaseStatus.IN_TRANSIT:
        return state.goods_travel and state.parcel is ReverseShipmentStatus.DELIVERED
    return inspection_is_wanted(state)


def merchant_is_in_time(state: CaseState) -> bool:
    """The merchant's time to answer is not over."""
    return DeadlineKind.MERCHANT_RESPONSE not in state.overdue


def inspection_is_wanted(state: CaseState) -> bool:
    """An inspection is required."""
    return state.status is CaseStatus.RECEIVED and state.requires_inspection


def goods_are_settled(state: CaseState) -> bool:
    """Nothing more depends on goods coming back."""
    if not state.goods_travel or state.status is CaseStatus.INSPECTED:
        return True
    if state.status is CaseStatus.RECEIVED:
        return not state.requires_inspection
    return state.status is CaseStatus.IN_TRANSIT and state.parcel is ReverseShipmentStatus.LOST


def money_is_owed(state: CaseState) -> bool:
    """Agreed money is not refunded yet."""
    return state.owed


def payment_is_due(state: CaseState) -> bool:
    """Agreed money is not refunded yet, and nothing is waited for."""
    waits = state.status in UNDER_WAY and not state.instant_refund and not goods_are_settled(state)
    return state.owed and state.status in PAYABLE and not waits


def refund_has_failed(state: CaseState) -> bool:
    """A refund has failed."""
    return RefundStatus.FAILED in state.refunds


def exchange_may_be_sent(state: CaseState) -> bool:
    """Goods to send are reserved; to repair they must be here first."""
    here = state.resolution is not Resolution.REPAIR or state.status in WITH_THE_WAREHOUSE
    return state.exchange is ExchangeStatus.RESERVED and here


def exchange_is_sent(state: CaseState) -> bool:
    """The exchange is on its way."""
    return state.exchange is ExchangeStatus.SHIPPED


def exchange_is_awaited(state: CaseState) -> bool:
    """The exchange was sent, and nobody has heard of its arrival."""
    return state.status in UNDER_WAY and state.exchange is ExchangeStatus.SHIPPED


def settlement_is_due(state: CaseState) -> bool:
    """Money or goods are due to the customer and are not there yet."""
    if state.status not in PAYABLE:
        return False
    reserved = state.exchange is ExchangeStatus.RESERVED
    goods_due = state.status in UNDER_WAY and goods_are_settled(state) and reserved
    return goods_due or payment_is_due(state) or not state.refunds <= PAID


def everything_is_done(state: CaseState) -> bool:
    """Nothing is waited for, every refund succeeded, the exchange arrived."""
    done = goods_are_settled(state) and not state.owed and not state.has_open_offer
    return done and state.refunds <= PAID and state.exchange not in ON_ITS_WAY


def dispute_may_be_opened(state: CaseState) -> bool:
    """The dispute window is open, and there was no dispute before."""
    return state.dispute is None and DeadlineKind.DISPUTE_WINDOW in state.deadlines


def dispute_is_possible(state: CaseState) -> bool:
    """The outcome can be disputed, and was not."""
    return state.status in DISPUTABLE and state.dispute is None


def dispute_is_open(state: CaseState) -> bool:
    """A dispute waits for its ruling."""
    return state.dispute in UNRULED


def appeal_is_open(state: CaseState) -> bool:
    """An appeal waits for its answer."""
    return state.appeal is AppealStatus.OPEN


def agent_has_to_rule(state: CaseState) -> bool:
    """A dispute or an appeal waits for an agent."""
    return dispute_is_open(state) or appeal_is_open(state)


def appeal_is_possible(state: CaseState) -> bool:
    """The ruling can be appealed against, and was not."""
    return state.dispute is DisputeStatus.RULED and state.appeal is None


def appeal_may_be_opened(state: CaseState) -> bool:
    """The appeal window is open, and there was no appeal before."""
    return appeal_is_possible(state) and DeadlineKind.APPEAL_WINDOW in state.deadlines


def merchant_has_to_answer(state: CaseState) -> bool:
    """The request waits for the merchant."""
    return state.status is CaseStatus.REQUESTED and not state.has_open_offer


def customer_has_to_answer(state: CaseState) -> bool:
    """An offer waits for the customer."""
    return state.status in OPEN and state.has_open_offer


def customer_has_to_send(state: CaseState) -> bool:
    """Approved goods are still with the customer."""
    return state.status is CaseStatus.APPROVED and state.goods_travel


def is_not_rated(state: CaseState) -> bool:
    """It is not rated yet."""
    return not state.rated
