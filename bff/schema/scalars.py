"""What do the graph's own scalars accept? One spelling of each value; anything else is refused."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

DecimalText = NewType("DecimalText", str)
CurrencyCode = NewType("CurrencyCode", str)
MarketCode = NewType("MarketCode", str)
JSON = NewType("JSON", object)

RFC_3339 = re.compile(
    r"(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", flags=re.ASCII
)
CALENDAR_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", flags=re.ASCII)
TWO_LETTERS, THREE_LETTERS = re.compile(r"[A-Z]{2}"), re.compile(r"[A-Z]{3}")
PLAIN_DECIMAL = re.compile(r"-?\d{1,19}(\.\d{1,9})?", flags=re.ASCII)


def read_datetime(value: object) -> datetime:
    """An instant in UTC from RFC 3339 text; digits beyond the microsecond are dropped."""
    found = RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise GraphQLError('DateTime is RFC 3339 text with an offset, such as "2026-03-01T09:30:00Z"')
    day_and_time, fraction, offset = found.groups()
    try:
        return datetime.fromisoformat(f"{day_and_time.upper()}{(fraction or '')[:7]}{offset.upper()}").astimezone(
            UTC
        )
    except (ValueError, OverflowError):
        raise GraphQLError(f"{value!r} is no instant of the calendar") from None


def print_datetime(value: datetime) -> str:
    """RFC 3339 in UTC, "2026-03-01T09:30:00Z"; microseconds only where there are some."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def read_date(value: object) -> date:
    """A calendar day from "2026-03-01"."""
    if not (isinstance(value, str) and CALENDAR_DAY.fullmatch(value)):
        raise GraphQLError('Date is ISO 8601 text, such as "2026-03-01"')
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise GraphQLError(f"{value!r} is no day of the calendar") from None


def read_decimal(value: object) -> DecimalText:
    """An exact decimal, kept as text: a float has lost its exactness before anyone could look."""
    if not (isinstance(value, str) and PLAIN_DECIMAL.fullmatch(value)):
        raise GraphQLError('Decimal is a plain decimal in a string, such as "199.90": no number, no exponent')
    return DecimalText(value)


def read_currency(value: object) -> CurrencyCode:
    """Three letters; whether there is such a currency is told where it is used, for each order of a batch."""
    if not (isinstance(value, str) and THREE_LETTERS.fullmatch(value)):
        raise GraphQLError('CurrencyCode is an ISO 4217 code of three capital letters, such as "SGD"')
    return CurrencyCode(value)


def read_market(value: object) -> MarketCode:
    """Two letters; whether the shop has such a market is told where it is used, for each order of a batch."""
    if not (isinstance(value, str) and TWO_LETTERS.fullmatch(value)):
        raise GraphQLError('MarketCode is an ISO 3166-1 code of two capital letters, such as "SG"')
    return MarketCode(value)


def read_json(value: object) -> JSON:
    """Any JSON value; NaN and the infinities, which JSON cannot write, are refused."""
    if isinstance(value, float) and not math.isfinite(value):
        raise GraphQLError("JSON has no NaN and no infinity")
    if isinstance(value, Mapping):
        for item in value.values():
            read_json(item)
    if isinstance(value, list):
        for item in value:
            read_json(item)
    return JSON(value)


def _scalar(
    name: str,
    description: str,
    parse: Callable[[Any], object],
    serialize: Callable[[Any], object] = lambda value: value,
    specified_by: str | None = None,
) -> ScalarDefinition:
    return strawberry.scalar(
        name=name,
        description=description,
        specified_by_url=specified_by,
        serialize=serialize,
        parse_value=parse,
    )


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: _scalar(
        "DateTime",
        'An instant as RFC 3339 text. Answers are always UTC ("2026-03-01T09:30:00Z"); an input may have any'
        " offset, but must have one.",
        read_datetime,
        print_datetime,
        "https://datatracker.ietf.org/doc/html/rfc3339",
    ),
    date: _scalar(
        "Date",
        'An ISO 8601 calendar day, in the time zone of the market it is about: "2026-03-01".',
        read_date,
        lambda value: value.isoformat(),
        "https://datatracker.ietf.org/doc/html/rfc3339#section-5.6",
    ),
    DecimalText: _scalar(
        "Decimal",
        'An exact decimal in a string, "199.90", with as many places as its currency has. Numbers, exponents and'
        " NaN are refused: a float has lost its exactness on the way.",
        read_decimal,
    ),
    CurrencyCode: _scalar(
        "CurrencyCode",
        'An ISO 4217 currency code, "SGD".',
        read_currency,
        specified_by="https://www.iso.org/iso-4217-currency-codes.html",
    ),
    MarketCode: _scalar(
        "MarketCode",
        'The ISO 3166-1 alpha-2 code of the market that an order was sold in, "SG". It decides the calendar and'
        " the law.",
        read_market,
        specified_by="https://www.iso.org/iso-3166-country-codes.html",
    ),
    JSON: _scalar(
        "JSON",
        "Any JSON value.",
        read_json,
        specified_by="https://ecma-international.org/publications-and-standards/standards/ecma-404/",
    ),
}
