"""What is on the shelf? A warehouse's counts, set once for a key: sent again they do not undo what came after."""

from bff.cases import idempotency
from bff.cases.idempotency import IdempotencyConflict, KeyRefused
from bff.cases.refusal import Refusal
from bff.orders.stock import StockLevel, set_levels
from bff.resolvers.plain import plain
from bff.resolvers.writing import KEY, key_of_request, shown
from bff.schema.context import RequestContext
from bff.schema.errors import bad_input, forbidden
from bff.schema.stock import SetStockInput, StockLevelInput, StockSource
from bff.schema.user_error import UserErrorSource
from bff.storage.database import Connection
from bff.storage.folding import is_storable
from bff.user_errors import UserErrorCode
from bff.vocabulary import Role

MOST_LEVELS, MOST_UNITS = 100, 2**31 - 1


async def set_stock(context: RequestContext, asked: SetStockInput) -> StockSource:
    """Sets the good levels. Raises UNAUTHENTICATED, FORBIDDEN, and BAD_USER_INPUT for no levels or too many."""
    if context.signed_in().role is not Role.INGEST:
        raise forbidden("INGEST")
    if not 1 <= len(asked.levels) <= MOST_LEVELS:
        raise bad_input(
            f"`levels` has {len(asked.levels)} entries; it must have 1 to {MOST_LEVELS}", "input", "levels"
        )
    try:
        return await _once(context, asked, key_of_request(context, asked.idempotency_key))
    except Refusal as refusal:
        return StockSource(0, [shown(refusal)])
    except IdempotencyConflict as conflict:
        return StockSource(0, [UserErrorSource(UserErrorCode.IDEMPOTENCY_CONFLICT, str(conflict), [KEY])])
    except KeyRefused as refused:
        return StockSource(0, [UserErrorSource(UserErrorCode.INVALID_INPUT, str(refused), [KEY])])


async def _once(context: RequestContext, asked: SetStockInput, key: str) -> StockSource:
    """Sets them once for the key; where some were refused it stays free, so that they can be put right."""
    viewer, request = context.signed_in(), plain(asked)
    del request[KEY]

    async def work(tx: Connection) -> StockSource:
        claimed = await idempotency.claim(
            tx,
            principal=f"{viewer.role}:{viewer.subject}",
            operation="setStock",
            key=key,
            request=request,
            at=context.now,
        )
        if not claimed.is_new:
            return StockSource(claimed.stored["updated"], [])
        answered = await _set(tx, asked)
        if answered.user_errors:
            await idempotency.free(tx, claimed)
        else:
            await idempotency.answer(tx, claimed, {"updated": answered.updated})
        return answered

    return await context.database.run_tx(work)


async def _set(tx: Connection, asked: SetStockInput) -> StockSource:
    errors = [error for place, level in enumerate(asked.levels) for error in wrong(place, level)]
    refused = {error.path[1] for error in errors}
    good = [place for place in range(len(asked.levels)) if str(place) not in refused]
    unknown = [good[place] for place in await set_levels(tx, [level_of(asked.levels[place]) for place in good])]
    errors += [
        UserErrorSource(UserErrorCode.NOT_FOUND, "There is no such variant", ["levels", str(place), "sku"])
        for place in unknown
    ]
    return StockSource(len(good) - len(unknown), sorted(errors, key=lambda error: int(error.path[1])))


def wrong(place: int, level: StockLevelInput) -> list[UserErrorSource]:
    """What is wrong with one level."""
    found = {}
    if not 0 <= level.stock <= MOST_UNITS:
        found["stock"] = f"is {level.stock}; it must be 0 to {MOST_UNITS}"
    for name, text in (("merchantExternalId", level.merchant_external_id), ("sku", level.sku)):
        if not is_storable(text):
            found[name] = "must be ordinary text"
    return [
        UserErrorSource(UserErrorCode.INVALID_INPUT, f"`{name}` {why}", ["levels", str(place), name])
        for name, why in found.items()
    ]


def level_of(level: StockLevelInput) -> StockLevel:
    """The level as the warehouse means it."""
    return StockLevel(level.merchant_external_id, level.sku, level.currency, level.stock)
