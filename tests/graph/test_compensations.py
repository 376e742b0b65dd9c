"""What is given for the trouble? Once a key, of the money of whom it names, and never more than the order."""

import asyncio
from typing import Any

import pytest

from bff.cases.money import audit
from bff.cases.money.ledger import credits_of
from tests.graph.acting import act, data_of, done, of, undone
from tests.graph.conftest import Client
from tests.graph.disputing import WHOLE, a_declined_case, books
from tests.graph.shop import AGENT, Shop

GIFT: dict[str, Any] = {
    "kind": "STORE_CREDIT",
    "amount": {"amount": "20.00", "currency": "SGD"},
    "bornBy": "PLATFORM",
    "reason": "A long wait",
}


async def test_store_credit_is_there_at_once(shop: Shop, client: Client) -> None:
    case = await a_declined_case(client, shop)

    given = await done(client, AGENT, "grantCompensation", of(case, **GIFT), fields=WHOLE)

    assert given["version"] == case["version"] + 1
    assert given["status"] == "DECLINED"
    gift = GIFT | {"grantedAt": "2026-11-20T04:00:00Z"}
    assert given["compensations"] == [gift]
    assert data_of(given, "compensation_granted") == {"kind": "STORE_CREDIT", "amount": 2000, "currency": "SGD"}
    assert await books(shop) == {"PLATFORM": -2000, "STORE_CREDIT": 2000}
    assert await credits_of(shop.database, await shop.key("customers", "external_id", "ben")) == {"SGD": 2000}
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize("kind", ["VOUCHER", "CASH"])
@pytest.mark.parametrize("party", ["MERCHANT", "CARRIER", "PLATFORM"])
async def test_vouchers_and_cash_are_owed_by_whom_it_names(
    shop: Shop, client: Client, kind: str, party: str
) -> None:
    case = await a_declined_case(client, shop)

    await done(client, AGENT, "grantCompensation", of(case, **GIFT | {"kind": kind, "bornBy": party}))

    assert await books(shop) == {party: -2000, "CUSTOMER": 2000}
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize(
    ("differing", "expected"),
    [
        ({"reason": ""}, ("INVALID_INPUT", ["reason"])),
        ({"bornBy": "CUSTOMER"}, ("INVALID_INPUT", ["bornBy"])),
        ({"bornBy": "UNDETERMINED"}, ("INVALID_INPUT", ["bornBy"])),
        ({"amount": {"amount": "0.00", "currency": "SGD"}}, ("INVALID_INPUT", ["amount", "amount"])),
        ({"amount": {"amount": "-5.00", "currency": "SGD"}}, ("INVALID_INPUT", ["amount", "amount"])),
        ({"amount": {"amount": "5.00", "currency": "USD"}}, ("INVALID_INPUT", ["amount", "currency"])),
        ({"amount": {"amount": "100.01", "currency": "SGD"}}, ("AMOUNT_EXCEEDED", ["amount", "amount"])),
        ({"version": 1}, ("VERSION_CONFLICT", ["version"])),
        ({"caseId": "Q2FzZTpub25l"}, ("NOT_FOUND", ["caseId"])),
    ],
)
async def test_a_gift_that_cannot_be_meant_changes_nothing(
    shop: Shop, client: Client, differing: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    case = await a_declined_case(client, shop)

    assert await undone(client, shop, AGENT, "grantCompensation", of(case, **GIFT) | differing) == expected


async def test_only_an_agent_gives(shop: Shop, client: Client) -> None:
    asked = of(await a_declined_case(client, shop), **GIFT)

    for viewer in (await shop.customer("ben"), await shop.merchant("shoe-house")):
        assert await undone(client, shop, viewer, "grantCompensation", asked) == ("FORBIDDEN", [])
    ada = await shop.customer("ada")
    assert await undone(client, shop, ada, "grantCompensation", asked) == ("NOT_FOUND", ["caseId"])


async def test_all_gifts_of_a_case_together_are_at_most_what_the_order_was_paid(
    shop: Shop, client: Client
) -> None:
    case = await a_declined_case(client, shop)
    most = GIFT | {"amount": {"amount": "99.99", "currency": "SGD"}, "idempotencyKey": "most"}
    given = await done(client, AGENT, "grantCompensation", of(case, **most))
    cents = {cent: {"amount": {"amount": cent, "currency": "SGD"}} for cent in ("0.02", "0.01")}

    refused = of(given, **GIFT | cents["0.02"], idempotencyKey="too much")

    assert await undone(client, shop, AGENT, "grantCompensation", refused) == (
        "AMOUNT_EXCEEDED",
        ["amount", "amount"],
    )
    await done(client, AGENT, "grantCompensation", of(given, **GIFT | cents["0.01"], idempotencyKey="the rest"))
    assert await books(shop) == {"PLATFORM": -10000, "STORE_CREDIT": 10000}


async def test_the_same_gift_at_once_is_given_once(shop: Shop, client: Client) -> None:
    asked = of(await a_declined_case(client, shop), **GIFT)

    answers = await asyncio.gather(*(act(client, AGENT, "grantCompensation", asked) for _ in range(5)))

    assert all(answer == answers[0] for answer in answers)
    assert await books(shop) == {"PLATFORM": -2000, "STORE_CREDIT": 2000}
    assert await audit.verify(shop.database) == []
