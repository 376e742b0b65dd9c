"""What is given for the trouble? An amount beside every refund, of somebody's money, bounded by the order's."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.change import Change, carry_out
from bff.cases.money import books
from bff.cases.refusal import Refusal
from bff.cases.standing import Author, Standing
from bff.money import Money
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.user_errors import UserErrorCode
from bff.vocabulary import CaseAction, CompensationKind, LiableParty

BEARERS = frozenset({LiableParty.MERCHANT, LiableParty.CARRIER, LiableParty.PLATFORM})


class Gift(Struct, frozen=True):
    """What is given, of whose money, and why; minor units of the order's currency."""

    kind: CompensationKind
    amount: int
    born_by: LiableParty
    reason: str


async def compensate(
    tx: Connection, case: UUID, gift: Gift, author: Author, at: datetime, version: int
) -> Standing:
    """An agent gives it; whatever the case's status. Raises a Refusal, AMOUNT_EXCEEDED among others."""

    async def write(before: Standing) -> None:
        await _must_fit(tx, before, gift.amount)
        key = new_id()
        await tx.execute(
            "INSERT INTO compensations (id, case_id, kind, amount_minor, currency, born_by, reason, granted_by,"
            " granted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(key, case, gift.kind, gift.amount, before.currency, gift.born_by, gift.reason, author.subject, at),
        )
        await books.compensated(tx, case, key, (gift.kind, gift.born_by, gift.amount), at)

    (row,) = await tx.rows("SELECT currency FROM cases WHERE id = ?", case)
    data = {"kind": gift.kind.value, "amount": gift.amount, "currency": row["currency"]}
    change = Change(on=CaseAction.GRANT_COMPENSATION, by=author.role, event="compensation_granted", data=data)
    return await carry_out(tx, case, change, author, at, version=version, write=write)


async def _must_fit(tx: Connection, before: Standing, amount: int) -> None:
    """All compensations of a case together are at most what was captured for its order."""
    (row,) = await tx.rows(
        "SELECT o.captured_minor - CAST((SELECT coalesce(sum(p.amount_minor), 0) FROM compensations p"
        " WHERE p.case_id = ?) AS BIGINT) AS over FROM orders o WHERE o.id = ?",
        *(before.id, before.order_id),
    )
    if amount > row["over"]:
        most = Money(max(0, row["over"]), before.currency)
        message = f"`amount` is more than the order leaves for compensations of this case: {most.amount}"
        raise Refusal(UserErrorCode.AMOUNT_EXCEEDED, message, "amount", "amount")
