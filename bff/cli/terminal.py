"""How does the command line speak? In one-line errors with an exit code, and in colours on a terminal."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from typer.core import TyperGroup

from bff.orders.columns import UnreadableFileError
from bff.policy.policy_files import PolicyError
from bff.policy.registry import RegistryError
from bff.settings import Settings, SettingsError, read_settings
from bff.storage.database import Database
from bff.storage.failures import DatabaseUnavailableError
from bff.storage.migrate import MigrationError

T = TypeVar("T")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class CommandError(Exception):
    """A command that cannot do what it was asked; the text says why and what to do."""


EXPECTED = (
    CommandError,
    DatabaseUnavailableError,
    MigrationError,
    PolicyError,
    RegistryError,
    SettingsError,
    UnreadableFileError,
)


class PoliteGroup(TyperGroup):
    """Turns expected failures into a sentence and exit code 1; anything else is a bug and shows its traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            err.print(f"bff: {error}", style="red", markup=False)
            raise typer.Exit(1) from None


def settings_here(**overrides: Any) -> Settings:
    """The settings of this process, with what the command line says on top."""
    variables = dict(os.environ)
    variables |= {f"BFF_{name.upper()}": str(value) for name, value in overrides.items() if value is not None}
    return read_settings(variables)


def with_database(url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    """Opens a database, does the work in it, and closes it."""

    async def run() -> T:
        async with opened(url) as database:
            with database.active():
                return await work(database)

    return asyncio.run(run())


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """An open database. Raises CommandError in one line, with what to do, for one that does not open."""
    database = Database(url)
    try:
        await database.open()
    except Exception as error:  # noqa: BLE001 - drivers raise what they like, and all of it means the same here
        raise CommandError(unopened(url, error)) from None
    try:
        yield database
    finally:
        await database.close()


def unopened(url: str, error: BaseException) -> str:
    """What keeps a database from being opened, and what to do about it."""
    reason = error.__cause__ or error
    said = (str(reason) or type(reason).__name__).strip().partition("\n")[0]
    if url.startswith("sqlite:"):
        advice = "its directory must exist and be writable"
    else:
        advice = "a server must listen there, with that user and that database"
    return f"BFF_DATABASE_URL {shown(url)} cannot be opened: {said}; {advice}, or give another address"


def shown(url: str) -> str:
    """A database URL without its password."""
    before, at, after = url.rpartition("@")
    scheme, _, user = before.partition("://")
    return f"{scheme}://{user.partition(':')[0]}@{after}" if at else url


def progress_bar(unit: str) -> Progress:
    """A bar that only a terminal gets to see."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
    )
