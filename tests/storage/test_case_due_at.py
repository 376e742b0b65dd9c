"""When is a case due next? The database writes it down itself, whoever changes its deadlines."""

from datetime import UTC, datetime, timedelta

from bff.storage.database import Connection, Database
from bff.storage.fields import FOREVER, new_id
from bff.vocabulary import DeadlineKind
from tests.storage.test_schema import an_order_of_three

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


async def started(tx: Connection, kind: DeadlineKind, days: int) -> None:
    """A deadline of the only case, so many days from the start."""
    await tx.execute(
        "INSERT INTO deadlines (id, case_id, kind, due_at, on_expiry) SELECT ?, id, ?, ?, 'CLOSE' FROM cases",
        *(new_id(), kind, START + timedelta(days=days)),
    )


async def due_at(database: Database) -> str:
    """When the only case is due next, to the day."""
    (row,) = await database.rows("SELECT due_at FROM cases")
    assert str(row["due_at"])[10] == " "  # SQLite compares text, and T sorts elsewhere
    return str(row["due_at"])[:10]


async def test_a_case_is_due_at_its_earliest_open_deadline(database: Database) -> None:
    async def a_case_of_currency(tx: Connection) -> None:
        await an_order_of_three(tx)
        await tx.execute(
            "INSERT INTO cases (id, number, order_id, customer_id, merchant_id, status, resolution,"
            " liable_party, liability_basis, liability_final, requested_at, updated_at, currency, version)"
            " SELECT ?, 'K-1', o.id, o.customer_id, l.merchant_id, 'REQUESTED', 'REFUND_ONLY', 'CUSTOMER', 'x',"
            " TRUE, o.placed_at, o.placed_at, 'SGD', 1 FROM orders o JOIN order_lines l ON l.order_id = o.id",
            new_id(),
        )

    async def change(sql: str) -> str:
        await database.run_tx(lambda tx: tx.execute(sql))
        return await due_at(database)

    await database.run_tx(a_case_of_currency)
    assert await due_at(database) == str(FOREVER)[:10]
    await database.run_tx(lambda tx: started(tx, DeadlineKind.REFUND, 5))
    assert await due_at(database) == "2026-03-06"
    await database.run_tx(lambda tx: started(tx, DeadlineKind.MERCHANT_RESPONSE, 2))
    assert await due_at(database) == "2026-03-03"
    await database.run_tx(lambda tx: started(tx, DeadlineKind.RULING, 9))
    assert await due_at(database) == "2026-03-03"
    settled = "UPDATE deadlines SET settled_at = due_at WHERE kind = 'MERCHANT_RESPONSE'"
    assert await change(settled) == "2026-03-06"
    moved = "UPDATE deadlines SET due_at = (SELECT due_at FROM deadlines WHERE kind = 'MERCHANT_RESPONSE')"
    assert await change(f"{moved} WHERE kind = 'RULING'") == "2026-03-03"
    assert await change("DELETE FROM deadlines WHERE kind = 'RULING'") == "2026-03-06"
    assert await change("DELETE FROM deadlines") == "9999-12-31"
    await database.run_tx(lambda tx: started(tx, DeadlineKind.REFUND, 5))
    await database.run_tx(lambda tx: tx.execute("DELETE FROM cases"))
    assert await database.rows("SELECT 1 FROM deadlines") == []
