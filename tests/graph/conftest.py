"""Who is asked, and how? The whole schema over a small shop, with the real plugins and policies, without HTTP."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import strawberry
from strawberry.types import ExecutionResult

from bff.policy.kernel import Kernel
from bff.policy.parameters import PolicySet
from bff.policy.registry import discover, load_plugins
from bff.rates import Rates
from bff.resolvers.schema import build_schema
from bff.schema.context import RequestContext
from bff.storage.database import Database
from bff.storage.fact_providers import providers
from bff.viewer import Viewer
from tests.graph.shop import NOW, Shop, fill

ROOT = Path(__file__).parents[2]
KEY = b"a key of the tests, thirty-two bytes or more"


@pytest.fixture(scope="session")
def schema() -> strawberry.Schema:
    """The graph, built once."""
    return build_schema()


@pytest.fixture(scope="session")
def kernel() -> Kernel:
    """The installed plugins under the shipped policies."""
    registry = load_plugins(discover(), facts=providers(Database("sqlite://:memory:")))
    return Kernel(registry, PolicySet.load(ROOT / "policies", registry.manifests))


@pytest.fixture
async def shop(database: Database) -> Shop:
    """A small shop."""
    return await fill(database)


class Client:
    """Asks as anybody, and counts the statements that the last question took."""

    def __init__(self, schema: strawberry.Schema, kernel: Kernel, database: Database) -> None:
        self._schema, self._kernel, self._database = schema, kernel, database
        self.statements = 0
        self.rates = Rates()

    async def run(
        self,
        document: str,
        viewer: Viewer | None,
        variables: Mapping[str, Any] | None = None,
        *,
        locale: str = "en",
        now: datetime = NOW,
        keys: tuple[bytes, ...] = (KEY,),
        address: str = "192.0.2.1",
        header: str | None = None,
    ) -> ExecutionResult:
        """The whole result, errors included. `header` is what Idempotency-Key says."""
        context = RequestContext(
            viewer=viewer,
            database=self._database,
            kernel=self._kernel,
            providers=providers(self._database),
            now=now,
            signing_keys=keys,
            locale=locale,
            address=address,
            idempotency_key=header,
            rates=self.rates,
        )
        before = self._database.statements
        result = await self._schema.execute(document, dict(variables or {}), context)
        self.statements = self._database.statements - before
        return result

    async def ask(
        self, document: str, viewer: Viewer | None, variables: Mapping[str, Any] | None = None, **how: Any
    ) -> Any:
        """The data of an answer without errors."""
        result = await self.run(document, viewer, variables, **how)
        assert result.errors is None, result.errors
        return result.data

    async def refused(
        self, document: str, viewer: Viewer | None, variables: Mapping[str, Any] | None = None
    ) -> tuple[str, list[str]]:
        """Code and path of the only error of an answer."""
        result = await self.run(document, viewer, variables)
        assert result.errors is not None
        (error,) = result.errors
        extensions = error.extensions or {}
        return extensions["code"], extensions.get("path", [])


@pytest.fixture
def client(schema: strawberry.Schema, kernel: Kernel, database: Database) -> Client:
    """Somebody who asks."""
    return Client(schema, kernel, database)
