"""Does a withdrawal stand against every rule of the shop where a law gives the right, and nowhere else?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bff.cases.money import audit
from bff.viewer import Viewer
from bff.vocabulary import Role
from tests.graph.acting import CASE, ERRORS, a_case, act, data_of, events, undone
from tests.graph.conftest import Client
from tests.graph.dumps import dump
from tests.graph.house_rules import house_kernel
from tests.graph.shop import AGENT, OPS, Shop, a_line, a_tea, an_order

CASES = f"cases {{ {CASE} merchant {{ name }} }} case {{ id }}"
GERMAN: dict[str, Any] = {"market": "DE", "currency": "EUR"}
FINAL_SALE = {"finalSale": True}


async def declaration(shop: Shop, order: str, *lines: tuple[str, int], **more: Any) -> dict[str, Any]:
    """The input about some units of an order, or all of it."""
    named = [{"orderLineId": await shop.line_id(order, line), "quantity": count} for line, count in lines]
    return {"orderId": await shop.order_id(order), "lines": named} | more


async def declare(client: Client, shop: Shop, order: str, *lines: tuple[str, int], **more: Any) -> list[Any]:
    """The cases of a withdrawal of Ben's that must succeed."""
    viewer = more.pop("viewer", None) or await shop.customer("ben")
    asked = await declaration(shop, order, *lines, **more)
    payload = await act(client, viewer, "declareWithdrawal", asked, fields=CASES)
    assert payload["userErrors"] == [], payload["userErrors"]
    assert payload["case"]["id"] == payload["cases"][0]["id"]
    cases: list[Any] = payload["cases"]
    return cases


async def test_no_rule_of_the_merchant_stands_against_the_law(shop: Shop, client: Client) -> None:
    await shop.take(an_order("D-1", a_line(attributes=FINAL_SALE), customer="ben", shippingFee="4.90", **GERMAN))

    (case,) = await declare(client, shop, "D-1", statement="I withdraw from the contract.")

    assert (case["status"], case["resolution"]) == ("APPROVED", "RETURN_AND_REFUND")
    # 100.00 and the delivery, less the way back, which the directive leaves with the customer: 4.90 each.
    assert case["lines"][0]["refundable"]["amount"] == "100.00"
    assert events(case) == ["withdrawal_declared", "case_approved"]
    assert data_of(case, "withdrawal_declared") == {"statement": "I withdraw from the contract."}
    assert await audit.verify(shop.database) == []


async def test_without_a_law_the_same_rule_stands_and_says_so(shop: Shop, client: Client) -> None:
    await shop.take(an_order("S-1", a_line(attributes=FINAL_SALE), customer="ben"))
    before = await dump(shop.database)
    asked = await declaration(shop, "S-1")
    payload = await act(client, await shop.customer("ben"), "declareWithdrawal", asked, fields=CASES)
    (error,) = payload["userErrors"]
    assert (error["code"], error["path"], payload["cases"]) == ("INELIGIBLE", ["lines"], [])
    assert "no_reason_return.final_sale" in [one["code"] for one in error["explanations"]]
    assert await dump(shop.database) == before


async def test_a_right_whose_time_is_over_is_refused_with_its_law(shop: Shop, client: Client) -> None:
    await shop.take(an_order("D-1", customer="ben", delivered_days_ago=30, **GERMAN))
    asked = await declaration(shop, "D-1", ("1", 1))
    payload = await act(client, await shop.customer("ben"), "declareWithdrawal", asked, fields=CASES)
    (error,) = payload["userErrors"]
    assert (error["code"], error["path"]) == ("INELIGIBLE", ["lines", "0"])
    told = {one["code"]: one["citation"] for one in error["explanations"]}
    assert told["no_reason_return.withdrawal_closed"] == "Directive 2011/83/EU art. 9"


async def test_what_the_law_excludes_is_refused(shop: Shop, client: Client) -> None:
    await shop.take(an_order("D-1", a_line(attributes={"customMade": True}), customer="ben", **GERMAN))
    asked = await declaration(shop, "D-1", ("1", 1))
    payload = await act(client, await shop.customer("ben"), "declareWithdrawal", asked, fields=CASES)
    (error,) = payload["userErrors"]
    assert error["code"] == "INELIGIBLE"
    assert "Directive 2011/83/EU art. 16" in [one["citation"] for one in error["explanations"]]


async def test_from_a_whole_order_what_the_law_excludes_is_left_out(shop: Shop, client: Client) -> None:
    made = a_line("2", sku="SHOE-99", attributes={"customMade": True})
    await shop.take(an_order("D-1", a_line(), made, customer="ben", **GERMAN))
    (case,) = await declare(client, shop, "D-1")
    assert [line["orderLine"]["id"] for line in case["lines"]] == [await shop.line_id("D-1", "1")]
    named = await declaration(shop, "D-1", ("2", 1), idempotencyKey="k2")
    ben = await shop.customer("ben")
    refused = await undone(client, shop, ben, "declareWithdrawal", named, fields=CASES)
    assert refused == ("INELIGIBLE", ["lines", "0"])


async def test_a_declaration_opens_a_case_a_merchant(shop: Shop, client: Client) -> None:
    lines = (a_line("1", quantity=3, paid="300.00"), a_tea("2", quantity=2), a_line("3", sku="SHOE-44"))
    await shop.take(an_order("D-1", *lines, customer="ben", **GERMAN))

    cases = await declare(client, shop, "D-1")

    found = {case["merchant"]["name"]: case for case in cases}
    assert {name: sorted(line["quantity"] for line in case["lines"]) for name, case in found.items()} == {
        "Shoe House": [1, 3],
        "Tea Corner": [2],
    }
    assert {case["status"] for case in cases} == {"APPROVED"}
    assert await audit.verify(shop.database) == []


async def test_all_that_is_left_is_what_no_case_holds(shop: Shop, client: Client) -> None:
    await shop.take(an_order("D-1", a_line("1", quantity=3, paid="300.00"), customer="ben", **GERMAN))
    await declare(client, shop, "D-1", ("1", 1), idempotencyKey="k1")
    (rest,) = await declare(client, shop, "D-1", idempotencyKey="k2")
    assert rest["lines"][0]["quantity"] == 2
    ben = await shop.customer("ben")
    for lines, path in (((), ["lines"]), ((("1", 1),), ["lines", "0", "quantity"])):
        asked = await declaration(shop, "D-1", *lines, idempotencyKey=f"k3 {path}")
        refused = await undone(client, shop, ben, "declareWithdrawal", asked, fields=CASES)
        assert refused == ("QUANTITY_EXCEEDED", path)


async def test_what_the_shop_takes_back_by_itself_is_a_request(shop: Shop, client: Client) -> None:
    await shop.take(an_order("S-1", customer="ben"))
    (case,) = await declare(client, shop, "S-1", statement="I do not want it")
    assert case["status"] == "APPROVED"
    assert events(case)[0] == "withdrawal_declared"


async def test_no_review_holds_a_right_up(shop: Shop, client: Client) -> None:
    promoted: dict[str, Any] = {"attributes": {"promotion": {"id": "11.11", "threshold": "150.00"}}}
    bought = (a_line("1", **promoted), a_line("2", paid="300.00", quantity=3, sku="SHOE-44", **promoted))
    await shop.take(an_order("P-1", *bought, customer="ben", market="CN", currency="CNY"))
    await a_case(client, shop, "P-1", "1", customer="ben")
    await a_case(client, shop, "P-1", "2", quantity=2, customer="ben", idempotencyKey="breaks the promotion")
    (first,) = await declare(client, shop, "P-1", ("2", 1))
    (row,) = await shop.database.rows("SELECT decision FROM cases WHERE number = ?", first["number"])
    assert "promotion_settled_before" in str(row["decision"])  # a request would have waited for a person
    assert first["status"] == "APPROVED"


async def test_what_a_shop_wants_to_see_first_waits_for_it(shop: Shop, schema: Any) -> None:
    await shop.take(an_order("S-1", a_line(paid="200.00"), a_line("2", sku="SHOE-44"), customer="ben"))
    house = Client(schema, house_kernel(), shop.database)  # a photo of what cost more than 150.00
    cases = await declare(house, shop, "S-1")
    assert sorted((case["status"], case["lines"][0]["refundable"]["amount"]) for case in cases) == [
        ("APPROVED", "90.00"),
        ("REQUESTED", "180.00"),
    ]
    assert {events(case)[0] for case in cases} == {"withdrawal_declared"}


async def test_a_guest_withdraws_from_the_one_order(shop: Shop, client: Client) -> None:
    await shop.take(an_order("D-1", customer="ben", **GERMAN), an_order("D-2", customer="ben", **GERMAN))
    ben, order = await shop.key("customers", "external_id", "ben"), await shop.key("orders", "number", "D-1")
    guest = Viewer(Role.CUSTOMER, "guest", customer_id=ben, order_id=order)
    (case,) = await declare(client, shop, "D-1", viewer=guest)
    assert case["status"] == "APPROVED"
    other = await declaration(shop, "D-2", idempotencyKey="k2")
    refused = await undone(client, shop, guest, "declareWithdrawal", other, fields=CASES)
    assert refused == ("NOT_FOUND", ["orderId"])


async def test_the_same_key_gives_the_same_cases(shop: Shop, client: Client) -> None:
    await shop.take(an_order("D-1", a_line(), a_tea(), customer="ben", **GERMAN))
    first = await declare(client, shop, "D-1")
    before = await dump(shop.database)
    assert await declare(client, shop, "D-1") == first
    assert len(first) == 2
    other = await declaration(shop, "D-1", statement="Another")
    ben = await shop.customer("ben")
    refused = await undone(client, shop, ben, "declareWithdrawal", other, fields=CASES)
    assert refused == ("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])
    assert await dump(shop.database) == before


@pytest.mark.parametrize(
    ("lines", "more", "expected"),
    [
        ([("1", 0)], {}, ("INVALID_INPUT", ["lines", "0", "quantity"])),
        ([("1", 1), ("1", 1)], {}, ("INVALID_INPUT", ["lines", "1", "orderLineId"])),
        ([("1", 2)], {}, ("QUANTITY_EXCEEDED", ["lines", "0", "quantity"])),
        ([], {"statement": "x" * 10_001}, ("INVALID_INPUT", ["statement"])),
        ([], {"idempotencyKey": ""}, ("INVALID_INPUT", ["idempotencyKey"])),
        ([], {"orderId": "x"}, ("NOT_FOUND", ["orderId"])),
    ],
)
async def test_a_bad_declaration_changes_nothing(
    shop: Shop, client: Client, lines: list[tuple[str, int]], more: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    await shop.take(an_order("D-1", customer="ben", **GERMAN))
    asked = await declaration(shop, "D-1", *lines) | more
    ben = await shop.customer("ben")
    assert await undone(client, shop, ben, "declareWithdrawal", asked, fields=CASES) == expected


async def test_a_line_of_another_order_is_not_found(shop: Shop, client: Client) -> None:
    await shop.take(an_order("D-1", customer="ben", **GERMAN), an_order("D-2", customer="ben", **GERMAN))
    asked = await declaration(shop, "D-1") | {"lines": (await declaration(shop, "D-2", ("1", 1)))["lines"]}
    ben = await shop.customer("ben")
    refused = await undone(client, shop, ben, "declareWithdrawal", asked, fields=CASES)
    assert refused == ("NOT_FOUND", ["lines", "0", "orderLineId"])


async def test_nobody_declares_it_for_the_customer(shop: Shop, client: Client) -> None:
    asked = await declaration(shop, "A-1")
    for viewer in (await shop.merchant("shoe-house"), AGENT, OPS):
        refused = await undone(client, shop, viewer, "declareWithdrawal", asked, fields=CASES)
        assert refused == ("FORBIDDEN", [])
    ben = await shop.customer("ben")
    refused = await undone(client, shop, ben, "declareWithdrawal", asked, fields=CASES)
    assert refused == ("NOT_FOUND", ["orderId"])
    document = f"mutation ($input: DeclareWithdrawalInput!) {{ declareWithdrawal(input: $input) {{ {ERRORS} }} }}"
    anonymous = await client.refused(document, None, {"input": asked | {"idempotencyKey": "k"}})
    assert anonymous == ("UNAUTHENTICATED", [])


async def test_a_withdrawal_in_time_is_in_time_to_the_microsecond(shop: Shop, client: Client) -> None:
    await shop.take(an_order("D-1", a_line(quantity=2, paid="200.00"), customer="ben", **GERMAN))
    ends = datetime(2026, 12, 1, 23, tzinfo=UTC)  # delivered on 17 November: to the end of 1 December in Berlin
    ben, last = await shop.customer("ben"), ends - timedelta(microseconds=1)
    asked = await declaration(shop, "D-1", ("1", 1))
    late = await act(client, ben, "declareWithdrawal", asked, fields=CASES, now=ends)
    assert [error["code"] for error in late["userErrors"]] == ["INELIGIBLE"]
    just = await act(client, ben, "declareWithdrawal", asked | {"idempotencyKey": "k2"}, fields=CASES, now=last)
    assert [case["status"] for case in just["cases"]] == ["APPROVED"]
