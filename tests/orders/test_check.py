"""Does an order add up? To the minor unit, with every problem at its place."""

from typing import Any

import pytest

from bff.orders.check import BadOrderError, check
from bff.orders.records import UnreadableRecordError, read_record
from tests.orders.an_order import an_order_json


def problems(**changed: Any) -> list[tuple[str, str]]:
    with pytest.raises(BadOrderError) as caught:
        check(read_record(an_order_json(**changed)))
    return [(problem.field, problem.reason) for problem in caught.value.problems]


def line(**changed: Any) -> dict[str, Any]:
    lines: list[dict[str, Any]] = an_order_json()["lines"]
    return {**lines[0], **changed}


def test_an_order_that_adds_up_has_its_amounts_in_minor_units() -> None:
    amounts = check(read_record(an_order_json()))

    assert (amounts.total, amounts.shipping_fee, amounts.captured) == (10_500, 500, [10_500])
    assert [(one.paid, one.shipping) for one in amounts.lines] == [(3_000, 150), (7_000, 350)]


def test_the_shipping_fee_is_shared_to_the_cent() -> None:
    thirds = [line(externalId=str(i), quantity=1, unitPrice="10.00", discount="0", paid="10.00") for i in range(3)]
    payments = [{"externalId": "p", "method": "CARD", "captured": "40.00", "label": "Visa"}]
    amounts = check(read_record(an_order_json(lines=thirds, shippingFee="10.00", payments=payments)))

    assert [one.shipping for one in amounts.lines] == [334, 333, 333]


def test_a_price_before_tax_adds_up_with_the_tax_on_top() -> None:
    taxed = [line(tax="2.40", paid="32.40")]
    payments = [{"externalId": "p", "method": "CARD", "captured": "37.40", "label": "Visa"}]

    assert check(read_record(an_order_json(lines=taxed, payments=payments))).total == 3_740


def test_a_cent_too_much_is_told_with_its_place() -> None:
    wrong = [line(paid="30.01")]

    wanted = "unitPrice x quantity - discount is 30.00 or, with tax added, 32.48"
    assert problems(lines=wrong)[0] == ("lines[0].paid", f"is 30.01, but {wanted}")


def test_every_problem_is_told_at_once() -> None:
    wrong = [line(paid="30.001"), line(externalId="1", tax="-1.00")]
    found = problems(
        lines=wrong,
        market="XX",
        deliveredAt="2026-04-30T00:00:00Z",
        shipments=[
            {"externalId": "S", "carrier": "C", "status": "DELIVERED", "lines": ["9"]},
            {"externalId": "S", "carrier": "C", "status": "PENDING", "lines": ["1"]},
        ],
    )

    assert [field for field, _ in found] == [
        "market",
        "lines",
        "shipments",
        "deliveredAt",
        "shipments[0].deliveredAt",
        "shipments[0].lines",
        "lines[0].paid",
        "lines[1].tax",
    ]


@pytest.mark.parametrize(
    ("currency", "amount"),
    [
        ("SGD", "1.001"),
        ("VND", "1.5"),
        ("KWD", "1.2345"),
        ("SGD", "1e2"),
        ("SGD", "NaN"),
        ("SGD", ""),
        ("SGD", "1,00"),
    ],
)
def test_what_is_no_plain_decimal_of_the_currency_is_refused(currency: str, amount: str) -> None:
    assert ("shippingFee" in dict(problems(currency=currency, shippingFee=amount))) is True


@pytest.mark.parametrize(("currency", "amount"), [("VND", "45000"), ("KWD", "1.250"), ("SGD", "0.10")])
def test_each_currency_has_its_own_places(currency: str, amount: str) -> None:
    one = [line(quantity=1, unitPrice=amount, discount="0", tax="0", paid=amount)]
    payments = [{"externalId": "p", "method": "CARD", "captured": amount, "label": "Visa"}]
    record = an_order_json(lines=one, currency=currency, shippingFee="0", payments=payments)

    assert check(read_record(record)).total == int(amount.replace(".", ""))


@pytest.mark.parametrize("currency", ["XXX", "sgd", "", "ABC"])
def test_an_unknown_currency_is_refused(currency: str) -> None:
    assert [field for field, _ in problems(currency=currency)] == ["currency"]


@pytest.mark.parametrize(
    ("status", "captured", "taken"),
    [
        ("PAID", "105.00", True),
        ("PAID", "104.99", False),
        ("DELIVERED", "0.00", False),
        ("PLACED", "0.00", True),
        ("PLACED", "105.01", False),
        ("CANCELLED", "20.00", True),
    ],
)
def test_a_paid_order_is_captured_whole_and_none_more_than_whole(
    *, status: str, captured: str, taken: bool
) -> None:
    payments = [{"externalId": "p", "method": "CARD", "captured": captured, "label": "Visa"}]
    record = read_record(an_order_json(status=status, payments=payments))
    if taken:
        assert check(record).captured == [int(captured.replace(".", ""))]
    else:
        with pytest.raises(BadOrderError, match="payments: add up to"):
            check(record)


@pytest.mark.parametrize(("status", "taken"), [("SHIPPED", True), ("DELIVERED", False)])
def test_cash_on_delivery_is_owed_until_delivery(*, status: str, taken: bool) -> None:
    payments = [{"externalId": "p", "method": "CASH_ON_DELIVERY", "captured": "0.00", "label": "Cash"}]
    record = read_record(an_order_json(status=status, payments=payments))
    if taken:
        assert check(record).captured == [0]
    else:
        with pytest.raises(BadOrderError, match="payments"):
            check(record)


def test_amounts_too_large_for_the_database_are_refused() -> None:
    huge = [line(quantity=1_000_000, unitPrice="92233720368547758.07")]

    assert problems(lines=huge)[0] == ("lines[0].unitPrice", "times quantity is larger than any amount can be")


def test_the_character_nul_is_refused_and_its_name_is_not() -> None:
    assert problems(lines=[line(title="a\0b")])[0][1] == "contains the character NUL, which cannot be kept"
    assert check(read_record(an_order_json(externalId="\\u0000"))).total == 10_500


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"placedAt": "2026-05-01T10:00:00"}, "placedAt"),
        ({"placedAt": "yesterday"}, "placedAt"),
        ({"status": "LOST"}, "status"),
        ({"shippingFee": 5.0}, "shippingFee"),
        ({"lines": [{}]}, "lines[0]"),
        ({"surprise": 1}, ""),
        ({"number": ""}, "number"),
        ({"number": "x" * 101}, "number"),
    ],
)
def test_what_has_another_shape_is_unreadable_and_the_field_is_named(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(UnreadableRecordError) as caught:
        read_record(an_order_json(**changed))

    assert caught.value.field == field


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001, "2", 1.5])
def test_quantities_are_whole_positive_numbers(quantity: Any) -> None:
    with pytest.raises(UnreadableRecordError) as caught:
        read_record(an_order_json(lines=[line(quantity=quantity)]))

    assert caught.value.field == "lines[0].quantity"
