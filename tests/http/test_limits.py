"""Is each limit held exactly? One request at the limit passes, one past it is refused."""

import time
from collections.abc import Callable
from typing import Any

import httpx2 as httpx
import pytest
from graphql import parse

from bff.http.measure import excesses
from bff.http.operations import OperationStore
from bff.http.parameters import Parameters
from bff.http.price import Tariff
from bff.limits import Limits
from tests.http.small_shop import SCHEMA, ask, codes, small_shop


def nested(depth: int) -> str:
    """A document of exactly that depth."""
    return "{ thing " + "{ inner " * (depth - 2) + "{ name }" + " }" * (depth - 1)


def aliased(count: int) -> str:
    return "{ thing { " + " ".join(f"a{i}: name" for i in range(count)) + " } }"


def repeated(count: int) -> str:
    return "{ thing { " + "name " * (count + 1) + "} }"


def rooted(count: int) -> str:
    return "{ " + " ".join(["hello"] * count) + " }"


def directed(count: int) -> str:
    return (
        "{ hello "
        + " ".join("thing { name @skip(if: false) @include(if: true) }" for _ in range(count // 2))
        + "}"
    )


def stacked(count: int) -> str:
    return "{ hello " + "@shown " * count + "}"


def fragmented(count: int) -> str:
    fragments = " ".join(f"fragment f{i} on Thing {{ ...f{i + 1} }}" for i in range(count - 1))
    return f"{{ thing {{ ...f0 }} }} {fragments} fragment f{count - 1} on Thing {{ name }}"


def priced(cost: int) -> str:
    """One point for each id, by the length of the list."""
    return "{ byIds(ids: [" + ",".join(["1"] * cost) + "]) { name } }"


def worded(tokens: int) -> str:
    return priced(tokens - 12)


DOCUMENTS: dict[str, tuple[Callable[[int], str], int]] = {
    "depth": (nested, 10),
    "aliases": (aliased, 15),
    "aliases by repetition": (repeated, 15),
    "root fields": (rooted, 10),
    "directives": (directed, 10),
    "fragments": (fragmented, 30),
    "cost": (priced, 1000),
}


async def outcome(client: httpx.AsyncClient, document: str) -> tuple[int, list[str]]:
    response = await ask(client, document)
    return response.status_code, codes(response)


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_document_may_reach_its_limit_and_not_pass_it(name: str) -> None:
    document, limit = DOCUMENTS[name]
    step = 2 if name == "directives" else 1
    async with small_shop(limits=Limits(tokens=5000)) as client:
        assert await outcome(client, document(limit)) == (200, [])
        assert await outcome(client, document(limit + step)) == (422, ["QUERY_TOO_COMPLEX"])


def broken(document: str, limits: Limits) -> set[str]:
    found = excesses(parse(document), SCHEMA._schema, limits)
    return {name for name, has, most in found if has > most}


def test_three_directives_may_stand_on_one_field_and_four_may_not() -> None:
    assert broken(stacked(3), Limits()) == set()
    assert broken(stacked(4), Limits()) == {"directives on one field"}


async def test_a_document_may_have_a_thousand_tokens_and_not_one_more() -> None:
    async with small_shop(limits=Limits(cost=2000)) as client:
        assert await outcome(client, worded(1000)) == (200, [])
        assert await outcome(client, worded(1001)) == (400, ["GRAPHQL_PARSE_FAILED"])


async def test_the_steps_of_a_connection_add_no_depth() -> None:
    async with small_shop(limits=Limits(depth=2)) as client:
        assert await outcome(client, "{ things { edges { node { inner { name } } } } }") == (
            422,
            ["QUERY_TOO_COMPLEX"],
        )
        assert await outcome(client, "{ things { edges { node { name } } nodes { name } } }") == (200, [])


async def test_introspection_has_its_own_bound() -> None:
    async with small_shop() as client:
        kind = "{ ofType " * 9 + "{ name }" + " }" * 9
        assert await outcome(client, "{ __schema { types { fields { type " + kind + " } } } }") == (200, [])
        deep = "{ __schema { types " + "{ fields { type " * 4 + "{ name }" + " } }" * 4 + " } }"
        assert await outcome(client, deep) == (
            422,
            ["GRAPHQL_VALIDATION_FAILED"] * 2,
        )


@pytest.mark.parametrize(("size", "status"), [("first: 100", 200), ("first: 500", 200), ("", 200)])
async def test_a_page_counts_as_a_hundred_at_most(size: str, status: int) -> None:
    argument = f"({size})" if size else ""
    async with small_shop(limits=Limits(cost=100)) as client:
        response = await ask(client, f"{{ things{argument} {{ nodes {{ name }} }} }}")
    assert response.status_code == status
    assert response.json()["extensions"]["cost"] == {
        "requestedQueryCost": 100 if size else 20,
        "maximumAvailable": 100,
    }


SIZES: list[tuple[dict[str, float | None], int]] = [
    ({"n": 7}, 7),
    ({}, 12),
    ({"n": None}, 20),
    ({"n": 100.0}, 100),
    ({"n": 1e2}, 100),
]


@pytest.mark.parametrize(("variables", "cost"), SIZES)
async def test_a_page_size_in_a_variable_counts_as_it_is_understood(
    variables: dict[str, float | None], cost: int
) -> None:
    query = "query Q($n: Int = 12) { things(first: $n) { nodes { name } } }"
    async with small_shop() as client:
        response = await ask(client, query, variables)
    assert response.json()["extensions"]["cost"]["requestedQueryCost"] == cost


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        ("query Q($b: BasketInput!) { basket(basket: $b) { lines { name } } }", {"b": {"ids": ["1"] * 7}}, 7 + 7),
        ("query Q($i: [ID!]!) { basket(basket: {ids: $i}) { lines { name } } }", {"i": ["1"] * 7}, 7 + 7),
        ('{ basket(basket: {ids: "1"}) { lines { name } } }', {}, 1 + 1),
        (
            '{ basket(basket: {ids: ["1", "2"]}) { ...f } } fragment f on Basket { lines { parts { id } } }',
            {},
            2 + 8,
        ),
        ("{ basket(basket: {}) { lines { id } } }", {}, 2 + 2),
    ],
)
async def test_a_list_inside_an_input_counts_for_what_it_leads_to(
    query: str, variables: dict[str, Any], cost: int
) -> None:
    tariff = Tariff(weights_by_item={"Query.basket": 1})
    async with small_shop(tariff=tariff) as client:
        response = await ask(client, query, variables)
    assert response.json()["extensions"]["cost"]["requestedQueryCost"] == cost


async def test_pages_within_pages_multiply_up_to_the_limit_of_nodes() -> None:
    query = "query Q($ids: [ID!]!) { byIds(ids: $ids) { parts { name } } }"
    async with small_shop(limits=Limits(cost=10**9, nodes=400)) as client:
        assert (await ask(client, query, {"ids": ["1"] * 100})).status_code == 200
        assert codes(await ask(client, query, {"ids": ["1"] * 101})) == ["QUERY_TOO_COMPLEX"]


async def test_the_document_of_doubling_fragments_is_refused_in_milliseconds() -> None:
    levels = 29
    document = "{ thing { ...f0 } } " + " ".join(
        f"fragment f{i} on Thing {{ inner {{ ...f{i + 1} }} parts {{ ...f{i + 1} }} }}" for i in range(levels)
    )
    document += f" fragment f{levels} on Thing {{ name }}"
    async with small_shop() as client:
        began = time.process_time()
        assert (await outcome(client, document))[0] == 422
        assert time.process_time() - began < 0.5


@pytest.mark.parametrize("levels", [50, 100, 200])
def test_measuring_is_linear_in_the_levels_of_doubling_fragments(levels: int) -> None:
    document = "{ thing { ...f0 } } " + " ".join(
        f"fragment f{i} on Thing {{ inner {{ ...f{i + 1} }} parts {{ ...f{i + 1} }} }}" for i in range(levels)
    )
    node = parse(document + f" fragment f{levels} on Thing {{ a: name }}")
    began = time.process_time()
    found = {name: has for name, has, _ in excesses(node, SCHEMA._schema, Limits(fragments=levels + 1))}
    assert time.process_time() - began < 0.5
    assert found["depth"] == levels + 2
    assert found["aliases"] == 2**levels


async def test_fragments_that_spread_themselves_are_reported_by_validation() -> None:
    async with small_shop() as client:
        response = await ask(
            client, "{ thing { ...a } } fragment a on Thing { ...b } fragment b on Thing { ...a }"
        )
    assert response.status_code == 422
    assert codes(response) == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize("field", ["inner { name }", "... { name }", "... on Thing { inner { name } }"])
async def test_repeating_oneself_is_refused_before_validation_compares_every_pair(field: str) -> None:
    document = "{ thing { " + f"{field} " * (990 // len(field.replace("...", "... ").split())) + "} }"
    async with small_shop() as client:
        assert await outcome(client, document) == (422, ["QUERY_TOO_COMPLEX"])


async def test_a_field_repeated_through_inline_fragments_counts_like_any_other() -> None:
    fields = " ".join(f"... on {kind} {{ __typename id name }}" for kind in ("Thing", "Thing"))
    async with small_shop(limits=Limits(aliases=3)) as client:
        assert await outcome(client, f"{{ thing {{ {fields} }} }}") == (200, [])
    with_both = "{ thing { ... on Thing { id } ... on Thing { id } id } }"
    assert broken(with_both, Limits(aliases=1)) == {"aliases"}


SPREAD = {
    "side by side": ("...f ...g", "fragment f on Thing { id name } fragment g on Thing { id name }", 2),
    "with the selection's own": ("id ...f", "fragment f on Thing { id name }", 1),
    "one through another": ("...f", "fragment f on Thing { id ...g } fragment g on Thing { id }", 1),
    "one fragment twice": ("...f ...f", "fragment f on Thing { id name }", 0),
    "one fragment in two ways": ("...f ...g", "fragment f on Thing { id } fragment g on Thing { ...f }", 0),
    "in selections of their own": ("...f inner { ...f }", "fragment f on Thing { id }", 0),
    "in inline fragments": (
        "... { ...f } ... { ...g }",
        "fragment f on Thing { id } fragment g on Thing { id }",
        1,
    ),
}


@pytest.mark.parametrize("how", SPREAD)
def test_fields_repeated_through_named_fragments_count_once_for_each_that_must_be_compared(how: str) -> None:
    selection, fragments, repeated = SPREAD[how]
    document = parse(f"{{ thing {{ {selection} }} }} {fragments}")
    assert {name: has for name, has, _ in excesses(document, SCHEMA._schema, Limits())}["aliases"] == repeated


async def test_fragments_that_repeat_each_other_are_refused_before_validation_compares_every_pair() -> None:
    fields = "id name inner { id } parts { id } __typename"
    fragments = " ".join(f"fragment f{i} on Thing {{ {fields} }}" for i in range(29))
    spreads = " ".join(f"...f{i}" for i in range(29))
    async with small_shop() as client:
        response = await ask(client, f"{{ thing {{ {spreads} }} }} {fragments}")
    assert response.json()["errors"] == [
        {
            "message": "The operation has aliases 140, at most 15 is allowed",
            "extensions": {"code": "QUERY_TOO_COMPLEX", "limit": "aliases", "allowed": 15},
        }
    ]


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        (Limits(documents=2), 2),
        (Limits(documents_bytes=3 * (7 * 600 + 10)), 3),
        (Limits(documents_bytes=3 * (7 * 600 + 10) - 1), 2),
        (Limits(document_bytes=9), 0),
        (Limits(documents_bytes=10), 0),
    ],
)
def test_documents_are_kept_while_they_are_few_and_small_together(limits: Limits, kept: int) -> None:
    store = OperationStore(SCHEMA._schema, limits)
    sources = [f"{{a{n}:hello}}" for n in range(5)]
    first = [store.operation(Parameters(source)).document for source in sources]
    again = [store.operation(Parameters(source)).document for source in reversed(sources)]
    assert sum(one is other for one, other in zip(first, reversed(again), strict=True)) == kept


async def test_a_body_may_have_as_many_bytes_as_allowed_and_not_one_more() -> None:
    body = b'{"query": "{ hello }"}'
    headers = {"content-type": "application/json"}
    async with small_shop(limits=Limits(body_bytes=len(body))) as client:
        assert (await client.post("/graphql", content=body, headers=headers)).status_code == 200
        response = await client.post("/graphql", content=body + b" ", headers=headers)
        assert response.status_code == 413
        assert codes(response) == ["PAYLOAD_TOO_LARGE"]


async def test_json_may_be_nested_as_deep_as_allowed_and_not_deeper() -> None:
    async with small_shop(limits=Limits(json_depth=5)) as client:
        for depth, status in ((3, 200), (4, 400)):
            body = '{"query": "{ hello }", "variables": {"a": ' + "[" * depth + "]" * depth + "}}"
            response = await client.post(
                "/graphql", content=body.encode(), headers={"content-type": "application/json"}
            )
            assert response.status_code == status


async def test_a_query_string_may_be_as_long_as_allowed_and_not_longer() -> None:
    async with small_shop(limits=Limits(url_bytes=100)) as client:
        for extra, status in ((0, 200), (1, 414)):
            query = "query=%7Bhello%7D&x="
            response = await client.get(f"/graphql?{query}{'y' * (100 - len(query) + extra)}")
            assert response.status_code == status


async def test_the_headers_have_a_bound() -> None:
    async with small_shop() as client:
        assert (await ask(client, "{ hello }", cookie="x" * 15_000)).status_code == 200
        response = await ask(client, "{ hello }", cookie="x" * 16_384)
    assert response.status_code == 431
    assert codes(response) == ["HEADERS_TOO_LARGE"]
