"""How content is the customer? Their marks for how a case was handled, given once."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.change import Change, carry_out
from bff.cases.standing import Author, Standing
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import CaseAction

SATISFACTION, RECOMMEND = range(1, 6), range(11)


class Rating(Struct, frozen=True):
    """Satisfied 1 to 5, would recommend 0 to 10 where that was answered, and in their own words."""

    satisfaction: int
    recommend: int | None = None
    comment: str | None = None


async def rate(tx: Connection, case: UUID, rating: Rating, author: Author, at: datetime) -> Standing:
    """The customer's marks for a case that is over. Raises INVALID_STATE before that, and for a second time."""

    async def write(_: Standing) -> None:
        await tx.execute(
            "INSERT INTO ratings (id, case_id, satisfaction, recommend, comment, rated_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            *(new_id(), case, rating.satisfaction, rating.recommend, rating.comment, at),
        )

    data = {"satisfaction": rating.satisfaction}
    change = Change(on=CaseAction.RATE, by=author.role, event="case_rated", data=data)
    return await carry_out(tx, case, change, author, at, write=write)
