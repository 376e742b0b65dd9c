"""Where do tests keep their rows? In a fresh, migrated database each: SQLite, or PostgreSQL when told so.

`BFF_TEST_DATABASE=postgresql://postgres@127.0.0.1:5432/postgres` names a server, on which a database is made and
dropped. On SQLite migrations run once a session, into a template that every test copies.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from bff.storage.database import Database
from bff.storage.migrate import migrate

SERVER = os.environ.get("BFF_TEST_DATABASE", "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server only the tests that touch the database run: the others have nothing new to say there."""
    if SERVER:
        elsewhere = [item for item in items if "fresh_database" not in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in set(elsewhere)]
        config.hook.pytest_deselected(items=elsewhere)


async def migrated(url: str) -> None:
    """Brings a new database to the newest migration."""
    async with Database(url) as database:
        await migrate(database)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite3"
    asyncio.run(migrated(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def fresh_database(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], str]]:
    """Makes the URL of an empty, migrated database; on SQLite it lies in the folder given."""
    if SERVER:
        from tests.one_server import OneServer  # noqa: PLC0415 - needs an extra that SQLite runs do without

        server = OneServer(SERVER, migrated)
        yield lambda _: server.fresh()
        server.close()
        return
    file = request.getfixturevalue("template")
    yield lambda folder: f"sqlite:///{shutil.copyfile(file, folder / 'test.sqlite3')}"


@pytest.fixture
def database_address(fresh_database: Callable[[Path], str], tmp_path: Path) -> str:
    """The URL of a fresh, migrated database that nothing has opened yet."""
    return fresh_database(tmp_path)


@pytest.fixture
async def database(database_address: str) -> AsyncIterator[Database]:
    """A fresh, migrated and open database. Its queries need `with database.active():` where models are used."""
    async with Database(database_address) as opened:
        yield opened
