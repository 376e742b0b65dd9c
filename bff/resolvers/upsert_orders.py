"""What did an order system send, and what became of it? From inputs to records, from rejections to user errors."""

import re
from collections.abc import Sequence

from bff.cases.refusal import Refusal
from bff.orders.records import OrderRecord, UnreadableRecordError, read_record
from bff.orders.upsert import Rejection, UpsertOutcome, upsert
from bff.resolvers.plain import plain
from bff.resolvers.writing import key_of_request
from bff.schema.context import RequestContext
from bff.schema.enums import UserErrorCode
from bff.schema.errors import bad_input, forbidden
from bff.schema.upsert_orders import OrderInput, UpsertOrdersInput, UpsertSource
from bff.schema.user_error import UserErrorSource
from bff.vocabulary import Role

MOST_ORDERS = 100
LONGEST_KEY = 255
STEP = re.compile(r"[^.\[\]]+")


async def upsert_orders(context: RequestContext, asked: UpsertOrdersInput) -> UpsertSource:
    """Takes the good orders of a batch, or none: raises UNAUTHENTICATED, FORBIDDEN or BAD_USER_INPUT."""
    if context.signed_in().role is not Role.INGEST:
        raise forbidden("INGEST")
    try:
        check(asked, key_of_request(context, asked.idempotency_key))
    except Refusal as refusal:
        raise bad_input(refusal.message, "input", *refusal.path) from None
    records, unreadable = readable(asked.orders)
    outcome = await upsert(context.database, [record for _, record in records])
    positions = [index for index, _ in records]
    return answer(outcome, unreadable + [moved(one, positions[one.index]) for one in outcome.rejected])


def check(asked: UpsertOrdersInput, key: str) -> None:
    """Raises BAD_USER_INPUT for a batch that is none."""
    if not 1 <= len(asked.orders) <= MOST_ORDERS:
        message = f"`orders` has {len(asked.orders)} entries; it must have 1 to {MOST_ORDERS}"
        raise bad_input(message, "input", "orders")
    if not (1 <= len(key) <= LONGEST_KEY and key.isprintable()):
        message = f"`idempotencyKey` must be 1 to {LONGEST_KEY} printable characters"
        raise bad_input(message, "input", "idempotencyKey")


def readable(orders: Sequence[OrderInput]) -> tuple[list[tuple[int, OrderRecord]], list[Rejection]]:
    """The orders that are records, by index, and why the others are none."""
    records, unreadable = [], []
    for index, order in enumerate(orders):
        try:
            records.append((index, read_record(plain(order))))
        except UnreadableRecordError as error:
            unreadable.append(Rejection(index, f"orders[{index}].{error.field}", error.reason))
    return records, unreadable


def moved(rejection: Rejection, index: int) -> Rejection:
    """The same rejection under the order's index in the whole batch."""
    place = rejection.field.removeprefix(f"orders[{rejection.index}]")
    return Rejection(index, f"orders[{index}]{place}", rejection.reason)


def answer(outcome: UpsertOutcome, rejected: Sequence[Rejection]) -> UpsertSource:
    """The payload; one user error a reason, in the order of the batch."""
    return UpsertSource(
        outcome.created,
        outcome.updated,
        outcome.unchanged,
        [
            UserErrorSource(UserErrorCode.INVALID_INPUT, one.reason, STEP.findall(one.field))
            for one in sorted(rejected, key=lambda one: one.index)
        ],
    )
