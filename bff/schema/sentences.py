"""How is something that happened said? A sentence of the host's texts, filled with what is known of it.

`{name}` stands for a value, `{name:section}` for its word in that section, `{name:money}` for an amount in minor
units of the data's `currency`. A part in [ ] is left out where one of its values is missing or zero.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency

from bff import texts
from bff.money import Money, MoneyError
from bff.policy.rendering import AMOUNT_THEN_CODE, NOT_SAID

PART = re.compile(r"\[([^]]*)\]")
PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
MONEY = "money"


def sentence(locale: str, section: str, key: str, data: Mapping[str, Any]) -> str:
    """The sentence of a key, or the key itself where nobody has written one."""
    template = _word(locale, section, key)

    def value(place: re.Match[str]) -> str | None:
        return _value(locale, data, place[1], place[2])

    def part(found: re.Match[str]) -> str:
        whole = all(value(place) is not None for place in PLACE.finditer(found[1]))
        return found[1] if whole else ""

    return PLACE.sub(lambda place: value(place) or NOT_SAID, PART.sub(part, template))


def _value(locale: str, data: Mapping[str, Any], name: str, section: str | None) -> str | None:
    """The value as people read it; None where there is nothing to say."""
    value = data.get(name)
    if value is None or value == "" or (value == 0 and not isinstance(value, bool)):
        return None
    if section == MONEY:
        return _amount(locale, value, data.get("currency"))
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return _word(locale, section, shown) if section else shown


def _word(locale: str, section: str, key: str) -> str:
    try:
        return texts.text(locale, section, key)
    except KeyError:
        return key


def _amount(locale: str, minor: Any, currency: Any) -> str | None:
    if not isinstance(minor, int) or not isinstance(currency, str):
        return None
    try:
        amount = Decimal(Money(minor, currency).amount)
    except MoneyError:
        return None
    return format_currency(amount, currency, AMOUNT_THEN_CODE, locale=locale)
