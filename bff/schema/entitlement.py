"""Which benefits hold for a customer now?"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry
from msgspec import Struct

from bff.markets import market as market_of
from bff.policy.entitlements import Entitlement as Benefit
from bff.policy.facts import Scope as FactScope
from bff.policy.prefetch import prefetch
from bff.policy.rendering import Reader
from bff.schema.context import RequestContext
from bff.schema.fields import attribute
from bff.storage.reads import customers
from bff.storage.reads.customers import CustomerRow


class QuotaSource(Struct, frozen=True, eq=False):
    """How much of a benefit there is in a period."""

    limit: int
    used: int
    resets_at: datetime | None

    @property
    def remaining(self) -> int:
        """What is left, never negative."""
        return max(0, self.limit - self.used)


class EntitlementSource(Struct, frozen=True, eq=False):
    """A benefit in the viewer's language."""

    code: str
    title: str
    description: str
    plugin: str
    quota: QuotaSource | None
    expires_at: datetime | None


async def _segments(context: RequestContext, keys: list[UUID]) -> list[tuple[str, ...]]:
    found = await customers.segments_of(context.database, keys, context.now)
    return [found[key] for key in keys]


async def segments_of(context: RequestContext, keys: Sequence[UUID]) -> list[tuple[str, ...]]:
    """The segments in force now, read once a request."""
    return await context.batches.remembered(_segments, context, keys)


async def entitlements_of(context: RequestContext, found: Sequence[CustomerRow]) -> list[list[EntitlementSource]]:
    """What plugins grant each customer now, in the home market."""
    segments = await segments_of(context, [customer.id for customer in found])
    keys = {FactScope.CUSTOMER: list(dict.fromkeys(str(customer.id) for customer in found))}
    known = (await prefetch(context.kernel.needs, context.providers, keys)).values
    return [
        [
            source(context, customer.market, benefit)
            for benefit in context.kernel.entitlements(
                str(customer.id), customer.market, theirs, context.now, known
            )
        ]
        for customer, theirs in zip(found, segments, strict=True)
    ]


def source(context: RequestContext, market: str, benefit: Benefit) -> EntitlementSource:
    """A benefit in the viewer's language, with its dates in the market's time zone."""
    reader = Reader(locale=context.locale, time_zone=market_of(market).time_zone)
    title = Reader(locale=context.locale, time_zone=reader.time_zone, audience="title")
    return EntitlementSource(
        code=benefit.code,
        title=context.kernel.say(benefit.code, benefit.said, title),
        description=context.kernel.say(benefit.code, benefit.said, reader),
        plugin=benefit.plugin,
        quota=None if benefit.limit is None else QuotaSource(benefit.limit, benefit.used, benefit.resets_at),
        expires_at=benefit.expires_at,
    )


@strawberry.type(description="How often a benefit may be used in the period that runs now.")
class EntitlementQuota:
    limit: int = attribute("How often in all.")
    used: int = attribute("How often already.")
    remaining: int = attribute("How often still; never negative.")
    resets_at: datetime | None = attribute("When the next period begins; null where it never does.")


@strawberry.type(description="A benefit that a plugin grants this customer now.")
class Entitlement:
    code: str = attribute('Stable, and its plugin\'s own: "premium_tier.instant_refund".')
    title: str = attribute("For people, in the language of the request.")
    description: str = attribute("What it gives and where it ends, in the language of the request.")
    plugin: str = attribute("Who grants it.")
    quota: EntitlementQuota | None = attribute("How often it may be used; null: unlimited.")
    expires_at: datetime | None = attribute("When it ends; null: it does not.")
