"""Do the commands do what they say, and refuse in one line what they cannot do?"""

import asyncio
import json
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from bff.cli import app
from bff.http.tokens import Keyring, viewer_of
from bff.orders.upsert import upsert
from bff.schema.ids import global_id
from bff.settings import DEMO_KEY
from bff.storage.database import Database
from bff.vocabulary import Role
from tests.graph.shop import an_order

ROOT = Path(__file__).parents[2]
SECRET = "a-secret-of-production-with-32-bytes"
CUSTOMER = UUID("0198f000-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands read BFF_* variables: only those that a test names shall count."""
    for name in ("BFF_CONFIG", "BFF_DATABASE_URL", "BFF_SIGNING_KEY", "BFF_ENVIRONMENT", "BFF_NOW", "BFF_PLUGINS"):
        monkeypatch.delenv(name, raising=False)


def bff(*arguments: str, **variables: str) -> Result:
    """Runs one command."""
    return CliRunner().invoke(app, list(arguments), env=variables)


def statement(url: str, sql: str, *args: object) -> None:
    """Sends one statement to a database."""

    async def run() -> None:
        async with Database(url) as database, database.write_transaction() as connection:
            await connection.execute(sql, *args)

    asyncio.run(run())


@pytest.fixture
def with_customer(database_address: str) -> str:
    """A database with one customer, called C-1 outside."""
    sql = "INSERT INTO customers (id, external_id, display_name, market) VALUES (?, ?, ?, ?)"
    statement(database_address, sql, CUSTOMER, "C-1", "Mei", "SG")
    return database_address


@pytest.mark.parametrize("name", [str(CUSTOMER), str(global_id("Customer", CUSTOMER)), "C-1"])
def test_a_customers_token_takes_any_of_their_names(with_customer: str, name: str) -> None:
    result = bff("token", "--role", "customer", "--customer", name, BFF_DATABASE_URL=with_customer)
    assert result.exit_code == 0, result.output
    viewer = viewer_of(Keyring((DEMO_KEY,)), result.stdout.strip())
    assert (viewer.role, viewer.customer_id) == (Role.CUSTOMER, CUSTOMER)


def test_a_token_for_staff_needs_no_database() -> None:
    result = bff("token", "--role", "ops", "--subject", "kim")
    viewer = viewer_of(Keyring((DEMO_KEY,)), result.stdout.strip())
    assert (viewer.role, viewer.subject) == (Role.OPS, "kim")


def test_a_token_holds_although_the_shops_clock_is_stopped_long_ago() -> None:
    result = bff("token", "--role", "ops", BFF_NOW="2001-01-01T00:00:00Z")
    assert viewer_of(Keyring((DEMO_KEY,)), result.stdout.strip()).role is Role.OPS


def test_production_signs_with_its_own_key_or_not_at_all() -> None:
    refused = bff("token", "--role", "ops", BFF_ENVIRONMENT="production")
    assert refused.exit_code == 1
    assert "demo key" in refused.stderr
    minted = bff("token", "--role", "ops", BFF_ENVIRONMENT="production", BFF_SIGNING_KEY=SECRET)
    assert viewer_of(Keyring((SECRET,)), minted.stdout.strip()).role is Role.OPS


REFUSED = [
    (("--role", "admin"), "'admin' is no role; there are customer, merchant, agent, ops, ingest"),
    (("--role", "customer"), "the role customer needs --customer with a graph id, UUID or external id"),
    (
        ("--role", "customer", "--customer", str(global_id("Order", CUSTOMER))),
        "is an id of the type Order, not Customer",
    ),
    (("--role", "merchant", "--merchant", "M-9"), "there is no merchant with the external id 'M-9'"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_a_token_for_nobody_is_refused_in_one_line(
    database_address: str, arguments: tuple[str, ...], message: str
) -> None:
    result = bff("token", *arguments, BFF_DATABASE_URL=database_address)
    assert result.exit_code == 1
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_database_is_migrated_once_and_its_state_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    before = bff("db", "status", "--database", url)
    assert (before.exit_code, before.stdout.splitlines()[0]) == (1, "pending 0001_initial")
    assert (
        bff("db", "migrate", "--database", url).stdout.splitlines()[-1]
        == "applied 0001_initial, 0002_cases_and_money"
    )
    assert bff("db", "migrate", "--database", url).stdout == "up to date\n"
    assert bff("db", "status", "--database", url).exit_code == 0


def test_the_committed_schema_is_the_codes(tmp_path: Path) -> None:
    assert bff("schema", "check", str(ROOT / "schema.graphql")).exit_code == 0
    copy = tmp_path / "schema.graphql"
    assert bff("schema", "export", str(copy)).exit_code == 0
    assert copy.read_text("utf-8") == (ROOT / "schema.graphql").read_text("utf-8")


def test_a_schema_that_has_changed_is_told_change_by_change(tmp_path: Path) -> None:
    old = (ROOT / "schema.graphql").read_text("utf-8").replace("quantityReturnable: Int!", "quantityLeft: Int!")
    copy = tmp_path / "schema.graphql"
    copy.write_text(old, "utf-8")
    result = bff("schema", "check", str(copy))
    assert result.exit_code == 1
    assert "quantityLeft was removed" in result.stdout


def test_an_import_takes_the_good_orders_and_sets_the_bad_ones_aside(
    database_address: str, tmp_path: Path
) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_text(json.dumps({"number": "X"}) + "\n")
    result = bff("import", "orders", str(file), "--database", database_address)
    assert result.exit_code == 2
    assert "0 orders with 0 lines" in result.stdout
    assert "1 rejected, see " in result.stderr
    rejected = json.loads((tmp_path / "orders.jsonl.rejects.jsonl").read_text())
    assert rejected["line"] == 1


def test_an_import_into_a_database_without_tables_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_text("")
    result = bff("import", "orders", str(file), "--database", f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert (result.exit_code, result.stderr) == (
        1,
        "bff: the database lacks migration 0001_initial, 0002_cases_and_money: run bff db migrate first\n",
    )


def test_the_doctor_finds_a_good_server_good_and_an_empty_one_ill(database_address: str, tmp_path: Path) -> None:
    good = bff("doctor", BFF_DATABASE_URL=database_address, BFF_NOW="2026-03-01T09:30:00Z")
    assert good.exit_code == 0, good.output
    for word in ("premium_tier", "digest", "stopped at 2026-03-01T09:30:00+00:00", "up to date"):
        assert word in good.stdout
    ill = bff("doctor", BFF_DATABASE_URL=f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert ill.exit_code == 1
    assert "migration 0001_initial" in ill.stdout


def test_the_doctor_finds_books_that_disagree_ill(database_address: str) -> None:
    async def take() -> None:
        async with Database(database_address) as database:
            await upsert(database, [an_order("D-1")])

    asyncio.run(take())
    assert bff("doctor", BFF_DATABASE_URL=database_address).exit_code == 0
    statement(database_address, "UPDATE order_lines SET quantity_held = 1, held_units = ?", "[[0,1]]")

    ill = bff("doctor", BFF_DATABASE_URL=database_address)

    assert ill.exit_code == 1
    told = " ".join(ill.stdout.split())
    assert "ill books order_lines " in told
    assert " units is 1, it must be 0 " in told


def test_the_doctor_tells_by_how_much_the_clock_was_moved(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    assert bff("clock", "--forward", "3d", "--database", url).exit_code == 0
    told = " ".join(bff("doctor", BFF_DATABASE_URL=url).stdout.split())
    assert ", moved on by 3 days payments embedded worker inside bff serve " in told


def test_the_doctor_finds_a_redis_that_does_not_answer_ill_without_its_password(database_address: str) -> None:
    redis = "redis://kim:s3cret@127.0.0.1:1/0"
    ill = bff("doctor", BFF_DATABASE_URL=database_address, BFF_REDIS_URL=redis)
    assert ill.exit_code == 1
    assert "ill Redis redis://kim@127.0.0.1:1/0 does not answer: " in " ".join(ill.stdout.split())
    assert "s3cret" not in ill.output


def test_a_bad_setting_is_one_line_for_every_command() -> None:
    for command in (("serve",), ("db", "status"), ("doctor",), ("token", "--role", "ops")):
        result = bff(*command, BFF_NOW="yesterday")
        assert result.exit_code == 1
        assert "BFF_NOW=yesterday cannot be read; allowed: an instant with its offset" in result.stderr


def test_help_lists_the_commands() -> None:
    result = bff("--help")
    for command in ("serve", "demo", "import", "token", "schema", "db", "doctor"):
        assert command in result.stdout


UNOPENED = [("db", "status"), ("db", "migrate"), ("doctor",), ("serve",)]


@pytest.mark.parametrize("command", UNOPENED, ids=" ".join)
def test_a_server_that_nobody_answers_at_is_told_without_its_password(command: tuple[str, ...]) -> None:
    result = bff(*command, BFF_DATABASE_URL="postgresql://kim:s3cret@127.0.0.1:1/shop")
    assert (result.exit_code, len(result.stderr.strip().splitlines())) == (1, 1)
    assert result.stderr.startswith("bff: BFF_DATABASE_URL postgresql://kim@127.0.0.1:1/shop cannot be opened: ")
    assert "a server must listen there" in result.stderr
    assert "s3cret" not in result.output


@pytest.mark.parametrize("command", UNOPENED, ids=" ".join)
def test_a_file_that_cannot_be_there_is_told_in_one_line(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    url = f"sqlite:///{tmp_path / 'a-file' / 'shop.sqlite3'}"
    result = bff(*command, BFF_DATABASE_URL=url)
    assert (result.exit_code, len(result.stderr.strip().splitlines())) == (1, 1)
    assert result.stderr.startswith(f"bff: BFF_DATABASE_URL {url} cannot be opened: ")
    assert "its directory must exist and be writable" in result.stderr
