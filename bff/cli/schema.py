"""`bff schema`: what does the graph promise? Prints the SDL, and checks the committed one against the code."""

from pathlib import Path
from typing import Annotated

import typer
from graphql import build_schema as schema_of_text
from graphql import find_schema_changes

from bff.cli.terminal import out
from bff.resolvers.schema import build_schema

app = typer.Typer(help="Export the SDL, or compare it with the committed one.", no_args_is_help=True)
COMMITTED = Path("schema.graphql")


def sdl() -> str:
    """The SDL as it is committed."""
    return build_schema().as_str().strip() + "\n"


@app.command("export")
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to write; without it, to the screen.")] = None,
) -> None:
    """Writes the schema definition."""
    if file is None:
        typer.echo(sdl(), nl=False)
    else:
        file.write_text(sdl(), encoding="utf-8")


@app.command("check")
def check(file: Annotated[Path, typer.Argument(help="The committed definition.")] = COMMITTED) -> None:
    """Compares the code's schema with the committed one; exit code 1 and the changes when they differ."""
    committed = file.read_text(encoding="utf-8") if file.is_file() else ""
    if committed == sdl():
        out.print(f"{file} is up to date")
        return
    if committed:
        for change in find_schema_changes(schema_of_text(committed), schema_of_text(sdl())):
            out.print(f"{change.type.name}: {change.description}", markup=False)
    out.print(f"{file} differs from the code: run bff schema export {file}", markup=False)
    raise typer.Exit(1)
