"""Does every plugin that wants to hear of a change hear of it, whatever the others do?"""

import asyncio
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from bff.live.bus import Bus
from bff.live.notices import MOST_ATTEMPTS, Lane, deliver_notices, interested, lanes
from bff.live.outbox import KEPT, LEASE, forget_old, publish_due
from bff.policy.registry import Registry, load_plugins
from bff.policy.testing import a_manifest, a_plugin
from bff.schema.ids import global_id
from bff.storage.database import Database
from tests.cases.an_order import AT, an_order
from tests.live.changes import a_case_of, change

LATER = AT + timedelta(hours=1)


class Diary:
    """What plugins were told, and which of them fail."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = []
        self.failing: set[str] = set()

    def plugin(self, name: str, **manifest: Any) -> Any:
        def case_changed(case: Mapping[str, Any], event: Mapping[str, Any]) -> None:
            self.told.append((name, case, event))
            if name in self.failing:
                raise SystemExit(name)

        return a_plugin(name, a_manifest(name, **manifest), case_changed=case_changed)

    def of(self, name: str) -> list[int]:
        return [event["sequence"] for told, _, event in self.told if told == name]


async def published(database: Database, registry: Registry, case: UUID, events: int = 1) -> None:
    for _ in range(events):
        await change(database, case)
    assert await publish_due(database, Bus(), interested(registry), AT) == events


def ways(registry: Registry, seconds: float = 5.0) -> dict[str, Lane]:
    return {plugin.name: Lane(plugin, global_id, seconds) for plugin in interested(registry)}


async def notices(database: Database, plugin: str) -> list[tuple[int, bool, bool]]:
    rows = await database.rows(
        "SELECT n.attempts, n.done_at, n.given_up FROM notices n JOIN case_events e ON e.id = n.event_id"
        " WHERE n.plugin = ? ORDER BY e.sequence",
        plugin,
    )
    return [(row["attempts"], row["done_at"] is not None, bool(row["given_up"])) for row in rows]


async def test_a_plugin_is_told_of_a_change_with_its_case_as_it_is_now(database: Database) -> None:
    diary = Diary()
    registry = load_plugins([diary.plugin("ann"), a_plugin("deaf")])
    order = await an_order(database)
    case = await a_case_of(database, order)
    event = await change(database, case, "case_approved")
    await publish_due(database, Bus(), interested(registry), AT)

    (lane,) = lanes(registry, global_id)
    assert await deliver_notices(database, lane, AT) == 1

    assert diary.told == [
        (
            "ann",
            {
                "id": global_id("Case", case),
                "number": str(case),
                "status": "REQUESTED",
                "merchant": global_id("Merchant", order.merchant),
                "market": "SG",
                "resolution": "RETURN_AND_REFUND",
                "version": 2,
            },
            {"id": str(event.id), "sequence": 1, "type": "case_approved", "at": AT, "actor": "AGENT"},
        )
    ]
    assert await notices(database, "ann") == [(1, True, False)]
    assert await deliver_notices(database, lane, LATER) == 0


async def test_a_failing_plugin_is_asked_again_and_keeps_nothing_from_others(database: Database) -> None:
    diary = Diary()
    diary.failing = {"bad"}
    registry = load_plugins([diary.plugin("bad"), diary.plugin("good")])
    await published(database, registry, await a_case_of(database), events=2)
    to = ways(registry)

    assert await deliver_notices(database, to["bad"], AT) == 0
    assert [await deliver_notices(database, to["good"], AT) for _ in range(2)] == [1, 1]
    assert (diary.of("bad"), diary.of("good")) == ([1], [1, 2])
    assert await deliver_notices(database, to["bad"], AT + timedelta(seconds=1.9)) == 0
    assert diary.of("bad") == [1], "not yet again"

    diary.failing = set()
    assert await deliver_notices(database, to["bad"], AT + timedelta(seconds=2)) == 1
    assert await deliver_notices(database, to["bad"], AT + timedelta(seconds=2)) == 1
    assert diary.of("bad") == [1, 1, 2]
    assert await notices(database, "bad") == [(2, True, False), (1, True, False)]


async def test_of_other_cases_a_failing_plugin_still_hears(database: Database) -> None:
    diary = Diary()
    registry = load_plugins([diary.plugin("bad")])
    first, second = await a_case_of(database), await a_case_of(database)
    diary.failing = {"bad"}
    await published(database, registry, first)
    lane = ways(registry)["bad"]
    assert await deliver_notices(database, lane, AT) == 0
    diary.failing = set()
    await published(database, registry, second)
    assert await deliver_notices(database, lane, AT) == 1
    assert diary.told[-1][1]["id"] == global_id("Case", second)


async def test_after_the_last_try_it_is_given_up_and_the_next_event_is_told(database: Database) -> None:
    diary = Diary()
    diary.failing = {"bad"}
    registry = load_plugins([diary.plugin("bad")])
    await published(database, registry, await a_case_of(database), events=2)
    lane, now, pauses = ways(registry)["bad"], AT, []
    for attempt in range(MOST_ATTEMPTS):
        began = now
        while len(diary.told) == attempt:
            assert await deliver_notices(database, lane, now) == 0
            now += timedelta(seconds=1)
        now -= timedelta(seconds=1)
        pauses.append((now - began).total_seconds())
    assert pauses == [0, 2, 4, 8, 16, 32, 64, 128]
    assert await notices(database, "bad") == [(8, True, True), (0, False, False)]
    diary.failing = set()
    assert await deliver_notices(database, lane, now) == 1
    assert diary.of("bad") == [1] * 8 + [2]


async def test_a_plugin_that_hangs_holds_up_neither_the_loop_nor_others_and_gets_one_thread(
    database: Database,
) -> None:
    release, calls = threading.Event(), []

    def hang(event: Mapping[str, Any]) -> None:
        calls.append(event["sequence"])
        release.wait(20)

    diary = Diary()
    registry = load_plugins([a_plugin("hung", case_changed=hang), diary.plugin("good")])
    cases = [await a_case_of(database) for _ in range(3)]
    for case in cases:
        await published(database, registry, case)
    to = ways(registry, seconds=0.2)

    hanging = asyncio.ensure_future(deliver_notices(database, to["hung"], AT))
    assert await deliver_notices(database, to["good"], AT) == 3
    assert not hanging.done()
    assert await hanging == 0
    assert to["hung"].is_busy
    assert await deliver_notices(database, to["hung"], LATER) == 0
    assert calls == [1], "no second call while the first one hangs"
    waiting = await database.rows("SELECT attempts FROM notices WHERE plugin = 'hung' AND done_at IS NULL")
    assert sorted(row["attempts"] for row in waiting) == [0, 0, 1], "only the call that was made counts"

    release.set()
    async with asyncio.timeout(5):
        while to["hung"].is_busy:  # noqa: ASYNC110 - a thread ends it
            await asyncio.sleep(0.01)
    assert await deliver_notices(database, to["hung"], LATER) == 3


async def test_what_was_not_told_yet_is_told_after_a_restart(database: Database) -> None:
    diary = Diary()
    registry = load_plugins([diary.plugin("ann")])
    await published(database, registry, await a_case_of(database))
    async with Database(database.url) as again:
        assert await deliver_notices(again, ways(registry)["ann"], AT) == 1
    assert await deliver_notices(database, ways(registry)["ann"], LATER) == 0
    assert diary.of("ann") == [1]


async def test_an_event_that_is_sent_twice_is_told_once(database: Database) -> None:
    diary = Diary()
    registry = load_plugins([diary.plugin("ann")])
    await published(database, registry, await a_case_of(database))
    await database.run_tx(lambda tx: tx.execute("UPDATE outbox SET done_at = NULL"))
    assert await publish_due(database, Bus(), interested(registry), AT + LEASE) == 1
    lane = ways(registry)["ann"]
    assert [await deliver_notices(database, lane, LATER) for _ in range(2)] == [1, 0]


async def test_two_workers_tell_a_plugin_once(database: Database) -> None:
    diary = Diary()
    registry = load_plugins([diary.plugin("ann")])
    for _ in range(5):
        await published(database, registry, await a_case_of(database))
    told = await asyncio.gather(*[deliver_notices(database, ways(registry)["ann"], AT) for _ in range(3)])
    assert (sum(told), len(diary.told)) == (5, 5)


async def test_a_plugin_hears_only_of_the_markets_that_it_serves(database: Database) -> None:
    diary = Diary()
    registry = load_plugins(
        [diary.plugin("here", markets=frozenset({"SG"})), diary.plugin("there", markets=frozenset({"DE"}))]
    )
    await published(database, registry, await a_case_of(database))
    assert await notices(database, "there") == []
    assert await deliver_notices(database, ways(registry)["here"], AT) == 1


async def test_told_notices_are_forgotten_after_a_week_and_untold_ones_are_not(database: Database) -> None:
    diary = Diary()
    registry = load_plugins([diary.plugin("ann"), diary.plugin("bob")])
    await published(database, registry, await a_case_of(database))
    await deliver_notices(database, ways(registry)["ann"], AT)
    assert await forget_old(database, AT + KEPT + timedelta(seconds=1)) == 2
    assert (await notices(database, "ann"), await notices(database, "bob")) == ([], [(0, False, False)])
