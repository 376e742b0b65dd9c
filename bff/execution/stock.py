"""How does an operation run without being compiled? On graphql-core, over the schema that Strawberry built."""

from collections.abc import Awaitable
from inspect import isawaitable
from typing import Any, Protocol

import strawberry
from graphql import DocumentNode, ExecutionResult, execute


class Runnable(Protocol):
    """An operation that was parsed, validated and chosen before."""

    @property
    def document(self) -> DocumentNode: ...

    @property
    def name(self) -> str | None: ...

    @property
    def variables(self) -> dict[str, Any]: ...


class StockExecutor:
    """Runs operations. Strawberry's extensions are not called: what they would do stands at the edge."""

    def __init__(self, schema: strawberry.Schema, *, hide_suggestions: bool = False) -> None:
        self._schema = schema._schema  # noqa: SLF001 - the graphql-core schema has no public name
        self._executor_class = schema.execution_context_class
        self._hide_suggestions = hide_suggestions

    async def __call__(self, operation: Runnable, context: Any) -> ExecutionResult:
        """The result with its raw errors; it raises nothing of what resolvers raise."""
        result: Awaitable[ExecutionResult] | ExecutionResult = execute(
            self._schema,
            operation.document,
            context_value=context,
            variable_values=operation.variables,
            operation_name=operation.name,
            executor_class=self._executor_class,
            hide_suggestions=self._hide_suggestions,
            operation_extensions=None,
        )
        return await result if isawaitable(result) else result
