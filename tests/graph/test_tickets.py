"""What can be asked, and where does it go? Opened by customers alone, about what is theirs, to who sold it."""

import asyncio
import json
import re
from typing import Any

import pytest

from bff.storage.database import Database
from tests.graph.conftest import Client
from tests.graph.desk import Desk, document
from tests.graph.shop import AGENT, INGEST, OPS, Shop


@pytest.fixture
def desk(client: Client) -> Desk:
    """Somebody who talks."""
    return Desk(client)


async def kept(database: Database, table: str) -> int:
    """How many rows there are."""
    return len(await database.rows(f"SELECT 1 FROM {table}"))


async def owner(database: Database, ticket: Any) -> str | None:
    """The name of the merchant whose ticket it is."""
    (row,) = await database.rows(
        "SELECT m.external_id AS name FROM tickets t LEFT JOIN merchants m ON m.id = t.merchant_id"
        " WHERE t.number = ?",
        ticket["number"],
    )
    name: str | None = row["name"]
    return name


async def test_a_question_is_open_has_a_number_and_a_time_by_which_it_is_answered(desk: Desk, shop: Shop) -> None:
    ben = await shop.customer("ben")
    ticket = await desk.open(ben, subject="  Where is it?  ", body=" It has not come. ")
    assert re.fullmatch(r"T-26-[0-9A-HJKMNP-TV-Z]{6}", ticket["number"])
    assert ticket | {"id": "", "number": ""} == {
        "id": "",
        "number": "",
        "subject": "Where is it?",
        "status": "OPEN",
        "priority": "NORMAL",
        "queue": "standard",
        "channel": "standard",
        "createdAt": "2026-11-20T04:00:00Z",
        "firstResponseDueAt": "2026-11-23T03:00:00Z",  # eight hours of business: Friday noon to Monday eleven
        "firstRespondedAt": None,
        "order": None,
        "case": None,
    }
    read = await desk.read(ben, ticket)
    assert [(edge["node"]["author"], edge["node"]["body"]) for edge in read["messages"]["edges"]] == [
        ("CUSTOMER", "It has not come.")
    ]


async def test_a_members_question_goes_to_the_members_desk_and_is_due_by_the_clock(desk: Desk, shop: Shop) -> None:
    ticket = await desk.open(await shop.customer("ada"))
    assert (ticket["queue"], ticket["priority"], ticket["channel"]) == ("premium", "HIGH", "premium_care")
    assert ticket["firstResponseDueAt"] == "2026-11-20T05:00:00Z"


async def test_a_question_about_an_order_is_its_only_merchants(desk: Desk, shop: Shop, database: Database) -> None:
    ada = await shop.customer("ada")
    one = await desk.open(ada, orderId=await shop.order_id("A-2"))
    several = await desk.open(ada, orderId=await shop.order_id("A-1"))
    none = await desk.open(ada)
    assert [(each["order"] or {}).get("number") for each in (one, several, none)] == ["A-2", "A-1", None]
    assert [await owner(database, each) for each in (one, several, none)] == ["shoe-house", None, None]


async def test_a_question_about_a_case_goes_where_the_case_went_and_is_its_merchants(
    desk: Desk, shop: Shop, database: Database
) -> None:
    await shop.change("UPDATE cases SET queue = 'quality', priority = 'URGENT', channel = 'desk'")
    ada, case = await shop.customer("ada"), await shop.case_id("C-1")
    ticket = await desk.open(ada, caseId=case)
    assert (ticket["queue"], ticket["priority"], ticket["channel"]) == ("quality", "URGENT", "desk")
    assert ticket["firstResponseDueAt"] == "2026-11-20T05:00:00Z"  # an hour of business
    assert (ticket["order"], ticket["case"]) == ({"number": "A-1"}, {"number": "C-1"})
    assert await owner(database, ticket) == "shoe-house"
    same = await desk.open(ada, caseId=case, orderId=await shop.order_id("A-1"))
    assert same["case"] == {"number": "C-1"}


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ({"first_response_minutes": 30}, "2026-11-20T04:30:00Z"),
        ({"first_response_minutes": 0}, "2026-11-23T03:00:00Z"),
        ({"first_response_minutes": "30"}, "2026-11-23T03:00:00Z"),
        ({}, "2026-11-23T03:00:00Z"),
    ],
)
async def test_what_was_promised_with_a_cases_terms_holds_for_questions_about_it(
    desk: Desk, shop: Shop, terms: dict[str, Any], due: str
) -> None:
    await shop.change("UPDATE cases SET terms = ?", json.dumps(terms))
    ticket = await desk.open(await shop.customer("ada"), caseId=await shop.case_id("C-1"))
    assert ticket["firstResponseDueAt"] == due


async def test_what_is_not_the_customers_is_not_there_to_ask_about(
    desk: Desk, shop: Shop, database: Database
) -> None:
    ben = await shop.customer("ben")
    mine, theirs, case = await shop.order_id("B-1"), await shop.order_id("A-1"), await shop.case_id("C-1")
    said = {"subject": "s", "body": "b"}
    assert await desk.refused("ticket_open", ben, orderId=theirs, **said) == ("NOT_FOUND", ["orderId"])
    assert await desk.refused("ticket_open", ben, orderId="nonsense", **said) == ("NOT_FOUND", ["orderId"])
    assert await desk.refused("ticket_open", ben, orderId=case, **said) == ("NOT_FOUND", ["orderId"])
    assert await desk.refused("ticket_open", ben, caseId=case, **said) == ("NOT_FOUND", ["caseId"])
    assert await desk.refused("ticket_open", ben, caseId=case, orderId=mine, **said) == ("NOT_FOUND", ["caseId"])
    assert await kept(database, "tickets") == 0


async def test_a_case_of_another_order_is_a_contradiction(desk: Desk, shop: Shop) -> None:
    asked = {"caseId": await shop.case_id("C-1"), "orderId": await shop.order_id("A-2")}
    refused = await desk.refused("ticket_open", await shop.customer("ada"), subject="s", body="b", **asked)
    assert refused == ("INVALID_INPUT", ["orderId"])


@pytest.mark.parametrize(
    ("differing", "path"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "   "}, "subject"),
        ({"subject": "s" * 201}, "subject"),
        ({"subject": "a\0b"}, "subject"),
        ({"body": ""}, "body"),
        ({"body": "b" * 10_001}, "body"),
    ],
)
async def test_a_question_that_is_none_is_refused_by_its_field(
    desk: Desk, shop: Shop, database: Database, differing: dict[str, str], path: str
) -> None:
    asked = {"subject": "s", "body": "b"} | differing
    assert await desk.refused("ticket_open", await shop.customer("ada"), **asked) == ("INVALID_INPUT", [path])
    assert await kept(database, "tickets") == 0
    assert await kept(database, "idempotency_keys") == 0


async def test_the_longest_question_is_taken(desk: Desk, shop: Shop) -> None:
    assert (await desk.open(await shop.customer("ada"), subject="s" * 200, body="b" * 10_000))["number"]


async def test_only_customers_open_tickets(desk: Desk, shop: Shop, database: Database) -> None:
    for who in (await shop.merchant("shoe-house"), AGENT, OPS, INGEST):
        assert await desk.refused("ticket_open", who, subject="s", body="b") == ("FORBIDDEN", [])
    asked = {"input": {"subject": "s", "body": "b", "idempotencyKey": "k"}}
    assert (await desk.client.refused(document("ticket_open"), None, asked))[0] == "UNAUTHENTICATED"
    assert await kept(database, "tickets") == 0


async def test_one_key_opens_one_ticket_however_often_it_is_sent(
    desk: Desk, shop: Shop, database: Database
) -> None:
    ada, key = await shop.customer("ada"), {"idempotencyKey": "one"}
    first = await desk.open(ada, **key)
    again = await asyncio.gather(*[desk.open(ada, **key) for _ in range(5)])
    assert [one["number"] for one in again] == [first["number"]] * 5
    assert await kept(database, "tickets") == 1
    assert await kept(database, "ticket_messages") == 1
    assert await kept(database, "outbox") == 1
    other = await desk.refused("ticket_open", ada, subject="Another", body="b", **key)
    assert other == ("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])


async def test_twenty_customers_questions_at_once_have_twenty_numbers(
    desk: Desk, shop: Shop, database: Database
) -> None:
    ada = await shop.customer("ada")
    opened = await asyncio.gather(*[desk.open(ada, subject=f"Question {n}") for n in range(20)])
    assert len({one["number"] for one in opened}) == 20
    assert await kept(database, "tickets") == 20


REQUEST = """mutation ($input: RequestReturnInput!) {
  requestReturn(input: $input) { case { id number } userErrors { code message } }
}"""


async def test_a_question_about_a_members_return_is_due_as_the_returns_terms_promised(
    desk: Desk, shop: Shop
) -> None:
    ada = await shop.customer("ada")
    line = {"orderLineId": await shop.line_id("A-1", "1"), "quantity": 1, "reason": "CHANGE_OF_MIND"}
    asked = {"orderId": await shop.order_id("A-1"), "lines": [line], "resolution": "RETURN_AND_REFUND"}
    told = await desk.client.ask(REQUEST, ada, {"input": asked | {"idempotencyKey": "return"}})
    assert told["requestReturn"]["userErrors"] == []

    ticket = await desk.open(ada, caseId=told["requestReturn"]["case"]["id"])

    assert (ticket["queue"], ticket["priority"], ticket["channel"]) == ("premium", "HIGH", "premium_care")
    assert ticket["firstResponseDueAt"] == "2026-11-20T05:00:00Z"  # within sixty minutes, as members are told
    assert ticket["case"]["number"] == told["requestReturn"]["case"]["number"]
