"""`bff clock`: what time is it in the shop? And, for a developer, how would it be in three days?"""

import re
from datetime import timedelta
from typing import Annotated

import typer

from bff.cli.terminal import CommandError, out, settings_here
from bff.clock import clock_file, move, shop_clock

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
STEP = re.compile(r"(\d{1,4})([smhdw])", flags=re.ASCII)


def clock(
    forward: Annotated[str | None, typer.Option(help="Move the shop on: 90s, 30m, 5h, 3d or 2w.")] = None,
    database: Annotated[str | None, typer.Option(help="Instead of BFF_DATABASE_URL.")] = None,
) -> None:
    """Prints the shop's time. A development server on SQLite can be moved on, to see deadlines pass."""
    settings = settings_here(database_url=database)
    if forward is not None:
        file = clock_file(settings)
        if file is None:
            raise CommandError(
                "this clock cannot be moved: it stands in production, is stopped by BFF_NOW, or is on PostgreSQL"
            )
        move(file, step(forward))
    out.print(shop_clock(settings)().isoformat(timespec="seconds"))


def step(text: str) -> timedelta:
    """A time to move by. Raises CommandError."""
    found = STEP.fullmatch(text)
    if found is None:
        raise CommandError(f"--forward {text} cannot be read; write a number and one of {', '.join(UNITS)}: 3d")
    number, unit = found.groups()
    return timedelta(**{UNITS[unit]: int(number)})
