"""How does a subscription run? Its source is made once, and every event is executed anew, in a context of its own.

A source yields events, which are read when their turn comes. Few are at work at once: a change that a thousand
callers watch must not keep requests from being answered.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from inspect import isawaitable
from typing import Any, Protocol

import strawberry
from graphql import ExecutionResult, GraphQLError
from graphql.execution import Executor, create_source_event_stream, execute_subscription_event

from bff.execution.stock import Runnable


class Happening(Protocol):
    """The field's value, the context to resolve it in, and what is said of it beside data."""

    @property
    def value(self) -> Any: ...

    @property
    def context(self) -> Any: ...

    @property
    def extensions(self) -> dict[str, Any]: ...


class Event(Protocol):
    """What a source yields."""

    async def read(self) -> Happening | None:
        """What has happened; None when it is not for this caller."""


Results = AsyncGenerator[ExecutionResult]


class Streamer:
    """Runs subscriptions, `at_once` events at a time and each for `seconds` at most."""

    def __init__(
        self, schema: strawberry.Schema, *, at_once: int, seconds: float, hide_suggestions: bool = False
    ) -> None:
        self._schema = schema._schema  # noqa: SLF001 - the graphql-core schema has no public name
        self._executor_class = schema.execution_context_class
        self._hide_suggestions = hide_suggestions
        self._seconds = seconds
        self._turns = asyncio.Semaphore(at_once)

    async def __call__(self, operation: Runnable, context: Any) -> Results | list[GraphQLError]:
        """The results, as long as there are any, to be closed in the end; or why there is no source of them.

        All errors are raw. What the source raises later, the results raise.
        """
        executor = self._executor_class.build(
            self._schema,
            operation.document,
            None,
            context,
            operation.variables,
            operation.name,
            hide_suggestions=self._hide_suggestions,
            operation_extensions=None,
        )
        if isinstance(executor, list):
            return executor
        async with self._turns:
            source = create_source_event_stream(executor)
            if isawaitable(source):
                source = await source
        if isinstance(source, ExecutionResult):
            return list(source.errors or [])
        return self._results(executor, source)

    async def _results(self, executor: Executor[Any], source: Any) -> Results:
        async with aclosing(source):
            async for event in source:
                result = await self._result(executor, event)
                if result is not None:
                    yield result

    async def _result(self, executor: Executor[Any], event: Event) -> ExecutionResult | None:
        async with self._turns, asyncio.timeout(self._seconds):
            happening = await event.read()
            if happening is None:
                return None
            each = executor.build_per_event_executor(happening.value)
            each.context_value = happening.context
            result: Awaitable[ExecutionResult] | ExecutionResult = execute_subscription_event(each)
            done = await result if isawaitable(result) else result
        done.extensions = {**(done.extensions or {}), **happening.extensions}
        return done
