"""Where do tests keep their rows? In a fresh, migrated database each: SQLite, or PostgreSQL when told so.

`BFF_TEST_DATABASE=postgresql://postgres@127.0.0.1:5432/postgres` names a server, on which databases are made
and dropped. Migrations run once a session, into a template that every test copies.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest

from bff.storage.database import Database
from bff.storage.migrate import migrate

SERVER = os.environ.get("BFF_TEST_DATABASE", "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server only the tests that touch the database run: the others have nothing new to say there."""
    if SERVER:
        elsewhere = [item for item in items if "template" not in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in set(elsewhere)]
        config.hook.pytest_deselected(items=elsewhere)


async def on_server(statement: str) -> None:
    """Runs one statement outside any transaction, which CREATE and DROP DATABASE ask for."""
    import asyncpg  # noqa: PLC0415 - an extra that only PostgreSQL runs need

    connection = await asyncpg.connect(SERVER)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def database_url(name: str) -> str:
    """The server's URL with another database."""
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))


async def migrated(url: str) -> None:
    """Brings a new database to the newest migration."""
    database = Database(url)
    await database.open()
    try:
        await migrate(database)
    finally:
        await database.close()


@contextmanager
def new_server_database(template: str = "template1") -> Iterator[str]:
    """The name of a database that is dropped in the end."""
    name = f"bff_test_{uuid4().hex[:12]}"
    asyncio.run(on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    try:
        yield name
    finally:
        asyncio.run(on_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated, empty database that tests copy: a file's path, or a name on the server."""
    if SERVER:
        with new_server_database() as name:
            asyncio.run(migrated(database_url(name)))
            yield name
        return
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    asyncio.run(migrated(f"sqlite:///{path}"))
    yield str(path)


@pytest.fixture
def database_address(template: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database that nothing has opened yet."""
    if SERVER:
        with new_server_database(template) as name:
            yield database_url(name)
        return
    path = tmp_path / "test.sqlite3"
    shutil.copyfile(template, path)
    yield f"sqlite:///{path}"


@pytest.fixture
async def database(database_address: str) -> AsyncIterator[Database]:
    """A fresh, migrated and open database. Its queries need `with database.active():` where models are used."""
    database = Database(database_address)
    await database.open()
    yield database
    await database.close()
