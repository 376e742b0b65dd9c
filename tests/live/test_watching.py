"""Does everybody see the changes of what is theirs, of nothing else, and each of them?"""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from bff.live.bus import Message, of_case
from bff.schema.ids import global_id
from bff.storage.database import Connection, Database
from bff.storage.fields import new_id
from bff.vocabulary import Role
from tests.cases.an_order import AT, a_case, an_order, insert
from tests.live.changes import a_case_of, change
from tests.live.serving import CASE_UPDATED, QUEUE_UPDATED, Served, a_socket, served, settled, token

SAID = "subscription ($id: ID!) { ticketMessageAdded(ticketId: $id) { author body } }"


@pytest.fixture
async def server(database: Database) -> AsyncIterator[Served]:
    async with served(database.url) as running:
        yield running


async def test_a_case_is_watched_by_its_customer_its_merchant_and_staff(
    database: Database, server: Served
) -> None:
    order = await an_order(database)
    case = (await a_case(database, order)).id
    bearers = [
        token(Role.CUSTOMER, order.customer),
        token(Role.MERCHANT, order.merchant),
        token(Role.AGENT),
        token(Role.CUSTOMER, order.customer, order=order.id),
    ]
    for bearer in bearers:
        async with a_socket(server, bearer) as client:
            await client.watch(server, "1", case)
            event = await change(database, case)
            payload = (await client.next())["payload"]
            assert payload["data"]["caseUpdated"]["number"] == str(case)
            assert payload["extensions"]["event"]["id"] == str(event.id)


async def test_to_others_it_is_as_absent_as_what_is_not_there(database: Database, server: Served) -> None:
    mine, foreign = await an_order(database), await an_order(database)
    case = (await a_case(database, foreign)).id
    others = [
        token(Role.CUSTOMER, mine.customer),
        token(Role.MERCHANT, mine.merchant),
        token(Role.CUSTOMER, foreign.customer, order=mine.id),
    ]
    for bearer in others:
        answers = []
        async with a_socket(server, bearer) as client:
            for name in (
                global_id("Case", case),
                global_id("Case", new_id()),
                global_id("Order", foreign.id),
                "x",
            ):
                await client.subscribe("1", CASE_UPDATED, id=name)
                (error,) = (await client.next())["payload"]
                answers.append((error["message"], error["extensions"]))
        absent = ("There is no such case", {"code": "NOT_FOUND", "path": ["caseId"]})
        assert answers == [absent] * 4
    assert server.listeners == 0


async def test_a_merchant_hears_of_its_own_cases_and_staff_of_all(database: Database, server: Served) -> None:
    mine, foreign = await an_order(database), await an_order(database)
    own, other = (await a_case(database, mine)).id, (await a_case(database, foreign)).id
    async with (
        a_socket(server, token(Role.MERCHANT, mine.merchant)) as merchant,
        a_socket(server, token(Role.AGENT)) as agent,
    ):
        for client in (merchant, agent):
            await client.subscribe("1", QUEUE_UPDATED)
        await settled(lambda: server.listeners == 2)
        await change(database, other)
        assert (await agent.next())["payload"]["data"]["caseQueueUpdated"]["number"] == str(other)
        await change(database, own)
        assert (await agent.next())["payload"]["data"]["caseQueueUpdated"]["number"] == str(own)
        assert (await merchant.next())["payload"]["data"]["caseQueueUpdated"]["number"] == str(own)
        assert await merchant.silent()


async def test_a_queue_is_watched_alone(database: Database, server: Served) -> None:
    first, second = await a_case_of(database), await a_case_of(database)
    await database.run_tx(lambda tx: tx.execute("UPDATE cases SET queue = 'vip' WHERE id = ?", second))
    async with a_socket(server, token(Role.AGENT)) as client:
        await client.subscribe("1", QUEUE_UPDATED, queue="vip")
        await settled(lambda: server.listeners == 1)
        for case in (first, second, first):
            await change(database, case)
        assert (await client.next())["payload"]["data"] == {"caseQueueUpdated": {"number": str(second)}}
        assert await client.silent()


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.INGEST])
async def test_queues_are_not_for(server: Served, role: Role) -> None:
    async with a_socket(server, token(role, new_id())) as client:
        await client.subscribe("1", QUEUE_UPDATED)
        assert await client.code("1") == "FORBIDDEN"
    assert server.listeners == 0


async def test_changes_of_one_case_come_in_their_order_and_none_is_left_out(
    database: Database, server: Served
) -> None:
    case = await a_case_of(database)
    async with a_socket(server, token()) as client:
        await client.watch(server, "1", case)
        events = [await change(database, case) for _ in range(30)]
        heard = [(await client.next())["payload"] for _ in events]
    assert [one["extensions"]["event"] for one in heard] == [
        {"id": str(event.id), "sequence": event.sequence} for event in events
    ]
    versions = [one["data"]["caseUpdated"]["version"] for one in heard]
    assert versions == sorted(versions)
    assert versions[-1] == 31, "each is read when its turn comes, so it may be ahead of its event"


async def test_a_change_between_listening_and_looking_is_not_lost(database: Database, server: Served) -> None:
    """The server listens before it looks: what is published while it looks waits in the listener's queue."""
    case = await a_case_of(database)
    bus, message = server.wiring.bus, Message(id=new_id(), topic="case_changed", subject=case, sequence=7)
    listen = bus.listen

    async def listen_and_publish(channel: str) -> object:
        listener = await listen(channel)
        await bus.publish([of_case(case)], message)
        return listener

    bus.listen = listen_and_publish  # type: ignore[method-assign,assignment]
    async with a_socket(server, token()) as client:
        await client.subscribe("1", CASE_UPDATED, id=global_id("Case", case))
        assert (await client.next())["payload"]["extensions"] == {"event": {"id": str(message.id), "sequence": 7}}


async def test_who_does_not_keep_up_is_told_so_and_can_start_again(database: Database, server: Served) -> None:
    case = await a_case_of(database)
    message = Message(id=new_id(), topic="case_changed", subject=case, sequence=1)
    async with a_socket(server, token()) as client:
        await client.watch(server, "1", case)
        for _ in range(102):
            await server.wiring.bus.publish([of_case(case)], message)
        answers: list[dict[str, Any]] = []
        while not answers or answers[-1]["type"] == "next":
            answers.append(await client.next())
        (error,) = answers[-1]["payload"]
        assert (answers[-1]["type"], error["extensions"]) == (
            "error",
            {"code": "STREAM_INTERRUPTED", "reason": "TOO_SLOW", "retryable": True},
        )
        assert len(answers) < 102
        await settled(lambda: server.listeners == 0)
        await client.watch(server, "1", case)
        await change(database, case)
        assert (await client.next())["type"] == "next"


async def test_a_fault_behind_a_field_is_masked_and_the_stream_goes_on(database: Database, server: Served) -> None:
    case = await a_case_of(database)
    broken = "subscription ($id: ID!) { caseUpdated(caseId: $id) { number lines { reason } } }"
    async with a_socket(server, token()) as client:
        await client.subscribe("1", broken, id=global_id("Case", case))
        await settled(lambda: server.listeners == 1)
        await database.run_tx(lambda tx: tx.execute("UPDATE case_lines SET reason = 'NONSENSE'"))
        await change(database, case)
        message = await client.next()
        assert message["type"] == "next"
        (error,) = message["payload"]["errors"]
        assert (error["message"], error["extensions"]["code"]) == ("Something went wrong", "INTERNAL")
        await database.run_tx(lambda tx: tx.execute("UPDATE case_lines SET reason = 'CHANGE_OF_MIND'"))
        await change(database, case)
        assert "errors" not in (await client.next())["payload"]


async def test_what_is_gone_by_the_time_it_is_read_is_passed_over(database: Database, server: Served) -> None:
    case = await a_case_of(database)
    async with a_socket(server, token()) as client:
        await client.watch(server, "1", case)
        message = Message(id=new_id(), topic="case_changed", subject=case, sequence=1)
        await server.wiring.bus.publish([of_case(case)], message)
        assert (await client.next())["type"] == "next"
        await database.run_tx(lambda tx: tx.execute("DELETE FROM case_lines WHERE case_id = ?", case))
        await database.run_tx(lambda tx: tx.execute("DELETE FROM cases WHERE id = ?", case))
        await server.wiring.bus.publish([of_case(case)], message)
        assert await client.silent()


async def a_ticket(database: Database, customer: UUID) -> UUID:
    ticket = new_id()
    words = {"subject": "S", "subject_folded": "s", "status": "OPEN", "priority": "NORMAL", "queue": "standard"}
    times = {"created_at": AT, "updated_at": AT}
    row = {"id": ticket, "number": str(ticket)[:8], "customer_id": customer, "channel": "chat", **words, **times}
    await database.run_tx(lambda tx: insert(tx, "tickets", **row))
    return ticket


async def say(database: Database, ticket: UUID, sequence: int, body: str) -> None:
    async def write(tx: Connection) -> None:
        said = new_id()
        by = {"author": Role.AGENT, "author_subject": "kim", "body": body, "sent_at": AT}
        await insert(tx, "ticket_messages", id=said, ticket_id=ticket, sequence=sequence, **by)
        payload = {"ticket": str(ticket), "message": str(said), "sequence": sequence}
        told = {"topic": "ticket_message_added", "subject_id": ticket, "sequence": sequence, "payload": payload}
        await insert(tx, "outbox", id=said, **told, next_at=AT)

    await database.run_tx(write)


async def test_what_is_said_in_a_ticket_reaches_its_customer_and_nobody_elses(
    database: Database, server: Served
) -> None:
    order, other = await an_order(database), await an_order(database)
    ticket = await a_ticket(database, order.customer)
    async with a_socket(server, token(Role.CUSTOMER, other.customer)) as stranger:
        await stranger.subscribe("1", SAID, id=global_id("Ticket", ticket))
        assert await stranger.code("1") == "NOT_FOUND"
    async with a_socket(server, token(Role.CUSTOMER, order.customer)) as client:
        await client.subscribe("1", SAID, id=global_id("Ticket", ticket))
        await settled(lambda: server.listeners == 1)
        for number, body in enumerate(["first", "second"], start=1):
            await say(database, ticket, number, body)
        bodies = [(await client.next())["payload"]["data"]["ticketMessageAdded"] for _ in range(2)]
        assert bodies == [{"author": "AGENT", "body": "first"}, {"author": "AGENT", "body": "second"}]
