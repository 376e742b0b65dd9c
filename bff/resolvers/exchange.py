"""How does a merchant send an exchange, or a repair? With a carrier and its number."""

from uuid import UUID

from bff.cases.goods.sending import ship
from bff.cases.refusal import Refusal
from bff.cases.standing import Author
from bff.resolvers.case_writing import refused, text_of, write_case
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.goods_inputs import ShipExchangeInput
from bff.storage.database import Connection

LONGEST = 100


async def ship_exchange(context: RequestContext, asked: ShipExchangeInput) -> CasePayloadSource:
    """The merchant sends it. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        carrier = text_of(asked.carrier, "carrier", longest=LONGEST)
        tracking = text_of(asked.tracking_number, "trackingNumber", longest=LONGEST)
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        await ship(tx, case, author, context.now, asked.version, carrier, tracking)

    return await write_case(context, "shipExchange", asked, work)
