"""Who is right? A customer's claim, the platform's ruling, and the merchant's appeal against it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from bff.money import Money as Amount
from bff.schema.enums import DisputeStatus, LiableParty
from bff.schema.fields import attribute, resolved
from bff.schema.ids import id_of
from bff.schema.money import Money
from bff.schema.node import Node
from bff.schema.owned import referred, single
from bff.storage.reads import appeals
from bff.storage.reads.disputes import DisputeRow

if TYPE_CHECKING:
    from bff.schema.appeal import Appeal
    from bff.schema.case import Case


def ruling(root: DisputeRow) -> DisputeRow | None:
    """The ruling stands in its dispute's row."""
    return root if root.ruled_at is not None else None


def awarded(root: DisputeRow) -> Amount | None:
    """What the customer gets by the ruling."""
    return None if root.refund_minor is None else Amount(root.refund_minor, root.currency)


@strawberry.type(description="How the platform decided a dispute.")
class Ruling:
    liable_party: LiableParty = attribute("Who bears the loss.")
    refund: Money | None = resolved(
        awarded, "What the customer gets by it; null where it leaves the money as it is."
    )
    rationale: str = attribute("Why, in the agent's words.")
    ruled_at: datetime = attribute("When.")


@strawberry.type(description="A customer's claim against how a case went; one a case.")
class Dispute(Node):
    id: strawberry.ID = resolved(id_of("Dispute"), "Global and opaque.")
    case: Annotated["Case", strawberry.lazy("bff.schema.case")] = resolved(
        referred("Case", "case_id"), "What it is about."
    )
    status: DisputeStatus = attribute("How far it has come.")
    claim: str = attribute("What the customer claims, in their own words.")
    opened_at: datetime = attribute("When.")
    ruling: Ruling | None = resolved(ruling, "The decision; null until there is one.")
    appeal: Annotated["Appeal", strawberry.lazy("bff.schema.appeal")] | None = resolved(
        single(appeals.OF_DISPUTES), "The merchant's appeal against the ruling; null where there is none."
    )

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are rows."""
        return isinstance(source, DisputeRow)
