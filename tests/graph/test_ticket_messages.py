"""What happens when somebody answers? The other side is waited for, and only an answer is a first response."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from bff.schema.ids import key_of
from bff.storage.database import Database
from bff.tickets.changing import close_resolved
from bff.viewer import Viewer
from tests.graph.conftest import Client
from tests.graph.desk import Desk
from tests.graph.shop import AGENT, INGEST, NOW, OPS, Shop

PHOTO = {"kind": "PHOTO", "url": "https://files.example.test/heel.jpg", "text": "The heel"}


@pytest.fixture
def desk(client: Client) -> Desk:
    """Somebody who talks."""
    return Desk(client)


async def status(desk: Desk, ticket: Any) -> str:
    found: str = (await desk.read(AGENT, ticket))["status"]
    return found


async def about_a_case(desk: Desk, shop: Shop) -> Any:
    """A question to the Shoe House."""
    return await desk.open(await shop.customer("ada"), caseId=await shop.case_id("C-1"))


async def row(database: Database, ticket: Any) -> dict[str, Any]:
    (found,) = await database.rows("SELECT * FROM tickets WHERE number = ?", ticket["number"])
    return found


async def test_a_question_to_the_platform_waits_now_for_one_side_now_for_the_other(desk: Desk, shop: Shop) -> None:
    ben = await shop.customer("ben")
    ticket = await desk.open(ben)
    answered = await desk.reply(AGENT, ticket)
    asked = await desk.reply(ben, ticket)
    settled = await desk.resolve(AGENT, ticket)
    reopened = await desk.reply(ben, ticket)
    assert [one["status"] for one in (ticket, answered, asked, settled, reopened)] == [
        "OPEN",
        "PENDING_CUSTOMER",
        "OPEN",
        "RESOLVED",
        "OPEN",
    ]


async def test_a_question_to_a_merchant_waits_for_the_merchant(desk: Desk, shop: Shop) -> None:
    ada, merchant = await shop.customer("ada"), await shop.merchant("shoe-house")
    ticket = await about_a_case(desk, shop)
    answered = await desk.reply(merchant, ticket)
    asked = await desk.reply(ada, ticket)
    helped = await desk.reply(AGENT, ticket)
    settled = await desk.resolve(merchant, ticket)
    reopened = await desk.reply(ada, ticket)
    assert [one["status"] for one in (answered, asked, helped, settled, reopened)] == [
        "PENDING_CUSTOMER",
        "PENDING_MERCHANT",
        "PENDING_CUSTOMER",
        "RESOLVED",
        "PENDING_MERCHANT",
    ]


async def test_what_a_customer_adds_is_no_first_response(desk: Desk, shop: Shop) -> None:
    ben = await shop.customer("ben")
    ticket = await desk.open(ben)
    desk.now = NOW + timedelta(hours=1)
    assert (await desk.reply(ben, ticket))["firstRespondedAt"] is None
    desk.now = NOW + timedelta(hours=2)
    assert (await desk.reply(AGENT, ticket))["firstRespondedAt"] == "2026-11-20T06:00:00Z"
    desk.now = NOW + timedelta(hours=3)
    assert (await desk.reply(ben, ticket))["firstRespondedAt"] == "2026-11-20T06:00:00Z"
    assert (await desk.reply(AGENT, ticket))["firstRespondedAt"] == "2026-11-20T06:00:00Z"


async def test_a_merchants_answer_is_a_first_response(desk: Desk, shop: Shop) -> None:
    ticket = await about_a_case(desk, shop)
    answered = await desk.reply(await shop.merchant("shoe-house"), ticket)
    assert answered["firstRespondedAt"] == "2026-11-20T04:00:00Z"


async def test_settling_without_a_word_is_no_first_response(desk: Desk, shop: Shop) -> None:
    ticket = await about_a_case(desk, shop)
    await desk.resolve(AGENT, ticket)
    found = await desk.client.ask(
        "query ($id: ID!) { ticket(id: $id) { firstRespondedAt } }", AGENT, {"id": ticket["id"]}
    )
    assert found["ticket"] == {"firstRespondedAt": None}


async def test_a_last_word_after_settling_reopens_nothing(desk: Desk, shop: Shop) -> None:
    ticket = await desk.open(await shop.customer("ben"))
    await desk.resolve(AGENT, ticket)
    assert (await desk.reply(AGENT, ticket))["status"] == "RESOLVED"


@pytest.mark.parametrize(
    ("days", "answer"), [(timedelta(days=7, microseconds=-1), "OPEN"), (timedelta(days=7), "INVALID_STATE")]
)
async def test_a_customer_reopens_within_seven_days_and_then_has_to_ask_anew(
    desk: Desk, shop: Shop, database: Database, days: timedelta, answer: str
) -> None:
    ben = await shop.customer("ben")
    ticket = await desk.open(ben)
    await desk.resolve(AGENT, ticket)
    before = await row(database, ticket)
    desk.now = NOW + days
    if answer == "OPEN":
        assert (await desk.reply(ben, ticket))["status"] == "OPEN"
        assert (await row(database, ticket))["resolved_at"] is None
        return
    refused = await desk.refused("ticket_reply", ben, ticketId=ticket["id"], body="Still broken")
    assert refused == ("INVALID_STATE", [])
    assert await row(database, ticket) == before


async def test_the_worker_closes_after_seven_days_and_closed_is_final(
    desk: Desk, shop: Shop, database: Database
) -> None:
    ben = await shop.customer("ben")
    settled, kept_open = await desk.open(ben), await desk.open(ben)
    await desk.resolve(AGENT, settled)
    assert await close_resolved(database, NOW + timedelta(days=7, microseconds=-1)) == 0
    assert await close_resolved(database, NOW + timedelta(days=7)) == 1
    assert await close_resolved(database, NOW + timedelta(days=8)) == 0
    assert [await status(desk, one) for one in (settled, kept_open)] == ["CLOSED", "OPEN"]
    desk.now = NOW + timedelta(days=7)
    for who in (ben, AGENT):
        refused = await desk.refused("ticket_reply", who, ticketId=settled["id"], body="One more thing")
        assert refused == ("INVALID_STATE", [])
    assert await desk.refused("ticket_resolve", AGENT, ticketId=settled["id"]) == ("INVALID_STATE", [])


async def test_what_is_settled_is_not_settled_again(desk: Desk, shop: Shop) -> None:
    ticket = await desk.open(await shop.customer("ben"))
    await desk.resolve(AGENT, ticket)
    assert await desk.refused("ticket_resolve", AGENT, ticketId=ticket["id"]) == ("INVALID_STATE", [])


async def test_who_may_answer_and_who_may_settle(desk: Desk, shop: Shop) -> None:
    ticket = await about_a_case(desk, shop)
    people: dict[str, Viewer] = {
        "owner": await shop.customer("ada"),
        "other customer": await shop.customer("ben"),
        "merchant": await shop.merchant("shoe-house"),
        "other merchant": await shop.merchant("tea-corner"),
        "agent": AGENT,
        "ops": OPS,
        "ingest": INGEST,
    }
    given = {"ticketId": ticket["id"]}
    replies = {name: await desk.told("ticket_reply", who, body="b", **given) for name, who in people.items()}
    settled = {name: await desk.told("ticket_resolve", who, **given) for name, who in people.items()}

    def codes(payloads: dict[str, Any]) -> dict[str, list[str]]:
        return {name: [error["code"] for error in one["userErrors"]] for name, one in payloads.items()}

    stranger = {"other customer": ["NOT_FOUND"], "other merchant": ["NOT_FOUND"]}
    staff = {"ops": ["FORBIDDEN"], "ingest": ["FORBIDDEN"]}
    assert codes(replies) == {"owner": [], "merchant": [], "agent": []} | stranger | staff
    assert (
        codes(settled) == {"owner": ["FORBIDDEN"], "merchant": [], "agent": ["INVALID_STATE"]} | stranger | staff
    )


async def test_what_is_shown_with_a_message_is_kept_in_its_order(desk: Desk, shop: Shop) -> None:
    ada = await shop.customer("ada")
    ticket = await about_a_case(desk, shop)
    number = {"kind": "SERIAL_NUMBER", "text": "SN-1"}
    await desk.reply(ada, ticket, attachments=[PHOTO, number])
    read = await desk.read(await shop.merchant("shoe-house"), ticket)
    shown = read["messages"]["edges"][1]["node"]["attachments"]
    assert [{name: one[name] for name in ("kind", "url", "text", "addedBy", "addedAt")} for one in shown] == [
        PHOTO | {"addedBy": "CUSTOMER", "addedAt": "2026-11-20T04:00:00Z"},
        number | {"url": None, "addedBy": "CUSTOMER", "addedAt": "2026-11-20T04:00:00Z"},
    ]
    assert read["messages"]["edges"][0]["node"]["attachments"] == []


@pytest.mark.parametrize(
    ("attachments", "path"),
    [
        ([{"kind": "PHOTO"}], ["attachments", "0", "url"]),
        ([PHOTO, PHOTO | {"url": "http://files.example.test/a.jpg"}], ["attachments", "1", "url"]),
        ([{"kind": "TEXT", "text": " "}], ["attachments", "0", "text"]),
        ([PHOTO] * 21, ["attachments"]),
    ],
)
async def test_what_cannot_be_shown_is_refused_by_its_place_and_nothing_is_said(
    desk: Desk, shop: Shop, database: Database, attachments: list[Any], path: list[str]
) -> None:
    ticket = await about_a_case(desk, shop)
    before = await row(database, ticket)
    asked = {"ticketId": ticket["id"], "body": "See", "attachments": attachments}
    refused = await desk.refused("ticket_reply", await shop.customer("ada"), **asked)
    assert refused == ("INVALID_INPUT", path)
    assert await row(database, ticket) == before
    assert await database.rows("SELECT 1 FROM evidence") == []
    assert len(await database.rows("SELECT 1 FROM ticket_messages")) == 1


@pytest.mark.parametrize("body", ["", "  ", "b" * 10_001, "a\0b"])
async def test_a_message_that_is_none_is_refused(desk: Desk, shop: Shop, body: str) -> None:
    ticket = await about_a_case(desk, shop)
    assert await desk.refused("ticket_reply", AGENT, ticketId=ticket["id"], body=body) == (
        "INVALID_INPUT",
        ["body"],
    )


async def test_each_message_is_news_once_in_its_order(desk: Desk, shop: Shop, database: Database) -> None:
    ben = await shop.customer("ben")
    ticket = await desk.open(ben)
    await desk.reply(AGENT, ticket, idempotencyKey="k")
    await desk.reply(AGENT, ticket, idempotencyKey="k")
    await desk.resolve(AGENT, ticket)
    key = key_of("Ticket", ticket["id"])
    sent = await database.structs(
        Sent, "SELECT id, topic, subject_id, sequence, payload FROM outbox ORDER BY sequence"
    )
    said = await database.structs(Spoken, "SELECT id, sequence FROM ticket_messages ORDER BY sequence")
    assert [one.sequence for one in said] == [1, 2]
    assert [(one.id, one.topic, one.subject_id, one.sequence, one.payload) for one in sent] == [
        (
            message.id,
            "ticket_message_added",
            key,
            message.sequence,
            {"ticket": str(key), "message": str(message.id), "sequence": message.sequence},
        )
        for message in said
    ]


async def test_answers_given_at_once_stand_one_after_the_other(desk: Desk, shop: Shop, database: Database) -> None:
    ben = await shop.customer("ben")
    ticket = await desk.open(ben)
    await asyncio.gather(*[desk.reply(ben if n % 2 else AGENT, ticket, body=f"Word {n}") for n in range(12)])
    said = await database.structs(Spoken, "SELECT id, sequence FROM ticket_messages ORDER BY sequence")
    assert [one.sequence for one in said] == list(range(1, 14))
    found = await row(database, ticket)
    assert (found["messages_count"], found["version"]) == (13, 13)


async def test_two_who_settle_at_once_settle_it_once(desk: Desk, shop: Shop) -> None:
    ticket = await desk.open(await shop.customer("ben"))
    told = await asyncio.gather(*[desk.told("ticket_resolve", AGENT, ticketId=ticket["id"]) for _ in range(6)])
    codes = sorted(error["code"] for one in told for error in one["userErrors"])
    assert codes == ["INVALID_STATE"] * 5


class Sent(msgspec.Struct):
    """A message on its way out."""

    id: UUID
    topic: str
    subject_id: UUID
    sequence: int
    payload: dict[str, Any]


class Spoken(msgspec.Struct):
    """One thing said."""

    id: UUID
    sequence: int
