"""Does what was committed go out at least once, in order, and to nobody twice without need?"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from bff.live.bus import ALL_CASES, Away, Bus, Message, of_case, of_merchant, of_ticket
from bff.live.outbox import KEPT, LEASE, claim, forget_old, publish_due
from bff.storage.database import Database
from bff.storage.fields import new_id
from tests.cases.an_order import AT, an_order
from tests.live.changes import a_case_of, change, heard


class Frail(Bus):
    """A bus that takes so many messages and is away from then on."""

    def __init__(self, takes: int) -> None:
        super().__init__()
        self.takes = takes

    async def publish(self, channels: Sequence[str], message: Message) -> None:
        if self.takes == 0:
            raise Away
        self.takes -= 1
        await super().publish(channels, message)


async def undone(database: Database) -> list[dict[str, Any]]:
    return await database.rows("SELECT id, sequence, attempts FROM outbox WHERE done_at IS NULL ORDER BY sequence")


async def test_a_change_is_heard_on_the_channels_of_its_case_its_merchant_and_all(database: Database) -> None:
    order = await an_order(database)
    case = await a_case_of(database, order)
    bus = Bus()
    listeners = [await bus.listen(one) for one in (of_case(case), of_merchant(order.merchant), ALL_CASES)]
    elsewhere = [await bus.listen(one) for one in (of_case(new_id()), of_merchant(new_id()), of_ticket(case))]
    event = await change(database, case)

    assert await publish_due(database, bus, (), AT) == 1

    for listener in listeners:
        (message,) = await heard(listener, 1)
        assert message == Message(id=event.id, topic="case_changed", subject=case, sequence=1)
    await bus.close()
    for listener in elsewhere:
        with pytest.raises(Exception, match="going away"):
            await anext(listener)
    assert await undone(database) == []
    assert await publish_due(database, bus, (), AT) == 0


async def test_nothing_is_sent_before_it_is_due(database: Database) -> None:
    await change(database, await a_case_of(database))
    assert await publish_due(database, Bus(), (), AT - timedelta(microseconds=1)) == 0
    assert await publish_due(database, Bus(), (), AT) == 1


async def test_events_of_one_case_keep_their_order_even_where_one_was_put_off(database: Database) -> None:
    case, other = await a_case_of(database), await a_case_of(database)
    bus = Frail(takes=1)
    listener = await bus.listen(of_case(case))
    for kind in ("case_requested", "case_approved"):
        await change(database, case, kind)
    await publish_due(database, bus, (), AT)
    await change(database, case, "case_cancelled")
    bus.takes = 100

    assert await publish_due(database, bus, (), AT) == 0, "the one before it waits"
    await change(database, other)
    assert await publish_due(database, bus, (), AT) == 1, "other cases do not"
    assert await publish_due(database, bus, (), AT + timedelta(seconds=1)) == 2
    assert [message.sequence for message in await heard(listener, 3)] == [1, 2, 3]


async def test_what_a_bus_does_not_take_is_tried_less_and_less_often(database: Database) -> None:
    await change(database, await a_case_of(database))
    bus, now, pauses = Frail(takes=0), AT, []
    for _ in range(8):
        began = now
        while not await database.rows("SELECT 1 FROM outbox WHERE next_at <= ?", now):
            now += timedelta(seconds=1)
        pauses.append((now - began).total_seconds())
        assert await publish_due(database, bus, (), now) == 0
    assert pauses == [0, 1, 2, 4, 8, 16, 32, 60]
    (row,) = await undone(database)
    assert row["attempts"] == 8


async def test_a_publisher_that_dies_before_it_notes_so_sends_again_under_the_same_id(database: Database) -> None:
    case = await a_case_of(database)
    event = await change(database, case)
    bus = Bus()
    listener = await bus.listen(of_case(case))
    with pytest.raises(RuntimeError, match="killed"):
        await publish_due(Dying(database), bus, (), AT)  # type: ignore[arg-type]

    assert await publish_due(database, bus, (), AT + LEASE - timedelta(microseconds=1)) == 0
    assert await publish_due(database, bus, (), AT + LEASE) == 1
    assert [message.id for message in await heard(listener, 2)] == [event.id, event.id]


class Dying:
    """A database whose user is killed before their second transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._transactions = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def run_tx(self, work: Any) -> Any:
        self._transactions += 1
        if self._transactions == 2:
            raise RuntimeError("killed")
        return await self._database.run_tx(work)


async def test_two_workers_never_hold_the_same_message(database: Database) -> None:
    cases = [await a_case_of(database) for _ in range(5)]
    events = [await change(database, case) for case in cases for _ in range(4)]
    heads = [row["id"] for row in await database.rows("SELECT id FROM outbox WHERE sequence = 1")]
    taken = await asyncio.gather(*[database.run_tx(lambda tx: claim(tx, heads, AT)) for _ in range(4)])
    assert sorted(message.id for one in taken for message in one) == sorted(event.id for event in events)
    assert sorted(len(one) for one in taken) == [0, 0, 0, 20]


async def test_many_workers_at_once_send_everything_once_and_in_order(database: Database) -> None:
    cases = [await a_case_of(database) for _ in range(6)]
    bus = Bus(most_waiting=1000)
    listener = await bus.listen(ALL_CASES)
    sent = 0
    for _ in range(5):
        await asyncio.gather(*[change(database, case) for case in cases])
        sent += sum(await asyncio.gather(*[publish_due(database, bus, (), AT) for _ in range(3)]))
    while count := await publish_due(database, bus, (), AT):
        sent += count
    messages = await heard(listener, sent)
    assert sent == 30
    for case in cases:
        assert [message.sequence for message in messages if message.subject == case] == [1, 2, 3, 4, 5]


async def test_a_topic_that_somebody_else_sends_is_left_alone(database: Database) -> None:
    foreign = (
        "INSERT INTO outbox (id, topic, subject_id, sequence, payload, next_at) VALUES (?, 'x', ?, 1, '{}', ?)"
    )
    await database.run_tx(lambda tx: tx.execute(foreign, new_id(), new_id(), AT))
    assert await publish_due(database, Bus(), (), AT) == 0
    assert len(await undone(database)) == 1


async def test_a_message_to_a_ticket_is_heard_there_with_its_id(database: Database) -> None:
    ticket, said = new_id(), new_id()
    payload = {"ticket": str(ticket), "message": str(said), "sequence": 1}
    post = (
        "INSERT INTO outbox (id, topic, subject_id, sequence, payload, next_at)"
        " VALUES (?, 'ticket_message_added', ?, 1, ?, ?)"
    )
    await database.run_tx(lambda tx: tx.execute(post, new_id(), ticket, payload, AT))
    bus = Bus()
    listener = await bus.listen(of_ticket(ticket))
    assert await publish_due(database, bus, (), AT) == 1
    (message,) = await heard(listener, 1)
    assert (message.subject, message.part) == (ticket, said)


async def test_what_was_done_more_than_a_week_ago_is_forgotten(database: Database) -> None:
    case = await a_case_of(database)
    await change(database, case)
    await publish_due(database, Bus(), (), AT)
    await change(database, case)
    assert await forget_old(database, AT + KEPT) == 0
    assert await forget_old(database, AT + KEPT + timedelta(microseconds=1)) == 1
    assert [row["sequence"] for row in await undone(database)] == [2]
