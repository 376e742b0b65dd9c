"""Does the edge speak GraphQL over HTTP as the specification of September 2026 has it? One row a sentence of its text."""

# ruff: noqa: E501 - a row stays a row

import json
from typing import Any, NamedTuple

import httpx2 as httpx
import pytest

from tests.http.small_shop import small_shop

GRAPHQL = "application/graphql-response+json"
LEGACY = "application/json"


class Case(NamedTuple):
    """What is sent, and what must come back."""

    says: str
    status: int
    body: Any = None  # an object is sent as JSON, bytes as they are
    method: str = "POST"
    url: str = "/graphql"
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    media: str = GRAPHQL
    data: bool = False  # whether the answer has a data entry
    answer: dict[str, str] = {}  # noqa: RUF012 - headers of the answer


def q(query: str, **rest: Any) -> dict[str, Any]:
    return {"query": query, **rest}


TWO = "query A { hello } query B { thing { id } }"
OK = q("{ hello }")
POST_JSON = {"content-type": "application/json"}
CASES = [
    # Requests by POST
    Case("a POST of a well-formed request is answered", 200, OK, data=True),
    Case("UTF-8 is assumed when no charset is said", 200, '{"query":"{ hello(name: \\"é\\") }"}'.encode(), data=True, headers=POST_JSON),
    Case("a charset of UTF-8 is fine", 200, json.dumps(OK).encode(), data=True, headers={"content-type": "application/json; charset=UTF-8"}),
    Case("another charset is not supported", 415, json.dumps(OK).encode("utf-16"), headers={"content-type": "application/json; charset=utf-16"}),
    Case("a missing Content-Type is refused", 415, json.dumps(OK).encode()),
    Case("text/plain is refused", 415, json.dumps(OK).encode(), headers={"content-type": "text/plain"}, answer={"accept": "application/json"}),
    Case("a form is refused", 415, b"query={hello}", headers={"content-type": "application/x-www-form-urlencoded"}),
    Case("an upload is refused", 415, b"--x--", headers={"content-type": "multipart/form-data; boundary=x"}),
    Case("unknown properties are ignored", 200, q("{ hello }", unknown=1, id="x"), data=True),
    Case("null variables are as none", 200, q("{ hello }", variables=None), data=True),
    Case("a null operationName is as none", 200, q("{ hello }", operationName=None), data=True),
    Case("null extensions are as none", 200, q("{ hello }", extensions=None), data=True),
    Case("extensions may be an object", 200, q("{ hello }", extensions={"a": 1}), data=True),
    Case("the named operation runs", 200, q(TWO, operationName="B"), data=True),
    # Status codes: parsing
    Case("a body that is no JSON cannot be parsed", 400, b"NONSENSE", headers=POST_JSON),
    Case("a body that breaks off cannot be parsed", 400, b'{"query":', headers=POST_JSON),
    Case("an empty body cannot be parsed", 400, b"", headers=POST_JSON),
    Case("a document that cannot be parsed", 400, q("{")),
    Case("an empty document cannot be parsed", 400, q("")),
    # Status codes: not well-formed
    Case("a misspelt query is not well-formed", 422, {"qeury": "{ __typename }"}),
    Case("an array of variables is not well-formed", 422, q("query Q($i: Int!) { hello(times: $i) }", variables=[7])),
    Case("variables as text are not well-formed", 422, q("{ hello }", variables="{}")),
    Case("a number as query is not well-formed", 422, {"query": 7}),
    Case("an object as query is not well-formed", 422, {"query": {"a": 1}}),
    Case("an array as query is not well-formed", 422, {"query": []}),
    Case("a boolean as query is not well-formed", 422, {"query": True}),
    Case("a number as operationName is not well-formed", 422, q("{ hello }", operationName=7)),
    Case("an object as operationName is not well-formed", 422, q("{ hello }", operationName={})),
    Case("text as extensions is not well-formed", 422, q("{ hello }", extensions="x")),
    Case("a JSON array is not well-formed", 422, [OK]),
    Case("a JSON scalar is not well-formed", 422, b'"x"', headers=POST_JSON),
    Case("a JSON null is not well-formed", 422, b"null", headers=POST_JSON),
    # Status codes: validation, operation, variables
    Case("a document that fails validation", 422, q("{ nope }")),
    Case("two operations and no name", 422, q(TWO)),
    Case("an unknown operation name", 422, q(TWO, operationName="C")),
    Case("an empty operation name names nothing", 422, q("{ hello }", operationName="")),
    Case("a document of fragments only", 422, q("fragment F on Query { hello }")),
    Case("a variable of the wrong type", 422, q("query Q($i: Int!) { hello(times: $i) }", variables={"i": "x"})),
    Case("a required variable is missing", 422, q("query Q($i: Int!) { hello(times: $i) }")),
    # Status codes: executed
    Case("a field error beside data is a partial success", 294, q("{ hello secret }"), data=True),
    Case("a null root is a partial success as well", 294, q("{ never }"), data=True),
    Case("a mutation by POST", 200, q("mutation { change }"), data=True),
    # Requests by GET
    Case("a GET of a query is answered", 200, method="GET", url="/graphql?query=%7B%20hello%20%7D", data=True),
    Case(
        "a GET with variables and a name", 200, method="GET", data=True,
        url="/graphql?query=query%20Q(%24n%3AString!)%7Bhello(name%3A%24n)%7D&variables=%7B%22n%22%3A%22x%22%7D&operationName=Q",
    ),
    Case("empty parameters of a URL are as none", 200, method="GET", url="/graphql?query=%7Bhello%7D&variables=&operationName=&extensions=", data=True),
    Case("operationName=null in a URL is the name null", 422, method="GET", url="/graphql?query=%7Bhello%7D&operationName=null"),
    Case("a GET without a query is not well-formed", 422, method="GET"),
    Case("variables in a URL that are no JSON", 400, method="GET", url="/graphql?query=%7Bhello%7D&variables=%7B"),
    Case("variables in a URL that are no object", 422, method="GET", url="/graphql?query=%7Bhello%7D&variables=%5B7%5D"),
    Case("a parameter twice in a URL is ambiguous", 422, method="GET", url="/graphql?query=%7Bhello%7D&query=%7Bthing%7D"),
    Case("a mutation by GET is not allowed", 405, method="GET", url="/graphql?query=mutation%7Bchange%7D", answer={"allow": "POST"}),
    Case("a URL that is no UTF-8", 400, method="GET", url="/graphql?query=%FF"),
    # Methods
    Case("PUT is not allowed", 405, OK, method="PUT", answer={"allow": "GET, POST"}),
    Case("DELETE is not allowed", 405, method="DELETE", answer={"allow": "GET, POST"}),
    Case("HEAD is not allowed", 405, method="HEAD", answer={"allow": "GET, POST"}),
    # Accept
    Case("without Accept the server chooses", 200, OK, headers={"accept": ""}, data=True),
    Case("the specification's media type", 200, OK, headers={"accept": GRAPHQL}, data=True),
    Case("a legacy client gets application/json", 200, OK, headers={"accept": LEGACY}, media=LEGACY, data=True),
    Case("a legacy client gets 294 as well", 294, q("{ secret }"), headers={"accept": LEGACY}, media=LEGACY, data=True),
    Case("only a 2xx is labelled application/json", 422, q("{ nope }"), headers={"accept": LEGACY}),
    Case("the higher q wins", 200, OK, headers={"accept": f"{GRAPHQL};q=0.5, {LEGACY};q=0.9"}, media=LEGACY, data=True),
    Case("of equals the specification's own wins", 200, OK, headers={"accept": f"{LEGACY}, {GRAPHQL}"}, data=True),
    Case("the recommended header of a new client", 200, OK, headers={"accept": f"{GRAPHQL}, {LEGACY};q=0.9"}, data=True),
    Case("q=0 excludes", 200, OK, headers={"accept": f"{GRAPHQL};q=0, */*"}, media=LEGACY, data=True),
    Case("a wildcard is the server's choice", 200, OK, headers={"accept": "*/*"}, data=True),
    Case("a partial wildcard is the server's choice", 200, OK, headers={"accept": "application/*"}, data=True),
    Case("an event stream is not what we give", 200, OK, headers={"accept": f"text/event-stream, {GRAPHQL};q=0.9"}, data=True),
    Case("nothing acceptable", 406, OK, headers={"accept": "text/html"}),
    Case("everything excluded", 406, OK, headers={"accept": "*/*;q=0"}),
    Case("a charset that we do not write", 406, OK, headers={"accept": f"{GRAPHQL};charset=utf-16"}),
    # Out of the specification's scope, and ours to refuse
    Case("a subscription needs another endpoint", 406, q("subscription { count }")),
]  # fmt: skip


async def send(client: httpx.AsyncClient, case: Case) -> httpx.Response:
    if isinstance(case.body, bytes) or case.body is None:
        return await client.request(case.method, case.url, content=case.body, headers=case.headers)
    return await client.request(case.method, case.url, json=case.body, headers=case.headers)


@pytest.mark.parametrize("case", CASES, ids=[case.says for case in CASES])
async def test_the_specification_says_that(case: Case) -> None:
    async with small_shop() as client:
        response = await send(client, case)
    assert response.status_code == case.status, response.text
    assert response.headers["content-type"] == f"{case.media}; charset=utf-8"
    assert case.answer.items() <= dict(response.headers).items()
    assert "Accept" in response.headers["vary"]
    if case.method != "HEAD":
        assert ("data" in response.json()) is case.data
        assert ("errors" in response.json()) is (case.status != 200)


async def test_every_error_has_a_message_and_a_code() -> None:
    async with small_shop() as client:
        for case in CASES:
            if case.method != "HEAD":
                for error in (await send(client, case)).json().get("errors", []):
                    assert error["message"]
                    assert error["extensions"]["code"].isupper()
