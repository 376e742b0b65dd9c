"""May this be declined? Yes, except below a right that a law gives: nobody is above that."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.change import Change, carry_out
from bff.cases.deciding.rights import floors_of
from bff.cases.refusal import Refusal
from bff.cases.standing import Author, Standing
from bff.policy.stored import told
from bff.storage.database import Connection
from bff.storage.reads.case_decisions import Kept
from bff.user_errors import UserErrorCode
from bff.vocabulary import CaseAction


class _Decided(Struct, frozen=True):
    decision: Kept | None


async def decline(tx: Connection, case: UUID, author: Author, at: datetime, version: int, reason: str) -> Standing:
    """A merchant or agent says no; the units are free again. Raises INELIGIBLE below a statutory right."""

    async def check(before: Standing) -> None:
        await must_be_free_to_decline(tx, before.id)

    change = Change(on=CaseAction.DECLINE, by=author.role, event="case_declined", data={"reason": reason})
    return await carry_out(tx, case, change, author, at, version=version, write=check)


async def must_be_free_to_decline(tx: Connection, case: UUID) -> None:
    """Raises INELIGIBLE, with what was said when it was decided, where a statutory right was in force."""
    if not await floors_of(tx, case):
        return
    (row,) = await tx.structs(_Decided, "SELECT decision FROM cases WHERE id = ?", case)
    decided = row.decision or Kept()
    raise Refusal(
        UserErrorCode.INELIGIBLE,
        "The customer has a statutory right to this: it can be approved, but not declined",
        explanations=[told(one) for one in decided.explanations],
        time_zone=decided.time_zone,
    )
