"""How are ids and instants kept? UUIDv7 keys, and UTC in this one place."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import uuid_utils as uuid_utils_native
import uuid_utils.compat as uuid_utils
from tortoise import Model, fields
from tortoise.fields.db_defaults import SqlDefault

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)  # later than anything: an end for what has none, where NULL sorts ill
# Spelled as SQLite keeps every other instant; Tortoise would write a default with a T, which sorts elsewhere.
FOREVER_BY_DEFAULT = SqlDefault(f"'{FOREVER.isoformat(' ')}'")


def new_id() -> UUID:
    """A UUIDv7: unique without asking, and later ids sort after earlier ones, so inserts stay local."""
    return uuid_utils.uuid7()


def new_id_text() -> str:
    """A new id as text, which both databases take too: a third of the time where ingest makes millions."""
    return str(uuid_utils_native.uuid7())


def utc(at: datetime) -> datetime:
    """An aware instant in UTC. Raises ValueError for a naive one: no clock without its zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC)


def id_field() -> Any:
    """The primary key of every table."""
    return fields.UUIDField(primary_key=True, default=new_id)


class UtcDatetimeField(fields.DatetimeField[datetime]):
    """An instant. SQLite compares datetimes as text, so every value and every bound is turned to UTC here."""

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:
        """Refuses naive values, converts aware ones."""
        return super().to_db_value(None if value is None else utc(value), instance)
