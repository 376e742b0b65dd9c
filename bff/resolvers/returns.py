"""How does a customer book the way back? The input checked, then booked under the case's lock."""

from uuid import UUID

from bff.cases.goods import booking
from bff.cases.goods.booking import Booking
from bff.cases.refusal import Refusal
from bff.cases.standing import Author
from bff.resolvers.case_writing import refused, text_of, write_case
from bff.resolvers.request_return import given
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.return_inputs import ScheduleReturnInput
from bff.storage.database import Connection

LONGEST_NAME = 100


async def schedule_return(context: RequestContext, asked: ScheduleReturnInput) -> CasePayloadSource:
    """The case with its parcel. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        wanted = wanted_of(asked)
        booking.check(wanted)
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        await booking.book(tx, case, wanted, author, context.now, asked.version)

    return await write_case(context, "scheduleReturn", asked, work)


def wanted_of(asked: ScheduleReturnInput) -> Booking:
    """The booking that the input asks for. Raises INVALID_INPUT."""
    carrier, tracking = given(asked.carrier), given(asked.tracking_number)
    return Booking(
        method=asked.method,
        pickup_from=given(asked.pickup_from),
        pickup_until=given(asked.pickup_until),
        carrier=None if carrier is None else text_of(carrier, "carrier", longest=LONGEST_NAME),
        tracking=None if tracking is None else text_of(tracking, "trackingNumber", longest=LONGEST_NAME),
    )
