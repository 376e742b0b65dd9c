"""What can be had instead, and where does it go?"""

from typing import Any

import no_reason_return

from bff.policy.decision import LineDecision
from bff.policy.facts import CaseFacts, Line, Sibling
from bff.policy.parameters import Record
from bff.policy.testing import a_case, a_line, decide_with
from bff.vocabulary import EligibilityStatus, Resolution, ReturnMethod, ReturnReason

SIBLINGS = "catalogue.siblings@1"


def rules(**values: Any) -> list[Record]:
    return [Record(id=key, plugin="no_reason_return", key=key, value=value) for key, value in values.items()]


def a_sibling(sku: str = "SHOE-43", *, price: int = 12000, available: int = 5, currency: str = "SGD") -> Sibling:
    return Sibling(sku=sku, title="Shoe", variant="43", price=price, currency=currency, available=available)


def decided(line: Line, *siblings: Sibling, **values: Any) -> LineDecision:
    known = {SIBLINGS: {"line-1": siblings}}
    case: CaseFacts = a_case(line, reason=ReturnReason.SIZE_OR_FIT, known=known)
    decision = decide_with([no_reason_return], case, rules(**{"window_days": 15, **values}))
    assert decision.faults == ()
    return decision.lines[0]


def test_a_dearer_variant_costs_the_difference_of_the_list_prices() -> None:
    # Bought at 100.00 with 20.00 off: the discount is carried over to the variant of 120.00.
    line = decided(a_line(paid="80.00", unit_price="100.00", discount="20.00"), a_sibling(price=12000))

    assert [offer.difference for offer in line.exchanges] == [2000]


def test_a_cheaper_variant_gives_the_difference_back() -> None:
    line = decided(a_line(paid="80.00", unit_price="100.00"), a_sibling(price=7000))

    assert [offer.difference for offer in line.exchanges] == [-3000]


def test_no_more_is_given_back_than_was_paid_for_the_unit() -> None:
    line = decided(a_line(paid="20.00", unit_price="100.00", quantity=2), a_sibling(price=1000))

    assert [offer.difference for offer in line.exchanges] == [-1000]


def test_only_other_variants_in_stock_and_in_the_currency_are_offered() -> None:
    line = decided(
        a_line(quantity=2, paid="80.00"),
        a_sibling("SHOE-42"),
        a_sibling("SHOE-43", available=1),
        a_sibling("SHOE-44", currency="USD"),
        a_sibling("SHOE-45", available=2),
    )

    assert [offer.sku for offer in line.exchanges] == ["SHOE-45"]


def test_without_a_catalogue_the_goods_can_still_go_back() -> None:
    decision = decide_with([no_reason_return], a_case(), rules(window_days=15))

    assert decision.faults == ()
    assert decision.lines[0].status is EligibilityStatus.ELIGIBLE
    assert [option.resolution for option in decision.lines[0].options] == [Resolution.RETURN_AND_REFUND]


def test_a_market_may_have_no_exchanges() -> None:
    assert decided(a_line(), a_sibling(), exchanges=False).exchanges == ()


def test_the_returns_desk_takes_it_by_the_markets_ways() -> None:
    line = decided(a_line(), return_methods=(ReturnMethod.PICKUP,), expected_days=7)

    assert (line.routing.queue, line.routing.methods, line.routing.expected_days) == (
        "returns",
        (ReturnMethod.PICKUP,),
        7,
    )
