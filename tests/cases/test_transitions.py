"""May they do that to this case now? The table's answers, role by role and status by status."""

from itertools import combinations

import pytest
from msgspec.structs import replace

from bff.cases.state import Automaton, CaseState, CaseStep, Trigger
from bff.cases.transitions import TABLE, InvalidState, allowed_actions, is_allowed, sources_of, target
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
)
from tests.cases.whole_life import a_state

A, S = CaseAction, CaseStatus
CUSTOMER, MERCHANT, AGENT = Role.CUSTOMER, Role.MERCHANT, Role.AGENT
BOOKED = ReverseShipmentStatus.BOOKED


def test_each_action_belongs_to_its_roles() -> None:
    theirs = {role: {row.on for row in TABLE if role in row.by and row.on in CaseAction} for role in Role}
    assert theirs[CUSTOMER] == {
        A.CANCEL,
        A.ADD_EVIDENCE,
        A.SCHEDULE_RETURN,
        A.ACCEPT_OFFER,
        A.OPEN_DISPUTE,
        A.RATE,
    }
    assert theirs[MERCHANT] == {
        A.APPROVE,
        A.DECLINE,
        A.PROPOSE_OFFER,
        A.RECORD_RECEIPT,
        A.RECORD_INSPECTION,
        A.ISSUE_REFUND,
        A.SHIP_EXCHANGE,
        A.APPEAL,
    }
    assert theirs[AGENT] == {A.APPROVE, A.DECLINE, A.RULE, A.GRANT_COMPENSATION, A.OVERRIDE}
    assert theirs[Role.OPS] == theirs[Role.INGEST] == set()


STATES = [a_state(status) for status in CaseStatus]


def test_no_two_rows_answer_the_same() -> None:
    parcels = [replace(one, parcel=parcel) for one in STATES for parcel in (None, *ReverseShipmentStatus)]
    for one, other in combinations(TABLE, 2):
        if one.on is other.on and one.by & other.by and one.sources & other.sources:
            both = [state for state in parcels if one.when(state) and other.when(state)]
            assert not both, one.on


def test_no_two_triggers_and_no_two_actors_share_a_name() -> None:
    triggers = [*CaseAction, *CaseStep, *DeadlineKind]
    assert len({str(on) for on in triggers}) == len(triggers)
    assert not {str(role) for role in Role} & {str(one) for one in Automaton}


REQUESTED = a_state()
APPROVED = a_state(S.APPROVED, owed=True)
BACK = a_state(S.RECEIVED, owed=True, requires_inspection=True)


@pytest.mark.parametrize(
    ("state", "role", "allowed"),
    [
        (REQUESTED, CUSTOMER, (A.CANCEL, A.ADD_EVIDENCE)),
        (REQUESTED, MERCHANT, (A.APPROVE, A.DECLINE, A.PROPOSE_OFFER)),
        (REQUESTED, AGENT, (A.APPROVE, A.DECLINE, A.GRANT_COMPENSATION, A.OVERRIDE)),
        (REQUESTED, Role.OPS, ()),
        (replace(REQUESTED, has_open_offer=True), CUSTOMER, (A.CANCEL, A.ADD_EVIDENCE, A.ACCEPT_OFFER)),
        (replace(REQUESTED, offer_rounds_left=0), MERCHANT, (A.APPROVE, A.DECLINE)),
        (APPROVED, CUSTOMER, (A.CANCEL, A.ADD_EVIDENCE, A.SCHEDULE_RETURN)),
        (APPROVED, MERCHANT, (A.PROPOSE_OFFER, A.ISSUE_REFUND)),
        (replace(APPROVED, parcel=BOOKED), MERCHANT, (A.PROPOSE_OFFER, A.RECORD_RECEIPT, A.ISSUE_REFUND)),
        (a_state(S.IN_TRANSIT, owed=True), CUSTOMER, (A.ADD_EVIDENCE,)),
        (a_state(S.IN_TRANSIT, owed=True), MERCHANT, (A.RECORD_RECEIPT, A.ISSUE_REFUND)),
        (BACK, MERCHANT, (A.PROPOSE_OFFER, A.RECORD_INSPECTION, A.ISSUE_REFUND)),
        (a_state(S.INSPECTED, owed=True), CUSTOMER, (A.ADD_EVIDENCE, A.OPEN_DISPUTE)),
        (a_state(S.COMPLETED), CUSTOMER, (A.OPEN_DISPUTE, A.RATE)),
        (a_state(S.COMPLETED, rated=True, deadlines=frozenset()), CUSTOMER, ()),
        (a_state(S.DECLINED), CUSTOMER, (A.OPEN_DISPUTE, A.RATE)),
        (a_state(S.DECLINED), MERCHANT, ()),
        (a_state(S.EXPIRED), CUSTOMER, (A.OPEN_DISPUTE, A.RATE)),
        (a_state(S.CANCELLED), CUSTOMER, ()),
        (a_state(S.CANCELLED), AGENT, (A.GRANT_COMPENSATION, A.OVERRIDE)),
        (a_state(S.DECLINED, dispute=DisputeStatus.OPEN), CUSTOMER, (A.ADD_EVIDENCE, A.RATE)),
        (a_state(S.DECLINED, dispute=DisputeStatus.OPEN), AGENT, (A.RULE, A.GRANT_COMPENSATION, A.OVERRIDE)),
        (a_state(S.COMPLETED, dispute=DisputeStatus.RULED), MERCHANT, (A.APPEAL,)),
        (a_state(S.COMPLETED, dispute=DisputeStatus.RULED, appeal=AppealStatus.REJECTED), MERCHANT, ()),
        (
            a_state(S.APPROVED, resolution=Resolution.EXCHANGE, exchange=ExchangeStatus.RESERVED),
            MERCHANT,
            (A.SHIP_EXCHANGE,),
        ),
    ],
)
def test_a_viewer_may_do_this_now(state: CaseState, role: Role, allowed: tuple[CaseAction, ...]) -> None:
    assert allowed_actions(state, role) == allowed


@pytest.mark.parametrize(
    ("state", "on", "by", "to"),
    [
        (REQUESTED, CaseStep.AUTO_APPROVE, Automaton.POLICY, S.APPROVED),
        (REQUESTED, A.APPROVE, AGENT, S.APPROVED),
        (REQUESTED, DeadlineKind.MERCHANT_RESPONSE, Automaton.DEADLINE, S.APPROVED),
        (REQUESTED, A.DECLINE, MERCHANT, S.DECLINED),
        (REQUESTED, A.CANCEL, CUSTOMER, S.CANCELLED),
        (APPROVED, A.CANCEL, CUSTOMER, S.CANCELLED),
        (replace(REQUESTED, has_open_offer=True), A.ACCEPT_OFFER, CUSTOMER, S.APPROVED),
        (replace(REQUESTED, has_open_offer=True), CaseStep.REJECT_OFFER, CUSTOMER, S.REQUESTED),
        (APPROVED, A.SCHEDULE_RETURN, CUSTOMER, S.APPROVED),
        (replace(APPROVED, parcel=BOOKED), CaseStep.HAND_OVER, Automaton.CARRIER, S.IN_TRANSIT),
        (replace(APPROVED, parcel=BOOKED), A.RECORD_RECEIPT, MERCHANT, S.RECEIVED),
        (APPROVED, DeadlineKind.CUSTOMER_SHIPMENT, Automaton.DEADLINE, S.EXPIRED),
        (a_state(S.IN_TRANSIT), A.RECORD_RECEIPT, MERCHANT, S.RECEIVED),
        (BACK, A.RECORD_INSPECTION, MERCHANT, S.INSPECTED),
        (BACK, DeadlineKind.WAREHOUSE_INSPECTION, Automaton.DEADLINE, S.RECEIVED),
        (a_state(S.APPROVED, resolution=Resolution.REFUND_ONLY), CaseStep.COMPLETE, Automaton.SYSTEM, S.COMPLETED),
        (a_state(S.RECEIVED), CaseStep.COMPLETE, Automaton.SYSTEM, S.COMPLETED),
        (a_state(S.INSPECTED), CaseStep.COMPLETE, Automaton.SYSTEM, S.COMPLETED),
        (
            a_state(S.IN_TRANSIT, parcel=ReverseShipmentStatus.LOST),
            CaseStep.COMPLETE,
            Automaton.SYSTEM,
            S.COMPLETED,
        ),
        (a_state(S.DECLINED, dispute=DisputeStatus.OPEN), CaseStep.AWARD, AGENT, S.APPROVED),
        (a_state(S.DECLINED, dispute=DisputeStatus.OPEN), A.RULE, AGENT, S.DECLINED),
        (a_state(S.COMPLETED, dispute=DisputeStatus.OPEN), CaseStep.AWARD, AGENT, S.COMPLETED),
    ],
)
def test_it_leads_there(state: CaseState, on: Trigger, by: Role | Automaton, to: CaseStatus) -> None:
    assert target(state, on, by) is to


PAID_AT_ONCE = a_state(S.APPROVED, instant_refund=True, refunds=frozenset({RefundStatus.SUCCEEDED}))


@pytest.mark.parametrize(
    ("state", "on", "by"),
    [
        (REQUESTED, A.APPROVE, CUSTOMER),
        (REQUESTED, A.RECORD_RECEIPT, MERCHANT),
        (REQUESTED, A.ISSUE_REFUND, MERCHANT),
        (APPROVED, A.APPROVE, MERCHANT),
        (APPROVED, A.RECORD_RECEIPT, MERCHANT),  # nothing was booked, so nothing can have come
        (APPROVED, CaseStep.COMPLETE, Automaton.SYSTEM),
        (APPROVED, A.ISSUE_REFUND, Automaton.SYSTEM),
        (PAID_AT_ONCE, A.CANCEL, CUSTOMER),  # or they would keep the goods and the money
        (PAID_AT_ONCE, CaseStep.COMPLETE, Automaton.SYSTEM),  # the goods are still to come
        (PAID_AT_ONCE, A.ISSUE_REFUND, MERCHANT),
        (replace(APPROVED, parcel=ReverseShipmentStatus.PICKED_UP), A.SCHEDULE_RETURN, CUSTOMER),
        (a_state(S.APPROVED, resolution=Resolution.REFUND_ONLY), A.SCHEDULE_RETURN, CUSTOMER),
        (
            a_state(S.APPROVED, resolution=Resolution.REPAIR, exchange=ExchangeStatus.RESERVED),
            A.SHIP_EXCHANGE,
            MERCHANT,
        ),
        (a_state(S.RECEIVED), A.RECORD_INSPECTION, MERCHANT),  # routed without inspection: it pays at once
        (BACK, A.ISSUE_REFUND, Automaton.SYSTEM),
        (replace(REQUESTED, has_open_offer=True), DeadlineKind.MERCHANT_RESPONSE, Automaton.DEADLINE),
        (a_state(S.COMPLETED, deadlines=frozenset()), A.OPEN_DISPUTE, CUSTOMER),  # the window has closed
        (a_state(S.COMPLETED, dispute=DisputeStatus.WITHDRAWN), A.OPEN_DISPUTE, CUSTOMER),
        (a_state(S.COMPLETED, dispute=DisputeStatus.RULED, deadlines=frozenset()), A.APPEAL, MERCHANT),
        (a_state(S.COMPLETED, dispute=DisputeStatus.OPEN), A.APPEAL, MERCHANT),
        (a_state(S.CANCELLED), A.OPEN_DISPUTE, CUSTOMER),
        (REQUESTED, A.OVERRIDE, MERCHANT),
        (REQUESTED, A.OVERRIDE, Role.OPS),
        (REQUESTED, CaseStep.REJECT_OFFER, CUSTOMER),
        (APPROVED, CaseStep.HAND_OVER, Automaton.CARRIER),
        (replace(APPROVED, parcel=ReverseShipmentStatus.CANCELLED), CaseStep.HAND_OVER, CUSTOMER),
        (replace(APPROVED, goods_travel=False), DeadlineKind.CUSTOMER_SHIPMENT, Automaton.DEADLINE),
        (a_state(S.COMPLETED), CaseStep.WITHDRAW_DISPUTE, CUSTOMER),
        (a_state(S.COMPLETED, dispute=DisputeStatus.RULED), CaseStep.WITHDRAW_DISPUTE, CUSTOMER),
        (a_state(S.COMPLETED), CaseStep.AWARD, AGENT),
        (a_state(S.DECLINED, dispute=DisputeStatus.RULED), CaseStep.AWARD, AGENT),  # one ruling awards once
        (a_state(S.COMPLETED, dispute=DisputeStatus.RULED), CaseStep.RESOLVE_APPEAL, AGENT),
        # deadlines that fire after what they waited for
        (APPROVED, DeadlineKind.REFUND, Automaton.DEADLINE),
        (a_state(S.COMPLETED, dispute=DisputeStatus.OPEN), DeadlineKind.DISPUTE_WINDOW, Automaton.DEADLINE),
        (a_state(S.COMPLETED, dispute=DisputeStatus.RULED), DeadlineKind.RULING, Automaton.DEADLINE),
        (
            a_state(S.COMPLETED, dispute=DisputeStatus.RULED, appeal=AppealStatus.OPEN),
            DeadlineKind.APPEAL_WINDOW,
            Automaton.DEADLINE,
        ),
    ],
)
def test_that_is_refused(state: CaseState, on: Trigger, by: Role | Automaton) -> None:
    assert not is_allowed(state, on, by)
    with pytest.raises(InvalidState) as refused:
        target(state, on, by)
    assert (refused.value.action, refused.value.status) == (on, state.status)
    assert refused.value.allowed == allowed_actions(state, by)


def test_a_refusal_says_what_is_possible_instead() -> None:
    with pytest.raises(InvalidState) as refused:
        target(APPROVED, A.APPROVE, MERCHANT)
    assert str(refused.value) == (
        "APPROVE is not possible while the case is APPROVED; possible now: PROPOSE_OFFER, ISSUE_REFUND"
    )
    with pytest.raises(InvalidState, match="possible now: nothing"):
        target(a_state(S.CANCELLED), A.CANCEL, CUSTOMER)


@pytest.mark.parametrize("start", CaseStatus)
@pytest.mark.parametrize("to", CaseStatus)
def test_an_agents_override_leads_anywhere_from_anywhere(start: CaseStatus, to: CaseStatus) -> None:
    assert target(a_state(start), A.OVERRIDE, AGENT, to) is to


def test_only_an_override_may_choose_where_it_leads() -> None:
    assert target(REQUESTED, A.APPROVE, MERCHANT, S.COMPLETED) is S.APPROVED


def test_a_guards_update_names_every_status_that_it_may_start_from() -> None:
    assert sources_of(A.CANCEL, CUSTOMER) == {S.REQUESTED, S.APPROVED}
    assert sources_of(A.RECORD_RECEIPT, MERCHANT) == {S.APPROVED, S.IN_TRANSIT}
    assert sources_of(A.RECORD_RECEIPT, CUSTOMER) == frozenset()


@pytest.mark.parametrize(
    ("late", "action", "by", "kind"),
    [
        (REQUESTED, A.DECLINE, MERCHANT, DeadlineKind.MERCHANT_RESPONSE),
        (APPROVED, A.SCHEDULE_RETURN, CUSTOMER, DeadlineKind.CUSTOMER_SHIPMENT),
    ],
)
def test_what_a_deadline_ends_is_over_before_the_worker_comes_by(
    late: CaseState, action: CaseAction, by: Role, kind: DeadlineKind
) -> None:
    assert action in allowed_actions(late, by)
    assert action not in allowed_actions(replace(late, overdue=frozenset({kind})), by)
    assert A.DECLINE in allowed_actions(replace(REQUESTED, overdue=frozenset(DeadlineKind)), Role.AGENT)
