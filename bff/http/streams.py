"""What holds for every stream, over a socket or as events? What may run, for whom, and how many."""

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Protocol

from graphql import ExecutionResult, GraphQLError, OperationType
from msgspec import Struct

from bff.http.errors import execution_error
from bff.http.operations import Operation, OperationStore
from bff.http.parameters import Parameters
from bff.http.refusal import ErrorBody, error_body, refuse
from bff.http.view import Caller, MakeContext
from bff.limits import Limits
from bff.live.bus import Interruption
from bff.tokens import Proof

SEND_SECONDS = 10.0  # in which a receiver must take one message, or it is taken for gone
EXPIRED = error_body("The token has expired", "UNAUTHENTICATED")
Body = dict[str, Any]


class Prove(Protocol):
    """Whom Authorization headers prove, and until when; None without any. Raises a Refusal."""

    def __call__(self, headers: list[str]) -> Proof | None: ...


Stream = Callable[[Operation, Any], Awaitable[AsyncGenerator[ExecutionResult] | list[GraphQLError]]]


class Ended(Exception):  # noqa: N818 - every stream ends
    """A stream that did not start, or ended before its time; the errors are for the caller."""

    def __init__(self, *errors: ErrorBody) -> None:
        super().__init__(errors[0]["message"])
        self.errors = list(errors)


NEWCOMER = "newcomer"


class Places:
    """How many may be open in this process, and for one caller."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: Counter[Hashable] = Counter()

    @property
    def taken(self) -> int:
        """How many are open."""
        return self._open.total()

    def has_room(self) -> bool:
        """Whether anybody may come in; of all places a quarter is for those who have not said who they are."""
        return self.taken < self._limits.streams and self._open[NEWCOMER] < max(1, self._limits.streams // 4)

    def has_room_for(self, principal: Hashable) -> bool:
        """Whether this caller may open one more."""
        return self._open[principal] < self._limits.streams_per_caller

    @contextmanager
    def taking(self, principal: Hashable) -> Iterator[None]:
        """Holds a place for somebody."""
        self._open[principal] += 1
        try:
            yield
        finally:
            self._open[principal] -= 1
            if not self._open[principal]:
                del self._open[principal]


class Streams(Struct, frozen=True, kw_only=True, eq=False):
    """The parts that every transport of streams shares."""

    operations: OperationStore
    stream: Stream
    make_context: MakeContext
    prove: Prove
    limits: Limits
    places: Places
    locales: tuple[str, ...] = ("en",)

    def operation(self, parameters: Parameters) -> Operation:
        """The subscription that is asked for. Raises a Refusal, for queries and mutations too."""
        operation = self.operations.operation(parameters)
        if operation.kind is not OperationType.SUBSCRIPTION:
            raise refuse(
                422,
                "ONLY_SUBSCRIPTIONS",
                f"Only subscriptions run here: POST a {operation.kind.value} to /graphql",
            )
        return operation

    async def bodies(self, operation: Operation, caller: Caller) -> AsyncGenerator[Body]:
        """What the subscription gives, as clients read it. Raises Ended, and in the end nothing else."""
        try:
            results = await self.stream(operation, self.make_context(caller))
            if isinstance(results, list):
                raise Ended(*[execution_error(error, operation.name) for error in results])  # noqa: TRY301
            async with aclosing(results):
                async for result in results:
                    yield body_of(result, operation)
        except Ended:
            raise
        except Exception as error:  # noqa: BLE001 - the last line: whatever it is, the caller gets GraphQL
            raise ended(error, operation) from None


def body_of(result: ExecutionResult, operation: Operation) -> Body:
    """One result as the caller sees it."""
    body: Body = {"data": result.data}
    if result.errors:
        body["errors"] = [execution_error(error, operation.name) for error in result.errors]
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def ended(error: Exception, operation: Operation) -> Ended:
    """Why the stream ends, in words for the caller; of a fault only a reference."""
    if isinstance(error, Interruption):
        message = f"{error}: subscribe again, then read what you watch"
        return Ended(error_body(message, "STREAM_INTERRUPTED", reason=error.reason, retryable=True))
    if isinstance(error, TimeoutError):
        message = "A change took too long to read: subscribe again, then read what you watch"
        return Ended(error_body(message, "STREAM_INTERRUPTED", reason="TOO_LONG", retryable=True))
    return Ended(execution_error(GraphQLError(str(error), original_error=error), operation.name))
