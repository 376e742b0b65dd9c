"""How does a migration make CHECKs real? Tortoise's CreateModel passes over Meta.constraints without a word."""

import re
from collections.abc import Sequence
from typing import Any

from tortoise.migrations.constraints import CheckConstraint
from tortoise.migrations.operations import AddConstraint, CreateModel, TortoiseOperation
from tortoise.migrations.schema_editor import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

from bff.storage.sqlite import statements

DEFERRED = "DEFERRABLE INITIALLY DEFERRED"
FOREIGN_KEY_NAME = """
    SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.conrelid = to_regclass($1) AND a.attname = $2
"""
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


class AddChecks(TortoiseOperation):
    """Several CHECKs of one filled table at once, so that SQLite rebuilds it once and not once for each."""

    def __init__(self, model_name: str, checks: Sequence[CheckConstraint]) -> None:
        self.model_name = model_name
        self.checks = checks

    def state_forward(self, app_label: str, state: State) -> None:
        """Notes each CHECK in the state, as AddConstraint does."""
        for check in self.checks:
            AddConstraint(self.model_name, check).state_forward(app_label, state)

    async def database_forward(
        self,
        app_label: str,
        old_state: State,  # noqa: ARG002 - Tortoise's signature
        new_state: State,
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Adds the CHECKs. Existing rows that break one fail the migration."""
        if state_editor is not None:
            model = new_state.apps.get_model(f"{app_label}.{self.model_name}")
            await add_checks(state_editor, model, self.checks)


class RunOn(TortoiseOperation):
    """Statements that each kind of database says in its own words, such as triggers."""

    def __init__(self, *, sqlite: Sequence[str], postgres: Sequence[str]) -> None:
        self.by_dialect = {"sqlite": sqlite, "postgres": postgres}

    async def database_forward(
        self,
        app_label: str,  # noqa: ARG002 - Tortoise's signature
        old_state: State,  # noqa: ARG002
        new_state: State,  # noqa: ARG002
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Runs those of the database at hand."""
        if state_editor is not None:
            for statement in self.by_dialect[state_editor.DIALECT]:
                await state_editor.client.execute_query(statement)


class DeferForeignKey(TortoiseOperation):
    """Lets a foreign key be checked at commit, so that the rows that refer may be written first."""

    def __init__(self, model_name: str, column: str) -> None:
        self.model_name = model_name
        self.column = column

    async def database_forward(
        self,
        app_label: str,
        old_state: State,  # noqa: ARG002 - Tortoise's signature
        new_state: State,
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Alters the constraint on PostgreSQL; on SQLite, which cannot, the table is rebuilt."""
        if state_editor is None:
            return
        table = new_state.apps.get_model(f"{app_label}.{self.model_name}")._meta.db_table  # noqa: SLF001
        if state_editor.DIALECT == "sqlite":
            reference = re.compile(rf'("{self.column}" [^,]*? REFERENCES [^,\n/]*[^,\n/ ])')
            await rebuild(state_editor.client, table, lambda sql: reference.sub(rf"\1 {DEFERRED}", sql, count=1))
            return
        _, (named,) = await state_editor.client.execute_query(FOREIGN_KEY_NAME, [table, self.column])
        alter = f'ALTER TABLE "{table}" ALTER CONSTRAINT "{named["conname"]}" {DEFERRED}'
        await state_editor.client.execute_query(alter)


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
    or dropping the table would delete the rows that refer to it. The old ALTER TABLE does not mind triggers of
    other tables that name this one, which is not there for a moment.
    """
    kept = "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL"
    _, found = await client.execute_query(kept, [table])
    (created,) = [row["sql"] for row in found if row["type"] == "table"]
    named = re.sub(rf'^CREATE TABLE "?{table}"?', f'CREATE TABLE "new__{table}"', change(created), count=1)
    statements = (
        "PRAGMA legacy_alter_table = ON",
        named,
        f'INSERT INTO "new__{table}" SELECT * FROM "{table}"',
        f'DROP TABLE "{table}"',
        f'ALTER TABLE "new__{table}" RENAME TO "{table}"',
        *[row["sql"] for row in found if row["type"] != "table"],
        "PRAGMA legacy_alter_table = OFF",
    )
    for statement in statements:
        await client.execute_query(statement)
