"""What does a case do to the ledger? A positive balance is what the shop owes to that party.

A refund that is granted is owed to the customer by whoever is liable, gross, and what the customer bears of the
costs is taken off at once; its payout settles the debt. One that fails books nothing: it is owed still.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bff.cases.money import ledger
from bff.cases.money.agreement import INSPECTION, Agreement, Component
from bff.cases.money.ledger import Account, Entry, Posting, transfer
from bff.storage.database import Connection
from bff.vocabulary import AccountKind, CompensationKind, LiableParty, RefundComponentKind, TransactionKind

PLATFORM = Account(AccountKind.PLATFORM, "platform")
NO_CARRIER = "carrier"  # where nobody has named the carrier yet
LIABLE_CARRIER = Account(AccountKind.CARRIER, NO_CARRIER)
# What a fee is in the books.
FEES = {
    RefundComponentKind.RESTOCKING_FEE: TransactionKind.RESTOCKING_FEE,
    RefundComponentKind.RETURN_FREIGHT: TransactionKind.FREIGHT,
    RefundComponentKind.DEDUCTION: TransactionKind.WRITE_DOWN,
}


FREIGHT = "return_freight"


def cost_key(case: UUID, kind: str) -> str:
    """How the transactions of a kind of cost begin; who bears it follows."""
    return f"case:{case}:cost:{kind}:"


class Parties(Struct, frozen=True):
    """Whose accounts a case moves; `carrier` is who is paid for the way back."""

    customer: Account
    merchant: Account
    carrier: Account

    def of(self, party: LiableParty) -> Account:
        """Who pays for what that party bears: where nobody is liable yet, or the customer, it is the merchant.

        A carrier who is liable for a loss may be another one than who is paid for the way back: that account
        names none, for the claim names the parcel.
        """
        return {LiableParty.CARRIER: LIABLE_CARRIER, LiableParty.PLATFORM: PLATFORM}.get(party, self.merchant)


class _Row(Struct, frozen=True):
    customer: UUID
    merchant: UUID
    carrier: str | None
    liable: LiableParty
    currency: str


async def parties(tx: Connection, case: UUID) -> tuple[Parties, LiableParty, str]:
    """The accounts of a case, who is liable, and its currency."""
    (row,) = await tx.structs(
        _Row, "SELECT customer_id, merchant_id, carrier, liable_party, currency FROM cases WHERE id = ?", case
    )
    accounts = Parties(
        customer=Account(AccountKind.CUSTOMER, str(row.customer)),
        merchant=Account(AccountKind.MERCHANT, str(row.merchant)),
        carrier=Account(AccountKind.CARRIER, row.carrier or NO_CARRIER),
    )
    return accounts, row.liable, row.currency


async def _book(
    tx: Connection,
    case: UUID,
    key: str,
    kind: TransactionKind,
    at: datetime,
    entries: tuple[Entry, ...],
    *,
    refund: UUID | None = None,
) -> bool:
    """Books it for a case; False when that key was booked before."""
    posting = Posting(key=key, kind=kind, at=at, entries=entries, case_id=case, refund_id=refund)
    return await ledger.post(tx, posting)


async def granted(tx: Connection, case: UUID, refund: UUID, agreement: Agreement, at: datetime) -> None:
    """A refund is owed from now on: its gross by who is liable, its fees taken off.

    A deduction that is not for the goods' condition, as for a broken promotion, was never the customer's: it
    lowers the gross and is nobody's cost.
    """
    accounts, liable, currency = await parties(tx, case)
    fees = [one for one in agreement.components if one.kind in FEES and not _is_reduction(one)]
    owed = agreement.total + sum(one.amount for one in fees)
    await _book(
        tx,
        case,
        f"refund:{refund}:granted",
        TransactionKind.REFUND,
        at,
        transfer(accounts.of(liable), accounts.customer, owed, currency),
        refund=refund,
    )
    for place, one in enumerate(fees):
        freight = one.kind is RefundComponentKind.RETURN_FREIGHT
        taker = await _paid_the_carrier(tx, case, accounts) if freight else accounts.merchant
        await _book(
            tx,
            case,
            f"refund:{refund}:fee:{place}",
            FEES[one.kind],
            at,
            transfer(accounts.customer, taker, one.amount, currency),
            refund=refund,
        )


class _Key(Struct, frozen=True):
    key: str


async def _paid_the_carrier(tx: Connection, case: UUID, accounts: Parties) -> Account:
    """Who gets what the customer pays for the way back: the carrier, or who has paid the carrier already."""
    rows = await tx.structs(
        _Key, "SELECT key FROM ledger_transactions WHERE case_id = ? AND kind = 'FREIGHT'", case
    )
    mine = cost_key(case, FREIGHT)
    paid = [LiableParty(row.key.removeprefix(mine)) for row in rows if row.key.startswith(mine)]
    return accounts.of(paid[0]) if paid else accounts.carrier


def _is_reduction(one: Component) -> bool:
    return one.kind is RefundComponentKind.DEDUCTION and one.cost != INSPECTION


async def clawed_back(tx: Connection, case: UUID, amount: int, at: datetime) -> None:
    """The customer has `amount` too much and owes it; a negative amount takes such a claim back."""
    accounts, liable, currency = await parties(tx, case)
    count = await _count(tx, case, TransactionKind.CLAW_BACK)
    await _book(
        tx,
        case,
        f"case:{case}:claw_back:{count + 1}",
        TransactionKind.CLAW_BACK,
        at,
        transfer(accounts.customer, accounts.of(liable), amount, currency),
    )


async def relieved(tx: Connection, case: UUID, shares: list[tuple[str, LiableParty, int]], at: datetime) -> None:
    """What others than the customer bear of a case's costs, by (what, who, how much): freight goes to the carrier,
    everything else to the merchant. Each is booked once a case, whoever calls it again.
    """
    accounts, _, currency = await parties(tx, case)
    for kind, party, amount in shares:
        freight = kind == FREIGHT
        giver, taker = accounts.of(party), accounts.carrier if freight else accounts.merchant
        carries_itself = freight and party is LiableParty.CARRIER
        if party is LiableParty.CUSTOMER or carries_itself or giver == taker or not amount:
            continue
        await _book(
            tx,
            case,
            f"{cost_key(case, kind)}{party}",
            TransactionKind.FREIGHT if freight else TransactionKind.HANDLING,
            at,
            transfer(giver, taker, amount, currency),
        )


async def shifted(
    tx: Connection,
    case: UUID,
    from_party: LiableParty,
    to_party: LiableParty,
    amount: int,
    at: datetime,
    why: str = "",
) -> bool:
    """`amount` that the first party bore so far is the second one's to bear; False where that moves nothing.

    `why` names the reason, for which it is booked once a case: see `shift_of`.
    """
    accounts, _, currency = await parties(tx, case)
    relieved_one, bearer = accounts.of(from_party), accounts.of(to_party)
    if not amount or relieved_one == bearer:
        return False
    reason = why or str(await _count(tx, case, TransactionKind.REVERSAL) + 1)
    return await _book(
        tx,
        case,
        f"case:{case}:shifted:{reason}",
        TransactionKind.REVERSAL,
        at,
        transfer(bearer, relieved_one, amount, currency),
    )


async def shift_of(tx: Connection, case: UUID, why: str) -> int:
    """How much was shifted for that reason; 0 for nothing."""
    rows = await tx.rows(
        "SELECT e.amount_minor FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id"
        " WHERE t.key = ? AND e.amount_minor > 0",
        f"case:{case}:shifted:{why}",
    )
    return sum(row["amount_minor"] for row in rows)


async def borne(tx: Connection, case: UUID) -> int:
    """What whoever is liable has borne of a case's refunds so far: gross, less what was claimed back."""
    condition, kinds = tx.among("t.kind", [TransactionKind.REFUND, TransactionKind.CLAW_BACK])
    (row,) = await tx.rows(
        "SELECT CAST(coalesce(sum(e.amount_minor), 0) AS BIGINT) AS n FROM ledger_entries e"
        " JOIN ledger_transactions t ON t.id = e.transaction_id"
        f" WHERE t.case_id = ? AND e.account = 'CUSTOMER' AND {condition}",
        *(case, kinds),
    )
    return int(row["n"])


async def exchanged(tx: Connection, case: UUID, difference: int, at: datetime) -> None:
    """The customer owes what the goods that were sent cost more; once a case."""
    accounts, _, currency = await parties(tx, case)
    await _book(
        tx,
        case,
        f"case:{case}:exchange_difference",
        TransactionKind.EXCHANGE_DIFFERENCE,
        at,
        transfer(accounts.customer, accounts.merchant, difference, currency),
    )


async def exchange_lost(tx: Connection, case: UUID, difference: int, at: datetime) -> None:
    """What goods that never arrived cost more is not owed any more."""
    accounts, _, currency = await parties(tx, case)
    await _book(
        tx,
        case,
        f"case:{case}:exchange_difference:reversed",
        TransactionKind.REVERSAL,
        at,
        transfer(accounts.merchant, accounts.customer, difference, currency),
    )


async def compensated(
    tx: Connection, case: UUID, compensation: UUID, given: tuple[CompensationKind, LiableParty, int], at: datetime
) -> None:
    """(what, of whose money, how much): a store credit is there at once, all else is owed and paid by people."""
    accounts, _, currency = await parties(tx, case)
    kind, born_by, amount = given
    taker = accounts.customer
    if kind is CompensationKind.STORE_CREDIT:
        taker = Account(AccountKind.STORE_CREDIT, accounts.customer.owner)
    await _book(
        tx,
        case,
        f"compensation:{compensation}",
        TransactionKind.COMPENSATION,
        at,
        transfer(accounts.of(born_by), taker, amount, currency),
    )


async def _count(tx: Connection, case: UUID, kind: TransactionKind) -> int:
    (row,) = await tx.rows(
        "SELECT count(*) AS n FROM ledger_transactions WHERE case_id = ? AND kind = ?", case, kind
    )
    return int(row["n"])
