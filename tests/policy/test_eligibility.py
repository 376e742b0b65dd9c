"""May this line come back? Windows, mandates, forbids, caps and holds, one at a time."""

from datetime import timedelta
from typing import Any, TypeVar

import pytest

from bff.policy.contributions import (
    Advance,
    Contribution,
    Forbid,
    Grant,
    Hold,
    Mandate,
    NoGrant,
    Window,
    WindowCap,
)
from bff.policy.decision import LineDecision, Verdict
from bff.policy.testing import NOW, a_case, a_grant, a_line, a_plugin, a_window, decide_with
from bff.vocabulary import Basis, EligibilityStatus, OrderStatus, Resolution, WindowAnchor

RETURN, REPAIR = Resolution.RETURN_AND_REFUND, Resolution.REPAIR
PERMIT, FORBID, MANDATE, ABSTAIN = Verdict.PERMIT, Verdict.FORBID, Verdict.MANDATE, Verdict.ABSTAIN


Kind = TypeVar("Kind", bound=Contribution)


def said(kind: type[Kind], /, **fields: Any) -> Kind:
    return kind(**({"line": "line-1", "code": "said", "basis": Basis.NO_REASON} | fields))


def grant(days: int = 14, *resolutions: Resolution, opened_days_ago: int = 3) -> Grant:
    window = a_window(days=days, opened_days_ago=opened_days_ago)
    return said(Grant, window=window, resolutions=resolutions or (RETURN,))


def mandate(days: int = 14, floor_bps: int = 0) -> Mandate:
    return said(Mandate, window=a_window(days=days), resolutions=(REPAIR,), floor_bps=floor_bps, law="a law")


def judged(*contributions: Contribution) -> LineDecision:
    return decide_with([a_plugin("rule", judge_eligibility=contributions)], a_case()).lines[0]


def closes(line: LineDecision) -> Window:
    assert line.window is not None
    return line.window


def test_nothing_said_is_no() -> None:
    line = judged()
    assert (line.verdict, line.status, line.window) == (ABSTAIN, EligibilityStatus.INELIGIBLE, None)


def test_the_longest_grant_counts_and_lends_its_days() -> None:
    line = judged(grant(7), grant(30), grant(14))
    assert line.verdict is PERMIT
    assert line.window == a_window(days=30)


def test_a_window_is_open_until_the_instant_at_which_it_closes() -> None:
    assert judged(grant(3)).verdict is ABSTAIN  # opened three days ago to the second
    still = Window(opens_at=NOW, closes_at=NOW + timedelta(microseconds=1), days=0, anchor=WindowAnchor.PLACED)
    assert judged(said(Grant, window=still, resolutions=(RETURN,))).verdict is PERMIT


def test_a_window_that_has_not_opened_yet_grants_nothing() -> None:
    assert judged(grant(14, opened_days_ago=-1)).verdict is ABSTAIN


def test_a_grant_without_a_window_holds_whenever() -> None:
    line = judged(said(Grant, window=None, resolutions=(RETURN,)), grant(1))
    assert (line.verdict, line.window) == (PERMIT, None)


def test_a_cap_shortens_what_is_granted_and_keeps_its_anchor() -> None:
    cap = said(WindowCap, until=NOW + timedelta(days=1))
    line = judged(grant(30), cap)
    assert closes(line).closes_at == NOW + timedelta(days=1)
    assert (closes(line).days, closes(line).anchor) == (30, WindowAnchor.DELIVERED)


def test_a_cap_in_the_past_ends_a_grant() -> None:
    line = judged(grant(30), said(WindowCap, until=NOW))
    assert (line.verdict, closes(line).closes_at) == (ABSTAIN, NOW)


def test_a_cap_gives_an_endless_grant_an_end_counted_from_the_order() -> None:
    cap = said(WindowCap, until=NOW + timedelta(days=1))
    line = judged(said(Grant, window=None, resolutions=(RETURN,)), cap)
    placed = NOW - timedelta(days=10)
    assert line.window == Window(
        opens_at=placed, closes_at=NOW + timedelta(days=1), days=11, anchor=WindowAnchor.PLACED
    )


def test_a_cap_cannot_cut_a_mandate() -> None:
    line = judged(mandate(14), grant(30), said(WindowCap, until=NOW + timedelta(days=1)))
    assert (line.verdict, line.window) == (MANDATE, a_window(days=14))


def test_a_grant_beside_a_mandate_lengthens_the_window_and_adds_its_resolutions() -> None:
    line = judged(mandate(14), grant(30))
    assert line.window == a_window(days=30)
    assert [option.resolution for option in line.options] == [RETURN, REPAIR]


def test_a_mandate_beats_a_policys_forbid_which_is_shown_as_overruled() -> None:
    line = judged(mandate(), grant(30), said(Forbid))
    assert (line.verdict, line.status) == (MANDATE, EligibilityStatus.ELIGIBLE)
    assert [option.resolution for option in line.options] == [REPAIR]
    assert line.window == a_window(days=14)
    assert [(told.effect.name, told.overruled) for told in line.explanations] == [
        ("GRANTS", False),
        ("GRANTS", True),
        ("DENIES", True),
    ]


@pytest.mark.parametrize("kind", ["fraud", "safety"])
def test_a_hard_forbid_under_a_mandate_becomes_a_review(kind: str) -> None:
    line = judged(mandate(), said(Forbid, kind=kind))
    assert (line.verdict, line.status) == (MANDATE, EligibilityStatus.REVIEW)
    assert line.holds == (("review", "rule", "rule.said"),)
    assert [(told.effect.name, told.overruled) for told in line.explanations] == [
        ("REQUIRES_REVIEW", False),
        ("GRANTS", False),
    ]


def test_a_forbid_beats_every_grant_and_leaves_no_window() -> None:
    line = judged(grant(30), said(Forbid, basis="*"))
    assert (line.verdict, line.status, line.window, line.options) == (
        FORBID,
        EligibilityStatus.INELIGIBLE,
        None,
        (),
    )


def test_a_forbid_binds_its_own_basis_only() -> None:
    assert judged(grant(), said(Forbid, basis=Basis.QUALITY)).verdict is PERMIT


def test_a_lapsed_mandate_gives_no_right() -> None:
    assert judged(mandate(2), said(Forbid)).verdict is FORBID


def test_an_extension_beats_a_lapsed_standard_window() -> None:
    lapsed = said(NoGrant, unmet="days", wanted=2, actual=3, window=a_window(days=2))
    line = judged(lapsed, grant(30))
    assert (line.verdict, line.window) == (PERMIT, a_window(days=30))
    assert [(told.effect.name, told.overruled) for told in line.explanations] == [
        ("GRANTS", False),
        ("DENIES", True),
    ]


def test_without_a_grant_the_latest_closed_window_is_shown() -> None:
    early, late = a_window(days=1), a_window(days=2)
    line = judged(said(NoGrant, unmet="a", window=late), said(NoGrant, unmet="b", window=early))
    assert (line.verdict, line.window) == (ABSTAIN, late)


def test_a_hold_makes_an_approval_a_review_with_its_options_still_listed() -> None:
    line = judged(grant(), said(Hold, basis="*", kind="value"), said(Advance))
    assert line.status is EligibilityStatus.REVIEW
    assert line.holds == (("value", "rule", "rule.said"),)
    assert [(option.resolution, option.instant_refund) for option in line.options] == [(RETURN, False)]


def test_a_hold_does_not_turn_a_denial_into_a_review() -> None:
    line = judged(said(Hold), said(Forbid))
    assert (line.status, line.holds) == (EligibilityStatus.INELIGIBLE, ())


def test_an_advance_pays_before_a_return_and_nothing_else() -> None:
    line = judged(grant(14, RETURN, Resolution.REFUND_ONLY), said(Advance))
    assert {option.resolution: option.instant_refund for option in line.options} == {
        RETURN: True,
        Resolution.REFUND_ONLY: False,
    }


# ---- core guards --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "status", "codes"),
    [
        ({}, OrderStatus.PLACED, ["kernel.order_not_paid"]),
        ({}, OrderStatus.CANCELLED, ["kernel.order_cancelled"]),
        ({"held": 1}, OrderStatus.DELIVERED, ["kernel.nothing_left"]),
        ({"held": 1}, OrderStatus.CANCELLED, ["kernel.order_cancelled", "kernel.nothing_left"]),
        ({"quantity": 3, "ordered": 4, "held": 2}, OrderStatus.DELIVERED, ["kernel.quantity_above_left"]),
    ],
)
def test_a_core_guard_refuses_before_any_plugin_is_asked(
    line: dict[str, Any], status: OrderStatus, codes: list[str]
) -> None:
    decision = decide_with(
        [a_plugin("rule", judge_eligibility=[grant()])], a_case(a_line(**line), order_status=status)
    )
    decided = decision.lines[0]
    assert (decided.verdict, decided.status) == (Verdict.VOID, EligibilityStatus.INELIGIBLE)
    assert [told.code for told in decided.explanations] == codes
    assert decision.contributions == ()


def test_part_of_what_is_left_may_be_asked_for() -> None:
    line = a_line(quantity=2, ordered=4, held=2)
    assert decide_with([a_plugin("rule", judge_eligibility=[grant()])], a_case(line)).lines[0].verdict is PERMIT


def test_an_order_of_which_nothing_was_captured_has_no_money_to_give_back() -> None:
    rule = a_plugin("rule", judge_eligibility=[grant()])
    [told] = decide_with([rule], a_case(a_line(), captured=0)).lines[0].explanations
    assert told.code == "kernel.order_not_paid"
    assert decide_with([rule], a_case(a_line(paid="0.00"), captured=0)).lines[0].verdict is PERMIT


def test_each_resolution_says_until_when_it_may_be_chosen() -> None:
    short = a_grant("line-1", Resolution.RETURN_AND_REFUND, days=7)
    long = a_grant("line-1", Resolution.REFUND_ONLY, days=30)
    line = decide_with([a_plugin("rule", judge_eligibility=[short, long])], a_case()).lines[0]
    ends = {option.resolution: option.closes_at for option in line.options}
    assert ends == {
        Resolution.RETURN_AND_REFUND: NOW + timedelta(days=4),
        Resolution.REFUND_ONLY: NOW + timedelta(days=27),
    }
    assert line.window is not None
    assert line.window.closes_at == NOW + timedelta(days=27)
