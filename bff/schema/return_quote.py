"""On which terms could this come back? A quote that a request may name until it expires."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from msgspec import Struct
from strawberry import UNSET

from bff.money import Money as Amount
from bff.schema.eligibility import Judged, ReturnEligibility
from bff.schema.enums import EligibilityStatus, RefundMethod, Resolution, ReturnReason
from bff.schema.fields import attribute
from bff.schema.money import Money
from bff.schema.refund_quote import RefundQuote, RefundSource
from bff.storage.reads.lines import LineRow

if TYPE_CHECKING:
    from bff.schema.order_line import OrderLine


class QuoteLineSource(Struct, frozen=True, eq=False):
    """A line with its answer and what is paid back for it."""

    order_line: LineRow
    eligibility: Judged
    refund: Amount


class QuoteSource(Struct, frozen=True, eq=False):
    """Terms, and the token that seals them where they can be had."""

    token: str | None
    expires_at: datetime | None
    status: EligibilityStatus
    refund: RefundSource | None
    lines: list[QuoteLineSource]


def given(description: str, **default: Any) -> Any:
    """An input field; with a default it may be left out."""
    return strawberry.field(description=description, **default)


@strawberry.input(description="Some units of one line, for one reason.")
class ReturnLineInput:
    order_line_id: strawberry.ID = given("A line of the order; each line at most once.")
    quantity: int = given("How many units, at least 1.")
    reason: ReturnReason = given("Why; lines of one quote may differ.")


@strawberry.input(description="What should come back, and how it should be settled.")
class ReturnQuoteInput:
    order_id: strawberry.ID = given("All lines are of this order.")
    lines: list[ReturnLineInput] = given("1 to 100 lines.")
    resolution: Resolution = given("One for all lines; `returnEligibility` lists what each line offers.")
    refund_method: RefundMethod | None = given(
        "Where refunded money should go; ORIGINAL_PAYMENT unless asked.",
        default=UNSET,
    )


@strawberry.type(description="One line of a quote.")
class ReturnQuoteLine:
    order_line: Annotated["OrderLine", strawberry.lazy("bff.schema.order_line")] = attribute("The line.")
    eligibility: ReturnEligibility = attribute("The answer for these units, decided with the quote's other lines.")
    refund: Money = attribute("What would be paid back for it; zero where nothing is.")


@strawberry.type(
    description="Terms that hold until they expire: a request that names the quote gets exactly these."
)
class ReturnQuote:
    token: str | None = attribute(
        "Names these terms; null unless every line is ELIGIBLE or under REVIEW with the resolution asked for."
    )
    expires_at: datetime | None = attribute("The first instant at which the token is too old; null without one.")
    status: EligibilityStatus = attribute(
        "The worst of the lines; a line that does not offer the resolution asked for counts as INELIGIBLE."
    )
    refund: RefundQuote | None = attribute(
        "All lines together; null where the status is INELIGIBLE or the resolution pays nothing back."
    )
    lines: list[ReturnQuoteLine] = attribute("In the order of the input.")
