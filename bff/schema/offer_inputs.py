"""How do merchant and customer settle on something else? An offer, and the answer to it."""

import strawberry

from bff.schema.case_inputs import ABOUT_KEYS, ABOUT_VERSIONS, MoneyInput
from bff.schema.upsert_orders import given, optional


@strawberry.input(
    description="An amount that would settle the case. At most one offer is open, and three are made."
)
class ProposeOfferInput:
    case_id: strawberry.ID = given("The case.")
    version: int = given(ABOUT_VERSIONS)
    amount: MoneyInput = given(
        "More than 0, in the order's currency, beside what was refunded before; at most what may still be refunded"
        " for the case, else AMOUNT_EXCEEDED."
    )
    keeps_goods: bool = given("Whether the customer may keep the goods; if not, they come back as agreed.")
    message: str | None = optional("Shown with the offer.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="The customer's answer to an offer.")
class RespondToOfferInput:
    case_id: strawberry.ID = given("The case.")
    version: int = given(ABOUT_VERSIONS)
    offer_id: strawberry.ID = given("The case's open offer. Once it has expired: DEADLINE_PASSED.")
    accept: bool = given(
        "True: its amount takes the place of all that was agreed, goods in exchange too. False: all stays as it"
        " is."
    )
    idempotency_key: str = given(ABOUT_KEYS)
