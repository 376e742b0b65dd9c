"""Do rows from before have what the newer tables ask of them? The second migration over a filled first one."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from bff.storage.database import Connection, Database
from bff.storage.fields import new_id
from bff.storage.migrate import migrate
from tests.storage.test_migrations import history
from tests.storage.test_schema import an_order_of_three, insert


async def a_case(tx: Connection, number: str, status: str, quantity: int, refunded: int) -> None:
    """A case as the first version wrote it, later ones by their number."""
    (line,) = await tx.rows("SELECT id, order_id, merchant_id FROM order_lines")
    case = new_id()
    await tx.execute(
        "INSERT INTO cases (id, number, order_id, customer_id, merchant_id, status, resolution, liable_party,"
        " liability_basis, liability_final, requested_at, updated_at, version)"
        " SELECT ?, ?, id, customer_id, ?, ?, 'RETURN_AND_REFUND', 'CUSTOMER', 'x', 1 = 1, placed_at, placed_at, 1"
        " FROM orders",
        *(case, number, line["merchant_id"], status),
    )
    await insert(
        tx,
        "case_lines",
        id=new_id(),
        case_id=case,
        order_line_id=line["id"],
        quantity=quantity,
        reason="CHANGE_OF_MIND",
        refundable_minor=refunded,
        refunded_minor=refunded,
    )


async def an_old_shop(tx: Connection) -> None:
    """Three units for 10.00: one is back and paid, one asked for, and one request was cancelled."""
    await an_order_of_three(tx)
    await a_case(tx, "K-1", "COMPLETED", 1, 334)
    await a_case(tx, "K-2", "CANCELLED", 1, 0)
    await a_case(tx, "K-3", "REQUESTED", 1, 0)
    await tx.execute("UPDATE order_lines SET quantity_held = 2, refunded_minor = 334")


async def emptied(database: Database) -> None:
    """A database without any table."""
    if database.dialect == "postgres":
        for statement in ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public"):
            await database.run_tx(lambda tx, one=statement: tx.execute(one))  # type: ignore[misc]


async def test_old_cases_get_currency_units_and_worth(
    database_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = history(tmp_path, monkeypatch)
    (tmp_path / first / "0002_cases_and_money.py").unlink()
    shutil.rmtree(tmp_path / first / "__pycache__", ignore_errors=True)
    sqlite = database_address.startswith("sqlite")
    async with Database(f"sqlite:///{tmp_path / 'old.sqlite3'}" if sqlite else database_address) as database:
        await emptied(database)
        assert await migrate(database, history=first) == ["0001_initial"]
        await database.run_tx(an_old_shop)

        assert await migrate(database) == ["0002_cases_and_money"]

        assert [tuple(row.values()) for row in await database.rows(FILLED)] == EXPECTED
        held: list[dict[str, Any]] = await database.rows("SELECT quantity_held, held_units FROM order_lines")
        assert held == [{"quantity_held": 2, "held_units": "[[0,2]]"}]


FILLED = (
    "SELECT c.number, c.currency, c.queue, x.units, CASE WHEN x.holding THEN 1 ELSE 0 END AS holding,"
    " x.worth_minor, x.received_quantity, x.accepted_quantity FROM cases c JOIN case_lines x ON x.case_id = c.id"
    " ORDER BY c.number"
)
EXPECTED = [
    ("K-1", "SGD", "standard", "[[0,1]]", 1, 334, 1, 1),
    ("K-2", "SGD", "standard", "[[0,1]]", 0, 334, 0, 0),
    ("K-3", "SGD", "standard", "[[1,1]]", 1, 333, 0, 0),
]
