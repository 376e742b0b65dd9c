"""`bff db`: are the tables what this version needs? Migrates them, and says what is pending."""

from typing import Annotated

import typer

from bff.cli.terminal import out, settings_here, with_database
from bff.storage import migrate as migrations

app = typer.Typer(help="Migrate the database, and see what is pending.", no_args_is_help=True)
Url = Annotated[str | None, typer.Option("--database", help="Instead of BFF_DATABASE_URL.")]


@app.command("migrate")
def migrate(database: Url = None) -> None:
    """Applies every pending migration, all or none."""
    url = settings_here(database_url=database).database_url
    applied = with_database(
        url, lambda opened: migrations.migrate(opened, lambda name: out.print(f"applying {name}"))
    )
    out.print(f"applied {', '.join(applied)}" if applied else "up to date")


@app.command("status")
def status(database: Url = None) -> None:
    """Lists pending migrations; exit code 1 when there are any."""
    url = settings_here(database_url=database).database_url
    names = with_database(url, migrations.pending)
    for name in names:
        out.print(f"pending {name}")
    out.print("up to date" if not names else f"{len(names)} pending: run bff db migrate")
    if names:
        raise typer.Exit(1)
