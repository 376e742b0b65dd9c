"""Where do the product's own facts come from? One statement a fact, for all keys of a request.

No clock is read here: memberships carry their dates and quotas their reset, and the rule that asks compares
them with the instant of its request.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.policy.facts import (
    CATALOGUE_SIBLINGS,
    CUSTOMER_MEMBERSHIPS,
    CUSTOMER_QUOTAS,
    FactProvider,
    Membership,
    QuotaUse,
    Sibling,
)
from bff.storage.database import Database


class MembershipRow(Struct, frozen=True):
    """One segment of one customer."""

    customer_id: UUID
    segment: str
    since: datetime | None
    until: datetime | None


class QuotaRow(Struct, frozen=True):
    """The use of one quota in the latest period that anything was used in."""

    customer_id: UUID
    code: str
    used: int
    resets_at: datetime | None


class SiblingRow(Struct, frozen=True):
    """A variant, and the order line that it stands beside; prices are minor units."""

    line_id: UUID
    sku: str
    title: str
    variant: str | None
    price_minor: int
    currency: str
    available: int
    image_url: str | None


def providers(database: Database) -> tuple[FactProvider, ...]:
    """The sources of CORE_FACTS over one database. Customers without rows have none, which is known."""

    async def memberships(customers: Sequence[str]) -> Mapping[str, tuple[Membership, ...]]:
        return await memberships_of(database, customers)

    async def quotas(customers: Sequence[str]) -> Mapping[str, dict[str, QuotaUse]]:
        return await quotas_of(database, customers)

    async def siblings(lines: Sequence[str]) -> Mapping[str, tuple[Sibling, ...]]:
        return await siblings_of(database, lines)

    return (
        FactProvider(fact=CUSTOMER_MEMBERSHIPS, load=memberships),
        FactProvider(fact=CUSTOMER_QUOTAS, load=quotas, as_of="commit"),
        FactProvider(fact=CATALOGUE_SIBLINGS, load=siblings, as_of="commit"),
    )


async def memberships_of(database: Database, customers: Sequence[str]) -> dict[str, tuple[Membership, ...]]:
    """Every membership of each customer, past and future ones too."""
    condition, ids = database.among("customer_id", [UUID(customer) for customer in customers])
    columns = "customer_id, segment, since, until"
    rows = await database.structs(
        MembershipRow,
        f"SELECT {columns} FROM segment_memberships WHERE {condition} ORDER BY customer_id, segment",
        ids,
    )
    found: dict[str, tuple[Membership, ...]] = dict.fromkeys(customers, ())
    for row in rows:
        found[str(row.customer_id)] += (Membership(row.segment, row.since, row.until),)
    return found


async def quotas_of(database: Database, customers: Sequence[str]) -> dict[str, dict[str, QuotaUse]]:
    """By code what each customer has used in the latest period; whoever asks sees to its reset."""
    condition, ids = database.among("q.customer_id", [UUID(customer) for customer in customers])
    rows = await database.structs(
        QuotaRow,
        f"SELECT q.customer_id, q.code, q.used, q.resets_at FROM quota_usages q WHERE {condition}"
        " AND NOT EXISTS (SELECT 1 FROM quota_usages later WHERE later.customer_id = q.customer_id"
        " AND later.code = q.code AND later.period_start > q.period_start)",
        ids,
    )
    found: dict[str, dict[str, QuotaUse]] = {customer: {} for customer in customers}
    for row in rows:
        found[str(row.customer_id)][row.code] = QuotaUse(row.used, row.resets_at)
    return found


async def siblings_of(database: Database, lines: Sequence[str]) -> dict[str, tuple[Sibling, ...]]:
    """By order line every variant of its product in the order's currency, its own among them."""
    condition, ids = database.among("l.id", [UUID(line) for line in lines])
    rows = await database.structs(
        SiblingRow,
        "SELECT l.id, v.sku, p.title, v.variant, v.price_minor, v.currency, v.stock - v.reserved, v.image_url"
        " FROM order_lines l JOIN orders o ON o.id = l.order_id JOIN variants bought"
        " ON bought.merchant_id = l.merchant_id AND bought.sku = l.sku AND bought.currency = o.currency"
        " JOIN variants v ON v.product_id = bought.product_id AND v.currency = bought.currency"
        f" JOIN products p ON p.id = v.product_id WHERE {condition} ORDER BY v.sku",
        ids,
    )
    beside: dict[str, list[Sibling]] = defaultdict(list)
    for row in rows:
        beside[str(row.line_id)].append(
            Sibling(row.sku, row.title, row.variant, row.price_minor, row.currency, row.available, row.image_url)
        )
    return {line: tuple(beside[line]) for line in lines}
