"""What did a case cost beside what was refunded, and whom? Read from the ledger, which knows nothing else."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.storage.reads.children import Children
from bff.storage.reads.fragment import Fragment
from bff.vocabulary import AccountKind, CostKind, LiableParty

BEARERS: Mapping[AccountKind, LiableParty] = {
    AccountKind.CUSTOMER: LiableParty.CUSTOMER,
    AccountKind.MERCHANT: LiableParty.MERCHANT,
    AccountKind.CARRIER: LiableParty.CARRIER,
}


class CostRow(Struct, frozen=True):
    """What one account gave for one kind of cost, in minor units of `currency`."""

    case_id: UUID
    kind: CostKind
    account: AccountKind
    amount_minor: int
    currency: str
    at: datetime

    @property
    def born_by(self) -> LiableParty:
        """Whose account it is; providers and insurers are the platform's own affair."""
        return BEARERS.get(self.account, LiableParty.PLATFORM)


KINDS = ", ".join(f"'{kind}'" for kind in CostKind)
OF_CASES = Children(
    CostRow,
    "ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id",
    "t.case_id",
    "t.at, e.id",
    {"account": "e.account", "amount_minor": "-e.amount_minor", "currency": "e.currency"},
    Fragment(f"t.kind IN ({KINDS}) AND e.amount_minor < 0"),
)
