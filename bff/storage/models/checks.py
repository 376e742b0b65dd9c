"""What must hold of a row, whoever writes it? The words that the models state their invariants in."""

from tortoise.migrations.constraints import CheckConstraint


def holds(table: str, name: str, condition: str) -> CheckConstraint:
    """A CHECK of that table; the condition is SQL that both databases read alike."""
    return CheckConstraint(check=condition, name=f"ck_{table}_{name}")


def not_negative(table: str, *columns: str) -> tuple[CheckConstraint, ...]:
    """One CHECK a column: nothing that is counted or owed goes below zero."""
    return tuple(holds(table, f"{column}_not_negative", f"{column} >= 0") for column in columns)
