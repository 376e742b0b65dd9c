"""What do carriers tell of parcels? Scans that come late, twice and out of order, each taken in once.

Goods that a scan shows on their way were handed over. Where that was in time, and only the news of it came after
the case had expired, the case goes on as if nothing had been late.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from msgspec import Struct

from bff.cases import ends
from bff.cases.asking.terms import terms_of
from bff.cases.change import Change, carry_on, carry_out, lock
from bff.cases.goods import reopening, sending
from bff.cases.idempotency import IdempotencyConflict, answer, claim
from bff.cases.money import books
from bff.cases.money.settling import event
from bff.cases.refusal import Refusal
from bff.cases.standing import Author, Standing, standing
from bff.cases.state import Automaton, CaseStep
from bff.cases.timeline import record
from bff.cases.transitions import is_allowed
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import CaseStatus, DisputeStatus, LiableParty, ReverseShipmentStatus

WAITING = frozenset({CaseStatus.APPROVED, CaseStatus.IN_TRANSIT})
LOST_ON_THE_WAY_BACK = "lost_on_the_way_back"
# Who has it, and where it was seen last: later ones win where two were told for one instant.
MOVING = (
    ReverseShipmentStatus.PICKED_UP,
    ReverseShipmentStatus.IN_TRANSIT,
    ReverseShipmentStatus.LOST,
    ReverseShipmentStatus.DELIVERED,
)


class Scan(Struct, frozen=True, kw_only=True):
    """Something that a carrier told of a parcel; `event_id` is its own name for that, the same for ever."""

    event_id: str
    status: ReverseShipmentStatus
    at: datetime
    place: str | None = None
    description: str | None = None

    @property
    def data(self) -> dict[str, object]:
        """As timelines tell it."""
        data: dict[str, object] = {"status": self.status.value}
        return data | {"place": self.place} if self.place else data


class Seen(Struct, frozen=True):
    """What one scan says of a parcel."""

    status: ReverseShipmentStatus
    at: datetime


class _Parcel(Struct, frozen=True):
    id: UUID
    status: ReverseShipmentStatus
    booked_at: datetime


async def take_in(tx: Connection, case: UUID, scans: Sequence[Scan], author: Author, at: datetime) -> int:
    """What is known of the parcel that comes back, and all that follows; how many of the scans were new."""
    await lock(tx, case)
    before = await standing(tx, case, at)
    (parcel,) = await tx.structs(
        _Parcel, "SELECT id, status, booked_at FROM reverse_shipments WHERE case_id = ?", case
    )
    new = [scan for scan in sorted(scans, key=lambda one: one.at) if await _keep(tx, parcel.id, scan)]
    if not new:
        return 0
    for scan in new:
        await record(tx, event(case, "parcel_scanned", at, author, scan.data))
    seen = await tx.structs(
        Seen, "SELECT status, at FROM reverse_shipment_events WHERE shipment_id = ?", parcel.id
    )
    status = furthest(seen, new, before.status, parcel.status, parcel.booked_at)
    await tx.execute("UPDATE reverse_shipments SET status = ? WHERE id = ?", status, parcel.id)
    noted = partial(note_loss, tx, before, parcel.status, status, author, at)
    if before.status in WAITING:
        await noted()
    on_their_way = [one.at for one in seen if one.status in MOVING]
    late = noted if before.status is CaseStatus.EXPIRED else None
    if not on_their_way or not await _handed_over(tx, case, min(on_their_way), author, at, late):
        await carry_on(tx, case, before, at)
    return len(new)


def furthest(
    seen: Sequence[Seen],
    new: Sequence[Scan],
    case: CaseStatus,
    known: ReverseShipmentStatus,
    booked_at: datetime,
) -> ReverseShipmentStatus:
    """Where a parcel is: delivered once that was ever said, else where it was seen last.

    One that nobody has yet is booked, or no longer, by what was told of it since; once somebody had it, neither.
    """
    moving = [one for one in seen if one.status in MOVING]
    if any(one.status is ReverseShipmentStatus.DELIVERED for one in moving):
        return ReverseShipmentStatus.DELIVERED
    if moving:
        return max(moving, key=lambda one: (one.at, MOVING.index(one.status))).status
    told = [one for one in new if one.at >= booked_at]
    waits = case is CaseStatus.APPROVED and known not in MOVING
    return max(told, key=lambda one: one.at).status if waits and told else known


async def book_costs(tx: Connection, now: Standing, at: datetime) -> None:
    """What others than the customer bear of the way back; once, when the goods set off or are here unannounced."""
    sums: dict[tuple[str, LiableParty], int] = {}
    for line in (await terms_of(tx, now.id)).lines:
        for kind, party, amount in line.shares:
            sums[kind, party] = sums.get((kind, party), 0) + amount
    await books.relieved(tx, now.id, [(*key, amount) for key, amount in sums.items()], at)


async def _keep(tx: Connection, parcel: UUID, scan: Scan) -> bool:
    """Whether it is news."""
    kept = await tx.execute(
        "INSERT INTO reverse_shipment_events (id, shipment_id, event_id, status, at, place, description)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING",
        *(new_id(), parcel, scan.event_id, scan.status, scan.at, scan.place, scan.description),
    )
    return kept == 1


async def _handed_over(
    tx: Connection,
    case: UUID,
    when: datetime,
    author: Author,
    at: datetime,
    late: Callable[[], Awaitable[None]] | None,
) -> bool:
    """Whether the case goes on because its goods set off at that instant; `late` is done where it had expired."""
    now = await standing(tx, case, at)
    if not is_allowed(now.state, CaseStep.HAND_OVER, Automaton.CARRIER):
        return False
    if late and not await reopening.was_in_time(tx, case, when):
        return False
    data = {"handed_over_at": when.isoformat()}
    change = Change(on=CaseStep.HAND_OVER, by=Automaton.CARRIER, event="goods_handed_over", data=data)

    async def write(before: Standing) -> None:
        if late:
            await late()
            await reopening.restore(tx, before, at)
        await ends.goods_left(tx, case, at)
        await book_costs(tx, before, at)

    try:
        async with tx.savepoint():
            await carry_out(tx, case, change, author, at, write=write)
    except Refusal as refusal:
        await reopening.ask_agents(tx, case, refusal, at)
        return False
    return True


async def note_loss(
    tx: Connection,
    before: Standing,
    known: ReverseShipmentStatus,
    status: ReverseShipmentStatus,
    author: Author,
    at: datetime,
) -> None:
    """Goods that a carrier has lost are the carrier's loss, unless somebody has ruled; found, they are awaited."""
    lost = ReverseShipmentStatus.LOST
    if (known is lost) == (status is lost):
        return
    missing = "quantity - received_quantity - short_quantity" if status is lost else "0"
    await tx.execute(f"UPDATE case_lines SET lost_quantity = {missing} WHERE case_id = ?", before.id)
    if status is not lost:
        return
    await record(tx, event(before.id, "parcel_lost", at, author))
    if before.state.dispute is DisputeStatus.RULED:
        return
    _, liable, _ = await books.parties(tx, before.id)
    borne = await books.borne(tx, before.id)
    await books.shifted(tx, before.id, liable, LiableParty.CARRIER, borne, at, LOST_ON_THE_WAY_BACK)
    await tx.execute(
        "UPDATE cases SET liable_party = ?, liability_basis = ?, liability_final = (1 = 1) WHERE id = ?",
        *(LiableParty.CARRIER, LOST_ON_THE_WAY_BACK, before.id),
    )
    decided: dict[str, object] = {"party": LiableParty.CARRIER.value, "basis": LOST_ON_THE_WAY_BACK}
    await record(tx, event(before.id, "liability_decided", at, author, decided))


# ---- parcels that go out ---------------------------------------------------------------------------


async def take_in_exchange(tx: Connection, case: UUID, scans: Sequence[Scan], author: Author, at: datetime) -> int:
    """What is known of goods that were sent instead; how many of the scans were new."""
    await lock(tx, case)
    new = [scan for scan in sorted(scans, key=lambda one: one.at) if await _is_news(tx, case, scan, at)]
    for scan in new:
        before = await standing(tx, case, at)
        arrived = scan.status is ReverseShipmentStatus.DELIVERED
        if arrived and is_allowed(before.state, CaseStep.DELIVER_EXCHANGE, Automaton.CARRIER):
            await sending.arrived(tx, case, at, author)
            continue
        lost = scan.status is ReverseShipmentStatus.LOST
        if lost and is_allowed(before.state, CaseStep.LOSE_EXCHANGE, Automaton.CARRIER):
            await sending.lost(tx, case, at, author)
            continue
        await record(tx, event(case, "parcel_lost" if lost else "parcel_scanned", at, author, scan.data))
        await carry_on(tx, case, before, at)
    return len(new)


async def _is_news(tx: Connection, case: UUID, scan: Scan, at: datetime) -> bool:
    """Such scans are kept by their names alone: what they say does no harm when it is told again."""
    try:
        claimed = await claim(
            tx, principal=f"parcel:{case}", operation="shipmentEvent", key=scan.event_id, request={}, at=at
        )
    except IdempotencyConflict:
        return False
    if claimed.is_new:
        await answer(tx, claimed, {})
    return claimed.is_new
