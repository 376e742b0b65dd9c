"""`bff import`: how does data get in? Order files and TPC-DS retail data; each goes on where it stopped."""

import gc
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bff.cli.serve import check_tables
from bff.cli.terminal import err, out, progress_bar, settings_here, with_database
from bff.orders.files import ImportOutcome, import_orders
from bff.orders.progress import OnProgress, Progress
from bff.orders.tpcds import import_tpcds
from bff.storage.database import Database

app = typer.Typer(help="Bring orders into the database.", no_args_is_help=True)
Url = Annotated[str | None, typer.Option("--database", help="Instead of BFF_DATABASE_URL.")]
Work = Callable[[Database, OnProgress], Awaitable[ImportOutcome]]
RARELY = (100_000, 50, 100)


@app.command("orders")
def orders(
    file: Annotated[Path, typer.Argument(help="JSON Lines, CSV or Parquet.", exists=True, dir_okay=False)],
    database: Url = None,
) -> None:
    """Takes the orders of a file; the bad ones go to a rejects file beside it, with line and reason."""
    take(database, file.name, lambda opened, watch: import_orders(opened, file, datetime.now(UTC), watch))


@app.command("tpcds")
def tpcds(
    directory: Annotated[
        Path, typer.Argument(help="Parquet files of tpcgen-cli.", exists=True, file_okay=False)
    ] = Path("data/tpcds"),
    database: Url = None,
) -> None:
    """Takes the sales and returns of the TPC-DS benchmark, as `make data` writes them."""
    take(database, "TPC-DS", lambda opened, watch: import_tpcds(opened, directory, datetime.now(UTC), watch))


def take(database: str | None, title: str, work: Work) -> None:
    """Runs an import under a progress bar, and says what became of it."""
    url = settings_here(database_url=database).database_url
    check_tables(url)
    # Records are no cycles: their counts free them. Looking for cycles all the time took a tenth of it.
    gc.set_threshold(*RARELY)
    began = time.perf_counter()
    with progress_bar("") as bar:
        task = bar.add_task(title, total=None)

        def watch(progress: Progress) -> None:
            bar.update(task, completed=progress.done, total=progress.total)

        outcome = with_database(url, lambda opened: work(opened, watch))
    told(outcome, time.perf_counter() - began)


def told(outcome: ImportOutcome, seconds: float) -> None:
    """Prints the outcome; rejected orders are exit code 2, for the others are in."""
    rate = f", {outcome.lines / seconds:,.0f} lines/s" if outcome.lines else ""
    out.print(
        f"{outcome.orders:,} orders with {outcome.lines:,} lines in {seconds:.1f} s{rate}: "
        f"{outcome.created:,} created, {outcome.updated:,} updated, {outcome.unchanged:,} unchanged"
    )
    if outcome.skipped:
        out.print(f"went on after {outcome.skipped:,}, which an earlier import had taken")
    if outcome.rejected:
        err.print(f"{outcome.rejected:,} rejected, see {outcome.rejects}", style="yellow")
        raise typer.Exit(2)
