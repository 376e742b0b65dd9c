"""How does a warehouse tell what is on the shelf? The input of `setStock`, and what became of it."""

import strawberry
from msgspec import Struct

from bff.schema.case_inputs import ABOUT_KEYS
from bff.schema.fields import attribute
from bff.schema.scalars import CurrencyCode
from bff.schema.upsert_orders import given
from bff.schema.user_error import Payload, UserErrorSource


@strawberry.input(description="How many units of one variant there are.")
class StockLevelInput:
    merchant_external_id: str = given("The shop's own key of the seller.")
    sku: str = given("One variant, as orders with a `productExternalId` have named it.")
    currency: CurrencyCode = given("The same variant in another currency is another shelf.")
    stock: int = given("Units, those put aside for exchanges among them; 0 or more.")


@strawberry.input(description="What is on some shelves now.")
class SetStockInput:
    levels: list[StockLevelInput] = given("1 to 100 levels, each taken or refused on its own.")
    idempotency_key: str = given(ABOUT_KEYS)


class StockSource(Struct, frozen=True, eq=False):
    """What became of the levels."""

    updated: int
    user_errors: list[UserErrorSource]


@strawberry.type(description="What became of some stock levels.")
class SetStockPayload(Payload):
    updated: int = attribute("Levels that were set.")

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are outcomes."""
        return isinstance(source, StockSource)
