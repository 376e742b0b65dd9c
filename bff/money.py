"""How much, exactly? Whole minor units of one ISO 4217 currency; no float ever touches money."""

from collections.abc import Sequence
from functools import cache

import iso4217
from msgspec import Struct

BASIS_POINTS = 10_000
# BIGINT in both databases; a larger amount is a mistake, not a price.
LARGEST_MINOR = 2**63 - 1
DIGITS_AT_MOST = len(str(LARGEST_MINOR))


class MoneyError(ValueError):
    """An amount or currency that cannot be money; the text says which and what is allowed."""


@cache
def exponent(currency: str) -> int:
    """Decimal places of an ISO 4217 currency: VND 0, SGD 2, KWD 3. Raises MoneyError when unknown."""
    try:
        places = iso4217.Currency(currency).exponent
    except ValueError:
        raise MoneyError(f"{currency!r} is not an ISO 4217 currency code, such as SGD") from None
    if places is None:
        raise MoneyError(f"{currency} has no minor unit, so nothing can be priced in it")
    return int(places)


class Money(Struct, frozen=True, order=True):
    """An amount in whole minor units of one currency; may be negative only as a difference."""

    minor: int
    currency: str

    @property
    def amount(self) -> str:
        """The exact decimal, with as many places as the currency has: "199.90", "45000", "1.250"."""
        return decimal_text(self.minor, self.currency)

    @classmethod
    def parse(cls, amount: str, currency: str) -> "Money":
        """Reads "199.90" as SGD. Raises MoneyError on floats, exponents, NaN and places the currency lacks."""
        return cls(parse_minor(amount, currency), currency)

    def __add__(self, other: "Money") -> "Money":
        """The sum of two amounts of one currency."""
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not add up")
        return Money(self.minor + other.minor, self.currency)


def decimal_text(minor: int, currency: str) -> str:
    """Minor units as an exact decimal string: 19990 SGD is "199.90", 45000 VND is "45000"."""
    places = exponent(currency)
    if not places:
        return str(minor)
    whole, part = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{places}d}"


def parse_minor(amount: str, currency: str) -> int:
    """A decimal string as minor units. Raises MoneyError for what is not a plain decimal of that currency."""
    places = exponent(currency)
    before, _, after = amount.partition(".")
    if (
        len(after) == places
        and after.isdigit()
        and before.isdigit()
        and len(amount) < DIGITS_AT_MOST
        and amount.isascii()
    ):
        return int(before + after)  # "199.90", as nearly every amount is written: ingest reads millions
    text = amount.strip()
    whole, point, part = text.removeprefix("-").partition(".")
    if not (text.isascii() and whole.isdigit() and (part.isdigit() or not point)):
        raise MoneyError(f'{amount!r} is not a plain decimal, such as "199.90"')
    if len(part.rstrip("0")) > places:
        raise MoneyError(f"{amount!r} has more decimal places than {currency}, which has {places}")
    if len(whole) > DIGITS_AT_MOST:
        raise MoneyError(f"{amount!r} is larger than any amount can be")
    minor = int(whole + part[:places].ljust(places, "0"))
    if minor > LARGEST_MINOR:
        raise MoneyError(f"{amount!r} is larger than any amount can be")
    return -minor if text.startswith("-") else minor


def portion(minor: int, bps: int) -> int:
    """`bps` basis points of an amount, rounded down: what a fee takes, in the customer's favour."""
    return minor * bps // BASIS_POINTS


def split(minor: int, weights: Sequence[int]) -> list[int]:
    """Shares of a non-negative amount by weight that add up to it (largest remainder, earliest first).

    With no weight at all the shares are equal, so nothing is lost on zero-priced goods.
    """
    if not weights:
        return []
    total = sum(weights)
    if total == 0:
        weights, total = [1] * len(weights), len(weights)
    shares = [divmod(minor * weight, total) for weight in weights]
    parts = [whole for whole, _ in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: -shares[i][1])
    for i in by_remainder[: minor - sum(parts)]:
        parts[i] += 1
    return parts


def units_share(minor: int, units: int, first: int, count: int) -> int:
    """What `count` of `units` units are worth, after the first `first`, when the whole is worth `minor`.

    The split is made once: the earliest units carry the remainder, so three returns of one unit each give
    exactly what one return of three gives, in any order (10.00 over three is 3.34 + 3.33 + 3.33).
    """
    whole, extra = divmod(minor, units)
    return whole * count + max(0, min(extra, first + count) - first)
