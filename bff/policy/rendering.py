"""How is a decision's code said in words? The template for locale and audience, with its values filled in."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from re import Match
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from msgspec import Struct

from bff.money import Money
from bff.policy.contributions import Said
from bff.policy.manifest import LOCALES, Audience, Texts
from bff.policy.refusals import PLACEHOLDER

DEFAULT_LOCALE = LOCALES[0]
UNTIL = "until"  # a half-open end: see contributions.say
NOT_SAID = "…"
# The code and not the sign, for "$" is five currencies of this shop; Babel puts in the currency's own places.
AMOUNT_THEN_CODE = "#,##0.00 ¤¤"


class Reader(Struct, frozen=True, kw_only=True):
    """For whom a text is written: language, audience, and the time zone of the market's clocks.

    `audience` is an Audience, or "title" for the heading of an entitlement.
    """

    locale: str
    audience: str = Audience.CUSTOMER
    time_zone: str


class Phrasebook:
    """The texts of every plugin and of the kernel, by full code ("no_reason_return.window_closed")."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, Texts]) -> None:
        self._texts = texts

    def say(self, code: str, said: Sequence[tuple[str, Said]], reader: Reader) -> str:
        """The text of a code. One that nobody declared, from an older record, is said by its code alone."""
        texts = self._texts.get(code)
        if texts is None:
            return code
        language = _language(reader.locale)
        by_audience = texts.get(language) or texts[DEFAULT_LOCALE]
        template = by_audience.get(reader.audience) or by_audience[Audience.CUSTOMER]
        shown = partial(_shown, dict(said), _locale(language), ZoneInfo(reader.time_zone))
        return PLACEHOLDER.sub(shown, template)


def _language(locale: str) -> str:
    """The language of a tag such as zh-CN or en_GB, if texts are kept in it; else English."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in LOCALES else DEFAULT_LOCALE


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except UnknownLocaleError:
        return Locale.parse(DEFAULT_LOCALE)


def _shown(values: Mapping[str, Said], locale: Locale, zone: ZoneInfo, found: Match[str]) -> str:
    name = found[1]
    value = values.get(name)
    match value:
        case None:
            return NOT_SAID
        case Money():
            return format_currency(Decimal(value.amount), value.currency, AMOUNT_THEN_CODE, locale=locale)
        case datetime():
            return _instant(value, locale, zone, is_end=name == UNTIL)
        case int():
            return format_decimal(value, locale=locale)
        case str():
            return value


def _instant(value: datetime, locale: Locale, zone: ZoneInfo, *, is_end: bool) -> str:
    local = value.astimezone(zone)
    if is_end and local.time() == time():
        return format_date(local.date() - timedelta(days=1), "long", locale=locale)
    day = format_date(local.date(), "long", locale=locale)
    return f"{day} {format_datetime(local, 'HH:mm', locale=locale)}"
