"""Which value of a parameter holds here and now? The most specific dated record in force, or the default.

A record's scope names any of market, category, merchant, segment and channel, each more telling than all
before it. Of two records that name the same ones the segment earlier in `segments.toml` wins, then the deeper
category ("apparel/shoes" before "apparel"). Two that tie are refused on loading, so there is always one answer.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Self

import msgspec
from msgspec import Struct

from bff.policy.facts import encode
from bff.policy.manifest import Dating, Manifest

LARGEST_CACHE = 100_000
FIRST_DAY, LAST_DAY = date.min, date.max


class RecordScope(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a record holds; None: everywhere. Later fields are more specific than all earlier ones together."""

    market: str | None = None
    category: str | None = None
    merchant: str | None = None
    segment: str | None = None
    channel: str | None = None


class Record(Struct, frozen=True, kw_only=True):
    """One dated, scoped value of one parameter; `[valid_from, valid_to)` in days of the market's calendar."""

    id: str
    plugin: str
    key: str
    value: Any
    scope: RecordScope = RecordScope()
    valid_from: date | None = None
    valid_to: date | None = None
    law: str | None = None
    note: str = ""
    file: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the record is in force on that day."""
        return (self.valid_from or FIRST_DAY) <= day < (self.valid_to or LAST_DAY)


class Days(Struct, frozen=True):
    """The days, in the market's calendar, from which a parameter's dating picks."""

    order: date
    delivery: date
    request: date


class Resolved(Struct, frozen=True):
    """A plugin's values for one line, and by key the record that gave each; keys left out keep their default."""

    values: Any
    records: Mapping[str, Record]
    record_ids: frozenset[str] = frozenset()


class Circumstances(Struct, frozen=True):
    """What a scope is held against. `segments` are all that the customer belongs to."""

    market: str
    category: str = ""
    merchant: str = ""
    segments: tuple[str, ...] = ()
    channel: str = ""


_Key = tuple[str | None, ...]


class _Values:
    """Every record of one parameter, found by its exact scope."""

    __slots__ = ("by_scope", "dating", "shapes")

    def __init__(self, records: Iterable[Record], dating: Dating) -> None:
        self.dating = dating
        self.by_scope: dict[_Key, list[Record]] = defaultdict(list)
        for record in records:
            self.by_scope[msgspec.structs.astuple(record.scope)].append(record)
        shapes = {tuple(part is not None for part in key) for key in self.by_scope}
        # As numbers in base two, the last field the highest digit.
        self.shapes = sorted(shapes, key=lambda shape: shape[::-1], reverse=True)

    def find(
        self, here: Circumstances, categories: Sequence[str], segments: Sequence[str], day: date
    ) -> Record | None:
        """The most specific record in force. Categories and the customer's segments: the most specific first."""
        for market, category, merchant, segment, channel in self.shapes:
            for each in segments if segment else (None,):
                for path in categories if category else (None,):
                    key = (
                        here.market if market else None,
                        path,
                        here.merchant if merchant else None,
                        each,
                        here.channel if channel else None,
                    )
                    for record in self.by_scope.get(key, ()):
                        if record.holds_on(day):
                            return record
        return None


def _prefixes(category: str) -> list[str]:
    """The category and all above it, the deepest first: "a/b/c", "a/b", "a"."""
    parts = category.split("/")
    return ["/".join(parts[:depth]) for depth in range(len(parts), 0, -1)]


class PolicySet:
    """All parameter records, immutable; `digest` names the set by its content.

    Values are of the parameter's own type already; `PolicySet.load` reads, checks and builds from files.
    """

    # Rebuilt from the same files, the set has the same name in every process.
    HASHED: ClassVar[tuple[str, ...]] = ("id", "plugin", "key", "value", "scope", "valid_from", "valid_to", "law")

    def __init__(
        self, records: Sequence[Record], manifests: Iterable[Manifest], segments: Sequence[str] = ()
    ) -> None:
        self.records = tuple(sorted(records, key=lambda record: (record.id, encode(record.scope))))
        self.segments = tuple(segments)
        self.digest = self._digest()
        self._manifests = {manifest.name: manifest for manifest in manifests}
        self.plugins = frozenset(self._manifests)
        self._values = self._index()
        self._cuts = self._cut_days()
        self._cache: dict[Any, Resolved] = {}
        self._defaults: dict[str, Resolved] = {}

    @classmethod
    def load(cls, directory: Path, manifests: Iterable[Manifest], idle: Collection[str] = ()) -> Self:
        """Reads every TOML file below a directory, but those of the `idle` plugins, which take no part now.

        Raises PolicyError that names every problem.
        """
        from bff.policy.policy_files import read_policies  # noqa: PLC0415 - the reader builds on this module

        manifests = tuple(manifests)
        records, segments = read_policies(directory, manifests, idle)
        return cls(records, manifests, segments)

    def varies(self, plugin: str) -> bool:
        """Whether a plugin has any record, so that where and when it is asked can make a difference."""
        return plugin in self._cuts

    def resolve(self, plugin: str, here: Circumstances, days: Days) -> Resolved:
        """A plugin's parameters as they hold there, dated as each parameter says."""
        cuts = self._cuts.get(plugin)
        if cuts is None:
            return self.defaults(plugin)
        versions = tuple([bisect_right(cut, getattr(days, dating)) for dating, cut in cuts])
        key = (plugin, here, versions)
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) >= LARGEST_CACHE:
                self._cache.clear()
            found = self._cache[key] = self._resolve(plugin, here, days)
        return found

    def _resolve(self, plugin: str, here: Circumstances, days: Days) -> Resolved:
        segments = [segment for segment in self.segments if segment in here.segments]
        categories = _prefixes(here.category)
        records: dict[str, Record] = {}
        for key, values in self._values[plugin].items():
            record = values.find(here, categories, segments, getattr(days, values.dating))
            if record is not None:
                records[key] = record
        declared = self._manifests[plugin].parameters
        assert declared is not None  # its records have been checked
        values = declared(**{key: record.value for key, record in records.items()})
        return Resolved(values, records, frozenset(record.id for record in records.values()))

    def defaults(self, plugin: str) -> Resolved:
        """A plugin's parameters as they are without any record."""
        found = self._defaults.get(plugin)
        if found is None:
            declared = self._manifests[plugin].parameters
            found = self._defaults[plugin] = Resolved(declared() if declared is not None else None, {})
        return found

    def _digest(self) -> str:
        content = [[getattr(record, field) for field in self.HASHED] for record in self.records]
        return sha256(encode([content, self.segments])).hexdigest()

    def _index(self) -> dict[str, dict[str, _Values]]:
        grouped: dict[tuple[str, str], list[Record]] = defaultdict(list)
        for record in self.records:
            grouped[record.plugin, record.key].append(record)
        index: dict[str, dict[str, _Values]] = defaultdict(dict)
        for (plugin, key), records in sorted(grouped.items()):
            dating = self._manifests[plugin].dated_by.get(key, Dating.ORDER)
            index[plugin][key] = _Values(records, dating)
        return dict(index)

    def _cut_days(self) -> dict[str, list[tuple[Dating, list[date]]]]:
        """By plugin and dating the days on which any value may change: between two, days are alike."""
        cuts: dict[str, list[tuple[Dating, list[date]]]] = {}
        for plugin, by_key in self._values.items():
            days: dict[Dating, set[date]] = defaultdict(set)
            for values in by_key.values():
                for record in (record for records in values.by_scope.values() for record in records):
                    days[values.dating] |= {record.valid_from or FIRST_DAY, record.valid_to or LAST_DAY}
            cuts[plugin] = [(dating, sorted(found)) for dating, found in sorted(days.items())]
        return cuts
