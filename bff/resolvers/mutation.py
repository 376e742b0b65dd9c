"""What can be changed? Each mutation takes one input and gives one payload."""

from typing import Annotated, Any

import strawberry

from bff.resolvers import guest, upsert_orders
from bff.schema.context import Info
from bff.schema.fields import resolved
from bff.schema.guest_session import GuestSessionPayload, OpenGuestSessionInput
from bff.schema.upsert_orders import UpsertOrdersInput, UpsertOrdersPayload

Batch = Annotated[UpsertOrdersInput, strawberry.argument(name="input", description="The batch.")]

LookUp = Annotated[OpenGuestSessionInput, strawberry.argument(name="input", description="What the guest knows.")]


async def open_guest_session(info: Info, look_up: LookUp) -> Any:
    """Lets a guest in."""
    return await guest.open_session(info.context, look_up)


async def upsert(info: Info, batch: Batch) -> Any:
    """Takes the good orders of a batch."""
    return await upsert_orders.upsert_orders(info.context, batch)


@strawberry.type(description="What can be changed.")
class Mutation:
    open_guest_session: GuestSessionPayload = resolved(
        open_guest_session,
        "Lets somebody in who is not signed in: a token for one order. An absent order and another e-mail address"
        " are both NOT_FOUND. After five look-ups within 15 minutes, of one order or from one address, an error"
        " RATE_LIMITED says in `retryAfter` how many seconds to wait.",
    )
    upsert_orders: UpsertOrdersPayload = resolved(
        upsert,
        "Tells of new and changed orders. [ingest] A bad order is reported, with the path to every mistake, and"
        " stops no other.",
    )
