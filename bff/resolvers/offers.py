"""How is an offer made and answered? By the merchant in the order's currency, by the customer with yes or no."""

from uuid import UUID

from bff.cases.deciding.offering import Proposal, answer, propose
from bff.cases.refusal import Refusal
from bff.cases.standing import Author
from bff.resolvers.case_writing import currency_of, minor_of, note_of, refused, write_case
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.ids import key_of
from bff.schema.offer_inputs import ProposeOfferInput, RespondToOfferInput
from bff.storage.database import Connection


async def propose_offer(context: RequestContext, asked: ProposeOfferInput) -> CasePayloadSource:
    """The merchant offers something else. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        message = note_of(asked.message, "message")
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        amount = minor_of(asked.amount, await currency_of(tx, case), "amount")
        proposal = Proposal(amount, asked.keeps_goods, message)
        await propose(tx, case, author, context.now, asked.version, proposal)

    return await write_case(context, "proposeOffer", asked, work)


async def respond_to_offer(context: RequestContext, asked: RespondToOfferInput) -> CasePayloadSource:
    """The customer takes it, or not. Raises UNAUTHENTICATED."""

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        offer = key_of("Offer", asked.offer_id)
        await answer(tx, case, author, context.now, asked.version, offer, accept=asked.accept)

    return await write_case(context, "respondToOffer", asked, work)
