"""Do several processes hear the same through Redis, and does nobody miss something without knowing?

The server is BFF_TEST_REDIS, or the one of this machine. Without one the tests are left out with a word, but not
where CI is true.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import redis
from redis.asyncio import Redis

from bff.live.bus import Away, Interruption, Listener, Message
from bff.live.outbox import publish_due
from bff.live.redis_bus import CHANNEL, RedisBus, bus_for
from bff.storage.database import Database
from bff.storage.fields import new_id
from tests.cases.an_order import AT
from tests.live.changes import a_case_of, change
from tests.live.serving import a_socket, served, settled, token

URL = os.environ.get("BFF_TEST_REDIS", "redis://127.0.0.1:6379/0")
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(scope="module")
def url() -> str:
    """The address of a Redis that answers."""
    client = redis.Redis.from_url(URL, socket_connect_timeout=2)
    try:
        client.ping()
    except redis.RedisError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"Redis is not tested: {type(error).__name__} at {URL}")
    finally:
        client.close()
    return URL


@pytest.fixture
async def two(url: str) -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    """The buses of two processes."""
    first, second = RedisBus(url), RedisBus(url)
    await first.open()
    await second.open()
    yield first, second
    await first.close()
    await second.close()


def a_message(sequence: int) -> Message:
    return Message(id=UUID(int=sequence), topic="case_changed", subject=new_id(), sequence=sequence, part=new_id())


async def heard(listener: Listener) -> Message:
    async with asyncio.timeout(5):
        return await anext(listener)


async def test_what_one_process_publishes_all_hear_once_and_in_order(two: tuple[RedisBus, RedisBus]) -> None:
    channel = str(new_id())
    here, there, elsewhere = await two[0].listen(channel), await two[1].listen(channel), await two[1].listen("x")
    messages = [a_message(sequence) for sequence in range(1, 21)]
    for message in messages:
        await two[0].publish([channel, "y"], message)
    for listener in (here, there):
        assert [await heard(listener) for _ in messages] == messages
    await two[1].close()
    with pytest.raises(Interruption, match="going away"):
        await heard(elsewhere)


async def test_a_cut_connection_interrupts_who_listens_and_heals(url: str, two: tuple[RedisBus, RedisBus]) -> None:
    channel = str(new_id())
    listener = await two[0].listen(channel)
    killer = Redis.from_url(url)
    await killer.client_kill_filter(_type="pubsub")
    await killer.aclose()
    with pytest.raises(Interruption) as interruption:
        await heard(listener)
    assert interruption.value.reason == "CUT_OFF"
    async with asyncio.timeout(5):
        again = await listening_again(two[0], channel)
    await settled(two[1]._hears.is_set)
    await two[1].publish([channel], a_message(1))
    assert (await heard(again)).sequence == 1


async def listening_again(bus: RedisBus, channel: str) -> Listener:
    while True:
        try:
            return await bus.listen(channel)
        except Away:
            await asyncio.sleep(0.05)


async def test_a_silent_connection_is_tried_and_kept(url: str) -> None:
    bus = RedisBus(url, silence=0.1)
    await bus.open()
    listener = await bus.listen("a")
    await asyncio.sleep(0.5)
    await bus.publish(["a"], a_message(1))
    assert (await heard(listener)).sequence == 1
    await bus.close()


async def test_a_message_of_another_version_is_passed_over(url: str, two: tuple[RedisBus, RedisBus]) -> None:
    listener = await two[0].listen("a")
    other = Redis.from_url(url)
    await other.publish(CHANNEL, b'{"shape": "unknown"}')
    await other.publish(CHANNEL, b"\xff")
    await other.aclose()
    await two[1].publish(["a"], a_message(1))
    assert (await heard(listener)).sequence == 1


async def test_without_redis_nobody_listens_and_messages_wait_in_the_outbox(database: Database) -> None:
    bus = bus_for(NOBODY)
    await change(database, await a_case_of(database))
    with pytest.raises(Away):
        await bus.listen("a")
    assert await publish_due(database, bus, (), AT) == 0
    assert len(await database.rows("SELECT 1 FROM outbox WHERE done_at IS NULL")) == 1
    await bus.close()


async def test_a_change_in_one_app_reaches_those_who_watch_in_another(url: str, database: Database) -> None:
    case = await a_case_of(database)
    async with (
        served(database.url, redis_url=url) as first,
        served(database.url, redis_url=url) as second,
        a_socket(first, token()) as here,
        a_socket(second, token()) as there,
    ):
        await here.watch(first, "1", case)
        await there.watch(second, "1", case)
        events = [await change(database, case) for _ in range(10)]
        for client in (here, there):
            heard = [(await client.next())["payload"]["extensions"]["event"] for _ in events]
            assert heard == [{"id": str(event.id), "sequence": event.sequence} for event in events]
            assert await client.silent()
