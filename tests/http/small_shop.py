"""What do the edge's tests ask? A tiny graph with every kind of answer, over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2 as httpx
import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.routing import Route

from bff.execution.stock import StockExecutor
from bff.http.headers import SecurityHeaders
from bff.http.operations import OperationStore
from bff.http.price import Tariff
from bff.http.tokens import BearerAuthentication
from bff.http.view import Caller, GraphQLView
from bff.limits import Limits

KEY = "a-key-of-a-test-which-is-32-bytes-long"
URL = "http://shop.test/graphql"


@strawberry.type
class Thing:
    id: strawberry.ID = strawberry.ID("1")
    name: str = "thing"

    @strawberry.field
    def inner(self) -> "Thing":
        return Thing()

    @strawberry.field
    def parts(self) -> list["Thing"]:
        return [Thing()]


@strawberry.type
class ThingEdge:
    cursor: str
    node: Thing


@strawberry.type
class ThingConnection:
    edges: list[ThingEdge]
    nodes: list[Thing]


@strawberry.input
class BasketInput:
    ids: list[strawberry.ID] = strawberry.field(default_factory=lambda: [strawberry.ID("1"), strawberry.ID("2")])


@strawberry.type
class Basket:
    lines: list[Thing]


@strawberry.type
class Query:
    running: strawberry.Private[int] = 0

    @strawberry.field
    def hello(self, name: str = "you", times: int = 1) -> str:
        return f"hello {name}" * times

    @strawberry.field
    def who(self, info: strawberry.Info[Caller, None]) -> str:
        viewer = info.context.viewer
        return f"{viewer.role}:{viewer.subject}" if viewer else "nobody"

    @strawberry.field
    def locale(self, info: strawberry.Info[Caller, None]) -> str:
        return info.context.locale

    @strawberry.field
    def thing(self) -> Thing | None:
        return Thing()

    @strawberry.field
    def things(self, first: int | None = None) -> ThingConnection:
        return ThingConnection(edges=[], nodes=[Thing()] * (first or 0))

    @strawberry.field
    def by_ids(self, ids: list[strawberry.ID]) -> list[Thing]:
        return [Thing() for _ in ids]

    @strawberry.field
    def basket(self, basket: BasketInput) -> Basket:
        return Basket(lines=[Thing() for _ in basket.ids])

    @strawberry.field
    def secret(self) -> str | None:
        raise ValueError("alice@shop.test has card 4111")

    @strawberry.field
    def never(self) -> str:
        raise ValueError("alice@shop.test has card 4111")

    @strawberry.field
    def refused(self) -> str | None:
        raise GraphQLError("Not for you", extensions={"code": "FORBIDDEN", "field": "refused"})

    @strawberry.field
    def miscounted(self) -> int | None:
        return "alice@shop.test"  # type: ignore[return-value]

    @strawberry.field
    async def slow(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "done"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self, to: str = "new") -> str:
        return to


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self) -> AsyncIterator[int]:
        yield 1


SCHEMA = strawberry.Schema(Query, Mutation, Subscription)


def small_shop(
    *, limits: Limits | None = None, introspection: bool = True, tariff: Tariff | None = None, key: str = KEY
) -> httpx.AsyncClient:
    """A client of a small shop of its own."""
    limits = limits or Limits()
    view = GraphQLView(
        operations=OperationStore(SCHEMA._schema, limits, tariff, introspection=introspection),
        execute=StockExecutor(SCHEMA, hide_suggestions=not introspection),
        make_context=lambda caller: caller,
        authenticate=BearerAuthentication([key]),
        limits=limits,
        locales=("en", "zh"),
    )
    app = SecurityHeaders(Starlette(routes=[Route("/graphql", view)]), over_https=False)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test")


async def ask(
    client: httpx.AsyncClient, query: str, variables: Mapping[str, Any] | None = None, **headers: str
) -> httpx.Response:
    """POSTs one query."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/graphql", json={"query": query, "variables": variables}, headers=named)


def codes(response: httpx.Response) -> list[str]:
    """The code of every error of an answer."""
    return [error["extensions"]["code"] for error in response.json().get("errors", [])]
