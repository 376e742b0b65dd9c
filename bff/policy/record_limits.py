"""Which records take too much? What a law gives and what the platform charges bind every merchant's record."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from bff.money import Money
from bff.policy.manifest import Amounts, Floor, Manifest
from bff.policy.parameters import FIRST_DAY, LAST_DAY, Record, RecordScope

# A right is the same in every shop, for every customer and on every channel.
NOT_OF_A_RIGHT = ("merchant", "segment", "channel")


def place_of(record: Record) -> str:
    """Where a reader of the message finds it: file, record and key."""
    return f"{record.file}: record {record.id!r}: {record.key}"


def limit_problems(records: Sequence[Record], manifests: Mapping[str, Manifest]) -> Iterator[str]:
    """Every record that sets what it may not, or more or less than it may."""
    of_platform: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        if record.scope.merchant is None:
            of_platform[record.plugin, record.key].append(record)
    for record in records:
        manifest = manifests[record.plugin]
        if record.key in manifest.reserved:
            yield from _beyond_reserve(record)
        elif record.scope.merchant is not None:
            platforms = of_platform[record.plugin, record.key]
            yield from _below_floor(record, [each for each in platforms if each.law], manifest)
            yield from _above_ceiling(record, platforms, manifest)


def _beyond_reserve(record: Record) -> Iterator[str]:
    for part in NOT_OF_A_RIGHT:
        named = getattr(record.scope, part)
        if named is not None:
            yield (
                f"{place_of(record)}: carries out a law, so its scope may name market and category, "
                f"not {part} {named!r}"
            )


def _below_floor(record: Record, laws: Sequence[Record], manifest: Manifest) -> Iterator[str]:
    direction = manifest.floors.get(record.key)
    if direction is None:
        return
    for floor in _binding(record, laws):
        if _is_worse(record.value, floor.value, direction):
            yield (
                f"{place_of(record)} = {record.value} is worse for the customer than {floor.value}, "
                f"which {floor.id!r} of {floor.file} owes under {floor.law}"
            )


def _is_worse(value: int, floor: int, direction: Floor) -> bool:
    return value < floor if direction is Floor.AT_LEAST else value > floor


def _above_ceiling(record: Record, platforms: Sequence[Record], manifest: Manifest) -> Iterator[str]:
    if record.key not in manifest.ceilings:
        return
    binding = _binding(record, platforms)
    for ceiling in binding:
        yield from _dearer(record, ceiling.value, f"{ceiling.id!r} of {ceiling.file} sets")
    if not any(_covers(ceiling.scope, record.scope) and _outlasts(ceiling, record) for ceiling in binding):
        yield from _dearer(record, _default(manifest, record.key), f"{manifest.name} itself sets")


def _dearer(record: Record, ceiling: Amounts, setter: str) -> Iterator[str]:
    for currency, minor in sorted(record.value.by_currency.items()):
        most = ceiling.minor(currency)
        if minor > (most or 0):
            limit = "nothing" if most is None else f"{Money(most, currency).amount} {currency}"
            yield (
                f"{place_of(record)} = {Money(minor, currency).amount} {currency} is more than {limit}, which "
                f"{setter} for the platform; a merchant may set as much or less"
            )


def _default(manifest: Manifest, key: str) -> Any:
    return getattr(manifest.parameters(), key) if manifest.parameters is not None else Amounts({})


# ---- which of the platform's records bind a merchant's ------------------------------------------


def _binding(record: Record, others: Sequence[Record]) -> list[Record]:
    """Those that hold for some line and day on which the record does, and that no better one always hides."""
    met = [other for other in others if _meet(record, other)]
    covering = [other for other in met if _covers(other.scope, record.scope) and _outlasts(other, record)]
    return [each for each in met if not any(_rank(other.scope) > _rank(each.scope) for other in covering)]


def _rank(scope: RecordScope) -> tuple[tuple[bool, ...], int]:
    """How specific a scope is: later fields before all earlier ones together, then the deeper category."""
    named = tuple(part is not None for part in reversed(msgspec.structs.astuple(scope)))
    return named, (scope.category or "").count("/")


def _covers(wide: RecordScope, narrow: RecordScope) -> bool:
    """Whether everything in the one scope is in the other, whoever the merchant."""
    pairs = ((wide.market, narrow.market), (wide.segment, narrow.segment), (wide.channel, narrow.channel))
    below = wide.category is None or f"{narrow.category or ''}/".startswith(f"{wide.category}/")
    return below and all(part is None or part == other for part, other in pairs)


def _outlasts(wide: Record, narrow: Record) -> bool:
    starts = (wide.valid_from or FIRST_DAY) <= (narrow.valid_from or FIRST_DAY)
    return starts and (narrow.valid_to or LAST_DAY) <= (wide.valid_to or LAST_DAY)


def _meet(one: Record, other: Record) -> bool:
    """Whether there is any line and day on which both records hold."""
    a, b = one.scope, other.scope
    pairs = ((a.market, b.market), (a.segment, b.segment), (a.channel, b.channel))
    places = all(x is None or y is None or x == y for x, y in pairs)
    paths = a.category is None or b.category is None or _nested(a.category, b.category)
    start = max(one.valid_from or FIRST_DAY, other.valid_from or FIRST_DAY)
    return places and paths and start < min(one.valid_to or LAST_DAY, other.valid_to or LAST_DAY)


def _nested(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")
