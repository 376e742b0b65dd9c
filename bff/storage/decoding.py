"""What does a column's value mean? Driver values to the types of a struct, and arguments to driver values."""

import types
import typing
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from bff.storage.fields import utc

S = TypeVar("S", bound=Struct)
Decode = Callable[[Any], Any]


def structs(kind: type[S], rows: Sequence[Sequence[Any]], *, native: bool) -> list[S]:
    """Rows to structs, column by column in the order of the struct's fields.

    `native` says that the driver gives UUIDs, datetimes and booleans (PostgreSQL); else they are text and
    integers (SQLite). JSON is text in both. Raises ValueError when the columns are not as many as the fields.
    """
    decoders = decoders_of(kind, native)
    if not any(decoders):
        return [kind(*row) for row in rows]
    return [
        kind(
            *[
                value if decode is None or value is None else decode(value)
                for decode, value in zip(decoders, row, strict=True)
            ]
        )
        for row in rows
    ]


@cache
def decoders_of(kind: type[Struct], native: bool) -> tuple[Decode | None, ...]:  # noqa: FBT001 - a cache key
    """One decoder a field, or None where the driver's value already is the value."""
    hints = typing.get_type_hints(kind, include_extras=False)
    return tuple(_decoder(hints[name], native=native) for name in kind.__struct_fields__)


def _decoder(annotation: Any, *, native: bool) -> Decode | None:
    origin = typing.get_origin(annotation)
    if origin in {typing.Union, types.UnionType}:
        (annotation,) = [arm for arm in typing.get_args(annotation) if arm is not type(None)]
        origin = typing.get_origin(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return annotation
    if annotation in {UUID, datetime, bool}:
        return _NATIVE.get(annotation) if native else _FROM_TEXT[annotation]
    if annotation in {int, str, bytes, Any}:
        return None
    return msgspec.json.Decoder(annotation).decode


_FROM_TEXT: dict[Any, Decode] = {UUID: UUID, datetime: datetime.fromisoformat, bool: bool}
# A server's time zone setting never reaches the reader.
_NATIVE: dict[Any, Decode] = {datetime: lambda at: at.astimezone(UTC)}


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


# By exact type, since ingest binds millions; what is not here SQLite takes as it is, string enums included.
_TO_SQLITE: dict[type, Callable[[Any], Any]] = {
    UUID: str,
    datetime: lambda at: utc(at).isoformat(" "),
    dict: _json,
    list: _json,
    tuple: _json,
}


def sqlite_values(row: Sequence[Any]) -> Sequence[Any]:
    """Arguments as SQLite keeps them: ids and instants as text that sorts, collections as JSON."""
    if _TO_SQLITE.keys().isdisjoint(map(type, row)):
        return row
    converter = _TO_SQLITE.get
    return [value if (convert := converter(type(value))) is None else convert(value) for value in row]


def postgres_value(value: Any) -> Any:
    """An argument as asyncpg wants it: only enums and JSON objects need a hand."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return msgspec.json.encode(value).decode()
    if isinstance(value, datetime):
        return utc(value)
    return value
