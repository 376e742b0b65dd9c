"""What is known of a case? Everything that belongs to it, in order, and null or empty where there is nothing."""

import re
from typing import Any

import pytest

from bff.viewer import Viewer
from tests.graph.acting import a_case
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, INGEST, OPS, Shop, days_ago
from tests.graph.test_operations import operation
from tests.graph.whole_case import insert, whole_case

DETAIL = operation("case_detail")
DUE_FIRST = "{ cases(sort: DEADLINE) { edges { node { number } } } }"


async def detail(client: Client, shop: Shop, viewer: Viewer, number: str = "C-1", **how: Any) -> Any:
    """The whole case."""
    return (await client.ask(DETAIL, viewer, {"id": await shop.case_id(number)}, **how))["case"]


def without_ids(value: Any) -> Any:
    """The same without what differs from run to run."""
    if isinstance(value, list):
        return [without_ids(one) for one in value]
    if isinstance(value, dict):
        return {name: without_ids(one) for name, one in value.items() if name not in {"id", "trackingNumber"}}
    return value


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "SGD"}


async def test_a_case_says_where_it_was_sent_and_what_it_waits_for(client: Client, shop: Shop) -> None:
    await whole_case(shop)
    case = await detail(client, shop, AGENT)
    assert case["routing"] == {
        "queue": "quality",
        "priority": "HIGH",
        "channel": "chat",
        "warehouse": "SG-1",
        "carrier": "Quick Post",
        "requiresInspection": True,
    }
    assert case["deadlines"] == [
        {"kind": "REFUND", "dueAt": "2026-11-22T04:00:00Z", "onExpiry": "CLOSE"},
        {"kind": "RULING", "dueAt": "2026-11-24T04:00:00Z", "onExpiry": "CLOSE"},
    ]


async def test_a_case_shows_its_goods_on_their_way_and_at_their_end(client: Client, shop: Shop) -> None:
    await whole_case(shop)
    case = without_ids(await detail(client, shop, await shop.merchant("shoe-house")))
    shown = [(one["kind"], one["url"], one["text"], one["addedBy"]) for one in case["evidence"]]
    assert shown == [
        ("PHOTO", "https://img.example.test/1", None, "CUSTOMER"),
        ("TEXT", None, "The sole came off", "CUSTOMER"),
    ]
    assert case["reverseShipment"] == {
        "method": "MAIL",
        "status": "DELIVERED",
        "carrier": "Quick Post",
        "pickupFrom": None,
        "pickupUntil": None,
        "labelUrl": None,
        "events": [
            {"status": "PICKED_UP", "at": "2026-11-19T05:00:00Z", "place": None, "description": None},
            {"status": "DELIVERED", "at": "2026-11-19T09:00:00Z", "place": "Changi", "description": None},
        ],
    }
    state = {"grade": "USED", "disposition": "REFURBISH", "defectConfirmed": True, "deduction": money("2.50")}
    assert case["inspection"] == {
        "inspectedAt": "2026-11-19T04:00:00Z",
        "note": None,
        "lines": [{"orderLine": {"sku": "SHOE-42"}, "quantity": 1, **state}],
    }
    assert case["exchange"] == {
        "sku": "SHOE-43",
        "variant": "43",
        "quantity": 1,
        "status": "RESERVED",
        "priceDifference": {"amount": "-1.50"},
    }


@pytest.mark.parametrize(
    ("locale", "goods", "freight"), [("en", "Goods", "Return freight"), ("zh", "商品", "退货运费")]
)
async def test_a_refund_adds_up_in_the_viewers_language(
    client: Client, shop: Shop, locale: str, goods: str, freight: str
) -> None:
    await whole_case(shop)
    paid, failed = without_ids(await detail(client, shop, await shop.customer("ada"), locale=locale))["refunds"]
    assert paid == {
        "status": "SUCCEEDED",
        "amount": money("50.00"),
        "method": "ORIGINAL_PAYMENT",
        "breakdown": [
            {"kind": "ITEM", "label": goods, "plugin": "kernel", "amount": {"amount": "55.00"}},
            {"kind": "RETURN_FREIGHT", "label": freight, "plugin": "shipping_costs", "amount": {"amount": "5.00"}},
        ],
        "requestedAt": "2026-11-19T04:00:00Z",
        "settledAt": "2026-11-19T16:00:00Z",
        "expectedBy": "2026-11-22T04:00:00Z",
        "failure": None,
    }
    assert (failed["status"], failed["failure"], failed["expectedBy"]) == ("FAILED", "closed", None)
    assert failed["breakdown"] == [
        {"kind": "ITEM", "label": goods, "plugin": "kernel", "amount": {"amount": "7.00"}}
    ]


async def test_a_case_shows_its_quarrel_and_what_came_of_it(client: Client, shop: Shop) -> None:
    await whole_case(shop)
    case = without_ids(await detail(client, shop, await shop.customer("ada")))
    assert [(one["amount"]["amount"], one["keepsGoods"], one["status"]) for one in case["offers"]] == [
        ("10.00", True, "REJECTED"),
        ("20.00", False, "OPEN"),
    ]
    assert case["dispute"] == {
        "status": "RULED",
        "claim": "It was broken",
        "openedAt": "2026-11-19T04:00:00Z",
        "ruling": {
            "liableParty": "MERCHANT",
            "refund": money("99.50"),
            "rationale": "The photo shows it",
            "ruledAt": "2026-11-19T16:00:00Z",
        },
        "appeal": {
            "status": "OPEN",
            "grounds": "The customer broke it",
            "openedAt": "2026-11-19T22:00:00Z",
            "resolvedAt": None,
            "rationale": None,
        },
    }
    assert case["compensations"] == [
        {
            "kind": "STORE_CREDIT",
            "amount": {"amount": "3.00"},
            "reason": "for the wait",
            "grantedAt": "2026-11-19T04:00:00Z",
            "bornBy": "PLATFORM",
        }
    ]
    rating = {"satisfaction": 4, "recommend": 9, "comment": None, "ratedAt": "2026-11-19T04:00:00Z"}
    assert case["rating"] == rating


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en", "5.00 SGD of this has been paid back already"),
        ("zh", "其中 5.00 SGD 已退还"),
    ],
)
async def test_a_case_says_why_it_was_decided_so(client: Client, shop: Shop, locale: str, sentence: str) -> None:
    await whole_case(shop)
    case = await detail(client, shop, await shop.customer("ada"), locale=locale)
    first, second = case["explanations"]
    assert (first["code"], first["effect"], first["source"]) == (
        "no_reason_return.window_open",
        "GRANTS",
        "PLATFORM",
    )
    assert ("December 1, 2026" if locale == "en" else "2026年12月1日") in first["message"]
    assert sentence in second["message"]


async def test_what_a_case_has_not_is_null_or_empty(client: Client, shop: Shop) -> None:
    case = await detail(client, shop, await shop.customer("ada"))
    nothing = {name: value for name, value in case.items() if value is None or value == []}
    assert nothing == {
        **dict.fromkeys(("reverseShipment", "inspection", "exchange", "dispute", "rating")),
        **{
            name: []
            for name in (
                *("deadlines", "evidence", "refunds", "offers"),
                *("compensations", "costs", "tickets", "explanations"),
            )
        },
    }
    assert case["timeline"]["edges"] == []
    assert case["routing"] == {
        "queue": "standard",
        "priority": "NORMAL",
        "channel": "standard",
        "warehouse": None,
        "carrier": None,
        "requiresInspection": False,
    }


async def test_a_dispute_that_nobody_ruled_has_neither_ruling_nor_appeal(client: Client, shop: Shop) -> None:
    case = await shop.key("cases", "number", "C-1")
    claim = {"claim": "It was late", "opened_at": days_ago(1)}
    await insert(shop, "disputes", case_id=case, status="OPEN", **claim)
    dispute = (await detail(client, shop, AGENT))["dispute"]
    assert (dispute["status"], dispute["ruling"], dispute["appeal"]) == ("OPEN", None, None)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("ada", ["CANCEL", "ADD_EVIDENCE"]),
        ("shoe-house", ["APPROVE", "DECLINE", "PROPOSE_OFFER"]),
        ("agent", ["APPROVE", "DECLINE", "GRANT_COMPENSATION", "OVERRIDE"]),
        ("ops", []),
        ("ingest", []),
    ],
)
async def test_each_role_is_told_what_it_may_do(client: Client, shop: Shop, who: str, expected: list[str]) -> None:
    viewers = {"agent": AGENT, "ops": OPS, "ingest": INGEST}
    named = {"ada": shop.customer, "shoe-house": shop.merchant}
    viewer = viewers[who] if who in viewers else await named[who](who)
    assert (await detail(client, shop, viewer))["allowedActions"] == expected


async def test_costs_are_told_to_those_whose_business_they_are(client: Client, shop: Shop) -> None:
    await whole_case(shop)
    booked = [
        {
            "kind": "COMPENSATION",
            "amount": {"amount": "3.00"},
            "bornBy": "PLATFORM",
            "at": "2026-11-19T04:00:00Z",
        },
        {"kind": "LABEL", "amount": {"amount": "4.50"}, "bornBy": "MERCHANT", "at": "2026-11-19T16:00:00Z"},
    ]
    for viewer in (await shop.merchant("shoe-house"), AGENT, OPS):
        assert (await detail(client, shop, viewer))["costs"] == booked
    for viewer in (await shop.customer("ada"), INGEST):
        assert (await detail(client, shop, viewer))["costs"] == []


@pytest.mark.parametrize(
    ("locale", "approved", "language"),
    [("en", "The request was approved.", r"[A-Za-z ]+"), ("zh", "申请已通过。", r"[\u4e00-\u9fff]+")],
)
async def test_a_case_that_was_really_requested_says_why_what_happened_and_what_is_next(
    client: Client, shop: Shop, locale: str, approved: str, language: str
) -> None:
    asked = await a_case(client, shop)
    ada = await shop.customer("ada")
    case = await detail(client, shop, ada, asked["number"], locale=locale)
    assert "no_reason_return.window_open" in [one["code"] for one in case["explanations"]]
    assert all(re.search(language, one["message"]) for one in case["explanations"])
    told = [(edge["node"]["type"], edge["node"]["message"]) for edge in case["timeline"]["edges"]]
    assert ("case_approved", approved) in told
    assert [one["kind"] for one in case["deadlines"]] == ["REFUND", "CUSTOMER_SHIPMENT"]
    assert case["allowedActions"] == ["ADD_EVIDENCE", "SCHEDULE_RETURN"]
    due = (await client.ask(DUE_FIRST, ada))["cases"]["edges"]
    assert [edge["node"]["number"] for edge in due] == [asked["number"], "C-1"]
