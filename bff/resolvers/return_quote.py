"""Which terms would these lines get? From a client's input to a sealed quote."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from bff.cases.asking import quotas
from bff.cases.asking.judging import grounds
from bff.cases.asking.quote import LineTerms, QuotedLine, Terms, expiry, seal, worst
from bff.cases.money.agreement import Agreement
from bff.money import Money as Amount
from bff.schema.context import RequestContext
from bff.schema.eligibility import Judged
from bff.schema.enums import EligibilityStatus, RefundMethod, ReturnReason
from bff.schema.errors import bad_input, not_found
from bff.schema.found import found
from bff.schema.ids import key_of
from bff.schema.judged import Gathered, Question, decide, gathered
from bff.schema.refund_quote import refund_source
from bff.schema.return_quote import QuoteLineSource, QuoteSource, ReturnLineInput, ReturnQuoteInput
from bff.storage.case_facts import Asked
from bff.storage.reads.lines import LineRow
from bff.storage.reads.orders import OrderRow

MOST_LINES = 100


class AskedLine(Struct, frozen=True, eq=False):
    """A line of the input, found."""

    row: LineRow
    quantity: int
    reason: ReturnReason


async def quote(context: RequestContext, asked: ReturnQuoteInput) -> QuoteSource:
    """The quote. Raises UNAUTHENTICATED, BAD_USER_INPUT or NOT_FOUND, the latter two with a path."""
    context.signed_in()
    check(asked.lines)
    order = await the_order(context, asked)
    lines = await the_lines(context, asked.lines, order)
    (known,) = await gathered(context, [order.id])
    method = asked.refund_method or RefundMethod.ORIGINAL_PAYMENT
    answers = await judged(context, known, lines)
    terms = [LineTerms.of(one.decided, one.line, asked.resolution) for one in answers]
    promised = promise(context, asked, method, order, lines, terms)
    return source(context, promised, lines, answers, terms)


def check(lines: Sequence[ReturnLineInput]) -> None:
    """Raises BAD_USER_INPUT for what can be told from the input alone."""
    if not 1 <= len(lines) <= MOST_LINES:
        raise bad_input(f"`lines` has {len(lines)} entries; it must have 1 to {MOST_LINES}", "input", "lines")
    seen: set[str] = set()
    for index, line in enumerate(lines):
        if line.quantity < 1:
            message = f"`quantity` is {line.quantity}; it must be at least 1"
            raise bad_input(message, "input", "lines", str(index), "quantity")
        if line.order_line_id in seen:
            message = "`orderLineId` stands twice: add the quantities up, or ask for one reason at a time"
            raise bad_input(message, "input", "lines", str(index), "orderLineId")
        seen.add(line.order_line_id)


async def the_order(context: RequestContext, asked: ReturnQuoteInput) -> OrderRow:
    """The order, if the viewer may see it."""
    key = key_of("Order", asked.order_id)
    order: OrderRow | None = (await found(context, "Order", [key]))[0] if key else None
    if order is None:
        raise not_found("order", "input", "orderId")
    return order


async def the_lines(context: RequestContext, asked: Sequence[ReturnLineInput], order: OrderRow) -> list[AskedLine]:
    """The lines, if they stand on the order and the viewer may see them."""
    keys = [key_of("OrderLine", line.order_line_id) for line in asked]
    named = [key for key in keys if key is not None]
    rows: dict[UUID, LineRow | None] = dict(zip(named, await found(context, "OrderLine", named), strict=True))
    lines = []
    for index, (key, line) in enumerate(zip(keys, asked, strict=True)):
        row = rows.get(key) if key else None
        if row is None or row.order_id != order.id:
            raise not_found("line on this order", "input", "lines", str(index), "orderLineId")
        lines.append(AskedLine(row, line.quantity, line.reason))
    return lines


async def judged(context: RequestContext, known: Gathered, lines: Sequence[AskedLine]) -> list[Judged]:
    """The answer for each line, decided with those that it shares a decision with."""
    together = tuple(Asked(line.row.id, line.quantity) for line in lines)
    questions = [
        Question(known, tuple(Asked(line.row.id, line.quantity) for line in group), group[0].reason, together)
        for group in grounds(lines)
    ]
    decided = await decide(context, questions)
    answers = {one.line.line: one for group in decided for one in group}
    return [answers[str(line.row.id)] for line in lines]


def promise(
    context: RequestContext,
    asked: ReturnQuoteInput,
    method: RefundMethod,
    order: OrderRow,
    lines: Sequence[AskedLine],
    terms: Sequence[LineTerms],
) -> Terms | None:
    """What is promised, or None where a line is refused."""
    status = worst(terms)
    if status is EligibilityStatus.INELIGIBLE:
        return None
    agreed = [Agreement.of(one.refund) for one in terms]
    return Terms(
        order=order.id,
        customer=order.customer_id,
        lines=tuple(
            QuotedLine(line.row.id, line.quantity, line.reason, gets.total, gets.fees)
            for line, gets in zip(lines, agreed, strict=True)
        ),
        resolution=asked.resolution,
        method=method,
        currency=order.currency,
        total=sum(one.refund.total for one in terms if one.refund),
        status=status,
        policy=terms[0].decided.policy,
        expires_at=expiry(context.now),
        quotas=tuple(sorted(quotas.used_by(terms, asked.resolution))),
    )


def source(
    context: RequestContext,
    promised: Terms | None,
    lines: Sequence[AskedLine],
    answers: Sequence[Judged],
    terms: Sequence[LineTerms],
) -> QuoteSource:
    """The quote as the graph shows it."""
    currency = terms[0].decided.currency
    refunds = [one.refund for one in terms if one.refund] if promised else []
    return QuoteSource(
        token=seal(promised, context.signing_keys[0]) if promised else None,
        expires_at=promised.expires_at if promised else None,
        status=worst(terms),
        refund=refund_source(refunds, currency) if refunds else None,
        lines=[
            QuoteLineSource(line.row, answer, Amount(one.refund.total if one.refund else 0, currency))
            for line, answer, one in zip(lines, answers, terms, strict=True)
        ],
    )
