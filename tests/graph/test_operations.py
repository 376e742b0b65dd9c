"""What do clients send, and what does it cost? Their documents, each with its exact number of statements."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from bff.viewer import Viewer
from tests.graph.conftest import ROOT, Client
from tests.graph.shop import AGENT, INGEST, Shop, a_line, a_tea, an_order
from tests.graph.test_write_costs import CLAIM, RETURN
from tests.graph.whole_case import whole_case

OPERATIONS = ROOT / "tests" / "operations"


def operation(name: str) -> str:
    """The document of that name."""
    return (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")


async def many_orders(shop: Shop, count: int) -> None:
    """Orders of one customer, each with a pair of shoes and a tin of tea; every third has a case."""
    await shop.take(*[an_order(f"N-{n:03}", a_line(), a_tea(), delivered_days_ago=n + 1) for n in range(count)])
    for n in range(0, count, 3):
        await shop.open_case(f"CN-{n:03}", f"N-{n:03}")


async def as_ada(shop: Shop) -> Viewer:
    return await shop.customer("ada")


async def as_shoe_house(shop: Shop) -> Viewer:
    return await shop.merchant("shoe-house")


async def as_agent(_: Shop) -> Viewer:
    return AGENT


Asked = tuple[str, int, Callable[[Shop], Awaitable[Viewer]], Callable[[Shop], Awaitable[Mapping[str, Any]]]]


async def nothing(_: Shop) -> Mapping[str, Any]:
    return {}


async def one_order(shop: Shop) -> Mapping[str, Any]:
    return {"id": await shop.order_id("A-1")}


async def one_line(shop: Shop) -> Mapping[str, Any]:
    return {"id": await shop.line_id("A-1"), "quantity": 1}


async def one_number(_: Shop) -> Mapping[str, Any]:
    return {"number": "A-1"}


async def a_whole_case(shop: Shop) -> Mapping[str, Any]:
    await whole_case(shop)
    return {"id": await shop.case_id("C-1")}


async def some_ids(shop: Shop) -> Mapping[str, Any]:
    return {"ids": [await shop.order_id("A-1"), await shop.line_id("A-1"), await shop.case_id("C-1"), "nonsense"]}


async def two_lines(shop: Shop) -> Mapping[str, Any]:
    lines = [
        {"orderLineId": await shop.line_id("A-1", "1"), "quantity": 1, "reason": "CHANGE_OF_MIND"},
        {"orderLineId": await shop.line_id("A-1", "2"), "quantity": 1, "reason": "QUALITY_DEFECT"},
    ]
    resolution = "RETURN_AND_REFUND"
    return {"input": {"orderId": await shop.order_id("A-1"), "lines": lines, "resolution": resolution}}


ASKED: list[Asked] = [
    ("order_list", 11, as_ada, nothing),
    ("order_detail", 16, as_ada, one_order),
    ("line_eligibility", 9, as_ada, one_line),
    ("return_quote", 10, as_ada, two_lines),
    ("exchange_options", 10, as_ada, one_number),
    ("case_page", 7, as_agent, nothing),
    ("case_detail", 23, as_ada, a_whole_case),
    ("case_queue", 8, as_shoe_house, nothing),
    ("refetch_nodes", 3, as_ada, some_ids),
    ("entitlements", 4, as_ada, nothing),
    ("customer_overview", 9, as_agent, nothing),
]


@pytest.mark.parametrize(("name", "statements", "who", "what"), ASKED, ids=[asked[0] for asked in ASKED])
async def test_a_document_costs_exactly_so_many_statements(
    client: Client,
    shop: Shop,
    name: str,
    statements: int,
    who: Callable[[Shop], Awaitable[Viewer]],
    what: Callable[[Shop], Awaitable[Mapping[str, Any]]],
) -> None:
    viewer, variables = await who(shop), await what(shop)
    await client.ask(operation(name), viewer, variables)
    assert client.statements == statements


@pytest.mark.parametrize("name", ["order_list", "case_page", "customer_overview"])
@pytest.mark.parametrize("size", [1, 2, 20])
async def test_a_page_costs_the_same_however_long_it_is(client: Client, shop: Shop, name: str, size: int) -> None:
    await many_orders(shop, 20)
    viewer = AGENT if name != "order_list" else await shop.customer("ada")
    await client.ask(operation(name), viewer, {"first": size})
    assert client.statements == next(asked[1] for asked in ASKED if asked[0] == name)


async def test_every_document_is_asked_about() -> None:
    names = {path.stem for path in OPERATIONS.glob("*.graphql") if not path.stem.startswith("ticket_")}
    asked = {asked[0] for asked in ASKED} | {"open_guest_session", "upsert_orders"}
    assert names == asked | set(RETURN) | set(CLAIM)


def order_input(number: str, **differing: Any) -> dict[str, Any]:
    """An order as a client of the mutation writes it."""
    line = {key: value for key, value in a_line().items() if value is not None}
    return {
        "number": number,
        "market": "SG",
        "currency": "SGD",
        "status": "DELIVERED",
        "placedAt": "2026-11-10T04:00:00+08:00",
        "deliveredAt": "2026-11-15T04:00:00Z",
        "updatedAt": "2026-11-16T04:00:00Z",
        "customer": {"externalId": "ada", "displayName": "Ada"},
        "lines": [line],
        "shippingFee": "0.00",
        "payments": [{"externalId": "p", "method": "CARD", "captured": "100.00", "label": "Visa 4242"}],
    } | differing


async def upsert(client: Client, *orders: dict[str, Any]) -> Any:
    variables = {"input": {"orders": list(orders), "idempotencyKey": "batch-1"}}
    return (await client.ask(operation("upsert_orders"), INGEST, variables))["upsertOrders"]


async def test_an_order_of_an_unknown_market_or_currency_is_told_by_its_index_and_the_others_are_taken(
    client: Client, shop: Shop
) -> None:
    told = await upsert(
        client,
        order_input("U-1", market="ZZ"),
        order_input("U-2"),
        order_input("U-3", currency="XXX"),
        order_input("U-4", currency="XYZ", market="QQ"),
    )
    assert [told[count] for count in ("created", "updated", "unchanged")] == [1, 0, 0]
    assert [(error["code"], error["path"]) for error in told["userErrors"]] == [
        ("INVALID_INPUT", ["orders", "0", "market"]),
        ("INVALID_INPUT", ["orders", "2", "currency"]),
        ("INVALID_INPUT", ["orders", "3", "market"]),
        ("INVALID_INPUT", ["orders", "3", "currency"]),
    ]
    assert "'ZZ' is no market of this shop" in told["userErrors"][0]["message"]
    assert await shop.order_id("U-2")


async def test_upserted_orders_are_read_back(client: Client, shop: Shop) -> None:
    told = await upsert(client, order_input("U-1"), order_input("U-2"))
    assert told == {"created": 2, "updated": 0, "unchanged": 0, "userErrors": []}
    again = await upsert(client, order_input("U-1"), order_input("U-2"))
    assert again == {"created": 0, "updated": 0, "unchanged": 2, "userErrors": []}
    found = await client.ask(
        '{ orderByNumber(number: "U-1") { placedAt total { amount } lines { sku paid { amount } } } }',
        await shop.customer("ada"),
    )
    assert found["orderByNumber"] == {
        "placedAt": "2026-11-09T20:00:00Z",
        "total": {"amount": "100.00"},
        "lines": [{"sku": "SHOE-42", "paid": {"amount": "100.00"}}],
    }


async def test_a_bad_order_is_reported_by_path_and_stops_no_other(client: Client, shop: Shop) -> None:
    unpaid = order_input("U-3", lines=[order_input("x")["lines"][0] | {"paid": "99.99"}])
    nameless = order_input("", market="SG")
    told = await upsert(client, nameless, order_input("U-1"), unpaid)
    assert told["created"] == 1
    errors = [(error["code"], error["path"]) for error in told["userErrors"]]
    assert errors == [
        ("INVALID_INPUT", ["orders", "0", "number"]),
        ("INVALID_INPUT", ["orders", "2", "lines", "0", "paid"]),
        ("INVALID_INPUT", ["orders", "2", "payments"]),
    ]
    assert (await client.ask('{ orderByNumber(number: "U-3") { id } }', INGEST))["orderByNumber"] is None
    assert (await client.ask('{ orderByNumber(number: "A-1") { id } }', INGEST))["orderByNumber"] is not None
    del shop


@pytest.mark.parametrize(
    ("batch", "path"),
    [
        ({"orders": [], "idempotencyKey": "k"}, ["input", "orders"]),
        ({"orders": [order_input("U")] * 101, "idempotencyKey": "k"}, ["input", "orders"]),
        ({"orders": [order_input("U")], "idempotencyKey": ""}, ["input", "idempotencyKey"]),
        ({"orders": [order_input("U")], "idempotencyKey": "k" * 256}, ["input", "idempotencyKey"]),
    ],
)
async def test_a_batch_that_is_none_is_refused_whole(
    client: Client, shop: Shop, batch: dict[str, Any], path: list[str]
) -> None:
    refused = await client.refused(operation("upsert_orders"), INGEST, {"input": batch})
    assert refused == ("BAD_USER_INPUT", path)
    assert (await client.ask('{ orderByNumber(number: "U") { id } }', INGEST))["orderByNumber"] is None
    del shop
