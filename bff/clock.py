"""What time is it in the shop? The machine's time, or one that a developer has moved to see what becomes due.

Deadlines are days and weeks away. A server of the development environment on SQLite therefore looks into
`<database>.clock`, which `bff clock` writes: by how many seconds its shop is ahead. Production never looks.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bff.settings import Environment, Settings

SQLITE = "sqlite:///"
ENDING = ".clock"


def clock_file(settings: Settings) -> Path | None:
    """Where this server's clock may be moved; None where it may not be."""
    kept_in_file = settings.database_url.startswith(SQLITE)
    if settings.environment is Environment.PRODUCTION or settings.now is not None or not kept_in_file:
        return None
    return Path(settings.database_url.removeprefix(SQLITE) + ENDING)


def shop_clock(settings: Settings) -> Callable[[], datetime]:
    """A function that tells the time in UTC: the instant that BFF_NOW stops it at, else the moved machine's."""
    if (stopped := settings.now) is not None:
        return lambda: stopped
    file = clock_file(settings)
    return (lambda: datetime.now(UTC)) if file is None else (lambda: datetime.now(UTC) + ahead(file))


def ahead(file: Path) -> timedelta:
    """How far the shop is ahead of the machine; no file is not at all."""
    try:
        return timedelta(seconds=int(file.read_text(encoding="ascii")))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return timedelta()


def move(file: Path, by: timedelta) -> None:
    """Moves the shop on. The file is replaced whole, so that nobody reads half a number."""
    total = int((ahead(file) + by).total_seconds())
    draft = file.with_name(file.name + ".new")
    draft.write_text(str(total), encoding="ascii")
    draft.replace(file)
