"""What do tests of paying start from? An order paid through payments of telling names, a case, and its refund."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.cases.money import audit, ledger, provider_news
from bff.cases.money.holds import Share
from bff.cases.money.ledger import Account, Posting, transfer
from bff.cases.money.refunds import RefundAsked, request
from bff.payments.book import Book
from bff.payments.embedded import EmbeddedProvider, Manner
from bff.payments.provider import PaymentProvider
from bff.storage.database import Connection, Database
from bff.vocabulary import AccountKind, RefundMethod, TransactionKind
from bff.worker.refunding import Refunding
from bff.worker.turn import FileTurn
from tests.cases.an_order import AT, ACase, AnOrder, Bought, an_order, open_case

SECRET = "whsec_worker"
QUICK = Manner(latency=0.002, timeout=0.02, settles_after=0.2, busy_for=0)
PACE = 0.02  # two seconds are forty milliseconds


class ARefund(Struct, frozen=True):
    """One refund of a whole order, and the names that its provider knows the payments by."""

    id: UUID
    order: AnOrder
    case: ACase
    names: tuple[str, ...]


async def a_refund(database: Database, *endings: str, tenders: Sequence[tuple[str, int]] | None = None) -> ARefund:
    """A refund of 10.00 in equal shares to payments that end in those words, granted as the shop grants it."""
    share = 1000 // max(len(endings), 1)
    order = await an_order(
        database, [Bought(1, 1000)], tenders if tenders is not None else [("CARD", share)] * len(endings)
    )
    names = tuple(f"{payment}-{ending}" for payment, ending in zip(order.payments, endings, strict=False))

    async def work(tx: Connection) -> tuple[ACase, UUID]:
        for payment, name in zip(order.payments, names, strict=False):
            await tx.execute("UPDATE payments SET external_id = ? WHERE id = ?", name, payment)
        case = await open_case(tx, order, 1)
        await tx.execute("UPDATE cases SET status = 'APPROVED', goods_travel = (1 = 0) WHERE id = ?", case.id)
        return case, await grant(tx, order, case, 1000)

    case, refund = await database.run_tx(work)
    return ARefund(refund, order, case, names)


async def grant(tx: Connection, order: AnOrder, case: ACase, amount: int) -> UUID:
    """A refund, and the debt that it pays."""
    asked = RefundAsked(
        case_id=case.id, shares=(Share(case.line, amount),), method=RefundMethod.ORIGINAL_PAYMENT, at=AT
    )
    refund = await request(tx, asked)
    merchant = Account(AccountKind.MERCHANT, str(order.merchant))
    customer = Account(AccountKind.CUSTOMER, str(order.customer))
    await ledger.post(
        tx,
        Posting(
            key=f"refund:{refund}:granted",
            kind=TransactionKind.REFUND,
            at=AT,
            entries=transfer(merchant, customer, amount, "SGD"),
            case_id=case.id,
            refund_id=refund,
        ),
    )
    return refund


def embedded_at(book: Book, manner: Manner = QUICK) -> EmbeddedProvider:
    return EmbeddedProvider(book, [SECRET], manner)


@asynccontextmanager
async def paying(
    database: Database, provider: PaymentProvider, lock: Path | None = None, pace: float = PACE
) -> AsyncIterator[Refunding]:
    """A process that pays: swept often, with its notifications delivered where there are any."""
    refunding = Refunding(database, lambda: provider, FileTurn(lock), lambda: AT, pace=pace)

    async def live() -> None:
        while True:
            await refunding.sweep()
            await deliver(database, provider)
            await asyncio.sleep(0.02)

    task = asyncio.create_task(live())
    try:
        yield refunding
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await refunding.stop()
        if not task.cancelled() and (error := task.exception()):
            raise error


async def deliver(database: Database, provider: PaymentProvider) -> None:
    if isinstance(provider, EmbeddedProvider):
        for delivery in await provider.deliveries():
            news = provider.parse_notification(delivery.headers, delivery.body, datetime.now(UTC))
            await provider_news.take(database, provider.name, news, AT)
            await provider.acknowledge(delivery)


async def until(check: Callable[[], Any], seconds: float = 20.0) -> Any:
    """The first true answer of a check, asked again and again."""
    async with asyncio.timeout(seconds):
        while not (found := await check()):  # noqa: ASYNC110 - what it waits for is in a database
            await asyncio.sleep(0.01)
    return found


async def status(database: Database, refund: UUID) -> str:
    (row,) = await database.rows("SELECT status FROM refunds WHERE id = ?", refund)
    return str(row["status"])


async def ends(database: Database, refund: UUID, wanted: str, seconds: float = 20.0) -> None:
    """Waits until the refund is that."""

    async def there() -> bool:
        return await status(database, refund) == wanted

    await until(there, seconds)


async def tenders_of(database: Database, refund: UUID) -> list[tuple[str, str | None]]:
    """Status and failure of each tender, in the order of the payments."""
    rows = await database.rows(
        "SELECT status, failure FROM refund_tenders WHERE refund_id = ? ORDER BY payment_id", refund
    )
    return [(row["status"], row["failure"]) for row in rows]


async def told(database: Database, case: UUID) -> list[str]:
    """The types of the case's events, in order."""
    rows = await database.rows("SELECT type FROM case_events WHERE case_id = ? ORDER BY sequence", case)
    return [row["type"] for row in rows]


async def balance(database: Database, kind: AccountKind) -> int:
    """What the shop owes to all of one kind."""
    return sum(one.amount for one in await ledger.balances(database, [kind]))


async def books_agree(database: Database) -> None:
    assert await audit.verify(database) == []


def now() -> datetime:
    """The world's clock, which signatures keep to."""
    return datetime.now(UTC)
