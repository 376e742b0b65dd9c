"""How do the tests watch? Through a real server on a port of its own, as any client does."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import httpx2 as httpx
import uvicorn
from msgspec import Struct, structs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError

from bff.app import Wiring, create_app, wire
from bff.http.tokens import Keyring, mint
from bff.limits import Limits
from bff.schema.ids import global_id
from bff.settings import DEMO_KEY, Settings
from bff.vocabulary import Role
from tests.cases.an_order import AT

PATIENCE = 5.0  # seconds until what should come counts as missing
CASE_UPDATED = "subscription ($id: ID!) { caseUpdated(caseId: $id) { number version } }"
QUEUE_UPDATED = "subscription ($queue: String) { caseQueueUpdated(queue: $queue) { number } }"


class Served(Struct, frozen=True, eq=False):
    """A running server."""

    wiring: Wiring
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def listeners(self) -> int:
        return self.wiring.bus.listeners


@asynccontextmanager
async def served(address: str, **settings: Any) -> AsyncIterator[Served]:
    """A server over that database, in this event loop."""
    chosen = Settings(database_url=address, now=AT, **settings)
    wiring = wire(chosen)
    config = uvicorn.Config(
        create_app(chosen, wiring), log_config=None, lifespan="on", ws_max_size=10**6, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    running = asyncio.create_task(server._serve([listener]))
    await settled(lambda: server.started)
    try:
        yield Served(wiring, listener.getsockname()[1])
    finally:
        server.should_exit = True
        await running
        listener.close()


def token(role: Role = Role.OPS, subject: UUID | str = "kim", **how: Any) -> str:
    return mint(Keyring((DEMO_KEY,)), role, str(subject), **{"seconds": 60, **how})


class Socket:
    """One socket as a client sees it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, message: Mapping[str, Any] | str) -> None:
        await self.connection.send(message if isinstance(message, str) else json.dumps(message))

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            received: dict[str, Any] = json.loads(await self.connection.recv())
        return received

    async def silent(self, seconds: float = 0.3) -> bool:
        """Whether nothing comes for a while."""
        try:
            async with asyncio.timeout(seconds):
                received = await self.connection.recv()
        except TimeoutError:
            return True
        print("not silent:", received)  # noqa: T201 - what a failing test shows
        return False

    async def closed(self) -> tuple[int, str]:
        """Code and reason of the close that comes, after whatever else."""
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionClosedError):
                async for _ in self.connection:
                    pass
            await self.connection.wait_closed()
        return self.connection.close_code or 0, self.connection.close_reason or ""

    async def introduce(self, bearer: str) -> None:
        await self.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {bearer}"}})
        assert await self.next() == {"type": "connection_ack"}

    async def subscribe(self, name: str, query: str, **variables: Any) -> None:
        payload = {"query": query, "variables": variables}
        await self.send({"id": name, "type": "subscribe", "payload": payload})

    async def code(self, name: str) -> str:
        """The code of the error that a subscription gets."""
        message = await self.next()
        assert (message["id"], message["type"]) == (name, "error")
        (error,) = message["payload"]
        code: str = error["extensions"]["code"]
        return code

    async def watch(self, served: Served, name: str, case: UUID) -> None:
        """Watches a case, and returns once changes are heard."""
        before = served.listeners
        await self.subscribe(name, CASE_UPDATED, id=global_id("Case", case))
        await settled(lambda: served.listeners == before + 1)


@asynccontextmanager
async def a_socket(served: Served, bearer: str | None = None, **how: Any) -> AsyncIterator[Socket]:
    """A socket, introduced when there is a token."""
    chosen = {"subprotocols": ["graphql-transport-ws"], **how}
    async with connect(f"ws://127.0.0.1:{served.port}/graphql/ws", **chosen) as connection:
        opened = Socket(connection)
        if bearer is not None:
            await opened.introduce(bearer)
        yield opened


async def settled(holds: Any) -> None:
    """Waits until something holds; fails when it does not."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - what it asks sends no word
            await asyncio.sleep(0.01)


class Events:
    """One event stream as a client sees it."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> tuple[str, Any]:
        """The next event: its name and its data; ("", None) for a comment."""
        lines: list[str] = []
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if not line:
                    break
                lines.append(line)
        if lines == [":"]:
            return "", None
        fields = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return fields["event"], json.loads(fields["data"]) if fields["data"] else None


@asynccontextmanager
async def events(
    served: Served, query: str, bearer: str | None, variables: Mapping[str, Any] | None = None, **headers: str
) -> AsyncIterator[Events]:
    """An event stream."""
    sent = {"accept": "text/event-stream", **headers}
    if bearer is not None:
        sent["authorization"] = f"Bearer {bearer}"
    async with (
        httpx.AsyncClient(timeout=PATIENCE) as client,
        client.stream(
            "POST", f"{served.url}/graphql/stream", json={"query": query, "variables": variables}, headers=sent
        ) as response,
    ):
        yield Events(response)


def limits(**differing: Any) -> Limits:
    return structs.replace(Limits(), **differing)
