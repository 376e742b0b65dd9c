"""How does a request become a case? Its input checked, its order found, then opened in one transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from strawberry import UNSET

from bff.cases.asking import evidence
from bff.cases.asking.judging import Known, RequestedLine, gather
from bff.cases.asking.opening import Wanted, open_case
from bff.cases.asking.quote import NotAQuote, QuoteExpired, Terms, must_hold, unseal
from bff.cases.refusal import Refusal, absent, invalid
from bff.cases.standing import Author
from bff.resolvers.case_writing import answered, note_of, refused, rules_of
from bff.resolvers.writing import write
from bff.schema.case_inputs import RequestReturnInput
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.found import found
from bff.schema.ids import key_of
from bff.schema.return_quote import ReturnLineInput
from bff.storage.database import Connection
from bff.storage.reads.lines import LineRow
from bff.storage.reads.orders import OrderRow
from bff.user_errors import UserErrorCode
from bff.vocabulary import RefundMethod, Role

MOST_LINES = 100


async def request_return(context: RequestContext, asked: RequestReturnInput) -> CasePayloadSource:
    """The case, or why there is none. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        must_be_customer(context)
        wanted, known = await wanted_of(context, asked)
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, author: Author) -> UUID:
        _must_hold(context, wanted.quote)
        return await open_case(tx, rules_of(context), wanted, known, author, context.now)

    return await answered(context, await write(context, "requestReturn", asked, work))


def must_be_customer(context: RequestContext) -> None:
    """Raises FORBIDDEN for everybody who has not bought it themselves."""
    if context.signed_in().role is not Role.CUSTOMER:
        raise Refusal(UserErrorCode.FORBIDDEN, "Only the customer who bought it may ask for this")


async def wanted_of(context: RequestContext, asked: RequestReturnInput) -> tuple[Wanted, Known]:
    """The request and the facts about its order. Raises a Refusal, which leads to what is wrong."""
    check_lines(asked.lines)
    order = await order_of(context, asked.order_id)
    lines = await lines_of(context, [line.order_line_id for line in asked.lines], order)
    requested = tuple(
        RequestedLine(row.id, line.quantity, line.reason) for row, line in zip(lines, asked.lines, strict=True)
    )
    quote = _quote(context, asked, requested) if given(asked.quote_token) else None
    wanted = Wanted(
        order=order.id,
        merchant=merchant_of(lines),
        lines=requested,
        resolution=asked.resolution,
        method=quote.method if quote else given(asked.refund_method) or RefundMethod.ORIGINAL_PAYMENT,
        exchange_sku=given(asked.exchange_sku),
        note=note_of(asked.note, "note"),
        shown=tuple(evidence.checked(asked.evidence, "evidence")),
        quote=quote,
    )
    _, known = await gather(rules_of(context), order.id, context.now)
    return wanted, known


def given(value: Any) -> Any:
    """A value, None for what was left out."""
    return None if value is UNSET else value


def check_lines(lines: Sequence[ReturnLineInput]) -> None:
    """Raises INVALID_INPUT for what can be told from the input alone."""
    if not 1 <= len(lines) <= MOST_LINES:
        raise invalid(f"`lines` has {len(lines)} entries; it must have 1 to {MOST_LINES}", "lines")
    seen: set[str] = set()
    for index, line in enumerate(lines):
        check_quantity(line.quantity, index)
        check_once(line.order_line_id, index, seen)


def check_quantity(quantity: int, index: int) -> None:
    """Raises INVALID_INPUT for no units, or less."""
    if quantity < 1:
        raise invalid(f"`quantity` is {quantity}; it must be at least 1", "lines", str(index), "quantity")


def check_once(line: str, index: int, seen: set[str]) -> None:
    """Raises INVALID_INPUT for a line that stands in the input before."""
    if line in seen:
        message = "`orderLineId` stands twice: add the quantities up, or ask for one reason at a time"
        raise invalid(message, "lines", str(index), "orderLineId")
    seen.add(line)


async def order_of(context: RequestContext, order_id: str) -> OrderRow:
    """The order, if the viewer may see it. Raises NOT_FOUND."""
    key = key_of("Order", order_id)
    order: OrderRow | None = (await found(context, "Order", [key]))[0] if key else None
    if order is None:
        raise absent("order", "orderId")
    return order


async def lines_of(context: RequestContext, line_ids: Sequence[str], order: OrderRow) -> list[LineRow]:
    """The lines of those ids. Raises NOT_FOUND at the first that is not on the order."""
    keys = [key_of("OrderLine", line) for line in line_ids]
    named = [key for key in keys if key is not None]
    rows: dict[UUID, LineRow | None] = dict(zip(named, await found(context, "OrderLine", named), strict=True))
    lines = []
    for index, key in enumerate(keys):
        row = rows.get(key) if key else None
        if row is None or row.order_id != order.id:
            raise absent("line on this order", "lines", str(index), "orderLineId")
        lines.append(row)
    return lines


def merchant_of(lines: Sequence[LineRow]) -> UUID:
    """The one merchant of a case. Raises INVALID_INPUT where there are several."""
    for index, line in enumerate(lines):
        if line.merchant_id != lines[0].merchant_id:
            message = "This line was sold by another merchant: open a case for each merchant"
            raise invalid(message, "lines", str(index), "orderLineId")
    return lines[0].merchant_id


def _must_hold(context: RequestContext, quote: Terms | None) -> None:
    """Raises QUOTE_EXPIRED. Not before the key is known: who asks again gets the first answer, however late."""
    try:
        if quote is not None:
            must_hold(quote, context.now)
    except QuoteExpired as expired:
        raise Refusal(UserErrorCode.QUOTE_EXPIRED, f"{expired}: ask for a new one", "quoteToken") from None


def _quote(context: RequestContext, asked: RequestReturnInput, lines: Sequence[RequestedLine]) -> Terms:
    """The terms that the token names. Raises INVALID_INPUT where they are another request's."""
    try:
        first, *older = context.signing_keys
        terms = unseal(str(asked.quote_token), first, older)
    except NotAQuote:
        raise invalid("`quoteToken` is no quote of this server", "quoteToken") from None
    viewer = context.signed_in()
    quoted = {(line.line, line.quantity, line.reason) for line in terms.lines}
    requested = {(line.line, line.quantity, line.reason) for line in lines}
    if terms.customer != viewer.customer_id or quoted != requested or terms.resolution is not asked.resolution:
        raise invalid("`quoteToken` was given for another request: quote this one anew", "quoteToken")
    if (method := given(asked.refund_method)) is not None and method is not terms.method:
        raise invalid(f"`quoteToken` was given for a refund to {terms.method}", "refundMethod")
    return terms
