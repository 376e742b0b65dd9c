"""How does a customer rate a case? Marks, and words where they like."""

import strawberry

from bff.schema.case_inputs import ABOUT_KEYS
from bff.schema.upsert_orders import given, optional


@strawberry.input(description="What a customer says of how a case was handled.")
class RateCaseInput:
    case_id: strawberry.ID = given("A case that is over, at any version; it is rated once.")
    satisfaction: int = given("1, not at all, to 5, entirely.")
    recommend: int | None = optional("Would they recommend the shop? 0, never, to 10, surely.")
    comment: str | None = optional("In their own words; at most 10,000 characters.")
    idempotency_key: str = given(ABOUT_KEYS)
