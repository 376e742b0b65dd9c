"""What was said when a case was decided? The statements that the case keeps."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.storage.reads.children import Children


class Kept(Struct, frozen=True):
    """Statements as they are stored, and the time zone that their dates are shown in."""

    time_zone: str = "UTC"
    explanations: list[dict[str, Any]] = []


class CaseDecisionRow(Struct, frozen=True):
    """What a case keeps of its decision; None where it was decided elsewhere."""

    id: UUID
    decision: Kept | None


OF_CASES = Children(CaseDecisionRow, "cases c", "c.id", "c.id")
