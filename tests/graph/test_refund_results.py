"""Who may help a refund along, and what is it told? Tried again, or reported by another system."""

from typing import Any
from uuid import UUID

import pytest

from bff.cases.money import audit, refunds
from bff.schema.ids import key_of
from bff.storage.fields import new_id
from bff.viewer import Viewer
from bff.vocabulary import Role
from tests.graph.acting import a_case, act, done, events, undone
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, INGEST, OPS, Shop

REFUNDS = "case { id refunds { id status amount { amount } failure } timeline { edges { node { type actor } } } }"


async def a_refund(client: Client, shop: Shop, order: str = "A-1", customer: str = "ada") -> str:
    """The id of a refund that waits for its provider: the goods are back."""
    case = await a_case(client, shop, order, customer=customer, idempotencyKey=f"return {order}")
    agent = {"caseId": case["id"], "version": case["version"], "status": "RECEIVED", "reason": "They are here"}
    agent["idempotencyKey"] = f"override {order}"
    case = await done(client, AGENT, "overrideCase", agent, fields=REFUNDS)
    (refund,) = case["refunds"]
    assert refund["status"] == "PENDING"
    return str(refund["id"])


def key(refund: str) -> UUID:
    found = key_of("Refund", refund)
    assert found is not None
    return found


async def failed(client: Client, shop: Shop) -> str:
    """One that has failed."""
    refund = await a_refund(client, shop)
    asked = {"refundId": refund, "succeeded": False, "failure": "account closed", "idempotencyKey": "k failed"}
    case = await done(client, INGEST, "recordRefundResult", asked, fields=REFUNDS)
    assert [(one["status"], one["failure"]) for one in case["refunds"]] == [("FAILED", "account closed")]
    return refund


async def merchant_of(shop: Shop) -> Any:
    return await shop.merchant("shoe-house")


async def test_a_merchant_tries_a_failed_refund_again_once_a_key(shop: Shop, client: Client) -> None:
    refund = await failed(client, shop)
    merchant = await merchant_of(shop)

    again = [await done(client, merchant, "retryRefund", {"refundId": refund}, fields=REFUNDS) for _ in range(2)]

    assert again[0] == again[1]
    assert [(one["status"], one["failure"]) for one in again[0]["refunds"]] == [("PENDING", None)]
    assert events(again[0]).count("refund_retried") == 1
    assert await audit.verify(shop.database) == []


async def test_what_an_integration_calls_failed_keeps_its_key_for_nobody_else_said_so(
    shop: Shop, client: Client
) -> None:
    refund = await failed(client, shop)
    await done(client, AGENT, "retryRefund", {"refundId": refund}, fields=REFUNDS)

    rows = await shop.database.rows(
        "SELECT provider_key, runs FROM refund_tenders WHERE refund_id = ?", key(refund)
    )

    assert [(row["provider_key"], row["runs"]) for row in rows] == [(refunds.first_key(key(refund), 1), 1)]


async def test_a_refund_of_which_nothing_failed_is_not_tried_again(shop: Shop, client: Client) -> None:
    asked = {"refundId": await a_refund(client, shop)}
    assert await undone_but_for_its_key(client, shop, await merchant_of(shop), asked) == "INVALID_STATE"


async def undone_but_for_its_key(client: Client, shop: Shop, viewer: Any, asked: dict[str, Any]) -> str:
    """The code of a refusal that binds its key."""
    payload = await act(client, viewer, "retryRefund", asked, fields=REFUNDS)
    assert payload["case"] is None
    assert await audit.verify(shop.database) == []
    (error,) = payload["userErrors"]
    return str(error["code"])


@pytest.mark.parametrize("name", ["retryRefund", "recordRefundResult"])
async def test_a_foreign_refund_is_as_absent_as_none(shop: Shop, client: Client, name: str) -> None:
    refund = await failed(client, shop)
    more: dict[str, Any] = {"succeeded": True} if name == "recordRefundResult" else {}
    viewer = INGEST if more else Viewer(Role.MERCHANT, "another", merchant_id=new_id())
    ids = ["nonsense", "", await shop.order_id("A-1")] + ([] if more else [refund])
    for one in ids:
        refused = await undone(client, shop, viewer, name, {"refundId": one} | more, fields=REFUNDS)
        assert refused == ("NOT_FOUND", ["refundId"])


async def test_only_merchants_and_agents_try_again_and_only_integrations_report(
    shop: Shop, client: Client
) -> None:
    refund = await failed(client, shop)
    for viewer in (await shop.customer("ada"), OPS, INGEST):
        refused = await undone(client, shop, viewer, "retryRefund", {"refundId": refund}, fields=REFUNDS)
        assert refused == ("FORBIDDEN", [])
    asked = {"refundId": refund, "succeeded": True}
    for viewer in (await shop.customer("ada"), await merchant_of(shop), AGENT, OPS):
        assert await undone(client, shop, viewer, "recordRefundResult", asked, fields=REFUNDS) == ("FORBIDDEN", [])


@pytest.mark.parametrize("known", ["tr_1", "tr_1/1"])
async def test_a_reference_of_another_refund_is_refused_and_changes_nothing(
    shop: Shop, client: Client, known: str
) -> None:
    first, second = await a_refund(client, shop), await a_refund(client, shop, "B-1", customer="ben")
    named = "UPDATE refund_tenders SET provider_reference = ? WHERE refund_id = ?"
    await shop.change(named, known, key(first))

    asked = {"refundId": second, "succeeded": True, "providerReference": "tr_1"}

    refused = await undone(client, shop, INGEST, "recordRefundResult", asked, fields=REFUNDS)
    assert refused == ("INVALID_INPUT", ["providerReference"])


async def test_a_result_is_recorded_once_however_often_it_is_told(shop: Shop, client: Client) -> None:
    asked = {"refundId": await a_refund(client, shop), "succeeded": True, "providerReference": "tr_1"}

    told = [
        await done(client, INGEST, "recordRefundResult", asked | {"idempotencyKey": f"k {n}"}, fields=REFUNDS)
        for n in range(3)
    ]

    assert told[0] == told[1] == told[2]
    assert [one["status"] for one in told[0]["refunds"]] == ["SUCCEEDED"]
    assert events(told[0]).count("refund_paid") == 1
    contrary = asked | {"succeeded": False, "idempotencyKey": "k no"}
    payload = await act(client, INGEST, "recordRefundResult", contrary, fields=REFUNDS)
    assert [error["code"] for error in payload["userErrors"]] == ["INVALID_STATE"]
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"providerReference": "x" * 191}, ["providerReference"]),
        ({"providerReference": " "}, ["providerReference"]),
        ({"failure": "x" * 501}, ["failure"]),
    ],
)
async def test_a_result_that_says_nothing_is_refused(
    shop: Shop, client: Client, wrong: dict[str, Any], path: list[str]
) -> None:
    asked = {"refundId": await a_refund(client, shop), "succeeded": False} | wrong
    assert await undone(client, shop, INGEST, "recordRefundResult", asked, fields=REFUNDS) == (
        "INVALID_INPUT",
        path,
    )
