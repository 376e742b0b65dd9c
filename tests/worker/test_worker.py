"""Does the worker go on whatever fails, look at once when something was committed, and end when told?"""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from msgspec import structs

from bff.app import wire
from bff.cases import idempotency
from bff.setting_values import Payments
from bff.settings import Environment, Settings, SettingsError
from bff.storage.database import Database
from bff.worker.running import working
from bff.worker.till import Till, book_of
from bff.worker.worker import Task, Worker
from tests.cases.an_order import AT
from tests.worker.refund_kit import a_refund, ends, until


class Counted:
    """Work that is counted, and may fail."""

    def __init__(self, *, fails: bool = False, takes: float = 0.0) -> None:
        self.done, self.fails, self.takes = 0, fails, takes

    async def __call__(self) -> None:
        self.done += 1
        await asyncio.sleep(self.takes)
        if self.fails:
            raise RuntimeError("a name that no log may repeat")


async def test_a_task_that_fails_is_logged_without_its_words_and_keeps_no_other_from_its_work() -> None:
    bad, good = Counted(fails=True), Counted()
    worker = Worker([Task("bad", 0.05, bad), Task("good", 0.05, good)])
    with structlog.testing.capture_logs() as logs:
        await worker.start()
        await until(lambda: is_at_least(good, 5))
        await worker.stop()

    assert bad.done == 1  # the next try is two seconds on
    (entry,) = logs
    assert (entry["event"], entry["task"], entry["kind"]) == ("task failed", "bad", "builtins.RuntimeError")
    assert len(entry["incident"]) == 32
    assert "name" not in str(entry["at"])


async def is_at_least(work: Counted, count: int) -> bool:
    return work.done >= count


async def test_a_nudge_wakes_only_whom_it_concerns_and_many_at_once_wake_once_or_twice() -> None:
    woken, patient = Counted(), Counted()
    worker = Worker([Task("woken", 60, woken, wakes=True), Task("patient", 60, patient)])
    await worker.start()
    await until(lambda: is_at_least(patient, 1))
    began = time.monotonic()
    for _ in range(100):
        worker.nudge()
    await until(lambda: is_at_least(woken, 2))
    assert time.monotonic() - began < 1
    await asyncio.sleep(0.1)
    await worker.stop()

    assert woken.done in {2, 3}
    assert patient.done == 1


async def test_it_lets_a_task_finish_what_it_is_at_and_then_ends_what_is_last() -> None:
    slow, last = Counted(takes=0.3), Counted()
    worker = Worker([Task("slow", 60, slow)], [last])
    await worker.start()
    await until(lambda: is_at_least(slow, 1))
    began = time.monotonic()
    await worker.stop()

    assert time.monotonic() - began < 2
    assert last.done == 1


# ---- a shop's ----------------------------------------------------------------------------------------


def settings_of(address: str, folder: Path, **differing: Any) -> Settings:
    return Settings(
        database_url=address,
        now=AT,
        embedded_book=folder / "paid.sqlite3",
        embedded_latency=0.0,
        embedded_settles_after=0.1,
        **differing,
    )


async def test_a_refund_is_paid_soon_after_it_is_committed_in_the_same_process(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    till = Till(settings_of(database_address, tmp_path))
    async with working(database, till, lambda: AT):
        await ends(database, (await a_refund(database, "first")).id, "SUCCEEDED")  # DBOS is loaded with the first
        refund = await a_refund(database, "pays")
        began = time.monotonic()
        await ends(database, refund.id, "SUCCEEDED")
        took = time.monotonic() - began
    await till.close()

    assert took < 1.5, f"{took:.3f} s"  # tens of milliseconds on an idle machine; the next sweep is 2 s away


async def test_what_the_embedded_provider_tells_is_taken_as_a_real_ones_would_be(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    till = Till(settings_of(database_address, tmp_path))
    async with working(database, till, lambda: AT):
        refund = await a_refund(database, "comes-back")
        await ends(database, refund.id, "SUCCEEDED")
        await ends(database, refund.id, "FAILED")
    await till.close()

    rows = await database.rows("SELECT source FROM inbox")
    assert [row["source"] for row in rows] == ["embedded", "embedded"]


async def test_books_that_disagree_are_cried_out_and_old_keys_forgotten(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    refund = await a_refund(database, "pays")
    await database.run_tx(
        lambda tx: tx.execute("UPDATE payments SET held_minor = 7 WHERE id = ?", refund.order.payments[0])
    )
    for days in (29, 31):
        at = AT - timedelta(days=days)
        await database.run_tx(
            lambda tx, at=at: idempotency.claim(  # type: ignore[misc]
                tx, principal="p", operation="o", key=str(at), request={}, at=at
            )
        )
    till = Till(settings_of(database_address, tmp_path))
    with structlog.testing.capture_logs() as logs:
        async with working(database, till, lambda: AT):
            await until(lambda: one_key(database))
            await until(lambda: said(logs, "books disagree"))
    await till.close()

    assert any(entry["kept"] == 7 for entry in logs if entry["event"] == "books disagree")


async def one_key(database: Database) -> bool:
    return len(await database.rows("SELECT 1 FROM idempotency_keys")) == 1


async def said(logs: Any, event: str) -> bool:
    return any(entry["event"] == event for entry in logs)


# ---- through whom ------------------------------------------------------------------------------------


def test_production_pays_through_nobody_that_it_was_not_told_of() -> None:
    production = Settings(environment=Environment.PRODUCTION, signing_key="x" * 32)
    with pytest.raises(SettingsError, match="BFF_PAYMENTS is not set; production wants to be told"):
        wire(production)
    assert Till(structs.replace(production, payments=Payments.EMBEDDED)).name == "embedded"


@pytest.mark.parametrize(
    ("url", "book"),
    [
        ("sqlite:///data/shop.sqlite3", "data/payments.sqlite3"),
        ("sqlite:////var/lib/shop/db.sqlite3", "/var/lib/shop/payments.sqlite3"),
        ("sqlite://:memory:", ":memory:"),
        ("postgresql://u@h/d", "data/payments.sqlite3"),
    ],
)
def test_the_embedded_book_lies_beside_the_database(url: str, book: str) -> None:
    assert str(book_of(Settings(database_url=url))) == book
