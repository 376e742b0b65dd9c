"""What was asked, in plain values? An input as JSON would write it."""

import dataclasses
from enum import Enum
from typing import Any

from strawberry import UNSET


def plain(value: Any) -> Any:
    """An input without what was left out, its fields in the contract's spelling."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {camel(name): plain(one) for name, one in fields.items() if one is not UNSET}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.value if isinstance(value, Enum) else value


def camel(name: str) -> str:
    """The contract's spelling of a field."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
