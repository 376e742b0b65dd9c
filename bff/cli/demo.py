"""`bff demo`: what can this do? A small shop in two languages, served within seconds, with questions to paste."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bff.app import wire
from bff.cli.serve import make_room, run
from bff.cli.terminal import CommandError, out, settings_here, with_database
from bff.cli.welcome import Sample, sample, welcome
from bff.http.tokens import Keyring
from bff.orders.demo import DEMO_CUSTOMER, load_demo
from bff.storage.database import Database
from bff.storage.migrate import migrate


def demo(
    database: Annotated[str | None, typer.Option(help="Where to keep it; else it goes with the server.")] = None,
    host: Annotated[str | None, typer.Option(help="Instead of BFF_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Instead of BFF_PORT; 0 takes a free one.")] = None,
) -> None:
    """Migrates a database, loads the demo shop where it is missing, and serves it; nothing is ever lost."""
    with kept_or_passing(database) as url:
        make_room(url)
        settings = settings_here(database_url=url, host=host, port=port)
        wired = wire(settings)
        found = with_database(
            settings.database_url, lambda opened: prepare(opened, wired.now().replace(microsecond=0))
        )
        keyring = Keyring(settings.signing_keys)
        run(settings, wired, lambda address: welcome(address, keyring, found))


@contextmanager
def kept_or_passing(url: str | None) -> Iterator[str]:
    """The database's URL: as given, or in a folder that goes with the server."""
    if url is not None:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="bff-demo-") as folder:
        yield f"sqlite:///{Path(folder) / 'demo.sqlite3'}"


async def prepare(database: Database, now: datetime) -> Sample:
    """Migrates, loads the shop once, and picks what the examples ask about."""
    for name in await migrate(database):
        out.print(f"applied migration {name}")
    found = await sample(database, DEMO_CUSTOMER)
    if found is None:
        await load_demo(database, now)
        out.print("loaded the demo shop")
        found = await sample(database, DEMO_CUSTOMER)
    if found is None:
        raise CommandError("the demo shop has no line to show: give another database")
    return found
