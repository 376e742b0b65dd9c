"""Is every change told once and in order? The timeline and the messages written beside it."""

import asyncio
import json
from uuid import UUID

import pytest

from bff.cases.timeline import Event, Recorded, record
from bff.storage.database import Connection, Database
from bff.storage.fields import new_id
from bff.vocabulary import Role
from tests.cases.an_order import AT, a_case, an_order


def an_event(case: UUID, kind: str = "case_approved") -> Event:
    return Event(case_id=case, type=kind, at=AT, actor=Role.AGENT, subject="kim", data={"note": "fine"})


async def recorded(database: Database, event: Event) -> Recorded:
    return await database.run_tx(lambda tx: record(tx, event))


async def test_events_are_numbered_and_each_has_its_message(database: Database) -> None:
    case = await a_case(database, await an_order(database))

    first = await recorded(database, an_event(case.id, "case_requested"))
    second = await recorded(database, an_event(case.id))

    assert (first.sequence, second.sequence) == (1, 2)
    events = await database.rows("SELECT id, type, actor, subject, data FROM case_events ORDER BY sequence")
    assert [tuple(row.values())[1:4] for row in events] == [
        ("case_requested", "AGENT", "kim"),
        ("case_approved", "AGENT", "kim"),
    ]
    assert [json.loads(row["data"]) for row in events] == [{"note": "fine"}] * 2
    outbox = await database.rows("SELECT id, topic, attempts, done_at, payload FROM outbox ORDER BY sequence")
    assert [str(row["id"]) for row in outbox] == [str(first.id), str(second.id)]
    assert [(row["topic"], row["attempts"], row["done_at"]) for row in outbox] == [("case_changed", 0, None)] * 2
    assert json.loads(outbox[1]["payload"]) == {
        "case": str(case.id),
        "sequence": 2,
        "type": "case_approved",
        "at": "2026-11-20T09:00:00Z",
        "actor": "AGENT",
    }


async def test_events_written_at_once_leave_no_gap_and_no_double(database: Database) -> None:
    case = await a_case(database, await an_order(database))

    told = await asyncio.gather(*[recorded(database, an_event(case.id)) for _ in range(20)])

    assert sorted(one.sequence for one in told) == list(range(1, 21))


async def test_an_event_of_a_transaction_that_failed_was_never_there(database: Database) -> None:
    case = await a_case(database, await an_order(database))

    async def fails(tx: Connection) -> None:
        await record(tx, an_event(case.id))
        raise KeyError

    with pytest.raises(KeyError):
        await database.run_tx(fails)

    assert await database.rows("SELECT id FROM case_events UNION ALL SELECT id FROM outbox") == []
    assert (await recorded(database, an_event(case.id))).sequence == 1


async def test_a_case_that_is_not_there_has_no_timeline(database: Database) -> None:
    with pytest.raises(LookupError, match="there is no case"):
        await recorded(database, an_event(new_id()))
