"""Is the way back booked as it can be had, and are goods in the post handed over?"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from bff.cases.money import audit
from bff.schema.scalars import print_datetime
from tests.graph.acting import a_case, a_waiting_case, act, data_of, done, events, of, undone
from tests.graph.conftest import Client
from tests.graph.dumps import dump
from tests.graph.shop import AGENT, INGEST, NOW, OPS, Shop, an_order


def at(**later: float) -> str:
    """An instant after the tests' present."""
    return print_datetime(NOW + timedelta(**later))


SLOT = {"method": "PICKUP", "pickupFrom": at(days=1), "pickupUntil": at(days=1, hours=4)}
MAIL = {"method": "MAIL", "trackingNumber": "POST-1", "carrier": "Slow Post"}


GERMAN: dict[str, Any] = {"market": "DE", "currency": "EUR"}  # where parcels go by mail


async def approved(client: Client, shop: Shop, order: str = "R-1", **differing: Any) -> Any:
    """Ben gives back a pair of shoes; the money waits for them."""
    await shop.take(an_order(order, customer="ben", **differing))
    case = await a_case(client, shop, order, customer="ben")
    assert (case["status"], case["refunds"]) == ("APPROVED", [])
    return case


async def test_a_pickup_is_booked_and_numbered(shop: Shop, client: Client) -> None:
    case = await approved(client, shop)

    booked = await done(client, await shop.customer("ben"), "scheduleReturn", of(case, **SLOT))

    parcel = booked["reverseShipment"]
    assert booked["status"] == "APPROVED"
    assert booked["version"] == case["version"] + 1
    assert parcel["trackingNumber"].startswith("R-26-")
    assert parcel == SLOT | {
        "status": "BOOKED",
        "carrier": "courier",
        "trackingNumber": parcel["trackingNumber"],
        "events": [],
    }
    told = {"method": "PICKUP", "carrier": "courier", "tracking": parcel["trackingNumber"]}
    assert data_of(booked, "return_booked") == told
    assert await audit.verify(shop.database) == []


async def test_a_new_booking_replaces_the_old_one_and_keeps_its_number(shop: Shop, client: Client) -> None:
    ben, case = await shop.customer("ben"), await approved(client, shop)
    first = await done(client, ben, "scheduleReturn", of(case, **SLOT))

    other = of(first, method="DROP_OFF", carrier="Quick Post", idempotencyKey="k2")
    second = (await done(client, ben, "scheduleReturn", other))["reverseShipment"]

    assert (second["method"], second["pickupFrom"], second["carrier"]) == ("DROP_OFF", None, "Quick Post")
    assert second["trackingNumber"] == first["reverseShipment"]["trackingNumber"]
    (count,) = await shop.database.rows("SELECT count(*) AS n FROM reverse_shipments")
    assert count["n"] == 1


async def test_who_books_again_under_the_same_key_gets_the_first_answer_though_the_slot_has_begun(
    shop: Shop, client: Client
) -> None:
    ben, case = await shop.customer("ben"), await approved(client, shop)
    first = await done(client, ben, "scheduleReturn", of(case, **SLOT))

    again = await done(client, ben, "scheduleReturn", of(case, **SLOT), now=NOW + timedelta(days=1, hours=1))

    assert again == first


async def test_who_names_the_posts_number_has_handed_the_goods_over(shop: Shop, client: Client) -> None:
    case = await approved(client, shop, **GERMAN)

    sent = await done(client, await shop.customer("ben"), "scheduleReturn", of(case, **MAIL))

    assert sent["status"] == "IN_TRANSIT"
    assert sent["version"] == case["version"] + 1  # booked and handed over are one change
    assert sent["reverseShipment"]["status"] == "BOOKED"  # until a carrier tells of it
    assert (sent["reverseShipment"]["carrier"], sent["reverseShipment"]["trackingNumber"]) == (
        "Slow Post",
        "POST-1",
    )
    assert sent["deadlines"] == [{"kind": "RETURN_TRANSIT"}]
    assert events(sent)[-2:] == ["return_booked", "goods_handed_over"]
    assert sent["refunds"] == []
    assert await audit.verify(shop.database) == []


async def test_mail_without_a_number_is_only_booked(shop: Shop, client: Client) -> None:
    case = await approved(client, shop, **GERMAN)
    sent = await done(client, await shop.customer("ben"), "scheduleReturn", of(case, method="MAIL"))
    assert (sent["status"], sent["reverseShipment"]["status"]) == ("APPROVED", "BOOKED")


async def test_a_number_is_one_parcels(shop: Shop, client: Client) -> None:
    ben = await shop.customer("ben")
    await done(client, ben, "scheduleReturn", of(await approved(client, shop, **GERMAN), **MAIL))
    other = of(await approved(client, shop, "R-2", **GERMAN), **MAIL, idempotencyKey="k2")
    assert await undone(client, shop, ben, "scheduleReturn", other) == ("INVALID_INPUT", ["trackingNumber"])


async def test_the_number_under_which_the_goods_came_is_no_number_for_their_return(
    shop: Shop, client: Client
) -> None:
    came = {"externalId": "s1", "carrier": "Slow Post", "trackingNumber": "POST-1", "lines": ["1"]} | {
        "status": "DELIVERED",
        "deliveredAt": print_datetime(NOW - timedelta(days=3)),
    }
    await shop.take(an_order("R-0", customer="ben", shipments=[came]))
    ben, case = await shop.customer("ben"), await approved(client, shop, **GERMAN)

    refused = await undone(client, shop, ben, "scheduleReturn", of(case, **MAIL))

    assert refused == ("INVALID_INPUT", ["trackingNumber"])


async def test_of_two_who_name_a_number_at_once_one_has_it(shop: Shop, client: Client) -> None:
    ben, cases = await shop.customer("ben"), [await approved(client, shop, f"R-{n}", **GERMAN) for n in range(4)]
    answers = await asyncio.gather(
        *(
            act(client, ben, "scheduleReturn", of(case, **MAIL, idempotencyKey=f"k{place}"))
            for place, case in enumerate(cases)
        )
    )
    refused = [(error["code"], error["path"]) for answer in answers for error in answer["userErrors"]]
    assert refused == [("INVALID_INPUT", ["trackingNumber"])] * 3


@pytest.mark.parametrize(
    ("differing", "path"),
    [
        ({"pickupFrom": None}, ["pickupFrom"]),
        ({"pickupUntil": None}, ["pickupUntil"]),
        ({"pickupFrom": at(), "pickupUntil": at(hours=4)}, ["pickupFrom"]),
        ({"pickupUntil": SLOT["pickupFrom"]}, ["pickupUntil"]),
        ({"pickupUntil": at(days=2, seconds=1)}, ["pickupUntil"]),
        ({"pickupFrom": at(days=60), "pickupUntil": at(days=60, hours=1)}, ["pickupUntil"]),
        ({"method": "DROP_OFF"}, ["pickupFrom"]),
        ({"method": "MAIL", "pickupFrom": None}, ["pickupUntil"]),
        ({"carrier": " "}, ["carrier"]),
        ({"carrier": "x" * 101}, ["carrier"]),
        ({"trackingNumber": ""}, ["trackingNumber"]),
        ({"trackingNumber": "x" * 101}, ["trackingNumber"]),
    ],
)
async def test_what_cannot_be_booked_is_not(
    shop: Shop, client: Client, differing: dict[str, Any], path: list[str]
) -> None:
    asked = of(await approved(client, shop), **(SLOT | differing))
    ben = await shop.customer("ben")
    assert await undone(client, shop, ben, "scheduleReturn", asked) == ("INVALID_INPUT", path)


async def test_a_slot_ends_by_the_day_on_which_goods_are_due(shop: Shop, client: Client) -> None:
    ben, case = await shop.customer("ben"), await approved(client, shop)
    (row,) = await shop.database.rows("SELECT due_at FROM deadlines WHERE kind = 'CUSTOMER_SHIPMENT'")
    due = row["due_at"] if isinstance(row["due_at"], datetime) else datetime.fromisoformat(row["due_at"])
    start = print_datetime(due - timedelta(hours=2))
    late = of(case, method="PICKUP", pickupFrom=start, pickupUntil=print_datetime(due + timedelta(seconds=1)))
    assert await undone(client, shop, ben, "scheduleReturn", late) == ("INVALID_INPUT", ["pickupUntil"])
    just = of(case, method="PICKUP", pickupFrom=start, pickupUntil=print_datetime(due))
    assert (await done(client, ben, "scheduleReturn", just))["reverseShipment"]["status"] == "BOOKED"


async def test_a_way_that_was_not_offered_is_refused(shop: Shop, client: Client) -> None:
    asked = of(await approved(client, shop, **GERMAN), **SLOT)
    ben = await shop.customer("ben")
    assert await undone(client, shop, ben, "scheduleReturn", asked) == ("INVALID_INPUT", ["method"])


async def test_nothing_is_booked_where_nothing_comes_back(shop: Shop, client: Client) -> None:
    ben = await shop.customer("ben")
    waiting = await a_waiting_case(client, shop)
    refused = await undone(client, shop, ben, "scheduleReturn", of(waiting, **SLOT))
    assert refused == ("INVALID_STATE", [])
    sent = await done(
        client, ben, "scheduleReturn", of(await approved(client, shop, **GERMAN), **MAIL, idempotencyKey="k1")
    )
    again = of(sent, method="DROP_OFF", idempotencyKey="k2")
    assert await undone(client, shop, ben, "scheduleReturn", again) == ("INVALID_STATE", [])


async def test_only_the_customer_books(shop: Shop, client: Client) -> None:
    asked = of(await approved(client, shop), **SLOT)
    for viewer in (await shop.merchant("shoe-house"), AGENT, OPS, INGEST):
        assert await undone(client, shop, viewer, "scheduleReturn", asked) == ("FORBIDDEN", [])
    ada = await shop.customer("ada")
    assert await undone(client, shop, ada, "scheduleReturn", asked) == ("NOT_FOUND", ["caseId"])


async def test_what_was_seen_at_another_version_is_not_booked(shop: Shop, client: Client) -> None:
    case = await approved(client, shop)
    asked = of(case, **SLOT) | {"version": case["version"] - 1}
    ben = await shop.customer("ben")
    assert await undone(client, shop, ben, "scheduleReturn", asked) == ("VERSION_CONFLICT", ["version"])


async def test_a_key_books_once(shop: Shop, client: Client) -> None:
    ben, case = await shop.customer("ben"), await approved(client, shop, **GERMAN)
    first = await done(client, ben, "scheduleReturn", of(case, **MAIL))
    before = await dump(shop.database)
    assert await done(client, ben, "scheduleReturn", of(case, **MAIL)) == first
    other = of(case, method="DROP_OFF")
    assert await undone(client, shop, ben, "scheduleReturn", other) == ("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])
    assert await dump(shop.database) == before
