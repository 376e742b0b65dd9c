"""Where did a case's money go? Its transactions with their entries, for those whose business it is."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

import strawberry
from msgspec import Struct

from bff.execution.batched import batched
from bff.schema.context import Info
from bff.schema.cost import READERS
from bff.schema.enums import AccountKind, TransactionKind
from bff.schema.fields import attribute, resolved
from bff.schema.money import Money, amount_of
from bff.storage.reads import ledger
from bff.storage.reads.cases import CaseRow
from bff.storage.reads.ledger import EntryRow


class TransactionSource(Struct, frozen=True, eq=False):
    """Entries that were booked together."""

    kind: TransactionKind
    at: datetime
    entries: list[EntryRow]


def transactions(rows: Sequence[EntryRow]) -> list[TransactionSource]:
    """The entries of one case by transaction, in the order of the rows."""
    found: list[TransactionSource] = []
    for _, together in groupby(rows, key=_transaction):
        entries = list(together)
        found.append(TransactionSource(entries[0].kind, entries[0].at, entries))
    return found


def _transaction(row: EntryRow) -> UUID:
    return row.transaction_id


@batched
async def ledgers_of_cases(parents: Sequence[CaseRow], info: Info) -> list[list[TransactionSource]]:
    """The books of cases; nothing for customers, whose business it is not."""
    viewer = info.context.viewer
    if viewer is None or viewer.role not in READERS:
        return [[] for _ in parents]
    by_case = await ledger.OF_CASES.of(info.context.database, [case.id for case in parents])
    return [transactions(by_case[case.id]) for case in parents]


@strawberry.type(description="What one account gained, or lost where it is negative.")
class LedgerEntry:
    account: AccountKind = attribute("Whose account; a positive balance is what the shop owes to that party.")
    amount: Money = resolved(amount_of("amount_minor"), "How much was gained; negative for what was lost.")


@strawberry.type(description="One reason for which money moved; its entries sum to zero.")
class LedgerTransaction:
    kind: TransactionKind = attribute("Why.")
    at: datetime = attribute("When it was booked.")
    entries: list[LedgerEntry] = attribute("Who gained and who lost, the losers first.")
