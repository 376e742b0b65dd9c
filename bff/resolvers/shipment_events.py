"""What do carriers tell? Each parcel's scans are taken in together, in a transaction of their own.

Events are idempotent by their own names; the batch's key gives its first answer again once all of it was taken.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct

from bff.cases import idempotency
from bff.cases.goods import parcels
from bff.cases.goods.parcels import Scan
from bff.cases.idempotency import IdempotencyConflict, KeyRefused
from bff.cases.refusal import Refusal, absent, invalid
from bff.cases.standing import Author
from bff.orders.check import EARLIEST_YEAR
from bff.resolvers.case_writing import text_of
from bff.resolvers.plain import plain
from bff.resolvers.request_return import given
from bff.resolvers.writing import KEY, key_of_request, shown
from bff.schema.context import RequestContext
from bff.schema.shipment_event_inputs import RecordEventsSource, RecordShipmentEventsInput, ShipmentEventInput
from bff.schema.user_error import UserErrorSource
from bff.storage.database import Connection
from bff.storage.reads.tracked import Parcels, parcels_of
from bff.user_errors import UserErrorCode
from bff.viewer import Viewer
from bff.vocabulary import Role

OPERATION = "recordShipmentEvents"
MOST_EVENTS = 100
FAST = timedelta(hours=1)  # so much may a carrier's clock be ahead of ours
LONGEST_ID, LONGEST_NUMBER, LONGEST_PLACE, LONGEST_DESCRIPTION = 200, 100, 200, 1000


class _Told(Struct, frozen=True):
    """One scan, and where it stands in the batch."""

    index: int
    tracking: str
    scan: Scan


async def record_shipment_events(context: RequestContext, asked: RecordShipmentEventsInput) -> RecordEventsSource:
    """What became of the batch. Raises UNAUTHENTICATED."""
    viewer = context.signed_in()
    try:
        check(viewer, asked)
        key = key_of_request(context, asked.idempotency_key)
        known = await _known_answer(context, asked, key)
    except Refusal as refusal:
        return RecordEventsSource(0, 0, [shown(refusal)])
    if known is not None:
        return RecordEventsSource(known["applied"], known["duplicates"], [])
    answered = await _taken(context, asked)
    return answered if answered.user_errors else await _kept(context, asked, key, answered)


def check(viewer: Viewer, asked: RecordShipmentEventsInput) -> None:
    """Raises FORBIDDEN for everybody else than ingest, INVALID_INPUT for no events and too many."""
    if viewer.role is not Role.INGEST:
        raise Refusal(UserErrorCode.FORBIDDEN, "Events are told by logistics systems: INGEST")
    if not 1 <= len(asked.events) <= MOST_EVENTS:
        raise invalid(f"`events` has {len(asked.events)} entries; it must have 1 to {MOST_EVENTS}", "events")


async def _taken(context: RequestContext, asked: RecordShipmentEventsInput) -> RecordEventsSource:
    told, refusals = read(context, asked.events)
    whose = await parcels_of(context.database, [one.tracking for one in told])
    unknown = [one for one in told if one.tracking not in whose.back and one.tracking not in whose.out]
    refusals += [shown(absent("parcel", "events", str(one.index), "trackingNumber")) for one in unknown]
    by_number: dict[str, list[Scan]] = {}
    for one in told:
        by_number.setdefault(one.tracking, []).append(one.scan)
    applied = 0
    for number, scans in by_number.items():
        applied += await _take_in(context, whose, number, scans)
    refusals.sort(key=lambda error: int(error.path[1]))
    return RecordEventsSource(applied, len(told) - len(unknown) - applied, refusals)


def read(
    context: RequestContext, events: Sequence[ShipmentEventInput]
) -> tuple[list[_Told], list[UserErrorSource]]:
    """The events that can be true, and what is wrong with the others."""
    told, refusals = [], []
    for index, event in enumerate(events):
        try:
            told.append(_read(context, index, event))
        except Refusal as refusal:
            refusals.append(shown(refusal))
    return told, refusals


def _read(context: RequestContext, index: int, event: ShipmentEventInput) -> _Told:
    path = ("events", str(index))
    if event.at > context.now + FAST:
        raise invalid("`at` is in the future", *path, "at")
    if event.at.year < EARLIEST_YEAR:
        raise invalid(f"`at` is before the year {EARLIEST_YEAR}", *path, "at")
    scan = Scan(
        event_id=text_of(event.event_id, *path, "eventId", longest=LONGEST_ID),
        status=event.status,
        at=event.at,
        place=_optional(event.place, *path, "place", longest=LONGEST_PLACE),
        description=_optional(event.description, *path, "description", longest=LONGEST_DESCRIPTION),
    )
    number = text_of(event.tracking_number, *path, "trackingNumber", longest=LONGEST_NUMBER)
    return _Told(index, number, scan)


def _optional(value: Any, *path: str, longest: int) -> str | None:
    text = given(value)
    return text_of(text, *path, longest=longest) if text and text.strip() else None


async def _take_in(context: RequestContext, whose: Parcels, number: str, scans: Sequence[Scan]) -> int:
    """How many were news, of any of the cases whose goods are in the parcel."""
    author = Author.of(context.signed_in())

    async def back(tx: Connection) -> int:
        return max([await parcels.take_in(tx, case, scans, author, context.now) for case in whose.back[number]])

    async def out(tx: Connection) -> int:
        return max(
            [await parcels.take_in_exchange(tx, case, scans, author, context.now) for case in whose.out[number]]
        )

    if number in whose.back:
        return await context.database.run_tx(back)
    return await context.database.run_tx(out) if number in whose.out else 0


# ---- the key of the batch --------------------------------------------------------------------------


class _Unused(Exception):  # noqa: N818 - ends a transaction that only looked
    """The key is not bound yet."""


async def _known_answer(
    context: RequestContext, asked: RecordShipmentEventsInput, key: str
) -> dict[str, int] | None:
    """What the key was answered with, None where it is new. Raises a Refusal for one that cannot be used."""

    async def look(tx: Connection) -> dict[str, int]:
        claimed = await _claim(tx, context, asked, key)
        if claimed.is_new:
            raise _Unused
        stored: dict[str, int] = claimed.stored
        return stored

    try:
        return await context.database.run_tx(look)
    except _Unused:
        return None
    except IdempotencyConflict as conflict:
        raise Refusal(UserErrorCode.IDEMPOTENCY_CONFLICT, str(conflict), KEY) from None
    except KeyRefused as refused:
        raise invalid(str(refused), KEY) from None


async def _kept(
    context: RequestContext, asked: RecordShipmentEventsInput, key: str, answered: RecordEventsSource
) -> RecordEventsSource:
    """Binds the key to its answer; of two at once the one that was first."""

    async def keep(tx: Connection) -> RecordEventsSource:
        claimed = await _claim(tx, context, asked, key)
        if not claimed.is_new:
            return RecordEventsSource(claimed.stored["applied"], claimed.stored["duplicates"], [])
        stored = {"applied": answered.applied, "duplicates": answered.duplicates}
        await idempotency.answer(tx, claimed, stored)
        return answered

    return await context.database.run_tx(keep)


async def _claim(
    tx: Connection, context: RequestContext, asked: RecordShipmentEventsInput, key: str
) -> idempotency.Claim:
    viewer, request = context.signed_in(), plain(asked)
    del request[KEY]
    return await idempotency.claim(
        tx,
        principal=f"{viewer.role}:{viewer.subject}",
        operation=OPERATION,
        key=key,
        request=request,
        at=context.now,
    )
