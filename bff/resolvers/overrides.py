"""How does an agent move a case past the rules? With a reason."""

from uuid import UUID

from bff.cases.deciding.overriding import Order, override
from bff.cases.refusal import Refusal
from bff.cases.standing import Author
from bff.resolvers.case_writing import refused, text_of, write_case
from bff.schema.agent_inputs import OverrideCaseInput
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.storage.database import Connection


async def override_case(context: RequestContext, asked: OverrideCaseInput) -> CasePayloadSource:
    """An agent moves a case. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        order = Order(asked.status, text_of(asked.reason, "reason"))
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        await override(tx, case, order, author, context.now, asked.version)

    return await write_case(context, "overrideCase", asked, work)
