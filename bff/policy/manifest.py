"""What does a plugin promise? Its manifest: a static declaration that is checked before it may speak."""

import enum
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Annotated, Any

from msgspec import Meta, Struct

from bff.money import BASIS_POINTS, MoneyError, parse_minor
from bff.policy.contributions import Capability
from bff.policy.facts import FactProvider
from bff.vocabulary import Basis, RuleSource

API_VERSION = 1
LOCALES = ("en", "zh")  # every text exists in each; the first is the fallback


class Audience(enum.StrEnum):
    """For whom a text is written; a missing one falls back to the customer's."""

    CUSTOMER = "customer"
    MERCHANT = "merchant"
    AUDITOR = "auditor"


# Locale -> audience -> template; templates name what was said: "Closed after {days} days".
Texts = Mapping[str, Mapping[str, str]]


class ReasonCode(Struct, frozen=True, kw_only=True):
    """Something that the plugin may say: its stable code, on whose authority, and in which words.

    Texts must exist in en and zh for the customer. For the codes of a Benefit the audience "title" is its title.
    """

    code: str
    source: RuleSource
    texts: Texts


# Types of whole-number parameters with the range that a record may use; a longer window is a slip of the pen.
WholeDays = Annotated[int, Meta(ge=0, le=3660)]
BasisPoints = Annotated[int, Meta(ge=0, le=BASIS_POINTS)]
Minutes = Annotated[int, Meta(ge=0, le=525_600)]
Count = Annotated[int, Meta(ge=0, le=1000)]


class Dating(enum.StrEnum):
    """Which day picks the record in force."""

    ORDER = "order"
    DELIVERY = "delivery"
    REQUEST = "request"


class Amounts(Struct, frozen=True):
    """An amount of money that differs by currency: `{ SGD = "5.00", KWD = "1.200" }` in a policy file.

    A currency that is not named has no amount: what has no price is not charged, and a limit that is not
    stated is not granted.
    """

    by_currency: Mapping[str, int]

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> "Amounts":
        """Reads decimals by currency. Raises MoneyError for what is no money, or less than none."""
        amounts = {currency: parse_minor(text, currency) for currency, text in texts.items()}
        for currency, minor in amounts.items():
            if minor < 0:
                raise MoneyError(f"{texts[currency]!r} is negative")
        return cls(amounts)

    def minor(self, currency: str) -> int | None:
        """The amount in minor units, or None where the currency is not named."""
        return self.by_currency.get(currency)


class Floor(enum.StrEnum):
    """In which direction a parameter favours the customer, where a law sets the least that is owed."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Manifest(Struct, frozen=True, kw_only=True):
    """A plugin's declaration. `wants` is a request: the operator's deployment file grants capabilities.

    `parameters` is a frozen Struct whose fields all have defaults: the rules as they are without any record.
    Field types are int, bool, str, enums, tuples of these, and `Amounts`; `Annotated` with a `msgspec.Meta` sets
    a range (`WholeDays`, `BasisPoints`, `Minutes`, `Count`). `dated_by` says for each parameter which day picks
    the record (the order's by default).

    Three sets bind the records that merchants have. `reserved` are the parameters that carry out a law: scopes
    of their records name market and category only. `floors` are whole numbers of which a merchant's record may
    not be worse for the customer than a record with a `law`, `ceilings` are `Amounts` of which it may not name
    more than the platform's own, wherever both hold.

    A plugin that owns bases is asked about requests on those only, one that owns none about all.
    """

    name: str
    version: str
    api: int = API_VERSION
    title: Mapping[str, str]  # by locale
    description: Mapping[str, str]
    wants: Capability
    bases: tuple[Basis, ...] = ()  # owned: exactly one plugin a basis
    markets: frozenset[str] | None = None  # None: everywhere
    needs: tuple[str, ...] = ()  # fact ids
    provides: tuple[FactProvider, ...] = ()
    codes: tuple[ReasonCode, ...] = ()
    parameters: type[Any] | None = None
    dated_by: Mapping[str, Dating] = {}
    reserved: frozenset[str] = frozenset()
    floors: Mapping[str, Floor] = {}
    ceilings: frozenset[str] = frozenset()


class Parameters:
    """The values in force for each line of one request, and which records gave them.

    `parameters[line.id]` is the plugin's Struct; `parameters.first` serves hooks that have no line.
    """

    __slots__ = ("_by_line",)

    def __init__(self, by_line: Mapping[str, Any]) -> None:
        self._by_line = by_line

    def __getitem__(self, line: str) -> Any:
        """The plugin's parameter Struct as it holds for that line."""
        return self._by_line[line]

    @property
    def first(self) -> Any:
        """The Struct for a hook without lines (`list_entitlements`)."""
        return next(iter(self._by_line.values()))


def reason_codes(
    package: str, sources: Mapping[str, RuleSource], otherwise: RuleSource = RuleSource.PLATFORM
) -> tuple[ReasonCode, ...]:
    """The codes of a package whose texts stand in its `texts/en.toml` and `texts/zh.toml`, by code and audience.

    `sources` says on whose authority a code is said, `otherwise` for those that it does not name.
    """
    texts = texts_of(package)
    return tuple(ReasonCode(code=code, source=sources.get(code, otherwise), texts=texts[code]) for code in texts)


def texts_of(package: str) -> Mapping[str, Texts]:
    """The texts of a package by code, from one file a locale: code -> audience -> template."""
    folder = files(package) / "texts"
    tables = {locale: tomllib.loads((folder / f"{locale}.toml").read_text("utf-8")) for locale in LOCALES}
    codes = sorted({code for table in tables.values() for code in table})
    return {code: {locale: tables[locale][code] for locale in tables if code in tables[locale]} for code in codes}
