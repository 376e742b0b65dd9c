"""Does one call serve a whole level? On the stock executor, however the parents are spread over a document."""

from collections.abc import Sequence
from typing import Any

import pytest
import strawberry
from strawberry import UNSET

from bff.execution.batched import Batches, batched, frozen

Info = strawberry.Info[Any, None]


class Context:
    """A request that remembers which batches it was asked for."""

    def __init__(self) -> None:
        self.batches = Batches()
        self.asked: list[tuple[str, list[str], dict[str, Any]]] = []


class Leaf:
    """A source with nothing but a name."""

    def __init__(self, name: str) -> None:
        self.name = name


@batched
async def children(parents: Sequence[Leaf], info: Info, count: int = 2) -> list[list[Leaf]]:
    """As many as asked, named after the parent; one child fewer for a parent called "few"."""
    info.context.asked.append(("children", [parent.name for parent in parents], {"count": count}))
    return [[Leaf(f"{p.name}{n}") for n in range(count - (p.name == "few"))] for p in parents]


@batched
async def shout(parents: Sequence[Leaf], info: Info, mark: str | None = UNSET) -> list[Any]:
    """The name, loudly; nobody shouts "bad"."""
    info.context.asked.append(("shout", [parent.name for parent in parents], {"mark": mark}))
    return [ValueError("bad") if p.name.startswith("bad") else p.name.upper() + (mark or "!") for p in parents]


@strawberry.type
class Tree:
    name: str
    children: list["Tree"] = strawberry.field(resolver=children)
    shout: str | None = strawberry.field(resolver=shout)


@strawberry.type
class Roots:
    @strawberry.field
    def trees(self, names: list[str]) -> list[Tree]:
        return [Leaf(name) for name in names]  # type: ignore[misc]


schema = strawberry.Schema(query=Roots)


async def run(document: str) -> tuple[Any, list[tuple[str, list[str], dict[str, Any]]], Any]:
    context = Context()
    result = await schema.execute(document, context_value=context)
    return result.data, context.asked, result.errors


async def test_a_level_is_one_call_in_the_parents_order() -> None:
    data, asked, _ = await run('{ trees(names: ["a", "b", "c"]) { shout } }')
    assert [tree["shout"] for tree in data["trees"]] == ["A!", "B!", "C!"]
    assert asked == [("shout", ["a", "b", "c"], {"mark": None})]


async def test_uneven_branches_still_make_one_call_a_level() -> None:
    document = '{ trees(names: ["a", "few", "c"]) { children(count: 2) { shout children(count: 2) { shout } } } }'
    _, asked, _ = await run(document)
    assert [(name, len(parents)) for name, parents, _ in asked] == [
        ("children", 3),
        ("shout", 5),
        ("children", 5),
        ("shout", 10),
    ]


async def test_aliases_with_equal_arguments_share_a_call_and_others_do_not() -> None:
    document = '{ trees(names: ["a"]) { one: shout(mark: "?") two: shout(mark: "?") three: shout(mark: null) } }'
    data, asked, _ = await run(document)
    assert data == {"trees": [{"one": "A?", "two": "A?", "three": "A!"}]}
    assert sorted((len(parents), arguments["mark"]) for _, parents, arguments in asked) == [(1, None), (2, "?")]


async def test_one_parents_failure_is_its_own() -> None:
    data, _, errors = await run('{ trees(names: ["a", "bad", "c"]) { shout } }')
    assert [tree["shout"] for tree in data["trees"]] == ["A!", None, "C!"]
    assert [(error.path, error.message) for error in errors] == [(["trees", 1, "shout"], "bad")]


async def test_a_resolver_can_be_called_for_a_level_without_an_executor() -> None:
    context = Context()

    class Asking:
        pass

    asking = Asking()
    asking.context = context  # type: ignore[attr-defined]
    assert await shout.batch([Leaf("a"), Leaf("b")], asking, mark="?") == ["A?", "B?"]  # type: ignore[attr-defined]


async def test_a_key_is_loaded_once_a_request() -> None:
    batches, loads = Batches(), []

    async def load(context: str, keys: list[int]) -> list[int]:
        loads.append((context, keys))
        return [key * 2 for key in keys]

    assert await batches.remembered(load, "request", [1, 2, 1]) == [2, 4, 2]
    assert await batches.remembered(load, "request", [2, 3]) == [4, 6]
    assert loads == [("request", [1, 2]), ("request", [3])]
    assert await Batches().remembered(load, "another", [1]) == [2]
    assert loads[-1] == ("another", [1])


@strawberry.input
class Wanted:
    names: list[str]
    limit: int | None = UNSET


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}, True),
        ({"w": Wanted(names=["x"])}, {"w": Wanted(names=["x"])}, True),
        ({"w": Wanted(names=["x"])}, {"w": Wanted(names=["x"], limit=1)}, False),
        ({"w": Wanted(names=["x"])}, {"w": None}, False),
    ],
)
def test_arguments_are_equal_by_content(one: Any, other: Any, equal: bool) -> None:  # noqa: FBT001 - a table's column
    assert (frozen(one) == frozen(other)) is equal
    assert (hash(frozen(one)) == hash(frozen(other))) is equal
