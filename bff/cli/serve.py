"""`bff serve`: how does the server run? One process of uvicorn over one database that is up to date."""

import asyncio
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from bff.app import Wiring, create_app, wire
from bff.cli.terminal import CommandError, opened, out, settings_here, unopened
from bff.http.logs import configure_logs
from bff.live.bus import Bus
from bff.settings import Settings
from bff.storage.migrate import MigrationError, pending

GRACE = 25  # seconds in which running requests may finish after SIGTERM


def serve(
    host: Annotated[str | None, typer.Option(help="Instead of BFF_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Instead of BFF_PORT; 0 takes a free one.")] = None,
    database: Annotated[str | None, typer.Option(help="Instead of BFF_DATABASE_URL.")] = None,
) -> None:
    """Serves the graph at /graphql, with health at /healthz and /readyz."""
    settings = settings_here(host=host, port=port, database_url=database)
    check_tables(settings.database_url)
    run(settings, wire(settings), lambda address: out.print(f"Serving the graph on {address}/graphql"))


def check_tables(url: str) -> None:
    """Raises CommandError when migrations are pending; a newer database is fine while versions are rolled out."""
    make_room(url)

    async def names() -> list[str]:
        async with opened(url) as database:
            try:
                return await pending(database)
            except MigrationError:
                return []

    missing = asyncio.run(names())
    if missing:
        raise CommandError(f"the database lacks migration {', '.join(missing)}: run bff db migrate first")


def make_room(url: str) -> None:
    """Makes the directory of a SQLite file, so that a fresh checkout needs no preparation."""
    if url.startswith("sqlite:///"):
        try:
            Path(url.removeprefix("sqlite:///").partition("?")[0]).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(unopened(url, error)) from None


def run(settings: Settings, wired: Wiring, announce: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT. `announce` is told the address once connections are taken."""
    configure_logs()
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    try:
        listener = socket.create_server((settings.host, settings.port))
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise CommandError(
            f"cannot listen on {settings.host}:{settings.port}: {reason}; BFF_HOST and BFF_PORT set it"
        ) from None
    announce(f"http://{settings.host}:{listener.getsockname()[1]}")
    config = uvicorn.Config(
        create_app(settings, wired),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        lifespan="on",
        ws_max_size=settings.limits.body_bytes,
        ws_per_message_deflate=False,  # it keeps a third of a megabyte for each socket
    )
    StreamingServer(config, wired.bus).run(sockets=[listener])


class StreamingServer(uvicorn.Server):
    """Ends the streams first when it is to stop: it would wait for them as it waits for requests."""

    def __init__(self, config: uvicorn.Config, bus: Bus) -> None:
        super().__init__(config)
        self._bus = bus

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Says goodbye, then lets what runs come to its end."""
        await self._bus.close()
        await super().shutdown(sockets)
