"""What does a case wait for, and until when?"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.reads.children import Children
from bff.storage.reads.fragment import Fragment
from bff.vocabulary import DeadlineKind


class DeadlineRow(Struct, frozen=True):
    """One open deadline of a case."""

    case_id: UUID
    kind: DeadlineKind
    due_at: datetime
    on_expiry: str


OF_CASES = Children(
    DeadlineRow, "deadlines d", "d.case_id", "d.due_at, d.id", holds=Fragment("d.settled_at IS NULL")
)
