"""Does the database keep its word? Locks first, loses nothing, and speaks one language on both servers."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct
from tortoise.exceptions import IntegrityError

from bff.storage.database import Connection, Database, DatabaseUnavailableError
from bff.storage.fields import new_id
from bff.vocabulary import OrderStatus

AT = datetime(2026, 3, 1, 20, 30, tzinfo=timezone(timedelta(hours=8)))


class Marked(Struct, frozen=True):
    """A row of import_progress."""

    source: str
    done: int
    updated_at: datetime


async def mark(connection: Connection, source: str, done: int = 0, at: datetime = AT) -> None:
    await connection.execute("INSERT INTO import_progress VALUES (?, ?, ?)", source, done, at)


async def marks(database: Database) -> dict[str, int]:
    return {row["source"]: row["done"] for row in await database.rows("SELECT source, done FROM import_progress")}


async def test_two_servers_that_read_and_then_write_lose_no_update(
    database: Database, database_address: str
) -> None:
    await database.run_tx(lambda tx: mark(tx, "counter"))

    async def count_up(connection: Connection) -> None:
        (row,) = await connection.rows("SELECT done FROM import_progress WHERE source = ?", "counter")
        await connection.execute("UPDATE import_progress SET done = done + 1 WHERE done >= ?", row["done"])

    async with Database(database_address) as other:
        await asyncio.gather(*[each.run_tx(count_up) for each in (database, other) for _ in range(20)])

    assert await marks(database) == {"counter": 40}


async def test_a_cancelled_caller_neither_undoes_its_write_nor_blocks_the_next(database: Database) -> None:
    begun = asyncio.Event()

    async def slow(connection: Connection) -> None:
        await mark(connection, "slow")
        begun.set()
        await asyncio.sleep(0.05)

    caller = asyncio.create_task(database.run_tx(slow))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await database.run_tx(lambda tx: mark(tx, "next"))
    await asyncio.sleep(0.2)  # PostgreSQL ran both side by side

    assert set(await marks(database)) == {"slow", "next"}


async def test_callers_cancelled_while_they_wait_for_the_lock_leave_it_free(database: Database) -> None:
    for _ in range(30):
        caller = asyncio.create_task(database.run_tx(lambda tx: tx.rows("SELECT 1")))
        await asyncio.sleep(0)
        caller.cancel()
    await asyncio.wait_for(database.run_tx(lambda tx: mark(tx, "after")), 5)

    assert set(await marks(database)) == {"after"}


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    async def fails(connection: Connection) -> None:
        await mark(connection, "half")
        raise LookupError

    with pytest.raises(LookupError):
        await database.run_tx(fails)

    assert await marks(database) == {}


async def test_a_lost_race_is_run_anew_and_a_lost_cause_is_not(database: Database) -> None:
    tries: list[bool] = []

    async def fails(connection: Connection, *, retryable: bool) -> None:
        tries.append(retryable)
        await mark(connection, f"try {len(tries)}")
        if len(tries) < 3 or not retryable:
            raise DatabaseUnavailableError("race", retryable=retryable)

    await database.run_tx(lambda tx: fails(tx, retryable=True))
    with pytest.raises(DatabaseUnavailableError):
        await database.run_tx(lambda tx: fails(tx, retryable=False))

    assert tries == [True, True, True, False]
    assert set(await marks(database)) == {"try 3"}


async def test_four_retries_are_all_that_a_race_gets(database: Database) -> None:
    tries: list[int] = []

    async def races(_: Connection) -> None:
        tries.append(1)
        raise DatabaseUnavailableError("race", retryable=True)

    with pytest.raises(DatabaseUnavailableError):
        await database.run_tx(races)

    assert len(tries) == 5


async def test_reads_do_not_wait_for_a_writer(database: Database) -> None:
    if database.url.endswith(":memory:"):
        pytest.fail("the fixture should give a file")
    async with database.write_transaction() as tx:
        await mark(tx, "unseen")
        reader = asyncio.create_task(asyncio.wait_for(marks_elsewhere(database), 1))
        seen = await reader

    assert seen == {}


async def marks_elsewhere(database: Database) -> dict[str, int]:
    """Reads as another request would, whose context began outside of the transaction."""
    async with Database(database.url) as other:
        return await marks(other)


async def test_a_transaction_reads_its_own_writes_through_the_database_too(database: Database) -> None:
    async def work(connection: Connection) -> dict[str, int]:
        await mark(connection, "own")
        return await marks(database)

    assert await database.run_tx(work) == {"own": 0}


async def test_what_a_savepoint_undoes_it_undoes_alone(database: Database) -> None:
    async def work(connection: Connection) -> None:
        await mark(connection, "kept")
        with pytest.raises(IntegrityError):
            await twice()
        await mark(connection, "after")

    async def twice() -> None:
        async with database.write_transaction() as inner:
            await mark(inner, "undone")
            await mark(inner, "kept")

    await database.run_tx(work)

    assert set(await marks(database)) == {"kept", "after"}


async def test_the_reader_of_a_sqlite_file_cannot_write(database: Database) -> None:
    if database.dialect == "sqlite":
        with pytest.raises(DatabaseUnavailableError):
            await database.rows("DELETE FROM import_progress")
    else:
        assert await database.rows("SHOW transaction_read_only") == [{"transaction_read_only": "off"}]


async def test_instants_of_any_zone_are_kept_and_compared_in_utc(database: Database) -> None:
    await database.run_tx(lambda tx: mark(tx, "at", at=AT))

    def until(bound: datetime) -> Any:
        sql = "SELECT source, done, updated_at FROM import_progress WHERE updated_at <= ?"
        return database.structs(Marked, sql, bound)

    assert await until(AT) == [Marked("at", 0, datetime(2026, 3, 1, 12, 30, tzinfo=UTC))]
    assert await until(datetime(2026, 3, 1, 13, 30, tzinfo=timezone(timedelta(hours=2)))) == []


async def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        await database.run_tx(lambda tx: mark(tx, "naive", at=datetime(2026, 3, 1)))  # noqa: DTZ001


async def test_rows_become_structs_of_the_same_values_on_both_servers(database: Database) -> None:
    class Read(Struct):
        id: UUID
        markets: list[str]
        status: OrderStatus
        nothing: datetime | None
        positive: bool

    key = new_id()
    await database.run_tx(
        lambda tx: tx.execute(
            "INSERT INTO merchants (id, external_id, name, markets) VALUES (?, ?, ?, ?)",
            key,
            "m",
            "M",
            '["SG","CN"]',
        )
    )

    sql = "SELECT id, markets, 'PAID', NULL, 1 = 1 FROM merchants WHERE id = ?"
    assert await database.structs(Read, sql, key) == [
        Read(key, ["SG", "CN"], OrderStatus.PAID, None, positive=True)
    ]


async def test_a_struct_with_another_number_of_fields_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="zip"):
        await database.structs(Marked, "SELECT 'a', 1")


async def test_a_list_of_any_length_is_one_parameter(database: Database) -> None:
    await database.run_tx(lambda tx: tx.execute_many("INSERT INTO import_progress VALUES (?, ?, ?)", rows(100)))
    sql, listed = database.among("source", [f"s{i}" for i in range(40_000)])

    found = await database.rows(f"SELECT count(*) AS found FROM import_progress WHERE {sql}", listed)
    none, nothing = database.among("source", [])

    assert found == [{"found": 100}]
    assert await database.rows(f"SELECT 1 FROM import_progress WHERE {none}", nothing) == []


def rows(count: int) -> list[tuple[str, int, datetime]]:
    return [(f"s{i}", i, AT) for i in range(count)]


@pytest.mark.parametrize("count", [1, 170, 25_000])
async def test_many_rows_go_in_whole_and_in_their_sequence(database: Database, count: int) -> None:
    latest = (
        "INSERT INTO import_progress (source, done, updated_at) VALUES (?, ?, ?)"
        " ON CONFLICT (source) DO UPDATE SET done = excluded.done"
    )
    rows = [(str(i % 20_000), i, AT) for i in range(count)]

    await database.run_tx(lambda tx: tx.execute_many(latest, rows))

    assert await marks(database) == {source: i for source, i, _ in rows}


async def test_many_rows_of_which_one_breaks_a_rule_leave_nothing(database: Database) -> None:
    rows = [(str(i), -1 if i == 11_000 else i, AT) for i in range(12_000)]

    with pytest.raises(IntegrityError):
        await database.run_tx(lambda tx: tx.execute_many("INSERT INTO import_progress VALUES (?, ?, ?)", rows))

    assert await marks(database) == {}


async def test_question_marks_in_literals_are_no_placeholders(database: Database) -> None:
    assert await database.rows("SELECT 'who''s there?' AS asked WHERE ? = 1", 1) == [{"asked": "who's there?"}]


async def test_every_statement_is_counted(database: Database) -> None:
    before = database.statements
    await database.rows("SELECT 1")
    await database.run_tx(lambda tx: mark(tx, "one"))

    assert database.statements - before == 2


@pytest.mark.parametrize("place", ["no/such/folder/shop.db", "text.db", ""])
async def test_no_database_at_the_address_is_a_typed_refusal(tmp_path: Path, place: str) -> None:
    (tmp_path / "text.db").write_text("no database, but text that is long enough to look like one" * 20)
    database = Database(f"sqlite:///{tmp_path / place}")
    with pytest.raises(DatabaseUnavailableError):
        await database.open()
    await database.close()


@pytest.mark.parametrize("url", ["", "shop.db", "mysql://here", "sqlite://", "postgresql://"])
def test_a_url_of_another_form_is_refused_with_the_forms_there_are(url: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite:///file\.db"):
        Database(url)
