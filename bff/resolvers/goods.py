"""How are goods taken in? The merchant counts them, and says in which state they are."""

from collections.abc import Sequence
from uuid import UUID

from bff.cases.asking.judging import gather
from bff.cases.goods.inspecting import Report, inspect
from bff.cases.goods.inspections import Found, contradiction
from bff.cases.goods.receiving import Counted, receive
from bff.cases.goods.refuting import Judges
from bff.cases.refusal import Refusal, invalid
from bff.cases.standing import Author
from bff.resolvers.case_writing import currency_of, minor_or_zero, note_of, refused, rules_of, write_case
from bff.resolvers.request_return import MOST_LINES, check_once, check_quantity, given
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.goods_inputs import (
    InspectionLineInput,
    ReceiptLineInput,
    RecordInspectionInput,
    RecordReceiptInput,
)
from bff.schema.ids import key_of
from bff.storage.database import Connection
from bff.storage.reads import cases


async def record_receipt(context: RequestContext, asked: RecordReceiptInput) -> CasePayloadSource:
    """The goods are here. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        _check_receipt(asked.lines)
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        counted = [Counted(key_of("OrderLine", line.order_line_id), line.quantity) for line in asked.lines]
        await receive(tx, case, author, context.now, asked.version, counted)

    return await write_case(context, "recordReceipt", asked, work)


def _check_receipt(lines: Sequence[ReceiptLineInput]) -> None:
    _check_length(lines)
    seen: set[str] = set()
    for index, line in enumerate(lines):
        if line.quantity < 0:
            message = f"`quantity` is {line.quantity}; it must be at least 0"
            raise invalid(message, "lines", str(index), "quantity")
        check_once(line.order_line_id, index, seen)


def _check_length(lines: Sequence[object]) -> None:
    if len(lines) > MOST_LINES:
        raise invalid(f"`lines` has {len(lines)} entries; it must have at most {MOST_LINES}", "lines")


async def record_inspection(context: RequestContext, asked: RecordInspectionInput) -> CasePayloadSource:
    """The goods were looked at. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        _check_inspection(asked.lines)
        note = note_of(asked.note, "note")
    except Refusal as refusal:
        return refused(refusal)
    judges = await _judges(context, asked)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        currency = await currency_of(tx, case)
        found = [_found(line, index, currency) for index, line in enumerate(asked.lines)]
        await inspect(tx, case, author, context.now, asked.version, Report(found, note, judges))

    return await write_case(context, "recordInspection", asked, work)


def _check_inspection(lines: Sequence[InspectionLineInput]) -> None:
    _check_length(lines)
    for index, line in enumerate(lines):
        check_quantity(line.quantity, index)
        why = contradiction(line.grade, line.disposition)
        if why is not None:
            raise invalid(f"It cannot be: {why}", "lines", str(index), "disposition")


async def _judges(context: RequestContext, asked: RecordInspectionInput) -> Judges | None:
    """Those who decide again where a claimed defect is not there: facts are gathered before the transaction."""
    key = key_of("Case", asked.case_id)
    if key is None or all(given(line.defect_confirmed) is not False for line in asked.lines):
        return None
    case = (await cases.by_id(context.database, context.scope, [key])).get(key)
    if case is None:
        return None
    rules = rules_of(context)
    _, known = await gather(rules, case.order_id, context.now)
    return Judges(rules, known)


def _found(line: InspectionLineInput, index: int, currency: str) -> Found:
    deduction = given(line.deduction)
    path = ("lines", str(index), "deduction")
    return Found(
        order_line=key_of("OrderLine", line.order_line_id),
        quantity=line.quantity,
        grade=line.grade,
        disposition=line.disposition,
        defect_confirmed=given(line.defect_confirmed),
        deduction=minor_or_zero(deduction, currency, *path) if deduction else 0,
    )
