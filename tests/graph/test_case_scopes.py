"""Whose is what belongs to a case? Of those who see the case, and of nobody else, by whatever way they come."""

from typing import Any

import pytest

from bff.schema.ids import global_id
from bff.viewer import Viewer
from bff.vocabulary import Role
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, INGEST, OPS, Shop, a_tea, an_order, days_ago
from tests.graph.test_authorization import STAFF, answers, only
from tests.graph.whole_case import insert, whole_case

NODE = "query ($id: ID!) { node(id: $id) { __typename ... on Refund { case { number } }"
NODE += (
    " ... on Dispute { case { number } } ... on Appeal { case { number } dispute { claim } merchant { name } } } }"
)
APPEALS = """
query ($status: [AppealStatus!], $first: Int, $after: String, $last: Int) {
  appeals(status: $status, first: $first, after: $after, last: $last) {
    totalCount
    edges { node { status grounds case { number } } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
CREDIT = "query ($id: ID!) { node(id: $id) { ... on Customer { storeCredit { amount currency } } } }"


async def key_of(shop: Shop, table: str) -> Any:
    """The key of the first row of a table."""
    found = await shop.database.rows(f"SELECT CAST(id AS VARCHAR(36)) AS id FROM {table} ORDER BY id")
    return found[0]["id"]


@pytest.mark.parametrize(("type_name", "table"), [("Refund", "refunds"), ("Dispute", "disputes")])
async def test_what_belongs_to_a_case_is_fetched_again_by_those_who_see_the_case(
    client: Client, shop: Shop, type_name: str, table: str
) -> None:
    await whole_case(shop)
    found = await answers(client, shop, NODE, id=global_id(type_name, await key_of(shop, table)))
    seen = {"node": {"__typename": type_name, "case": {"number": "C-1"}}}
    assert found == only(seen, "owner", "merchant", *STAFF, absent={"node": None})


async def test_an_appeal_is_fetched_again_by_those_who_see_its_case(client: Client, shop: Shop) -> None:
    await whole_case(shop)
    found = await answers(client, shop, NODE, id=global_id("Appeal", await key_of(shop, "appeals")))
    seen = {
        "node": {
            "__typename": "Appeal",
            "case": {"number": "C-1"},
            "dispute": {"claim": "It was broken"},
            "merchant": {"name": "Shoe House"},
        }
    }
    assert found == only(seen, "owner", "merchant", *STAFF, absent={"node": None})


async def test_a_guest_reaches_what_belongs_to_the_order_and_nothing_else(client: Client, shop: Shop) -> None:
    await whole_case(shop)
    ada = await shop.customer("ada")
    guests = [
        Viewer(Role.CUSTOMER, "guest", ada.customer_id, order_id=await shop.key("orders", "number", number))
        for number in ("A-1", "A-2")
    ]
    refund = {"id": global_id("Refund", await key_of(shop, "refunds"))}
    inside, outside = [(await client.ask(NODE, guest, refund))["node"] for guest in guests]
    assert (inside, outside) == ({"__typename": "Refund", "case": {"number": "C-1"}}, None)
    actions = await client.ask(
        "query ($id: ID!) { case(id: $id) { allowedActions } }", guests[0], {"id": await shop.case_id("C-1")}
    )
    assert actions["case"] == {"allowedActions": ["ADD_EVIDENCE", "ACCEPT_OFFER"]}


async def three_appeals(shop: Shop) -> None:
    """One against the tea corner, resolved; two of the shoe house, one of them open."""
    await whole_case(shop)
    await shop.take(an_order("E-1", a_tea(), customer="eve"), an_order("E-2", customer="eve"))
    for number, order, line, seller in (("T-1", "E-1", "2", "tea-corner"), ("S-1", "E-2", "1", "shoe-house")):
        await shop.open_case(number, order, line)
        dispute = await insert(
            shop,
            "disputes",
            case_id=await shop.key("cases", "number", number),
            status="OPEN",
            claim="x",
            opened_at=days_ago(2),
        )
        await insert(
            shop,
            "appeals",
            dispute_id=dispute,
            merchant_id=await shop.key("merchants", "external_id", seller),
            status="REJECTED",
            grounds=number,
            opened_at=days_ago(1),
            resolved_at=days_ago(0.5),
        )


async def test_merchants_list_their_own_appeals_and_staff_all(client: Client, shop: Shop) -> None:
    await three_appeals(shop)
    found = await answers(client, shop, APPEALS)
    seen = {
        who: answer
        if isinstance(answer, str)
        else (answer["appeals"]["totalCount"], [e["node"]["case"]["number"] for e in answer["appeals"]["edges"]])
        for who, answer in found.items()
    }
    everything = (3, ["C-1", "S-1", "T-1"])
    assert seen == {
        "anonymous": "UNAUTHENTICATED",
        "owner": (0, []),
        "other customer": (0, []),
        "merchant": (2, ["C-1", "S-1"]),
        "other merchant": (1, ["T-1"]),
        "agent": everything,
        "ops": everything,
        "ingest": (0, []),
    }


async def test_appeals_are_filtered_and_paged(client: Client, shop: Shop) -> None:
    await three_appeals(shop)

    async def ask(**asked: Any) -> Any:
        return (await client.ask(APPEALS, AGENT, asked))["appeals"]

    def cases(page: Any) -> list[str]:
        return [edge["node"]["case"]["number"] for edge in page["edges"]]

    assert cases(await ask(status=["OPEN"])) == ["C-1"]
    assert cases(await ask(status=["REJECTED", "UPHELD"])) == ["S-1", "T-1"]
    assert cases(await ask(status=[])) == []
    first = await ask(first=1)
    assert (cases(first), first["totalCount"], first["pageInfo"]["hasNextPage"]) == (["C-1"], 3, True)
    assert cases(await ask(first=5, after=first["pageInfo"]["endCursor"])) == ["S-1", "T-1"]
    assert cases(await ask(last=2)) == ["S-1", "T-1"]
    refused = await client.refused(APPEALS, AGENT, {"status": ["OPEN"], "after": first["pageInfo"]["endCursor"]})
    assert refused == ("BAD_USER_INPUT", ["after"])


async def test_store_credit_is_one_balance_a_currency(client: Client, shop: Shop) -> None:
    ada = await shop.customer("ada")
    for currency, minor in (("VND", 45000), ("SGD", 1250)):
        await insert(shop, "store_credits", customer_id=ada.customer_id, currency=currency, balance_minor=minor)
    assert ada.customer_id is not None
    asked = {"id": global_id("Customer", ada.customer_id)}
    balances = [{"amount": "12.50", "currency": "SGD"}, {"amount": "45000", "currency": "VND"}]
    for viewer in (ada, AGENT, OPS, INGEST):
        assert (await client.ask(CREDIT, viewer, asked))["node"] == {"storeCredit": balances}
    assert (await client.ask(CREDIT, await shop.customer("ben"), asked))["node"] is None
    guest = Viewer(Role.CUSTOMER, "guest", ada.customer_id, order_id=await shop.key("orders", "number", "A-1"))
    assert (await client.ask(CREDIT, guest, asked))["node"] == {"storeCredit": []}


async def test_a_customer_without_credit_has_no_balance(client: Client, shop: Shop) -> None:
    ben = await shop.customer("ben")
    assert ben.customer_id is not None
    found = await client.ask(CREDIT, ben, {"id": global_id("Customer", ben.customer_id)})
    assert found["node"] == {"storeCredit": []}
