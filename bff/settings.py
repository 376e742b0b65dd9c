"""How is this server set up? One frozen Settings, read once: BFF_* variables, else one TOML file, else as here."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from bff.limits import Limits
from bff.policy.contributions import Capability
from bff.policy.manifest import LOCALES
from bff.setting_values import (
    EARLIEST_YEAR,
    FLAG,
    LATEST_YEAR,
    PAYMENT_SETTINGS,
    SHORTEST_KEY,
    Payments,
    Setting,
    read_database,
    read_directory,
    read_flag,
    read_grants,
    read_instant,
    read_key,
    read_list,
    read_locales,
    read_number,
    read_origins,
    read_port,
    read_redis,
    read_text,
    read_whole,
)

PREFIX = "BFF_"
ALIKE = 0.8  # of 1: a name that is this near to a setting is a slip of the hand
# Variables of that prefix that are not settings of the server: where its file is, and where tests make databases.
NOT_SETTINGS = frozenset({"BFF_CONFIG", "BFF_TEST_DATABASE", "BFF_TEST_REDIS"})
DEMO_KEY = "demo-key-known-to-everybody-never-for-production"
OWN_PLUGINS = ("no_reason_return", "premium_tier", "quality_claim")
EVERYTHING = ~Capability.EXPLAIN


class Environment(StrEnum):
    """Where a server runs: production refuses what only suits a developer."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


def policies_directory() -> Path:
    """The parameter records that ship with the program: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).parent
    inside = package / "policies"
    return inside if inside.is_dir() else package.parent / "policies"


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that differs between two servers. `now` stops the shop's clock at one instant."""

    environment: Environment = Environment.DEVELOPMENT
    database_url: str = "sqlite:///data/shop.sqlite3"
    signing_key: str = DEMO_KEY
    previous_signing_key: str | None = None
    plugins: tuple[str, ...] | None = None
    grants: Mapping[str, Capability] = {}
    policies: Path = policies_directory()
    now: datetime | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    graphiql: bool = True
    introspection: bool = True
    cors_origins: tuple[str, ...] = ()
    locales: tuple[str, ...] = LOCALES
    redis_url: str | None = None
    payments: Payments | None = None
    stripe_secret_key: str | None = None
    stripe_webhook_secret: str | None = None
    stripe_previous_webhook_secret: str | None = None
    stripe_url: str = "https://api.stripe.com"
    embedded_book: Path | None = None
    embedded_webhook_secret: str | None = None
    embedded_latency: float = 0.05
    embedded_timeout: float = 10.0
    embedded_settles_after: float = 5.0
    worker: bool = True
    limits: Limits = Limits()

    @property
    def signing_keys(self) -> tuple[str, ...]:
        """The keys that tokens and cursors are checked with, the one that signs first."""
        return (self.signing_key, *((self.previous_signing_key,) if self.previous_signing_key else ()))

    def taking_part(self, installed: Iterable[str]) -> tuple[str, ...]:
        """The plugins that are named; else this tree's, and to a developer every one that is installed."""
        if self.plugins is not None:
            return self.plugins
        if self.environment is Environment.PRODUCTION:
            return OWN_PLUGINS
        return tuple(sorted({*OWN_PLUGINS, *installed}))

    def grants_of(self, plugins: Iterable[str]) -> dict[str, Capability]:
        """What each may do: all it wants if it is this tree's or nobody named any, else what is granted."""
        trusted = [name for name in plugins if name in OWN_PLUGINS or self.plugins is None]
        return dict.fromkeys(trusted, EVERYTHING) | dict(self.grants)


class SettingsError(ValueError):
    """Settings that cannot be used; `problems` has a line for each, naming the variable and what is allowed."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("settings refused:\n" + "\n".join(f"- {problem}" for problem in problems))
        self.problems = tuple(problems)


SECRETS = {
    "stripe_secret_key",
    "stripe_webhook_secret",
    "stripe_previous_webhook_secret",
    "embedded_webhook_secret",
    "signing_key",
    "previous_signing_key",
    "database_url",
    "redis_url",
}
MOST_SHOWN = 100  # characters of a value that cannot be read
DIRECTORY = "a directory that exists"
SETTINGS: Mapping[str, Setting] = {
    "environment": Setting(
        Environment, "development or production", "production refuses the demo key and a stopped clock"
    ),
    "database_url": Setting(
        read_database,
        "sqlite:///relative.db, sqlite:////absolute.db or postgresql://user@host:port/name?maxsize=10",
        "where everything is kept",
    ),
    "signing_key": Setting(read_key, f"a secret text of {SHORTEST_KEY} bytes or more", "signs tokens and cursors"),
    "previous_signing_key": Setting(
        read_key,
        f"a secret text of {SHORTEST_KEY} bytes or more",
        "is still believed, so that keys can be changed while tokens live",
    ),
    "plugins": Setting(
        read_list,
        "names with commas between",
        "the policy plugins that take part; unless set, this tree's, and outside production every installed one",
    ),
    "grants": Setting(
        read_grants,
        "plugin=CAPABILITY+CAPABILITY with commas between; capabilities are "
        + ", ".join(str(capability.name) for capability in Capability),
        "what named plugins from outside this tree may do; this tree's may do all they want",
    ),
    "policies": Setting(read_directory, DIRECTORY, "the parameter records"),
    "now": Setting(
        read_instant,
        f"an instant with its offset, such as 2026-03-01T09:30:00Z, of the years {EARLIEST_YEAR} to {LATEST_YEAR}",
        "stops the shop's clock at that instant, for demos and tests; tokens keep to the real clock",
    ),
    "host": Setting(read_text, "an address of this machine", "where to listen"),
    "port": Setting(read_port, "0 to 65535", "where to listen; 0 takes a free port"),
    "graphiql": Setting(read_flag, FLAG, "serves the console to browsers; off in production unless set"),
    "introspection": Setting(
        read_flag, FLAG, "lets clients read the schema, and suggests names; off in production unless set"
    ),
    "cors_origins": Setting(
        read_origins, "https://host:port with commas between, no wildcards", "sites whose scripts may read answers"
    ),
    "locales": Setting(read_locales, "en, zh", "languages of messages; the first is the fallback"),
    "redis_url": Setting(
        read_redis,
        "redis://user:password@host:port/0, or rediss:// for TLS",
        "carries live updates between processes, and counts guests' look-ups for all; without it each is alone",
    ),
    **PAYMENT_SETTINGS,
}
LIMIT_NAMES = structs.fields(Limits)


def read_settings(variables: Mapping[str, str]) -> Settings:
    """The settings of a process with these environment variables. Raises SettingsError with every problem."""
    problems: list[str] = []
    path = variables.get("BFF_CONFIG")
    given = dict(from_file(path, problems)) if path else {}
    given |= dict(from_variables(variables))
    values: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    for name, (shown, value) in given.items():
        if name.startswith("limit_"):
            read_limit(name.removeprefix("limit_"), shown, value, limits, problems)
        elif name in SETTINGS:
            read_one(name, shown, value, values, problems)
        else:
            near = get_close_matches(PREFIX + name.upper(), names(), 1, ALIKE)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names())}"
            problems.append(f"{shown} is no setting; {hint}")
    settings = fitted(values, Limits(**limits))
    problems += [*refusals_of_production(settings), *missing_of_stripe(settings)]
    if problems:
        raise SettingsError(problems)
    return settings


def names() -> list[str]:
    """Every variable that is a setting."""
    limits = [f"{PREFIX}LIMIT_{field.name.upper()}" for field in LIMIT_NAMES]
    return [PREFIX + name.upper() for name in SETTINGS] + limits


def from_variables(variables: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, Any]]]:
    """Settings by name, each with how a message should call it."""
    for variable, value in variables.items():
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS:
            yield variable.removeprefix(PREFIX).lower(), (variable, value)


def from_file(path: str, problems: list[str]) -> Iterator[tuple[str, tuple[str, Any]]]:
    """Settings of a TOML file: the same names in lower case, limits in a table [limits]."""
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        problems.append(f"BFF_CONFIG={path}: {error}; it must name a TOML file")
        return
    limits = table.pop("limits", {})
    for name, value in table.items():
        yield name, (f"{name} in {path}", value)
    if not isinstance(limits, dict):
        problems.append(f"limits in {path} is no table; write [limits] and a line for each")
        return
    for name, value in limits.items():
        yield f"limit_{name}", (f"limits.{name} in {path}", value)


def read_one(name: str, shown: str, value: Any, values: dict[str, Any], problems: list[str]) -> None:
    """Reads one setting into `values`, or reports it. Secrets, and what may hold one, are not repeated."""
    try:
        values[name] = SETTINGS[name].read(value)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        said = "" if name in SECRETS else f"={str(value)[:MOST_SHOWN]}"
        problems.append(f"{shown}{said} cannot be read; allowed: {SETTINGS[name].allowed}")


def read_limit(name: str, shown: str, value: Any, limits: dict[str, Any], problems: list[str]) -> None:
    """Reads one limit: a positive number of the kind that its default is."""
    kinds = {field.name: type(field.default) for field in LIMIT_NAMES}
    if name not in kinds:
        problems.append(f"{shown} is no limit; there are {', '.join(kinds)}")
        return
    try:
        number = read_whole(value) if kinds[name] is int else read_number(value)
        if number <= 0:
            raise ValueError  # noqa: TRY301 - told like any other number that will not do
    except (ValueError, TypeError, OverflowError):
        allowed = "a whole number" if kinds[name] is int else "a number"
        problems.append(f"{shown}={str(value)[:MOST_SHOWN]} cannot be read; allowed: {allowed} above 0")
    else:
        limits[name] = number


def fitted(values: dict[str, Any], limits: Limits) -> Settings:
    """The settings, with what production switches off unless it is asked for."""
    if values.get("environment") is Environment.PRODUCTION:
        values = {"graphiql": False, "introspection": False, **values}
    return Settings(**values, limits=limits)


def refusals_of_production(settings: Settings) -> Iterator[str]:
    """What only suits a developer."""
    if settings.environment is not Environment.PRODUCTION:
        return
    if DEMO_KEY in settings.signing_keys:
        yield "BFF_SIGNING_KEY is the demo key, or not set; production needs a secret of its own"
    if settings.now is not None:
        yield "BFF_NOW stops the clock, which production refuses; allowed: not set"


def missing_of_stripe(settings: Settings) -> Iterator[str]:
    """What Stripe cannot be spoken to without."""
    if settings.payments is Payments.STRIPE:
        for name in ("stripe_secret_key", "stripe_webhook_secret"):
            if getattr(settings, name) is None:
                yield f"{PREFIX}{name.upper()} is not set, and {PREFIX}PAYMENTS is stripe"
