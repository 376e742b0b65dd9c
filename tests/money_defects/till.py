"""Who pays in these tests? The steps of the worker's own workflow, one by one, and the embedded provider."""

from datetime import UTC, datetime
from typing import Any

from bff.cases.money import ledger, provider_news
from bff.money import Money
from bff.payments.behaviour import Behaviour
from bff.payments.book import Book
from bff.payments.embedded import EmbeddedProvider, Manner
from bff.payments.provider import Chargeback, RefundOrder
from bff.storage.database import Database
from bff.vocabulary import AccountKind
from bff.worker.refunding import Refunding
from bff.worker.turn import FileTurn
from tests.graph.shop import NOW

QUICK = Manner(latency=0, timeout=0, settles_after=0, busy_for=0)
OPEN = "SELECT provider_key, runs FROM refund_tenders WHERE status IN ('PENDING', 'PROCESSING') ORDER BY id"


class Till:
    """Pays what is open; `seen` is what the database held of each order when its provider was called."""

    def __init__(self, database: Database, book: Book) -> None:
        self.database = database
        self.seen: list[tuple[RefundOrder, dict[str, Any]]] = []
        self.provider = _Watched(self, book)
        self.refunding = Refunding(database, lambda: self.provider, FileTurn(None), lambda: NOW)

    async def pay(self) -> int:
        """Asks for every open tender once and records the answer, then what the provider tells; how many."""
        tenders = await self.database.rows(OPEN)
        for tender in tenders:
            key, run = tender["provider_key"], tender["runs"]
            outcome = await self.refunding.ask(key, run, 1)
            if outcome is not None:
                await self.refunding.note(key, run, 1, outcome)
        await self.tell()
        return len(tenders)

    async def tell(self) -> None:
        """What the provider has to tell arrives, each piece twice and shuffled."""
        for delivery in await self.provider.deliveries():
            news = self.provider.parse_notification(delivery.headers, delivery.body, datetime.now(UTC))
            await provider_news.take(self.database, self.provider.name, news, NOW)

    async def charge_back(self, payment: str, minor: int, currency: str = "SGD") -> None:
        """The customer's bank takes money back."""
        told = Chargeback(f"cb_{payment}_{minor}", payment, Money(minor, currency))
        await provider_news.take(self.database, self.provider.name, [told], NOW)

    async def paid(self) -> dict[str, int]:
        """What has left in all, by payment, in minor units."""
        return {payment: minor for (payment, _), minor in (await self.provider.paid()).items()}

    async def owed(self, kind: AccountKind = AccountKind.CUSTOMER) -> int:
        """What the shop owes to all of one kind."""
        return sum(one.amount for one in await ledger.balances(self.database, [kind]))


class _Watched(EmbeddedProvider):
    """The embedded provider, which looks what was committed before it is called."""

    def __init__(self, till: Till, book: Book) -> None:
        super().__init__(book, ["whsec_till"], QUICK)
        self._till = till

    def behave(self, manner: Manner) -> None:
        """From now on."""
        self._manner = manner

    async def refund(self, order: RefundOrder) -> Any:
        rows = await self._till.database.rows(
            "SELECT r.status AS refund, t.status AS tender, p.held_minor AS held FROM refund_tenders t"
            " JOIN refunds r ON r.id = t.refund_id JOIN payments p ON p.id = t.payment_id"
            " WHERE t.provider_key = ?",
            order.key,
        )
        self._till.seen.append((order, rows[0] if rows else {}))
        return await super().refund(order)


def once(behaviour: Behaviour) -> Manner:
    """Each payment's first order goes like that, its later ones pay."""
    known: dict[str, str] = {}

    def script(order: RefundOrder, _: int) -> Behaviour:
        return behaviour if known.setdefault(order.payment, order.key) == order.key else Behaviour.PAYS

    return Manner(script=script, latency=0, timeout=0, settles_after=0, busy_for=0)
