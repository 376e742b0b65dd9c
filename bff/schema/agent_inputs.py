"""What do the mutations take that only an agent of the platform may call?"""

import strawberry

from bff.schema.case_inputs import ABOUT_KEYS, ABOUT_VERSIONS, MoneyInput
from bff.schema.enums import CaseStatus, CompensationKind, LiableParty
from bff.schema.upsert_orders import given


@strawberry.input(description="Something given for the trouble, beside every refund.")
class GrantCompensationInput:
    case_id: strawberry.ID = given("The case, whatever its status.")
    version: int = given(ABOUT_VERSIONS)
    kind: CompensationKind = given(
        "STORE_CREDIT is there at once; a VOUCHER and CASH are owed, and paid by people."
    )
    amount: MoneyInput = given(
        "More than 0, in the order's currency. All compensations of a case together are at most what was captured"
        " for its order, else AMOUNT_EXCEEDED."
    )
    born_by: LiableParty = given("Who pays for it: MERCHANT, CARRIER or PLATFORM.")
    reason: str = given("Why, for the customer too; 1 to 10,000 characters.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="A move of a case to any status, past what the life of cases allows.")
class OverrideCaseInput:
    case_id: strawberry.ID = given("The case.")
    version: int = given(ABOUT_VERSIONS)
    status: CaseStatus = given(
        "Where it is to be. What follows from there follows at once: COMPLETED pays what is owed; DECLINED,"
        " CANCELLED and EXPIRED free its units and claim back what was refunded; leaving one of those takes the"
        " units again, QUANTITY_EXCEEDED or OUT_OF_STOCK where they are gone. A statutory right cannot be ended"
        " before its money is refunded: INELIGIBLE."
    )
    reason: str = given("Why, for the customer too; staff also read who did it; 1 to 10,000 characters.")
    idempotency_key: str = given(ABOUT_KEYS)
