"""Does one request hold up another? So many run at once, a few wait a little, the rest are told to come back."""

import asyncio
import time

from bff.limits import Limits
from tests.http.small_shop import ask, codes, small_shop

SLOW = "query Q($s: Float!) { slow(seconds: $s) }"


async def test_a_request_past_its_deadline_is_answered_and_told_why() -> None:
    async with small_shop(limits=Limits(request_seconds=0.05)) as client:
        began = time.perf_counter()
        response = await ask(client, SLOW, {"s": 5})
    assert time.perf_counter() - began < 1
    assert response.status_code == 503
    assert codes(response) == ["DEADLINE_EXCEEDED"]
    assert response.headers["retry-after"] == "1"


async def test_when_every_slot_is_taken_the_next_request_is_sent_away_soon() -> None:
    async with small_shop(limits=Limits(slots=2, queue_seconds=0.05)) as client:
        running = [asyncio.create_task(ask(client, SLOW, {"s": 0.5})) for _ in range(2)]
        await asyncio.sleep(0.1)
        refused = await ask(client, "{ hello }")
        assert [task.result().status_code for task in (await asyncio.wait(running))[0]] == [200, 200]
        assert (await ask(client, "{ hello }")).status_code == 200
    assert refused.status_code == 503
    assert codes(refused) == ["OVERLOADED"]
    assert refused.headers["retry-after"] == "1"


async def test_a_slot_comes_free_while_a_request_waits() -> None:
    async with small_shop(limits=Limits(slots=1, queue_seconds=2)) as client:
        responses = await asyncio.gather(*(ask(client, SLOW, {"s": 0.05}) for _ in range(4)))
    assert [response.status_code for response in responses] == [200] * 4


async def test_stopped_work_gives_its_slot_back() -> None:
    async with small_shop(limits=Limits(slots=1, request_seconds=0.05, queue_seconds=0.5)) as client:
        assert (await ask(client, SLOW, {"s": 5})).status_code == 503
        assert (await ask(client, "{ hello }")).status_code == 200
