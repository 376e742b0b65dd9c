"""How does a refund come to its end? Its money held with its row, then paid once, or given up once.

No provider is spoken to here. A worker reads the tenders of a pending refund, calls the provider with each one's
key outside of any transaction, and records the result here, however often and in whatever order it hears it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from bff.cases import holds, tenders
from bff.cases.holds import Share
from bff.cases.tenders import Tender
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import RefundMethod, RefundStatus

ORDER_OF_REFUND = "SELECT c.order_id FROM refunds r JOIN cases c ON c.id = r.case_id WHERE r.id = ?"
ORDER_OF_TENDER = (
    "SELECT p.order_id FROM refund_tenders t JOIN payments p ON p.id = t.payment_id WHERE t.provider_key = ?"
)
OPEN = "('PENDING', 'PROCESSING')"


class RefundAsked(Struct, frozen=True, kw_only=True):
    """Money to go back for lines of one case; `breakdown` is its components as the graph shows them."""

    case_id: UUID
    shares: tuple[Share, ...]
    method: RefundMethod
    at: datetime
    expected_by: datetime | None = None
    breakdown: list[dict[str, Any]] | None = None


class _Case(Struct, frozen=True):
    order: UUID
    currency: str


async def request(tx: Connection, asked: RefundAsked) -> UUID:
    """Holds the money and writes the refund, PENDING, with its lines and tenders; its id.

    To store credit there are no tenders. Raises AmountExceeded, and nothing is held.
    """
    (case,) = await tx.structs(_Case, "SELECT order_id, currency FROM cases WHERE id = ?", asked.case_id)
    refund, total = new_id(), sum(share.total for share in asked.shares)
    async with tx.savepoint():
        await holds.hold(tx, asked.shares)
        parts: tuple[Tender, ...] = ()
        if asked.method is RefundMethod.ORIGINAL_PAYMENT:
            parts = await tenders.hold_tenders(tx, case.order, total)
        await _write(tx, refund, asked, total, case.currency)
        await _write_parts(tx, refund, asked.shares, parts)
    return refund


async def _write(tx: Connection, refund: UUID, asked: RefundAsked, total: int, currency: str) -> None:
    breakdown = None if asked.breakdown is None else msgspec.json.encode(asked.breakdown).decode()
    await tx.execute(
        "INSERT INTO refunds (id, case_id, amount_minor, currency, method, status, provider_key, breakdown,"
        " requested_at, expected_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(refund, asked.case_id, total, currency, asked.method, RefundStatus.PENDING, f"refund-{refund}"),
        *(breakdown, asked.at, asked.expected_by),
    )


async def _write_parts(tx: Connection, refund: UUID, shares: tuple[Share, ...], parts: tuple[Tender, ...]) -> None:
    await tx.execute_many(
        "INSERT INTO refund_lines (id, refund_id, case_line_id, goods_minor, shipping_minor)"
        " VALUES (?, ?, ?, ?, ?)",
        [(new_id(), refund, share.case_line, share.goods, share.shipping) for share in shares],
    )
    await tx.execute_many(
        "INSERT INTO refund_tenders (id, refund_id, payment_id, amount_minor, status, provider_key)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (new_id(), refund, part.payment, part.amount, RefundStatus.PENDING, f"refund-{refund}-{place}")
            for place, part in enumerate(parts, start=1)
        ],
    )


class _Paid(Struct, frozen=True):
    refund: UUID
    payment: UUID
    amount: int


async def tender_paid(tx: Connection, provider_key: str, at: datetime, reference: str | None) -> bool:
    """A provider has paid one tender; with the last of them the refund is settled. False when known before."""
    await holds.lock_order(tx, ORDER_OF_TENDER, provider_key)
    taken = await tx.structs(
        _Paid,
        "UPDATE refund_tenders SET status = 'SUCCEEDED', settled_at = ?, provider_reference = ?, failure = NULL"
        f" WHERE provider_key = ? AND status IN {OPEN} RETURNING refund_id, payment_id, amount_minor",
        *(at, reference, provider_key),
    )
    if not taken:
        return False
    (paid,) = taken
    await tenders.settle_tenders(tx, [Tender(paid.payment, paid.amount)])
    await settle(tx, paid.refund, at)
    return True


async def settle(tx: Connection, refund: UUID, at: datetime) -> bool:
    """Makes a refund SUCCEEDED, and its held money refunded, when no tender of it is open; once.

    False when it is settled already, or a tender is still to be paid. To store credit: call it with the posting.
    """
    await holds.lock_order(tx, ORDER_OF_REFUND, refund)
    settled = await tx.execute(
        "UPDATE refunds SET status = 'SUCCEEDED', settled_at = ?, failure = NULL, attempts = attempts + 1"
        f" WHERE id = ? AND status IN {OPEN} AND NOT EXISTS"
        " (SELECT 1 FROM refund_tenders t WHERE t.refund_id = refunds.id AND t.status <> 'SUCCEEDED')",
        *(at, refund),
    )
    if settled:
        await holds.settle(tx, await _shares(tx, refund))
    return bool(settled)


async def fail(tx: Connection, refund: UUID, at: datetime, failure: str) -> bool:
    """Gives a refund up, and its held money back to be promised anew; once.

    False when it is settled already, or a tender of it was paid: what has left cannot be given up.
    """
    await holds.lock_order(tx, ORDER_OF_REFUND, refund)
    failed = await tx.execute(
        "UPDATE refunds SET status = 'FAILED', settled_at = ?, failure = ?, attempts = attempts + 1"
        f" WHERE id = ? AND status IN {OPEN} AND NOT EXISTS"
        " (SELECT 1 FROM refund_tenders t WHERE t.refund_id = refunds.id AND t.status = 'SUCCEEDED')",
        *(at, failure, refund),
    )
    if not failed:
        return False
    await holds.release(tx, await _shares(tx, refund))
    given_up = await tx.structs(
        Tender,
        "UPDATE refund_tenders SET status = 'FAILED', settled_at = ?, failure = ? WHERE refund_id = ?"
        " RETURNING payment_id, amount_minor",
        *(at, failure, refund),
    )
    await tenders.release_tenders(tx, given_up)
    return True


async def _shares(tx: Connection, refund: UUID) -> list[Share]:
    return await tx.structs(
        Share, "SELECT case_line_id, goods_minor, shipping_minor FROM refund_lines WHERE refund_id = ?", refund
    )
