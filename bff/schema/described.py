"""How is a closed set told to clients? Registered as an enum, with a description of every value."""

from enum import StrEnum

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition


def described(members: type[StrEnum], description: str, **values: str) -> None:
    """Registers an enum with a description of itself and of every value; a value left out is a KeyError."""
    strawberry.enum(members, description=description)
    definition: StrawberryEnumDefinition = members.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values.pop(value.name)
    if values:
        raise LookupError(f"{members.__name__} has no {', '.join(values)}")
