"""What does the request ask? Its four parameters, from a strict JSON body or a query string."""

import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson
from msgspec import Struct

from bff.http.refusal import refuse

# Possessive, and content with a string that never ends: no byte is looked at twice, whatever the text.
JSON_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
NUMBER = re.compile(JSON_STRING.pattern + rb"|-?([0-9]++)[-+.0-9eE]*+", re.DOTALL)
MOST_DIGITS = 308  # a number with more is beyond what a double, and so most readers of JSON, can hold
NOT_JSON = "The request is not valid JSON in UTF-8, with each name once"
NAMES = ("query", "operationName", "variables", "extensions")


class Parameters(Struct, frozen=True):
    """A well-formed GraphQL-over-HTTP request; what is absent, null or an empty string of a URL is None."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


def from_body(body: bytes, json_depth: int) -> Parameters:
    """Reads a POST body. Raises a Refusal: 400 when it is no JSON, 422 when it is another JSON."""
    return well_formed(strict_json(body, json_depth))


def from_url(query_string: bytes, json_depth: int) -> Parameters:
    """Reads a GET's query string. Raises a Refusal as `from_body` does."""
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise refuse(400, "BAD_REQUEST", "The query string is not URL-encoded UTF-8") from None
    names = [name for name, _ in pairs if name in NAMES]
    if len(names) != len(set(names)):
        raise refuse(422, "BAD_REQUEST", "Each parameter may appear once in a URL")
    given: dict[str, Any] = {name: value for name, value in pairs if name in NAMES and value}
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = strict_json(given[name].encode(), json_depth)
    return well_formed(given)


def strict_json(body: bytes, json_depth: int) -> Any:
    """Parses JSON: UTF-8, no NaN, no lone surrogates, no name twice, `json_depth` deep at most (RFC 8259)."""
    if nesting(body) > json_depth:
        raise refuse(400, "BAD_REQUEST", f"The JSON is nested more than {json_depth} levels deep")
    try:
        orjson.loads(body)  # the stricter reader: encoding, numbers, surrogates
    except ValueError:
        raise refuse(400, "BAD_REQUEST", unreadable_number(body) or NOT_JSON) from None
    try:
        return json.loads(body, object_pairs_hook=without_repetition)
    except (ValueError, RecursionError):
        raise refuse(400, "BAD_REQUEST", NOT_JSON) from None


def unreadable_number(body: bytes) -> str | None:
    """What is wrong with the first number that no double can hold, and where it stands; None without one."""
    for found in NUMBER.finditer(body):
        if len(found[1] or b"") > MOST_DIGITS:
            place = found.start() + 1
            return f"The number at character {place} of the JSON is too long: at most {MOST_DIGITS} digits"
    return None


def without_repetition(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object; two readers may pick different ones of two equal names, so there may not be two."""
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError
    return named


def nesting(body: bytes) -> int:
    """How deep the brackets of a JSON text go; linear, and without recursion."""
    depth = deepest = 0
    for byte in JSON_STRING.sub(b"", body):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def well_formed(given: Any) -> Parameters:
    """Checks the parameters' types. Raises a Refusal (422) that names the parameter."""
    if isinstance(given, list):
        raise refuse(
            422, "BATCHING_NOT_SUPPORTED", "Send one operation a request: arrays of requests are not accepted"
        )
    if not isinstance(given, dict):
        raise refuse(422, "BAD_REQUEST", 'The request must be a JSON object such as {"query": "{ __typename }"}')
    if not isinstance(given.get("query"), str):
        raise refuse(422, "BAD_REQUEST", "The parameter query is required and must be a string")
    if not isinstance(given.get("operationName"), str | None):
        raise refuse(422, "BAD_REQUEST", "The parameter operationName must be a string or null")
    for name in ("variables", "extensions"):
        if not isinstance(given.get(name), dict | None):
            raise refuse(422, "BAD_REQUEST", f"The parameter {name} must be an object or null")
    return Parameters(given["query"], given.get("operationName"), given.get("variables"), given.get("extensions"))
