"""Who is asking? What the graph tells a caller about itself."""

from typing import Any

import strawberry

from bff.schema.context import Info
from bff.schema.customer import Customer
from bff.schema.enums import Role
from bff.schema.fields import attribute, resolved
from bff.schema.found import found
from bff.schema.merchant import Merchant
from bff.viewer import Viewer as Caller


async def customer(root: Caller, info: Info) -> Any:
    """The customer that the token names."""
    return (await found(info.context, "Customer", [root.customer_id]))[0] if root.customer_id else None


async def merchant(root: Caller, info: Info) -> Any:
    """The merchant that the token names."""
    return (await found(info.context, "Merchant", [root.merchant_id]))[0] if root.merchant_id else None


@strawberry.type(description="The signed-in caller.")
class Viewer:
    role: Role = attribute("Decides what the caller may see and do.")
    customer: Customer | None = resolved(
        customer, "Role CUSTOMER only; null too before the customer's first order has come in."
    )
    merchant: Merchant | None = resolved(
        merchant, "Role MERCHANT only; null too before the merchant's first line was sold."
    )
