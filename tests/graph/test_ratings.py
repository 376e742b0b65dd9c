"""How content is the customer? Marks in their ranges, for a case that is over, once."""

from typing import Any

import pytest

from bff.cases.money import audit
from tests.graph.acting import a_case, act, data_of, done, undone
from tests.graph.conftest import Client
from tests.graph.disputing import WHOLE, a_declined_case
from tests.graph.shop import AGENT, Shop, an_order

MARKS: dict[str, Any] = {"satisfaction": 4, "recommend": 10, "comment": " Swift "}


async def test_a_customer_rates_a_case_that_is_over(shop: Shop, client: Client) -> None:
    case = await a_declined_case(client, shop)

    rated = await done(
        client, await shop.customer("ben"), "rateCase", {"caseId": case["id"]} | MARKS, fields=WHOLE
    )

    assert rated["rating"] == {
        "satisfaction": 4,
        "recommend": 10,
        "comment": "Swift",
        "ratedAt": "2026-11-20T04:00:00Z",
    }
    assert rated["version"] == case["version"] + 1
    assert data_of(rated, "case_rated") == {"satisfaction": 4}
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize("satisfaction", [1, 5])
async def test_one_mark_is_enough(shop: Shop, client: Client, satisfaction: int) -> None:
    case = await a_declined_case(client, shop)
    asked = {"caseId": case["id"], "satisfaction": satisfaction}

    rated = await done(client, await shop.customer("ben"), "rateCase", asked, fields=WHOLE)

    assert (rated["rating"]["satisfaction"], rated["rating"]["recommend"]) == (satisfaction, None)
    assert rated["rating"]["comment"] is None


@pytest.mark.parametrize(
    ("differing", "expected"),
    [
        ({"satisfaction": 0}, ("INVALID_INPUT", ["satisfaction"])),
        ({"satisfaction": 6}, ("INVALID_INPUT", ["satisfaction"])),
        ({"recommend": -1}, ("INVALID_INPUT", ["recommend"])),
        ({"recommend": 11}, ("INVALID_INPUT", ["recommend"])),
        ({"comment": "c" * 10_001}, ("INVALID_INPUT", ["comment"])),
        ({"caseId": "Q2FzZTpub25l"}, ("NOT_FOUND", ["caseId"])),
    ],
)
async def test_marks_that_cannot_be_meant_change_nothing(
    shop: Shop, client: Client, differing: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    asked = {"caseId": (await a_declined_case(client, shop))["id"]} | MARKS | differing

    assert await undone(client, shop, await shop.customer("ben"), "rateCase", asked) == expected


async def test_a_case_is_rated_once_by_its_customer_when_it_is_over(shop: Shop, client: Client) -> None:
    ben = await shop.customer("ben")
    await shop.take(an_order("B-9", customer="ben"))
    waiting = await a_case(client, shop, "B-9", customer="ben")
    case = await a_declined_case(client, shop)
    asked = {"caseId": case["id"]} | MARKS

    early = {"caseId": waiting["id"], "idempotencyKey": "early"} | MARKS
    assert await undone(client, shop, ben, "rateCase", early) == ("INVALID_STATE", [])
    assert await undone(client, shop, AGENT, "rateCase", asked) == ("FORBIDDEN", [])
    assert await undone(client, shop, await shop.customer("ada"), "rateCase", asked) == ("NOT_FOUND", ["caseId"])
    first, again = [await act(client, ben, "rateCase", asked) for _ in range(2)]
    assert first == again
    assert first["userErrors"] == []
    twice = asked | {"idempotencyKey": "twice"}
    assert await undone(client, shop, ben, "rateCase", twice) == ("INVALID_STATE", [])
