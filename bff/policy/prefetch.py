"""What must be known before anybody decides? Each declared fact is loaded once, for all keys, before any rule.

This is the only input and output of a decision. Facts without `after` load at once, those that wait for
others in a second and third wave. What fails, is late or has the wrong shape stays unknown, and is reported.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from bff.policy.dispatch import describe
from bff.policy.facts import FactProvider, Scope

LARGEST_WAVES = 3


class Known(Struct, frozen=True):
    """The facts by id and key, as CaseFacts.known wants them; `missing` says for each other fact why."""

    values: Mapping[str, Mapping[str, Any]]
    missing: Mapping[str, str]


async def prefetch(
    needs: Iterable[str], providers: Iterable[FactProvider], keys: Mapping[Scope, Sequence[str]]
) -> Known:
    """Loads the needed facts, and those that they come after, for all keys of their scope.

    A key that a provider leaves out is unknown. A single value of the wrong shape makes only its key unknown.
    """
    sources = {provider.fact.id: provider for provider in providers}
    missing = dict.fromkeys(sorted(set(needs) - set(sources)), "nobody provides it")
    values: dict[str, Mapping[str, Any]] = {}
    for wave in _waves(_wanted(needs, sources), sources):
        loads = [_load(sources[fact], keys.get(sources[fact].fact.scope, ())) for fact in wave]
        for fact, (loaded, problem) in zip(wave, await asyncio.gather(*loads), strict=True):
            values[fact] = loaded
            if problem:
                missing[fact] = problem
    for fact in sorted(_wanted(needs, sources) - set(values)):
        missing[fact] = f"it would take more than {LARGEST_WAVES} waves"
    return Known(values, missing)


def _wanted(needs: Iterable[str], sources: Mapping[str, FactProvider]) -> set[str]:
    wanted: set[str] = set()
    todo = [fact for fact in needs if fact in sources]
    while todo:
        fact = todo.pop()
        if fact not in wanted:
            wanted.add(fact)
            todo += [earlier for earlier in sources[fact].after if earlier in sources]
    return wanted


def _waves(wanted: set[str], sources: Mapping[str, FactProvider]) -> list[list[str]]:
    waves: list[list[str]] = []
    waiting = set(wanted)
    while waiting and len(waves) < LARGEST_WAVES:
        ready = sorted(fact for fact in waiting if waiting.isdisjoint(sources[fact].after))
        waves.append(ready)
        waiting -= set(ready)
    return waves


async def _load(provider: FactProvider, keys: Sequence[str]) -> tuple[Mapping[str, Any], str]:
    """The values, and what was wrong with those that are left out."""
    if not keys:
        return {}, ""
    try:
        async with asyncio.timeout(provider.fact.timeout):
            loaded = await provider.load(tuple(dict.fromkeys(keys)))
    except TimeoutError:
        return {}, f"not loaded within {provider.fact.timeout} s"
    except Exception as error:  # noqa: BLE001 - whatever a source raises, the fact is unknown
        return {}, describe(error)
    return _checked(provider, loaded)


def _checked(provider: FactProvider, loaded: Any) -> tuple[Mapping[str, Any], str]:
    if not isinstance(loaded, Mapping):
        return {}, f"the provider returned {type(loaded).__name__}, not values by key"
    values: dict[str, Any] = {}
    problem = ""
    for key, value in loaded.items():
        try:
            values[key] = msgspec.convert(value, provider.fact.type)
        except msgspec.ValidationError as error:
            problem = f"[{key}]: {error}"
    return values, problem
