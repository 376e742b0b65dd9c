"""How are subscriptions carried over a WebSocket? By graphql-transport-ws, at /graphql/ws, and nothing else.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md has the messages and the close codes.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import aclosing, suppress
from typing import Any
from urllib.parse import urlsplit

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from bff.http.negotiation import best_locale
from bff.http.parameters import strict_json, well_formed
from bff.http.refusal import ErrorBody, Refusal, error_body
from bff.http.streams import NEWCOMER, SEND_SECONDS, Ended, Streams
from bff.http.view import Caller
from bff.tokens import Proof

PROTOCOL = "graphql-transport-ws"
TOO_BIG, TRY_LATER = 1009, 1013
INVALID, UNAUTHORIZED, FORBIDDEN, WRONG_PROTOCOL = 4400, 4401, 4403, 4406
TOO_LATE, ALREADY_THERE, TOO_MANY_INITS = 4408, 4409, 4429
LONGEST_ID = 128
LONGEST_REASON = 123  # bytes, of a close frame


class Closing(Exception):  # noqa: N818 - a conversation's end
    """The socket is to be closed, with a code of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:LONGEST_REASON].decode(errors="ignore")


class SocketEndpoint:
    """An ASGI endpoint for WebSockets."""

    def __init__(self, streams: Streams, origins: tuple[str, ...] = ()) -> None:
        self._streams, self._origins = streams, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Talks with one client until either has had enough."""
        socket = WebSocket(scope, receive, send)
        places = self._streams.places
        if not self._may_come_from(socket):
            await socket.close()  # before it is accepted: the handshake is answered with 403
        elif not places.has_room():
            await refuse_handshake(socket)
        elif PROTOCOL not in socket.scope["subprotocols"]:
            await socket.accept()
            await socket.close(WRONG_PROTOCOL, "Subprotocol not acceptable")
        else:
            with places.taking(NEWCOMER):
                await socket.accept(PROTOCOL)
                proof = await closed_well(socket, introduced(socket, self._streams))
            if proof is not None:
                with places.taking(proof.viewer):
                    await closed_well(socket, Conversation(socket, self._streams, proof).run())

    def _may_come_from(self, socket: WebSocket) -> bool:
        """Whether the page is this server's own or of a named site; a program that is no browser says nothing."""
        origin = socket.headers.get("origin")
        if origin is None or origin in self._origins:
            return True
        host = urlsplit(origin).netloc
        return host != "" and host == socket.headers.get("host")


async def refuse_handshake(socket: WebSocket) -> None:
    """Says that there is no place, with a status where the server can."""
    if "websocket.http.response" in socket.scope.get("extensions", {}):
        await socket.send_denial_response(Response(status_code=503, headers={"Retry-After": "5"}))
    else:
        await socket.close()


async def closed_well(socket: WebSocket, talk: Any) -> Any:
    """What comes of a talk; None when it ended with the socket, which is closed then."""
    try:
        return await talk
    except* Closing as endings:
        closing = endings.exceptions[0]
        while isinstance(closing, BaseExceptionGroup):
            closing = closing.exceptions[0]
        assert isinstance(closing, Closing)
        if socket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
                async with asyncio.timeout(SEND_SECONDS):
                    await socket.close(closing.code, closing.reason)
    except* WebSocketDisconnect:
        pass
    return None


async def introduced(socket: WebSocket, streams: Streams) -> Proof:
    """Who the client says to be, in its first message. Raises Closing."""
    try:
        async with asyncio.timeout(streams.limits.init_seconds):
            message = await next_message(socket, streams)
            while message["type"] in {"ping", "pong"}:
                if message["type"] == "ping":
                    await tell(socket, pong(message))
                message = await next_message(socket, streams)
    except TimeoutError:
        raise Closing(TOO_LATE, "Connection initialisation timeout") from None
    if message["type"] != "connection_init":
        raise Closing(UNAUTHORIZED, "Unauthorized")
    proof = proven(message.get("payload"), streams)
    if not streams.places.has_room_for(proof.viewer):
        raise Closing(TRY_LATER, "Too many connections of yours")
    return proof


def proven(payload: Any, streams: Streams) -> Proof:
    """What the token proves that came with the first message. Raises Closing."""
    if not isinstance(payload, Mapping | None):
        raise Closing(INVALID, "The payload must be an object")
    given = [text for name, text in (payload or {}).items() if name.lower() == "authorization"]
    if not all(isinstance(text, str) for text in given):
        raise Closing(INVALID, "Authorization must be a string")
    try:
        proof = streams.prove(given)
    except Refusal as refusal:
        raise Closing(FORBIDDEN, f"Forbidden: {refusal}") from None
    if proof is None:
        raise Closing(FORBIDDEN, 'Forbidden: send {"Authorization": "Bearer ..."} as the payload')
    if proof.expires_at <= time.time():
        raise Closing(FORBIDDEN, "Forbidden: the token has expired")
    return proof


async def next_message(socket: WebSocket, streams: Streams) -> dict[str, Any]:
    """The client's next message, with its type. Raises Closing or WebSocketDisconnect."""
    received = await socket.receive()
    if received["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(received.get("code", 1005))
    text = received.get("text")
    if text is None:
        raise Closing(INVALID, "Messages are text")
    data = text.encode(errors="surrogatepass")
    if len(data) > streams.limits.body_bytes:
        raise Closing(TOO_BIG, f"Messages are at most {streams.limits.body_bytes} bytes")
    try:
        message = strict_json(data, streams.limits.json_depth)
    except Refusal as refusal:
        raise Closing(INVALID, str(refusal)) from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise Closing(INVALID, "A message is an object with a type")
    return message


def pong(ping: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a ping, with what it carried."""
    return {"type": "pong", **({"payload": ping["payload"]} if "payload" in ping else {})}


async def tell(socket: WebSocket, message: Mapping[str, Any]) -> None:
    """Sends one message. Raises WebSocketDisconnect when the client is gone, or takes nothing any more."""
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await socket.send_text(orjson.dumps(message).decode())
    except (TimeoutError, RuntimeError):
        raise WebSocketDisconnect(1006) from None


class Conversation:
    """What is said on one socket after the introduction."""

    def __init__(self, socket: WebSocket, streams: Streams, proof: Proof) -> None:
        self._socket, self._streams, self._proof = socket, streams, proof
        locale = best_locale(socket.headers.get("accept-language"), streams.locales)
        address = socket.client.host if socket.client else ""
        self._caller = Caller(proof.viewer, locale, address)
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Listens until the client leaves or the token expires. Raises Closing or WebSocketDisconnect."""
        await tell(self._socket, {"type": "connection_ack"})
        try:
            async with asyncio.timeout(self._proof.expires_at - time.time()), asyncio.TaskGroup() as group:
                while True:
                    await self._hear(await next_message(self._socket, self._streams), group)
        except TimeoutError:
            raise Closing(FORBIDDEN, "Forbidden: the token has expired") from None

    async def _hear(self, message: dict[str, Any], group: asyncio.TaskGroup) -> None:
        kind = message["type"]
        if kind == "subscribe":
            await self._subscribe(message, group)
        elif kind == "complete":
            task = self._running.pop(identity(message), None)
            if task is not None:
                task.cancel()
        elif kind == "ping":
            await tell(self._socket, pong(message))
        elif kind == "connection_init":
            raise Closing(TOO_MANY_INITS, "Too many initialisation requests")
        elif kind != "pong":
            raise Closing(INVALID, "There is no such type of message")

    async def _subscribe(self, message: dict[str, Any], group: asyncio.TaskGroup) -> None:
        name, payload = identity(message), message.get("payload")
        if not isinstance(payload, dict):
            raise Closing(INVALID, "The payload must be an object")
        if name in self._running:
            raise Closing(ALREADY_THERE, f"Subscriber for {name} already exists")
        if len(self._running) >= self._streams.limits.subscriptions:
            text = f"There are {len(self._running)} subscriptions on this socket already"
            await self._fail(name, [error_body(text, "TOO_MANY_REQUESTS")])
            return
        self._running[name] = group.create_task(self._stream(name, payload))

    async def _stream(self, name: str, payload: dict[str, Any]) -> None:
        """One subscription. Its name is free before the client hears that it has ended."""
        try:
            operation = self._streams.operation(well_formed(payload))
            async with aclosing(self._streams.bodies(operation, self._caller)) as bodies:
                async for body in bodies:
                    await tell(self._socket, {"id": name, "type": "next", "payload": body})
        except (Refusal, Ended) as ending:
            del self._running[name]
            await self._fail(name, ending.errors)
        else:
            del self._running[name]
            await tell(self._socket, {"id": name, "type": "complete"})

    async def _fail(self, name: str, errors: list[ErrorBody]) -> None:
        await tell(self._socket, {"id": name, "type": "error", "payload": errors})


def identity(message: Mapping[str, Any]) -> str:
    """The name that the client gave a subscription. Raises Closing."""
    name = message.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID:
        raise Closing(INVALID, f"The id must be a string of 1 to {LONGEST_ID} characters")
    return name
