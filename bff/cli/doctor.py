"""`bff doctor`: is this server in good health? Everything that it depends on, looked at once and told plainly."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer
from msgspec import Struct
from redis import Redis
from redis.exceptions import RedisError

from bff.app import Wiring, obstacles, wire
from bff.cases.money import audit
from bff.cli.schema import COMMITTED, sdl
from bff.cli.terminal import out, settings_here, shown, with_database
from bff.http.console import BUNDLE
from bff.settings import DEMO_KEY
from bff.storage.database import Database

MOST_TOLD = 3  # of what is wrong in the books
PATIENCE = 2.0  # seconds for Redis to answer
PRAGMAS = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")


class Finding(Struct, frozen=True):
    """One thing that was looked at; `good` None is a remark."""

    about: str
    found: str
    good: bool | None = None


def doctor() -> None:
    """Looks at settings, plugins, policies, schema, database, books and Redis; exit code 1 when one is ill."""
    wired = wire(settings_here())
    findings = [*of_settings(wired), *of_rules(wired), *of_files()]
    findings += with_database(wired.settings.database_url, of_database)
    findings.append(of_redis(wired.settings.redis_url))
    styles = {True: "green", False: "red", None: ""}
    marks = {True: "good", False: "ill", None: ""}
    for finding in findings:
        out.print(f"{marks[finding.good]:5}", style=styles[finding.good], end="")
        out.print(f"{finding.about:26}{finding.found}", markup=False)
    if any(finding.good is False for finding in findings):
        raise typer.Exit(1)


def of_settings(wired: Wiring) -> Iterator[Finding]:
    """Environment, address of the database, key, clock, and who pays refunds where."""
    settings = wired.settings
    yield Finding("environment", settings.environment.value)
    yield Finding("database", shown(settings.database_url))
    yield Finding("signing key", "the demo key" if settings.signing_key == DEMO_KEY else "of its own")
    yield Finding("clock", clock(wired))
    yield Finding("payments", wired.till.name)
    yield Finding("worker", "inside bff serve" if settings.worker else "off here: bff worker")


def clock(wired: Wiring) -> str:
    """The shop's time, and whether it is stopped or was moved on."""
    now, real = wired.now(), datetime.now(UTC)
    if wired.settings.now is not None:
        return f"stopped at {now.isoformat()}"
    moved = round((now - real).total_seconds())
    return f"{now:%Y-%m-%dT%H:%M:%SZ}" + (f", moved on by {length(moved)}" if moved else "")


def length(seconds: int) -> str:
    """A time in words: "3 days", or "1 day, 5:00:00"."""
    return str(timedelta(seconds=seconds)).removesuffix(", 0:00:00")


def of_rules(wired: Wiring) -> Iterator[Finding]:
    """Plugins that take part, those that could not be loaded, and the policy set."""
    for plugin in wired.registry.plugins:
        may = ", ".join(str(one.name) for one in plugin.granted) or "EXPLAIN"
        yield Finding(f"plugin {plugin.name}", f"{plugin.manifest.version}, may {may}", good=True)
    for broken in wired.registry.quarantined:
        yield Finding(f"plugin {broken.name}", f"in quarantine: {broken.error}", good=False)
    yield Finding("policies", f"{wired.settings.policies}, digest {wired.policy_set.digest[:16]}", good=True)


def of_files(bundle: Path = BUNDLE) -> Iterator[Finding]:
    """The committed schema and the console's bundle."""
    if COMMITTED.is_file():
        same = COMMITTED.read_text(encoding="utf-8") == sdl()
        found = "as the code" if same else "differs from the code"
        yield Finding("schema.graphql", found, good=same)
    yield Finding("GraphiQL", "built" if (bundle / "index.html").is_file() else "not built: make graphiql")


def of_redis(url: str | None) -> Finding:
    """Whether Redis answers, where there is one."""
    if url is None:
        return Finding("Redis", "none: processes know nothing of each other")
    try:
        with Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as redis:
            redis.ping()
    except RedisError as error:
        return Finding("Redis", f"{shown(url)} does not answer: {error}", good=False)
    return Finding("Redis", f"{shown(url)} answers", good=True)


async def of_books(database: Database) -> Finding:
    """Whether every amount is what its refunds and the ledger's entries say; reads whole tables."""
    wrong = await audit.verify(database)
    told = "; ".join(f"{one.what} is {one.kept}, it must be {one.derived}" for one in wrong[:MOST_TOLD])
    more = f"; {len(wrong) - MOST_TOLD} more" if len(wrong) > MOST_TOLD else ""
    return Finding("books", f"{told}{more}" or "agree", good=not wrong)


async def of_database(database: Database) -> list[Finding]:
    """What the database says of itself."""
    missing = await obstacles(database)
    findings = [Finding("tables", ", ".join(missing) or "up to date", good=not missing)]
    if not missing:
        findings.append(await of_books(database))
    ask: Callable[[str], str] = "PRAGMA {}".format if database.dialect == "sqlite" else "SHOW {}".format
    names = (
        PRAGMAS
        if database.dialect == "sqlite"
        else ("server_version", "TimeZone", "default_transaction_isolation")
    )
    async with database.write_transaction() as connection:  # on SQLite reads have a connection of their own
        for name in names:
            (row,) = await connection.rows(ask(name))
            findings.append(Finding(f"{database.dialect} {name}", str(next(iter(row.values())))))
    return findings
