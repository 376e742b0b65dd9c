"""Was a ruling wrong? The merchant's one appeal, and what the platform makes good where it was."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.asking import evidence
from bff.cases.asking.evidence import Evidence
from bff.cases.change import Change, carry_out
from bff.cases.deciding.disputing import RULING
from bff.cases.money import books
from bff.cases.standing import Author, Standing
from bff.cases.state import CaseStep
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import AppealStatus, CaseAction, LiableParty

UPHELD = "appeal_upheld"  # the basis of the platform's liability, and the event that tells of it


class _Dispute(Struct, frozen=True):
    id: UUID
    party: LiableParty
    award: int


async def open_appeal(
    tx: Connection, case: UUID, grounds: str, shown: Sequence[Evidence], author: Author, at: datetime, version: int
) -> Standing:
    """The merchant contests the ruling; once a case. Raises a Refusal, DEADLINE_PASSED among others."""

    async def write(before: Standing) -> None:
        await tx.execute(
            "INSERT INTO appeals (id, dispute_id, merchant_id, status, grounds, opened_at)"
            " SELECT ?, d.id, ?, ?, ?, ? FROM disputes d WHERE d.case_id = ?",
            *(new_id(), before.merchant_id, AppealStatus.OPEN, grounds, at, case),
        )
        await evidence.keep(tx, shown, author, at, case=case)

    change = Change(on=CaseAction.APPEAL, by=author.role, event="appeal_opened")
    return await carry_out(tx, case, change, author, at, version=version, write=write)


class Answer(Struct, frozen=True):
    """What an agent says to an appeal."""

    upholds: bool
    rationale: str


async def resolve_appeal(tx: Connection, case: UUID, answer: Answer, author: Author, at: datetime) -> Standing:
    """An agent answers. Upheld, the ruling was wrong: the customer keeps what it gave, of the platform's money."""

    async def write(before: Standing) -> None:
        (dispute,) = await tx.structs(
            _Dispute, "SELECT id, liable_party, coalesce(refund_minor, 0) FROM disputes WHERE case_id = ?", case
        )
        await tx.execute(
            "UPDATE appeals SET status = ?, resolved_at = ?, resolved_by = ?, rationale = ? WHERE dispute_id = ?",
            *(AppealStatus.UPHELD if answer.upholds else AppealStatus.REJECTED, at, author.subject),
            *(answer.rationale, dispute.id),
        )
        if answer.upholds:
            await _make_good(tx, before, dispute, at)

    event = UPHELD if answer.upholds else "appeal_rejected"
    change = Change(on=CaseStep.RESOLVE_APPEAL, by=author.role, event=event)
    return await carry_out(tx, case, change, author, at, write=write)


async def _make_good(tx: Connection, before: Standing, dispute: _Dispute, at: datetime) -> None:
    """Whoever the ruling named gets back what it has cost them; what is still to be paid the platform bears."""
    granted = max(0, dispute.award - max(0, before.balance))
    cost = min(granted + await books.shift_of(tx, before.id, RULING), await books.borne(tx, before.id))
    await books.shifted(tx, before.id, dispute.party, LiableParty.PLATFORM, cost, at, UPHELD)
    await tx.execute(
        "UPDATE cases SET liable_party = ?, liability_basis = ?, liability_final = (1 = 1) WHERE id = ?",
        *(LiableParty.PLATFORM, UPHELD, before.id),
    )
