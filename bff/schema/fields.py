"""Where does a field's value come from? From its source's attribute of the same name, or from a function."""

from collections.abc import Callable
from typing import Any

import strawberry


def attribute(description: str) -> Any:
    """A field that its source already holds; it never waits."""
    return strawberry.field(description=description)


def resolved(function: Callable[..., Any], description: str) -> Any:
    """A field that a function answers, from the source alone or, when it is batched, for a whole level.

    The type stands at the field, for functions answer with sources, not with GraphQL types.
    """
    return strawberry.field(resolver=function, description=description)
