"""How do the goods come back? A way is booked, and booked anew, until they are handed over."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from tortoise.exceptions import IntegrityError

from bff.cases import ends
from bff.cases.asking.terms import terms_of
from bff.cases.change import Change, carry_out
from bff.cases.goods import parcels
from bff.cases.numbers import drawn
from bff.cases.refusal import Refusal, invalid
from bff.cases.standing import Author, Standing
from bff.cases.state import CaseStep
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import CaseAction, DeadlineKind, ReturnMethod, ReverseShipmentStatus

LONGEST_SLOT = timedelta(hours=24)
FURTHEST_AHEAD = timedelta(days=30)  # where no deadline says when goods must be on their way
ANY_CARRIER = "courier"


class Booking(Struct, frozen=True, kw_only=True):
    """A way back as the customer wants it."""

    method: ReturnMethod
    pickup_from: datetime | None = None
    pickup_until: datetime | None = None
    carrier: str | None = None
    tracking: str | None = None

    @property
    def is_sent(self) -> bool:
        """Who has a number from the post office says that the parcel was handed in."""
        return self.method is ReturnMethod.MAIL and self.tracking is not None


class _Known(Struct, frozen=True):
    carrier: str | None
    due_at: datetime | None


class _Booked(Struct, frozen=True):
    id: UUID
    tracking: str | None


def check(booking: Booking) -> None:
    """Raises INVALID_INPUT for what is wrong with a booking whatever the case, and the time."""
    slot = (booking.pickup_from, booking.pickup_until)
    if booking.method is not ReturnMethod.PICKUP:
        if slot != (None, None):
            name = "pickupFrom" if slot[0] else "pickupUntil"
            raise invalid(f"`{name}` is for a PICKUP; a {booking.method} has no slot", name)
        return
    if booking.pickup_from is None:
        raise invalid("a PICKUP needs `pickupFrom`", "pickupFrom")
    if booking.pickup_until is None:
        raise invalid("a PICKUP needs `pickupUntil`", "pickupUntil")
    if not timedelta(0) < booking.pickup_until - booking.pickup_from <= LONGEST_SLOT:
        raise invalid("`pickupUntil` must be after `pickupFrom`, at most 24 hours", "pickupUntil")


async def book(
    tx: Connection, case: UUID, booking: Booking, author: Author, at: datetime, version: int
) -> Standing:
    """The way back is booked, in place of what was booked before; by mail with a number the goods are on it.

    Raises a Refusal: INVALID_INPUT for a method that is not on offer, a slot too early or late, a taken number.
    """
    data: dict[str, str] = {"method": booking.method.value}
    change = Change(on=CaseAction.SCHEDULE_RETURN, by=author.role, event="return_booked", data=data)

    async def write(before: Standing) -> None:
        known = await _known(tx, case)
        await _check_offer(tx, before, booking)
        _check_time(booking, known, at)
        carrier = booking.carrier or known.carrier or ANY_CARRIER
        data.update(carrier=carrier, tracking=await _write(tx, case, booking, carrier, at))
        await tx.execute("UPDATE cases SET carrier = ? WHERE id = ?", carrier, case)

    booked = await carry_out(tx, case, change, author, at, version=version, write=write)
    if not booking.is_sent:
        return booked
    handed_over = Change(on=CaseStep.HAND_OVER, by=author.role, event="goods_handed_over", is_more=True)

    async def hand_over(now: Standing) -> None:
        await ends.goods_left(tx, case, at)
        await parcels.book_costs(tx, now, at)  # the parcel stays BOOKED until a carrier tells of it

    return await carry_out(tx, case, handed_over, author, at, write=hand_over)


async def _known(tx: Connection, case: UUID) -> _Known:
    (known,) = await tx.structs(
        _Known,
        "SELECT c.carrier, (SELECT d.due_at FROM deadlines d WHERE d.case_id = c.id AND d.kind = ?"
        " AND d.settled_at IS NULL) FROM cases c WHERE c.id = ?",
        *(DeadlineKind.CUSTOMER_SHIPMENT, case),
    )
    return known


async def _check_offer(tx: Connection, before: Standing, booking: Booking) -> None:
    methods = (await terms_of(tx, before.id)).methods
    if methods and booking.method not in methods:
        there = ", ".join(methods)
        raise invalid(f"{booking.method} is not on offer for this case; on offer: {there}", "method")


def _check_time(booking: Booking, known: _Known, at: datetime) -> None:
    if booking.pickup_from is not None and booking.pickup_from <= at:
        raise invalid("`pickupFrom` is not in the future", "pickupFrom")
    latest = known.due_at or at + FURTHEST_AHEAD
    if booking.pickup_until is not None and booking.pickup_until > latest:
        message = f"`pickupUntil` is too late: the goods must be on their way before {latest.isoformat()}"
        raise invalid(message, "pickupUntil")


async def _write(tx: Connection, case: UUID, booking: Booking, carrier: str, at: datetime) -> str:
    """Writes the parcel; its number. What was booked before keeps its number unless the customer names one: it may
    stand on a label that is used all the same.
    """
    booked = await tx.structs(_Booked, "SELECT id, tracking_number FROM reverse_shipments WHERE case_id = ?", case)
    tracking = booking.tracking or (booked[0].tracking if booked else None) or await _own_number(tx, at)
    if booking.tracking and (
        await _is_taken(tx, booking.tracking, case) or await _is_outbound(tx, booking.tracking, case)
    ):
        raise _taken(booking.tracking)
    row = (booking.method, ReverseShipmentStatus.BOOKED, carrier, tracking)
    slot = (booking.pickup_from, booking.pickup_until)
    try:
        async with tx.savepoint():
            if booked:
                await tx.execute(
                    "UPDATE reverse_shipments SET method = ?, status = ?, carrier = ?, tracking_number = ?,"
                    " pickup_from = ?, pickup_until = ?, booked_at = ? WHERE id = ?",
                    *(*row, *slot, at, booked[0].id),
                )
            else:
                await tx.execute(
                    "INSERT INTO reverse_shipments (id, case_id, method, status, carrier, tracking_number,"
                    " pickup_from, pickup_until, booked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    *(new_id(), case, *row, *slot, at),
                )
    except IntegrityError:  # two at once: the other one has it
        raise _taken(tracking) from None
    return tracking


def _taken(tracking: str) -> Refusal:
    return invalid(f"`trackingNumber` {tracking} is another parcel's", "trackingNumber")


async def _own_number(tx: Connection, at: datetime) -> str:
    """A number of the shop's own, by which carriers may name a parcel that has no other."""
    while True:
        number = drawn("R", at)
        if not await _is_taken(tx, number, None):
            return number


async def _is_taken(tx: Connection, tracking: str, case: UUID | None) -> bool:
    """Whether another parcel has that number, coming back or going out: carriers name parcels by it alone."""
    rows = await tx.rows(
        "SELECT case_id FROM reverse_shipments WHERE tracking_number = ? AND case_id <> ?"
        " UNION ALL SELECT case_id FROM exchanges WHERE tracking_number = ?",
        *(tracking, case or new_id(), tracking),
    )
    return bool(rows)


async def _is_outbound(tx: Connection, tracking: str, case: UUID) -> bool:
    """Whether goods came to the customer under that number: their arrival would pass for that of a return."""
    rows = await tx.rows(
        "SELECT 1 FROM shipments s JOIN orders o ON o.id = s.order_id"
        " WHERE o.customer_id = (SELECT customer_id FROM cases WHERE id = ?) AND s.tracking_number = ?",
        *(case, tracking),
    )
    return bool(rows)
