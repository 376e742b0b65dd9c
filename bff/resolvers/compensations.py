"""How is something given for the trouble? By an agent, in the order's currency."""

from uuid import UUID

from bff.cases.deciding.compensating import BEARERS, Gift, compensate
from bff.cases.refusal import Refusal, invalid
from bff.cases.standing import Author
from bff.resolvers.case_writing import currency_of, minor_of, refused, text_of, write_case
from bff.schema.agent_inputs import GrantCompensationInput
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.storage.database import Connection


async def grant_compensation(context: RequestContext, asked: GrantCompensationInput) -> CasePayloadSource:
    """An agent gives something. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        reason = text_of(asked.reason, "reason")
        if asked.born_by not in BEARERS:
            message = f"`bornBy` is {asked.born_by}; MERCHANT, CARRIER or PLATFORM can pay for it"
            raise invalid(message, "bornBy")
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        amount = minor_of(asked.amount, await currency_of(tx, case), "amount")
        gift = Gift(asked.kind, amount, asked.born_by, reason)
        await compensate(tx, case, gift, author, context.now, asked.version)

    return await write_case(context, "grantCompensation", asked, work)
