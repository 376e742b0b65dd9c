"""What is known before anybody decides? Each fact loaded once; what fails stays unknown and is reported."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from bff.policy.facts import FactDeclaration, FactProvider, Scope
from bff.policy.prefetch import prefetch

KEYS = {Scope.CUSTOMER: ["c1", "c2", "c1"]}


class Score(Struct, frozen=True):
    points: int


class Source:
    """A source that notes what it was asked for, and answers or fails as it was told."""

    def __init__(self, answer: Any, log: list[str] | None = None, name: str = "") -> None:
        self.answer = answer
        self.asked: list[Sequence[str]] = []
        self.log = log if log is not None else []
        self.name = name

    async def load(self, keys: Sequence[str]) -> Mapping[str, Any]:
        self.asked.append(keys)
        self.log.append(self.name)
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer == "hang":
            await asyncio.sleep(60)
        answer: Mapping[str, Any] = self.answer
        return answer


def provider(
    fact: str, source: Source, *after: str, kind: Any = int, scope: Scope = Scope.CUSTOMER
) -> FactProvider:
    declared = FactDeclaration(id=fact, scope=scope, type=kind, timeout=0.01)
    return FactProvider(fact=declared, load=source.load, after=after)


async def test_a_fact_is_loaded_once_for_all_its_keys() -> None:
    source = Source({"c1": 1, "c2": 2})
    known = await prefetch(["a@1", "a@1"], [provider("a@1", source)], KEYS)
    assert known.values == {"a@1": {"c1": 1, "c2": 2}}
    assert known.missing == {}
    assert source.asked == [("c1", "c2")]


async def test_a_key_that_is_left_out_is_unknown_without_complaint() -> None:
    known = await prefetch(["a@1"], [provider("a@1", Source({"c1": 1}))], KEYS)
    assert (known.values, known.missing) == ({"a@1": {"c1": 1}}, {})


async def test_what_nobody_needs_is_not_loaded() -> None:
    source = Source({})
    await prefetch([], [provider("a@1", source)], KEYS)
    assert source.asked == []


async def test_without_keys_there_is_nothing_to_load() -> None:
    source = Source({})
    known = await prefetch(["a@1"], [provider("a@1", source, scope=Scope.ORDER)], KEYS)
    assert (source.asked, known.values, known.missing) == ([], {"a@1": {}}, {})


async def test_failures_are_unknown_and_reported_and_spare_the_others() -> None:
    providers = [
        provider("a@1", Source(ConnectionError("gone"))),
        provider("b@1", Source("hang")),
        provider("c@1", Source(["no", "mapping"])),
        provider("d@1", Source({"c1": "seven", "c2": 2})),
        provider("e@1", Source({"c1": 5})),
    ]
    known = await prefetch(["a@1", "b@1", "c@1", "d@1", "e@1", "f@1"], providers, KEYS)
    assert known.values == {"a@1": {}, "b@1": {}, "c@1": {}, "d@1": {"c2": 2}, "e@1": {"c1": 5}}
    assert known.missing == {
        "a@1": "ConnectionError: gone",
        "b@1": "not loaded within 0.01 s",
        "c@1": "the provider returned list, not values by key",
        "d@1": "[c1]: Expected `int`, got `str`",
        "f@1": "nobody provides it",
    }


async def test_values_take_their_declared_shape() -> None:
    providers = [
        provider("a@1", Source({"c1": {"points": 3}, "c2": Score(4)}), kind=Score),
        provider("b@1", Source({"c1": [Score(5)]}), kind=tuple[Score, ...]),
        provider("c@1", Source({"c1": {"x": Score(6)}}), kind=dict[str, Score]),
    ]
    known = await prefetch(["a@1", "b@1", "c@1"], providers, KEYS)
    assert known.missing == {}
    assert known.values == {
        "a@1": {"c1": Score(3), "c2": Score(4)},
        "b@1": {"c1": (Score(5),)},
        "c@1": {"c1": {"x": Score(6)}},
    }


async def test_facts_that_come_after_others_load_in_later_waves_and_a_fourth_is_never_run() -> None:
    log: list[str] = []
    providers = [
        provider("d@1", Source({}, log, "d"), "c@1"),
        provider("c@1", Source({}, log, "c"), "b@1"),
        provider("b@1", Source({}, log, "b"), "a@1"),
        provider("a@1", Source({}, log, "a")),
    ]
    known = await prefetch(["d@1"], providers, KEYS)
    assert log == ["a", "b", "c"]
    assert known.missing == {"d@1": "it would take more than 3 waves"}
