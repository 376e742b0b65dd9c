"""What did a case cost beside what was refunded? Entries of the ledger, for those whose business it is."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from bff.execution.batched import batched
from bff.schema.context import Info
from bff.schema.enums import CostKind, LiableParty, Role
from bff.schema.fields import attribute, resolved
from bff.schema.money import Money, amount_of
from bff.storage.reads import costs
from bff.storage.reads.cases import CaseRow
from bff.storage.reads.costs import CostRow

READERS = frozenset({Role.MERCHANT, Role.AGENT, Role.OPS})


@batched
async def costs_of_cases(parents: Sequence[CaseRow], info: Info) -> list[list[CostRow]]:
    """What cases cost; nothing for customers, whose business it is not."""
    viewer = info.context.viewer
    if viewer is None or viewer.role not in READERS:
        return [[] for _ in parents]
    by_case = await costs.OF_CASES.of(info.context.database, [case.id for case in parents])
    return [by_case[case.id] for case in parents]


@strawberry.type(description="What one party bore of what a case cost beside its refunds.")
class CostEntry:
    kind: CostKind = attribute("What for.")
    amount: Money = resolved(amount_of("amount_minor"), "How much, never negative.")
    born_by: LiableParty = attribute("Who bore it.")
    at: datetime = attribute("When it was booked.")
