"""What was agreed when a case was opened, beyond what its lines are paid? Kept with the case, never changed."""

from uuid import UUID

import msgspec
from msgspec import Struct

from bff.cases.agreement import Component
from bff.storage.database import Connection
from bff.vocabulary import LiableParty, ReturnMethod


class LineTerms(Struct, frozen=True, kw_only=True):
    """One line: `instead` is what is paid for it in money where goods were promised and cannot be sent, `shares`
    who bears how much of each kind of cost, `floor_bps` the statutory least of what was paid that is refunded.
    """

    order_line: UUID
    instead: tuple[Component, ...] = ()
    shares: tuple[tuple[str, LiableParty, int], ...] = ()
    floor_bps: int = 0


class BonusTerms(Struct, frozen=True):
    """What is paid beside the refund, of whose money."""

    amount: int
    funder: LiableParty
    code: str


class CaseTerms(Struct, frozen=True, kw_only=True):
    """The terms of the whole. `difference` is what an exchange costs the customer, negative what comes back; the
    statutory right says that no merchant may take anything away from them.
    """

    lines: tuple[LineTerms, ...] = ()
    difference: int = 0
    methods: tuple[ReturnMethod, ...] = ()
    expected_days: int | None = None
    first_response_minutes: int | None = None
    bonuses: tuple[BonusTerms, ...] = ()
    statutory: bool = False


async def terms_of(tx: Connection, case: UUID) -> CaseTerms:
    """The terms of a case; those of one that was opened elsewhere say nothing."""
    (row,) = await tx.structs(_Kept, "SELECT terms FROM cases WHERE id = ?", case)
    return msgspec.convert(row.terms or {}, CaseTerms, strict=False)


class _Kept(Struct, frozen=True):
    terms: dict[str, object] | None
