"""Where did the money go? Every movement as entries that sum to zero, from which all balances follow."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from tortoise.exceptions import IntegrityError

from bff.storage.database import Connection, Database
from bff.storage.fields import new_id
from bff.vocabulary import AccountKind, TransactionKind


class Account(Struct, frozen=True, order=True):
    """One party's account: `owner` is its id or name; a store credit is its customer's id."""

    kind: AccountKind
    owner: str


class Entry(Struct, frozen=True):
    """What an account gains, or loses where negative, in minor units; never zero."""

    account: Account
    amount: int
    currency: str


class Posting(Struct, frozen=True, kw_only=True):
    """One reason for which money moves. `key` names it for ever: "refund:<id>:paid" is booked once."""

    key: str
    kind: TransactionKind
    at: datetime
    entries: tuple[Entry, ...]
    case_id: UUID | None = None
    refund_id: UUID | None = None


class CreditExceeded(Exception):  # noqa: N818 - what happened
    """A customer's store credit has less left than was to be taken from it; minor units."""

    def __init__(self, asked: int, left: int, currency: str) -> None:
        super().__init__(f"{asked} asked, {left} left of the store credit in {currency}")
        self.asked, self.left, self.currency = asked, left, currency


class Unbalanced(ValueError):  # noqa: N818 - what it is
    """Entries that do not sum to zero in a currency, or of which one moves nothing, or is alone."""


class Discrepancy(Struct, frozen=True):
    """Two books that disagree: `kept` stands in the row, `derived` follows from the entries."""

    what: str
    kept: int
    derived: int


class Balance(Struct, frozen=True):
    """What the entries of an account sum to."""

    account: AccountKind
    owner: str
    currency: str
    amount: int


def transfer(giver: Account, taker: Account, amount: int, currency: str) -> tuple[Entry, Entry]:
    """So much from one account to another."""
    return Entry(giver, -amount, currency), Entry(taker, amount, currency)


async def post(tx: Connection, posting: Posting) -> bool:
    """Books it, and moves store credits with it. False when its key was booked before: nothing happens then.

    Raises Unbalanced, and CreditExceeded where a store credit would fall below zero.
    """
    _must_balance(posting.entries)
    try:
        async with tx.savepoint():
            await _write(tx, posting)
            for entry in sorted(posting.entries, key=lambda each: (each.account, each.currency)):
                if entry.account.kind is AccountKind.STORE_CREDIT:
                    await _move_credit(tx, entry)
    except IntegrityError:
        if await tx.rows("SELECT 1 FROM ledger_transactions WHERE key = ?", posting.key):
            return False
        raise
    return True


def _must_balance(entries: Sequence[Entry]) -> None:
    sums: dict[str, int] = {}
    for entry in entries:
        sums[entry.currency] = sums.get(entry.currency, 0) + entry.amount
    if not entries or any(sums.values()) or not all(entry.amount for entry in entries):
        raise Unbalanced(f"entries sum to {sums}")


async def _write(tx: Connection, posting: Posting) -> None:
    """Entries first: the transaction's own row closes it, and the database lets it in when they balance."""
    key = new_id()
    await tx.execute_many(
        "INSERT INTO ledger_entries (id, transaction_id, account, owner, amount_minor, currency)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (new_id(), key, entry.account.kind, entry.account.owner, entry.amount, entry.currency)
            for entry in posting.entries
        ],
    )
    await tx.execute(
        "INSERT INTO ledger_transactions (id, key, kind, case_id, refund_id, at) VALUES (?, ?, ?, ?, ?, ?)",
        *(key, posting.key, posting.kind, posting.case_id, posting.refund_id, posting.at),
    )


async def _move_credit(tx: Connection, entry: Entry) -> None:
    customer, amount, currency = UUID(entry.account.owner), entry.amount, entry.currency
    if amount > 0:
        await tx.execute(
            "INSERT INTO store_credits (id, customer_id, currency, balance_minor) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (customer_id, currency)"
            " DO UPDATE SET balance_minor = store_credits.balance_minor + excluded.balance_minor",
            *(new_id(), customer, currency, amount),
        )
        return
    taken = await tx.execute(
        "UPDATE store_credits SET balance_minor = balance_minor + ?"
        " WHERE customer_id = ? AND currency = ? AND balance_minor >= ?",
        *(amount, customer, currency, -amount),
    )
    if not taken:
        raise CreditExceeded(-amount, (await credits_of(tx, customer)).get(currency, 0), currency)


class _Credit(Struct, frozen=True):
    currency: str
    balance: int


async def credits_of(source: Connection | Database, customer: UUID) -> dict[str, int]:
    """A customer's store credit by currency, in minor units."""
    rows = await source.structs(
        _Credit, "SELECT currency, balance_minor FROM store_credits WHERE customer_id = ?", customer
    )
    return {row.currency: row.balance for row in rows}


async def balances(source: Connection | Database, accounts: Iterable[AccountKind] = AccountKind) -> list[Balance]:
    """What each account of those kinds has gained so far, from the entries alone."""
    condition, kinds = source.among("account", list(accounts))
    return await source.structs(
        Balance,
        "SELECT account, owner, currency, CAST(sum(amount_minor) AS BIGINT) FROM ledger_entries"
        f" WHERE {condition} GROUP BY account, owner, currency ORDER BY account, owner, currency",
        kinds,
    )


# Owners are text, customers are UUIDs on PostgreSQL.
CREDITS = """
    SELECT c.customer_id, c.currency, c.balance_minor, CAST(coalesce((SELECT sum(e.amount_minor)
        FROM ledger_entries e WHERE e.account = 'STORE_CREDIT' AND e.owner = CAST(c.customer_id AS VARCHAR(36))
        AND e.currency = c.currency), 0) AS BIGINT) AS derived
    FROM store_credits c
"""
WITHOUT_ROW = """
    SELECT e.owner, e.currency, 0 AS kept, CAST(sum(e.amount_minor) AS BIGINT) AS derived FROM ledger_entries e
    WHERE e.account = 'STORE_CREDIT' AND NOT EXISTS (SELECT 1 FROM store_credits c
        WHERE CAST(c.customer_id AS VARCHAR(36)) = e.owner AND c.currency = e.currency)
    GROUP BY e.owner, e.currency
"""
SUMS = """
    SELECT e.transaction_id, e.currency, 0 AS kept, CAST(sum(e.amount_minor) AS BIGINT) AS derived
    FROM ledger_entries e GROUP BY e.transaction_id, e.currency HAVING sum(e.amount_minor) <> 0
"""


async def verify(source: Connection | Database) -> list[Discrepancy]:
    """Rebuilds every balance from the entries; empty when all books agree."""
    found = []
    for what, statement in (("store credit", CREDITS), ("store credit", WITHOUT_ROW), ("transaction", SUMS)):
        for row in await source.rows(statement):
            owner, currency, kept, derived = row.values()
            if kept != derived:
                found.append(Discrepancy(f"{what} {owner} {currency}", kept, derived))
    return found
