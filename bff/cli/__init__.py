"""What can be done from a shell? `bff`, with one group of commands a file."""

import typer

from bff.cli import clock, database, demo, doctor, imports, schema, serve, token, worker
from bff.cli.terminal import PoliteGroup

app = typer.Typer(
    cls=PoliteGroup,
    help="The after-sales graph: serve it, fill it, look into it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("demo")(demo.demo)
app.add_typer(imports.app, name="import")
app.command("token")(token.token)
app.command("clock")(clock.clock)
app.add_typer(schema.app, name="schema")
app.add_typer(database.app, name="db")
app.command("doctor")(doctor.doctor)

__all__ = ["app"]
