"""Is what a plugin said well formed, and may it say so? Types, ranges, capability, code and line are checked.

Structs do not check their fields when they are built, so that plugins stay fast; what crosses into the kernel
is checked here, once. Exact types are wanted: a float is never money, and a bool is never a number.
"""

import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import astuple

from bff.money import BASIS_POINTS, LARGEST_MINOR, Money
from bff.policy.contributions import (
    ANY_BASIS,
    Advance,
    AnyContribution,
    Bear,
    Benefit,
    Bonus,
    BuyerCap,
    Capability,
    Contribution,
    Cost,
    Exclude,
    Forbid,
    Grant,
    Hold,
    Mandate,
    NoGrant,
    Option,
    Require,
    Route,
    Signal,
    Waive,
    WindowCap,
)
from bff.vocabulary import Basis, LiableParty, Resolution, ReturnMethod

# Which contributions answer which hook.
SPEAKS: Mapping[str, frozenset[type[Contribution]]] = {
    "assess_risk": frozenset({Signal}),
    "judge_eligibility": frozenset({Grant, NoGrant, Forbid, Mandate, WindowCap, Hold, Advance}),
    "require_evidence": frozenset({Require}),
    "assign_liability": frozenset({Bear}),
    "price_refund": frozenset({Cost, BuyerCap, Waive}),
    "compensate": frozenset({Bonus}),
    "offer_exchange": frozenset({Option, Exclude}),
    "route_case": frozenset({Route}),
    "list_entitlements": frozenset({Benefit}),
    "route_ticket": frozenset({Route}),
}

HARD = frozenset({"fraud", "safety"})
BASES = frozenset(Basis)
FORBID_KINDS = HARD | {"policy"}
SAID_TYPES = frozenset({str, int, datetime, Money})
# Every rule holds for nothing at all, and the rule of a basis for each Basis that there is.
RIGHT_BY_TYPE = frozenset({type(None), Basis})

# Position of the field, its default, which is right by declaration, the check, and what it allows.
_Rule = tuple[int, Any, Callable[[Any], bool], str]


class MisspokenError(ValueError):
    """A plugin's answer that cannot be used; the text says what is wrong with which contribution."""


def permitted(hook: str, granted: Capability) -> frozenset[type[Contribution]]:
    """The kinds of contribution that a plugin with those capabilities may give to a hook."""
    return frozenset(kind for kind in SPEAKS[hook] if kind.needs in granted)


def check_contributions(
    returned: Iterable[Any], hook: str, may: Collection[type], codes: Collection[str], lines: Collection[str]
) -> None:
    """Raises MisspokenError unless each may answer the hook, is well formed and names a code and a line."""
    for said in returned:
        kind = type(said)
        if kind not in may:
            raise MisspokenError(_why_not(kind, hook))
        shape = _SHAPES[kind]
        values = astuple(said)
        found = tuple(map(type, values))
        rules = shape.rules_of.get(found)
        if rules is None:
            rules = _check_types(said, shape, found)
        if said.code not in codes:
            raise MisspokenError(f"{kind.__name__}: {said.code!r} is not among the manifest's codes")
        if said.line not in lines:
            raise MisspokenError(f"{kind.__name__}: {said.line!r} is not a line that was asked about")
        for position, default, holds, allowed in rules:
            value = values[position]
            if value is not default and not holds(value):
                raise MisspokenError(f"{kind.__name__}.{shape.fields[position]}: {allowed}, not {value!r}")


def _why_not(kind: Any, hook: str) -> str:
    if kind in SPEAKS[hook]:
        return f"{kind.__name__} takes the capability {kind.needs.name}, which is not granted"
    names = ", ".join(sorted(allowed.__name__ for allowed in SPEAKS[hook]))
    return f"{kind.__name__} does not answer {hook}; {names} do"


# ---- types: the exact class of each field -------------------------------------------------------


class _Shape:
    """The fields of one kind: their exact types, their rules, and which of these each right combination needs."""

    __slots__ = ("allowed", "fields", "rules", "rules_of")

    def __init__(self, kind: type[Contribution]) -> None:
        hints = typing.get_type_hints(kind)
        defaults = {field.name: field.default for field in msgspec.structs.fields(kind)}
        self.fields = kind.__struct_fields__
        self.allowed = [_exact_types(hints[field]) for field in self.fields]
        self.rules_of: dict[tuple[type, ...], list[_Rule]] = {}
        self.rules: list[_Rule] = [
            (position, defaults[field], *_RULES[name])
            for position, field in enumerate(self.fields)
            for name in (f"{kind.__name__}.{field}", field)
            if name in _RULES
        ]


def _exact_types(hint: Any) -> frozenset[type]:
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return frozenset().union(*map(_exact_types, typing.get_args(hint)))
    return frozenset({typing.get_origin(hint) or hint})


def _check_types(said: Any, shape: _Shape, found: tuple[type, ...]) -> list[_Rule]:
    for field, kind, allowed in zip(shape.fields, found, shape.allowed, strict=True):
        if kind not in allowed:
            names = " or ".join(sorted(each.__name__ for each in allowed))
            raise MisspokenError(f"{type(said).__name__}.{field} is {kind.__name__}, not {names}")
    # What its type alone makes right, as most fields are that were left out, need not be looked at again.
    rules = shape.rules_of[found] = [rule for rule in shape.rules if found[rule[0]] not in RIGHT_BY_TYPE]
    return rules


# ---- ranges: what a value of the right type must still be ---------------------------------------


def _is_instant(value: datetime | None) -> bool:
    return value is None or value.utcoffset() is not None


def _is_window(window: Any) -> bool:
    if window is None:
        return True
    opens, closes, days, _ = astuple(window)
    are_instants = type(opens) is datetime and type(closes) is datetime and type(days) is int
    return are_instants and opens.utcoffset() is not None and closes.utcoffset() is not None


def _is_said(pairs: Any) -> bool:
    for pair in pairs:
        if type(pair) is not tuple or len(pair) != 2:  # noqa: PLR2004 - a pair
            return False
        name, value = pair
        kind = type(value)
        if type(name) is not str or kind not in SAID_TYPES or (kind is datetime and not _is_instant(value)):
            return False
    return True


def _all_are(kind: type) -> Callable[[Any], bool]:
    allowed = frozenset({kind})
    return lambda values: allowed.issuperset(map(type, values))


def _is_preference(pairs: Any) -> bool:
    return not pairs or all(type(p) is tuple and tuple(map(type, p)) == (str, int) for p in pairs)


_AMOUNT = (lambda v: 0 <= v <= LARGEST_MINOR, "an amount is never negative, in minor units")
_RATE = (lambda v: 0 <= v <= BASIS_POINTS, f"a rate is 0 to {BASIS_POINTS} basis points")
_COUNT = (lambda v: v is None or v >= 0, "a count is never negative")
_OTHER = (lambda v: v is not LiableParty.CUSTOMER, "somebody other than the customer")
_INSTANT = (_is_instant, "an instant has a time zone")
_are_resolutions = _all_are(Resolution)

# By field, or by kind and field where one word means two things.
_RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "amount": _AMOUNT,
    "bps": _RATE,
    "floor_bps": _RATE,
    "weight_bps": _RATE,
    "available": _COUNT,
    "used": _COUNT,
    "limit": _COUNT,
    "first_response_minutes": _COUNT,
    "expected_days": _COUNT,
    "minimum": (lambda v: v >= 1, "at least one"),
    "basis": (lambda v: v == ANY_BASIS or v in BASES, f"a basis, or {ANY_BASIS!r} where it may be any"),
    "Forbid.kind": (lambda v: v in FORBID_KINDS, f"one of {', '.join(sorted(FORBID_KINDS))}"),
    "window": (_is_window, "a window has whole days and instants with a time zone"),
    "until": _INSTANT,
    "resets_at": _INSTANT,
    "expires_at": _INSTANT,
    "resolutions": (lambda v: bool(v) and _are_resolutions(v), "at least one Resolution"),
    "funder": _OTHER,
    "shift_to": _OTHER,
    "methods": (_all_are(ReturnMethod), "ReturnMethods"),
    "deny": (_all_are(str), "warehouse ids"),
    "prefer": (_is_preference, "pairs of warehouse id and preference"),
    "said": (_is_said, "pairs of a name and a text, whole number, instant with a time zone or Money"),
}

_SHAPES: Mapping[type, _Shape] = {kind: _Shape(kind) for kind in typing.get_args(AnyContribution)}
