"""Do the laws hold, whatever anybody says? Properties of every decision, over arbitrary scripts."""

import os
import subprocess
import sys
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bff.policy.admission import HARD
from bff.policy.contributions import (
    ANY_BASIS,
    OUTBOUND_FREIGHT,
    RESTOCKING,
    RETURN_FREIGHT,
    Bear,
    Cost,
    Forbid,
    Grant,
    Mandate,
    Strength,
    Waive,
)
from bff.policy.decision import LineDecision, Refund, Spoken, Verdict
from bff.policy.facts import CaseFacts, Line, encode
from bff.policy.testing import NOW, a_case, a_grant, a_line, a_window
from bff.vocabulary import (
    Basis,
    EligibilityStatus,
    LiableParty,
    RefundComponentKind,
    Resolution,
)
from tests.policy.scripted import (
    FIRM,
    KIND,
    PAID_BACK,
    REVERSED,
    Failing,
    a_mandate,
    cases,
    failures,
    forbids,
    grants,
    kindness,
    others,
    perform,
    spoken,
)

law = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
BEST_FIRST = (EligibilityStatus.INELIGIBLE, EligibilityStatus.REVIEW, EligibilityStatus.ELIGIBLE)
FEES = {RefundComponentKind.RESTOCKING_FEE, RefundComponentKind.RETURN_FREIGHT, RefundComponentKind.DEDUCTION}
CUSTOMER = LiableParty.CUSTOMER


def refunds(line: LineDecision) -> dict[Resolution, Refund]:
    return {option.resolution: option.refund for option in line.options if option.refund is not None}


def lives(said: Grant | Mandate) -> bool:
    return said.window is None or said.window.opens_at <= NOW < said.window.closes_at


# ---- order --------------------------------------------------------------------------------------


@law
@given(spoken, cases(), failures, st.randoms(use_true_random=False))
def test_no_order_of_speaking_and_no_repetition_changes_a_byte(
    said: list[Spoken], case: CaseFacts, failing: Failing, random: Random
) -> None:
    shuffled = [*said, *said]
    random.shuffle(shuffled)
    assert encode(perform(said, case, failing)) == encode(perform(shuffled, case, failing, REVERSED))


SCRIPT = """
import hashlib
from bff.policy.contributions import Route
from bff.policy.facts import encode
from bff.policy.testing import a_case, a_grant, a_plugin, decide_with

def route(lines):
    return [Route(line=line.id, code="said", queue=queue) for line in lines for queue in {"a", "b", "c", "d"}]

def judge(lines):
    return [a_grant(line, days=days) for line in {each.id for each in lines} for days in (7, 9)]

plugins = {name: a_plugin(name, judge_eligibility=judge, route_case=route) for name in {"x", "y", "z"}}
print(hashlib.sha256(encode(decide_with(plugins.values(), a_case()))).hexdigest())
"""


def test_no_hash_seed_changes_a_byte() -> None:
    digests = {
        subprocess.run(  # noqa: S603 - this very interpreter, with the text above
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(digests) == 1


# ---- money --------------------------------------------------------------------------------------


@law
@given(spoken, cases())
def test_a_refund_is_items_tax_and_shipping_less_fees_and_never_out_of_bounds(
    said: list[Spoken], case: CaseFacts
) -> None:
    paid = {line.id: line.paid + line.shipping for line in case.lines}
    for line in perform(said, case).lines:
        for refund in refunds(line).values():
            assert all(part.amount >= 0 for part in refund.components)
            beside = sum(p.amount for p in refund.components if p.kind is RefundComponentKind.BONUS)
            fees = sum(p.amount for p in refund.components if p.kind in FEES)
            everything = sum(p.amount for p in refund.components)
            assert refund.total == everything - beside - 2 * fees
            assert refund.bonus == beside
            assert 0 <= refund.total <= paid[line.line]


@law
@given(spoken, cases())
def test_the_shares_of_a_cost_add_up_to_it_and_the_steps_replay_to_the_shares(
    said: list[Spoken], case: CaseFacts
) -> None:
    lines = {line.id: line for line in case.lines}
    for decided in perform(said, case).lines:
        for refund in refunds(decided).values():
            replayed: dict[tuple[str, LiableParty], int] = {}
            arisen: dict[str, int] = {}
            for step in refund.steps:
                if step.source is None:
                    arisen[step.kind] = arisen.get(step.kind, 0) + step.amount
                else:
                    replayed[step.kind, step.source] -= step.amount
                replayed[step.kind, step.target] = replayed.get((step.kind, step.target), 0) + step.amount
            shares = {(kind, party): amount for kind, party, amount in refund.shares}
            assert shares == {key: amount for key, amount in replayed.items() if amount}
            assert all(amount > 0 for amount in shares.values())
            summed: dict[str, int] = {}
            for (kind, _), amount in shares.items():
                summed[kind] = summed.get(kind, 0) + amount
            assert summed == arisen
            line = lines[decided.line]
            customers = sum(amount for (_, party), amount in shares.items() if party is CUSTOMER)
            assert refund.total == line.paid + line.shipping - customers


@law
@given(spoken, cases())
def test_a_live_mandate_is_a_floor_under_every_refund(said: list[Spoken], case: CaseFacts) -> None:
    paid = {line.id: line.paid for line in case.lines}
    for line in perform(said, case).lines:
        floors = [
            each.floor_bps
            for _, each in said
            if isinstance(each, Mandate)
            and (each.line, each.basis) == (line.line, Basis.NO_REASON)
            and lives(each)
        ]
        assert (line.verdict is Verdict.MANDATE) == bool(floors)
        for refund in refunds(line).values():
            assert refund.total * 10_000 >= paid[line.line] * max(floors, default=0)


def borne_by_the_customer(line: Line, amount: int) -> list[Spoken]:
    bear = Bear(line=line.id, code="said", kind="repacking", party=CUSTOMER, strength=Strength.STATUTE)
    return [("ann", Cost(line=line.id, code="said", kind="repacking", amount=amount)), ("ann", bear)]


@law
@given(spoken, cases(), st.integers(0, 3_000), others)
def test_a_full_waiver_zeroes_the_customers_share(
    said: list[Spoken], case: CaseFacts, amount: int, funder: LiableParty
) -> None:
    line = case.lines[0]
    waive = Waive(line=line.id, code="said", kind="repacking", bps=10_000, funder=funder)
    decision = perform([*said, *borne_by_the_customer(line, amount), (KIND, waive)], case)
    for refund in refunds(decision.line(line.id)).values():
        assert ("repacking", CUSTOMER) not in {(kind, party) for kind, party, _ in refund.shares}


@law
@given(st.integers(0, 3_000), st.integers(0, 3_000), st.integers(1, 3))
def test_a_cost_that_the_customer_bears_is_deducted_once_however_many_plugins_name_it(
    more: int, less: int, plugins: int
) -> None:
    line = a_line(paid="99.00", shipping="4.00")
    said: list[Spoken] = [("ann", a_grant())]
    for name in FIRM[:plugins]:
        said += [(name, each) for _, each in borne_by_the_customer(line, max(more, less))]
        said.append((name, Cost(line=line.id, code="said", kind="repacking", amount=min(more, less))))
    refund = refunds(perform(said, a_case(line)).lines[0])[Resolution.RETURN_AND_REFUND]
    assert refund.total == 9_900 - max(more, less)


@law
@given(spoken, cases())
def test_goods_that_stay_cost_no_way_back(said: list[Spoken], case: CaseFacts) -> None:
    for line in perform(said, case).lines:
        staying = refunds(line).get(Resolution.REFUND_ONLY)
        travelling = refunds(line).get(Resolution.RETURN_AND_REFUND)
        if staying is not None:
            assert {kind for kind, _, _ in staying.shares}.isdisjoint({RETURN_FREIGHT, RESTOCKING})
            if travelling is not None:
                assert staying.total >= travelling.total


@law
@given(st.lists(st.integers(0, 9_999), min_size=1, max_size=2), st.integers(0, 3_000))
def test_a_pool_is_charged_once_over_all_its_lines(paid: list[int], amount: int) -> None:
    lines = [
        a_line(f"line-{i}", paid=f"{minor // 100}.{minor % 100:02d}") for i, minor in enumerate(paid, start=1)
    ]
    said: list[Spoken] = [("ann", a_grant(line.id)) for line in lines]
    said += [
        ("bob", Cost(line=line.id, code="said", kind=RETURN_FREIGHT, amount=amount, pool="parcel"))
        for line in lines
    ]
    decision = perform(said, a_case(*lines))
    arisen = [
        step.amount
        for line in decision.lines
        for step in refunds(line)[Resolution.RETURN_AND_REFUND].steps
        if step.source is None
    ]
    assert sum(arisen) == amount


# ---- entitlements -------------------------------------------------------------------------------


def closes(line: LineDecision) -> float:
    return float("inf") if line.window is None else line.window.closes_at.timestamp()


@law
@given(spoken, kindness, cases(), failures)
def test_an_entitlement_never_worsens_any_answer_even_when_others_fail(
    said: list[Spoken], kind: list[Spoken], case: CaseFacts, failing: Failing
) -> None:
    before, after = perform(said, case, failing), perform([*said, *kind], case, failing)
    for old, new in zip(before.lines, after.lines, strict=True):
        assert BEST_FIRST.index(new.status) >= BEST_FIRST.index(old.status)
        if old.verdict in (Verdict.PERMIT, Verdict.MANDATE):
            assert new.verdict in (Verdict.PERMIT, Verdict.MANDATE)
            assert closes(new) >= closes(old)
        assert {option.resolution for option in new.options} >= {option.resolution for option in old.options}
        for resolution, refund in refunds(old).items():
            assert refunds(new)[resolution].total >= refund.total
            assert refunds(new)[resolution].bonus >= refund.bonus


@law
@given(spoken, kindness, cases(), st.sampled_from(["judge_eligibility", "price_refund", "compensate"]))
def test_an_entitlement_that_fails_never_makes_an_approval_a_review(
    said: list[Spoken], kind: list[Spoken], case: CaseFacts, hook: str
) -> None:
    without = perform(said, case)
    failed = perform([*said, *kind], case, frozenset({(KIND, hook)}))
    for old, new in zip(without.lines, failed.lines, strict=True):
        assert BEST_FIRST.index(new.status) >= BEST_FIRST.index(old.status)


# ---- verdicts -----------------------------------------------------------------------------------


def forbidden(said: list[Spoken], line: str) -> list[Forbid]:
    return [
        each
        for _, each in said
        if isinstance(each, Forbid) and each.line == line and each.basis in (Basis.NO_REASON, ANY_BASIS)
    ]


@law
@given(spoken, grants, forbids, cases())
def test_where_a_forbid_stands_nothing_is_permitted_and_a_hard_one_is_never_approved(
    said: list[Spoken], grant: Grant, forbid: Forbid, case: CaseFacts
) -> None:
    script = [*said, ("bob", grant), ("cyd", forbid)]
    for line in perform(script, case).lines:
        against = forbidden(script, line.line)
        if against:
            assert line.verdict is not Verdict.PERMIT
        if any(each.kind in HARD for each in against):
            assert line.status is not EligibilityStatus.ELIGIBLE


@law
@given(grants, forbids, st.integers(0, 10_000))
def test_under_a_mandate_a_forbid_takes_the_grants_away_but_not_what_the_law_gives(
    grant: Grant, forbid: Forbid, floor_bps: int
) -> None:
    script: list[Spoken] = [("ann", a_mandate("line-1", floor_bps)), ("bob", grant), ("cyd", forbid)]
    line = perform(script, a_case()).lines[0]
    against = forbidden(script, "line-1")
    hard = any(each.kind in HARD for each in against)
    assert line.verdict is Verdict.MANDATE
    assert line.status is (EligibilityStatus.REVIEW if hard else EligibilityStatus.ELIGIBLE)
    if against:
        assert {option.resolution for option in line.options} == set(PAID_BACK)
        assert line.window == a_window()


@law
@given(spoken, cases(), failures)
def test_every_line_is_answered_and_explained(said: list[Spoken], case: CaseFacts, failing: Failing) -> None:
    decision = perform(said, case, failing)
    assert [line.line for line in decision.lines] == [line.id for line in case.lines]
    for line in decision.lines:
        assert line.explanations
        assert not line.explanations[0].overruled
        assert bool(line.options) <= (line.status is not EligibilityStatus.INELIGIBLE)
        if line.status is EligibilityStatus.ELIGIBLE:
            assert line.options
        totals = [option.refund.total for option in line.options if option.refund is not None]
        assert totals == sorted(totals, reverse=True)
        for option in line.options:
            paid_early = (Resolution.RETURN_AND_REFUND, EligibilityStatus.ELIGIBLE)
            assert not option.instant_refund or (option.resolution, line.status) == paid_early


@law
@given(spoken, cases(), failures)
def test_a_recorded_decision_is_made_again_from_its_faults(
    said: list[Spoken], case: CaseFacts, failing: Failing
) -> None:
    recorded = perform(said, case, failing)
    assert encode(perform(said, case, replay=recorded.faults)) == encode(recorded)


@pytest.mark.parametrize("kind", [RETURN_FREIGHT, RESTOCKING, OUTBOUND_FREIGHT, "wear"])
def test_fees_above_what_was_paid_are_cut_so_that_the_parts_still_add_up(kind: str) -> None:
    line = a_line(paid="10.00", shipping="2.00")
    said: list[Spoken] = [
        ("ann", a_grant()),
        ("ann", Cost(line=line.id, code="said", kind=kind, amount=999_999)),
        ("bob", Cost(line=line.id, code="said", kind="scratches", amount=500)),
    ]
    refund = refunds(perform(said, a_case(line)).lines[0])[Resolution.RETURN_AND_REFUND]
    fees = sum(part.amount for part in refund.components if part.kind in FEES)
    assert refund.total == 0
    assert fees == sum(part.amount for part in refund.components) - fees
