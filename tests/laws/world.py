"""What is a walk done to? One order, its cases, the graph, the worker's own functions, and a provider's book."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from structlog.testing import capture_logs

from bff.cases import expiry
from bff.cases.money import provider_news
from bff.orders.records import read_record
from bff.payments.behaviour import Behaviour, by_payment
from bff.payments.book import Book
from bff.payments.embedded import EmbeddedProvider, Manner
from bff.payments.provider import RefundOrder
from bff.schema.ids import global_id
from bff.storage.database import Database
from bff.viewer import Viewer
from bff.vocabulary import CaseStatus, Role
from bff.worker.refunding import Refunding
from bff.worker.turn import FileTurn
from tests.graph.conftest import Client
from tests.graph.dumps import dump
from tests.graph.shop import AGENT, INGEST, NOW, Shop
from tests.laws.orders import CUSTOMER, SELLERS, SPARE, AnOrder, record, shelf

ERRORS = "userErrors { code path message }"
SHAPES = {
    "approveCases": f"results {{ case {{ id }} {ERRORS} }} {ERRORS}",
    "recordShipmentEvents": f"applied duplicates {ERRORS}",
    "setStock": f"updated {ERRORS}",
    "upsertOrders": f"created updated {ERRORS}",
}
KINDS = {
    "approveCase": "CaseInput",
    "cancelCase": "CaseInput",
    "withdrawDispute": "CaseInput",
}
OPEN = "SELECT t.provider_key, t.runs FROM refund_tenders t JOIN refunds r ON r.id = t.refund_id WHERE t.status IN"
FAULTS = {"deadline failed", "refund step failed", "refund paid twice over", "task failed"}


class Asked(Struct, frozen=True):
    """One accepted mutation, to be asked again."""

    viewer: Viewer
    name: str
    asked: dict[str, Any]
    case: str | None


class ACase(Struct, frozen=True):
    """How a case stands."""

    id: UUID
    version: int
    status: CaseStatus
    seller: str


class AFailure(Struct, frozen=True):
    """A refund that failed, by its global id."""

    refund: str
    case: UUID
    viewer: Viewer


class _Due(Struct, frozen=True):
    at: datetime


class _Failed(Struct, frozen=True):
    id: UUID
    case: UUID
    seller: str


class _Id(Struct, frozen=True):
    id: UUID


class World:
    """Everything of one walk, over a database of its own."""

    def __init__(self, client: Client, database: Database, order: AnOrder, *, reports: bool = False) -> None:
        self.client, self.database, self.order = client, database, order
        self.reports = reports  # an integration pays, and no provider is asked
        self.shop = Shop(database)
        self.now = NOW
        self.mended = False
        self.book = Book()
        self.provider = EmbeddedProvider(
            self.book,
            ["whsec_laws"],
            Manner(script=self._script, latency=0, timeout=0, busy_for=0),
            clock=self._seconds,
            sleep=_at_once,
        )
        self.refunding = Refunding(database, lambda: self.provider, FileTurn(None), lambda: self.now)
        self.keys = 0
        self.done: list[Asked] = []
        self.charged_back = False

    def _seconds(self) -> float:
        return self.now.timestamp()

    def _script(self, order: RefundOrder, sent: int) -> Behaviour:
        return Behaviour.PAYS if self.mended else by_payment(order, sent)

    async def begin(self, stock: int = 2) -> None:
        """The order is there, and what may be had in exchange."""
        records = [record(self.order, "L-1", self.now), *shelf(self.order, self.now)]
        await self.shop.take(*[read_record(one) for one in records])
        for seller in SELLERS:
            for kind in SPARE:
                await self.shop.stock(f"{seller}-{kind}", stock)
        await self.shop.change("UPDATE variants SET stock = ? WHERE stock = 0", stock)
        self.ada = await self.shop.customer(CUSTOMER)
        self.sellers = {name: await self.shop.merchant(name) for name in SELLERS}
        self.order_id = await self.shop.order_id("L-1")
        self.lines = [await self.shop.line_id("L-1", str(place)) for place in range(len(self.order.lines))]

    async def end(self) -> None:
        await self.refunding.stop()
        self.book.close()

    # ---- what people do ----------------------------------------------------------------------------

    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    def viewer_of(self, role: Role, seller: str) -> Viewer:
        if role is Role.MERCHANT:
            return self.sellers[seller]
        return {Role.CUSTOMER: self.ada, Role.INGEST: INGEST}.get(role, AGENT)

    async def say(self, viewer: Viewer, name: str, asked: dict[str, Any]) -> Any:
        """The payload of a mutation; there is never a top-level error."""
        kind = KINDS.get(name, name[0].upper() + name[1:] + "Input")
        shape = SHAPES.get(name, f"case {{ id version status }} cases {{ id }} {ERRORS}")
        document = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {shape} }} }}"
        return (await self.client.ask(document, viewer, {"input": asked}, now=self.now))[name]

    async def cases(self) -> dict[UUID, ACase]:
        """Every case, by its key."""
        found = await self.database.structs(
            ACase,
            "SELECT c.id, c.version, c.status, m.external_id FROM cases c JOIN merchants m ON m.id = c.merchant_id"
            " ORDER BY c.id",
        )
        return {case.id: case for case in found}

    async def dump(self) -> dict[str, list[Any]]:
        return await dump(self.database)

    # ---- what goes on by itself --------------------------------------------------------------------

    async def to_next_deadline(self) -> bool:
        """Moves the clock on to when something is due; False when nothing is waited for."""
        found = await self.database.structs(
            _Due, "SELECT due_at FROM deadlines WHERE settled_at IS NULL ORDER BY due_at LIMIT 1"
        )
        if found:
            self.now = max(self.now, found[0].at) + timedelta(seconds=1)
        return bool(found)

    async def failed(self) -> list[AFailure]:
        """Refunds of which something has failed, and who may try them again."""
        rows = await self.database.structs(
            _Failed,
            "SELECT DISTINCT r.id, r.case_id, m.external_id FROM refunds r JOIN cases c ON c.id = r.case_id"
            " JOIN merchants m ON m.id = c.merchant_id LEFT JOIN refund_tenders t ON t.refund_id = r.id"
            " WHERE r.status = 'FAILED' OR t.status = 'FAILED' ORDER BY r.id",
        )
        return [AFailure(global_id("Refund", row.id), row.case, self.sellers[row.seller]) for row in rows]

    async def arrive(self) -> None:
        """Carriers deliver what was sent in exchange."""
        for row in await self.database.rows("SELECT tracking_number AS t FROM exchanges WHERE status = 'SHIPPED'"):
            scan = {"eventId": self.key(), "trackingNumber": row["t"], "status": "DELIVERED"}
            asked = {"events": [scan | {"at": self.now.isoformat()}], "idempotencyKey": self.key()}
            assert (await self.say(INGEST, "recordShipmentEvents", asked))["applied"] == 1

    async def reported(self) -> None:
        """The integration, where one pays, has paid all that was open."""
        if not self.reports:
            return
        rows = await self.database.structs(_Id, "SELECT id FROM refunds WHERE status IN ('PENDING', 'PROCESSING')")
        for row in rows:
            asked = {"refundId": global_id("Refund", row.id), "succeeded": True, "idempotencyKey": self.key()}
            assert (await self.say(INGEST, "recordRefundResult", asked))["userErrors"] == []

    async def forward(self, by: timedelta) -> None:
        self.now += by

    async def sweep(self) -> int:
        """Fires what is due, as the worker does; nothing of it may fail."""
        return int(await unfaulted(lambda: expiry.fire_due(self.database, self.now, most=1000)))

    async def pay(self) -> None:
        """The worker's steps for every open tender, each as its workflow takes them, once."""
        if self.reports:
            return
        for row in await self.database.rows(f"{OPEN} ('PENDING', 'PROCESSING') ORDER BY t.id"):
            await unfaulted(lambda row=row: self._pay(row["provider_key"], row["runs"]))  # type: ignore[misc]

    async def _pay(self, key: str, run: int) -> None:
        outcome = await self.refunding.ask(key, run, 0)
        if outcome is not None:
            await self.refunding.note(key, run, 0, outcome)

    async def hear(self) -> None:
        """The provider's notifications, twice and shuffled, through the code that takes a real one's."""
        for delivery in await self.provider.deliveries():
            at = datetime.fromtimestamp(self.now.timestamp(), UTC)
            news = self.provider.parse_notification(delivery.headers, delivery.body, at)
            await unfaulted(lambda news=news: provider_news.take(self.database, "embedded", news, self.now))  # type: ignore[misc]
            await self.provider.acknowledge(delivery)

    async def paid_by_provider(self) -> dict[str, tuple[str, int, str]]:
        """(payment, amount, status) of each key in the provider's book."""
        rows = await self.book.visit(
            lambda book: book.execute("SELECT key, payment, minor, status FROM refunds").fetchall()
        )
        return {key: (payment, minor, status) for key, payment, minor, status in rows}


async def unfaulted(work: Callable[[], Awaitable[Any]]) -> Any:
    """What the work gives; nothing that it logs may be a fault."""
    with capture_logs() as logged:
        found = await work()
    assert [one for one in logged if one["event"] in FAULTS] == []
    return found


async def _at_once(_: float) -> None:
    """Nobody waits."""
