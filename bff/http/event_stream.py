"""How is a subscription carried over plain HTTP? As server-sent events, one request each, at /graphql/stream.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md, "distinct connections mode". What is wrong with
the operation is told in the stream, since clients of event streams cannot read the body of a refusal.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson
from msgspec import Struct
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from bff.http.body import check_headers, check_media_type, read_body
from bff.http.negotiation import JSON, best_locale, best_media
from bff.http.parameters import Parameters, from_body
from bff.http.refusal import Refusal, refuse
from bff.http.streams import EXPIRED, SEND_SECONDS, Body, Ended, Streams
from bff.http.tokens import unauthenticated
from bff.http.view import Caller, address, departure, encoded
from bff.tokens import Proof
from bff.viewer import Viewer

EVENTS = "text/event-stream"
KEEP_ALIVE_SECONDS = 12.0  # proxies cut what is silent for long
KEEP_ALIVE = b":\n\n"
COMPLETE = b"event: complete\ndata: \n\n"


class Asked(Struct, frozen=True):
    """A request that is fit to be answered with events."""

    parameters: Parameters
    caller: Caller
    proof: Proof


class EventStreamEndpoint:
    """An ASGI endpoint for event streams."""

    def __init__(self, streams: Streams, keep_alive: float = KEEP_ALIVE_SECONDS) -> None:
        self._streams, self._keep_alive = streams, keep_alive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, as long as it takes."""
        request = Request(scope, receive)
        try:
            asked = await self._asked(request)
            self._check_room(asked.proof.viewer)
        except Refusal as refusal:
            response = encoded(refusal.status, {"errors": refusal.errors}, JSON, refusal.headers)
            response.headers["Vary"] = "Accept, Accept-Language, Authorization"
            await response(scope, receive, send)
            return
        with self._streams.places.taking(asked.proof.viewer):
            await self._answer(asked, Outlet(send, asked.caller.locale), request)

    async def _asked(self, request: Request) -> Asked:
        """What the request asks for, and for whom. Raises a Refusal."""
        limits = self._streams.limits
        check_headers(request.scope["headers"], limits)
        if request.method != "POST":
            raise refuse(405, "METHOD_NOT_ALLOWED", f"Use POST, not {request.method}", Allow="POST")
        if best_media(request.headers.get("accept"), (EVENTS,)) is None:
            raise refuse(406, "NOT_ACCEPTABLE", f"Answers are {EVENTS}; Accept does not name it")
        proof = self._streams.prove(request.headers.getlist("authorization"))
        if proof is None or proof.expires_at <= time.time():
            raise unauthenticated("Send Authorization: Bearer followed by a token that has not expired")
        check_media_type(request.headers)
        body = await read_body(request.headers, request.receive, limits)
        locale = best_locale(request.headers.get("accept-language"), self._streams.locales)
        caller = Caller(proof.viewer, locale, address(request))
        return Asked(from_body(body, limits.json_depth), caller, proof)

    def _check_room(self, viewer: Viewer) -> None:
        """Raises a Refusal where there is no place for one more stream."""
        if not self._streams.places.has_room_for(viewer):
            raise refuse(429, "TOO_MANY_REQUESTS", "You have too many streams open here", Retry_After="5")
        if not self._streams.places.has_room():
            raise refuse(503, "OVERLOADED", "The server has too many streams open; try again", Retry_After="5")

    async def _answer(self, asked: Asked, outlet: "Outlet", request: Request) -> None:
        leaving = asyncio.ensure_future(departure(request.receive))
        try:
            await outlet.start()
            await self._events(asked, outlet, leaving)
            await outlet.end()
        except ClientDisconnect:
            pass  # and nobody is left to tell
        finally:
            leaving.cancel()

    async def _events(self, asked: Asked, outlet: "Outlet", leaving: asyncio.Future[None]) -> None:
        """Sends what the subscription gives. Raises ClientDisconnect when the client leaves."""
        try:
            operation = self._streams.operation(asked.parameters)
            async with (
                aclosing(self._streams.bodies(operation, asked.caller)) as bodies,
                aclosing(self._paced(bodies, asked.proof.expires_at, leaving)) as paced,
            ):
                async for body in paced:
                    await outlet.next(body)
        except (Refusal, Ended) as ending:
            await outlet.next({"errors": ending.errors})

    async def _paced(
        self, bodies: AsyncGenerator[Body], expires_at: float, leaving: asyncio.Future[None]
    ) -> AsyncGenerator[Body | None]:
        """The bodies, and None where nothing came for a while. Raises ClientDisconnect, or Ended at expiry."""
        coming = asyncio.ensure_future(anext(bodies, None))
        try:
            while True:
                wait = max(0.0, min(self._keep_alive, expires_at - time.time()))
                both: set[asyncio.Future[Any]] = {coming, leaving}
                await asyncio.wait(both, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
                if leaving.done():
                    raise ClientDisconnect
                if expires_at <= time.time():
                    raise Ended(EXPIRED)
                if not coming.done():
                    yield None
                    continue
                body = coming.result()
                if body is None:
                    return
                yield body
                coming = asyncio.ensure_future(anext(bodies, None))
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


class Outlet:
    """Writes the events of one answer. Every method raises ClientDisconnect when nobody takes them."""

    def __init__(self, send: Send, locale: str) -> None:
        self._send, self._locale = send, locale

    async def start(self) -> None:
        """The head of the answer, and a comment, so that the client knows that it is heard."""
        headers = {
            "content-type": f"{EVENTS}; charset=utf-8",
            "content-language": self._locale,
            "vary": "Accept, Accept-Language, Authorization",
            "x-accel-buffering": "no",
        }
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._write({"type": "http.response.start", "status": 200, "headers": raw})
        await self._body(KEEP_ALIVE)

    async def next(self, body: Body | None) -> None:
        """An event with a result; a comment without one."""
        await self._body(KEEP_ALIVE if body is None else b"event: next\ndata: " + orjson.dumps(body) + b"\n\n")

    async def end(self) -> None:
        """The last event."""
        await self._body(COMPLETE, more=False)

    async def _body(self, data: bytes, *, more: bool = True) -> None:
        await self._write({"type": "http.response.body", "body": data, "more_body": more})

    async def _write(self, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send(message)
        except (TimeoutError, OSError):
            raise ClientDisconnect from None
