"""What happens to bodies that no client should send? A clear refusal each; never a fault of ours."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest

from bff.http.parameters import JSON_STRING, nesting
from bff.limits import Limits
from tests.http.small_shop import codes, small_shop

BODIES = {
    "a JSON number": (b"7", 422),
    "a JSON string": (b'"{ hello }"', 422),
    "a JSON true": (b"true", 422),
    "a JSON null": (b"null", 422),
    "an array": (b"[]", 422),
    "bad UTF-8": (b'{"query": "\xff"}', 400),
    "overlong UTF-8": (b'{"query": "\xc0\xae"}', 400),
    "UTF-16": ('{"query": "{ hello }"}'.encode("utf-16"), 400),
    "UTF-32": ('{"query": "{ hello }"}'.encode("utf-32"), 400),
    "a byte order mark": (b'\xef\xbb\xbf{"query": "{ hello }"}', 400),
    "a lone surrogate": (rb'{"query": "{ hello(name: \"\ud800\") }"}', 400),
    "deep JSON": (b'{"query": "{ hello }", "variables": ' + b'{"a":' * 15_000, 400),
    "deep arrays": (b"[" * 90_000, 400),
    "a number of 5000 digits": (b'{"query": "{ hello }", "variables": {"a": ' + b"1" * 5000 + b"}}", 400),
    "NaN": (b'{"query": "{ hello }", "variables": {"a": NaN}}', 400),
    "Infinity": (b'{"query": "{ hello }", "variables": {"a": -Infinity}}', 400),
    "a name twice": (b'{"query": "{ hello }", "query": "mutation { change }"}', 400),
    "a name twice below": (b'{"query": "{ hello }", "variables": {"a": 1, "a": 2}}', 400),
    "gzip": (gzip.compress(b'{"query": "{ hello }"}'), 400),
    "a NUL": (b"\x00", 400),
    "two documents": (b'{"query": "{ hello }"}{}', 400),
    "a single quote": (b"{'query': '{ hello }'}", 400),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_malformed_body_is_refused_in_graphql_json(name: str) -> None:
    body, status = BODIES[name]
    async with small_shop() as client:
        response = await client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert response.status_code == status
    assert codes(response)[0] in {"BAD_REQUEST", "BATCHING_NOT_SUPPORTED"}
    assert "Traceback" not in response.text


async def test_a_compressed_body_is_not_supported() -> None:
    async with small_shop() as client:
        response = await client.post(
            "/graphql",
            content=gzip.compress(b"{}"),
            headers={"content-type": "application/json", "content-encoding": "gzip"},
        )
    assert response.status_code == 415
    assert response.headers["accept-encoding"] == "identity"


async def test_brackets_inside_strings_are_no_nesting() -> None:
    async with small_shop() as client:
        response = await client.post(
            "/graphql",
            json={"query": "query Q($n: String!) { hello(name: $n) }", "variables": {"n": '"[{\\' * 100}},
        )
    assert response.status_code == 200


async def test_a_body_that_does_not_arrive_in_time_is_given_up() -> None:
    async def drip() -> AsyncIterator[bytes]:
        yield b'{"query":'
        await asyncio.sleep(5)
        yield b'"{ hello }"}'

    async with small_shop(limits=Limits(body_seconds=0.05)) as client:
        response = await client.post("/graphql", content=drip(), headers={"content-type": "application/json"})
    assert response.status_code == 408
    assert codes(response) == ["REQUEST_TIMEOUT"]


async def test_an_int_beyond_64_bits_is_a_user_error() -> None:
    async with small_shop() as client:
        response = await client.post(
            "/graphql",
            content=b'{"query": "query Q($i: Int!) { hello(times: $i) }", "variables": {"i": ' + b"9" * 30 + b"}}",
            headers={"content-type": "application/json"},
        )
    assert response.status_code == 422
    assert codes(response) == ["BAD_USER_INPUT"]


UNCLOSED = {
    "escaped quotes": rb"\"",
    "escaped backslashes and quotes": rb"\\\"",
    "escapes": rb"\n",
    "brackets": b"[",
}


@pytest.mark.parametrize("name", UNCLOSED)
def test_a_string_that_never_ends_is_passed_over_in_one_step(name: str) -> None:
    repeated = UNCLOSED[name]
    body = b'"' + repeated * (100_000 // len(repeated))
    assert [found.span() for found in JSON_STRING.finditer(body)] == [(0, len(body))]
    assert nesting(body) == 0


@pytest.mark.parametrize(
    "number", [b"9" * 309, b"-" + b"9" * 4400, b"9" * 4400 + b".5"], ids=["309 digits", "negative", "a fraction"]
)
async def test_a_number_that_is_too_long_is_told_with_its_place(number: bytes) -> None:
    before = b'{"query": "{ hello(name: \\"' + b"9" * 400 + b'\\") }", "variables": {"a": '
    body = before + number + b"}}"
    async with small_shop() as client:
        response = await client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "message": f"The number at character {len(before) + 1} of the JSON is too long: at most 308 digits",
            "extensions": {"code": "BAD_REQUEST"},
        }
    ]
