"""What does Stripe do? A server on loopback that answers as its documentation and recorded answers say.

It keeps keys for a day, saves what a key was answered, 500s included, and can lose requests and answers on order.
"""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

SECRET_KEY = "sk_test_loopback"
THREE_DECIMALS = {"bhd", "jod", "kwd", "omr", "tnd"}


class Trouble(StrEnum):
    """What can go wrong with one call."""

    ANSWER_LOST = "the work is done, the connection breaks"
    REQUEST_LOST = "the connection breaks before any work"
    ERROR_AFTER = "500 after the work, saved under the key"
    ERROR_BEFORE = "500 before the work, saved under the key"
    LIMITED = "429 before anything, with Retry-After"
    IN_USE = "409, the key is in use"
    PROXY = "502 of a proxy, in HTML"
    GARBLED = "the work is done, the answer is 200 and no JSON of ours"
    SLOW = "the work is done, the answer comes too late"


class Broken(Response):
    """The beginning of an answer, after which the connection ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


class StripeServer:
    """The state behind the address. Amounts are Stripe's minor units, currencies lower case."""

    def __init__(self) -> None:
        self.payments: dict[str, tuple[int, str]] = {}
        self.statuses: dict[str, str] = {}  # by payment: what a new refund of it is
        self.refused: dict[str, str] = {}  # by payment: the code that every refund of it meets
        self.refunds: list[dict[str, Any]] = []
        self.saved: dict[str, tuple[dict[str, str], Response]] = {}
        self.trouble: deque[Trouble | None] = deque()
        self.seen: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.app = Starlette(routes=[Route("/v1/refunds", self.serve, methods=["GET", "POST"])])

    def a_day_passes(self) -> None:
        """Stripe forgets keys after 24 hours."""
        self.saved.clear()

    def paid(self, payment: str) -> list[int]:
        """The amounts that left for a payment and did not come back."""
        ours = [refund for refund in self.refunds if payment in (refund["payment_intent"], refund["charge"])]
        return [refund["amount"] for refund in ours if refund["status"] not in ("failed", "canceled")]

    async def serve(self, request: Request) -> Response:
        """One call, with the trouble that is next in line."""
        sent = dict(parse_qsl((await request.body()).decode()))
        parameters = sent if request.method == "POST" else dict(request.query_params)
        self.seen.append((request.method, parameters, dict(request.headers)))
        if request.headers.get("authorization") != f"Bearer {SECRET_KEY}":
            return fault(401, "invalid_request_error", message="Invalid API Key provided")
        trouble = self.trouble.popleft() if self.trouble else None
        before = early(trouble)
        if before is not None:
            return before
        work = self._posted if request.method == "POST" else self._listed
        answer = work(parameters, request.headers.get("idempotency-key", ""), trouble)
        if trouble is Trouble.ANSWER_LOST:
            return Broken()
        if trouble is Trouble.GARBLED:
            return Response(b"[]", 200)
        if trouble is Trouble.SLOW:
            await asyncio.sleep(1)
        return answer

    def _posted(self, parameters: dict[str, str], key: str, trouble: Trouble | None) -> Response:
        if key in self.saved:
            known, answer = self.saved[key]
            return answer if known == parameters else fault(400, "idempotency_error")
        answer = fault(500, "api_error") if trouble is Trouble.ERROR_BEFORE else self._refunded(parameters)
        if trouble is Trouble.ERROR_AFTER:
            answer = fault(500, "api_error")
        self.saved[key] = (parameters, answer)
        return answer

    def _refunded(self, parameters: dict[str, str]) -> Response:
        payment = parameters.get("payment_intent") or parameters.get("charge", "")
        amount = int(parameters["amount"])
        if payment not in self.payments:
            return fault(404, "invalid_request_error", "resource_missing")
        captured, currency = self.payments[payment]
        left = captured - sum(self.paid(payment))
        if payment in self.refused:
            return fault(400, "invalid_request_error", self.refused[payment])
        if left == 0:
            return fault(400, "invalid_request_error", "charge_already_refunded")
        if amount > left or (currency in THREE_DECIMALS and amount % 10):
            return fault(400, "invalid_request_error", message="Refund amount is greater than unrefunded amount")
        metadata = {name[9:-1]: value for name, value in parameters.items() if name.startswith("metadata[")}
        refund = {
            "id": f"re_{len(self.refunds) + 1:03}",
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": payment if "charge" in parameters else "ch_of_intent",
            "created": 1760000000 + len(self.refunds),
            "currency": currency,
            "destination_details": {"card": {"type": "refund"}, "type": "card"},
            "metadata": metadata,
            "payment_intent": payment if "payment_intent" in parameters else None,
            "reason": None,
            "receipt_number": None,
            "status": self.statuses.get(payment, "succeeded"),
        }
        self.refunds.insert(0, refund)
        return JSONResponse(refund)

    def _listed(self, parameters: dict[str, str], _: str, trouble: Trouble | None) -> Response:
        if trouble in {Trouble.ERROR_AFTER, Trouble.ERROR_BEFORE}:
            return fault(500, "api_error")
        (name,) = {"payment_intent", "charge"} & set(parameters)
        if parameters[name] not in self.payments:
            return fault(404, "invalid_request_error", "resource_missing")
        found = [refund for refund in self.refunds if refund[name] == parameters[name]]
        ids = [refund["id"] for refund in found]
        start = ids.index(parameters["starting_after"]) + 1 if "starting_after" in parameters else 0
        end = start + int(parameters.get("limit", "10"))
        page = {"object": "list", "url": "/v1/refunds", "has_more": end < len(found), "data": found[start:end]}
        return JSONResponse(page)


def early(trouble: Trouble | None) -> Response | None:
    """The answers that come before Stripe looks at a key; they are not saved."""
    if trouble is Trouble.REQUEST_LOST:
        return Broken()
    if trouble is Trouble.LIMITED:
        return fault(429, "invalid_request_error", "rate_limit", {"Retry-After": "7"})
    if trouble is Trouble.IN_USE:
        return fault(409, "idempotency_error", "idempotency_key_in_use")
    if trouble is Trouble.PROXY:
        return Response("<h1>502 Bad Gateway</h1>", 502, media_type="text/html")
    return None


def fault(
    status: int, kind: str, code: str | None = None, headers: dict[str, str] | None = None, message: str = ""
) -> Response:
    """An error as Stripe words it; the message is for people, and must never leave the adapter."""
    error = {"type": kind, "message": message or "a message for people"} | ({"code": code} if code else {})
    return JSONResponse({"error": error}, status, headers)


def event(kind: str, subject: dict[str, Any], number: str = "evt_1") -> bytes:
    """The body of a webhook request."""
    return msgspec.json.encode(
        {
            "id": number,
            "object": "event",
            "api_version": "2026-02-25.clover",
            "created": 1760000000,
            "data": {"object": subject},
            "livemode": False,
            "pending_webhooks": 1,
            "type": kind,
        }
    )


class Quiet(uvicorn.Server):
    """A server that leaves the signals to whoever runs the tests, and sleeps until it is ended."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready, self.end = asyncio.Event(), asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        self.ready.set()
        await self.end.wait()


@asynccontextmanager
async def listening(server: StripeServer) -> AsyncIterator[str]:
    """The address of the server, on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # asyncio does this only for sockets made with IPPROTO_TCP; without it every answer takes 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(server.app, log_config=None, log_level="critical", lifespan="off", ws="none")
        running = Quiet(config)
        serving = asyncio.create_task(running.serve([listener]))
        await running.ready.wait()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        await asyncio.sleep(0.005)  # hears that clients have gone, for which it would wait a tenth of a second
        running.end.set()
        await serving
