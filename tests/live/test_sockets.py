"""Does the socket speak graphql-transport-ws to the letter, and end when the protocol says so?"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from bff.schema.ids import global_id
from bff.storage.database import Database
from bff.storage.fields import new_id
from bff.vocabulary import Role
from tests.live.changes import a_case_of, change
from tests.live.serving import (
    CASE_UPDATED,
    QUEUE_UPDATED,
    Served,
    a_socket,
    limits,
    served,
    settled,
    token,
)


@pytest.fixture
async def server(database: Database) -> AsyncIterator[Served]:
    async with served(database.url) as running:
        yield running


async def test_a_change_is_told_with_its_event_and_the_stream_can_be_ended(
    database: Database, server: Served
) -> None:
    case = await a_case_of(database)
    async with a_socket(server, token()) as client:
        await client.watch(server, "1", case)
        event = await change(database, case)
        assert await client.next() == {
            "id": "1",
            "type": "next",
            "payload": {
                "data": {"caseUpdated": {"number": str(case), "version": 2}},
                "extensions": {"event": {"id": str(event.id), "sequence": 1}},
            },
        }
        await client.send({"id": "1", "type": "complete"})
        await settled(lambda: server.listeners == 0)
        await change(database, case)
        assert await client.silent()


async def test_one_socket_carries_several_streams_apart(database: Database, server: Served) -> None:
    first, second = await a_case_of(database), await a_case_of(database)
    async with a_socket(server, token()) as client:
        await client.watch(server, "a", first)
        await client.watch(server, "b", second)
        await change(database, second)
        assert (await client.next())["id"] == "b"
        await client.send({"id": "b", "type": "complete"})
        await settled(lambda: server.listeners == 1)
        await change(database, second)
        await change(database, first)
        assert (await client.next())["id"] == "a"


async def test_pings_are_answered_before_and_after_the_introduction(server: Served) -> None:
    async with a_socket(server) as client:
        await client.send({"type": "ping"})
        assert await client.next() == {"type": "pong"}
        await client.introduce(token())
        await client.send({"type": "ping", "payload": {"n": 1}})
        assert await client.next() == {"type": "pong", "payload": {"n": 1}}
        await client.send({"type": "pong"})
        assert await client.silent()


FRESH: list[tuple[str, Any, int]] = [
    ("no JSON", "nonsense", 4400),
    ("no object", "[]", 4400),
    ("no type", {"id": "1"}, 4400),
    ("unknown type before the introduction", {"type": "nonsense"}, 4401),
    ("subscribe before the introduction", {"type": "subscribe", "id": "1", "payload": {"query": "{ a }"}}, 4401),
    ("a payload that is no object", {"type": "connection_init", "payload": "x"}, 4400),
    ("a token that is no text", {"type": "connection_init", "payload": {"Authorization": 1}}, 4400),
    ("no token", {"type": "connection_init"}, 4403),
    ("a bad token", {"type": "connection_init", "payload": {"authorization": "Bearer x"}}, 4403),
]


@pytest.mark.parametrize(("what", "message", "code"), FRESH, ids=[row[0] for row in FRESH])
async def test_a_new_socket_is_closed_for(database_address: str, what: str, message: Any, code: int) -> None:
    del what
    async with served(database_address) as server, a_socket(server) as client:
        await client.send(message)
        assert (await client.closed())[0] == code
        await settled(lambda: server.listeners == 0)


BAD_ID = "The id must be a string of 1 to 128 characters"
TOO_LONG = json.dumps({"type": "ping", "payload": {"x": "y" * 100_000}})
NOT_JSON = "The request is not valid JSON in UTF-8, with each name once"
NO_PAYLOAD = {"type": "subscribe", "id": "1"}
SUBSCRIBE = {"type": "subscribe", "id": "1", "payload": {"query": QUEUE_UPDATED}}
INTRODUCED: list[tuple[str, list[Any], int, str]] = [
    ("a second introduction", [{"type": "connection_init"}], 4429, "Too many initialisation requests"),
    ("an unknown type", [{"type": "start"}], 4400, "There is no such type of message"),
    ("a subscription without an id", [{**SUBSCRIBE, "id": ""}], 4400, BAD_ID),
    ("an id that is too long", [{**SUBSCRIBE, "id": "x" * 129}], 4400, BAD_ID),
    ("a subscription without a payload", [NO_PAYLOAD], 4400, "The payload must be an object"),
    ("an id that is in use", [SUBSCRIBE, SUBSCRIBE], 4409, "Subscriber for 1 already exists"),
    ("one name twice in JSON", ['{"type":"ping","type":"pong"}'], 4400, NOT_JSON),
    ("a message that is too long", [TOO_LONG], 1009, "Messages are at most 100000 bytes"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "messages", "code", "reason"), INTRODUCED, ids=[row[0] for row in INTRODUCED])
async def test_an_open_socket_is_closed_for(
    server: Served, what: str, messages: list[Any], code: int, reason: str
) -> None:
    del what
    async with a_socket(server, token()) as client:
        for message in messages:
            await client.send(message)
        assert await client.closed() == (code, reason)
    await settled(lambda: server.listeners == 0)


async def test_bytes_are_no_messages(server: Served) -> None:
    async with a_socket(server, token()) as client:
        await client.connection.send(b"{}")
        assert await client.closed() == (4400, "Messages are text")


async def test_who_says_nothing_is_closed_in_time(database_address: str) -> None:
    async with served(database_address, limits=limits(init_seconds=0.2)) as server, a_socket(server) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_another_subprotocol_is_not_spoken(server: Served) -> None:
    async with a_socket(server, subprotocols=["graphql-ws"]) as client:
        assert await client.closed() == (4406, "Subprotocol not acceptable")


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [("https://shop.test", True), ("http://127.0.0.1:{}", True), ("https://evil.test", False), ("null", False)],
)
async def test_only_named_sites_and_its_own_pages_may_open_sockets(
    database_address: str,
    origin: str,
    welcome: bool,  # noqa: FBT001
) -> None:
    async with served(database_address, cors_origins=("https://shop.test",)) as server:
        opening = a_socket(server, origin=origin.format(server.port))
        if welcome:
            async with opening as client:
                await client.introduce(token())
            return
        with pytest.raises(InvalidStatus) as refusal:
            await opening.__aenter__()
    assert refusal.value.response.status_code == 403


MUTATION = 'mutation { upsertOrders(input: {idempotencyKey: "k", orders: []}) { __typename } }'
LONG = "subscription {" + " caseQueueUpdated { id }" * 300 + "}"
DEEP = "subscription { caseQueueUpdated { " + "order { customer { " * 6 + "id" + "} } " * 6 + " } }"
INNER = "orders(first: 100) { edges { node { customer { orders(first: 100) { edges { node { id } } } } } } }"
COSTLY = f"subscription {{ caseQueueUpdated {{ customer {{ {INNER} }} }} }}"
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("a query", {"query": "{ viewer { role } }"}, "ONLY_SUBSCRIPTIONS"),
    ("a mutation", {"query": MUTATION}, "ONLY_SUBSCRIPTIONS"),
    ("what cannot be read", {"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    ("what does not fit", {"query": "subscription { nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    ("no query", {"variables": {}}, "BAD_REQUEST"),
    ("a variable that does not fit", {"query": CASE_UPDATED}, "BAD_USER_INPUT"),
    ("too many words", {"query": LONG}, "GRAPHQL_PARSE_FAILED"),
    ("what is too deep", {"query": DEEP}, "QUERY_TOO_COMPLEX"),
    ("what costs too much", {"query": COSTLY}, "QUERY_TOO_COMPLEX"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "payload", "code"), REFUSED, ids=[row[0] for row in REFUSED])
async def test_an_operation_is_refused_alone(
    server: Served, what: str, payload: dict[str, Any], code: str
) -> None:
    del what
    async with a_socket(server, token()) as client:
        await client.send({"id": "1", "type": "subscribe", "payload": payload})
        message = await client.next()
        assert (message["id"], message["type"]) == ("1", "error")
        codes = {error["extensions"]["code"] for error in message["payload"]}
        assert codes == {code}
        await client.send({"type": "ping"})
        assert await client.next() == {"type": "pong"}


async def test_a_socket_carries_twenty_subscriptions_and_not_one_more(database: Database, server: Served) -> None:
    case = await a_case_of(database)
    async with a_socket(server, token()) as client:
        for number in range(20):
            await client.watch(server, str(number), case)
        await client.subscribe("20", CASE_UPDATED, id=global_id("Case", case))
        assert await client.code("20") == "TOO_MANY_REQUESTS"
        await change(database, case)
        assert {(await client.next())["id"] for _ in range(20)} == {str(number) for number in range(20)}
        await client.send({"id": "7", "type": "complete"})
        await settled(lambda: server.listeners == 19)
        await client.watch(server, "20", case)
    await settled(lambda: server.listeners == 0)


async def test_a_caller_has_so_many_sockets_and_others_have_theirs(database_address: str) -> None:
    async with served(database_address, limits=limits(streams_per_caller=2)) as server:
        async with a_socket(server, token()), a_socket(server, token()):
            async with a_socket(server) as third:
                await third.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {token()}"}})
                assert await third.closed() == (1013, "Too many connections of yours")
            async with a_socket(server, token(subject="lee")):
                pass
        async with a_socket(server, token()):
            pass


async def test_a_full_server_refuses_the_handshake(database_address: str) -> None:
    async with served(database_address, limits=limits(streams=4)) as server:
        async with a_socket(server):  # one of four may be unknown
            with pytest.raises(InvalidStatus) as refusal:
                await a_socket(server).__aenter__()
            assert (refusal.value.response.status_code, refusal.value.response.headers["retry-after"]) == (
                503,
                "5",
            )
        await asyncio.sleep(0.05)
        async with a_socket(server, token()):
            pass


async def test_a_client_that_vanishes_leaves_nothing_behind(database: Database, server: Served) -> None:
    case = await a_case_of(database)
    async with a_socket(server, token()) as client:
        await client.watch(server, "1", case)
        await client.watch(server, "2", case)
        client.connection.transport.abort()
        await settled(lambda: server.listeners == 0)
    await change(database, case)
    async with a_socket(server, token()) as client:
        await client.watch(server, "1", case)


async def test_a_token_that_expires_ends_the_socket(database: Database, server: Served) -> None:
    case = await a_case_of(database)
    async with a_socket(server, token(seconds=2)) as client:
        await client.watch(server, "1", case)
        assert await client.closed() == (4403, "Forbidden: the token has expired")
    await settled(lambda: server.listeners == 0)


async def test_a_token_within_its_leeway_opens_no_socket(server: Served) -> None:
    async with a_socket(server) as client:
        await client.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {token(seconds=-1)}"}})
        assert await client.closed() == (4403, "Forbidden: the token has expired")


async def test_a_server_that_goes_away_says_so(database: Database, server: Served) -> None:
    case = await a_case_of(database)
    async with a_socket(server, token()) as client:
        await client.watch(server, "1", case)
        await server.wiring.bus.close()
        message = await client.next()
        assert (message["type"], message["payload"][0]["extensions"]) == (
            "error",
            {"code": "STREAM_INTERRUPTED", "reason": "CLOSING", "retryable": True},
        )


async def test_nobody_sees_what_is_not_theirs(database: Database, server: Served) -> None:
    case = await a_case_of(database)
    async with a_socket(server, token(Role.CUSTOMER, new_id())) as client:
        await client.subscribe("1", CASE_UPDATED, id=global_id("Case", case))
        assert await client.code("1") == "NOT_FOUND"
    assert server.listeners == 0
