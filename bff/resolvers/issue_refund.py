"""How does a merchant pay at will? In the order's currency, as long as the screen told the truth."""

from uuid import UUID

from bff.cases.deciding.issuing import Payment, issue
from bff.cases.standing import Author
from bff.resolvers.case_writing import currency_of, minor_of, minor_or_zero, write_case
from bff.resolvers.request_return import given
from bff.schema.case_inputs import MoneyInput
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.issue_refund_input import IssueRefundInput
from bff.storage.database import Connection


async def issue_refund(context: RequestContext, asked: IssueRefundInput) -> CasePayloadSource:
    """The merchant pays now. Raises UNAUTHENTICATED."""
    amount: MoneyInput | None = given(asked.amount)
    expected: MoneyInput | None = given(asked.expected_refunded)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        currency = await currency_of(tx, case)
        payment = Payment(
            amount=minor_of(amount, currency, "amount") if amount else None,
            method=given(asked.method),
            expected=minor_or_zero(expected, currency, "expectedRefunded") if expected else None,
        )
        await issue(tx, case, author, context.now, asked.version, payment)

    return await write_case(context, "issueRefund", asked, work)
