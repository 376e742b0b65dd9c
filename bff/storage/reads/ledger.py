"""What did a case do to the books? Every entry of its transactions, in the order in which they were booked."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.reads.children import Children
from bff.vocabulary import AccountKind, TransactionKind


class EntryRow(Struct, frozen=True):
    """What one account gained by one transaction, in minor units of `currency`."""

    case_id: UUID
    transaction_id: UUID
    kind: TransactionKind
    at: datetime
    account: AccountKind
    owner: str
    amount_minor: int
    currency: str


OF_CASES = Children(
    EntryRow,
    "ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id",
    "t.case_id",
    "t.at, t.id, e.amount_minor, e.id",
    {
        "transaction_id": "t.id",
        "account": "e.account",
        "owner": "e.owner",
        "amount_minor": "e.amount_minor",
        "currency": "e.currency",
    },
)
