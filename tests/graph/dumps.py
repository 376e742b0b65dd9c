"""Did anything change? All rows of all tables, as text that can be compared.

Idempotency keys are left out: a refusal by the domain is an answer that its key keeps.
"""

from typing import Any

from bff.storage import models
from bff.storage.database import Database

KEPT = "idempotency_keys"


async def dump(database: Database) -> dict[str, list[Any]]:
    """Every row of every table by the table's name."""
    found = {}
    for name in models.__all__:
        model = database.apps["bff"].get(name)
        table = model._meta.db_table if model is not None else KEPT
        if table != KEPT:
            found[table] = sorted(
                str(sorted(row.items())) for row in await database.rows(f"SELECT * FROM {table}")
            )
    assert len(found) > 30, "the models have moved"
    return found
