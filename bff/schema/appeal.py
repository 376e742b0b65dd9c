"""Does the merchant accept a ruling? One appeal against it, and what came of that."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from bff.schema.enums import AppealStatus
from bff.schema.fields import attribute, resolved
from bff.schema.ids import id_of
from bff.schema.node import Node
from bff.schema.owned import referred
from bff.storage.reads.appeals import AppealRow

if TYPE_CHECKING:
    from bff.schema.case import Case
    from bff.schema.dispute import Dispute
    from bff.schema.merchant import Merchant


@strawberry.type(description="A merchant's appeal against a ruling; one a dispute.")
class Appeal(Node):
    id: strawberry.ID = resolved(id_of("Appeal"), "Global and opaque.")
    dispute: Annotated["Dispute", strawberry.lazy("bff.schema.dispute")] | None = resolved(
        referred("Dispute", "dispute_id"), "The dispute whose ruling it contests."
    )
    case: Annotated["Case", strawberry.lazy("bff.schema.case")] = resolved(
        referred("Case", "case_id"), "What the dispute is about."
    )
    merchant: Annotated["Merchant", strawberry.lazy("bff.schema.merchant")] = resolved(
        referred("Merchant", "merchant_id"), "Who appeals."
    )
    status: AppealStatus = attribute("What became of it.")
    grounds: str = attribute("Why the ruling is wrong, in the merchant's words.")
    opened_at: datetime = attribute("When.")
    resolved_at: datetime | None = attribute("When it was decided or taken back; null while it is open.")
    rationale: str | None = attribute("Why it was decided so, in the agent's words; null until then.")

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are rows."""
        return isinstance(source, AppealRow)
