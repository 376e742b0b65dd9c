"""Who may see what? Every root field and every sensitive field, asked by everybody."""

from typing import Any

import pytest

from bff.viewer import Viewer
from bff.vocabulary import Role
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, INGEST, OPS, Shop
from tests.graph.test_operations import operation, order_input

EVERYBODY = ["anonymous", "other customer", "owner", "other merchant", "merchant", "agent", "ops", "ingest"]
STAFF = {"agent", "ops", "ingest"}


async def viewer_called(shop: Shop, name: str) -> Viewer | None:
    """Who is meant, seen from order A-1 and its line 1."""
    match name:
        case "anonymous":
            return None
        case "owner":
            return await shop.customer("ada")
        case "other customer":
            return await shop.customer("ben")
        case "merchant":
            return await shop.merchant("shoe-house")
        case "other merchant":
            return await shop.merchant("tea-corner")
    return {"agent": AGENT, "ops": OPS, "ingest": INGEST}[name]


async def answers(client: Client, shop: Shop, document: str, **variables: Any) -> dict[str, Any]:
    """What everybody gets: the data, or the code of the error."""
    seen = {}
    for name in EVERYBODY:
        result = await client.run(document, await viewer_called(shop, name), variables)
        codes = [(error.extensions or {}).get("code") for error in result.errors or ()]
        seen[name] = codes[0] if codes else result.data
    return seen


def only(seen: Any, *names: str, absent: Any = None) -> dict[str, Any]:
    """The expected matrix: those see it, nobody else."""
    return {name: seen if name in names else absent for name in EVERYBODY}


async def test_viewer_says_who_is_asking(client: Client, shop: Shop) -> None:
    found = await answers(client, shop, "{ viewer { role customer { displayName } merchant { name } } }")
    assert found == {
        "anonymous": {"viewer": None},
        "owner": {"viewer": {"role": "CUSTOMER", "customer": {"displayName": "Ada"}, "merchant": None}},
        "other customer": {"viewer": {"role": "CUSTOMER", "customer": {"displayName": "Ben"}, "merchant": None}},
        "merchant": {"viewer": {"role": "MERCHANT", "customer": None, "merchant": {"name": "Shoe House"}}},
        "other merchant": {"viewer": {"role": "MERCHANT", "customer": None, "merchant": {"name": "Tea Corner"}}},
        **{
            name: {"viewer": {"role": name.upper(), "customer": None, "merchant": None}}
            for name in ("agent", "ops", "ingest")
        },
    }


@pytest.mark.parametrize("field", ["order", "node"])
async def test_an_order_is_seen_by_its_customer_its_merchants_and_staff(
    client: Client, shop: Shop, field: str
) -> None:
    found = await answers(
        client, shop, f"query ($id: ID!) {{ found: {field}(id: $id) {{ id }} }}", id=await shop.order_id("A-2")
    )
    seen = {"found": {"id": await shop.order_id("A-2")}}
    assert found == only(seen, "owner", "merchant", *STAFF, absent={"found": None})


async def test_an_order_is_found_by_number_by_the_same_people(client: Client, shop: Shop) -> None:
    found = await answers(client, shop, '{ orderByNumber(number: "A-2") { number } }')
    seen = {"orderByNumber": {"number": "A-2"}}
    assert found == only(seen, "owner", "merchant", *STAFF, absent={"orderByNumber": None})


async def test_nodes_are_seen_by_the_same_people(client: Client, shop: Shop) -> None:
    ids = [await shop.order_id("A-2"), await shop.line_id("A-1", "1"), await shop.case_id("C-1")]
    found = await answers(client, shop, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    seen = {"nodes": [{"id": one} for one in ids]}
    assert found == only(seen, "owner", "merchant", *STAFF, absent={"nodes": [None, None, None]})


async def test_a_line_is_seen_by_its_own_merchant_only(client: Client, shop: Shop) -> None:
    tea = await shop.line_id("A-1", "2")
    found = await answers(client, shop, "query ($id: ID!) { node(id: $id) { id } }", id=tea)
    assert found == only({"node": {"id": tea}}, "owner", "other merchant", *STAFF, absent={"node": None})


@pytest.mark.parametrize("field", ["case", "node"])
async def test_a_case_is_seen_by_its_customer_its_merchant_and_staff(
    client: Client, shop: Shop, field: str
) -> None:
    key = await shop.case_id("C-1")
    found = await answers(client, shop, f"query ($id: ID!) {{ found: {field}(id: $id) {{ id }} }}", id=key)
    assert found == only({"found": {"id": key}}, "owner", "merchant", *STAFF, absent={"found": None})


async def test_a_customer_is_seen_by_themselves_their_merchants_and_staff(client: Client, shop: Shop) -> None:
    ada = (await client.ask("{ viewer { customer { id } } }", await shop.customer("ada")))["viewer"]["customer"][
        "id"
    ]
    document = "query ($id: ID!) { node(id: $id) { ... on Customer { displayName } } }"
    found = await answers(client, shop, document, id=ada)
    seen = {"node": {"displayName": "Ada"}}
    assert found == only(seen, "owner", "merchant", "other merchant", *STAFF, absent={"node": None})


async def test_a_merchant_is_seen_by_itself_its_customers_and_staff(client: Client, shop: Shop) -> None:
    tea = await shop.merchant("tea-corner")
    key = (await client.ask("{ viewer { merchant { id } } }", tea))["viewer"]["merchant"]["id"]
    document = "query ($id: ID!) { node(id: $id) { ... on Merchant { name } } }"
    found = await answers(client, shop, document, id=key)
    assert found == only(
        {"node": {"name": "Tea Corner"}}, "owner", "other merchant", *STAFF, absent={"node": None}
    )


async def test_orders_lists_what_each_may_see(client: Client, shop: Shop) -> None:
    found = await answers(client, shop, "{ orders { totalCount edges { node { number } } } }")

    seen = {
        name: {**one["orders"], "edges": sorted(edge["node"]["number"] for edge in one["orders"]["edges"])}
        for name, one in found.items()
        if name != "anonymous"
    }
    everything = ["A-1", "A-2", "B-1"]
    expected = dict.fromkeys(STAFF | {"merchant"}, everything) | {
        "owner": ["A-1", "A-2"],
        "other customer": ["B-1"],
        "other merchant": ["A-1"],
    }
    assert found["anonymous"] == "UNAUTHENTICATED"
    assert seen == {name: {"totalCount": len(one), "edges": one} for name, one in expected.items()}


async def test_cases_lists_what_each_may_see(client: Client, shop: Shop) -> None:
    await shop.open_case("C-9", "B-1")
    found = await answers(client, shop, "{ cases(sort: OLDEST) { totalCount edges { node { number } } } }")
    assert found["anonymous"] == "UNAUTHENTICATED"
    seen = {
        name: sorted(edge["node"]["number"] for edge in one["cases"]["edges"])
        for name, one in found.items()
        if name != "anonymous"
    }
    assert seen == {
        "other customer": ["C-9"],
        "owner": ["C-1"],
        "other merchant": [],
        **{name: ["C-1", "C-9"] for name in STAFF | {"merchant"}},
    }


async def test_a_quote_is_given_to_those_who_see_the_line(client: Client, shop: Shop) -> None:
    line = {"orderLineId": await shop.line_id("A-1", "1"), "quantity": 1, "reason": "CHANGE_OF_MIND"}
    asked = {"orderId": await shop.order_id("A-1"), "lines": [line], "resolution": "RETURN_AND_REFUND"}
    document = "query ($input: ReturnQuoteInput!) { returnQuote(input: $input) { status } }"
    found = await answers(client, shop, document, input=asked)
    seen = only({"returnQuote": {"status": "ELIGIBLE"}}, "owner", "merchant", *STAFF, absent="NOT_FOUND")
    assert found == seen | {"anonymous": "UNAUTHENTICATED"}


async def test_only_ingest_tells_of_orders(client: Client, shop: Shop) -> None:
    batch = {"orders": [order_input("U-1")], "idempotencyKey": "k"}
    found = await answers(client, shop, operation("upsert_orders"), input=batch)
    told = {"upsertOrders": {"created": 1, "updated": 0, "unchanged": 0, "userErrors": []}}
    assert found == only(told, "ingest", absent="FORBIDDEN") | {"anonymous": "UNAUTHENTICATED"}


SENSITIVE = """
query ($id: ID!) {
  order(id: $id) {
    total { amount } shippingFee { amount } refundedTotal { amount }
    payments { label } lines { sku } shipments { lines { sku } } cases { totalCount }
  }
}
"""


async def test_a_merchant_sees_its_own_share_of_an_order_and_nobody_elses(client: Client, shop: Shop) -> None:
    found = await answers(client, shop, SENSITIVE, id=await shop.order_id("A-1"))
    whole = {
        "order": {
            "total": {"amount": "235.00"},
            "shippingFee": {"amount": "5.00"},
            "refundedTotal": {"amount": "0.00"},
            "payments": [{"label": "Visa 4242"}],
            "lines": [{"sku": "SHOE-42"}, {"sku": "TEA-1"}],
            "shipments": [{"lines": [{"sku": "SHOE-42"}, {"sku": "TEA-1"}]}],
            "cases": {"totalCount": 1},
        }
    }

    def share(total: str, fee: str, sku: str, cases: int) -> dict[str, Any]:
        return {
            "order": {
                "total": {"amount": total},
                "shippingFee": {"amount": fee},
                "refundedTotal": {"amount": "0.00"},
                "payments": [],
                "lines": [{"sku": sku}],
                "shipments": [{"lines": [{"sku": sku}]}],
                "cases": {"totalCount": cases},
            }
        }

    assert found == only(whole, "owner", *STAFF, absent={"order": None}) | {
        "merchant": share("200.00", "4.35", "SHOE-42", 1),
        "other merchant": share("30.00", "0.65", "TEA-1", 0),
    }


async def test_what_is_reached_through_a_visible_object_stays_in_scope(client: Client, shop: Shop) -> None:
    document = """
    query ($id: ID!) { node(id: $id) { ... on OrderLine {
      order { lines { sku } } latestCase { number }
      merchant { name cases { totalCount } }
    } } }
    """
    await shop.open_case("C-9", "B-1")
    shoe = await shop.line_id("A-1", "1")
    found = await answers(client, shop, document, id=shoe)

    def seen(lines: list[str], cases: int) -> dict[str, Any]:
        return {
            "node": {
                "order": {"lines": [{"sku": sku} for sku in lines]},
                "latestCase": {"number": "C-1"},
                "merchant": {"name": "Shoe House", "cases": {"totalCount": cases}},
            }
        }

    both = ["SHOE-42", "TEA-1"]
    assert found == only(seen(both, 2), *STAFF, absent={"node": None}) | {
        "owner": seen(both, 1),
        "merchant": seen(["SHOE-42"], 2),
    }


async def test_a_merchant_sees_of_a_customer_only_what_it_sold_to_them(client: Client, shop: Shop) -> None:
    document = """query ($id: ID!) { order(id: $id) { customer {
      orders { edges { node { number } } } cases { totalCount }
    } } }"""
    found = await answers(client, shop, document, id=await shop.order_id("A-1"))

    def seen(*numbers: str, cases: int) -> dict[str, Any]:
        edges = [{"node": {"number": number}} for number in numbers]
        return {"order": {"customer": {"orders": {"edges": edges}, "cases": {"totalCount": cases}}}}

    everything = seen("A-1", "A-2", cases=1)
    assert found == only(everything, "owner", "merchant", *STAFF, absent={"order": None}) | {
        "other merchant": seen("A-1", cases=0)
    }


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.MERCHANT])
async def test_a_role_without_its_id_sees_nothing(client: Client, shop: Shop, role: Role) -> None:
    nobody = Viewer(role, "somebody")
    document = """query ($id: ID!) {
      order(id: $id) { id } orders { totalCount } cases { totalCount } viewer { customer { id } merchant { id } }
    }"""
    assert await client.ask(document, nobody, {"id": await shop.order_id("A-1")}) == {
        "order": None,
        "orders": {"totalCount": 0},
        "cases": {"totalCount": 0},
        "viewer": {"customer": None, "merchant": None},
    }
