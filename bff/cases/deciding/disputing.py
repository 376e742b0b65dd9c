"""Who is right? A customer's claim against how a case went, and the platform's ruling, which may give money."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.asking import evidence
from bff.cases.asking.evidence import Evidence
from bff.cases.change import Change, carry_out
from bff.cases.conditions import PAYABLE
from bff.cases.goods.rehold import hold_again
from bff.cases.money import books, settling
from bff.cases.money.agreement import Agreement, together
from bff.cases.money.holds import left_of
from bff.cases.refusal import Refusal
from bff.cases.standing import Author, Standing
from bff.cases.state import CaseStep
from bff.money import Money, split
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.user_errors import UserErrorCode
from bff.vocabulary import CaseAction, DisputeStatus, LiableParty

RULING = "ruling"  # the basis of a liability that was ruled, and the reason of what is shifted by it


class Ruling(Struct, frozen=True):
    """Who bears the loss, why, and what the customer gets beside what is refunded or owed; minor units."""

    party: LiableParty
    rationale: str
    award: int = 0


async def open_dispute(
    tx: Connection, case: UUID, claim: str, shown: Sequence[Evidence], author: Author, at: datetime, version: int
) -> Standing:
    """The customer holds the outcome to be wrong; once a case. Raises a Refusal, DEADLINE_PASSED among others."""

    async def write(_: Standing) -> None:
        await tx.execute(
            "INSERT INTO disputes (id, case_id, status, claim, opened_at) VALUES (?, ?, ?, ?, ?)",
            *(new_id(), case, DisputeStatus.OPEN, claim, at),
        )
        await evidence.keep(tx, shown, author, at, case=case)

    change = Change(on=CaseAction.OPEN_DISPUTE, by=author.role, event="dispute_opened")
    return await carry_out(tx, case, change, author, at, version=version, write=write)


async def withdraw_dispute(
    tx: Connection, case: UUID, note: str | None, author: Author, at: datetime, version: int
) -> Standing:
    """The customer takes the claim back; there is no second one."""

    async def write(_: Standing) -> None:
        await tx.execute("UPDATE disputes SET status = ? WHERE case_id = ?", DisputeStatus.WITHDRAWN, case)

    data = {"note": note} if note else {}
    change = Change(on=CaseStep.WITHDRAW_DISPUTE, by=author.role, event="dispute_withdrawn", data=data)
    return await carry_out(tx, case, change, author, at, version=version, write=write)


async def rule(tx: Connection, case: UUID, ruling: Ruling, author: Author, at: datetime, version: int) -> Standing:
    """An agent decides. Raises a Refusal: AMOUNT_EXCEEDED for more than may still be refunded, QUANTITY_EXCEEDED
    where a case that was over has lost its units to another one.
    """

    async def write(before: Standing) -> None:
        if ruling.award:
            await _prepare(tx, before, at)
            await award(tx, before, ruling.award)
        await _hold_liable(tx, case, ruling.party, at)
        await tx.execute(
            "UPDATE disputes SET status = ?, ruled_at = ?, liable_party = ?, refund_minor = ?, rationale = ?,"
            " ruled_by = ? WHERE case_id = ?",
            *(DisputeStatus.RULED, at, ruling.party, ruling.award or None, ruling.rationale),
            *(author.subject, case),
        )

    (row,) = await tx.rows("SELECT currency FROM cases WHERE id = ?", case)
    data: dict[str, object] = {"party": ruling.party.value}
    if ruling.award:
        data |= {"amount": ruling.award, "currency": row["currency"]}
    on = CaseStep.AWARD if ruling.award else CaseAction.RULE
    change = Change(on=on, by=author.role, event="dispute_ruled", data=data)
    return await carry_out(tx, case, change, author, at, version=version, write=write)


async def _prepare(tx: Connection, before: Standing, at: datetime) -> None:
    """A case that was over, or only asked for, is approved by an award, to be paid without goods and nothing else:
    its units are held again, and what it asked for beside the award was never agreed.
    """
    if before.status in PAYABLE:
        return
    await hold_again(tx, before.id, "refund")
    await tx.execute("UPDATE cases SET goods_travel = (1 = 0) WHERE id = ?", before.id)
    await settling.end_offers(tx, before.id, at)
    for line in await tx.structs(settling.Line, settling.LINES, before.id):
        await tx.execute(
            "UPDATE case_lines SET refundable_minor = ?, breakdown = NULL, agreed = NULL WHERE id = ?",
            *(min(line.refundable, line.asked), line.id),
        )


async def _hold_liable(tx: Connection, case: UUID, party: LiableParty, at: datetime) -> None:
    """What was refunded before the ruling is borne by whom it names, for good."""
    _, liable, _ = await books.parties(tx, case)
    await books.shifted(tx, case, liable, party, await books.borne(tx, case), at, RULING)
    await tx.execute(
        "UPDATE cases SET liable_party = ?, liability_basis = ?, liability_final = (1 = 1) WHERE id = ?",
        *(party, RULING, case),
    )


# ---- money -----------------------------------------------------------------------------------------


class _Line(Struct, frozen=True):
    """A case line: what was asked beyond what it is to get, what it is still to be paid, and what is left then."""

    id: UUID
    breakdown: Agreement
    beyond: int
    due: int
    room: int


async def award(tx: Connection, before: Standing, amount: int) -> None:
    """Raises what the lines are to get by the amount, spread by what is left for each.

    What was claimed back of them counts as left: it is given up first. Raises AMOUNT_EXCEEDED.
    """
    lines = await _lines(tx, before.id)
    forgiven = min(amount, before.clawed_back, sum(line.beyond for line in lines))
    (order,) = await tx.rows(
        "SELECT captured_minor - charged_back_minor - refunded_minor - held_minor AS over FROM orders"
        " WHERE id = ?",
        before.order_id,
    )
    room = min(sum(line.room for line in lines), order["over"] - sum(line.due for line in lines))
    if amount - forgiven > room:
        most = Money(forgiven + max(0, room), before.currency)
        message = f"`amount` is more than may still be refunded: {most.amount} {most.currency}"
        raise Refusal(UserErrorCode.AMOUNT_EXCEEDED, message, "refund", "amount")
    given_up = split(forgiven, [line.beyond for line in lines])
    paid = split(amount - forgiven, [line.room for line in lines])
    for line, of_claim, of_room in zip(lines, given_up, paid, strict=True):
        outstanding = together((line.breakdown.paying(line.due), Agreement.plain(of_room)))
        await tx.execute(
            "UPDATE case_lines SET refundable_minor = refundable_minor + ?, breakdown = ?, agreed = NULL"
            " WHERE id = ?",
            *(of_claim + of_room, outstanding.text, line.id),
        )


async def _lines(tx: Connection, case: UUID) -> list[_Line]:
    found = []
    for line in await tx.structs(settling.Line, settling.LINES, case):
        due = max(0, line.refundable - line.asked)
        left = await left_of(tx, line.id)
        found.append(
            _Line(
                id=line.id,
                breakdown=Agreement.read(line.breakdown),
                beyond=max(0, line.asked - line.refundable),
                due=due,
                room=max(0, left.goods + left.shipping - due),
            )
        )
    return found
