"""Does every case come to a good end? All states that it can reach, and random walks with overrides.

Looking at every state takes some seconds; it is done once for the whole file.
"""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.cases.clocks import CLOCKS, starting
from bff.cases.conditions import FINAL, PAYABLE
from bff.cases.state import Automaton, CaseState, CaseStep, Trigger
from bff.cases.transitions import InvalidState, is_allowed, target
from bff.vocabulary import (
    CaseAction,
    CaseStatus,
    DeadlineKind,
    ExchangeStatus,
    RefundStatus,
    Resolution,
    ReverseShipmentStatus,
    Role,
)
from tests.cases.whole_life import Change, a_state, carried_out, changes

STARTS = (
    *(a_state(requires_inspection=one, instant_refund=two) for one in (False, True) for two in (False, True)),
    a_state(resolution=Resolution.EXCHANGE),
    a_state(resolution=Resolution.EXCHANGE, requires_inspection=True),
    a_state(resolution=Resolution.REPAIR, requires_inspection=True),
    a_state(resolution=Resolution.REFUND_ONLY),
)
Lives = Mapping[CaseState, tuple[Change, ...]]
PATIENT = {Automaton.SYSTEM, Automaton.DEADLINE, "provider"}


@pytest.fixture(scope="module")
def lives() -> Lives:
    """Every state that a case can reach without an override, and what can happen there."""
    found: dict[CaseState, tuple[Change, ...]] = {}
    waiting = list(STARTS)
    while waiting:
        state = waiting.pop()
        if state not in found:
            found[state] = tuple(changes(state))
            waiting += [after for _, _, after in found[state]]
    return found


def test_a_case_moves_along_the_designs_edges_and_no_others(lives: Lives) -> None:
    edges = {(before.status, after.status) for before, nexts in lives.items() for _, _, after in nexts}
    s = CaseStatus
    assert {edge for edge in edges if edge[0] is not edge[1]} == {
        (s.REQUESTED, s.APPROVED),
        (s.REQUESTED, s.DECLINED),
        (s.REQUESTED, s.CANCELLED),
        (s.APPROVED, s.CANCELLED),
        (s.APPROVED, s.IN_TRANSIT),
        (s.IN_TRANSIT, s.EXPIRED),
        (s.APPROVED, s.RECEIVED),  # no carrier scanned the parcel
        (s.APPROVED, s.EXPIRED),
        (s.APPROVED, s.COMPLETED),
        (s.IN_TRANSIT, s.RECEIVED),
        (s.IN_TRANSIT, s.COMPLETED),  # the parcel is lost, or the goods may be kept
        (s.RECEIVED, s.INSPECTED),
        (s.RECEIVED, s.COMPLETED),
        (s.INSPECTED, s.COMPLETED),
        (s.DECLINED, s.APPROVED),  # a ruling
        (s.EXPIRED, s.APPROVED),  # a ruling
        (s.EXPIRED, s.IN_TRANSIT),  # the news of the parcel was late, not the parcel
    }


def test_every_status_and_every_trigger_is_reached(lives: Lives) -> None:
    triggers = {on for nexts in lives.values() for on, _, _ in nexts} - {"reported"}
    assert {state.status for state in lives} == set(CaseStatus)
    assert triggers == {*CaseAction, *CaseStep, *DeadlineKind} - {CaseAction.OVERRIDE}


def test_what_is_over_stays_over_but_for_a_ruling_and_late_news(lives: Lives) -> None:
    reopened = {
        on
        for before, nexts in lives.items()
        for on, _, after in nexts
        if before.status in FINAL and after.status is not before.status
    }
    assert reopened == {CaseStep.AWARD, CaseStep.HAND_OVER}


def test_silence_ends_every_case(lives: Lives) -> None:
    """No dead end, not even for those whose customer, merchant, agent and returning parcel never move again."""
    stuck = [
        state
        for state, nexts in lives.items()
        if state.status not in FINAL and not any(by in PATIENT for _, by, _ in nexts)
    ]
    assert stuck == []


def test_silence_does_not_go_round_in_circles(lives: Lives) -> None:
    succeeding = {
        state: [
            after
            for on, by, after in nexts
            if by in PATIENT and not (by == "provider" and RefundStatus.FAILED in after.refunds - state.refunds)
        ]
        for state, nexts in lives.items()
    }
    steps = dict.fromkeys(lives, 0)
    for state in lives:
        at = state
        while at.status not in FINAL:
            at = succeeding[at][-1]
            steps[state] += 1
            assert steps[state] < 20, state
    assert max(steps.values()) > 5


def test_a_person_who_may_act_is_named_wherever_a_case_waits(lives: Lives) -> None:
    """Ratings, evidence, compensation and overrides move nothing on."""
    idle = {CaseAction.RATE, CaseAction.ADD_EVIDENCE, CaseAction.GRANT_COMPENSATION}
    stuck = [
        state
        for state, nexts in lives.items()
        if state.status not in FINAL
        and not any(on not in idle and on != "reported" for on, _, _ in nexts)
        and RefundStatus.PENDING not in state.refunds
    ]
    assert stuck == []


def test_whoever_cancelled_has_neither_the_money_nor_the_new_goods(lives: Lives) -> None:
    cancelled = [state for state in lives if state.status is CaseStatus.CANCELLED]
    assert {state.refunds for state in cancelled} == {frozenset()}
    assert {state.exchange for state in cancelled} == {None, ExchangeStatus.CANCELLED}


def test_a_declined_case_has_paid_nothing(lives: Lives) -> None:
    assert {s.refunds for s in lives if s.status is CaseStatus.DECLINED} == {frozenset()}


def test_a_case_is_completed_only_when_everything_arrived(lives: Lives) -> None:
    completions = [
        (before, after) for before, nexts in lives.items() for on, _, after in nexts if on is CaseStep.COMPLETE
    ]
    assert len(completions) > 50
    for before, after in completions:
        assert after.status is CaseStatus.COMPLETED
        assert after.refunds <= {RefundStatus.SUCCEEDED}
        assert not after.owed
        assert after.exchange in {None, ExchangeStatus.DELIVERED, ExchangeStatus.CANCELLED}
        assert not (before.goods_travel and before.status is CaseStatus.APPROVED)
        assert not (before.status is CaseStatus.RECEIVED and before.goods_travel and before.requires_inspection)
        lost = before.parcel is ReverseShipmentStatus.LOST
        assert before.status is not CaseStatus.IN_TRANSIT or lost or not before.goods_travel


def test_the_system_never_pays_before_the_goods_are_settled_but_for_instant_refunds(lives: Lives) -> None:
    early = [
        state
        for state in lives
        if state.goods_travel and not state.instant_refund and state.status is CaseStatus.APPROVED
    ]
    assert len(early) > 20
    assert not any(is_allowed(state, CaseAction.ISSUE_REFUND, Automaton.SYSTEM) for state in early)
    instant = [s for s in lives if s.instant_refund and s.status is CaseStatus.APPROVED and s.owed]
    assert all(is_allowed(state, CaseAction.ISSUE_REFUND, Automaton.SYSTEM) for state in instant)


def test_money_is_issued_once_for_what_is_owed(lives: Lives) -> None:
    for before, nexts in lives.items():
        for on, by, after in nexts:
            if on is CaseAction.ISSUE_REFUND:
                assert before.owed
                assert not after.owed
                assert not is_allowed(after, on, by)  # type: ignore[arg-type]


def test_the_clocks_that_run_are_those_that_should_or_have_run_out(lives: Lives) -> None:
    wanted = {clock.kind: clock.runs for clock in CLOCKS}
    assert all(wanted[kind](state) for state in lives for kind in state.deadlines)
    assert {kind for state in lives for kind in state.deadlines} == set(DeadlineKind)


def test_a_clock_that_runs_may_always_fire(lives: Lives) -> None:
    assert all(is_allowed(s, kind, Automaton.DEADLINE) for s in lives for kind in s.deadlines)


def test_money_that_is_due_is_watched_by_a_clock_until_that_has_fired(lives: Lives) -> None:
    for before, nexts in lives.items():
        for on, _, after in nexts:
            if is_allowed(after, CaseAction.ISSUE_REFUND, Automaton.SYSTEM) and after.status in PAYABLE:
                fresh = DeadlineKind.REFUND in before.deadlines or not is_allowed(
                    before, DeadlineKind.REFUND, Automaton.DEADLINE
                )
                assert not fresh or DeadlineKind.REFUND in after.deadlines or on is DeadlineKind.REFUND


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(STARTS), st.data())
def test_no_walk_with_overrides_meets_an_illegal_jump_or_a_dead_end(start: CaseState, data: st.DataObject) -> None:
    state = start
    for _ in range(data.draw(st.integers(1, 25), label="steps")):
        choices = [*changes(state)]
        to = data.draw(st.sampled_from([None, *CaseStatus]), label="override to")
        if to is None and choices:
            _, _, state = data.draw(st.sampled_from(choices), label="change")
        elif to is not None:
            (state,) = carried_out(state, CaseAction.OVERRIDE, Role.AGENT, to)
            assert state.status is to
        assert state.status in FINAL or _somebody_acts(state)


def _somebody_acts(state: CaseState) -> bool:
    idle: set[Trigger | str] = {CaseAction.RATE, CaseAction.ADD_EVIDENCE, CaseAction.GRANT_COMPENSATION}
    return any(on not in idle for on, _, _ in changes(state))


@pytest.mark.parametrize(
    "kind",
    [
        DeadlineKind.MERCHANT_RESPONSE,
        DeadlineKind.OFFER_RESPONSE,
        DeadlineKind.CUSTOMER_SHIPMENT,
        DeadlineKind.RETURN_TRANSIT,
        DeadlineKind.WAREHOUSE_INSPECTION,
        DeadlineKind.EXCHANGE_ARRIVAL,
    ],
)
def test_a_deadline_that_fires_twice_finds_nothing_left_to_do(lives: Lives, kind: DeadlineKind) -> None:
    fired = [after for nexts in lives.values() for on, _, after in nexts if on is kind]
    assert fired
    for after in fired:
        with pytest.raises(InvalidState):
            target(after, kind, Automaton.DEADLINE)


def test_a_case_starts_with_the_merchants_clock_alone() -> None:
    assert all(
        {clock.kind for clock in starting(None, state)} == {DeadlineKind.MERCHANT_RESPONSE} for state in STARTS
    )
