"""In which state did a case's goods come back?"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.reads.children import Children
from bff.vocabulary import Disposition, Grade


class InspectionRow(Struct, frozen=True):
    """The look that was taken at a case's goods."""

    id: UUID
    case_id: UUID
    inspected_at: datetime
    note: str | None


class InspectionLineRow(Struct, frozen=True):
    """Some units of an order line in one state; the deduction in minor units of `currency`."""

    inspection_id: UUID
    order_line_id: UUID
    quantity: int
    grade: Grade
    disposition: Disposition
    deduction_minor: int
    defect_confirmed: bool | None
    currency: str


OF_CASES = Children(InspectionRow, "inspections i", "i.case_id", "i.id")
LINES = Children(
    InspectionLineRow,
    "inspection_lines i JOIN case_lines x ON x.id = i.case_line_id JOIN cases c ON c.id = x.case_id",
    "i.inspection_id",
    "i.id",
    {"order_line_id": "x.order_line_id", "currency": "c.currency"},
)
