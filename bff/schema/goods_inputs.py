"""What does a merchant say of goods? How many came, in which state, and how others are sent."""

import strawberry

from bff.schema.case_inputs import ABOUT_KEYS, ABOUT_VERSIONS, MoneyInput
from bff.schema.enums import Disposition, Grade
from bff.schema.upsert_orders import given, optional


@strawberry.input(description="So many units that came of one line.")
class ReceiptLineInput:
    order_line_id: strawberry.ID = given("A line of the case; each line at most once.")
    quantity: int = given(
        "How many came, from 0. Fewer than are in the case are short and not paid for; what is more is noted and"
        " not paid for either."
    )


@strawberry.input(description="What arrived of a case's goods; once a case.")
class RecordReceiptInput:
    case_id: strawberry.ID = given("The case.")
    version: int = given(ABOUT_VERSIONS)
    lines: list[ReceiptLineInput] = given("What came; of a line that is left out nothing did.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="Some units of one line in one state; a line may stand in several.")
class InspectionLineInput:
    order_line_id: strawberry.ID = given("A line of the case.")
    quantity: int = given(
        "How many are in that state, at least 1. Together the entries of a line are exactly the units that were"
        " received: more is QUANTITY_EXCEEDED, fewer INVALID_INPUT."
    )
    grade: Grade = given("In which state they are. Nothing is paid for what is NOT_OURS or MISSING.")
    disposition: Disposition = given(
        "What becomes of them. RETURN_TO_CUSTOMER rejects them: nothing is paid. RESTOCK puts them back into"
        " stock. What is NOT_OURS or MISSING cannot be kept, what is DAMAGED not restocked: INVALID_INPUT."
    )
    defect_confirmed: bool | None = optional(
        "Whether the defect that the customer claimed was found. If not, the units are decided on anew, as if sent"
        " back without a reason when the case was opened, and the customer is liable. Says nothing where none was"
        " claimed."
    )
    deduction: MoneyInput | None = optional(
        "What is taken off for the units' state, in the order's currency: at most what they are to get, and"
        " nothing of what a statutory right gives back, nor where the claimed defect was found, else"
        " AMOUNT_EXCEEDED."
    )


@strawberry.input(description="What a warehouse found, of all that was received; once a case.")
class RecordInspectionInput:
    case_id: strawberry.ID = given("The case.")
    version: int = given(ABOUT_VERSIONS)
    lines: list[InspectionLineInput] = given("State by state; empty where nothing came.")
    note: str | None = optional("Shown with the inspection.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="How the goods that replace others, or were repaired, are sent.")
class ShipExchangeInput:
    case_id: strawberry.ID = given("The case.")
    version: int = given(ABOUT_VERSIONS)
    carrier: str = given("Who carries them; 1 to 100 characters.")
    tracking_number: str = given("The carrier's number; 1 to 100 characters.")
    idempotency_key: str = given(ABOUT_KEYS)
