"""What may become of a case? Every change that the table allows, carried out on the facts it looks at.

The table says where a case goes; this says what else changes then, in every way that it can: what an inspection
finds, what an offer asks for, what a carrier reports. It is what mutations do to rows, done to a CaseState.
"""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from bff.cases.clocks import starting, stopped
from bff.cases.conditions import FINAL, OPEN
from bff.cases.state import Actor, Automaton, CaseState, CaseStep, Trigger
from bff.cases.transitions import TABLE, target
from bff.vocabulary import (
    GOODS_TRAVEL_BACK,
    AppealStatus,
    CaseAction,
    CaseStatus,
    DeadlineKind,
    DisputeStatus,
    ExchangeStatus,
    RefundStatus,
    Resolution,
    ReverseShipmentStatus,
)

SENDS_GOODS = frozenset({Resolution.EXCHANGE, Resolution.REPAIR})
# What the other triggers change besides the status, once for each way in which they can turn out.
PLAINLY: dict[Trigger, tuple[dict[str, Any], ...]] = {
    CaseStep.REJECT_OFFER: ({"has_open_offer": False},),
    DeadlineKind.OFFER_RESPONSE: ({"has_open_offer": False},),
    CaseAction.SCHEDULE_RETURN: ({"parcel": ReverseShipmentStatus.BOOKED},),
    DeadlineKind.WAREHOUSE_INSPECTION: (
        {"parcel": ReverseShipmentStatus.DELIVERED, "requires_inspection": False},
    ),
    CaseAction.SHIP_EXCHANGE: ({"exchange": ExchangeStatus.SHIPPED},),
    DeadlineKind.EXCHANGE_ARRIVAL: ({"exchange": ExchangeStatus.DELIVERED},),
    CaseStep.LOSE_EXCHANGE: ({"exchange": ExchangeStatus.CANCELLED, "owed": True},),
    CaseStep.DELIVER_EXCHANGE: ({"exchange": ExchangeStatus.DELIVERED},),
    CaseAction.RATE: ({"rated": True},),
    CaseAction.OPEN_DISPUTE: ({"dispute": DisputeStatus.OPEN},),
    CaseStep.WITHDRAW_DISPUTE: ({"dispute": DisputeStatus.WITHDRAWN},),
    CaseAction.RULE: ({"dispute": DisputeStatus.RULED},),
    CaseAction.APPEAL: ({"appeal": AppealStatus.OPEN},),
    CaseStep.RESOLVE_APPEAL: ({"appeal": AppealStatus.UPHELD}, {"appeal": AppealStatus.REJECTED}),
}
Change = tuple[Trigger | str, Actor | str, CaseState]


def a_state(status: CaseStatus = CaseStatus.REQUESTED, **facts: Any) -> CaseState:
    """A case to return one thing for its money, with one round of offers left; its clocks run."""
    resolution = Resolution(facts.pop("resolution", Resolution.RETURN_AND_REFUND))
    bare = CaseState(
        status=status, resolution=resolution, goods_travel=resolution in GOODS_TRAVEL_BACK, offer_rounds_left=1
    )
    state = replace(bare, **facts)
    clocks = frozenset(clock.kind for clock in starting(None, state))
    return state if "deadlines" in facts else replace(state, deadlines=clocks)


def changes(state: CaseState) -> Iterator[Change]:
    """Everything that can happen next: what, by whom, and the case afterwards."""
    for row in TABLE:
        if row.on is CaseAction.OVERRIDE or (isinstance(row.on, DeadlineKind) and row.on not in state.deadlines):
            continue
        for by in row.by:
            if row.applies(state, row.on, by):
                yield from ((row.on, by, one) for one in carried_out(state, row.on, by))
    yield from _reports(state)


def carried_out(state: CaseState, on: Trigger, by: Actor, to: CaseStatus | None = None) -> Iterator[CaseState]:
    """The case after that, once for each way in which it can turn out."""
    moved = replace(state, status=target(state, on, by, to))
    for after in _outcomes(state, moved, on):
        yield with_clocks(state, _tidied(after), on)


def with_clocks(before: CaseState, after: CaseState, on: Trigger | str) -> CaseState:
    """The case with the clocks that then run."""
    running = before.deadlines - frozenset(stopped(before, after)) - {on}
    return replace(after, deadlines=running | {clock.kind for clock in starting(before, after)})


def _tidied(state: CaseState) -> CaseState:
    """What an end ends: an offer, a reservation and a claim to money that was not paid."""
    if state.status in OPEN or (state.status is CaseStatus.COMPLETED and state.owed):
        return state
    reserved = state.exchange is ExchangeStatus.RESERVED
    exchange = ExchangeStatus.CANCELLED if reserved else state.exchange
    return replace(state, has_open_offer=False, owed=False, exchange=exchange)


def _outcomes(before: CaseState, state: CaseState, on: Trigger) -> Iterator[CaseState]:
    match on:
        case CaseStep.AUTO_APPROVE | CaseAction.APPROVE | DeadlineKind.MERCHANT_RESPONSE:
            yield _approved(state)
        case CaseAction.PROPOSE_OFFER:
            yield replace(state, has_open_offer=True, offer_rounds_left=state.offer_rounds_left - 1)
        case CaseAction.ACCEPT_OFFER:
            settled = _without_exchange(replace(state, has_open_offer=False, owed=True))
            yield settled
            yield replace(settled, goods_travel=False)
        case CaseAction.RECORD_RECEIPT | CaseAction.RECORD_INSPECTION:
            here = replace(state, parcel=ReverseShipmentStatus.DELIVERED)
            yield here
            yield replace(_without_exchange(here), owed=False)
        case CaseAction.ISSUE_REFUND:
            yield _refunding(state)
        case CaseStep.HAND_OVER | DeadlineKind.RETURN_TRANSIT:
            yield from _travelled(before, state)
        case CaseStep.RETRY_REFUND:
            yield _retried(state)
        case DeadlineKind.REFUND:
            yield _paid_at_last(state)
        case CaseStep.AWARD:
            keeps = state.goods_travel and before.status not in FINAL
            yield replace(state, dispute=DisputeStatus.RULED, owed=True, goods_travel=keeps)
        case _:
            yield from (replace(state, **facts) for facts in PLAINLY.get(on, ({},)))


def _travelled(before: CaseState, state: CaseState) -> Iterator[CaseState]:
    """The goods set off, as a carrier or only the customer says; or nobody has heard of them for too long."""
    if before.status is CaseStatus.IN_TRANSIT:
        ended = state.status is CaseStatus.EXPIRED
        yield replace(state, parcel=ReverseShipmentStatus.CANCELLED if ended else ReverseShipmentStatus.LOST)
        return
    yield from _handed_over(before, replace(state, parcel=ReverseShipmentStatus.PICKED_UP))
    if before.status is CaseStatus.APPROVED:
        yield replace(state, parcel=ReverseShipmentStatus.BOOKED)


def _handed_over(before: CaseState, state: CaseState) -> Iterator[CaseState]:
    """A case that expired for late news is owed again what it was to get, in goods while there are some."""
    if before.status is not CaseStatus.EXPIRED:
        yield state
        return
    if state.exchange is ExchangeStatus.CANCELLED:
        yield replace(state, exchange=ExchangeStatus.RESERVED)
    yield replace(state, owed=True)


def _paid_at_last(state: CaseState) -> CaseState:
    """What PAY means: all that is due at once, goods that were never sent in money, what failed once more."""
    instead = _without_exchange(state)
    again = _retried(instead) if RefundStatus.FAILED in instead.refunds else instead
    return _refunding(again) if again.owed else again


def _reports(state: CaseState) -> Iterator[Change]:
    """What carriers and the payment provider say of what is theirs."""
    seen = {ReverseShipmentStatus.BOOKED, ReverseShipmentStatus.PICKED_UP}
    if state.status is CaseStatus.IN_TRANSIT and state.parcel in seen:
        for parcel in (
            ReverseShipmentStatus.PICKED_UP,
            ReverseShipmentStatus.DELIVERED,
            ReverseShipmentStatus.LOST,
        ):
            yield "reported", Automaton.CARRIER, with_clocks(state, replace(state, parcel=parcel), "reported")
    if RefundStatus.PENDING in state.refunds:
        for result in (RefundStatus.SUCCEEDED, RefundStatus.FAILED):
            known = replace(state, refunds=state.refunds - {RefundStatus.PENDING} | {result})
            yield "reported", "provider", with_clocks(state, known, "reported")


def _approved(state: CaseState) -> CaseState:
    sends = state.resolution in SENDS_GOODS
    exchange = ExchangeStatus.RESERVED if sends else None
    return replace(state, has_open_offer=False, exchange=exchange, owed=not sends)


def _without_exchange(state: CaseState) -> CaseState:
    """The case with money owed for the goods that were reserved, if any were."""
    reserved = state.exchange is ExchangeStatus.RESERVED
    return replace(state, exchange=ExchangeStatus.CANCELLED, owed=True) if reserved else state


def _refunding(state: CaseState) -> CaseState:
    return replace(state, owed=False, has_open_offer=False, refunds=state.refunds | {RefundStatus.PENDING})


def _retried(state: CaseState) -> CaseState:
    return replace(state, refunds=state.refunds - {RefundStatus.FAILED} | {RefundStatus.PENDING})
