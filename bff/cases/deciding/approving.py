"""What does an approval bring about? Goods to send are put aside; money is paid when its time has come."""

from datetime import datetime
from uuid import UUID

from bff.cases.change import Change, carry_out
from bff.cases.goods import exchanges
from bff.cases.money.settling import end_offers
from bff.cases.refusal import Refusal
from bff.cases.standing import SYSTEM, Author, Standing
from bff.cases.state import Automaton, CaseStep
from bff.storage.database import Connection
from bff.vocabulary import CaseAction, DeadlineKind

BY_POLICY = Change(on=CaseStep.AUTO_APPROVE, by=Automaton.POLICY, event="case_approved", data={"by": "policy"})
BY_SILENCE = Change(on=DeadlineKind.MERCHANT_RESPONSE, by=Automaton.DEADLINE, event="merchant_silent")


async def approve(
    tx: Connection, case: UUID, author: Author, at: datetime, version: int, note: str | None
) -> Standing:
    """A merchant or agent says yes. Raises a Refusal, OUT_OF_STOCK among others."""
    data = {"note": note} if note else {}
    change = Change(on=CaseAction.APPROVE, by=author.role, event="case_approved", data=data)

    async def put_aside(before: Standing) -> None:
        await end_offers(tx, case, at)  # who grants it all takes back what was offered for a part
        try:
            await exchanges.reserve(tx, before, at, author)
        except Refusal as refusal:  # whoever approves did not name what is to be sent
            raise Refusal(refusal.code, refusal.message) from None

    return await carry_out(tx, case, change, author, at, version=version, write=put_aside)


async def approve_unasked(tx: Connection, case: UUID, change: Change, at: datetime) -> Standing:
    """The policy says yes, or the merchant's silence does: what cannot be sent is paid for instead."""

    async def put_aside(before: Standing) -> None:
        await exchanges.reserve_or_pay(tx, before, at)

    return await carry_out(tx, case, change, SYSTEM, at, write=put_aside)
