"""How does a mutation change a case? By its global id, in the frame of every write, answered with the case."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from bff.cases.asking.judging import Rules
from bff.cases.refusal import Refusal, absent, invalid
from bff.cases.standing import Author
from bff.execution.batched import Batches
from bff.money import LARGEST_MINOR, MoneyError, parse_minor
from bff.resolvers.writing import Written, shown, write
from bff.schema.case_inputs import MoneyInput
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.found import found
from bff.schema.ids import key_of
from bff.storage.database import Connection
from bff.storage.folding import is_storable
from bff.storage.reads import cases

CaseWork = Callable[[Connection, UUID, Author], Awaitable[object]]
LONGEST_TEXT = 10_000


def rules_of(context: RequestContext) -> Rules:
    """The rules of a request, for what is decided inside a transaction."""
    return Rules(context.kernel, context.providers, context.database)


async def write_case(
    context: RequestContext, operation: str, asked: Any, work: CaseWork, case_id: str | None = None
) -> CasePayloadSource:
    """Does the work on the case that the input names, once for its key. Raises UNAUTHENTICATED."""
    context.signed_in()

    async def on_case(tx: Connection, author: Author) -> UUID:
        key = await the_case(context, case_id or asked.case_id)
        await work(tx, key, author)
        return key

    return await answered(context, await write(context, operation, asked, on_case))


async def the_case(context: RequestContext, case_id: str, *path: str) -> UUID:
    """The key of a case that the viewer may see. Raises NOT_FOUND."""
    key = key_of("Case", case_id)
    if key is None or key not in await cases.by_id(context.database, context.scope, [key]):
        raise absent("case", *(path or ("caseId",)))
    return key


async def answered(context: RequestContext, written: Written) -> CasePayloadSource:
    """The payload, with the case read anew: what was read before the change is forgotten."""
    context.batches = Batches()
    if written.key is None:
        return CasePayloadSource([], written.user_errors)
    cases_now = await found(context, "Case", [written.key, *written.others])
    return CasePayloadSource([case for case in cases_now if case is not None], written.user_errors)


def refused(refusal: Refusal) -> CasePayloadSource:
    """What was wrong with the input alone, before anything was looked at."""
    return CasePayloadSource([], [shown(refusal)])


def text_of(value: str, *path: str, longest: int = LONGEST_TEXT) -> str:
    """A text that says something. Raises INVALID_INPUT."""
    text = value.strip()
    if not text or len(text) > longest or not is_storable(text):
        raise invalid(f"`{path[-1]}` must be 1 to {longest} characters of ordinary text", *path)
    return text


def note_of(value: Any, *path: str) -> str | None:
    """A text that may be left out."""
    return text_of(value, *path) if isinstance(value, str) and value.strip() else None


def minor_of(asked: MoneyInput, currency: str, *path: str) -> int:
    """A positive amount in minor units of the case's currency. Raises INVALID_INPUT, which leads to the field."""
    minor = minor_or_zero(asked, currency, *path)
    if minor == 0:
        raise invalid("`amount` is 0; it must be more", *path, "amount")
    return minor


def minor_or_zero(asked: MoneyInput, currency: str, *path: str) -> int:
    """As `minor_of`, and nothing is an amount too."""
    if asked.currency != currency:
        raise invalid(f"`currency` is {asked.currency}; the order is in {currency}", *path, "currency")
    try:
        minor = parse_minor(str(asked.amount), currency)
    except MoneyError as error:
        raise invalid(str(error), *path, "amount") from None
    if not 0 <= minor <= LARGEST_MINOR:
        raise invalid(f"`amount` is {asked.amount}; it must not be negative", *path, "amount")
    return minor


async def currency_of(tx: Connection, case: UUID) -> str:
    """The one currency of a case, which never changes."""
    (row,) = await tx.rows("SELECT currency FROM cases WHERE id = ?", case)
    return str(row["currency"])
