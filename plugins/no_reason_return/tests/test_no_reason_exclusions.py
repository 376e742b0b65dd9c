"""Which goods never come back without a reason, and what overrules whom?"""

from typing import Any

import no_reason_return
import pytest
from no_reason_return.parameters import Exclusion, Intactness

from bff.policy.decision import LineDecision, Verdict
from bff.policy.parameters import Record
from bff.policy.testing import a_case, a_line, decide_with
from bff.vocabulary import EligibilityStatus


def rules(**values: Any) -> list[Record]:
    return [Record(id=key, plugin="no_reason_return", key=key, value=value) for key, value in values.items()]


def decided(attributes: dict[str, Any], *, market: str = "SG", days_ago: int = 3, **values: Any) -> LineDecision:
    case = a_case(a_line(attributes=attributes, delivered_days_ago=days_ago), market=market)
    decision = decide_with([no_reason_return], case, rules(**values))
    assert decision.faults == ()
    return decision.lines[0]


def denials(line: LineDecision) -> set[str]:
    return {
        told.code.removeprefix("no_reason_return.") for told in line.explanations if told.effect.value == "DENIES"
    }


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"customMade": True}, "custom_made"),
        ({"perishable": True}, "perishable"),
        ({"hygiene": True, "unsealed": True}, "unsealed_hygiene"),
        ({"sealedMedia": True, "unsealed": True}, "unsealed_media"),
        ({"digital": True}, "digital"),
        ({"newspaper": True}, "newspaper"),
    ],
)
def test_goods_that_the_law_excludes_do_not_come_back(attributes: dict[str, Any], code: str) -> None:
    line = decided(attributes, market="DE", statutory_days=14, window_days=30, exclusions=tuple(Exclusion))

    assert line.verdict is Verdict.FORBID
    assert code in denials(line)


@pytest.mark.parametrize("value", ["true", 1, "yes", None, [True], {"is": True}])
def test_only_true_is_true(value: Any) -> None:
    line = decided({"customMade": value, "finalSale": value}, window_days=15, exclusions=tuple(Exclusion))

    assert line.status is EligibilityStatus.ELIGIBLE


def test_hygiene_goods_that_are_still_sealed_come_back() -> None:
    line = decided({"hygiene": True}, window_days=15, exclusions=(Exclusion.UNSEALED_HYGIENE,))

    assert line.status is EligibilityStatus.ELIGIBLE


def test_in_china_no_confirmation_means_no_refusal() -> None:
    opened = {"hygiene": True, "unsealed": True}
    values: dict[str, Any] = {"statutory_days": 7, "exclusions_if_confirmed": (Exclusion.UNSEALED_HYGIENE,)}

    unconfirmed = decided(opened, market="CN", **values)
    confirmed = decided({**opened, "nonReturnableConfirmed": True}, market="CN", **values)

    assert unconfirmed.verdict is Verdict.MANDATE
    assert confirmed.verdict is Verdict.FORBID
    assert denials(confirmed) == {"unsealed_hygiene"}


def test_goods_that_are_no_longer_intact_lose_the_right_where_the_law_says_so() -> None:
    line = decided({"activated": True}, market="CN", statutory_days=7, intact=(Intactness.UNUSED,))

    assert line.verdict is Verdict.FORBID
    assert denials(line) == {"not_unused"}


def test_opening_the_box_to_look_is_no_breach() -> None:
    line = decided({"opened": True}, market="CN", statutory_days=7, intact=tuple(Intactness))

    assert line.verdict is Verdict.MANDATE


@pytest.mark.parametrize("kind", ["hygiene", "sealedMedia"])
def test_goods_whose_box_was_opened_but_not_their_seal_come_back(kind: str) -> None:
    line = decided({kind: True, "opened": True}, market="DE", statutory_days=14, exclusions=tuple(Exclusion))

    assert line.verdict is Verdict.MANDATE


@pytest.mark.parametrize("market", ["CN", "DE", "FR", "GB"])
def test_a_final_sale_is_overruled_by_a_statutory_right_and_still_said(market: str) -> None:
    line = decided({"finalSale": True}, market=market, statutory_days=7)

    assert line.status is EligibilityStatus.ELIGIBLE
    assert line.verdict is Verdict.MANDATE
    final_sale = next(told for told in line.explanations if told.code == "no_reason_return.final_sale")
    assert final_sale.overruled


def test_a_final_sale_stands_where_no_law_is_against_it() -> None:
    assert decided({"finalSale": True}, window_days=15).verdict is Verdict.FORBID


def test_a_category_that_the_merchant_does_not_take_back_stays() -> None:
    assert denials(decided({}, window_days=15, returnable=False)) == {"not_returnable"}


def test_a_merchants_own_exclusion_is_overruled_by_a_statutory_right() -> None:
    values: dict[str, Any] = {"merchant_exclusions": (Exclusion.DISCLOSED_FLAW,), "window_days": 15}

    assert decided({"disclosedFlaw": True}, **values).verdict is Verdict.FORBID
    assert decided({"disclosedFlaw": True}, market="DE", statutory_days=14, **values).verdict is Verdict.MANDATE


def test_every_reason_is_said_at_once() -> None:
    everything = {"finalSale": True, "customMade": True, "hygiene": True, "unsealed": True}
    line = decided(everything, days_ago=40, window_days=15, returnable=False, exclusions=tuple(Exclusion))

    assert {
        "final_sale",
        "custom_made",
        "unsealed_hygiene",
        "not_returnable",
        "window_closed",
    } == denials(line)
