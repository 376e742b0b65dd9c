"""What was shown? Photos, numbers and texts."""

from datetime import datetime

import strawberry

from bff.schema.enums import EvidenceKind, Role
from bff.schema.fields import attribute, resolved
from bff.schema.ids import id_of


@strawberry.type(description="One thing that was shown, with a case or with a message.")
class Evidence:
    id: strawberry.ID = resolved(id_of("Evidence"), "Opaque; `node` does not fetch it.")
    kind: EvidenceKind = attribute("What it is.")
    url: str | None = attribute("Where it can be looked at; null for what is said in `text` alone.")
    text: str | None = attribute("The number, the account, or a caption; null where there is none.")
    added_by: Role = attribute("Who showed it.")
    added_at: datetime = attribute("When.")
