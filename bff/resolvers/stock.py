"""What is on the shelf? A warehouse's counts, set at once; counts are idempotent by themselves."""

from collections.abc import Sequence

from bff.orders.stock import StockLevel, set_levels
from bff.schema.context import RequestContext
from bff.schema.errors import bad_input, forbidden
from bff.schema.stock import SetStockInput, StockLevelInput, StockSource
from bff.schema.user_error import UserErrorSource
from bff.storage.database import Connection
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
    errors = [error for place, level in enumerate(asked.levels) for error in wrong(place, level)]
    refused = {error.path[1] for error in errors}
    good = [place for place in range(len(asked.levels)) if str(place) not in refused]
    levels = [level_of(asked.levels[place]) for place in good]

    async def work(tx: Connection) -> Sequence[int]:
        return await set_levels(tx, levels)

    unknown = [good[place] for place in await context.database.run_tx(work)]
    errors += [
        UserErrorSource(UserErrorCode.NOT_FOUND, "There is no such variant", ["levels", str(place), "sku"])
        for place in unknown
    ]
    return StockSource(len(good) - len(unknown), sorted(errors, key=lambda error: int(error.path[1])))


def wrong(place: int, level: StockLevelInput) -> list[UserErrorSource]:
    """What is wrong with one level."""
    if 0 <= level.stock <= MOST_UNITS:
        return []
    message = f"`stock` is {level.stock}; it must be 0 to {MOST_UNITS}"
    return [UserErrorSource(UserErrorCode.INVALID_INPUT, message, ["levels", str(place), "stock"])]


def level_of(level: StockLevelInput) -> StockLevel:
    """The level as the warehouse means it."""
    return StockLevel(level.merchant_external_id, level.sku, level.currency, level.stock)
