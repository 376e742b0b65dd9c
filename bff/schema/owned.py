"""How does a field show what belongs to its source? By one read for a whole level of sources."""

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from bff.execution.batched import batched
from bff.schema.context import Info
from bff.schema.found import found
from bff.storage.reads.children import Children


def listed(children: Children[Any], owner: str = "id") -> Callable[..., Any]:
    """A resolver of all that belongs to a source, which is named by its attribute `owner`."""
    key_of = attrgetter(owner)

    @batched
    async def resolve(parents: Sequence[Any], info: Info) -> list[list[Any]]:
        by_owner = await children.of(info.context.database, [key_of(parent) for parent in parents])
        return [by_owner[key_of(parent)] for parent in parents]

    return resolve


def single(children: Children[Any], owner: str = "id") -> Callable[..., Any]:
    """A resolver of the only thing that belongs to a source, or None."""
    key_of = attrgetter(owner)

    @batched
    async def resolve(parents: Sequence[Any], info: Info) -> list[Any]:
        by_owner = await children.of(info.context.database, [key_of(parent) for parent in parents])
        return [next(iter(by_owner[key_of(parent)]), None) for parent in parents]

    return resolve


def referred(type_name: str, key: str) -> Callable[..., Any]:
    """A resolver of the object of that type that a source names by its attribute `key`, if it is the viewer's."""
    key_of = attrgetter(key)

    @batched
    async def resolve(parents: Sequence[Any], info: Info) -> list[Any]:
        return await found(info.context, type_name, [key_of(parent) for parent in parents])

    return resolve
