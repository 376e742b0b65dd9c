"""How do tests change things through the graph? One mutation, one input, the payload; and who may not."""

from typing import Any

from bff.viewer import Viewer
from tests.graph.conftest import Client
from tests.graph.dumps import dump
from tests.graph.shop import Shop, an_order

CASE = """
    id number status version resolution
    liability { party basis final }
    lines { orderLine { id } quantity refundable { amount } refunded { amount } }
    reverseShipment { method status carrier trackingNumber pickupFrom pickupUntil events { status at place } }
    deadlines { kind }
    refunds { status amount { amount } }
    exchange { status }
    evidence { kind url text addedBy }
    timeline { edges { node { type actor data } } }
"""
ERRORS = "userErrors { code message path explanations { code citation } }"
PHOTO = {"kind": "PHOTO", "url": "https://files.example/1.png"}
PROOF = [
    PHOTO,
    PHOTO,
    PHOTO,
    {"kind": "TEXT", "text": "Look"},
    {"kind": "VIDEO", "url": "https://files.example/v"},
]


async def act(client: Client, viewer: Viewer | None, name: str, asked: dict[str, Any], **how: Any) -> Any:
    """The payload of a mutation of one case; the key is `k` and the mutation's name unless the input says one."""
    kind = name[0].upper() + name[1:] + "Input"
    kind = "CaseInput" if name in {"approveCase", "cancelCase", "withdrawDispute"} else kind
    fields = how.pop("fields", f"case {{ {CASE} }}")
    document = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {fields} {ERRORS} }} }}"
    key = {"idempotencyKey": f"k {name}"}
    return (await client.ask(document, viewer, {"input": key | asked}, **how))[name]


async def done(client: Client, viewer: Viewer | None, name: str, asked: dict[str, Any], **how: Any) -> Any:
    """The case after a mutation that must succeed."""
    payload = await act(client, viewer, name, asked, **how)
    assert payload["userErrors"] == [], payload["userErrors"]
    return payload["case"]


async def undone(client: Client, shop: Shop, viewer: Viewer, name: str, asked: dict[str, Any], **how: Any) -> Any:
    """Code and path of the one error of a mutation that must change nothing."""
    before = await dump(shop.database)
    payload = await act(client, viewer, name, asked, **how)
    assert await dump(shop.database) == before
    assert payload.get("case") is None
    (error,) = payload["userErrors"]
    return error["code"], error["path"]


def events(case: Any) -> list[str]:
    """What happened to a case, in order."""
    return [edge["node"]["type"] for edge in case["timeline"]["edges"]]


def data_of(case: Any, event: str) -> Any:
    """The data of the last event of that type."""
    return [edge["node"]["data"] for edge in case["timeline"]["edges"] if edge["node"]["type"] == event][-1]


async def a_case(client: Client, shop: Shop, order: str = "A-1", line: str = "1", **differing: Any) -> Any:
    """A request that must succeed; by default one unit is given back by Ada without a reason, approved at once."""
    asked = {
        "orderId": await shop.order_id(order),
        "lines": [
            {
                "orderLineId": await shop.line_id(order, line),
                "quantity": differing.pop("quantity", 1),
                "reason": differing.pop("reason", "CHANGE_OF_MIND"),
            }
        ],
        "resolution": "RETURN_AND_REFUND",
        "idempotencyKey": f"k {order} {line}",
    }
    viewer = await shop.customer(differing.pop("customer", "ada"))
    how = {"now": differing.pop("now")} if "now" in differing else {}
    return await done(client, viewer, "requestReturn", asked | differing, **how)


async def a_waiting_case(client: Client, shop: Shop, order: str = "W-1", **differing: Any) -> Any:
    """A claim that somebody has to look at: a counterfeit, of an order of Ben's."""
    await shop.take(an_order(order, customer="ben"))
    claim = {"reason": "COUNTERFEIT", "evidence": PROOF, "customer": "ben"}
    return await a_case(client, shop, order, **(claim | differing))


def of(case: Any, **more: Any) -> dict[str, Any]:
    """An input about a case at the version that it has."""
    return {"caseId": case["id"], "version": case["version"]} | more
