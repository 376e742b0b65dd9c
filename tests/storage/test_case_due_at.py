"""When is a case due next? The database writes it down itself, whoever changes its deadlines."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bff.storage.database import Connection, Database
from bff.storage.fields import FOREVER, new_id
from bff.storage.migrate import migrate
from bff.vocabulary import DeadlineKind
from tests.storage.test_migrations import history
from tests.storage.test_schema import an_order_of_three

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
NEVER = str(FOREVER)[:10]

REBUILT = '''"""What changes next, in a rehearsal?"""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint
from bff.storage.operations import AddCheck


class Migration(migrations.Migration):
    dependencies = [("bff", "0002_cases_and_money")]
    operations = [
        AddCheck("Deadline", CheckConstraint(check="length(on_expiry) > 0", name="ck_deadlines_does_something")),
        AddCheck("Case", CheckConstraint(check="length(queue) > 0", name="ck_cases_stands_in_a_queue")),
    ]
'''


async def a_case(tx: Connection) -> None:
    """One case, that waits for nothing."""
    await an_order_of_three(tx)
    await tx.execute(
        "INSERT INTO cases (id, number, order_id, customer_id, merchant_id, status, resolution,"
        " liable_party, liability_basis, liability_final, requested_at, updated_at, currency, version)"
        " SELECT ?, 'K-1', o.id, o.customer_id, l.merchant_id, 'REQUESTED', 'REFUND_ONLY', 'CUSTOMER', 'x',"
        " TRUE, o.placed_at, o.placed_at, 'SGD', 1 FROM orders o JOIN order_lines l ON l.order_id = o.id",
        new_id(),
    )


async def started(database: Database, kind: DeadlineKind, days: int) -> str:
    """A deadline of the only case, so many days from the start; when the case is due then."""
    statement = (
        "INSERT INTO deadlines (id, case_id, kind, due_at, on_expiry) SELECT ?, id, ?, ?, 'CLOSE' FROM cases"
    )
    await database.run_tx(lambda tx: tx.execute(statement, new_id(), kind, START + timedelta(days=days)))
    return await due_at(database)


async def changed(database: Database, sql: str) -> str:
    """When the case is due after a change."""
    await database.run_tx(lambda tx: tx.execute(sql))
    return await due_at(database)


async def due_at(database: Database) -> str:
    """When the only case is due next, to the day."""
    (row,) = await database.rows("SELECT due_at FROM cases")
    assert str(row["due_at"])[10] == " "  # SQLite compares text, and T sorts elsewhere
    return str(row["due_at"])[:10]


async def test_a_case_is_due_at_its_earliest_open_deadline(database: Database) -> None:
    await database.run_tx(a_case)
    assert await due_at(database) == NEVER
    assert await started(database, DeadlineKind.REFUND, 5) == "2026-03-06"
    assert await started(database, DeadlineKind.MERCHANT_RESPONSE, 2) == "2026-03-03"
    assert await started(database, DeadlineKind.RULING, 9) == "2026-03-03"
    settled = "UPDATE deadlines SET settled_at = due_at WHERE kind = 'MERCHANT_RESPONSE'"
    assert await changed(database, settled) == "2026-03-06"
    moved = "UPDATE deadlines SET due_at = (SELECT due_at FROM deadlines WHERE kind = 'MERCHANT_RESPONSE')"
    assert await changed(database, f"{moved} WHERE kind = 'RULING'") == "2026-03-03"
    assert await changed(database, "DELETE FROM deadlines WHERE kind = 'RULING'") == "2026-03-06"
    assert await changed(database, "DELETE FROM deadlines") == NEVER


async def test_a_case_that_goes_takes_its_deadlines_along(database: Database) -> None:
    await database.run_tx(a_case)
    await started(database, DeadlineKind.REFUND, 5)
    await database.run_tx(lambda tx: tx.execute("DELETE FROM cases"))
    assert await database.rows("SELECT 1 FROM deadlines") == []


async def test_cases_and_deadlines_can_be_rebuilt_by_a_later_migration(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.run_tx(a_case)
    await started(database, DeadlineKind.REFUND, 5)
    longer = history(tmp_path, monkeypatch, **{"0003_next": REBUILT})

    assert await migrate(database, history=longer) == ["0003_next"]

    assert await due_at(database) == "2026-03-06"
    assert await started(database, DeadlineKind.MERCHANT_RESPONSE, 2) == "2026-03-03"
