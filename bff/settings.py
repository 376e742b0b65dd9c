"""How is this server set up? One frozen Settings, read once: BFF_* variables, else one TOML file, else as here."""

import math
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct, structs

from bff.limits import Limits
from bff.policy.contributions import Capability

PREFIX = "BFF_"
# Variables of that prefix that are not settings of the server: where its file is, and where tests make databases.
NOT_SETTINGS = frozenset({"BFF_CONFIG", "BFF_TEST_DATABASE"})
DEMO_KEY = "demo-key-known-to-everybody-never-for-production"
SHORTEST_KEY = 32
EARLIEST_YEAR, LATEST_YEAR = 1970, 8999  # windows reach beyond the clock, and the calendar ends with 9999
URL_OPTIONS = {"maxsize", "ssl"}
OWN_PLUGINS = ("no_reason_return", "premium_tier", "quality_claim")
LOCALES = ("en", "zh")
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


class Setting(Struct, frozen=True):
    """One setting: how its text is read (ValueError when it cannot be), what is allowed, and what it is for."""

    read: Callable[[Any], Any]
    allowed: str
    about: str


def read_text(value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value.strip()


def read_key(value: Any) -> str:
    """A secret long enough for HS256 (RFC 7518 section 3.2)."""
    key = read_text(value)
    if len(key.encode()) < SHORTEST_KEY:
        raise ValueError
    return key


def read_flag(value: Any) -> bool:
    """Yes or no, in the words that people write."""
    words = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}
    return words[str(value).strip().lower()]


def read_list(value: Any) -> tuple[str, ...]:
    """Texts with commas between, or a TOML array of texts."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError
    return tuple(part.strip() for part in parts if part.strip())


def read_locales(value: Any) -> tuple[str, ...]:
    """Some of the locales that there are texts for."""
    locales = read_list(value)
    if not locales or not set(locales) <= set(LOCALES):
        raise ValueError
    return locales


def read_origins(value: Any) -> tuple[str, ...]:
    """Exact origins; a wildcard would hand every site the answers."""
    origins = read_list(value)
    for origin in origins:
        scheme, _, host = origin.partition("://")
        if scheme not in {"http", "https"} or not host or set("/*") & set(host):
            raise ValueError
    return origins


def read_whole(value: Any) -> int:
    """A whole number without a sign, as a number or as text; true and 80.7 are none."""
    if type(value) is int:
        return value
    if not (isinstance(value, str) and value.strip().isascii() and value.strip().isdigit()):
        raise ValueError
    return int(value)


def read_number(value: Any) -> float:
    """A finite number, as a number or as text."""
    if isinstance(value, bool) or not math.isfinite(number := float(value)):
        raise ValueError
    return number


def read_port(value: Any) -> int:
    """A TCP port; 0 lets the machine choose."""
    port = read_whole(value)
    if not 0 <= port < 2**16:
        raise ValueError
    return port


def read_instant(value: Any) -> datetime:
    """An instant with its offset, in UTC."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(read_text(value))
    if at.tzinfo is None:
        raise ValueError
    at = at.astimezone(UTC)
    if not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        raise ValueError
    return at


def read_database(value: Any) -> str:
    """A URL of one of the two kinds of database."""
    url = read_text(value)
    parts = urlsplit(url)  # raises ValueError for brackets that do not match
    if parts.scheme == "sqlite" and url.removeprefix("sqlite://").strip("/"):
        return url
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme not in {"postgresql", "postgres"} or not parts.netloc or not options.keys() <= URL_OPTIONS:
        raise ValueError
    if parts.port == 0 or read_whole(options.get("maxsize", 1)) == 0:  # the port raises ValueError for words
        raise ValueError
    return url


def read_redis(value: Any) -> str:
    """A URL of a Redis, or of what speaks like one."""
    url = read_text(value)
    parts = urlsplit(url)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname or parts.port == 0:
        raise ValueError
    if parts.query or (not parts.path.strip("/").isdigit() and parts.path.strip("/")):
        raise ValueError
    return url


def read_grants(value: Any) -> dict[str, Capability]:
    """Capabilities by plugin: "points=GRANT+RELIEVE,other=RESTRICT", or a TOML table of arrays."""
    if isinstance(value, str):
        pairs = [part.partition("=")[::2] for part in read_list(value)]
        value = {name.strip(): words.split("+") for name, words in pairs}
    granted = {}
    for name, words in dict(value).items():
        granted[name] = Capability.EXPLAIN
        for word in words:
            granted[name] |= Capability[word.strip().upper()]
    return granted


def read_directory(value: Any) -> Path:
    """A directory that is there."""
    path = Path(read_text(value))
    if not path.is_dir():
        raise ValueError
    return path


SECRETS = {"signing_key", "previous_signing_key", "database_url", "redis_url"}
MOST_SHOWN = 100  # characters of a value that cannot be read
DIRECTORY = "a directory that exists"
FLAG = "true or false"
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
        "carries live updates between processes; without it each hears only what it has published itself",
    ),
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
            problems.append(f"{shown} is no setting; there are {', '.join(names())}")
    settings = fitted(values, Limits(**limits))
    problems += refusals_of_production(settings)
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
