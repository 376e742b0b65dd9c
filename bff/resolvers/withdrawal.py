"""How does a consumer withdraw from a contract? By saying so: no reason, no evidence, nobody who has to agree."""

from collections.abc import Sequence
from uuid import UUID

from bff.cases.asking.judging import gather
from bff.cases.asking.withdrawing import Declaration, declare
from bff.cases.refusal import Refusal, invalid
from bff.cases.standing import Author
from bff.resolvers.case_writing import answered, note_of, refused, rules_of
from bff.resolvers.request_return import (
    MOST_LINES,
    check_once,
    check_quantity,
    lines_of,
    must_be_customer,
    order_of,
)
from bff.resolvers.writing import write
from bff.schema.case_inputs import DeclareWithdrawalInput, WithdrawalLineInput
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.storage.database import Connection


async def declare_withdrawal(context: RequestContext, asked: DeclareWithdrawalInput) -> CasePayloadSource:
    """The cases that it opened. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        must_be_customer(context)
        declared = await declaration_of(context, asked)
    except Refusal as refusal:
        return refused(refusal)
    _, known = await gather(rules_of(context), declared.order, context.now)

    async def work(tx: Connection, author: Author) -> list[UUID]:
        return await declare(tx, rules_of(context), declared, known, author, context.now)

    return await answered(context, await write(context, "declareWithdrawal", asked, work))


async def declaration_of(context: RequestContext, asked: DeclareWithdrawalInput) -> Declaration:
    """What is declared. Raises a Refusal, which leads to what is wrong."""
    check_lines(asked.lines)
    statement = note_of(asked.statement, "statement")
    order = await order_of(context, asked.order_id)
    rows = await lines_of(context, [line.order_line_id for line in asked.lines], order)
    return Declaration(
        order=order.id,
        lines=tuple((row.id, line.quantity) for row, line in zip(rows, asked.lines, strict=True)),
        statement=statement,
    )


def check_lines(lines: Sequence[WithdrawalLineInput]) -> None:
    """Raises INVALID_INPUT for what can be told from the input alone."""
    if len(lines) > MOST_LINES:
        raise invalid(f"`lines` has {len(lines)} entries; it must have at most {MOST_LINES}", "lines")
    seen: set[str] = set()
    for index, line in enumerate(lines):
        check_quantity(line.quantity, index)
        check_once(line.order_line_id, index, seen)
