"""What do callers learn of errors? Their own mistakes, with a code; of ours a reference and no more."""

import json

import pytest
from structlog.testing import capture_logs

from tests.http.small_shop import ask, small_shop


async def test_a_fault_is_masked_and_the_log_has_its_reference() -> None:
    with capture_logs() as logs:
        async with small_shop() as client:
            response = await ask(client, 'query Mine { hello(name: "Bob") secret }')
    assert response.json()["data"] == {"hello": "hello Bob", "secret": None}
    (error,) = response.json()["errors"]
    reference = error["extensions"].pop("reference")
    assert error == {
        "message": "Something went wrong",
        "locations": [{"line": 1, "column": 33}],
        "path": ["secret"],
        "extensions": {"code": "INTERNAL"},
    }
    (entry,) = logs
    assert (entry["reference"], entry["kind"], entry["operation"]) == (reference, "builtins.ValueError", "Mine")
    assert entry["at"][-1].split(":")[1] == "secret"
    assert not {"alice", "4111", "Bob", "hello("} & {
        word for word in ("alice", "4111", "Bob", "hello(") if word in json.dumps(logs)
    }


async def test_a_value_that_a_resolver_returned_wrongly_is_masked() -> None:
    async with small_shop() as client:
        response = await ask(client, "{ miscounted }")
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "alice" not in response.text


async def test_an_expected_error_keeps_its_words_its_code_and_its_facts() -> None:
    async with small_shop() as client:
        response = await ask(client, "{ refused }")
    assert response.status_code == 294
    assert response.json()["errors"] == [
        {
            "message": "Not for you",
            "locations": [{"line": 1, "column": 3}],
            "path": ["refused"],
            "extensions": {"code": "FORBIDDEN", "field": "refused"},
        }
    ]


async def test_a_syntax_error_names_its_place() -> None:
    async with small_shop() as client:
        response = await ask(client, "{ hello(")
    (error,) = response.json()["errors"]
    assert error["locations"] == [{"line": 1, "column": 9}]
    assert error["extensions"] == {"code": "GRAPHQL_PARSE_FAILED"}


async def test_a_bad_variable_is_named() -> None:
    async with small_shop() as client:
        response = await ask(client, "query Q($i: Int!) { hello(times: $i) }", {"i": "x"})
    (error,) = response.json()["errors"]
    assert "$i" in error["message"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


MISSPELT = [
    "{ helo }",
    "{ hello(nam: 1) }",
    "query Q($n: Strin) { hello(name: $n) }",
    "{ thing { ... on Thin { id } } }",
    "{ hello @skip(iff: true) }",
]


@pytest.mark.parametrize("query", MISSPELT)
async def test_suggestions_are_made_only_where_introspection_is_on(query: str) -> None:
    async with small_shop(introspection=True) as client:
        assert "Did you mean" in (await ask(client, query)).text
    async with small_shop(introspection=False) as client:
        response = await ask(client, query)
    assert response.status_code == 422
    assert "Did you mean" not in response.text


async def test_introspection_can_be_switched_off() -> None:
    async with small_shop(introspection=False) as client:
        response = await ask(client, "{ __schema { queryType { name } } }")
        assert response.status_code == 422
        assert (await ask(client, "{ __typename }")).json()["data"] == {"__typename": "Query"}


NUMBERS = [
    "query Q($id: ID! = {}) {{ byIds(ids: [$id]) {{ id }} }}",
    "query Q($n: Int = {}) {{ things(first: $n) {{ nodes {{ id }} }} }}",
    "{{ things(first: {}) {{ nodes {{ id }} }} }}",
    "{{ byIds(ids: [{}]) {{ id }} }}",
    "{{ hello(name: {}) }}",
    "query Q($s: Float! = 0.{}) {{ slow(seconds: $s) }}",
    "query Q($n: Nope = {}) {{ hello }}",
]


@pytest.mark.parametrize("query", NUMBERS)
async def test_a_number_that_nothing_can_read_is_refused_wherever_it_stands(query: str) -> None:
    document = query.format("9" * 4301)
    async with small_shop() as client:
        response = await ask(client, document)
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "message": "The number is too long: at most 308 digits",
            "locations": [{"line": 1, "column": document.replace("0.9", "999").index("999") + 1}],
            "extensions": {"code": "GRAPHQL_PARSE_FAILED"},
        }
    ]


@pytest.mark.parametrize("query", [one for one in NUMBERS if "Nope" not in one and "slow" not in one])
async def test_a_long_number_is_never_a_fault_of_ours(query: str) -> None:
    async with small_shop() as client:
        response = await ask(client, query.format("9" * 308))
    assert response.status_code in {200, 422}
    assert "INTERNAL" not in response.text
