"""Which terms would these lines get? From a client's input to a sealed quote."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct

from bff.cases.asking import quotas
from bff.cases.asking.judging import grounds
from bff.cases.asking.quote import LineTerms, QuotedLine, Terms, expiry, seal, worst
from bff.cases.money.agreement import Agreement
from bff.cases.refusal import Refusal
from bff.money import Money as Amount
from bff.resolvers.request_return import check_lines, lines_of, order_of
from bff.schema.context import RequestContext
from bff.schema.eligibility import Judged
from bff.schema.enums import EligibilityStatus, RefundMethod, ReturnReason
from bff.schema.errors import GraphProblem, ProblemCode
from bff.schema.judged import Gathered, Question, decide, gathered
from bff.schema.refund_quote import refund_source
from bff.schema.return_quote import QuoteLineSource, QuoteSource, ReturnQuoteInput
from bff.storage.case_facts import Asked
from bff.storage.reads.lines import LineRow
from bff.storage.reads.orders import OrderRow
from bff.user_errors import UserErrorCode

PROBLEMS = {
    UserErrorCode.INVALID_INPUT: ProblemCode.BAD_USER_INPUT,
    UserErrorCode.NOT_FOUND: ProblemCode.NOT_FOUND,
}


class AskedLine(Struct, frozen=True, eq=False):
    """A line of the input, found."""

    row: LineRow
    quantity: int
    reason: ReturnReason


async def quote(context: RequestContext, asked: ReturnQuoteInput) -> QuoteSource:
    """The quote. Raises UNAUTHENTICATED, BAD_USER_INPUT or NOT_FOUND, the latter two with a path."""
    context.signed_in()
    with as_problems():
        check_lines(asked.lines)
        order = await order_of(context, asked.order_id)
        rows = await lines_of(context, [line.order_line_id for line in asked.lines], order)
    lines = [AskedLine(row, line.quantity, line.reason) for row, line in zip(rows, asked.lines, strict=True)]
    (known,) = await gathered(context, [order.id])
    method = asked.refund_method or RefundMethod.ORIGINAL_PAYMENT
    answers = await judged(context, known, lines)
    terms = [LineTerms.of(one.decided, one.line, asked.resolution) for one in answers]
    promised = promise(context, asked, method, order, lines, terms)
    return source(context, promised, lines, answers, terms)


@contextmanager
def as_problems() -> Iterator[None]:
    """What a mutation would answer as a user error is an error of the query here."""
    try:
        yield
    except Refusal as refusal:
        code = PROBLEMS[refusal.code]
        raise GraphProblem(code, refusal.message, ("input", *refusal.path)) from None


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
