"""How is the text of a setting read? A function for each kind of value; ValueError for what cannot be one."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from bff.policy.contributions import Capability
from bff.policy.manifest import LOCALES

SHORTEST_KEY = 32
EARLIEST_YEAR, LATEST_YEAR = 1970, 8999  # windows reach beyond the clock, and the calendar ends with 9999
URL_OPTIONS = {"maxsize", "ssl"}
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
FLAG = "true or false"
SECONDS = "seconds, 0 or more"


class Setting(Struct, frozen=True):
    """One setting: how its text is read (ValueError when it cannot be), what is allowed, and what it is for."""

    read: Callable[[Any], Any]
    allowed: str
    about: str


class Payments(StrEnum):
    """Who pays refunds."""

    EMBEDDED = "embedded"
    STRIPE = "stripe"


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


def read_seconds(value: Any) -> float:
    """A duration; none is one too."""
    seconds = read_number(value)
    if seconds < 0:
        raise ValueError
    return seconds


def read_path(value: Any) -> Path:
    """A file, there or not."""
    return Path(read_text(value))


def read_service(value: Any) -> str:
    """The address of a service that is trusted with secrets: https, or plain on this machine."""
    url = read_text(value).rstrip("/")
    parts = urlsplit(url)
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    ):
        raise ValueError
    return url


PAYMENT_SETTINGS: dict[str, Setting] = {
    "payments": Setting(
        Payments,
        "embedded or stripe",
        "who pays refunds; unless set, the embedded provider, which moves no money: production wants to be told",
    ),
    "stripe_secret_key": Setting(read_text, "a secret key of Stripe's", "lets us refund through Stripe"),
    "stripe_webhook_secret": Setting(
        read_text, "the signing secret of the webhook endpoint", "tells Stripe's notifications from anybody's"
    ),
    "stripe_previous_webhook_secret": Setting(
        read_text, "a signing secret", "is still believed, so that the secret can be changed"
    ),
    "stripe_url": Setting(
        read_service, "https://host, or http:// on this machine", "where Stripe is, for tests against another"
    ),
    "embedded_book": Setting(
        read_path,
        "a file",
        "what the embedded provider has paid; unless set, payments.sqlite3 beside the database, else in data",
    ),
    "embedded_webhook_secret": Setting(
        read_text, "a text", "signs the embedded provider's notifications; unless set, made from the signing key"
    ),
    "embedded_latency": Setting(read_seconds, SECONDS, "until the embedded provider answers"),
    "embedded_timeout": Setting(read_seconds, SECONDS, "until a caller of it gives up waiting"),
    "embedded_settles_after": Setting(read_seconds, SECONDS, "until what it has accepted is paid or declined"),
    "worker": Setting(
        read_flag, FLAG, "pays refunds, fires deadlines and publishes inside bff serve; off: bff worker does"
    ),
}
