"""Does the event stream speak graphql-sse's distinct connections, and end when it should?"""

from collections.abc import AsyncIterator
from typing import Any

import httpx2 as httpx
import pytest

from bff.http.event_stream import EventStreamEndpoint
from bff.schema.ids import global_id
from bff.storage.database import Database
from bff.storage.fields import new_id
from bff.vocabulary import Role
from tests.live.changes import a_case_of, change
from tests.live.serving import CASE_UPDATED, QUEUE_UPDATED, Events, Served, events, limits, served, settled, token


@pytest.fixture
async def server(database: Database) -> AsyncIterator[Served]:
    async with served(database.url) as running:
        yield running


async def watched(stream: Events, server: Served) -> None:
    """Returns once changes are heard."""
    assert await stream.next() == ("", None)
    await settled(lambda: server.listeners == 1)


async def test_changes_come_as_events_until_the_client_leaves(database: Database, server: Served) -> None:
    case = await a_case_of(database)
    async with events(server, CASE_UPDATED, token(), {"id": global_id("Case", case)}) as stream:
        headers = stream.response.headers
        assert (stream.response.status_code, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
        await watched(stream, server)
        for sequence in (1, 2):
            event = await change(database, case)
            assert await stream.next() == (
                "next",
                {
                    "data": {"caseUpdated": {"number": str(case), "version": sequence + 1}},
                    "extensions": {"event": {"id": str(event.id), "sequence": sequence}},
                },
            )
    await settled(lambda: server.listeners == 0)


async def test_what_is_silent_is_kept_alive(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await a_case_of(database)
    made = EventStreamEndpoint.__init__
    assert made.__defaults__ == (12.0,)
    monkeypatch.setattr(made, "__defaults__", (0.2,))
    async with (
        served(database.url) as quick,
        events(quick, CASE_UPDATED, token(), {"id": global_id("Case", case)}) as stream,
    ):
        assert [await stream.next() for _ in range(3)] == [("", None)] * 3
        await change(database, case)
        while (event := await stream.next()) == ("", None):
            pass
        assert event[0] == "next"
        assert event[1]["data"]["caseUpdated"]["version"] >= 1


REFUSED: list[tuple[str, str, dict[str, Any] | None, str]] = [
    ("a query", "{ viewer { role } }", None, "ONLY_SUBSCRIPTIONS"),
    ("what cannot be read", "{", None, "GRAPHQL_PARSE_FAILED"),
    ("what does not fit", "subscription { nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
    ("what is not there", CASE_UPDATED, {"id": global_id("Case", new_id())}, "NOT_FOUND"),
]


@pytest.mark.parametrize(("what", "query", "variables", "code"), REFUSED, ids=[row[0] for row in REFUSED])
async def test_what_is_wrong_with_the_operation_is_told_in_the_stream(
    server: Served, what: str, query: str, variables: dict[str, Any] | None, code: str
) -> None:
    del what
    async with events(server, query, token(), variables) as stream:
        assert stream.response.status_code == 200
        assert await stream.next() == ("", None)
        name, body = await stream.next()
        assert (name, list(body)) == ("next", ["errors"])
        assert [error["extensions"]["code"] for error in body["errors"]] == [code]
        assert await stream.next() == ("complete", None)
    assert server.listeners == 0


UNFIT: list[tuple[str, dict[str, Any], int, str]] = [
    ("a GET", {"method": "GET"}, 405, "METHOD_NOT_ALLOWED"),
    ("another Accept", {"headers": {"accept": "application/json"}}, 406, "NOT_ACCEPTABLE"),
    ("no token", {"headers": {"authorization": ""}}, 401, "UNAUTHENTICATED"),
    ("a bad token", {"headers": {"authorization": "Bearer x"}}, 401, "UNAUTHENTICATED"),
    ("another media type", {"headers": {"content-type": "text/plain"}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    ("no JSON", {"content": b"{"}, 400, "BAD_REQUEST"),
    ("a body that is too large", {"content": b" " * 100_001}, 413, "PAYLOAD_TOO_LARGE"),
]


@pytest.mark.parametrize(("what", "differing", "status", "code"), UNFIT, ids=[row[0] for row in UNFIT])
async def test_a_request_that_is_not_fit_has_a_status(
    server: Served, what: str, differing: dict[str, Any], status: int, code: str
) -> None:
    del what
    good = {
        "accept": "text/event-stream",
        "content-type": "application/json",
        "authorization": f"Bearer {token()}",
    }
    asked = {"method": "POST", "content": b'{"query": "subscription { caseQueueUpdated { id } }"}', **differing}
    asked["headers"] = {**good, **differing.get("headers", {})}
    async with httpx.AsyncClient() as client:
        response = await client.request(url=f"{server.url}/graphql/stream", **asked)
    assert response.status_code == status
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == [code]


async def test_a_token_that_expires_ends_the_stream_with_an_error(database: Database, server: Served) -> None:
    case = await a_case_of(database)
    async with events(server, CASE_UPDATED, token(seconds=2), {"id": global_id("Case", case)}) as stream:
        await watched(stream, server)
        assert await stream.next() == (
            "next",
            {"errors": [{"message": "The token has expired", "extensions": {"code": "UNAUTHENTICATED"}}]},
        )
        assert await stream.next() == ("complete", None)
    assert server.listeners == 0


async def test_a_caller_has_so_many_streams_sockets_included(database_address: str) -> None:
    async with served(database_address, limits=limits(streams_per_caller=1)) as server:
        async with events(server, QUEUE_UPDATED, token()) as stream:
            await watched(stream, server)
            async with events(server, QUEUE_UPDATED, token()) as second:
                assert second.response.status_code == 429
                assert second.response.headers["retry-after"] == "5"
            async with events(server, QUEUE_UPDATED, token(Role.AGENT, "lee")) as other:
                assert other.response.status_code == 200
        await settled(lambda: server.listeners == 0)
        async with events(server, QUEUE_UPDATED, token()) as again:
            assert again.response.status_code == 200


async def test_a_server_that_goes_away_says_so(server: Served) -> None:
    async with events(server, QUEUE_UPDATED, token()) as stream:
        await watched(stream, server)
        await server.wiring.bus.close()
        _, body = await stream.next()
        assert body["errors"][0]["extensions"] == {
            "code": "STREAM_INTERRUPTED",
            "reason": "CLOSING",
            "retryable": True,
        }
        assert await stream.next() == ("complete", None)
    async with events(server, QUEUE_UPDATED, token()) as late:
        assert await late.next() == ("", None)
        _, body = await late.next()
        assert body["errors"][0]["extensions"] == {"code": "UNAVAILABLE", "retryable": True}


async def test_a_plain_post_of_a_subscription_names_both_ways(server: Served) -> None:
    async with httpx.AsyncClient() as client:
        response = await client.post(
            f"{server.url}/graphql",
            json={"query": QUEUE_UPDATED},
            headers={"authorization": f"Bearer {token()}"},
        )
    (error,) = response.json()["errors"]
    assert (response.status_code, error["message"]) == (
        406,
        "This endpoint answers once: subscribe over a socket at /graphql/ws or POST to /graphql/stream",
    )
