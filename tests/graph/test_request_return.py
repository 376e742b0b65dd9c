"""Does a request become exactly the case that was quoted? Once, with its units held and its money due."""

import asyncio
from typing import Any

import pytest

from bff.cases.money import audit
from tests.graph.conftest import Client
from tests.graph.dumps import dump
from tests.graph.shop import AGENT, Shop, a_line, an_order

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


async def request(client: Client, viewer: Any, asked: dict[str, Any], **how: Any) -> dict[str, Any]:
    """The payload."""
    answered: dict[str, Any] = (await client.ask(REQUEST, viewer, {"input": asked}, **how))["requestReturn"]
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


async def test_the_quote_is_what_the_case_gets(shop: Shop, client: Client) -> None:
    ada = await shop.customer("ada")
    asked = await the_request(shop, "A-1", "2")
    terms = {key: asked[key] for key in ("orderId", "lines", "resolution")}
    quote = (await client.ask(QUOTE, ada, {"input": terms}))["returnQuote"]

    payload = await request(client, ada, asked | {"quoteToken": quote["token"]})

    assert payload["case"]["lines"][0]["refundable"]["amount"] == quote["refund"]["total"]["amount"] == "30.00"


async def test_a_quote_stands_when_another_case_has_taken_the_unit_with_the_odd_cent(
    shop: Shop, client: Client
) -> None:
    await shop.take(an_order("A-3", a_line(paid="10.00", quantity=3)))
    ada = await shop.customer("ada")
    asked = await the_request(shop, "A-3")
    terms = {key: asked[key] for key in ("orderId", "lines", "resolution")}
    quote = (await client.ask(QUOTE, ada, {"input": terms}))["returnQuote"]
    await request(client, ada, asked)

    payload = await request(client, ada, asked | {"quoteToken": quote["token"], "idempotencyKey": "k2"})

    # The units are worth 3.34, 3.33 and 3.33: what was promised for the first is not there for the second.
    assert quote["refund"]["total"]["amount"] == "3.34"
    assert payload["case"]["lines"][0]["refundable"]["amount"] == "3.33"
    assert await audit.verify(shop.database) == []


async def test_the_same_key_gives_the_first_answer_again_and_another_input_a_conflict(
    shop: Shop, client: Client
) -> None:
    ada, asked = await shop.customer("ada"), await the_request(shop)

    first, second = await request(client, ada, asked), await request(client, ada, asked)
    other = await request(client, ada, asked | {"note": "another"})

    assert first == second
    assert errors(other) == [("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])]
    assert await cases_of(shop) == 2  # the one of the shop, and this one


async def test_identical_requests_at_once_give_one_case(shop: Shop, client: Client) -> None:
    ada, asked = await shop.customer("ada"), await the_request(shop)

    answers = await asyncio.gather(*(request(client, ada, asked) for _ in range(20)))

    assert len({answer["case"]["id"] for answer in answers}) == 1
    assert await cases_of(shop) == 2


async def test_of_requests_at_once_only_as_many_succeed_as_there_are_units(shop: Shop, client: Client) -> None:
    ada = await shop.customer("ada")
    asked = [await the_request(shop, idempotencyKey=f"k{number}") for number in range(8)]

    answers = await asyncio.gather(*(request(client, ada, one) for one in asked))

    refused = [errors(answer) for answer in answers if answer["case"] is None]
    assert (
        refused == [[("QUANTITY_EXCEEDED", ["lines", "0", "quantity"])]] * 7
    )  # the shop's own case holds one of two
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize(
    ("differing", "expected"),
    [
        ({"quantity": 0}, ("INVALID_INPUT", ["lines", "0", "quantity"])),
        ({"quantity": -1}, ("INVALID_INPUT", ["lines", "0", "quantity"])),
        ({"quantity": 2}, ("QUANTITY_EXCEEDED", ["lines", "0", "quantity"])),
        ({"lines": []}, ("INVALID_INPUT", ["lines"])),
        ({"orderId": "T3JkZXI6bm9uZQ"}, ("NOT_FOUND", ["orderId"])),
        ({"quoteToken": "e30.e30.e30"}, ("INVALID_INPUT", ["quoteToken"])),
        ({"idempotencyKey": ""}, ("INVALID_INPUT", ["idempotencyKey"])),
        ({"idempotencyKey": "k" * 256}, ("INVALID_INPUT", ["idempotencyKey"])),
        ({"reason": "QUALITY_DEFECT"}, ("EVIDENCE_REQUIRED", ["evidence"])),
        ({"resolution": "REPAIR"}, ("INELIGIBLE", ["lines", "0"])),
        ({"resolution": "EXCHANGE"}, ("INELIGIBLE", ["lines", "0"])),
        (
            {"evidence": [{"kind": "PHOTO", "url": "http://a.example/1.png"}]},
            ("INVALID_INPUT", ["evidence", "0", "url"]),
        ),
        ({"evidence": [{"kind": "TEXT"}]}, ("INVALID_INPUT", ["evidence", "0", "text"])),
    ],
)
async def test_a_bad_request_is_refused_and_changes_nothing(
    shop: Shop, client: Client, differing: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    asked, before = await the_request(shop, **differing), await dump(shop.database)

    payload = await request(client, await shop.customer("ada"), asked)

    assert errors(payload) == [expected]
    assert await dump(shop.database) == before


async def test_a_refusal_by_the_policies_carries_their_words(shop: Shop, client: Client) -> None:
    payload = await request(client, await shop.customer("ada"), await the_request(shop, "A-2"))

    (error,) = payload["userErrors"]
    assert error["code"] == "INELIGIBLE"
    assert "no_reason_return.window_closed" in [told["code"] for told in error["explanations"]]


async def test_nobody_else_may_ask_for_it(shop: Shop, client: Client) -> None:
    asked = await the_request(shop)
    assert errors(await request(client, await shop.customer("ben"), asked)) == [("NOT_FOUND", ["orderId"])]
    for viewer in (await shop.merchant("shoe-house"), AGENT):
        assert errors(await request(client, viewer, asked)) == [("FORBIDDEN", [])]
    assert await client.refused(REQUEST, None, {"input": asked}) == ("UNAUTHENTICATED", [])


async def test_lines_of_two_merchants_are_two_cases(shop: Shop, client: Client) -> None:
    asked = await the_request(shop)
    asked["lines"] += (await the_request(shop, "A-1", "2"))["lines"]

    payload = await request(client, await shop.customer("ada"), asked)

    assert errors(payload) == [("INVALID_INPUT", ["lines", "1", "orderLineId"])]


async def test_an_exchange_puts_the_new_size_aside_once(shop: Shop, client: Client) -> None:
    await shop.stock("SHOE-43", 1)
    ada = await shop.customer("ada")
    asked = await the_request(shop, resolution="EXCHANGE", reason="SIZE_OR_FIT", exchangeSku="SHOE-43")

    payload = await request(client, ada, asked)

    assert payload["userErrors"] == []
    assert payload["case"]["status"] == "APPROVED"
    (variant,) = await shop.database.rows("SELECT stock, reserved FROM variants WHERE sku = 'SHOE-43'")
    assert (variant["stock"], variant["reserved"]) == (1, 1)
    again = await request(client, ada, await the_request(shop, "A-1", "1") | {"idempotencyKey": "k2"})
    assert errors(again) == [("QUANTITY_EXCEEDED", ["lines", "0", "quantity"])]


async def test_the_last_use_of_a_quota_goes_to_one_of_two_requests_at_once(shop: Shop, client: Client) -> None:
    await shop.take(*(an_order(f"Q-{number}", a_line(paid="20.00")) for number in range(6)))
    ada = await shop.customer("ada")
    asked = [await the_request(shop, f"Q-{number}", idempotencyKey=f"q{number}") for number in range(6)]

    answers = await asyncio.gather(*(request(client, ada, one) for one in asked))

    assert all(answer["userErrors"] == [] for answer in answers)
    (usage,) = await shop.database.rows("SELECT used FROM quota_usages WHERE code = 'premium_tier.instant_refund'")
    refunds = await shop.database.rows("SELECT status FROM refunds")
    assert len(refunds) == usage["used"] == 3  # a month's instant refunds in this market
    assert await audit.verify(shop.database) == []


async def cases_of(shop: Shop) -> int:
    """How many cases there are."""
    (row,) = await shop.database.rows("SELECT count(*) AS n FROM cases")
    return int(row["n"])
