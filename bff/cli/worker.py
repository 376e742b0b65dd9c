"""`bff worker`: who pays refunds and fires deadlines where `bff serve` does not? The worker, as a process."""

import asyncio
import signal
from typing import Annotated

import typer

from bff.app import news_of, wire
from bff.cli.serve import check_tables
from bff.cli.terminal import out, settings_here
from bff.http.logs import configure_logs
from bff.settings import Settings
from bff.worker.running import working


def worker(
    database: Annotated[str | None, typer.Option(help="Instead of BFF_DATABASE_URL.")] = None,
) -> None:
    """Pays refunds, fires deadlines and sends news until SIGTERM or SIGINT; of several, one at a time pays."""
    settings = settings_here(database_url=database)
    check_tables(settings.database_url)
    configure_logs()
    asyncio.run(work(settings))


async def work(settings: Settings) -> None:
    """Runs until it is told to end, and ends within 25 seconds."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    wired = wire(settings)
    async with wired.database as database:
        try:
            async with wired.bus, working(database, wired.till, wired.now, news_of(wired)):
                out.print("Working. Refunds are paid, deadlines fire and news goes out; SIGTERM ends it.")
                await ended.wait()
        finally:
            await wired.till.close()
