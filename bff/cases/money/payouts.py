"""How does a payout stand in the books? One posting for each tender that is paid, and one where it came back."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.money import ledger
from bff.cases.money.ledger import Account, Posting, transfer
from bff.cases.money.tenders import CREDITED
from bff.storage.database import Connection
from bff.vocabulary import AccountKind, PaymentMethod, TransactionKind


class _Paid(Struct, frozen=True):
    refund: UUID
    case: UUID
    customer: UUID
    method: PaymentMethod
    amount: int
    currency: str
    key: str


async def paid(tx: Connection, tender: UUID, at: datetime, provider: str) -> None:
    """The customer has got a tender's money: from the provider, or as store credit where nobody could send it."""
    found = await _tender(tx, tender)
    entries = transfer(_customer(found), _taker(found, provider), found.amount, found.currency)
    await ledger.post(tx, _posting(found, "paid", TransactionKind.PAYOUT, at, entries))


class _Credited(Struct, frozen=True):
    case: UUID
    customer: UUID
    amount: int
    currency: str


async def paid_to_credit(tx: Connection, refund: UUID, at: datetime) -> None:
    """A refund that has no tenders has become store credit as a whole."""
    (found,) = await tx.structs(
        _Credited,
        "SELECT r.case_id, c.customer_id, r.amount_minor, r.currency"
        " FROM refunds r JOIN cases c ON c.id = r.case_id WHERE r.id = ?",
        refund,
    )
    customer, credit = (
        Account(kind, str(found.customer)) for kind in (AccountKind.CUSTOMER, AccountKind.STORE_CREDIT)
    )
    posting = Posting(
        key=f"refund:{refund}:paid",
        kind=TransactionKind.PAYOUT,
        at=at,
        entries=transfer(customer, credit, found.amount, found.currency),
        case_id=found.case,
        refund_id=refund,
    )
    await ledger.post(tx, posting)


async def came_back(tx: Connection, tender: UUID, at: datetime, provider: str) -> None:
    """What `paid` booked has come back to the shop, which owes it again."""
    found = await _tender(tx, tender)
    entries = transfer(_taker(found, provider), _customer(found), found.amount, found.currency)
    await ledger.post(tx, _posting(found, "came_back", TransactionKind.REVERSAL, at, entries))


async def charged_back(
    tx: Connection, event: str, amount: int, currency: str, at: datetime, provider: str
) -> bool:
    """A customer took money back through the bank: the platform bears it until it knows better. Once an event."""
    platform, bank = Account(AccountKind.PLATFORM, "platform"), Account(AccountKind.PROVIDER, provider)
    entries = transfer(platform, bank, amount, currency)
    key = f"chargeback:{provider}:{event}"
    return await ledger.post(tx, Posting(key=key, kind=TransactionKind.REVERSAL, at=at, entries=entries))


async def _tender(tx: Connection, tender: UUID) -> _Paid:
    (found,) = await tx.structs(
        _Paid,
        "SELECT r.id, r.case_id, c.customer_id, p.method, t.amount_minor, r.currency, t.provider_key"
        " FROM refund_tenders t JOIN refunds r ON r.id = t.refund_id JOIN cases c ON c.id = r.case_id"
        " JOIN payments p ON p.id = t.payment_id WHERE t.id = ?",
        tender,
    )
    return found


def _customer(found: _Paid) -> Account:
    return Account(AccountKind.CUSTOMER, str(found.customer))


def _taker(found: _Paid, provider: str) -> Account:
    if found.method in CREDITED:
        return Account(AccountKind.STORE_CREDIT, str(found.customer))
    return Account(AccountKind.PROVIDER, provider)


def _posting(
    found: _Paid, what: str, kind: TransactionKind, at: datetime, entries: tuple[ledger.Entry, ...]
) -> Posting:
    """Named by the tender's place and, from the second on, its attempt: each key of a provider is paid once."""
    place = found.key.removeprefix(f"refund-{found.refund}-")
    key = f"refund:{found.refund}:{what}:{place}"
    return Posting(key=key, kind=kind, at=at, entries=entries, case_id=found.case, refund_id=found.refund)
