"""Do we repeat what comparable systems got wrong about quotes and windows? The same order, the right answer."""

from typing import Any

import pytest
import strawberry
from graphql import GraphQLInputObjectType

from bff.money import decimal_text, parse_minor
from bff.storage.database import Database
from bff.vocabulary import CaseStatus
from tests.graph.conftest import Client
from tests.graph.house_rules import house_kernel
from tests.graph.shop import Shop, a_line, a_tea, an_order, days_ago, written
from tests.graph.test_quote import asked, quote


@pytest.fixture
def house(schema: strawberry.Schema, database: Database) -> Client:
    """Somebody who asks under the house's rules."""
    return Client(schema, house_kernel(), database)


async def parts(house: Client, shop: Shop, order: str, line: str, quantity: int) -> dict[str, str]:
    """What a refund of some units is made of."""
    found = await quote(house, shop, await asked(shop, order, (line, quantity, "CHANGE_OF_MIND")))
    return {part["kind"]: part["amount"]["amount"] for part in found["refund"]["breakdown"]}


@pytest.mark.parametrize("status", [CaseStatus.REQUESTED, CaseStatus.RECEIVED, CaseStatus.COMPLETED])
async def test_units_that_a_case_holds_or_held_cannot_be_asked_for_again(
    house: Client, shop: Shop, status: CaseStatus
) -> None:
    await shop.take(an_order("D-1", a_line(paid="20.00", quantity=2)))
    await shop.open_case("C-D", "D-1", quantity=2, status=status)
    found = await quote(house, shop, await asked(shop, "D-1", ("1", 1, "CHANGE_OF_MIND")))
    assert (found["status"], found["token"]) == ("INELIGIBLE", None)
    assert [one["code"] for one in found["lines"][0]["eligibility"]["explanations"]] == ["kernel.nothing_left"]


def test_no_amount_can_be_suggested_with_a_request_for_a_quote(schema: strawberry.Schema) -> None:
    graph = schema._schema
    fields: set[str] = set()
    for name in ("ReturnQuoteInput", "ReturnLineInput"):
        given = graph.type_map[name]
        assert isinstance(given, GraphQLInputObjectType)
        fields |= set(given.fields)
    assert fields == {"orderId", "lines", "resolution", "refundMethod", "orderLineId", "quantity", "reason"}


async def test_what_was_paid_is_refunded_not_the_list_price(house: Client, shop: Shop) -> None:
    line = a_line(unitPrice="100.00", quantity=2, discount="60.00", paid="140.00")
    await shop.take(an_order("D-2", line))
    assert (await parts(house, shop, "D-2", "1", 1))["ITEM"] == "70.00"
    assert (await parts(house, shop, "D-2", "1", 2))["ITEM"] == "140.00"


@pytest.mark.parametrize(("paid", "units"), [("10.00", 3), ("20.00", 3), ("0.01", 3), ("99.99", 7)])
async def test_units_that_come_back_one_by_one_add_up_to_the_line(
    house: Client, shop: Shop, paid: str, units: int
) -> None:
    await shop.take(an_order("D-3", a_line(paid=paid, quantity=units)))
    apart = 0
    for n in range(units):
        apart += parse_minor((await parts(house, shop, "D-3", "1", 1))["ITEM"], "SGD")
        await shop.open_case(f"C-D{n}", "D-3")
    assert decimal_text(apart, "SGD") == paid


async def test_tax_is_credited_whole_over_partial_refunds(house: Client, shop: Shop) -> None:
    await shop.take(
        an_order("D-4", a_line(unitPrice="333.34", discount="0.02", paid="1000.00", quantity=3, tax="160.00"))
    )
    seen: list[tuple[str, str]] = []
    for n in range(3):
        found = await parts(house, shop, "D-4", "1", 1)
        seen.append((found["ITEM"], found["TAX"]))
        await shop.open_case(f"C-D{n}", "D-4")
    assert seen == [("280.00", "53.34"), ("280.00", "53.33"), ("280.00", "53.33")]


async def test_a_line_that_cost_nothing_can_come_back_for_nothing(house: Client, shop: Shop) -> None:
    await shop.take(an_order("D-5", a_line(unitPrice="5.00", discount="5.00", paid="0.00"), a_line("2")))
    found = await quote(house, shop, await asked(shop, "D-5", ("1", 1, "CHANGE_OF_MIND")))
    assert (found["status"], found["refund"]["total"]["amount"]) == ("ELIGIBLE", "0.00")


async def test_the_window_runs_from_delivery_not_from_the_order(house: Client, shop: Shop) -> None:
    await shop.take(an_order("D-6", placedAt=written(days_ago(90)), delivered_days_ago=2))
    found = await quote(house, shop, await asked(shop, "D-6", ("1", 1, "CHANGE_OF_MIND")))
    assert found["status"] == "ELIGIBLE"


async def test_every_reason_against_a_return_is_told_not_only_the_first(house: Client, shop: Shop) -> None:
    await shop.take(an_order("D-7", a_tea("1"), delivered_days_ago=40))
    found = await quote(house, shop, await asked(shop, "D-7", ("1", 1, "CHANGE_OF_MIND")))
    codes = [one["code"] for one in found["lines"][0]["eligibility"]["explanations"]]
    assert {"house.tea", "house.closed"} <= set(codes)


async def test_a_lines_share_does_not_move_when_another_line_comes_back(house: Client, shop: Shop) -> None:
    await shop.take(an_order("D-8", a_line("1", discount="10.00", paid="90.00", unitPrice="100.00"), a_line("2")))
    before = await parts(house, shop, "D-8", "1", 1)
    await shop.open_case("C-D", "D-8", "2")
    assert await parts(house, shop, "D-8", "1", 1) == before
    assert before["ITEM"] == "90.00"


@pytest.mark.parametrize(
    ("currency", "paid", "fee", "total"),
    [
        ("VND", "450000", "45000", "405000"),
        ("SGD", "450.00", "45.00", "405.00"),
        ("KWD", "45.125", "4.512", "40.613"),
    ],
)
async def test_every_currency_has_its_own_decimal_places(
    house: Client, shop: Shop, currency: str, paid: str, fee: str, total: str
) -> None:
    zero = decimal_text(0, currency)
    line: dict[str, Any] = a_line() | {"unitPrice": paid, "paid": paid, "discount": zero, "tax": zero}
    payment = {"externalId": "p", "method": "CARD", "captured": paid, "label": "Visa"}
    await shop.take(
        an_order("D-9", a_line(), currency=currency, lines=[line], payments=[payment], shippingFee=zero)
    )
    found = await quote(house, shop, await asked(shop, "D-9", ("1", 1, "CHANGE_OF_MIND")))
    assert found["refund"]["total"] == {"amount": total, "currency": currency}
    assert (await parts(house, shop, "D-9", "1", 1))["RESTOCKING_FEE"] == fee


async def test_an_exchange_for_something_dearer_names_the_difference(house: Client, shop: Shop) -> None:
    await shop.take(an_order("D-10", a_line(sku="SHOE-44", paid="120.00"), customer="eve"))
    await shop.stock("SHOE-44", 1)
    document = '{ orderByNumber(number: "A-1") { lines { exchangeOptions { priceDifference { amount } } } } }'
    found = await house.ask(document, await shop.customer("ada"))
    assert found["orderByNumber"]["lines"][0]["exchangeOptions"] == [{"priceDifference": {"amount": "20.00"}}]
