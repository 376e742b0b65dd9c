"""How does a migration make CHECKs real? Tortoise's CreateModel passes over Meta.constraints without a word."""

import re
from collections.abc import Sequence
from typing import Any

from tortoise.migrations.constraints import CheckConstraint
from tortoise.migrations.operations import AddConstraint, CreateModel
from tortoise.migrations.schema_editor import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

from bff.storage.sqlite import statements

# Where a CREATE TABLE's definitions end: its last bracket, but for a comment of Tortoise's behind it.
END_OF_DEFINITIONS = re.compile(r"\)\s*(/\*.*\*/)?\s*$", re.DOTALL)


class CreateTable(CreateModel):
    """CreateModel with the model's CHECKs: what makemigrations writes as CreateModel, write as this."""

    async def database_forward(
        self,
        app_label: str,
        old_state: State,  # noqa: ARG002 - Tortoise's signature
        new_state: State,
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Creates the table, then adds every CHECK that the model declares.

        Tortoise's own create_model cuts the script at every semicolon, those of comments included.
        """
        if state_editor is not None:
            model = new_state.apps.get_model(f"{app_label}.{self.name}")
            for statement in statements(state_editor._get_model_sql_data(model).table_sql):  # noqa: SLF001
                await state_editor.client.execute_query(statement)
            checks = [one for one in model._meta.constraints if isinstance(one, CheckConstraint)]  # noqa: SLF001
            await add_checks(state_editor, model, checks)


class AddCheck(AddConstraint):
    """AddConstraint for a CHECK on a table with rows: on SQLite it keeps indexes, UNIQUEs and children."""

    async def database_forward(
        self,
        app_label: str,
        old_state: State,  # noqa: ARG002 - Tortoise's signature
        new_state: State,
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Adds the CHECK. Existing rows that break it fail the migration."""
        if state_editor is not None and isinstance(self.constraint, CheckConstraint):
            model = new_state.apps.get_model(f"{app_label}.{self.model_name}")
            await add_checks(state_editor, model, [self.constraint])


async def add_checks(editor: BaseSchemaEditor, model: Any, checks: Sequence[CheckConstraint]) -> None:
    """Adds CHECKs to a table: by ALTER TABLE on PostgreSQL, by rebuilding it on SQLite, which cannot."""
    if not checks:
        return
    if editor.DIALECT != "sqlite":
        for check in checks:
            await editor.add_constraint(model, check)
        return
    table = model._meta.db_table  # noqa: SLF001
    clauses = "".join(f',\n    CONSTRAINT "{check.name}" CHECK ({check.check})' for check in checks)
    await rebuild(editor.client, table, lambda sql: END_OF_DEFINITIONS.sub(f"{clauses}\n)", sql))


async def rebuild(client: Any, table: str, change: Any) -> None:
    """SQLite's own recipe (sqlite.org/lang_altertable.html, section 7): new table, copy, drop, rename, indexes.

    `change` turns the stored CREATE TABLE into the wanted one. Foreign keys must be off, as `migrate` sees to,
    or dropping the table would delete the rows that refer to it.
    """
    kept = "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL"
    _, found = await client.execute_query(kept, [table])
    (created,) = [row["sql"] for row in found if row["type"] == "table"]
    named = re.sub(rf'^CREATE TABLE "?{table}"?', f'CREATE TABLE "new__{table}"', change(created), count=1)
    statements = (
        named,
        f'INSERT INTO "new__{table}" SELECT * FROM "{table}"',
        f'DROP TABLE "{table}"',
        f'ALTER TABLE "new__{table}" RENAME TO "{table}"',
        *[row["sql"] for row in found if row["type"] != "table"],
    )
    for statement in statements:
        await client.execute_query(statement)
