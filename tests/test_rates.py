"""How often may somebody try? Five times in a quarter of an hour each, and Redis counts for all processes."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from hashlib import sha256
from uuid import uuid4

import pytest
from limits import RateLimitItemPerSecond
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bff.rates import LOOK_UPS, PREFIX, Rates

REDIS = os.environ.get("BFF_TEST_REDIS", "redis://127.0.0.1:6379/0")


async def tries(rates: Rates, many: int, name: str, kind: str = "order") -> list[bool]:
    """Which of so many attempts were let through."""
    return [await rates.attempt(LOOK_UPS, kind, name) is None for _ in range(many)]


async def test_five_are_let_through_and_the_rest_wait() -> None:
    assert await tries(Rates(), 7, "A-1") == [True] * 5 + [False] * 2


async def test_the_wait_is_told_in_seconds_and_an_attempt_that_waits_does_not_lengthen_it() -> None:
    rates = Rates()
    await tries(rates, 5, "A-1")
    waits = [await rates.attempt(LOOK_UPS, "order", "A-1") for _ in range(5)]
    assert all(wait is not None and 898 <= wait <= 901 for wait in waits)


async def test_each_name_and_each_kind_has_a_count_of_its_own() -> None:
    rates = Rates()
    await tries(rates, 5, "A-1")
    assert await tries(rates, 1, "A-2") == [True]
    assert await tries(rates, 1, "A-1", "address") == [True]
    assert await tries(rates, 1, "A-1") == [False]


async def test_two_shops_of_one_process_count_apart() -> None:
    await tries(Rates(), 5, "A-1")
    assert await tries(Rates(), 1, "A-1") == [True]


def a_port_that_nobody_listens_on() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
    return port


async def test_while_redis_is_away_each_process_counts_for_itself() -> None:
    rates = Rates(f"redis://127.0.0.1:{a_port_that_nobody_listens_on()}/0")
    assert await tries(rates, 6, "A-1") == [True] * 5 + [False]
    await rates.close()


@pytest.fixture
async def redis() -> AsyncIterator[Redis]:
    """A Redis server, where there is one."""
    server = Redis.from_url(REDIS)
    try:
        await server.ping()
    except (OSError, RedisError) as error:
        await server.aclose()
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"Redis is not tested: {type(error).__name__} at {REDIS}")
    yield server
    await server.aclose()


async def test_processes_that_share_a_redis_share_one_count_and_it_names_nobody(redis: Redis) -> None:
    one, other, name = Rates(REDIS), Rates(REDIS), f"order-{uuid4()}"
    assert await tries(one, 3, name) + await tries(other, 3, name) == [True] * 5 + [False]
    wait = await one.attempt(LOOK_UPS, "order", name)
    assert wait is not None
    assert 898 <= wait <= 901
    digest = sha256(f"order\0{name}".encode()).hexdigest()
    keys = [key async for key in redis.scan_iter(match=f"{PREFIX}*{digest}*")]
    assert len(keys) == 1
    assert name.encode() not in keys[0]
    assert 0 < await redis.ttl(keys[0]) <= 901
    await redis.delete(*keys)
    await one.close()
    await other.close()


async def test_names_whose_attempts_are_over_are_forgotten() -> None:
    rates, moment = Rates(most_keys=3), RateLimitItemPerSecond(1)
    for n in range(4):
        await rates.attempt(moment, "order", str(n))
    own = rates._own
    assert own is not None
    assert len(own.events) == 4
    for _ in range(60):
        await asyncio.sleep(0.05)
        await rates.attempt(moment, "order", "last")
        if len(own.events) < 4:
            break
    assert len(own.events) < 4
