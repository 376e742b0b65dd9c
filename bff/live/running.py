"""What is to be done so that changes are heard? Jobs for a worker; any number of processes may do them at once."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from bff.live.bus import Bus
from bff.live.notices import Identify, Lane, deliver_notices, interested, lanes
from bff.live.outbox import forget_old, publish_due
from bff.policy.registry import Registry
from bff.storage.database import Database

SOON, HOURLY = 1.0, 3600.0
Clock = Callable[[], datetime]


class Job(Struct, frozen=True):
    """Something to be done every so many seconds, and, where it `wakes`, whenever something was committed."""

    name: str
    every: float
    work: Callable[[], Awaitable[int]]
    wakes: bool


def jobs(database: Database, bus: Bus, registry: Registry, identify: Identify, now: Clock) -> list[Job]:
    """Sending what was committed, telling each plugin of it, and forgetting what is old.

    Each plugin has a job of its own, so that a slow one holds up nobody.
    """
    clock, plugins = ticking(now), interested(registry)

    async def tell(lane: Lane) -> int:
        return await deliver_notices(database, lane, clock())

    return [
        Job("news", SOON, lambda: publish_due(database, bus, plugins, clock()), wakes=True),
        *[
            Job(f"notices of {lane.name}", SOON, partial(tell, lane), wakes=True)
            for lane in lanes(registry, identify)
        ],
        Job("old news", HOURLY, lambda: forget_old(database, clock()), wakes=False),
    ]


def ticking(now: Clock) -> Clock:
    """A clock that goes on even where another one stands still, since pauses must end."""
    started, began = now(), time.monotonic()
    return lambda: max(now(), started + timedelta(seconds=time.monotonic() - began))
