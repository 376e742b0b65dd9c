"""What is a guest let into? One order with its lines, cases and tickets, and nothing else of the same customer."""

from typing import Any

import pytest
from msgspec.structs import replace

from bff.schema.ids import global_id
from bff.storage.database import Database
from bff.viewer import Viewer
from tests.graph.conftest import Client
from tests.graph.desk import Desk, document
from tests.graph.shop import Shop, an_order


@pytest.fixture
def desk(client: Client) -> Desk:
    """Somebody who talks."""
    return Desk(client)


@pytest.fixture
async def guest(shop: Shop) -> Viewer:
    """Ada, who has proved to know order A-2 and no more."""
    await shop.open_case("C-2", "A-2")
    return replace(await shop.customer("ada"), order_id=await shop.key("orders", "number", "A-2"))


async def test_a_guests_lists_hold_the_one_order_and_what_belongs_to_it(
    client: Client, desk: Desk, shop: Shop, guest: Viewer
) -> None:
    ada = await shop.customer("ada")
    await desk.open(ada, subject="About nothing")
    await desk.open(ada, subject="About the other", orderId=await shop.order_id("A-1"))
    await desk.open(ada, subject="About this", orderId=await shop.order_id("A-2"))
    connections = """orders { totalCount edges { node { number } } }
      cases { totalCount edges { node { number } } } tickets { totalCount edges { node { subject } } }"""
    found = await client.ask(f"{{ {connections} viewer {{ customer {{ displayName {connections} }} }} }}", guest)
    lists = {
        "orders": {"totalCount": 1, "edges": [{"node": {"number": "A-2"}}]},
        "cases": {"totalCount": 1, "edges": [{"node": {"number": "C-2"}}]},
        "tickets": {"totalCount": 1, "edges": [{"node": {"subject": "About this"}}]},
    }
    assert found == lists | {"viewer": {"customer": {"displayName": "Ada"} | lists}}


async def test_ids_of_the_same_customers_other_things_find_nothing(
    client: Client, desk: Desk, shop: Shop, guest: Viewer
) -> None:
    ada = await shop.customer("ada")
    other = await desk.open(ada, orderId=await shop.order_id("A-1"))
    mine = await desk.open(ada, orderId=await shop.order_id("A-2"))
    there = [await shop.order_id("A-2"), await shop.line_id("A-2"), await shop.case_id("C-2"), mine["id"]]
    elsewhere = [await shop.order_id("A-1"), await shop.line_id("A-1"), await shop.case_id("C-1"), other["id"]]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert (await client.ask(query, guest, {"ids": [*there, *elsewhere]}))["nodes"] == [
        *({"id": one} for one in there),
        *[None] * 4,
    ]
    assert (await client.ask(query, ada, {"ids": elsewhere}))["nodes"] == [{"id": one} for one in elsewhere]
    by_number = '{ here: orderByNumber(number: "A-2") { number } other: orderByNumber(number: "A-1") { number } }'
    assert await client.ask(by_number, guest) == {"here": {"number": "A-2"}, "other": None}


async def test_a_guest_sees_the_merchants_of_the_one_order(client: Client, shop: Shop, guest: Viewer) -> None:
    shoes, tea = [
        global_id("Merchant", await shop.key("merchants", "external_id", name))
        for name in ("shoe-house", "tea-corner")
    ]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Merchant { name cases { totalCount } } } }"
    found = (await client.ask(query, guest, {"ids": [shoes, tea]}))["nodes"]
    assert found == [{"name": "Shoe House", "cases": {"totalCount": 1}}, None]


async def test_a_guest_asks_about_the_one_order_whether_it_is_named_or_not(
    desk: Desk, shop: Shop, guest: Viewer
) -> None:
    named = await desk.open(guest, orderId=await shop.order_id("A-2"))
    unnamed = await desk.open(guest)
    case = await desk.open(guest, caseId=await shop.case_id("C-2"))
    assert [one["order"] for one in (named, unnamed, case)] == [{"number": "A-2"}] * 3
    assert (await desk.read(guest, unnamed))["number"] == unnamed["number"]


async def test_a_guest_neither_asks_about_nor_answers_what_belongs_to_other_orders(
    desk: Desk, shop: Shop, guest: Viewer, database: Database
) -> None:
    other = await desk.open(await shop.customer("ada"), orderId=await shop.order_id("A-1"))
    said = {"subject": "s", "body": "b"}
    order, case = await shop.order_id("A-1"), await shop.case_id("C-1")
    assert await desk.refused("ticket_open", guest, orderId=order, **said) == ("NOT_FOUND", ["orderId"])
    assert await desk.refused("ticket_open", guest, caseId=case, **said) == ("NOT_FOUND", ["caseId"])
    reply = await desk.refused("ticket_reply", guest, ticketId=other["id"], body="b")
    assert reply == ("NOT_FOUND", ["ticketId"])
    assert len(await database.rows("SELECT 1 FROM tickets")) == 1
    assert len(await database.rows("SELECT 1 FROM ticket_messages")) == 1


async def test_a_guest_gets_terms_for_the_one_order_alone(client: Client, shop: Shop, guest: Viewer) -> None:
    async def asked(number: str) -> dict[str, Any]:
        line = {"orderLineId": await shop.line_id(number), "quantity": 1, "reason": "QUALITY_DEFECT"}
        return {"orderId": await shop.order_id(number), "lines": [line], "resolution": "RETURN_AND_REFUND"}

    await shop.take(an_order("A-3"))
    recent = replace(guest, order_id=await shop.key("orders", "number", "A-3"))
    found = await client.ask(document("return_quote"), recent, {"input": await asked("A-3")})
    assert found["returnQuote"]["lines"]
    refused = await client.refused(document("return_quote"), recent, {"input": await asked("A-1")})
    assert refused == ("NOT_FOUND", ["input", "orderId"])


async def test_what_a_guest_was_told_under_a_key_is_not_shown_to_a_guest_of_another_order(
    desk: Desk, shop: Shop, guest: Viewer
) -> None:
    elsewhere = replace(guest, order_id=await shop.key("orders", "number", "A-1"))
    await desk.open(guest, idempotencyKey="one")
    again = await desk.told("ticket_open", elsewhere, subject="Hello", body="A question", idempotencyKey="one")
    assert again == {"ticket": None, "userErrors": []}


async def test_cursors_of_a_guest_and_of_the_customer_are_not_each_others(
    client: Client, shop: Shop, guest: Viewer
) -> None:
    query = "query ($after: String) { orders(first: 1, after: $after) { edges { cursor } } }"
    cursor = (await client.ask(query, guest))["orders"]["edges"][0]["cursor"]
    assert (await client.ask(query, guest, {"after": cursor}))["orders"]["edges"] == []
    refused = await client.refused(query, await shop.customer("ada"), {"after": cursor})
    assert refused == ("BAD_USER_INPUT", ["after"])


async def test_a_guest_of_an_order_that_is_not_theirs_sees_nothing(
    client: Client, shop: Shop, guest: Viewer
) -> None:
    crossed = replace(guest, order_id=await shop.key("orders", "number", "B-1"))
    query = "{ orders { totalCount } cases { totalCount } tickets { totalCount } }"
    assert await client.ask(query, crossed) == {key: {"totalCount": 0} for key in ("orders", "cases", "tickets")}
