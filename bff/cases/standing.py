"""How does a case stand? Its row and what it owns, as the facts that the table of transitions looks at."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.state import CaseState
from bff.storage.database import Connection, Database
from bff.viewer import Viewer
from bff.vocabulary import (
    AppealStatus,
    CaseStatus,
    DeadlineKind,
    DisputeStatus,
    ExchangeStatus,
    RefundMethod,
    RefundStatus,
    Resolution,
    ReverseShipmentStatus,
    Role,
)

MOST_OFFERS = 3  # rounds of haggling over one case


class Author(Struct, frozen=True):
    """Who does something: a role, and who of that role."""

    role: Role
    subject: str

    @classmethod
    def of(cls, viewer: Viewer) -> "Author":
        """The viewer, as timelines name them."""
        return cls(viewer.role, viewer.subject)


SYSTEM = Author(Role.OPS, "system")


class Standing(Struct, frozen=True, kw_only=True):
    """One case. Amounts are minor units of `currency`: `agreed` is what all its lines are to get, `asked` what
    its refunds stand for, whatever became of them, and `clawed_back` what was claimed back of that.
    """

    id: UUID
    number: str
    order_id: UUID
    customer_id: UUID
    merchant_id: UUID
    market: str
    currency: str
    version: int
    refund_method: RefundMethod
    agreed: int
    asked: int
    clawed_back: int
    state: CaseState

    @property
    def status(self) -> CaseStatus:
        """How far it has come."""
        return self.state.status

    @property
    def resolution(self) -> Resolution:
        """How it is to be settled."""
        return self.state.resolution

    @property
    def balance(self) -> int:
        """What it still owes to the customer; negative, what the customer has too much."""
        return self.agreed - self.asked + self.clawed_back


class _Row(Struct, frozen=True):
    """As selected by SELECT, in its order."""

    id: UUID
    number: str
    order_id: UUID
    customer_id: UUID
    merchant_id: UUID
    market: str
    currency: str
    version: int
    refund_method: RefundMethod
    agreed: int
    asked: int
    clawed_back: int
    status: CaseStatus
    resolution: Resolution
    goods_travel: bool
    requires_inspection: bool
    instant_refund: bool
    parcel: ReverseShipmentStatus | None
    refunds: int
    exchange: ExchangeStatus | None
    offer_open: int
    offers: int
    dispute: DisputeStatus | None
    appeal: AppealStatus | None
    deadlines: int
    overdue: int
    ratings: int


# Sets are told as sums of distinct bits: at most one deadline of a kind is open, refunds are told apart by status.
REFUND_BITS = {status: 1 << place for place, status in enumerate(RefundStatus)}
DEADLINE_BITS = {kind: 1 << place for place, kind in enumerate(DeadlineKind)}


def _bits(column: str, bits: dict[RefundStatus, int] | dict[DeadlineKind, int]) -> str:
    whens = " ".join(f"WHEN '{value}' THEN {bit}" for value, bit in bits.items())
    return f"CASE {column} {whens} END"


SELECT = f"""
    SELECT c.id, c.number, c.order_id, c.customer_id, c.merchant_id, o.market, c.currency, c.version,
        c.refund_method,
        CAST((SELECT coalesce(sum(x.refundable_minor), 0) FROM case_lines x WHERE x.case_id = c.id) AS BIGINT),
        CAST((SELECT coalesce(sum(r.amount_minor), 0) FROM refunds r WHERE r.case_id = c.id) AS BIGINT),
        c.clawed_back_minor, c.status, c.resolution, c.goods_travel, c.requires_inspection, c.instant_refund,
        (SELECT p.status FROM reverse_shipments p WHERE p.case_id = c.id),
        CAST((SELECT coalesce(sum(DISTINCT {_bits("r.status", REFUND_BITS)}), 0) FROM refunds r
            WHERE r.case_id = c.id) AS BIGINT),
        (SELECT e.status FROM exchanges e WHERE e.case_id = c.id),
        (SELECT count(*) FROM offers f WHERE f.case_id = c.id AND f.status = 'OPEN'),
        (SELECT count(*) FROM offers f WHERE f.case_id = c.id),
        d.status, a.status,
        CAST((SELECT coalesce(sum({_bits("t.kind", DEADLINE_BITS)}), 0) FROM deadlines t
            WHERE t.case_id = c.id AND t.settled_at IS NULL AND t.due_at > ?) AS BIGINT),
        CAST((SELECT coalesce(sum({_bits("t.kind", DEADLINE_BITS)}), 0) FROM deadlines t
            WHERE t.case_id = c.id AND t.settled_at IS NULL AND t.due_at <= ?) AS BIGINT),
        (SELECT count(*) FROM ratings g WHERE g.case_id = c.id)
    FROM cases c JOIN orders o ON o.id = c.order_id
    LEFT JOIN disputes d ON d.case_id = c.id LEFT JOIN appeals a ON a.dispute_id = d.id
"""


async def standings(source: Connection | Database, cases: Sequence[UUID], at: datetime) -> dict[UUID, Standing]:
    """Those of the cases that there are, in one statement. A deadline that has passed at `at` runs no more."""
    condition, ids = source.among("c.id", cases)
    rows = await source.structs(_Row, f"{SELECT} WHERE {condition}", at, at, ids)
    return {row.id: _standing(row) for row in rows}


async def standing(source: Connection | Database, case: UUID, at: datetime) -> Standing:
    """One case. Raises LookupError for one that is not there."""
    found = await standings(source, [case], at)
    if case not in found:
        raise LookupError(f"there is no case {case}")
    return found[case]


def _standing(row: _Row) -> Standing:
    return Standing(
        id=row.id,
        number=row.number,
        order_id=row.order_id,
        customer_id=row.customer_id,
        merchant_id=row.merchant_id,
        market=row.market,
        currency=row.currency,
        version=row.version,
        refund_method=row.refund_method,
        agreed=row.agreed,
        asked=row.asked,
        clawed_back=row.clawed_back,
        state=_state(row),
    )


def _state(row: _Row) -> CaseState:
    return CaseState(
        status=row.status,
        resolution=row.resolution,
        goods_travel=row.goods_travel,
        requires_inspection=row.requires_inspection,
        instant_refund=row.instant_refund,
        parcel=row.parcel,
        owed=row.agreed - row.asked + row.clawed_back > 0,
        refunds=frozenset(status for status, bit in REFUND_BITS.items() if row.refunds & bit),
        exchange=row.exchange,
        has_open_offer=row.offer_open > 0,
        offer_rounds_left=MOST_OFFERS - row.offers,
        dispute=row.dispute,
        appeal=row.appeal,
        deadlines=_kinds(row.deadlines),
        overdue=_kinds(row.overdue),
        rated=row.ratings > 0,
    )


def _kinds(bits: int) -> frozenset[DeadlineKind]:
    return frozenset(kind for kind, bit in DEADLINE_BITS.items() if bits & bit)
