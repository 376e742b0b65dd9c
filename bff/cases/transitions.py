"""What may happen to a case next, by whom, and where does it lead? The one table that knows.

`allowedActions` of the graph, the guards of mutations, the worker's expiries and docs/cases.md all derive from
TABLE. A target of None lets the case stay where it is.
"""

from collections.abc import Callable

from msgspec import Struct

from bff.cases.conditions import (
    DISPUTABLE,
    FINAL,
    OPEN,
    PAYABLE,
    UNDER_WAY,
    agent_has_to_rule,
    always,
    appeal_is_open,
    appeal_is_possible,
    appeal_may_be_opened,
    dispute_is_open,
    dispute_is_possible,
    dispute_may_be_opened,
    everything_is_done,
    exchange_is_sent,
    exchange_may_be_sent,
    goods_are_to_come,
    inspection_is_wanted,
    is_not_rated,
    may_be_offered,
    merchant_has_to_answer,
    merchant_is_in_time,
    money_is_owed,
    nothing_has_moved,
    offer_is_open,
    parcel_is_booked,
    parcel_is_missing,
    parcel_may_have_been_late,
    parcel_was_never_seen,
    payment_is_due,
    refund_has_failed,
    return_may_be_booked,
    settlement_is_due,
    warehouse_has_to_look,
)
from bff.cases.state import Actor, Automaton, CaseState, CaseStep, Trigger
from bff.vocabulary import CASE_RELEASES_UNITS, CaseAction, CaseStatus, DeadlineKind, Role

Condition = Callable[[CaseState], bool]

ANY = frozenset(CaseStatus)
REQUESTED, APPROVED, DECLINED = CaseStatus.REQUESTED, CaseStatus.APPROVED, CaseStatus.DECLINED
IN_TRANSIT, RECEIVED, INSPECTED = CaseStatus.IN_TRANSIT, CaseStatus.RECEIVED, CaseStatus.INSPECTED
COMPLETED, CANCELLED, EXPIRED = CaseStatus.COMPLETED, CaseStatus.CANCELLED, CaseStatus.EXPIRED
CUSTOMER, MERCHANT, AGENT = Role.CUSTOMER, Role.MERCHANT, Role.AGENT
POLICY, CARRIER, DEADLINE, SYSTEM = Automaton.POLICY, Automaton.CARRIER, Automaton.DEADLINE, Automaton.SYSTEM


class InvalidState(ValueError):  # noqa: N818 - it is an answer about the case, not a fault of ours
    """That cannot be done to a case as it stands, or not by them; `allowed` is what they may do instead."""

    def __init__(self, action: Trigger, status: CaseStatus, allowed: tuple[CaseAction, ...]) -> None:
        instead = ", ".join(allowed) or "nothing"
        super().__init__(f"{action} is not possible while the case is {status}; possible now: {instead}")
        self.action, self.status, self.allowed = action, status, allowed


class Transition(Struct, frozen=True):
    """From any of `sources` to `target`, when one of `by` does `on` and `when` holds."""

    on: Trigger
    by: frozenset[Actor]
    sources: frozenset[CaseStatus]
    target: CaseStatus | None = None
    when: Condition = always

    def applies(self, state: CaseState, on: Trigger, by: Actor) -> bool:
        """Whether it answers that trigger, of that actor, to a case as it stands."""
        return on is self.on and by in self.by and state.status in self.sources and self.when(state)


def _row(
    on: Trigger,
    by: Actor | tuple[Actor, ...],
    sources: frozenset[CaseStatus] | CaseStatus,
    target: CaseStatus | None = None,
    when: Condition = always,
) -> Transition:
    actors = by if isinstance(by, tuple) else (by,)
    statuses = sources if isinstance(sources, frozenset) else frozenset({sources})
    return Transition(on, frozenset(actors), statuses, target, when)


OPENING = REQUESTED  # where `requestReturn` starts a case, with a decision ELIGIBLE or REVIEW
TABLE: tuple[Transition, ...] = (
    # the request and its answer
    _row(CaseStep.AUTO_APPROVE, POLICY, REQUESTED, APPROVED),
    _row(CaseAction.APPROVE, (MERCHANT, AGENT), REQUESTED, APPROVED),
    _row(DeadlineKind.MERCHANT_RESPONSE, DEADLINE, REQUESTED, APPROVED, merchant_has_to_answer),
    _row(CaseAction.DECLINE, MERCHANT, REQUESTED, DECLINED, merchant_is_in_time),
    _row(CaseAction.DECLINE, AGENT, REQUESTED, DECLINED),
    _row(CaseAction.CANCEL, CUSTOMER, frozenset({REQUESTED, APPROVED}), CANCELLED, nothing_has_moved),
    _row(CaseAction.ADD_EVIDENCE, CUSTOMER, OPEN),
    _row(CaseAction.ADD_EVIDENCE, CUSTOMER, FINAL, None, dispute_is_open),
    # offers: goods under way are not haggled over, but an offer made before may still be answered
    _row(CaseAction.PROPOSE_OFFER, MERCHANT, OPEN - {IN_TRANSIT}, None, may_be_offered),
    _row(CaseAction.ACCEPT_OFFER, CUSTOMER, REQUESTED, APPROVED, offer_is_open),
    _row(CaseAction.ACCEPT_OFFER, CUSTOMER, UNDER_WAY, None, offer_is_open),
    _row(CaseStep.REJECT_OFFER, CUSTOMER, OPEN, None, offer_is_open),
    _row(DeadlineKind.OFFER_RESPONSE, DEADLINE, OPEN, None, offer_is_open),
    # the way back; goods that no carrier scanned arrive all the same
    _row(CaseAction.SCHEDULE_RETURN, CUSTOMER, APPROVED, None, return_may_be_booked),
    _row(CaseStep.HAND_OVER, (CARRIER, CUSTOMER), APPROVED, IN_TRANSIT, parcel_is_booked),
    _row(CaseStep.HAND_OVER, CARRIER, EXPIRED, IN_TRANSIT, parcel_may_have_been_late),
    _row(DeadlineKind.CUSTOMER_SHIPMENT, DEADLINE, APPROVED, EXPIRED, goods_are_to_come),
    _row(DeadlineKind.RETURN_TRANSIT, DEADLINE, IN_TRANSIT, EXPIRED, parcel_was_never_seen),
    _row(DeadlineKind.RETURN_TRANSIT, DEADLINE, IN_TRANSIT, None, parcel_is_missing),
    _row(CaseAction.RECORD_RECEIPT, MERCHANT, IN_TRANSIT, RECEIVED),
    _row(CaseAction.RECORD_RECEIPT, MERCHANT, APPROVED, RECEIVED, parcel_is_booked),
    _row(CaseAction.RECORD_INSPECTION, MERCHANT, RECEIVED, INSPECTED, inspection_is_wanted),
    _row(
        DeadlineKind.WAREHOUSE_INSPECTION,
        DEADLINE,
        frozenset({IN_TRANSIT, RECEIVED}),
        RECEIVED,
        warehouse_has_to_look,
    ),
    # money and goods to the customer
    _row(CaseAction.ISSUE_REFUND, MERCHANT, UNDER_WAY, None, money_is_owed),
    _row(CaseAction.ISSUE_REFUND, SYSTEM, PAYABLE, None, payment_is_due),
    _row(CaseStep.RETRY_REFUND, (MERCHANT, AGENT, SYSTEM), PAYABLE, None, refund_has_failed),
    _row(DeadlineKind.REFUND, DEADLINE, PAYABLE, None, settlement_is_due),
    _row(CaseAction.SHIP_EXCHANGE, MERCHANT, UNDER_WAY, None, exchange_may_be_sent),
    _row(CaseStep.DELIVER_EXCHANGE, CARRIER, ANY, None, exchange_is_sent),
    _row(CaseStep.LOSE_EXCHANGE, CARRIER, UNDER_WAY, None, exchange_is_sent),
    _row(DeadlineKind.EXCHANGE_ARRIVAL, DEADLINE, UNDER_WAY, None, exchange_is_sent),
    _row(CaseStep.COMPLETE, SYSTEM, UNDER_WAY, COMPLETED, everything_is_done),
    _row(CaseAction.GRANT_COMPENSATION, AGENT, ANY),
    _row(CaseAction.RATE, CUSTOMER, FINAL - {CANCELLED}, None, is_not_rated),
    # disputes; an award to a case that was over and held no units opens it again, to be paid without goods
    _row(CaseAction.OPEN_DISPUTE, CUSTOMER, DISPUTABLE, None, dispute_may_be_opened),
    _row(DeadlineKind.DISPUTE_WINDOW, DEADLINE, DISPUTABLE, None, dispute_is_possible),
    _row(CaseStep.WITHDRAW_DISPUTE, CUSTOMER, ANY, None, dispute_is_open),
    _row(CaseAction.RULE, AGENT, ANY, None, dispute_is_open),
    _row(CaseStep.AWARD, AGENT, CASE_RELEASES_UNITS | {REQUESTED}, APPROVED, dispute_is_open),
    _row(CaseStep.AWARD, AGENT, PAYABLE, None, dispute_is_open),
    _row(CaseAction.APPEAL, MERCHANT, ANY, None, appeal_may_be_opened),
    _row(DeadlineKind.APPEAL_WINDOW, DEADLINE, ANY, None, appeal_is_possible),
    _row(CaseStep.RESOLVE_APPEAL, AGENT, ANY, None, appeal_is_open),
    _row(DeadlineKind.RULING, DEADLINE, ANY, None, agent_has_to_rule),
    _row(CaseAction.OVERRIDE, AGENT, ANY),  # leads wherever the agent says
)


def allowed_actions(state: CaseState, role: Actor) -> tuple[CaseAction, ...]:
    """What a viewer of that role may do to the case now, in the order of the contract."""
    return tuple(action for action in CaseAction if _applying(state, action, role) is not None)


def is_allowed(state: CaseState, on: Trigger, by: Actor) -> bool:
    """Whether `target` would answer: for steps and deadlines, which are no one's to choose from a list."""
    return _applying(state, on, by) is not None


def target(state: CaseState, on: Trigger, by: Actor, to: CaseStatus | None = None) -> CaseStatus:
    """The status that the case has after `on`, often the one that it has; `to` is where OVERRIDE leads.

    Raises InvalidState, which says what the actor may do instead, and changes nothing. A deadline that fires
    late, or twice, raises it too once the case has moved on: that is the answer "nothing left to do".
    """
    found = _applying(state, on, by)
    if found is None:
        raise InvalidState(on, state.status, allowed_actions(state, by))
    if on is CaseAction.OVERRIDE and to is not None:
        return to
    return found.target or state.status


def sources_of(on: Trigger, by: Actor) -> frozenset[CaseStatus]:
    """Every status from which that may happen: the `status IN (...)` of the conditional UPDATE behind a guard."""
    return frozenset(status for row in TABLE if row.on is on and by in row.by for status in row.sources)


def _applying(state: CaseState, on: Trigger, by: Actor) -> Transition | None:
    return next((row for row in _ROWS[on] if row.applies(state, on, by)), None)


_ROWS = {on: tuple(row for row in TABLE if row.on is on) for on in {row.on for row in TABLE}}
