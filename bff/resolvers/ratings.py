"""How does a customer rate a case? With marks in their ranges, once."""

from typing import Any
from uuid import UUID

from bff.cases.deciding.rating import RECOMMEND, SATISFACTION, Rating, rate
from bff.cases.refusal import Refusal, invalid
from bff.cases.standing import Author
from bff.resolvers.case_writing import note_of, refused, write_case
from bff.resolvers.request_return import given
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.rating_input import RateCaseInput
from bff.storage.database import Connection


async def rate_case(context: RequestContext, asked: RateCaseInput) -> CasePayloadSource:
    """The customer says how it went. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        check_mark("satisfaction", asked.satisfaction, SATISFACTION)
        check_mark("recommend", given(asked.recommend), RECOMMEND)
        rating = Rating(asked.satisfaction, given(asked.recommend), note_of(asked.comment, "comment"))
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        await rate(tx, case, rating, author, context.now)

    return await write_case(context, "rateCase", asked, work)


def check_mark(name: str, mark: Any, marks: range) -> None:
    """Raises INVALID_INPUT for a mark beyond its range; one that is left out is none."""
    if mark is not None and mark not in marks:
        raise invalid(f"`{name}` is {mark}; it must be {marks[0]} to {marks[-1]}", name)
