"""How is a case changed? Under the lock of its order: the guard, the change, its event, and what follows.

Whoever changes a case calls `carry_out` with what the table of transitions knows by a name, or `carry_on` after
facts have changed that are nobody's choice, such as a refund that was paid. Both count the version up by one.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from bff.cases import ends
from bff.cases.clocks import started, stopped
from bff.cases.money import settling
from bff.cases.money.holds import AmountExceeded, lock_order
from bff.cases.money.settling import event
from bff.cases.refusal import Refusal
from bff.cases.standing import SYSTEM, Author, Standing, standing
from bff.cases.state import Actor, Automaton, CaseState, Trigger
from bff.cases.timeline import record
from bff.cases.transitions import TABLE, InvalidState, is_allowed, target
from bff.markets import market
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.user_errors import UserErrorCode
from bff.vocabulary import CaseAction, CaseStatus, DeadlineKind, Role

ORDER_OF_CASE = "SELECT order_id FROM cases WHERE id = ?"
EVERY_DEADLINE = frozenset(DeadlineKind)
MOST_STEPS = 6  # of the system's own after one change; the table needs three

Write = Callable[[Standing], Awaitable[None]]


class Change(Struct, frozen=True, kw_only=True):
    """What happens, by whom in the table's terms, and the event that tells of it; `to` is where OVERRIDE leads.

    `data` is read once `write` is done, which may fill it. Without an event `write` records what it does itself.
    What `is_more` belongs to a change that this transaction has carried out before, and that counted the version.
    """

    on: Trigger
    by: Actor
    event: str = ""
    data: dict[str, Any] = {}
    to: CaseStatus | None = None
    is_more: bool = False


async def lock(tx: Connection, case: UUID) -> None:
    """Lets nobody else change the case, or the money and units of its order, before this transaction ends."""
    await lock_order(tx, ORDER_OF_CASE, case)


async def carry_out(
    tx: Connection,
    case: UUID,
    change: Change,
    author: Author,
    at: datetime,
    *,
    version: int | None = None,
    write: Write | None = None,
) -> Standing:
    """The case after the change and all that follows from it.

    `write` changes what else the trigger changes, after the guard and before the status. Raises Refusal:
    FORBIDDEN, VERSION_CONFLICT, INVALID_STATE or DEADLINE_PASSED, and whatever `write` refuses.
    """
    await lock(tx, case)
    before = await standing(tx, case, at)
    must_be_theirs(change)
    must_be_current(before, version)
    status = _led_to(before.state, change)
    if write is not None:
        await write(before)
    if status is not before.status:
        await tx.execute("UPDATE cases SET status = ? WHERE id = ?", status, case)
    if change.event:
        await record(tx, event(case, change.event, at, author, change.data))
    return await carry_on(tx, case, before, at, is_more=change.is_more)


def must_be_theirs(change: Change) -> None:
    """Raises FORBIDDEN for what that role never does, whatever the case."""
    if isinstance(change.by, Role) and not any(row.on is change.on and change.by in row.by for row in TABLE):
        may = ", ".join(sorted({str(by) for row in TABLE if row.on is change.on for by in row.by}))
        raise Refusal(UserErrorCode.FORBIDDEN, f"{change.on} is for {may}")


def must_be_current(before: Standing, version: int | None) -> None:
    """Raises VERSION_CONFLICT where the caller saw another version."""
    if version is not None and version != before.version:
        raise Refusal(
            UserErrorCode.VERSION_CONFLICT,
            f"`version` is {version}, the case is at {before.version}: read it again before you decide",
            "version",
        )


def _led_to(state: CaseState, change: Change) -> CaseStatus:
    try:
        return target(state, change.on, change.by, change.to)
    except InvalidState as invalid:
        in_time = replace(state, deadlines=EVERY_DEADLINE, overdue=frozenset())
        if isinstance(change.on, CaseAction) and is_allowed(in_time, change.on, change.by):
            raise Refusal(UserErrorCode.DEADLINE_PASSED, f"the time for {change.on} is over") from None
        raise Refusal(UserErrorCode.INVALID_STATE, str(invalid)) from None


async def carry_on(
    tx: Connection, case: UUID, before: Standing, at: datetime, *, is_more: bool = False
) -> Standing:
    """What follows from a change of the case's facts since `before`, which was read under the same lock."""
    await tx.execute(
        "UPDATE cases SET version = version + ?, updated_at = CASE WHEN updated_at < ? THEN ? ELSE updated_at END"
        " WHERE id = ?",
        *(int(not is_more), at, at, case),
    )
    state, after = before.state, await _followed(tx, before.state, await standing(tx, case, at), at)
    for _ in range(MOST_STEPS):
        if not await _own_step(tx, after, at):
            return after
        state = after.state
        after = await _followed(tx, state, await standing(tx, case, at), at)
    raise RuntimeError(f"case {case} goes on for ever at {after.state}")


async def open_clocks(tx: Connection, case: UUID, at: datetime) -> Standing:
    """The clocks of a case that has just been written."""
    return await _followed(tx, None, await standing(tx, case, at), at)


async def _followed(tx: Connection, before: CaseState | None, after: Standing, at: datetime) -> Standing:
    """Ends what an end ends, then stops and starts clocks; the case as it stands then."""
    if before is not None and before.status is not after.status and await ends.tidy(tx, after, at):
        after = await standing(tx, after.id, at)
    if before is not None and (over := stopped(before, after.state)):
        condition, kinds = tx.among("kind", over)
        await tx.execute(
            f"UPDATE deadlines SET settled_at = ? WHERE case_id = ? AND settled_at IS NULL AND {condition}",
            *(at, after.id, kinds),
        )
    new = started(before, after.state, market(after.market), at)
    if new:
        await tx.execute_many(
            "INSERT INTO deadlines (id, case_id, kind, due_at, on_expiry) VALUES (?, ?, ?, ?, ?)",
            [(new_id(), after.id, one.kind, one.due_at, one.on_expiry) for one in new],
        )
        running = after.state.deadlines | {one.kind for one in new}
        after = replace(after, state=replace(after.state, deadlines=running))
    return after


async def _own_step(tx: Connection, now: Standing, at: datetime) -> bool:
    """One thing that the system does by itself, if there is one: claims back, pays, or completes."""
    if now.balance < 0 and now.status in ends.SETTLES:
        await settling.claim_back(tx, now, -now.balance, at, SYSTEM)
        return True
    if is_allowed(now.state, CaseAction.ISSUE_REFUND, Automaton.SYSTEM):
        await _pay(tx, now, at)
        return True
    return await ends.complete(tx, now, at)


async def _pay(tx: Connection, now: Standing, at: datetime) -> None:
    """All that is owed; where some of it left another way meanwhile, what is there still."""
    try:
        async with tx.savepoint():
            await settling.pay(tx, now, at)
    except AmountExceeded:
        await settling.limit_to_what_is_left(tx, now)
        limited = await standing(tx, now.id, at)
        if limited.balance > 0:
            await settling.pay(tx, limited, at)
