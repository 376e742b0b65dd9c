"""What does a merchant pay? All that is owed, a part of it, or more."""

import strawberry

from bff.schema.case_inputs import ABOUT_KEYS, ABOUT_VERSIONS, MoneyInput
from bff.schema.enums import RefundMethod
from bff.schema.upsert_orders import given, optional


@strawberry.input(description="A payment that need not wait until it is due.")
class IssueRefundInput:
    case_id: strawberry.ID = given("The case.")
    version: int = given(ABOUT_VERSIONS)
    amount: MoneyInput | None = optional(
        "More than 0, in the order's currency; left out, all that is owed. More than is owed is goodwill, up to"
        " what may still be refunded, else AMOUNT_EXCEEDED."
    )
    method: RefundMethod | None = optional("Where the money goes; left out, where the customer wanted it.")
    expected_refunded: MoneyInput | None = optional(
        "What the screen showed as refunded by the case, all its lines together; if it has moved meanwhile, a"
        " VERSION_CONFLICT."
    )
    idempotency_key: str = given(ABOUT_KEYS)
