"""What follows from the news about a refund? Its tender, its refund and its case, in one transaction, once.

News may come from a provider's answer, from its notifications, or from an integration that pays refunds itself; it
may come twice, late and in any order. What was known already changes nothing and records nothing.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from msgspec import Struct

from bff.cases import change
from bff.cases.conditions import PAYABLE
from bff.cases.goods.reopening import escalate
from bff.cases.money import refunds
from bff.cases.money.holds import AmountExceeded
from bff.cases.refusal import Refusal, absent
from bff.cases.standing import SYSTEM, Author, standing
from bff.cases.state import CaseStep
from bff.cases.timeline import Event, record
from bff.money import Money
from bff.payments.provider import Accepted, Declined, Outcome, RefundOrder, Succeeded, Unknown
from bff.storage.database import Connection
from bff.user_errors import UserErrorCode
from bff.vocabulary import DeadlineKind, RefundStatus

log = structlog.get_logger("bff.refunds")
LONGEST_FAILURE = 500
OPEN = frozenset({RefundStatus.PENDING, RefundStatus.PROCESSING})


class Known(Struct, frozen=True):
    """One tender and its refund as they stand."""

    refund: UUID
    case: UUID
    key: str
    tender: RefundStatus
    refund_status: RefundStatus
    amount: int  # of the tender
    currency: str
    total: int  # of the refund
    declined: bool


SELECT = """
    SELECT r.id, r.case_id, t.provider_key, t.status, r.status, t.amount_minor, r.currency, r.amount_minor,
        t.declined
    FROM refund_tenders t JOIN refunds r ON r.id = t.refund_id
"""


async def learn(tx: Connection, key: str, outcome: Outcome, provider: str, at: datetime) -> bool:
    """What a provider says of the order of that key. False when that changes nothing, or the key is not ours."""
    found = await _known(tx, key)
    if found is None:
        return False
    return await _with_case(tx, found, at, lambda: _apply(tx, found.key, outcome, provider, at), SYSTEM)


async def _known(tx: Connection, key: str) -> Known | None:
    rows = await tx.structs(Known, f"{SELECT} WHERE t.provider_key = ?", key)
    return rows[0] if rows else None


async def _apply(tx: Connection, key: str, outcome: Outcome, provider: str, at: datetime) -> bool:
    """Under the lock. The order of outcomes is that of `provider.further`: a decline is the last word."""
    found = await _known(tx, key)
    if found is None:
        return False
    if isinstance(outcome, Succeeded):
        if await refunds.tender_paid(tx, key, at, outcome.reference, provider):
            return True
        return await _paid_after_all(tx, found, outcome.reference, provider, at)
    if isinstance(outcome, Declined):
        return await _declined(tx, found, outcome, provider, at)
    if isinstance(outcome, Accepted):
        return await refunds.tender_accepted(tx, key, outcome.reference)
    await _in_doubt(tx, key, outcome)
    return False


async def _declined(tx: Connection, found: Known, outcome: Declined, provider: str, at: datetime) -> bool:
    if found.tender is RefundStatus.SUCCEEDED:
        return await refunds.tender_came_back(tx, found.key, at, outcome.reason, provider)
    if found.tender in OPEN:
        return await refunds.tender_declined(tx, found.key, at, outcome.reason)
    await tx.execute("UPDATE refund_tenders SET declined = (1 = 1) WHERE provider_key = ?", found.key)
    return False  # given up before: now nobody doubts that it was not paid


async def _paid_after_all(tx: Connection, found: Known, reference: str, provider: str, at: datetime) -> bool:
    try:
        return await refunds.tender_paid_after_all(tx, found.key, at, reference, provider)
    except AmountExceeded:
        log.exception("refund paid twice over", refund=str(found.refund), key=found.key, amount=found.amount)
        return False


async def _in_doubt(tx: Connection, key: str, outcome: Unknown) -> None:
    await tx.execute(
        "UPDATE refund_tenders SET failure = ? WHERE provider_key = ? AND status = 'PROCESSING'",
        *(outcome.reason[:LONGEST_FAILURE], key),
    )


async def stop_charged_back(tx: Connection, key: str, at: datetime) -> bool:
    """Gives up a tender that no provider was asked for yet, where its customer took the money back meanwhile."""
    found = await _known(tx, key)
    if found is None or found.tender is not RefundStatus.PENDING:
        return False
    (row,) = await tx.rows(
        "SELECT p.refunded_minor + p.held_minor + p.charged_back_minor - p.captured_minor AS over FROM payments p"
        " JOIN refund_tenders t ON t.payment_id = p.id WHERE t.provider_key = ?",
        key,
    )
    if row["over"] <= 0:
        return False
    stop = refunds.tender_declined
    return await _with_case(tx, found, at, lambda: stop(tx, key, at, "charged_back", is_final=False), SYSTEM)


# ---- the case --------------------------------------------------------------------------------------


async def _with_case(
    tx: Connection, found: Known, at: datetime, work: Callable[[], Awaitable[bool]], author: Author
) -> bool:
    """Does `work` under the case's lock; then what the case records of it, and what follows from it."""
    await change.lock(tx, found.case)
    before = await standing(tx, found.case, at)
    was = await _of_refund(tx, found.refund)
    if not await work():
        return False
    now = await _of_refund(tx, found.refund)
    kind = event_of(was, now)
    if kind is not None:
        data: dict[str, Any] = {"refund": str(found.refund), "amount": now.total, "currency": now.currency}
        if now.failure is not None:
            data["failure"] = now.failure
        event = Event(case_id=found.case, type=kind, at=at, actor=author.role, subject=author.subject, data=data)
        await record(tx, event)
        after = await change.carry_on(tx, found.case, before, at)
        if (
            kind == "refund_failed"
            and after.status in PAYABLE
            and DeadlineKind.REFUND not in after.state.deadlines
        ):
            await escalate(tx, found.case)  # nothing will try it again
    return True


class Whole(Struct, frozen=True):
    """A refund in short: how many of its tenders were paid, and how many were not and are over."""

    status: RefundStatus
    failure: str | None
    total: int
    currency: str
    paid: int
    failed: int


async def _of_refund(tx: Connection, refund: UUID) -> Whole:
    (row,) = await tx.structs(
        Whole,
        "SELECT status, failure, amount_minor, currency,"
        " (SELECT count(*) FROM refund_tenders t WHERE t.refund_id = r.id AND t.status = 'SUCCEEDED'),"
        " (SELECT count(*) FROM refund_tenders t WHERE t.refund_id = r.id AND t.status = 'FAILED')"
        " FROM refunds r WHERE r.id = ?",
        refund,
    )
    return row


def event_of(was: Whole, now: Whole) -> str | None:
    """What a timeline says of it: nothing of one tender paid out of several, or of one that was accepted."""
    if now.status is RefundStatus.SUCCEEDED and was.status is not RefundStatus.SUCCEEDED:
        return "refund_paid"
    if now.paid < was.paid:
        return "refund_came_back"
    if now.failed > was.failed or (now.status is RefundStatus.FAILED and was.status is not RefundStatus.FAILED):
        return "refund_failed"
    return None


# ---- what people and integrations do ---------------------------------------------------------------


async def retry(tx: Connection, refund: UUID, author: Author, at: datetime) -> UUID:
    """Tries again what has failed of a refund; its case. The caller has seen that the refund is theirs.

    Raises Refusal: NOT_FOUND, INVALID_STATE where nothing of it has failed, AMOUNT_EXCEEDED where its money went
    elsewhere meanwhile, and what the table of transitions refuses.
    """
    case = await _case_of(tx, refund)
    await change.lock(tx, case)

    async def again(_: object) -> None:
        try:
            tried = await refunds.retry(tx, refund, at)
        except AmountExceeded as exceeded:
            raise Refusal(UserErrorCode.AMOUNT_EXCEEDED, str(exceeded), "refundId") from None
        if not tried:
            raise Refusal(UserErrorCode.INVALID_STATE, "Nothing of this refund has failed", "refundId")

    was = await _of_refund(tx, refund)
    data = {"refund": str(refund), "amount": was.total, "currency": was.currency}
    step = change.Change(on=CaseStep.RETRY_REFUND, by=author.role, event="refund_retried", data=data)
    if was.status is RefundStatus.FAILED:
        await change.carry_out(tx, case, step, author, at, write=again)
        return case
    change.must_be_theirs(step)  # a part of it failed, which the table does not tell from one that is on its way
    before = await standing(tx, case, at)
    await again(before)
    await record(tx, _event(case, "refund_retried", author, at, data))
    await change.carry_on(tx, case, before, at)
    return case


def _event(case: UUID, kind: str, author: Author, at: datetime, data: dict[str, Any]) -> Event:
    return Event(case_id=case, type=kind, at=at, actor=author.role, subject=author.subject, data=data)


class Result(Struct, frozen=True, kw_only=True):
    """What an integration that pays refunds itself says became of one."""

    refund: UUID
    succeeded: bool
    reference: str | None = None
    failure: str | None = None


async def report(tx: Connection, result: Result, author: Author, at: datetime) -> UUID:
    """Takes an integration's word for a refund; its case. Said before in the same way, it changes nothing.

    Raises Refusal: NOT_FOUND, INVALID_STATE where the refund has ended otherwise, and INVALID_INPUT for a
    reference that is another refund's.
    """
    case = await _case_of(tx, result.refund)
    await change.lock(tx, case)
    was = await _of_refund(tx, result.refund)
    wanted = RefundStatus.SUCCEEDED if result.succeeded else RefundStatus.FAILED
    if was.status is wanted:
        return case
    if was.status not in OPEN or (was.paid and not result.succeeded):
        part = " in part" if was.status in OPEN else ""
        raise Refusal(UserErrorCode.INVALID_STATE, f"This refund is {was.status}{part} already", "refundId")
    await _must_be_new(tx, result)
    found = Known(
        result.refund, case, "", was.status, was.status, was.total, was.currency, was.total, declined=False
    )
    await _with_case(tx, found, at, lambda: _end(tx, result, author, at), author)
    return case


async def _must_be_new(tx: Connection, result: Result) -> None:
    """A refund of several parts keeps its reference with their places: see `_end`."""
    taken = "SELECT 1 FROM refund_tenders WHERE provider_reference IN (?, ?) AND refund_id <> ?"
    if result.reference and await tx.rows(taken, result.reference, f"{result.reference}/1", result.refund):
        raise Refusal(UserErrorCode.INVALID_INPUT, "That reference belongs to another refund", "providerReference")


async def _end(tx: Connection, result: Result, author: Author, at: datetime) -> bool:
    """Every tender at once: integrations know a refund, not its parts."""
    if not result.succeeded:
        failure = (result.failure or "not paid")[:LONGEST_FAILURE]
        return await refunds.fail(tx, result.refund, at, failure)
    await refunds.retry(tx, result.refund, at)  # a part that was declined was paid in another way
    rows = await tx.rows(
        "SELECT provider_key FROM refund_tenders WHERE refund_id = ? AND status <> 'SUCCEEDED' ORDER BY id",
        result.refund,
    )
    for place, row in enumerate(rows, start=1):
        reference = result.reference
        if reference is not None and len(rows) > 1:
            reference = f"{reference}/{place}"
        await refunds.tender_paid(tx, row["provider_key"], at, reference, author.subject)
    return bool(rows) or await refunds.settle(tx, result.refund, at)


async def _case_of(tx: Connection, refund: UUID) -> UUID:
    rows = await tx.structs(_Case, "SELECT case_id FROM refunds WHERE id = ?", refund)
    if not rows:
        raise absent("refund", "refundId")
    return rows[0].id


class _Case(Struct, frozen=True):
    id: UUID


# ---- what a worker is to ask for -------------------------------------------------------------------


class Ready(Struct, frozen=True):
    """An order to a provider, and whether the provider has accepted it before."""

    order: RefundOrder
    is_accepted: bool


class _Order(Struct, frozen=True):
    status: RefundStatus
    run: int
    payment: str
    amount: int
    currency: str
    reference: str | None


async def prepare(tx: Connection, key: str, run: int, at: datetime) -> Ready | None:
    """What to send for a run of a tender, which is PROCESSING from now on; None when that run is over."""
    await refunds.lock_tender(tx, key)
    if await stop_charged_back(tx, key, at):
        return None
    await refunds.tender_begun(tx, key, at)
    rows = await tx.structs(
        _Order,
        "SELECT t.status, t.runs, p.external_id, t.amount_minor, r.currency, t.provider_reference"
        " FROM refund_tenders t JOIN refunds r ON r.id = t.refund_id JOIN payments p ON p.id = t.payment_id"
        " WHERE t.provider_key = ?",
        key,
    )
    if not rows or rows[0].status not in OPEN or rows[0].run != run:
        return None
    found = rows[0]
    order = RefundOrder(key, found.payment, Money(found.amount, found.currency))
    return Ready(order, found.reference is not None)
