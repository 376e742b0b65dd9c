"""Does a request become exactly the case that was quoted? Once, with its units held and its money due."""

import asyncio
from typing import Any

import pytest

from bff.cases import audit
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, Shop, an_order

REQUEST = """
    mutation ($input: RequestReturnInput!) {
      requestReturn(input: $input) {
        case { id number status version requestedAt resolution lines { quantity reason refundable { amount } } }
        userErrors { code path message explanations { code } }
      }
    }
"""
QUOTE = """
    query ($input: ReturnQuoteInput!) {
      returnQuote(input: $input) { token status refund { total { amount } } }
    }
"""


async def the_request(shop: Shop, order: str = "A-1", line: str = "1", **differing: Any) -> dict[str, Any]:
    """One unit of a line, because the customer changed their mind."""
    asked: dict[str, Any] = {
        "orderId": await shop.order_id(order),
        "lines": [
            {
                "orderLineId": await shop.line_id(order, line),
                "quantity": differing.pop("quantity", 1),
                "reason": differing.pop("reason", "CHANGE_OF_MIND"),
            }
        ],
        "resolution": "RETURN_AND_REFUND",
        "idempotencyKey": "k1",
    }
    return asked | differing


async def request(client: Client, viewer: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """The payload."""
    answered: dict[str, Any] = (await client.ask(REQUEST, viewer, {"input": asked}))["requestReturn"]
    return answered


def errors(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Code and path of each user error; a refused mutation answers without a case."""
    assert payload["case"] is None
    return [(error["code"], error["path"]) for error in payload["userErrors"]]


async def test_a_case_holds_its_units_and_is_approved_where_nobody_has_to_look(shop: Shop, client: Client) -> None:
    payload = await request(client, await shop.customer("ada"), await the_request(shop, "A-1", "2"))

    assert payload["userErrors"] == []
    assert payload["case"]["status"] == "APPROVED"
    assert await audit.verify(shop.database) == []
