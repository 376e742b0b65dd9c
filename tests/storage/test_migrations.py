"""Do migrations lose anything? On a filled database, with the kinds of change that Tortoise gets wrong."""

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tortoise.exceptions import IntegrityError

from bff.orders.demo import load_demo
from bff.storage.database import Database, DatabaseUnavailableError
from bff.storage.history import history_module
from bff.storage.migrate import MigrationError, drift, migrate, pending
from tests.storage import test_schema
from tests.storage.promised import CHECKS, FOREIGN_KEYS, INDEXES, UNIQUE

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
INITIAL = "0001_initial"

# Rebuilding `orders` and `order_lines` on SQLite would delete children and forget indexes and UNIQUEs.
SECOND = '''"""What changes next, in a rehearsal?"""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint
from bff.storage.operations import AddCheck


class Migration(migrations.Migration):
    dependencies = [("bff", "0002_cases_and_money")]
    operations = [
        ops.AlterField("Order", "channel", fields.CharField(max_length=60, default="web")),
        ops.RemoveField("OrderLine", "image_url"),
        ops.AddField("Merchant", "rating", fields.IntField(null=True)),
        AddCheck("Payment", CheckConstraint(check="CONDITION", name="ck_payments_has_a_label")),
    ]
'''


def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> str:
    """A package with the product's history and further migrations."""
    name = f"history_{uuid4().hex}"
    source = Path(str(sys.modules.get(history_module(), __import__(history_module())).__file__)).parent
    shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file, text in files.items():
        (tmp_path / name / f"{file}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


async def counts(database: Database) -> dict[str, Any]:
    tables = ("customers", "orders", "order_lines", "payments", "shipments", "cases", "case_lines", "variants")
    return {table: await database.rows(f"SELECT count(*) AS rows FROM {table}") for table in tables}


async def test_models_and_migrations_agree(database: Database) -> None:
    assert await drift(database) == []


async def test_a_migrated_database_has_nothing_pending_and_migrates_to_nothing(database: Database) -> None:
    assert await pending(database) == []
    assert await migrate(database) == []


async def test_migrating_a_filled_database_loses_no_row_and_no_index(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load_demo(database, NOW)
    before = await counts(database)
    longer = history(tmp_path, monkeypatch, **{"0003_next": SECOND.replace("CONDITION", "length(label) > 0")})
    told: list[str] = []

    assert await pending(database, longer) == ["0003_next"]
    assert await migrate(database, told.append, longer) == ["0003_next"] == told

    assert await counts(database) == before
    assert await test_schema.indexes(database, unique=True) == UNIQUE
    assert await test_schema.indexes(database, unique=False) == INDEXES
    assert await test_schema.foreign_keys(database) == FOREIGN_KEYS
    checks = {table: set(names) for table, names in CHECKS.items()}
    checks["payments"].add("has_a_label")
    assert await test_schema.checks(database) == checks
    with pytest.raises(IntegrityError):
        await database.run_tx(lambda tx: tx.execute("DELETE FROM customers"))


async def test_a_migration_that_the_rows_break_changes_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load_demo(database, NOW)
    before = await counts(database)
    longer = history(tmp_path, monkeypatch, **{"0003_next": SECOND.replace("CONDITION", "label = 'Cash'")})

    with pytest.raises((IntegrityError, DatabaseUnavailableError)):
        await migrate(database, history=longer)

    assert await counts(database) == before
    assert await pending(database, longer) == ["0003_next"]
    assert await test_schema.checks(database) == CHECKS
    assert await test_schema.indexes(database, unique=False) == INDEXES


async def test_a_filled_sqlite_file_is_copied_before_it_is_migrated(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load_demo(database, NOW)
    before = await counts(database)
    longer = history(tmp_path, monkeypatch, **{"0003_next": SECOND.replace("CONDITION", "length(label) > 0")})

    await migrate(database, history=longer)

    copies = sorted(tmp_path.glob("*.before-0003_next"))  # noqa: ASYNC240 - a test may wait
    assert len(copies) == (1 if database.dialect == "sqlite" else 0)
    for copy in copies:
        async with Database(f"sqlite:///{copy}") as old:
            assert await counts(old) == before
            assert await pending(old) == []


async def test_a_database_that_is_newer_than_the_program_is_left_alone(database: Database) -> None:
    await database.run_tx(
        lambda tx: tx.execute("UPDATE tortoise_migrations SET name = '0009_later' WHERE name = ?", INITIAL)
    )

    with pytest.raises(MigrationError, match="0009_later"):
        await migrate(database)
