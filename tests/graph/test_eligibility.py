"""What does a line say about itself? Windows, money and reasons by rules that stand beside these tests."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import strawberry

from bff.storage.database import Database
from bff.storage.reads import lines as line_reads
from bff.storage.reads.scope import Scope
from bff.vocabulary import ReturnReason
from tests.graph.conftest import Client
from tests.graph.house_rules import house_kernel
from tests.graph.shop import NOW, Shop, a_line, a_tea, an_order

LINE = """
query ($id: ID!, $reason: ReturnReason! = CHANGE_OF_MIND, $quantity: Int) {
  node(id: $id) { ... on OrderLine { returnEligibility(reason: $reason, quantity: $quantity) {
    status
    window { opensAt closesAt days anchor timeZone }
    explanations { code message plugin effect overruled source citation }
    evidence { kind minimum label }
    liability { party basis final }
    options { resolution instantRefund refund { total { amount currency } methods
      breakdown { kind amount { amount } label plugin } } }
  } } }
}
"""


@pytest.fixture
def house(schema: strawberry.Schema, database: Database) -> Client:
    """Somebody who asks under the house's rules."""
    return Client(schema, house_kernel(), database)


async def eligibility(house: Client, shop: Shop, line: str, **how: Any) -> Any:
    locale, now = how.pop("locale", "en"), how.pop("now", NOW)
    found = await house.ask(LINE, await shop.customer("ada"), {"id": line} | how, locale=locale, now=now)
    return found["node"]["returnEligibility"]


async def test_the_whole_answer_for_one_line(house: Client, shop: Shop) -> None:
    found = await eligibility(house, shop, await shop.line_id("A-1", "1"))
    assert (found["status"], found["evidence"]) == ("ELIGIBLE", [])
    assert found["window"] == {
        "opensAt": "2026-11-17T04:00:00Z",
        "closesAt": "2026-12-01T16:00:00Z",
        "days": 14,
        "anchor": "DELIVERED",
        "timeZone": "Asia/Singapore",
    }
    assert found["explanations"][0] == {
        "code": "house.open",
        "message": "Open for 14 days",
        "plugin": "house",
        "effect": "GRANTS",
        "overruled": False,
        "source": "MERCHANT",
        "citation": None,
    }
    assert found["options"] == [
        {
            "resolution": "RETURN_AND_REFUND",
            "instantRefund": False,
            "refund": {
                "total": {"amount": "90.00", "currency": "SGD"},
                "methods": ["ORIGINAL_PAYMENT", "STORE_CREDIT"],
                "breakdown": [
                    {"kind": "ITEM", "amount": {"amount": "100.00"}, "label": "Goods", "plugin": "kernel"},
                    {
                        "kind": "RESTOCKING_FEE",
                        "amount": {"amount": "10.00"},
                        "label": "Restocking fee",
                        "plugin": "house",
                    },
                ],
            },
        }
    ]


async def test_explanations_and_labels_speak_the_viewers_language(house: Client, shop: Shop) -> None:
    await shop.take(an_order("L-1", a_line(paid="200.00")))
    found = await eligibility(house, shop, await shop.line_id("L-1"), locale="zh")
    assert found["explanations"][0]["message"] == "14 天内可退"
    assert found["evidence"] == [{"kind": "PHOTO", "minimum": 1, "label": "照片"}]
    assert [part["label"] for part in found["options"][0]["refund"]["breakdown"]] == ["商品", "重新上架费"]


@pytest.mark.parametrize(
    ("early", "status"),
    [(timedelta(microseconds=1), "ELIGIBLE"), (timedelta(0), "INELIGIBLE")],
)
async def test_the_window_ends_to_the_microsecond(
    house: Client, shop: Shop, early: timedelta, status: str
) -> None:
    closes = datetime.fromisoformat("2026-12-01T16:00:00Z")
    found = await eligibility(house, shop, await shop.line_id("A-1", "1"), now=closes - early)
    assert found["status"] == status
    assert found["window"]["closesAt"] == "2026-12-01T16:00:00Z"


async def test_a_window_that_a_refusal_overrules_is_told_as_overruled(house: Client, shop: Shop) -> None:
    found = await eligibility(house, shop, await shop.line_id("A-1", "2"))
    assert {one["code"]: one["overruled"] for one in found["explanations"]} == {
        "house.tea": False,
        "house.open": True,
    }


async def test_a_refusal_says_why_and_offers_nothing(house: Client, shop: Shop) -> None:
    found = await eligibility(house, shop, await shop.line_id("A-1", "2"))
    assert (found["status"], found["options"]) == ("INELIGIBLE", [])
    first, *_ = found["explanations"]
    assert (first["code"], first["message"], first["effect"]) == ("house.tea", "Tea stays", "DENIES")


@pytest.mark.parametrize("quantity", [0, -1, -(2**31)])
async def test_a_quantity_below_one_is_refused_by_name(house: Client, shop: Shop, quantity: int) -> None:
    variables = {"id": await shop.line_id("A-1"), "quantity": quantity}
    assert await house.refused(LINE, await shop.customer("ada"), variables) == ("BAD_USER_INPUT", ["quantity"])


async def test_more_units_than_are_left_are_ineligible_with_the_kernels_reason(house: Client, shop: Shop) -> None:
    found = await eligibility(house, shop, await shop.line_id("A-1", "1"), quantity=2)
    assert (found["status"], found["options"]) == ("INELIGIBLE", [])
    assert [one["code"] for one in found["explanations"]] == ["kernel.quantity_above_left"]


async def test_without_a_quantity_all_that_is_left_is_meant(house: Client, shop: Shop) -> None:
    await shop.take(an_order("L-3", a_line(paid="10.00", quantity=3)))
    line = await shop.line_id("L-3")

    async def total(**how: Any) -> str:
        found = await eligibility(house, shop, line, **how)
        return str(found["options"][0]["refund"]["breakdown"][0]["amount"]["amount"])

    assert await total() == "10.00"
    assert [await total(quantity=n) for n in (1, 2, 3)] == ["3.34", "6.67", "10.00"]
    await shop.open_case("C-L", "L-3")
    assert await total() == "6.66"
    assert [await total(quantity=n) for n in (1, 2)] == ["3.33", "6.66"]


async def test_when_nothing_is_left_the_answer_says_so(house: Client, shop: Shop) -> None:
    await shop.open_case("C-2", "A-2")
    found = await eligibility(house, shop, await shop.line_id("A-2"))
    assert [one["code"] for one in found["explanations"]] == ["kernel.nothing_left"]


async def test_each_parcel_starts_the_window_of_its_own_lines(house: Client, shop: Shop) -> None:
    early, late = "2026-11-01T04:00:00+00:00", "2026-11-19T04:00:00+00:00"
    parcels = [
        {"externalId": name, "carrier": "Quick Post", "status": "DELIVERED", "deliveredAt": at, "lines": [name]}
        for name, at in (("1", early), ("2", late))
    ]
    order = an_order("L-4", a_line("1"), a_line("2"), delivered_days_ago=1, shipments=parcels, placedAt=early)
    await shop.take(order)
    first = await eligibility(house, shop, await shop.line_id("L-4", "1"))
    second = await eligibility(house, shop, await shop.line_id("L-4", "2"))
    assert (first["status"], second["status"]) == ("INELIGIBLE", "ELIGIBLE")
    assert second["window"]["opensAt"] == "2026-11-19T04:00:00Z"


async def test_without_parcels_the_orders_delivery_speaks_for_every_line(house: Client, shop: Shop) -> None:
    await shop.take(an_order("L-5", a_line(), shipments=[]))
    found = await eligibility(house, shop, await shop.line_id("L-5"))
    assert found["window"]["opensAt"] == "2026-11-17T04:00:00Z"


async def test_reasons_are_those_that_would_be_heard_with_their_evidence(house: Client, shop: Shop) -> None:
    await shop.take(an_order("L-6", a_line(paid="200.00")))
    document = """query ($id: ID!) { node(id: $id) { ... on OrderLine {
      returnReasons { reason label evidence { kind } }
    } } }"""
    ada = await shop.customer("ada")
    found = await house.ask(document, ada, {"id": await shop.line_id("L-6")})
    photo = [{"kind": "PHOTO"}]
    assert found["node"]["returnReasons"] == [
        {"reason": "CHANGE_OF_MIND", "label": "I changed my mind", "evidence": photo},
        {"reason": "SIZE_OR_FIT", "label": "It does not fit", "evidence": photo},
    ]
    tea = await house.ask(document, ada, {"id": await shop.line_id("A-1", "2")})
    assert tea["node"]["returnReasons"] == []


async def test_a_variant_in_stock_may_be_had_instead(house: Client, shop: Shop) -> None:
    await shop.take(an_order("L-7", a_line(sku="SHOE-44", variant="44", paid="120.00"), customer="eve"))
    await shop.stock("SHOE-44", 5)
    document = """
    query ($id: ID!) { node(id: $id) { ... on OrderLine { exchangeOptions {
      sku title variant availableQuantity priceDifference { amount currency } imageUrl
    } } } }
    """
    found = await house.ask(document, await shop.customer("ada"), {"id": await shop.line_id("A-1", "1")})
    assert found["node"]["exchangeOptions"] == [
        {
            "sku": "SHOE-44",
            "title": "Running shoe",
            "variant": "44",
            "availableQuantity": 5,
            "priceDifference": {"amount": "20.00", "currency": "SGD"},
            "imageUrl": None,
        }
    ]
    options = (await eligibility(house, shop, await shop.line_id("A-1", "1")))["options"]
    assert [(option["resolution"], option["refund"] is None) for option in options] == [
        ("RETURN_AND_REFUND", False),
        ("EXCHANGE", True),
    ]


async def test_every_question_about_a_page_of_lines_shares_its_facts(house: Client, shop: Shop) -> None:
    await shop.take(*[an_order(f"N-{n}", a_line(), a_tea()) for n in range(5)])
    ada = await shop.customer("ada")
    one = "{ orders { edges { node { lines { returnEligibility { status } } } } } }"
    await house.ask(one, ada)
    alone = house.statements
    several = """{ orders { edges { node { lines {
      returnEligibility { status } exchangeOptions { sku } returnReasons { reason }
      late: returnEligibility(reason: LATE_DELIVERY) { status }
    } } } } }"""
    await house.ask(several, ada)
    assert house.statements == alone


async def test_entitlements_come_in_the_viewers_language_with_their_quota(house: Client, shop: Shop) -> None:
    document = """{ viewer { customer { entitlements {
      code title description plugin expiresAt quota { limit used remaining resetsAt }
    } } } }"""
    found = await house.ask(document, await shop.customer("ada"), locale="zh")
    assert found["viewer"]["customer"]["entitlements"] == [
        {
            "code": "house.care",
            "title": "保养",
            "description": "免费保养",
            "plugin": "house",
            "expiresAt": None,
            "quota": {"limit": 3, "used": 1, "remaining": 2, "resetsAt": None},
        }
    ]


async def test_a_merchant_gets_the_same_answer_for_its_line_as_the_customer(house: Client, shop: Shop) -> None:
    line = await shop.line_id("A-1", "1")
    asked = {"id": line, "reason": ReturnReason.SIZE_OR_FIT.value}
    theirs = await house.ask(LINE, await shop.merchant("shoe-house"), asked)
    assert theirs == await house.ask(LINE, await shop.customer("ada"), asked)
    assert theirs["node"]["returnEligibility"]["status"] == "ELIGIBLE"


async def test_lines_of_another_order_cannot_slip_into_a_scope(shop: Shop, database: Database) -> None:
    ben = Scope.of(await shop.customer("ben"))
    assert await line_reads.by_id(database, ben, [await shop.line_key("A-1")]) == {}
