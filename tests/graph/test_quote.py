"""On which terms? Quotes over several lines, what refuses them, and what their tokens seal."""

from datetime import timedelta
from typing import Any

import pytest
import strawberry

from bff.cases.asking.quote import NotAQuote, QuotedLine, QuoteExpired, must_hold, unseal
from bff.schema.ids import key_of
from bff.storage.database import Database
from bff.vocabulary import EligibilityStatus, RefundMethod, Resolution, ReturnReason
from tests.graph.conftest import KEY, Client
from tests.graph.house_rules import house_kernel
from tests.graph.shop import NOW, Shop, a_line, a_tea, an_order
from tests.graph.test_operations import operation


@pytest.fixture
def house(schema: strawberry.Schema, database: Database) -> Client:
    """Somebody who asks under the house's rules."""
    return Client(schema, house_kernel(), database)


async def asked(shop: Shop, order: str, *lines: tuple[str, int, str], **differing: Any) -> dict[str, Any]:
    """The input for some units of some lines, each for a reason."""
    return {
        "orderId": await shop.order_id(order),
        "resolution": "RETURN_AND_REFUND",
        "lines": [
            {"orderLineId": await shop.line_id(order, line), "quantity": quantity, "reason": reason}
            for line, quantity, reason in lines
        ],
    } | differing


async def quote(house: Client, shop: Shop, given: dict[str, Any]) -> Any:
    return (await house.ask(operation("return_quote"), await shop.customer("ada"), {"input": given}))[
        "returnQuote"
    ]


async def refused(house: Client, shop: Shop, given: dict[str, Any]) -> tuple[str, list[str]]:
    return await house.refused(operation("return_quote"), await shop.customer("ada"), {"input": given})


async def test_a_quote_adds_up_over_its_lines_and_seals_them(house: Client, shop: Shop) -> None:
    await shop.take(an_order("Q-1", a_line("1", paid="100.00"), a_line("2", paid="10.00", quantity=3)))
    given = await asked(shop, "Q-1", ("2", 2, "SIZE_OR_FIT"), ("1", 1, "CHANGE_OF_MIND"))
    found = await quote(house, shop, given)
    assert (found["status"], found["expiresAt"]) == ("ELIGIBLE", "2026-11-20T04:15:00Z")
    assert [(line["orderLine"]["sku"], line["refund"]["amount"]) for line in found["lines"]] == [
        ("SHOE-42", "6.01"),
        ("SHOE-42", "90.00"),
    ]
    assert found["refund"]["total"] == {"amount": "96.01", "currency": "SGD"}
    assert [(part["kind"], part["amount"]["amount"]) for part in found["refund"]["breakdown"]] == [
        ("ITEM", "106.67"),
        ("RESTOCKING_FEE", "10.66"),
    ]
    terms = unseal(found["token"], KEY)
    assert terms.order == key_of("Order", given["orderId"])
    assert terms.lines == (
        QuotedLine(await shop.line_key("Q-1", "2"), 2, ReturnReason.SIZE_OR_FIT, 601, 66),
        QuotedLine(await shop.line_key("Q-1", "1"), 1, ReturnReason.CHANGE_OF_MIND, 9000, 1000),
    )
    assert (terms.total, terms.currency, terms.resolution) == (9601, "SGD", Resolution.RETURN_AND_REFUND)
    assert (terms.method, terms.status) == (RefundMethod.ORIGINAL_PAYMENT, EligibilityStatus.ELIGIBLE)


async def test_a_sealed_quote_opens_until_it_expires_and_only_with_its_key(house: Client, shop: Shop) -> None:
    found = await quote(house, shop, await asked(shop, "A-1", ("1", 1, "CHANGE_OF_MIND")))
    token = found["token"]
    terms = unseal(token, KEY)
    assert terms.total == 9000
    must_hold(terms, NOW + timedelta(minutes=15) - timedelta(microseconds=1))
    with pytest.raises(QuoteExpired):
        must_hold(terms, NOW + timedelta(minutes=15))
    head, payload, signature = token.split(".")
    forged = [f"{head}.{payload}x.{signature}", f"{head}..{signature}", f"{head}.{payload}.", "", "x", token[:-4]]
    for text in forged:
        with pytest.raises(NotAQuote):
            unseal(text, KEY)
    other = b"another key, which is thirty-two bytes long"
    with pytest.raises(NotAQuote):
        unseal(token, other)
    assert unseal(token, other, older_keys=[KEY]).total == 9000


async def test_one_refused_line_refuses_the_whole_but_not_the_others_answers(house: Client, shop: Shop) -> None:
    given = await asked(shop, "A-1", ("1", 1, "CHANGE_OF_MIND"), ("2", 1, "CHANGE_OF_MIND"))
    found = await quote(house, shop, given)
    assert (found["status"], found["token"], found["expiresAt"], found["refund"]) == (
        "INELIGIBLE",
        None,
        None,
        None,
    )
    assert [line["eligibility"]["status"] for line in found["lines"]] == ["ELIGIBLE", "INELIGIBLE"]
    assert [line["refund"]["amount"] for line in found["lines"]] == ["90.00", "0.00"]


async def test_a_resolution_that_a_line_does_not_offer_refuses_the_quote(house: Client, shop: Shop) -> None:
    given = await asked(shop, "A-1", ("1", 1, "CHANGE_OF_MIND"), resolution="REPAIR")
    found = await quote(house, shop, given)
    assert (found["status"], found["token"]) == ("INELIGIBLE", None)
    assert found["lines"][0]["eligibility"]["status"] == "ELIGIBLE"


async def test_an_exchange_is_promised_without_a_refund(house: Client, shop: Shop) -> None:
    await shop.stock("SHOE-43", 1)
    given = await asked(shop, "A-1", ("1", 1, "CHANGE_OF_MIND"), resolution="EXCHANGE")
    found = await quote(house, shop, given)
    assert (found["status"], found["refund"]) == ("ELIGIBLE", None)
    assert unseal(found["token"], KEY).total == 0


async def test_more_units_than_are_left_are_ineligible_not_an_error(house: Client, shop: Shop) -> None:
    found = await quote(house, shop, await asked(shop, "A-1", ("1", 2, "CHANGE_OF_MIND")))
    assert (found["status"], found["token"]) == ("INELIGIBLE", None)
    assert [one["code"] for one in found["lines"][0]["eligibility"]["explanations"]] == [
        "kernel.quantity_above_left"
    ]


async def test_a_unit_is_worth_the_same_however_the_units_come_back(house: Client, shop: Shop) -> None:
    await shop.take(an_order("Q-3", a_line(paid="10.00", quantity=3), a_tea()))

    async def goods(quantity: int) -> str:
        found = await quote(house, shop, await asked(shop, "Q-3", ("1", quantity, "CHANGE_OF_MIND")))
        return str(found["refund"]["breakdown"][0]["amount"]["amount"])

    assert await goods(3) == "10.00"
    apart = []
    for n in range(3):
        apart.append(await goods(1))
        await shop.open_case(f"C-Q{n}", "Q-3")
    assert apart == ["3.34", "3.33", "3.33"]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ({"quantity": 0}, ["input", "lines", "1", "quantity"]),
        ({"quantity": -5}, ["input", "lines", "1", "quantity"]),
    ],
)
async def test_a_quantity_that_is_none_is_refused_by_path(
    house: Client, shop: Shop, line: dict[str, Any], path: list[str]
) -> None:
    given = await asked(shop, "A-1", ("1", 1, "CHANGE_OF_MIND"), ("2", 1, "CHANGE_OF_MIND"))
    given["lines"][1] |= line
    assert await refused(house, shop, given) == ("BAD_USER_INPUT", path)
    assert house.statements == 0


async def test_a_line_stands_in_a_quote_once(house: Client, shop: Shop) -> None:
    given = await asked(shop, "A-1", ("1", 1, "CHANGE_OF_MIND"), ("1", 1, "SIZE_OR_FIT"))
    assert await refused(house, shop, given) == ("BAD_USER_INPUT", ["input", "lines", "1", "orderLineId"])


async def test_a_quote_has_one_to_a_hundred_lines(house: Client, shop: Shop) -> None:
    given = await asked(shop, "A-1", ("1", 1, "CHANGE_OF_MIND"))
    wrong: list[list[Any]] = [[], given["lines"] * 101]
    for lines in wrong:
        assert await refused(house, shop, given | {"lines": lines}) == ("BAD_USER_INPUT", ["input", "lines"])


async def test_what_is_not_there_and_what_is_not_ones_own_look_the_same(house: Client, shop: Shop) -> None:
    own = await asked(shop, "A-1", ("1", 1, "CHANGE_OF_MIND"))
    foreign = await asked(shop, "B-1", ("1", 1, "CHANGE_OF_MIND"))
    order = ("NOT_FOUND", ["input", "orderId"])
    for wrong in (foreign["orderId"], "nonsense", own["lines"][0]["orderLineId"]):
        assert await refused(house, shop, own | {"orderId": wrong}) == order
    line = ("NOT_FOUND", ["input", "lines", "0", "orderLineId"])
    elsewhere = await shop.line_id("A-2")
    for wrong in (foreign["lines"][0]["orderLineId"], "nonsense", own["orderId"], elsewhere):
        lines = [own["lines"][0] | {"orderLineId": wrong}]
        assert await refused(house, shop, own | {"lines": lines}) == line


async def test_cash_on_delivery_can_come_back_as_money(house: Client, shop: Shop) -> None:
    cash = [{"externalId": "p", "method": "CASH_ON_DELIVERY", "captured": "100.00", "label": "Cash"}]
    await shop.take(an_order("Q-4", payments=cash))
    found = await quote(house, shop, await asked(shop, "Q-4", ("1", 1, "CHANGE_OF_MIND")))
    assert found["refund"]["methods"] == ["ORIGINAL_PAYMENT", "STORE_CREDIT"]
    assert unseal(found["token"], KEY).method is RefundMethod.ORIGINAL_PAYMENT


async def test_a_method_that_is_possible_is_sealed_as_asked(house: Client, shop: Shop) -> None:
    given = await asked(shop, "A-1", ("1", 1, "CHANGE_OF_MIND"), refundMethod="STORE_CREDIT")
    assert unseal((await quote(house, shop, given))["token"], KEY).method is RefundMethod.STORE_CREDIT


async def test_reasons_that_are_none_share_one_parcel_in_a_quote(client: Client, shop: Shop) -> None:
    await shop.take(an_order("Q-5", a_line("1", paid="50.00"), a_line("2", paid="50.00"), customer="ben"))
    given = await asked(shop, "Q-5", ("1", 1, "CHANGE_OF_MIND"), ("2", 1, "SIZE_OR_FIT"))
    found = (await client.ask(operation("return_quote"), await shop.customer("ben"), {"input": given}))[
        "returnQuote"
    ]
    freight = [part for part in found["refund"]["breakdown"] if part["kind"] == "RETURN_FREIGHT"]
    assert [part["amount"]["amount"] for part in freight] == ["3.50"]
    assert found["refund"]["total"]["amount"] == "96.50"


async def test_what_was_refunded_before_is_not_quoted_again(house: Client, shop: Shop) -> None:
    await shop.take(an_order("Q-6", a_line("1", paid="60.00")))
    line = await shop.line_key("Q-6", "1")
    await shop.change("UPDATE order_lines SET refunded_minor = 5000 WHERE id = ?", line)
    found = await quote(house, shop, await asked(shop, "Q-6", ("1", 1, "CHANGE_OF_MIND")))
    assert found["refund"]["total"]["amount"] == "10.00"
    assert {part["kind"]: part["amount"]["amount"] for part in found["refund"]["breakdown"]} == {
        "ITEM": "60.00",
        "RESTOCKING_FEE": "6.00",
        "DEDUCTION": "44.00",
    }


async def test_no_more_is_quoted_than_was_captured(house: Client, shop: Shop) -> None:
    await shop.take(an_order("Q-7", a_line("1", paid="60.00"), a_line("2", paid="40.00")))
    await shop.change("UPDATE orders SET refunded_minor = 8000 WHERE number = ?", "Q-7")
    given = await asked(shop, "Q-7", ("1", 1, "CHANGE_OF_MIND"), ("2", 1, "CHANGE_OF_MIND"))
    assert (await quote(house, shop, given))["refund"]["total"]["amount"] == "20.00"
