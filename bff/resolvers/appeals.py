"""How is a ruling contested? The merchant appeals once, an agent answers."""

from uuid import UUID

from bff.cases.asking import evidence
from bff.cases.deciding import appealing
from bff.cases.deciding.appealing import Answer
from bff.cases.refusal import Refusal, absent
from bff.cases.standing import Author
from bff.resolvers.case_writing import answered, refused, text_of, write_case
from bff.resolvers.writing import write
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.dispute_inputs import OpenAppealInput, ResolveAppealInput
from bff.schema.ids import key_of
from bff.storage.database import Connection
from bff.storage.reads import appeals


async def open_appeal(context: RequestContext, asked: OpenAppealInput) -> CasePayloadSource:
    """The merchant contests the ruling. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        grounds = text_of(asked.grounds, "grounds")
        shown = evidence.checked(asked.evidence, "evidence")
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        await appealing.open_appeal(tx, case, grounds, shown, author, context.now, asked.version)

    return await write_case(context, "openAppeal", asked, work)


async def resolve_appeal(context: RequestContext, asked: ResolveAppealInput) -> CasePayloadSource:
    """An agent answers an appeal. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        answer = Answer(asked.uphold, text_of(asked.rationale, "rationale"))
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, author: Author) -> UUID:
        case = await case_of(context, asked.appeal_id)
        await appealing.resolve_appeal(tx, case, answer, author, context.now)
        return case

    return await answered(context, await write(context, "resolveAppeal", asked, work))


async def case_of(context: RequestContext, appeal_id: str) -> UUID:
    """The case of an appeal that the viewer may see. Raises NOT_FOUND."""
    key = key_of("Appeal", appeal_id)
    found = await appeals.by_id(context.database, context.scope, [key]) if key else {}
    if key not in found:
        raise absent("appeal", "appealId")
    return found[key].case_id
