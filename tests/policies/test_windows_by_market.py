"""Until which day does each market take things back? The last day in, and the first one out, of every window."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from bff.policy.facts import CaseFacts, Sibling
from bff.policy.testing import NOW, a_case, a_line
from bff.vocabulary import EligibilityStatus, Resolution, ReturnReason
from tests.money_defects.shop import a_member, answer

ELIGIBLE, INELIGIBLE = EligibilityStatus.ELIGIBLE, EligibilityStatus.INELIGIBLE
REFUND, EXCHANGE, REPAIR = Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE, Resolution.REPAIR


def a_day_later(case: CaseFacts) -> CaseFacts:
    """A day and a half, for in America the clocks went back meanwhile and the day had 25 hours."""
    return replace(case, at=NOW + timedelta(hours=36))


@pytest.mark.parametrize(
    ("market", "channel", "days"),
    [
        ("SG", "web", 15),
        ("MY", "web", 15),
        ("TH", "web", 7),
        ("TH", "mall", 15),
        ("VN", "web", 6),
        ("VN", "mall", 15),
        ("PH", "web", 7),
        ("PH", "mall", 15),
        ("ID", "web", 7),
        ("CN", "web", 7),
        ("DE", "web", 14),
        ("FR", "web", 14),
        ("GB", "web", 14),
        ("US", "web", 30),
    ],
)
def test_a_change_of_mind_has_its_days(market: str, channel: str, days: int) -> None:
    last = a_case(a_line(category="home/lamps", delivered_days_ago=days), market=market, channel=channel)
    late = a_day_later(last)

    assert answer(last).status is ELIGIBLE
    assert answer(late).status is INELIGIBLE


@pytest.mark.parametrize(("market", "days"), [("SG", 30), ("TH", 15), ("CN", 15), ("DE", 30), ("US", 90)])
def test_a_member_has_longer_in_every_market(market: str, days: int) -> None:
    last = a_case(a_line(delivered_days_ago=days), market=market, known=a_member())
    late = a_day_later(last)

    assert answer(last).status is ELIGIBLE
    assert answer(late).status is INELIGIBLE


def test_a_members_grant_does_not_bring_back_a_final_sale() -> None:
    case = a_case(a_line(attributes={"finalSale": True}), known=a_member())

    assert answer(case).status is INELIGIBLE


@pytest.mark.parametrize(
    ("market", "category", "days", "expected"),
    [
        ("SG", "home/lamps", 15, {REFUND, EXCHANGE}),
        ("SG", "home/lamps", 16, set()),
        ("SG", "food/fresh/fish", 2, {REFUND, EXCHANGE}),
        ("SG", "food/fresh/fish", 3, set()),
        ("TH", "home/lamps", 8, set()),
        ("CN", "home/lamps", 7, {REFUND, EXCHANGE, REPAIR}),
        ("CN", "home/lamps", 8, {EXCHANGE, REPAIR}),
        ("CN", "electronics/phones", 15, {EXCHANGE, REPAIR}),
        ("CN", "electronics/phones", 16, {REPAIR}),
        ("CN", "electronics/phones", 367, set()),
        ("DE", "electronics/phones", 1, {EXCHANGE, REPAIR}),
        ("DE", "apparel/shoes", 731, {EXCHANGE}),
        ("DE", "apparel/shoes", 732, set()),
        ("GB", "home/lamps", 30, {REFUND, EXCHANGE, REPAIR}),
        ("GB", "home/lamps", 31, {EXCHANGE, REPAIR}),
        ("US", "home/lamps", 30, {REFUND, EXCHANGE}),
    ],
)
def test_a_fault_has_its_remedies(market: str, category: str, days: int, expected: set[Resolution]) -> None:
    line = a_line(category=category, delivered_days_ago=days)
    case = a_case(line, market=market, reason=ReturnReason.QUALITY_DEFECT)
    own = Sibling(sku=line.sku, title="Same", variant=None, price=100, currency=case.currency, available=3)
    known = {"catalogue.siblings@1": {line.id: (own,)}}
    case = a_case(line, market=market, reason=ReturnReason.QUALITY_DEFECT, known=known)

    assert {option.resolution for option in answer(case).options} == expected


def test_chinas_hygiene_goods_need_the_customers_confirmation() -> None:
    unsealed = {"hygiene": True, "unsealed": True}
    confirmed = {**unsealed, "nonReturnableConfirmed": True}

    assert answer(a_case(a_line(category="home/towels", attributes=unsealed), market="CN")).status is ELIGIBLE
    assert answer(a_case(a_line(category="home/towels", attributes=confirmed), market="CN")).status is INELIGIBLE


def test_a_merchants_category_that_stays_in_singapore_comes_back_in_germany() -> None:
    line = a_line(category="electronics/earphones", merchant="lion-city-audio")

    assert answer(a_case(line)).status is INELIGIBLE
    assert answer(a_case(line, market="DE")).status is ELIGIBLE


def test_electronics_come_back_in_malaysia_only_while_sealed() -> None:
    line = a_line(category="electronics/phones", attributes={"unsealed": True})

    assert answer(a_case(line, market="MY")).status is INELIGIBLE
    assert answer(a_case(line, market="SG")).status is ELIGIBLE
