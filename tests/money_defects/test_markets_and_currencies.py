"""Same order, opposite money? By market's law, and in minor units of every currency (row 15)."""

from typing import Any

import pytest

from bff.policy.facts import CaseFacts
from bff.policy.testing import a_case, a_line, a_purchase
from bff.vocabulary import RefundComponentKind, ReturnReason
from tests.money_defects.shop import answer, codes, refund

KIND = RefundComponentKind


@pytest.mark.parametrize(
    ("market", "currency", "paid", "freight", "total"),
    [
        ("SG", "SGD", "100.00", 350, 9650),
        ("VN", "VND", "450000", 30000, 420000),
        ("ID", "IDR", "250000.00", 1800000, 23200000),
        ("SG", "KWD", "12.345", 1250, 11095),
        ("US", "USD", "100.00", 650, 9350),
    ],
)
def test_amounts_are_minor_units_of_their_own_currency(
    market: str, currency: str, paid: str, freight: int, total: int
) -> None:
    quote = refund(answer(a_case(a_line(paid=paid, currency=currency), market=market, currency=currency)))

    assert quote.total == total
    assert {part.kind: part.amount for part in quote.components}[KIND.RETURN_FREIGHT] == freight


def test_a_currency_without_a_price_is_charged_nothing() -> None:
    assert refund(answer(a_case(a_line(paid="5000", currency="JPY"), currency="JPY"))).total == 5000


def an_order(market: str, currency: str) -> CaseFacts:
    """Three goods of 100.00, 60.00 off for 300.00, delivered free from 200.00; one comes back after three days."""
    promotion = {"promotion": {"id": "three", "threshold": "300.00"}}
    fields: dict[str, Any] = {
        "unit_price": "100.00",
        "discount": "20.00",
        "currency": currency,
        "attributes": promotion,
    }
    lines = [a_line(name, paid="80.00", **fields) for name in "abc"]
    return a_case(
        lines[0],
        market=market,
        purchases=tuple(map(a_purchase, lines)),
        order_attributes={"freeShipping": {"threshold": "200.00", "freight": "8.00"}},
    )


def test_the_same_order_is_opposite_money_in_china_and_in_germany() -> None:
    china, germany = answer(an_order("CN", "CNY")), answer(an_order("DE", "EUR"))

    # China: 80.00 less 40.00 of lost discount, 8.00 of lost free delivery and 12.00 for the way back.
    assert refund(china).total == 2000
    assert {"no_reason_return.promotion_resettled", "no_reason_return.free_shipping_lost"} <= codes(china)
    # Germany: only the direct cost of the way back.
    assert refund(germany).total == 8000 - 490
    assert not {"no_reason_return.promotion_resettled", "no_reason_return.free_shipping_lost"} & codes(germany)


def test_the_delivery_is_repaid_in_germany_and_britain_but_not_in_china_or_singapore() -> None:
    totals = {}
    for market, currency in (("DE", "EUR"), ("GB", "GBP"), ("CN", "CNY"), ("SG", "SGD")):
        line = a_line(paid="100.00", shipping="10.00", currency=currency)
        totals[market] = refund(answer(a_case(line, market=market, shipping_fee=1000))).total

    assert totals == {"DE": 11000 - 490, "GB": 11000 - 320, "CN": 10000 - 1200, "SG": 10000 - 350}


def test_the_express_surplus_is_not_repaid_in_germany() -> None:
    line = a_line(paid="100.00", shipping="10.00", currency="EUR")
    case = a_case(line, market="DE", shipping_fee=1000, order_attributes={"shippingSurplus": "6.00"})

    assert refund(answer(case)).total == 10000 + 400 - 490


def test_electronics_are_restocked_for_a_fee_in_america_and_free_of_it_in_germany() -> None:
    america = a_case(a_line(paid="200.00", category="electronics/phones"), market="US")
    germany = a_case(a_line(paid="200.00", category="electronics/phones"), market="DE")

    assert refund(answer(america)).total == 20000 - 3000 - 650
    assert refund(answer(germany)).total == 20000 - 490


@pytest.mark.parametrize("market", ["CN", "DE", "FR", "GB", "US", "SG", "MY", "TH", "VN", "PH", "ID"])
def test_a_faulty_item_costs_the_customer_nothing_in_any_market(market: str) -> None:
    # Germany and France owe the money once a remedy has failed, the others at once.
    line = a_line(paid="60", delivered_days_ago=1, attributes={"failedRepairs": 1})
    case = a_case(line, market=market, reason=ReturnReason.QUALITY_DEFECT)

    assert refund(answer(case)).total == line.paid
