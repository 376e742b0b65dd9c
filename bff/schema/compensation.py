"""What is given beside a refund, and how content is the customer?"""

from datetime import datetime

import strawberry

from bff.schema.enums import CompensationKind, LiableParty
from bff.schema.fields import attribute, resolved
from bff.schema.money import Money, amount_of


@strawberry.type(description="Something given for the trouble. It is no refund: it has no part in what was paid.")
class Compensation:
    kind: CompensationKind = attribute("What it is.")
    amount: Money = resolved(amount_of("amount_minor"), "What it is worth.")
    reason: str = attribute("Why it was given, in the agent's words.")
    granted_at: datetime = attribute("When.")
    born_by: LiableParty = attribute("Who pays for it.")


@strawberry.type(description="What a customer says of how a case was handled; once a case.")
class CaseRating:
    satisfaction: int = attribute("1, not at all, to 5, entirely.")
    recommend: int | None = attribute(
        "Would they recommend the shop? 0, never, to 10, surely; null: not answered."
    )
    comment: str | None = attribute("In their own words; null where they wrote nothing.")
    rated_at: datetime = attribute("When.")
