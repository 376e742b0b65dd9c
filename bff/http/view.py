"""What is the answer to a GraphQL request? The endpoint, by the GraphQL over HTTP specification of September 2026.

Every status follows from its section on status codes: a request error has no `data` and a 4xx or 5xx; an executed
operation has `data` and 200, or 294 when there are errors beside it.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
from graphql import ExecutionResult, OperationType
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bff.http.admission import Admission
from bff.http.body import check_headers, check_media_type, read_body
from bff.http.errors import execution_error, masked
from bff.http.negotiation import GRAPHQL, JSON, best_locale, best_media
from bff.http.operations import Operation, OperationStore
from bff.http.parameters import Parameters, from_body, from_url
from bff.http.refusal import Refusal, refuse
from bff.limits import Limits
from bff.viewer import Viewer

PARTIAL_SUCCESS = 294
METHODS = "GET, POST"
SOCKET_PATH, EVENTS_PATH = "/graphql/ws", "/graphql/stream"  # where subscriptions are answered


class Caller(Struct, frozen=True):
    """Who asks, in which language and from where: what a request's context is made from.

    `idempotency_key` is what the header of that name says, None without it.
    """

    viewer: Viewer | None
    locale: str
    address: str = ""
    idempotency_key: str | None = None


Execute = Callable[[Operation, Any], Awaitable[ExecutionResult]]
Authenticate = Callable[[Sequence[str]], Viewer | None]
MakeContext = Callable[[Caller], Any]


class GraphQLView:
    """An ASGI endpoint. It knows no schema of its own: what it needs to know is handed to it."""

    def __init__(
        self,
        *,
        operations: OperationStore,
        execute: Execute,
        make_context: MakeContext,
        authenticate: Authenticate,
        limits: Limits,
        locales: Sequence[str] = ("en",),
    ) -> None:
        self._operations, self._execute, self._make_context = operations, execute, make_context
        self._authenticate, self._limits, self._locales = authenticate, limits, locales
        self._admission = Admission(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        request = Request(scope, receive)
        response = await self._respond(request)
        response.headers["Vary"] = "Accept, Accept-Language, Authorization"
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        locale = best_locale(request.headers.get("accept-language"), self._locales)
        media = best_media(request.headers.get("accept"), (GRAPHQL, JSON))
        try:
            status, body = await self._answer(request, media, locale)
            response = encoded(status, body, media)
        except Refusal as refusal:
            response = encoded(refusal.status, {"errors": refusal.errors}, media, refusal.headers)
        except Exception as fault:  # noqa: BLE001 - the last line: whatever it is, the caller gets GraphQL
            response = encoded(500, {"errors": [masked(fault, None)]}, media)
        response.headers["Content-Language"] = locale
        return response

    async def _answer(self, request: Request, media: str | None, locale: str) -> tuple[int, dict[str, Any]]:
        check_headers(request.scope["headers"], self._limits)
        if request.method not in {"GET", "POST"}:
            raise refuse(
                405, "METHOD_NOT_ALLOWED", f"Use POST, or GET for queries, not {request.method}", Allow=METHODS
            )
        if media is None:
            raise refuse(406, "NOT_ACCEPTABLE", f"Answers are {GRAPHQL} or {JSON}; Accept names neither")
        viewer = self._authenticate(request.headers.getlist("authorization"))
        parameters = await self._parameters(request)
        caller = Caller(viewer, locale, address(request), idempotency_key(request))
        return await self._admission.run(
            viewer or address(request),
            lambda: self._perform(request.method, parameters, caller),
            lambda: departure(request.receive),
        )

    async def _parameters(self, request: Request) -> Parameters:
        if request.method == "GET":
            query_string = request.scope["query_string"]
            if len(query_string) > self._limits.url_bytes:
                raise refuse(
                    414, "URI_TOO_LONG", f"The query string is longer than {self._limits.url_bytes} bytes: POST it"
                )
            return from_url(query_string, self._limits.json_depth)
        check_media_type(request.headers)
        body = await read_body(request.headers, request.receive, self._limits)
        return from_body(body, self._limits.json_depth)

    async def _perform(self, method: str, parameters: Parameters, caller: Caller) -> tuple[int, dict[str, Any]]:
        operation = self._operations.operation(parameters)
        if operation.kind is OperationType.SUBSCRIPTION:
            raise refuse(
                406,
                "SUBSCRIPTION_NOT_SUPPORTED",
                f"This endpoint answers once: subscribe over a socket at {SOCKET_PATH} or POST to {EVENTS_PATH}",
            )
        if method == "GET" and operation.kind is OperationType.MUTATION:
            raise refuse(405, "METHOD_NOT_ALLOWED", "Mutations are sent with POST", Allow="POST")
        result = await self._execute(operation, self._make_context(caller))
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [execution_error(error, operation.name) for error in result.errors]
        cost = {"requestedQueryCost": operation.price.cost, "maximumAvailable": self._limits.cost}
        body["extensions"] = {"cost": cost, **(result.extensions or {})}
        return (PARTIAL_SUCCESS if result.errors else 200), body


def address(request: Request) -> str:
    """Where a caller asks from; empty where the server does not know."""
    return request.client.host if request.client else ""


def idempotency_key(request: Request) -> str | None:
    """What the header Idempotency-Key says; it may stand in quotation marks, as structured fields write texts."""
    sent = request.headers.get("idempotency-key")
    if sent is None:
        return None
    is_quoted = len(sent) > 1 and sent[0] == sent[-1] == '"'
    return sent[1:-1] if is_quoted else sent


async def departure(receive: Receive) -> None:
    """Returns when the caller has hung up; what they may still send is not looked at."""
    while (await receive())["type"] != "http.disconnect":
        pass


def encoded(
    status: int, body: dict[str, Any], media: str | None, headers: dict[str, str] | None = None
) -> Response:
    """The HTTP response. Only a 2xx is ever labelled application/json: older clients trust nothing else."""
    legacy = media == JSON and 200 <= status < 300  # noqa: PLR2004
    label = JSON if legacy else GRAPHQL
    return Response(orjson.dumps(body), status, headers, media_type=f"{label}; charset=utf-8")
