"""Can any valid document cause an unexpected error? Generated ones, asked by everybody over the small shop."""

import asyncio
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError, StringValueNode, build_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema

from bff.policy.kernel import Kernel
from bff.resolvers.schema import build_schema as build
from bff.schema.errors import GraphProblem
from bff.storage.database import Database
from bff.viewer import Viewer
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, INGEST, Shop, fill

PRINTED = build_schema(build().as_str())
EXAMPLES = 40


def scalar(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Literals of a scalar."""
    return values.map(lambda value: StringValueNode(value=value))


SCALARS = {
    "DateTime": scalar(
        st.sampled_from(["2026-11-01T00:00:00Z", "2026-11-01T00:00:00+08:00", "9999-12-31T23:59:59Z"])
    ),
    "Decimal": scalar(st.sampled_from(["0", "1.00", "-5.5"])),
    "CurrencyCode": scalar(st.sampled_from(["SGD", "VND", "KWD"])),
    "MarketCode": scalar(st.sampled_from(["SG", "DE"])),
    "JSON": scalar(st.just("{}")),
    "Date": scalar(st.just("2026-11-01")),
}


@pytest.fixture
def filled(database_address: str) -> str:
    """The address of a small shop's own database, filled once; each example opens it anew."""
    asyncio.run(_fill(database_address))
    return database_address


async def _fill(address: str) -> None:
    async with Database(address) as database:
        await fill(database)


def unexpected(error: GraphQLError) -> bool:
    """Whether it is neither a problem that is told nor a refusal of the document itself."""
    cause = error.original_error
    return cause is not None and not isinstance(cause, GraphProblem)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(
    document=from_schema(PRINTED, custom_scalars=SCALARS),
    who=st.sampled_from(["nobody", "ada", "agent", "ingest"]),
)
def test_no_document_causes_an_unexpected_error(
    filled: str, schema: strawberry.Schema, kernel: Kernel, document: str, who: str
) -> None:
    async def ask() -> list[GraphQLError]:
        async with Database(filled) as database:
            named: dict[str, Viewer | None] = {"nobody": None, "agent": AGENT, "ingest": INGEST}
            viewer = named[who] if who in named else await Shop(database).customer(who)
            return (await Client(schema, kernel, database).run(document, viewer)).errors or []

    assert [error for error in asyncio.run(ask()) if unexpected(error)] == []
