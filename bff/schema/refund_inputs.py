"""What do the mutations of refunds take? A refund, and what became of it."""

import strawberry

from bff.schema.case_inputs import ABOUT_KEYS
from bff.schema.upsert_orders import given, optional


@strawberry.input(description="A refund that is to be tried again.")
class RetryRefundInput:
    refund_id: strawberry.ID = given("One that has failed, or of which a part has.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="What became of a refund that was paid, or not, by another system.")
class RecordRefundResultInput:
    refund_id: strawberry.ID = given("The refund, all its tenders together.")
    succeeded: bool = given(
        "True: the customer has the money. False: nothing was paid, and it may be tried again."
    )
    provider_reference: str | None = optional(
        "What the payer calls it; at most 200 characters, of one refund only."
    )
    failure: str | None = optional("Why it was not paid, in a few words; at most 500 characters.")
    idempotency_key: str = given(ABOUT_KEYS)
