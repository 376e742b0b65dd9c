"""How do the tables come to be what the models say? All pending migrations in one transaction, or none."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.schema_editor import BaseSchemaEditor

from bff.storage.database import Connection, Database, tortoise_config
from bff.storage.sqlite import MEMORY, SqliteEngine

APP = "bff"
MIGRATORS_LOCK = 7_206_511  # any number, the same in every process: one migrates, the others wait


class MigrationError(Exception):
    """The history in the database and the one in this version do not fit, or a migration broke the rows."""


async def pending(database: Database, history: str | None = None) -> list[str]:
    """The migrations that this database lacks, oldest first; empty when it is up to date.

    `history` is the package that holds them, the product's own unless a test rehearses another.

    Raises MigrationError when the database is newer than this version of the program.
    """
    with database.active():
        known = _known(database, history)
        applied = await _applied(database)
    if unknown := applied - set(known):
        raise MigrationError(f"this version does not know the applied migrations {', '.join(sorted(unknown))}")
    return [name for name in known if name not in applied]


async def migrate(
    database: Database, on_step: Callable[[str], None] = lambda _: None, history: str | None = None
) -> list[str]:
    """Applies what is pending and returns its names; `on_step` is told each name before it runs.

    One transaction holds all of it, the history included: a crash leaves the old tables. On SQLite a file with
    rows is copied beside itself first, foreign keys rest while tables are rebuilt, and what Tortoise's
    rebuilding forgets (indexes, UNIQUEs) is made anew. Two processes take turns.
    """
    names = await pending(database, history)
    if not names:
        return []
    await _copy_file(database, names[0])
    async with _resting_foreign_keys(database), database.write_transaction() as connection:
        await _take_turn(connection)
        executor = _executor(database, history)
        editor = executor._schema_editor(atomic=True)  # noqa: SLF001
        await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))  # noqa: SLF001
        await executor.migrate(progress=lambda event, _, name: on_step(name) if event == "apply_start" else None)
        if database.dialect == "sqlite":
            if (await _applied(database)).issuperset(_known(database, None)):
                await _restore_indexes(connection, editor, database)
            await _check_references(connection)
    return names


async def drift(database: Database) -> list[str]:
    """What makemigrations would write now, as Python; empty when migrations and models agree."""
    with database.active():
        detector = MigrationAutodetector(database.apps, tortoise_config(database.url)["apps"])
        return [writer.as_string() for writer in await detector.changes()]


def _known(database: Database, history: str | None) -> list[str]:
    """The names of a history's migrations, in their order."""
    executor = _executor(database, history)
    executor.loader.load_disk()
    return sorted(key.name for key in executor.loader.disk_migrations)


def _executor(database: Database, history: str | None) -> MigrationExecutor:
    apps = tortoise_config(database.url)["apps"]
    if history is not None:
        apps[APP]["migrations"] = history
    return MigrationExecutor(database.client, apps)


async def _applied(database: Database) -> set[str]:
    """Names in the history. Tortoise's own reader takes any error for an empty history."""
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'tortoise_migrations'",
        "postgres": "SELECT 1 WHERE to_regclass('tortoise_migrations') IS NOT NULL",
    }
    if not await database.rows(catalogue[database.dialect]):
        return set()
    return {row["name"] for row in await database.rows("SELECT name FROM tortoise_migrations WHERE app = ?", APP)}


async def _take_turn(connection: Connection) -> None:
    """Waits for another migrating process; BEGIN IMMEDIATE has done so on SQLite."""
    if connection.dialect == "postgres":
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute("SET LOCAL lock_timeout = 0")
        await connection.rows("SELECT pg_advisory_xact_lock(?)", MIGRATORS_LOCK)
        await connection.execute("SET LOCAL lock_timeout = '10s'")  # readers must not queue behind us for long


async def _copy_file(database: Database, first: str) -> None:
    """A copy of a filled SQLite file, `<file>.before-<migration>`, for whoever regrets the migration."""
    engine = database.engine
    if isinstance(engine, SqliteEngine) and engine.path != MEMORY and await _applied(database):
        copy = Path(f"{engine.path}.before-{first}")
        copy.unlink(missing_ok=True)  # noqa: ASYNC240 - before anything is served
        with database.active():
            await database.client.execute_query("VACUUM INTO ?", [str(copy)])


@asynccontextmanager
async def _resting_foreign_keys(database: Database) -> AsyncIterator[None]:
    """SQLite obeys this PRAGMA outside of transactions only."""
    if database.dialect != "sqlite":
        yield
        return
    client = database.client
    await client.execute_query("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        await client.execute_query("PRAGMA foreign_keys = ON")


async def _check_references(connection: Connection) -> None:
    orphans = await connection.rows("PRAGMA foreign_key_check")
    if orphans:
        raise MigrationError(f"rows of {orphans[0]['table']} would refer to nothing; nothing was changed")


async def _restore_indexes(connection: Connection, editor: BaseSchemaEditor, database: Database) -> None:
    """Makes anew every index and UNIQUE that a model declares and the live table lacks.

    Models are those of the newest migration: after an older one there is nothing to hold the tables to.
    """
    for model in database.apps[APP].values():
        meta = model._meta  # noqa: SLF001
        live = await _live_indexes(connection, meta.db_table)
        for unique, columns in declared_indexes(meta):
            if (unique, columns) in live:
                continue
            name = editor._generate_index_name("uid" if unique else "idx", model, list(columns))  # noqa: SLF001
            kind = "UNIQUE INDEX" if unique else "INDEX"
            listed = ", ".join(f'"{column}"' for column in columns)
            await connection.execute(f'CREATE {kind} "{name}" ON "{meta.db_table}" ({listed})')


def declared_indexes(meta: Any) -> set[tuple[bool, tuple[str, ...]]]:
    """(unique, columns) of every index and UNIQUE that a model's Meta and fields declare."""
    columns = meta.fields_db_projection
    indexes = [getattr(index, "field_names", index) for index in meta.indexes]
    declared = {(False, tuple(columns[name] for name in names)) for names in indexes}
    declared |= {(True, tuple(columns[name] for name in names)) for names in meta.unique_together}
    return declared | {
        (True, (columns[name],))
        for name, field in meta.fields_map.items()
        if name in columns and field.unique and not field.pk
    }


async def _live_indexes(connection: Connection, table: str) -> set[tuple[bool, tuple[str, ...]]]:
    live = set()
    for index in await connection.rows(f'PRAGMA index_list("{table}")'):
        columns = await connection.rows(f'PRAGMA index_info("{index["name"]}")')
        live.add((bool(index["unique"]), tuple(column["name"] for column in columns)))
    return live
