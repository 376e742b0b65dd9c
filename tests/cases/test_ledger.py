"""Does every book follow from the entries? Postings that balance, once each, and credit within its bounds."""

import asyncio
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError

from bff.cases.money import ledger
from bff.cases.money.ledger import (
    Account,
    Balance,
    CreditExceeded,
    Discrepancy,
    Entry,
    Posting,
    Unbalanced,
    transfer,
)
from bff.storage.database import Connection, Database
from bff.storage.fields import new_id
from bff.storage.reads.costs import OF_CASES
from bff.vocabulary import AccountKind, CostKind, TransactionKind
from tests.cases.an_order import AT, a_case, an_order, insert

MERCHANT = Account(AccountKind.MERCHANT, "m")
PROVIDER = Account(AccountKind.PROVIDER, "stripe")


def a_posting(key: str, *entries: Entry, kind: TransactionKind = TransactionKind.REFUND) -> Posting:
    return Posting(key=key, kind=kind, at=AT, entries=entries)


def credit(customer: UUID) -> Account:
    return Account(AccountKind.STORE_CREDIT, str(customer))


async def posted(database: Database, posting: Posting) -> bool:
    return await database.run_tx(lambda tx: ledger.post(tx, posting))


async def test_a_posting_is_booked_once_by_its_key(database: Database) -> None:
    posting = a_posting("refund:1:paid", *transfer(MERCHANT, PROVIDER, 334, "SGD"))

    assert [await posted(database, posting) for _ in range(3)] == [True, False, False]

    assert await ledger.balances(database) == [
        Balance(AccountKind.MERCHANT, "m", "SGD", -334),
        Balance(AccountKind.PROVIDER, "stripe", "SGD", 334),
    ]
    assert await ledger.verify(database) == []


async def test_twenty_postings_of_one_key_at_once_are_one(database: Database) -> None:
    order = await an_order(database)
    posting = a_posting("c", *transfer(MERCHANT, credit(order.customer), 50, "SGD"))

    told = await asyncio.gather(*[posted(database, posting) for _ in range(20)])

    assert sorted(told) == [False] * 19 + [True]
    assert await ledger.credits_of(database, order.customer) == {"SGD": 50}


@pytest.mark.parametrize(
    "entries",
    [
        (),
        (Entry(MERCHANT, -5, "SGD"), Entry(PROVIDER, 4, "SGD")),
        (Entry(MERCHANT, -5, "SGD"), Entry(PROVIDER, 5, "EUR")),
        (Entry(MERCHANT, 0, "SGD"),),
    ],
)
async def test_entries_that_do_not_balance_are_refused(database: Database, entries: tuple[Entry, ...]) -> None:
    with pytest.raises(Unbalanced):
        await posted(database, a_posting("x", *entries))

    assert await database.rows("SELECT 1 FROM ledger_entries") == []


async def raw(tx: Connection, *amounts: int, closed: bool = True) -> UUID:
    """A transaction as a careless program would write it."""
    key = new_id()
    for amount in amounts:
        entry = {"id": new_id(), "transaction_id": key, "account": "MERCHANT", "owner": "m"}
        await insert(tx, "ledger_entries", **entry, amount_minor=amount, currency="SGD")
    if closed:
        await insert(tx, "ledger_transactions", id=key, key=str(key), kind="REFUND", at=AT)
    return key


@pytest.mark.parametrize("amounts", [(5, -4), (5,), ()])
async def test_the_database_lets_no_unbalanced_transaction_in(
    database: Database, amounts: tuple[int, ...]
) -> None:
    with pytest.raises(IntegrityError):
        await database.run_tx(lambda tx: raw(tx, *amounts))


async def test_entries_without_a_closed_transaction_cannot_be_committed(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await database.run_tx(lambda tx: raw(tx, 5, -5, closed=False))

    assert await database.rows("SELECT 1 FROM ledger_entries") == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_entries SET amount_minor = 6 WHERE amount_minor = 5",
        "DELETE FROM ledger_entries",
        "UPDATE ledger_transactions SET kind = 'PAYOUT'",
        "DELETE FROM ledger_transactions",
    ],
)
async def test_what_is_booked_is_never_changed(database: Database, change: str) -> None:
    await database.run_tx(lambda tx: raw(tx, 5, -5))

    with pytest.raises(IntegrityError, match="only added to"):
        await database.run_tx(lambda tx: tx.execute(change))


async def test_a_closed_transaction_takes_no_further_entry(database: Database) -> None:
    key = await database.run_tx(lambda tx: raw(tx, 5, -5))
    more = {"id": new_id(), "transaction_id": key, "account": "MERCHANT", "owner": "m", "currency": "SGD"}

    with pytest.raises(IntegrityError, match="no further entries"):
        await database.run_tx(lambda tx: insert(tx, "ledger_entries", **more, amount_minor=1))


async def test_credit_that_is_spent_from_many_sides_is_never_overspent(database: Database) -> None:
    customer = (await an_order(database)).customer
    await posted(database, a_posting("given", *transfer(MERCHANT, credit(customer), 100, "SGD")))

    async def spend(place: int) -> bool:
        return await posted(
            database, a_posting(f"spent:{place}", *transfer(credit(customer), MERCHANT, 30, "SGD"))
        )

    results = await asyncio.gather(*[spend(place) for place in range(20)], return_exceptions=True)

    assert sum(one is True for one in results) == 3
    refused = [one for one in results if isinstance(one, CreditExceeded)]
    assert len(refused) == 17
    assert {(one.asked, one.left, one.currency) for one in refused} <= {(30, 10, "SGD")}
    assert await ledger.credits_of(database, customer) == {"SGD": 10}
    assert await ledger.verify(database) == []


async def test_a_balance_that_was_tampered_with_is_found(database: Database) -> None:
    customer = (await an_order(database)).customer
    await posted(database, a_posting("given", *transfer(MERCHANT, credit(customer), 100, "SGD")))

    await database.run_tx(lambda tx: tx.execute("UPDATE store_credits SET balance_minor = 101"))
    assert await ledger.verify(database) == [Discrepancy(f"store credit {customer} SGD", 101, 100)]
    await database.run_tx(lambda tx: tx.execute("DELETE FROM store_credits"))
    assert await ledger.verify(database) == [Discrepancy(f"store credit {customer} SGD", 0, 100)]


async def test_the_costs_of_a_case_are_its_entries_by_who_bore_them(database: Database) -> None:
    case = await a_case(database, await an_order(database))
    carrier = Account(AccountKind.CARRIER, "dhl")
    freight = Posting(
        key="freight",
        kind=TransactionKind.FREIGHT,
        at=AT,
        entries=transfer(MERCHANT, carrier, 350, "SGD"),
        case_id=case.id,
    )
    refund = Posting(key="refund", kind=TransactionKind.REFUND, at=AT, entries=freight.entries, case_id=case.id)

    assert [await posted(database, one) for one in (freight, refund)] == [True, True]

    costs = (await OF_CASES.of(database, [case.id]))[case.id]
    assert [(cost.kind, cost.account, cost.amount_minor) for cost in costs] == [
        (CostKind.FREIGHT, AccountKind.MERCHANT, 350)
    ]
