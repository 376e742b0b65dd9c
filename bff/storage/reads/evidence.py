"""What was shown, with a case or with a message of a ticket?"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.reads.children import Children
from bff.vocabulary import EvidenceKind, Role


class EvidenceRow(Struct, frozen=True):
    """One thing shown; it belongs to a case or to a message."""

    id: UUID
    case_id: UUID | None
    message_id: UUID | None
    kind: EvidenceKind
    url: str | None
    text: str | None
    added_by: Role
    added_at: datetime


OF_CASES = Children(EvidenceRow, "evidence e", "e.case_id", "e.added_at, e.id")
