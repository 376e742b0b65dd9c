"""What if both agree on something else? A merchant offers an amount, the customer takes it or not."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.calendars import due
from bff.cases.change import Change, carry_out, lock, must_be_current, must_be_theirs
from bff.cases.clocks import duration
from bff.cases.conditions import WITH_THE_WAREHOUSE
from bff.cases.goods import exchanges
from bff.cases.money.agreed_lines import agree, left_of, lines_of
from bff.cases.money.agreement import Agreement
from bff.cases.refusal import Refusal, absent, invalid
from bff.cases.standing import Author, Standing, standing
from bff.cases.state import CaseStep
from bff.markets import market
from bff.money import Money, split
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.user_errors import UserErrorCode
from bff.vocabulary import CaseAction, DeadlineKind, OfferStatus


class Proposal(Struct, frozen=True):
    """What is offered, in minor units, beside what was refunded before."""

    amount: int
    keeps_goods: bool
    message: str | None = None


async def propose(
    tx: Connection, case: UUID, author: Author, at: datetime, version: int, proposal: Proposal
) -> Standing:
    """The merchant offers it until the customer's time to answer is over. Raises a Refusal."""
    data: dict[str, object] = {"amount": proposal.amount, "keeps_goods": proposal.keeps_goods}
    change = Change(on=CaseAction.PROPOSE_OFFER, by=author.role, event="offer_made", data=data)

    async def offer(before: Standing) -> None:
        data["currency"] = before.currency
        if proposal.keeps_goods and before.status in WITH_THE_WAREHOUSE:
            raise invalid("the goods are here already: the customer cannot keep them", "keepsGoods")
        must_fit(proposal.amount, sum(await left_of(tx, before.order_id, await lines_of(tx, case))), before)
        place = market(before.market)
        expires = due(place, at, duration(place, DeadlineKind.OFFER_RESPONSE))
        (row,) = await tx.rows("SELECT count(*) AS n FROM offers WHERE case_id = ?", case)
        await tx.execute(
            "INSERT INTO offers (id, case_id, round, amount_minor, keeps_goods, message, status, made_at,"
            " expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(new_id(), case, row["n"] + 1, proposal.amount, proposal.keeps_goods, proposal.message),
            *(OfferStatus.OPEN, at, expires),
        )

    return await carry_out(tx, case, change, author, at, version=version, write=offer)


def must_fit(amount: int, left: int, case: Standing) -> None:
    """Raises AMOUNT_EXCEEDED for more than may still be refunded."""
    if amount > left:
        most = Money(left, case.currency)
        message = f"`amount` is more than may still be refunded for this case: {most.amount} {most.currency}"
        raise Refusal(UserErrorCode.AMOUNT_EXCEEDED, message, "amount", "amount")


class _Offer(Struct, frozen=True):
    id: UUID
    amount: int
    keeps_goods: bool
    status: OfferStatus
    expires_at: datetime


async def answer(
    tx: Connection, case: UUID, author: Author, at: datetime, version: int, offer: UUID | None, *, accept: bool
) -> Standing:
    """The customer takes the case's open offer, or not. Raises a Refusal, DEADLINE_PASSED among others."""
    on, event = (
        (CaseAction.ACCEPT_OFFER, "offer_accepted") if accept else (CaseStep.REJECT_OFFER, "offer_rejected")
    )
    change = Change(on=on, by=author.role, event=event)
    await lock(tx, case)
    before = await standing(tx, case, at)
    must_be_theirs(change)
    must_be_current(before, version)
    found = await _find(tx, case, offer, at)

    async def settle(now: Standing) -> None:
        await tx.execute(
            "UPDATE offers SET status = ?, answered_at = ? WHERE id = ?",
            *(OfferStatus.ACCEPTED if accept else OfferStatus.REJECTED, at, found.id),
        )
        if accept:
            await _agree_on(tx, now, found, at)

    return await carry_out(tx, case, change, author, at, version=version, write=settle)


async def _find(tx: Connection, case: UUID, offer: UUID | None, at: datetime) -> _Offer:
    """The offer of that id, if it waits for its answer."""
    rows = await tx.structs(
        _Offer,
        "SELECT id, amount_minor, keeps_goods, status, expires_at FROM offers WHERE case_id = ? AND id = ?",
        *(case, offer),
    )
    if not rows:
        raise absent("offer in this case", "offerId")
    (found,) = rows
    if found.status in {OfferStatus.OPEN, OfferStatus.EXPIRED} and at >= found.expires_at:
        raise Refusal(UserErrorCode.DEADLINE_PASSED, "The time to answer this offer is over", "offerId")
    if found.status is not OfferStatus.OPEN:
        raise Refusal(UserErrorCode.INVALID_STATE, f"This offer is {found.status} already", "offerId")
    return found


async def _agree_on(tx: Connection, now: Standing, offer: _Offer, at: datetime) -> None:
    """The offer takes the place of all that was agreed: its amount, and no goods in exchange.

    It is spread over the lines by what each may still get. What was claimed back stays so.
    """
    await exchanges.cancel(tx, now, at)
    lines = await lines_of(tx, now.id)
    left = await left_of(tx, now.order_id, lines)
    must_fit(offer.amount, sum(left), now)
    claimed = split(now.clawed_back, [line.asked for line in lines]) if now.clawed_back else [0] * len(lines)
    for line, part, back in zip(lines, split(offer.amount, left), claimed, strict=True):
        await agree(tx, line.id, Agreement.plain(max(0, line.asked - back + part)))
    if offer.keeps_goods:
        await tx.execute("UPDATE cases SET goods_travel = (1 = 0) WHERE id = ?", now.id)
        await tx.execute(
            "UPDATE reverse_shipments SET status = 'CANCELLED' WHERE case_id = ? AND status = 'BOOKED'", now.id
        )
