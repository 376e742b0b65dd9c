"""How much is paid back, and who pays the rest? Exact amounts, one rule of the ledger at a time."""

from typing import Any, TypeVar

import pytest

from bff.policy.contributions import (
    ALL_COSTS,
    GOODS,
    OUTBOUND_FREIGHT,
    RESTOCKING,
    RETURN_FREIGHT,
    Bear,
    Bonus,
    BuyerCap,
    Contribution,
    Cost,
    Mandate,
    Strength,
    Waive,
)
from bff.policy.decision import LineDecision, Refund, Step
from bff.policy.facts import Line
from bff.policy.testing import a_case, a_grant, a_line, a_plugin, a_window, decide_with
from bff.vocabulary import Basis, EligibilityStatus, LiableParty, Resolution

RETURN, REFUND_ONLY = Resolution.RETURN_AND_REFUND, Resolution.REFUND_ONLY
CUSTOMER, MERCHANT, PLATFORM, CARRIER = (
    LiableParty.CUSTOMER,
    LiableParty.MERCHANT,
    LiableParty.PLATFORM,
    LiableParty.CARRIER,
)


Kind = TypeVar("Kind", bound=Contribution)


def said(kind: type[Kind], line: str = "line-1", /, **fields: Any) -> Kind:
    return kind(line=line, code="said", **fields)


def cost(kind: str, amount: int, pool: str = "") -> Cost:
    return said(Cost, kind=kind, amount=amount, pool=pool)


def bear(kind: str, party: LiableParty, strength: Strength = Strength.POLICY) -> Bear:
    return said(Bear, kind=kind, party=party, strength=strength)


def waive(kind: str, bps: int, funder: LiableParty = PLATFORM) -> Waive:
    return said(Waive, kind=kind, bps=bps, funder=funder)


def cap(kind: str, amount: int, shift_to: LiableParty = MERCHANT) -> BuyerCap:
    return said(BuyerCap, kind=kind, amount=amount, shift_to=shift_to)


def decided(*contributions: Contribution, line: Line | None = None, also: tuple[Any, ...] = ()) -> LineDecision:
    rule = a_plugin(
        "rule",
        judge_eligibility=[a_grant("line-1", RETURN, REFUND_ONLY)],
        assign_liability=[each for each in contributions if isinstance(each, Bear)],
        price_refund=[each for each in contributions if isinstance(each, Cost | BuyerCap | Waive)],
        compensate=[each for each in contributions if isinstance(each, Bonus)],
    )
    return decide_with([rule, *also], a_case(line or a_line(paid="100.00"))).lines[0]


def refund(decision: LineDecision, resolution: Resolution = RETURN) -> Refund:
    [found] = [option.refund for option in decision.options if option.resolution is resolution]
    assert found is not None
    return found


def parts(decision: LineDecision, resolution: Resolution = RETURN) -> list[tuple[str, int, str, str]]:
    return [
        (part.kind.value, part.amount, part.cost, part.plugin) for part in refund(decision, resolution).components
    ]


def test_without_costs_everything_but_the_shipping_comes_back() -> None:
    line = decided(line=a_line(paid="100.00", tax="9.00", shipping="4.00"))
    assert parts(line) == [("ITEM", 9_100, "", "kernel"), ("TAX", 900, "", "kernel")]
    assert refund(line).total == 10_000
    assert refund(line).shares == (("outbound_freight", CUSTOMER, 400),)


def test_shipping_comes_back_where_somebody_else_bears_it() -> None:
    line = decided(bear(OUTBOUND_FREIGHT, MERCHANT), line=a_line(paid="100.00", shipping="4.00"))
    assert parts(line) == [("ITEM", 10_000, "", "kernel"), ("SHIPPING", 400, "", "kernel")]
    assert refund(line).total == 10_400


def test_a_lost_free_shipping_is_a_deduction() -> None:
    line = decided(cost(OUTBOUND_FREIGHT, 600), line=a_line(paid="100.00"))
    assert parts(line) == [("ITEM", 10_000, "", "kernel"), ("DEDUCTION", 600, "outbound_freight", "rule")]
    assert refund(line).total == 9_400


def test_the_larger_of_the_paid_and_the_stated_shipping_counts_once() -> None:
    line = decided(cost(OUTBOUND_FREIGHT, 600), line=a_line(paid="100.00", shipping="4.00"))
    assert refund(line).total == 9_800
    assert parts(line)[1:] == [("DEDUCTION", 200, "outbound_freight", "rule")]


def test_freight_and_restocking_arise_only_where_goods_travel() -> None:
    line = decided(cost(RETURN_FREIGHT, 500), cost(RESTOCKING, 1_000), cost("wear", 50))
    assert parts(line) == [
        ("ITEM", 10_000, "", "kernel"),
        ("RESTOCKING_FEE", 1_000, "restocking", "rule"),
        ("RETURN_FREIGHT", 500, "return_freight", "rule"),
        ("DEDUCTION", 50, "wear", "rule"),
    ]
    assert refund(line).total == 8_450
    assert refund(line, REFUND_ONLY).total == 9_950
    assert [option.resolution for option in line.options] == [REFUND_ONLY, RETURN]


def test_two_plugins_costs_of_a_kind_are_the_larger_once() -> None:
    other = a_plugin("other", price_refund=[cost(RESTOCKING, 300)])
    line = decided(cost(RESTOCKING, 1_000), also=(other,))
    assert refund(line).total == 9_000


def test_a_waiver_is_rounded_in_the_customers_favour_and_each_move_is_a_step() -> None:
    line = decided(cost(RETURN_FREIGHT, 333), waive(RETURN_FREIGHT, 5_000))
    assert refund(line).shares == (("return_freight", CUSTOMER, 166), ("return_freight", PLATFORM, 167))
    assert refund(line).steps == (
        Step("bear", RETURN_FREIGHT, 333, None, CUSTOMER, "kernel", "kernel.default_bearer"),
        Step("waive", RETURN_FREIGHT, 167, CUSTOMER, PLATFORM, "rule", "rule.said"),
    )


def test_a_cap_comes_before_the_waiver() -> None:
    line = decided(cost(RETURN_FREIGHT, 500), cap(RETURN_FREIGHT, 200), waive(RETURN_FREIGHT, 5_000))
    assert refund(line).shares == (
        ("return_freight", CUSTOMER, 100),
        ("return_freight", MERCHANT, 300),
        ("return_freight", PLATFORM, 100),
    )


def test_the_lowest_cap_and_the_widest_waiver_count() -> None:
    line = decided(
        cost("wear", 500), cap("wear", 400), cap("wear", 300), waive("wear", 1_000), waive("wear", 2_000)
    )
    assert refund(line).total == 10_000 - 240


def test_of_equal_reliefs_the_declared_precedence_names_who_pays() -> None:
    line = decided(cost("wear", 500), waive("wear", 10_000, CARRIER), waive("wear", 10_000, MERCHANT))
    assert refund(line).shares == (("wear", MERCHANT, 500),)


def test_a_cap_on_all_costs_takes_the_fees_off_before_the_paid_shipping() -> None:
    line = decided(
        cost(RESTOCKING, 700), cap(ALL_COSTS, 300, PLATFORM), line=a_line(paid="100.00", shipping="2.00")
    )
    assert refund(line).total == 9_900
    assert refund(line).shares == (
        ("outbound_freight", CUSTOMER, 200),
        ("restocking", CUSTOMER, 100),
        ("restocking", PLATFORM, 600),
    )


def test_fees_beyond_what_was_paid_are_left_with_the_merchant() -> None:
    line = decided(cost(RESTOCKING, 900), cost(RETURN_FREIGHT, 500), line=a_line(paid="10.00"))
    assert refund(line).total == 0
    assert parts(line) == [
        ("ITEM", 1_000, "", "kernel"),
        ("RESTOCKING_FEE", 500, "restocking", "rule"),
        ("RETURN_FREIGHT", 500, "return_freight", "rule"),
    ]


@pytest.mark.parametrize(("floor_bps", "total"), [(0, 1), (5_000, 501), (9_999, 1_001), (10_000, 1_001)])
def test_a_statutory_floor_is_rounded_up(floor_bps: int, total: int) -> None:
    floor = Mandate(
        line="line-1",
        code="said",
        basis=Basis.NO_REASON,
        window=a_window(),
        resolutions=(RETURN,),
        floor_bps=floor_bps,
        law="a law",
    )
    law = a_plugin("law", judge_eligibility=[floor])
    line = decided(cost("wear", 1_000), line=a_line(paid="10.01"), also=(law,))
    assert refund(line).total == total


def test_nothing_paid_is_nothing_back() -> None:
    line = decided(cost(RESTOCKING, 100), line=a_line(paid="0.00"))
    assert (refund(line).total, parts(line)) == (0, [("ITEM", 0, "", "kernel")])


# ---- pools --------------------------------------------------------------------------------------


def test_a_parcels_freight_is_split_once_by_what_was_paid() -> None:
    lines = [a_line("line-1", paid="10.00"), a_line("line-2", paid="20.00"), a_line("line-3", paid="70.00")]
    rule = a_plugin(
        "rule",
        judge_eligibility=[a_grant(line.id) for line in lines],
        price_refund=[
            said(Cost, line.id, kind=RETURN_FREIGHT, amount=amount, pool="parcel")
            for line, amount in zip(lines, (501, 100, 501), strict=True)
        ],
    )
    decision = decide_with([rule], a_case(*lines))
    assert [refund(line).total for line in decision.lines] == [950, 1_900, 6_649]


# ---- bearers ------------------------------------------------------------------------------------


def test_the_strongest_statement_names_the_bearer() -> None:
    line = decided(
        cost(RETURN_FREIGHT, 500),
        bear(RETURN_FREIGHT, CUSTOMER),
        bear(RETURN_FREIGHT, CARRIER, Strength.FAULT),
        bear(GOODS, MERCHANT, Strength.STATUTE),
    )
    assert refund(line).total == 10_000
    assert {option.freight_paid_by for option in line.options} == {CARRIER}
    assert (line.liability.party, line.liability.basis, line.liability.final) == (MERCHANT, "rule.said", True)


def test_a_dispute_about_much_goes_by_precedence_and_to_a_person() -> None:
    line = decided(bear(GOODS, MERCHANT), bear(GOODS, CARRIER))
    assert line.conflicts == ("goods",)
    assert line.liability.party is MERCHANT
    assert line.status is EligibilityStatus.REVIEW
    assert line.holds == (("dispute", "rule", "kernel.liability_conflict"),)


def test_a_dispute_about_little_is_flagged_only() -> None:
    line = decided(cost("wear", 1_000), bear("wear", MERCHANT), bear("wear", CARRIER))
    assert (line.conflicts, line.status) == (("wear",), EligibilityStatus.ELIGIBLE)


@pytest.mark.parametrize(
    ("contributions", "payer"),
    [
        ([], CUSTOMER),
        ([bear(RETURN_FREIGHT, MERCHANT)], MERCHANT),
        ([waive(RETURN_FREIGHT, 10_000)], PLATFORM),
        ([waive(RETURN_FREIGHT, 4_999)], CUSTOMER),
        ([cap(RETURN_FREIGHT, 0, CARRIER), waive(RETURN_FREIGHT, 10_000)], CARRIER),
        ([cost(RETURN_FREIGHT, 500)], CUSTOMER),
        ([cost(RETURN_FREIGHT, 500), waive(RETURN_FREIGHT, 10_000)], PLATFORM),
        ([cost(RETURN_FREIGHT, 500), waive(RETURN_FREIGHT, 5_000)], PLATFORM),
        ([cost(RETURN_FREIGHT, 500), cap(RETURN_FREIGHT, 300)], CUSTOMER),
        ([cost(RETURN_FREIGHT, 500), cap(RETURN_FREIGHT, 200)], MERCHANT),
    ],
)
def test_the_way_back_is_paid_by_whoever_has_the_largest_share(
    contributions: list[Contribution], payer: LiableParty
) -> None:
    assert {option.freight_paid_by for option in decided(*contributions).options} == {payer}


# ---- beside the refund --------------------------------------------------------------------------


def test_a_bonus_stands_beside_the_refund_the_largest_of_each_group() -> None:
    bonuses = [
        said(Bonus, group=group, amount=amount, funder=MERCHANT)
        for group, amount in (("a", 100), ("a", 300), ("b", 50))
    ]
    line = decided(*bonuses)
    assert (refund(line).total, refund(line).bonus) == (10_000, 350)
    assert parts(line)[1:] == [("BONUS", 300, "a", "rule"), ("BONUS", 50, "b", "rule")]


def test_bonuses_never_exceed_what_was_paid() -> None:
    bonuses = [said(Bonus, group=group, amount=800, funder=MERCHANT) for group in "ab"]
    assert parts(decided(*bonuses, line=a_line(paid="10.00")))[1:] == [
        ("BONUS", 800, "a", "rule"),
        ("BONUS", 200, "b", "rule"),
    ]


def test_what_cannot_be_paid_back_any_more_is_taken_off_after_the_fees() -> None:
    line = decided(cost(RESTOCKING, 600), line=a_line(paid="60.00", ceiling=1_000))
    assert parts(line) == [
        ("ITEM", 6_000, "", "kernel"),
        ("RESTOCKING_FEE", 600, "restocking", "rule"),
        ("DEDUCTION", 4_400, "kernel.paid_back", "kernel"),
    ]
    assert refund(line).total == 1_000
    assert "kernel.paid_back" in [told.code for told in line.explanations]


def test_a_ceiling_above_the_refund_changes_nothing() -> None:
    line = decided(cost(RESTOCKING, 600), line=a_line(paid="60.00", ceiling=6_000))
    assert refund(line).total == 5_400
    assert "kernel.paid_back" not in [told.code for told in line.explanations]
