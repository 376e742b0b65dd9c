"""What did ingest tell about the goods? Untrusted JSON: a value of the wrong type counts as absent."""

from collections.abc import Mapping
from typing import Any

from bff.money import MoneyError, parse_minor


def flag(attributes: Mapping[str, Any], name: str) -> bool:
    """Whether an attribute is exactly `true`; "true", 1 and all else are no."""
    return attributes.get(name) is True


def amount(value: Any, currency: str) -> int | None:
    """A decimal string as minor units of the order's currency; None for what is no positive amount."""
    if not isinstance(value, str):
        return None
    try:
        minor = parse_minor(value, currency)
    except MoneyError:
        return None
    return minor if minor > 0 else None


def table(attributes: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An attribute that is an object, or an empty one."""
    value = attributes.get(name)
    return value if isinstance(value, Mapping) else {}
