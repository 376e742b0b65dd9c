"""How is a refund helped along? It is tried again, or another system says what became of it."""

from typing import Any
from uuid import UUID

from bff.cases.money import refund_results
from bff.cases.money.refund_results import LONGEST_FAILURE, Result
from bff.cases.refusal import Refusal, absent
from bff.cases.standing import Author
from bff.resolvers.case_writing import answered, refused, text_of
from bff.resolvers.request_return import given
from bff.resolvers.writing import write
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.ids import key_of
from bff.schema.refund_inputs import RecordRefundResultInput, RetryRefundInput
from bff.storage.database import Connection
from bff.storage.reads import refunds
from bff.user_errors import UserErrorCode
from bff.vocabulary import Role

LONGEST_REFERENCE = 190  # of a refund to several tenders each gets its own, by a number behind it


async def retry_refund(context: RequestContext, asked: RetryRefundInput) -> CasePayloadSource:
    """Tries a refund again. Raises UNAUTHENTICATED."""
    context.signed_in()

    async def work(tx: Connection, author: Author) -> UUID:
        refund = await the_refund(context, asked.refund_id)
        return await refund_results.retry(tx, refund, author, context.now)

    return await answered(context, await write(context, "retryRefund", asked, work))


async def record_refund_result(context: RequestContext, asked: RecordRefundResultInput) -> CasePayloadSource:
    """Takes another system's word for a refund. Raises UNAUTHENTICATED."""
    try:
        if context.signed_in().role is not Role.INGEST:
            raise Refusal(UserErrorCode.FORBIDDEN, "Results are told by payment systems: INGEST")  # noqa: TRY301
        reference = optional_text(asked.provider_reference, "providerReference", LONGEST_REFERENCE)
        failure = optional_text(asked.failure, "failure", LONGEST_FAILURE)
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, author: Author) -> UUID:
        refund = await the_refund(context, asked.refund_id)
        result = Result(refund=refund, succeeded=asked.succeeded, reference=reference, failure=failure)
        return await refund_results.report(tx, result, author, context.now)

    return await answered(context, await write(context, "recordRefundResult", asked, work))


async def the_refund(context: RequestContext, refund_id: str) -> UUID:
    """The key of a refund whose case the viewer may see. Raises NOT_FOUND."""
    key = key_of("Refund", refund_id)
    if key is None or key not in await refunds.by_id(context.database, context.scope, [key]):
        raise absent("refund", "refundId")
    return key


def optional_text(value: Any, name: str, longest: int) -> str | None:
    """A text that may be left out. Raises INVALID_INPUT."""
    text = given(value)
    return None if text is None else text_of(text, name, longest=longest)
