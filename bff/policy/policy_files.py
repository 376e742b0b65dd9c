"""What do the policy files say, and is all of it allowed? Every problem at once, by file, record and key."""

import tomllib
import types
import typing
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from bff.markets import markets
from bff.money import MoneyError
from bff.policy.manifest import Amounts, Manifest
from bff.policy.parameters import FIRST_DAY, LAST_DAY, Record, RecordScope
from bff.policy.record_limits import limit_problems, place_of
from bff.policy.refusals import nearest

SEGMENTS_FILE = "segments.toml"
PLAIN_TYPES: Mapping[Any, str] = {
    int: "a whole number",
    bool: "true or false",
    str: "a text",
    Amounts: 'a table of decimal texts by currency, such as { SGD = "5.00" }',
}


class PolicyError(ValueError):
    """Policy files that cannot be used; `problems` has one line each: file, record, key and what is allowed."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("policies refused:\n" + "\n".join(f"- {problem}" for problem in problems))
        self.problems = tuple(problems)


class _Scope(Struct, forbid_unknown_fields=True):
    market: str | list[str] | None = None
    category: str | None = None
    merchant: str | None = None
    segment: str | None = None
    channel: str | None = None


class _Entry(Struct, forbid_unknown_fields=True):
    id: str
    key: str
    value: Any
    scope: _Scope = msgspec.field(default_factory=_Scope)
    valid_from: date | None = None
    valid_to: date | None = None
    law: str | None = None
    note: str = ""


class _File(Struct, forbid_unknown_fields=True):
    plugin: str
    record: list[Any] = []
    review_by: date | None = None
    note: str = ""


class _Segments(Struct, forbid_unknown_fields=True):
    order: list[str]


def read_policies(
    directory: Path, manifests: Iterable[Manifest], idle: Collection[str] = ()
) -> tuple[list[Record], tuple[str, ...]]:
    """The records of every `*.toml` below a directory, and the order of segments. Raises PolicyError.

    Files of the `idle` plugins, which are there but take no part, are passed over.
    """
    problems: list[str] = []
    records: list[Record] = []
    if not directory.is_dir():
        raise PolicyError([f"{directory}: is no directory; policy files are expected there"])
    segments = _segments(directory / SEGMENTS_FILE, problems)
    by_name = {manifest.name: manifest for manifest in manifests}
    files = [(path, path.relative_to(directory).as_posix()) for path in sorted(directory.rglob("*.toml"))]
    files = [(path, name) for path, name in files if name != SEGMENTS_FILE]
    if not files:
        problems.append(
            f"{directory}: holds no policy file; at least one *.toml with a plugin's records is expected there"
        )
    for path, name in files:
        records += _read_file(path, name, by_name, idle, problems)
    problems += check_records(records, by_name, segments)
    if problems:
        raise PolicyError(problems)
    return records, segments


def _segments(path: Path, problems: list[str]) -> tuple[str, ...]:
    if not path.exists():
        return ()
    read = _convert(path, SEGMENTS_FILE, _Segments, problems)
    return tuple(read.order) if read else ()


def _convert(path: Path, name: str, kind: type[Any], problems: list[str]) -> Any:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{name}: cannot be read: {error}")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{name}: is not TOML: {error}")
    except msgspec.ValidationError as error:
        fields = ", ".join(kind.__struct_fields__)
        problems.append(f"{name}: {error}; the file may have {fields}")
    return None


def _read_file(
    path: Path, name: str, manifests: Mapping[str, Manifest], idle: Collection[str], problems: list[str]
) -> Iterator[Record]:
    read = _convert(path, name, _File, problems)
    if read is None or read.plugin in idle:
        return
    manifest = manifests.get(read.plugin)
    if manifest is None:
        problems.append(f"{name}: {read.plugin!r} is no plugin that takes part{nearest(read.plugin, manifests)}")
        return
    for position, raw in enumerate(read.record, start=1):
        where = f"{name}: record {_identity(raw, position)!r}"
        try:
            entry = msgspec.convert(raw, _Entry)
            _refuse_blanks(entry)
            value = _value(manifest, entry)
        except msgspec.ValidationError as error:
            problems.append(f"{where}: {error}; a record may have {', '.join(_Entry.__struct_fields__)}")
        except _ValueRefusedError as refused:
            problems.append(f"{where}: {refused}")
        else:
            yield from _expanded(entry, value, manifest.name, name)


def _identity(raw: Any, position: int) -> Any:
    """The record's id, or its place in the file where it has none that could be read."""
    named = raw.get("id") if isinstance(raw, dict) else None
    return named if named is not None and str(named).strip() else f"number {position}"


def _refuse_blanks(entry: _Entry) -> None:
    """Raises _ValueRefusedError for an id that is none, and for a scope that holds nowhere."""
    if not entry.id.strip():
        raise _ValueRefusedError("id is empty; allowed is a text that no other record has")
    for part in ("market", "merchant", "segment", "channel"):
        named = getattr(entry.scope, part)
        if named is not None and not named:
            raise _ValueRefusedError(
                f"{entry.key}: {part} = {named!r} names none; leave it out to mean every {part}"
            )


def _expanded(entry: _Entry, value: Any, plugin: str, file: str) -> Iterator[Record]:
    """One record a market, where the scope lists several."""
    scope = entry.scope
    listed = scope.market if isinstance(scope.market, list) else [scope.market]
    for market in listed:
        yield Record(
            id=entry.id,
            plugin=plugin,
            key=entry.key,
            value=value,
            scope=RecordScope(market, scope.category, scope.merchant, scope.segment, scope.channel),
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
            law=entry.law,
            note=entry.note,
            file=file,
        )


# ---- values -------------------------------------------------------------------------------------


class _ValueRefusedError(ValueError):
    pass


def _value(manifest: Manifest, entry: _Entry) -> Any:
    """The value as the parameter's own type. Raises _ValueRefusedError with what is allowed."""
    declared = manifest.parameters
    hints = typing.get_type_hints(declared, include_extras=True) if declared is not None else {}
    if entry.key not in hints:
        raise _ValueRefusedError(f"{entry.key!r} is no parameter of {manifest.name}{nearest(entry.key, hints)}")
    hint = hints[entry.key]
    try:
        if hint is Amounts:
            return Amounts.parse(msgspec.convert(entry.value, dict[str, str]))
        return msgspec.convert(entry.value, hint)
    except (msgspec.ValidationError, MoneyError) as error:
        raise _ValueRefusedError(f"{entry.key} = {entry.value!r}: {error}; allowed is {allowed(hint)}") from None


def allowed(hint: Any) -> str:
    """What a parameter's type lets a record say, in words."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _within(inner[0], inner[1:])
    if origin in (types.UnionType, typing.Union):
        return " or ".join(allowed(each) for each in inner if each is not type(None))
    if origin is not None:
        return "a list, each " + allowed(inner[0])
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "one of " + ", ".join(repr(each.value) for each in hint)
    return PLAIN_TYPES.get(hint, str(hint))


def _within(hint: Any, annotations: Sequence[Any]) -> str:
    """A type with its bounds, as far as `msgspec.Meta` states any."""
    words = allowed(hint)
    for meta in (each for each in annotations if isinstance(each, msgspec.Meta)):
        if meta.ge is not None and meta.le is not None:
            words += f" from {meta.ge} to {meta.le}"
        if meta.min_length is not None:
            words = words.replace("a list", f"a list of at least {meta.min_length}", 1)
    return words


# ---- scopes, dates and limits -------------------------------------------------------------------


def check_records(
    records: Sequence[Record], manifests: Mapping[str, Manifest], segments: Sequence[str]
) -> Iterator[str]:
    """What records contradict: unknown scopes, dates that end before they start, ids, ties and limits."""
    for record in records:
        yield from _scope_problems(record, manifests[record.plugin], segments)
    yield from _repeated_ids(records)
    yield from _ties(records)
    yield from limit_problems(records, manifests)


def _scope_problems(record: Record, manifest: Manifest, segments: Sequence[str]) -> Iterator[str]:
    scope = record.scope
    there_are = manifest.markets if manifest.markets is not None else frozenset(markets())
    if scope.market is not None and scope.market not in there_are:
        yield f"{place_of(record)}: market {scope.market!r} is not served{nearest(scope.market, there_are)}"
    if scope.segment is not None and scope.segment not in segments:
        listed = ", ".join(segments) or "none"
        yield f"{place_of(record)}: segment {scope.segment!r} is not in {SEGMENTS_FILE}, which orders {listed}"
    if scope.category is not None and (not scope.category or "" in scope.category.split("/")):
        yield f"{place_of(record)}: category {scope.category!r} is not a path, such as 'apparel/shoes'"
    if record.valid_from and record.valid_to and record.valid_from >= record.valid_to:
        yield f"{place_of(record)}: ends on {record.valid_to}, not after it starts on {record.valid_from}"


def _repeated_ids(records: Sequence[Record]) -> Iterator[str]:
    seen: dict[str, Record] = {}
    for record in records:
        first = seen.setdefault(record.id, record)
        # A list of markets is one record under one id.
        if (first.file, first.key, first.value) != (record.file, record.key, record.value) or (
            first is not record and first.scope == record.scope
        ):
            yield f"{place_of(record)}: the id is taken by a record for {first.key} in {first.file}"


def _ties(records: Sequence[Record]) -> Iterator[str]:
    alike: dict[tuple[str, str, RecordScope], list[Record]] = defaultdict(list)
    for record in records:
        alike[record.plugin, record.key, record.scope].append(record)
    for tied in alike.values():
        by_day = sorted(tied, key=lambda record: record.valid_from or FIRST_DAY)
        for earlier, later in pairwise(by_day):
            if (later.valid_from or FIRST_DAY) < (earlier.valid_to or LAST_DAY) and earlier.id != later.id:
                yield (
                    f"{place_of(later)}: holds in the same scope and on the same days as "
                    f"{earlier.id!r} of {earlier.file}; end one before the other starts"
                )
