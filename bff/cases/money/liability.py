"""Who is liable after all? What an inspection says of a claimed defect settles it, for good."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.money import books
from bff.cases.money.settling import event
from bff.cases.standing import Author
from bff.cases.timeline import record
from bff.storage.database import Connection
from bff.vocabulary import LiableParty

DEFECT_FOUND, NO_DEFECT_FOUND = "inspection.defect_found", "inspection.no_defect_found"


class Liability(Struct, frozen=True):
    """As a case's row keeps it."""

    party: LiableParty
    basis: str
    final: bool


async def settle_liability(
    tx: Connection, case: UUID, verdicts: Sequence[bool | None], author: Author, at: datetime
) -> None:
    """`verdicts` are what was said of each unit's claimed defect: found, not found, or nothing.

    What was refunded already is then borne by whoever is liable now.
    """
    (before,) = await tx.structs(
        Liability, "SELECT liable_party, liability_basis, liability_final FROM cases WHERE id = ?", case
    )
    after = decided(before, verdicts)
    if after == before:
        return
    await books.shifted(tx, case, before.party, after.party, await books.borne(tx, case), at)
    await tx.execute(
        "UPDATE cases SET liable_party = ?, liability_basis = ?, liability_final = ? WHERE id = ?",
        *(after.party, after.basis, after.final, case),
    )
    data = {"party": after.party.value, "basis": after.basis}
    await record(tx, event(case, "liability_decided", at, author, {**data}))


def decided(before: Liability, verdicts: Sequence[bool | None]) -> Liability:
    """A defect that was found leaves the party, or makes the merchant liable where nobody was; without any, and
    with none left open, the customer is.
    """
    if True in verdicts:
        if before.party is LiableParty.UNDETERMINED:
            return Liability(LiableParty.MERCHANT, DEFECT_FOUND, final=True)
        return Liability(before.party, before.basis, final=True)
    if verdicts and None not in verdicts:
        return Liability(LiableParty.CUSTOMER, NO_DEFECT_FOUND, final=True)
    return before
