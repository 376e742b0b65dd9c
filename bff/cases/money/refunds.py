"""How does a refund come to its end? Its money held with its row, then paid once, or given up once.

No provider is spoken to here. A worker reads the tenders of a pending refund, calls the provider with each one's
key outside of any transaction, and records the result here, however often and in whatever order it hears it. What
a refund is follows from its tenders: it has SUCCEEDED with the last of them, it has FAILED when all have; where
some were paid and others were not it stays PROCESSING, its money held, until the others are tried again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from bff.cases.money import holds, payouts, tenders
from bff.cases.money.holds import Share
from bff.cases.money.tenders import OPEN, Tender
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import RefundMethod, RefundStatus

ORDER_OF_REFUND = "SELECT c.order_id FROM refunds r JOIN cases c ON c.id = r.case_id WHERE r.id = ?"
ORDER_OF_TENDER = (
    "SELECT p.order_id FROM refund_tenders t JOIN payments p ON p.id = t.payment_id WHERE t.provider_key = ?"
)
PENDING, PROCESSING = RefundStatus.PENDING, RefundStatus.PROCESSING
SUCCEEDED, FAILED = RefundStatus.SUCCEEDED, RefundStatus.FAILED
SOMEBODY = "provider"  # whoever paid, where nobody has said who


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

    To store credit there are no tenders. What was paid by cash, gift card or store credit becomes store credit
    here and now; a refund of nothing else is SUCCEEDED on return. Raises AmountExceeded, and nothing is held.
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
        for place, part in enumerate(parts, start=1):
            if part.is_credit:
                await tender_paid(tx, first_key(refund, place), asked.at, None)
    return refund


def first_key(refund: UUID, place: int) -> str:
    """What a provider knows the refund's tender of that place by; the next attempt's key has one number more."""
    return f"refund-{refund}-{place}"


def next_key(key: str) -> str:
    """The key of the attempt after one that was declined: "...-1", "...-1-2", "...-1-3"."""
    refund, place, *attempt = key[:43], *key[44:].split("-")
    return f"{refund}-{place}-{int(attempt[0]) + 1 if attempt else 2}"


async def _write(tx: Connection, refund: UUID, asked: RefundAsked, total: int, currency: str) -> None:
    breakdown = None if asked.breakdown is None else msgspec.json.encode(asked.breakdown).decode()
    await tx.execute(
        "INSERT INTO refunds (id, case_id, amount_minor, currency, method, status, provider_key, breakdown,"
        " requested_at, expected_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(refund, asked.case_id, total, currency, asked.method, PENDING, f"refund-{refund}"),
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
            (new_id(), refund, part.payment, part.amount, PENDING, first_key(refund, place))
            for place, part in enumerate(parts, start=1)
        ],
    )


# ---- one tender ------------------------------------------------------------------------------------


class _Tender(Struct, frozen=True):
    id: UUID
    refund: UUID
    payment: UUID
    amount: int
    status: RefundStatus
    key: str
    declined: bool


COLUMNS = "id, refund_id, payment_id, amount_minor, status, provider_key, declined"


async def tender_begun(tx: Connection, provider_key: str, at: datetime) -> bool:
    """A provider is about to be asked, or has accepted: the tender and its refund are PROCESSING."""
    return await _one(tx, provider_key, frozenset({PENDING}), PROCESSING, at) is not None


async def tender_accepted(tx: Connection, provider_key: str, reference: str) -> bool:
    """The provider will pay, and calls it so. False when that was known, or the tender is over."""
    await lock_tender(tx, provider_key)
    noted = await tx.execute(
        "UPDATE refund_tenders SET status = 'PROCESSING', provider_reference = ?, failure = NULL"
        " WHERE provider_key = ? AND status IN ('PENDING', 'PROCESSING')"
        " AND (provider_reference IS NULL OR provider_reference <> ? OR status = 'PENDING')",
        *(reference, provider_key, reference),
    )
    return bool(noted)


async def tender_paid(
    tx: Connection, provider_key: str, at: datetime, reference: str | None, provider: str = SOMEBODY
) -> bool:
    """A provider has paid one tender; with the last of them the refund is settled. False when known before."""
    paid = await _one(tx, provider_key, OPEN, SUCCEEDED, at, reference=reference)
    if paid is not None:
        await payouts.paid(tx, paid.id, at, provider)
    return paid is not None


async def tender_declined(
    tx: Connection, provider_key: str, at: datetime, failure: str, *, is_final: bool = True
) -> bool:
    """A tender was not paid; with the last of them the refund has failed. False when it is over already.

    `is_final` where the provider has said so: then a new attempt needs a new key.
    """
    status = await _one(tx, provider_key, OPEN, FAILED, at, failure=failure)
    if status is None:
        return False
    if is_final:
        await tx.execute("UPDATE refund_tenders SET declined = (1 = 1) WHERE provider_key = ?", provider_key)
    return True


async def tender_came_back(
    tx: Connection, provider_key: str, at: datetime, failure: str, provider: str = SOMEBODY
) -> bool:
    """The bank has sent back what a provider had paid, and the shop owes it again. False when it was not paid."""
    back = await _one(tx, provider_key, frozenset({SUCCEEDED}), FAILED, at, failure=failure)
    if back is None:
        return False
    await tx.execute("UPDATE refund_tenders SET declined = (1 = 1) WHERE provider_key = ?", provider_key)
    await payouts.came_back(tx, back.id, at, provider)
    return True


async def tender_paid_after_all(
    tx: Connection, provider_key: str, at: datetime, reference: str | None, provider: str = SOMEBODY
) -> bool:
    """A provider has paid what was given up without asking it. False when it was not given up like that.

    Raises AmountExceeded where the money was promised to another refund meanwhile.
    """
    found = await _find(tx, provider_key)
    if found is None or found.status is not FAILED or found.declined:
        return False
    async with tx.savepoint():
        await turn(tx, found.refund, {found.id: PROCESSING}, at)
        return await tender_paid(tx, provider_key, at, reference, provider)


async def _one(
    tx: Connection,
    provider_key: str,
    sources: frozenset[RefundStatus],
    target: RefundStatus,
    at: datetime,
    *,
    reference: str | None = None,
    failure: str | None = None,
) -> _Tender | None:
    """The tender of a key, if it was in one of `sources` and now is `target`, with its refund after it."""
    found = await _find(tx, provider_key)
    if found is None or found.status not in sources:
        return None
    await turn(tx, found.refund, {found.id: target}, at, failure)
    if reference is not None:
        await tx.execute("UPDATE refund_tenders SET provider_reference = ? WHERE id = ?", reference, found.id)
    return found


async def lock_tender(tx: Connection, provider_key: str) -> None:
    """Lets nobody else change the tender, or its refund, before this transaction ends."""
    await holds.lock_order(tx, ORDER_OF_TENDER, provider_key)


async def rerun(tx: Connection, provider_key: str, run: int) -> bool:
    """Lets a tender whose workflow was lost have another. False when it has one by now, or is over."""
    again = await tx.execute(
        "UPDATE refund_tenders SET runs = runs + 1 WHERE provider_key = ? AND runs = ?"
        " AND status IN ('PENDING', 'PROCESSING')",
        *(provider_key, run),
    )
    return bool(again)


async def _find(tx: Connection, provider_key: str) -> _Tender | None:
    await lock_tender(tx, provider_key)
    rows = await tx.structs(_Tender, f"SELECT {COLUMNS} FROM refund_tenders WHERE provider_key = ?", provider_key)
    return rows[0] if rows else None


# ---- the whole refund ------------------------------------------------------------------------------


async def settle(tx: Connection, refund: UUID, at: datetime) -> bool:
    """Makes a refund SUCCEEDED, and its held money refunded, when no tender of it is open; once.

    False when it is settled already, or a tender is still to be paid. To store credit: call it with the posting.
    """
    await holds.lock_order(tx, ORDER_OF_REFUND, refund)
    status, parts = await _read(tx, refund)
    if status not in OPEN or any(part.status is not SUCCEEDED for part in parts):
        return False
    await _become(tx, refund, status, SUCCEEDED, at, None)
    return True


async def fail(tx: Connection, refund: UUID, at: datetime, failure: str) -> bool:
    """Gives a refund up, and its held money back to be promised anew; once.

    False when it is settled already, or a tender of it was paid: what has left cannot be given up.
    """
    await holds.lock_order(tx, ORDER_OF_REFUND, refund)
    status, parts = await _read(tx, refund)
    if status not in OPEN or any(part.status is SUCCEEDED for part in parts):
        return False
    if parts:
        await turn(tx, refund, {part.id: FAILED for part in parts if part.status is not FAILED}, at, failure)
    else:
        await _become(tx, refund, status, FAILED, at, failure)
    return True


async def retry(tx: Connection, refund: UUID, at: datetime) -> bool:
    """Tries every tender anew that has failed, its money held again. False when there is none.

    What a provider has declined goes out under a new key; what was only given up keeps its key, for nobody knows
    that it was not paid. Raises AmountExceeded where the money went elsewhere meanwhile, and nothing is changed.
    """
    await holds.lock_order(tx, ORDER_OF_REFUND, refund)
    status, parts = await _read(tx, refund)
    failed = [part for part in parts if part.status is FAILED]
    if not failed and not (status is FAILED and not parts):
        return False
    async with tx.savepoint():
        if not parts:
            await _become(tx, refund, status, PENDING, at, None)
        for part in failed:
            await tx.execute(
                "UPDATE refund_tenders SET provider_key = ?, provider_reference = NULL, declined = (1 = 0),"
                " runs = runs + 1 WHERE id = ?",
                *(next_key(part.key) if part.declined else part.key, part.id),
            )
        if failed:
            await turn(tx, refund, {part.id: PENDING for part in failed}, at)
    return True


async def turn(
    tx: Connection, refund: UUID, changed: Mapping[UUID, RefundStatus], at: datetime, failure: str | None = None
) -> None:
    """Gives tenders a new status, and their refund the one that follows, and moves money with both."""
    status, parts = await _read(tx, refund)
    after = {part.id: changed.get(part.id, part.status) for part in parts}
    result = following(status, list(after.values()))
    await _become(tx, refund, status, result, at, failure, has_failed=FAILED in after.values())
    moves = [
        (
            Tender(part.payment, part.amount),
            tenders.kept(part.status, status),
            tenders.kept(after[part.id], result),
        )
        for part in parts
    ]
    await tenders.move_all(tx, moves)
    for key, new in changed.items():
        await tx.execute(
            "UPDATE refund_tenders SET status = ?, settled_at = ?, failure = ? WHERE id = ?",
            *(new, None if new in OPEN else at, failure if new is FAILED else None, key),
        )


def following(status: RefundStatus, parts: list[RefundStatus]) -> RefundStatus:
    """What a refund is when its tenders are that."""
    if not parts:
        return status
    if len(set(parts)) == 1:
        return parts[0]
    return PROCESSING


async def _become(
    tx: Connection,
    refund: UUID,
    before: RefundStatus,
    after: RefundStatus,
    at: datetime,
    failure: str | None,
    *,
    has_failed: bool = False,
) -> None:
    """The refund's new status, with what it holds of its lines; why it failed stays while any of it has."""
    is_over = after not in OPEN
    await tx.execute(
        "UPDATE refunds SET status = ?, settled_at = ?, attempts = attempts + ?,"
        " failure = CASE WHEN ? = 1 THEN coalesce(?, failure) END WHERE id = ?",
        *(after, at if is_over else None, int(is_over and after is not before)),
        *(int(has_failed or after is FAILED), failure, refund),
    )
    shares = await _shares(tx, refund)
    if before is FAILED and after is not FAILED:
        await holds.hold(tx, shares)
        before = PENDING
    ways = {
        (True, SUCCEEDED): holds.settle,
        (True, FAILED): holds.release,
        (False, FAILED): holds.take_back,
        (False, PROCESSING): holds.retake,
        (False, PENDING): holds.retake,
    }
    way = ways.get((before in OPEN, after)) if before is not after else None
    if way is not None and not (before in OPEN and after in OPEN):
        await way(tx, shares)


async def _read(tx: Connection, refund: UUID) -> tuple[RefundStatus, list[_Tender]]:
    (row,) = await tx.rows("SELECT status FROM refunds WHERE id = ?", refund)
    parts = await tx.structs(
        _Tender, f"SELECT {COLUMNS} FROM refund_tenders WHERE refund_id = ? ORDER BY id", refund
    )
    return RefundStatus(row["status"]), parts


async def _shares(tx: Connection, refund: UUID) -> list[Share]:
    return await tx.structs(
        Share, "SELECT case_line_id, goods_minor, shipping_minor FROM refund_lines WHERE refund_id = ?", refund
    )
