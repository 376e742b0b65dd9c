"""Does everybody who listens hear every message once and in order, or learn that some are missing?"""

import asyncio
from uuid import UUID

import pytest

from bff.live.bus import ALL_CASES, Bus, Interruption, Message, of_case, of_merchant, of_ticket
from bff.storage.fields import new_id

CASE = new_id()


def a_message(sequence: int = 1) -> Message:
    return Message(id=UUID(int=sequence), topic="case_changed", subject=CASE, sequence=sequence)


async def test_every_listener_of_a_channel_hears_every_message_in_order() -> None:
    bus = Bus()
    first, second, other = [await bus.listen(channel) for channel in ("a", "a", "b")]
    for sequence in range(1, 4):
        await bus.publish(["a"], a_message(sequence))
    await bus.publish(["b"], a_message(9))
    for listener in (first, second):
        assert [(await anext(listener)).sequence for _ in range(3)] == [1, 2, 3]
    assert (await anext(other)).sequence == 9


async def test_nothing_from_before_is_heard_and_everything_since_waits() -> None:
    bus = Bus()
    await bus.publish(["a"], a_message(1))
    listener = await bus.listen("a")
    await bus.publish(["a"], a_message(2))
    await asyncio.sleep(0)
    assert (await anext(listener)).sequence == 2


async def test_a_slow_listener_is_told_so_and_keeps_nothing() -> None:
    bus = Bus(most_waiting=3)
    slow, quick = await bus.listen("a"), await bus.listen("a")
    for sequence in range(1, 5):
        await bus.publish(["a"], a_message(sequence))
        assert (await anext(quick)).sequence == sequence
    with pytest.raises(Interruption) as interruption:
        await anext(slow)
    assert interruption.value.reason == "TOO_SLOW"
    assert bus.listeners == 1


async def test_as_many_as_fit_may_wait() -> None:
    bus = Bus(most_waiting=3)
    listener = await bus.listen("a")
    for sequence in range(1, 4):
        await bus.publish(["a"], a_message(sequence))
    assert [(await anext(listener)).sequence for _ in range(3)] == [1, 2, 3]
    await bus.publish(["a"], a_message(4))
    assert (await anext(listener)).sequence == 4


async def test_a_closed_listener_is_forgotten_and_a_waiting_one_wakes() -> None:
    bus = Bus()
    listener = await bus.listen("a")
    waiting = asyncio.ensure_future(anext(listener))
    await asyncio.sleep(0)
    assert bus.listeners == 1
    listener.close()
    listener.close()
    with pytest.raises(Interruption):
        await waiting
    assert bus.listeners == 0


async def test_closing_the_bus_ends_everybody_after_what_they_have() -> None:
    bus = Bus()
    listener = await bus.listen("a")
    await bus.publish(["a"], a_message(1))
    await bus.close()
    assert (await anext(listener)).sequence == 1
    with pytest.raises(Interruption) as interruption:
        await anext(listener)
    assert (interruption.value.reason, bus.listeners) == ("CLOSING", 0)


def test_channels_of_different_things_differ() -> None:
    assert len({ALL_CASES, of_case(CASE), of_merchant(CASE), of_ticket(CASE)}) == 4
