"""What do the mutations that open a case take? Lines and reasons, a quote's token, what is shown."""

import strawberry

from bff.schema.enums import RefundMethod, Resolution
from bff.schema.evidence_input import EvidenceInput
from bff.schema.return_quote import ReturnLineInput
from bff.schema.scalars import CurrencyCode, DecimalText
from bff.schema.upsert_orders import given, listed, optional

ABOUT_KEYS = (
    "1 to 255 printable characters: the same key with the same input gives the first answer again, with another"
    " input it is an IDEMPOTENCY_CONFLICT. May be sent as the header Idempotency-Key too."
)
ABOUT_VERSIONS = "The version that the caller saw; an older one is a VERSION_CONFLICT."


@strawberry.input(description="An amount of money.")
class MoneyInput:
    amount: DecimalText = given("Exact, with no more places than the currency has.")
    currency: CurrencyCode = given("The currency of the order.")


@strawberry.input(description="A case, as the caller saw it.")
class CaseInput:
    case_id: strawberry.ID = given("The case.")
    version: int = given(ABOUT_VERSIONS)
    note: str | None = optional("Kept on the timeline.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="A request to give something back, or to be paid or sent something for it.")
class RequestReturnInput:
    order_id: strawberry.ID = given("All lines are of this order.")
    lines: list[ReturnLineInput] = given("1 to 100 lines of one merchant, each named once.")
    resolution: Resolution = given("One for all lines; `returnEligibility` lists what each line offers.")
    refund_method: RefundMethod | None = optional("Where money should go; ORIGINAL_PAYMENT unless asked.")
    exchange_sku: str | None = optional("For an EXCHANGE: one of the lines' exchangeOptions.")
    quote_token: str | None = optional("Names a `returnQuote`, whose terms the request then gets exactly.")
    note: str | None = optional("For whoever handles the case.")
    evidence: list[EvidenceInput] = listed("What the lines' `evidence` asks for.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="Some units of one line.")
class WithdrawalLineInput:
    order_line_id: strawberry.ID = given("A line of the order; each line at most once.")
    quantity: int = given("How many units, at least 1.")


@strawberry.input(description="A consumer's statement that they withdraw from the contract.")
class DeclareWithdrawalInput:
    order_id: strawberry.ID = given("The contract.")
    lines: list[WithdrawalLineInput] = listed("What it is withdrawn from; all that is left when empty.")
    statement: str | None = optional("The customer's own words; none are needed.")
    idempotency_key: str = given(ABOUT_KEYS)
