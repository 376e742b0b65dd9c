"""How does one resolver serve every parent of a level? It takes them all at once and answers in their order.

A function `async def f(parents, info, **arguments) -> list` under `@batched` becomes an ordinary resolver for the
stock executor, which reaches it through one loader a request, function and arguments. An executor that works level
by level calls `resolver.batch` itself, once a level.
"""

import dataclasses
import inspect
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, Protocol, TypeVar

from aiodataloader import DataLoader, Loader, dispatch_queue
from strawberry import UNSET

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
BatchFunction = Callable[..., Awaitable[Sequence[Any]]]
# Siblings of one level may wake a few turns of the event loop apart: the stock executor gathers two waiting
# fields in tasks of their own, but awaits a single one directly. So a batch leaves once nobody came this long.
CALM_TURNS = 4


class LevelLoader(DataLoader[Any, Any]):
    """Collects keys until the level has been asked for whole, then loads them in one call."""

    def do_resolve_reject(self, key: Any, future: Any) -> None:
        """Queues the key; the first one starts the wait for the rest of its level."""
        self._queue.append(Loader(key=key, future=future))
        if len(self._queue) == 1:
            self.loop.call_soon(self._wait_for_calm, 1, 0)

    def _wait_for_calm(self, seen: int, calm: int) -> None:
        if calm == CALM_TURNS:
            dispatch_queue(self)
            return
        waiting = len(self._queue)
        self.loop.call_soon(self._wait_for_calm, waiting, calm + 1 if waiting == seen else 0)


class Batches:
    """The loaders of one request; made anew for each, so nothing outlives it or reaches another viewer."""

    def __init__(self) -> None:
        self._levels: dict[Hashable, LevelLoader] = {}
        self._remembered: dict[Hashable, LevelLoader] = {}

    async def answer(self, function: BatchFunction, parent: Any, info: Any, arguments: dict[str, Any]) -> Any:
        """What the function answers for this parent, asked together with its level."""
        key = (function, frozen(arguments))
        loader = self._levels.get(key)
        if loader is None:

            async def load(parents: list[Any]) -> list[Any]:
                return list(await function(parents, info, **arguments))

            loader = self._levels[key] = LevelLoader(load, cache=False, get_cache_key=id)
        return await loader.load(parent)

    async def remembered(
        self,
        load: Callable[[Any, list[Key]], Awaitable[Sequence[Value]]],
        context: Any,
        keys: Sequence[Key],
    ) -> list[Value]:
        """The values of keys, each loaded once a request: `load(context, new_keys)` answers in their order."""
        loader = self._remembered.get(load)
        if loader is None:

            async def load_new(new: list[Key]) -> list[Value]:
                return list(await load(context, new))

            loader = self._remembered[load] = LevelLoader(load_new)
        return await loader.load_many(keys)


class HasBatches(Protocol):
    """What a request's context must carry."""

    batches: Batches


def frozen(value: Any) -> Hashable:
    """An argument as a hashable value that is equal for equal arguments; inputs are compared field by field."""
    if isinstance(value, dict):
        return tuple(sorted((name, frozen(item)) for name, item in value.items()))
    if isinstance(value, list | tuple):
        return tuple(frozen(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return (type(value), *(frozen(getattr(value, field.name)) for field in dataclasses.fields(value)))
    return value  # type: ignore[no-any-return]


def batched(function: BatchFunction) -> Callable[..., Any]:
    """Makes a resolver of a function over all parents. Arguments that were not given reach it as None."""
    signature = inspect.signature(function)
    _, info_parameter, *arguments = signature.parameters.values()
    absent = {argument.name: None for argument in arguments if argument.default is UNSET}
    given = {argument.name: argument.default for argument in arguments if argument.default is not UNSET}

    async def resolve(root: Any, info: Any, **asked: Any) -> Any:
        filled = {**absent, **given, **{name: value for name, value in asked.items() if value is not UNSET}}
        batches: Batches = info.context.batches
        return await batches.answer(function, root, info, filled)

    root = inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    resolve.__signature__ = signature.replace(parameters=[root, info_parameter, *arguments])  # type: ignore[attr-defined]
    resolve.__annotations__ = {parameter.name: parameter.annotation for parameter in (info_parameter, *arguments)}
    resolve.__name__ = function.__name__
    resolve.__module__ = function.__module__
    resolve.__doc__ = function.__doc__
    resolve.batch = function  # type: ignore[attr-defined]
    return resolve
