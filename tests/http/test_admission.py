"""Does one caller hold up another? A few run at once, half of them for one caller; a short queue, a refusal."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2 as httpx
from graphql import ExecutionResult
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Message

from bff.http.operations import Operation, OperationStore
from bff.http.tokens import BearerAuthentication, Keyring, mint
from bff.http.view import Caller, GraphQLView
from bff.limits import Limits
from bff.vocabulary import Role
from tests.http.small_shop import KEY, SCHEMA, ask, codes, small_shop

SLOW = "query Q($s: Float!) { slow(seconds: $s) }"


def signed(name: str) -> str:
    """The header of an operator of that name."""
    return f"Bearer {mint(Keyring((KEY,)), Role.OPS, name, seconds=600)}"


class Workshop:
    """An executor whose work ends when it is told to: nothing here depends on how fast a machine is."""

    def __init__(self, limits: Limits) -> None:
        self.begun: list[str] = []
        self.running: Counter[str] = Counter()
        self._ends: list[asyncio.Event] = []
        self.view = GraphQLView(
            operations=OperationStore(SCHEMA._schema, limits),
            execute=self.execute,
            make_context=lambda caller: caller,
            authenticate=BearerAuthentication([KEY]),
            limits=limits,
        )

    async def execute(self, _: Operation, caller: Caller) -> ExecutionResult:
        """Runs until it is ended or cancelled."""
        name = caller.viewer.subject if caller.viewer else "nobody"
        end = asyncio.Event()
        self._ends.append(end)
        self.begun.append(name)
        self.running[name] += 1
        try:
            await end.wait()
        finally:
            self.running[name] -= 1
        return ExecutionResult({"hello": name}, None)

    def end(self, position: int) -> None:
        """Lets the work that began in that position come to its end."""
        self._ends[position].set()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Callable[[str], Awaitable[httpx.Response]]]:
        """Somebody who asks in a name."""
        app = Starlette(routes=[Route("/graphql", self.view)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test") as client:
            yield lambda name: ask(client, "{ hello }", authorization=signed(name))


async def settled() -> None:
    """Every task has gone as far as it can."""
    for _ in range(200):
        await asyncio.sleep(0)


async def test_of_fifty_requests_of_one_caller_some_are_answered_and_another_caller_is_not_held_up() -> None:
    workshop = Workshop(Limits(slots=4, queue=16, queue_seconds=60))
    async with workshop.client() as asks:
        greedy = [asyncio.ensure_future(asks("greedy")) for _ in range(50)]
        await settled()
        assert workshop.running == {"greedy": 2}
        refused = [task.result() for task in greedy if task.done()]
        assert [response.status_code for response in refused] == [429] * 40
        assert {tuple(codes(response)) for response in refused} == {("TOO_MANY_REQUESTS",)}
        assert {response.headers["retry-after"] for response in refused} == {"1"}

        modest = asyncio.ensure_future(asks("modest"))
        await settled()
        assert workshop.begun[2:] == ["modest"]
        workshop.end(2)
        assert (await modest).json()["data"] == {"hello": "modest"}

        for position in (0, 1, *range(3, 11)):
            workshop.end(position)
            await settled()
        statuses = Counter(response.status_code for response in await asyncio.gather(*greedy))
    assert statuses == {200: 10, 429: 40}
    assert workshop.running.total() == 0


async def test_who_waits_is_let_in_by_the_order_of_arrival() -> None:
    workshop = Workshop(Limits(slots=1, queue=8, queue_seconds=60))
    async with workshop.client() as asks:
        tasks = []
        for name in ("a", "b", "c", "b", "d"):
            tasks.append(asyncio.ensure_future(asks(name)))
            await settled()
        for position in range(5):
            workshop.end(position)
            await settled()
        assert [(await task).status_code for task in tasks] == [200] * 5
    assert workshop.begun == ["a", "b", "c", "b", "d"]


async def test_who_has_a_full_share_lets_others_pass() -> None:
    workshop = Workshop(Limits(slots=2, queue=8, queue_seconds=60))
    async with workshop.client() as asks:
        tasks = [asyncio.ensure_future(asks(name)) for name in ("a", "a", "b")]
        await settled()
        assert workshop.begun == ["a", "b"]
        workshop.end(0)
        await settled()
        assert workshop.begun == ["a", "b", "a"]
        workshop.end(1)
        workshop.end(2)
        assert [(await task).status_code for task in tasks] == [200] * 3


async def test_a_full_queue_refuses_at_once_and_a_long_wait_ends_in_a_refusal() -> None:
    workshop = Workshop(Limits(slots=2, queue=2, queue_seconds=0.05))
    async with workshop.client() as asks:
        running = [asyncio.ensure_future(asks(name)) for name in ("a", "b")]
        await settled()
        tasks = [asyncio.ensure_future(asks(name)) for name in ("a", "c", "d")]
        await settled()
        assert [task.done() for task in tasks] == [False, False, True]
        answers = [await task for task in tasks]
        assert [(one.status_code, *codes(one)) for one in answers] == [
            (429, "TOO_MANY_REQUESTS"),
            (503, "OVERLOADED"),
            (503, "OVERLOADED"),
        ]
        assert {one.headers["retry-after"] for one in answers} == {"1"}
        workshop.end(0)
        workshop.end(1)
        assert [(await task).status_code for task in running] == [200, 200]


class Visit:
    """One request as a server sees it, whose caller can hang up."""

    def __init__(self, view: GraphQLView, name: str) -> None:
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()
        body = json.dumps({"query": "{ hello }"}).encode()
        self._incoming.put_nowait({"type": "http.request", "body": body, "more_body": False})
        headers = [(b"content-type", b"application/json"), (b"authorization", signed(name).encode())]
        scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
        self.sent: list[Message] = []
        self.task = asyncio.ensure_future(view(scope, self._incoming.get, self._send))

    async def _send(self, message: Message) -> None:
        self.sent.append(message)

    def hang_up(self) -> None:
        """The connection ends."""
        self._incoming.put_nowait({"type": "http.disconnect"})


async def test_the_work_of_a_caller_who_hangs_up_is_stopped_and_its_slot_is_free() -> None:
    workshop = Workshop(Limits(slots=1, queue=4, queue_seconds=60))
    first, second, third = (Visit(workshop.view, name) for name in ("a", "b", "c"))
    await settled()
    assert workshop.running == {"a": 1}
    second.hang_up()
    first.hang_up()
    await settled()
    assert (first.task.done(), second.task.done(), third.task.done()) == (True, True, False)
    assert workshop.begun == ["a", "c"]
    workshop.end(1)
    await third.task
    assert third.sent[0]["status"] == 200


async def test_a_request_that_its_server_gives_up_frees_its_slot() -> None:
    workshop = Workshop(Limits(slots=1, queue=4, queue_seconds=60))
    visits = [Visit(workshop.view, name) for name in ("a", "b", "c")]
    await settled()
    visits[0].task.cancel()
    visits[1].task.cancel()
    await settled()
    assert workshop.begun == ["a", "c"]
    workshop.end(1)
    await visits[2].task


async def test_a_request_past_its_deadline_is_answered_and_told_why() -> None:
    async with small_shop(limits=Limits(request_seconds=0.05)) as client:
        began = time.perf_counter()
        response = await ask(client, SLOW, {"s": 5})
    assert time.perf_counter() - began < 1
    assert response.status_code == 503
    assert codes(response) == ["DEADLINE_EXCEEDED"]
    assert response.headers["retry-after"] == "1"


async def test_the_deadline_counts_from_the_admission() -> None:
    workshop = Workshop(Limits(slots=1, request_seconds=0.5, queue_seconds=60))
    async with workshop.client() as asks:
        first, second = (asyncio.ensure_future(asks(name)) for name in ("a", "b"))
        assert codes(await first) == ["DEADLINE_EXCEEDED"]  # so the second one has waited a whole deadline
        await settled()
        workshop.end(1)
        assert (await second).status_code == 200


async def test_callers_who_are_not_signed_in_are_told_apart_by_their_address() -> None:
    workshop = Workshop(Limits(slots=2, queue=2, queue_seconds=60))
    app = Starlette(routes=[Route("/graphql", workshop.view)])
    clients = [
        httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(host, 1)), base_url="http://shop.test")
        for host in ("192.0.2.1", "192.0.2.2")
    ]
    tasks = [asyncio.ensure_future(ask(clients[who], "{ hello }")) for who in (0, 0, 1)]
    await settled()
    assert workshop.running == {"nobody": 2}
    for position in range(3):
        workshop.end(position)
        await settled()
    assert [(await task).status_code for task in tasks] == [200] * 3
    for client in clients:
        await client.aclose()


async def test_stopped_work_gives_its_slot_back() -> None:
    async with small_shop(limits=Limits(slots=1, request_seconds=0.05, queue_seconds=0.5)) as client:
        assert (await ask(client, SLOW, {"s": 5})).status_code == 503
        assert (await ask(client, "{ hello }")).status_code == 200
