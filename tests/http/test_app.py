"""Does the whole server hold together? Wired from settings, ready with its tables, refused with bad rules."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from starlette.types import Message

from bff.app import TARIFF, create_app, wire
from bff.http.operations import OperationStore
from bff.http.parameters import Parameters
from bff.http.tokens import Keyring, mint
from bff.policy.contributions import Capability
from bff.policy.policy_files import PolicyError
from bff.resolvers.schema import build_schema
from bff.setting_values import Payments
from bff.settings import DEMO_KEY, Environment, Settings, SettingsError
from bff.vocabulary import Role

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a running app: its lifespan is entered, as a server would do."""
    app = create_app(settings)
    incoming: asyncio.Queue[Message] = asyncio.Queue()
    outgoing: asyncio.Queue[Message] = asyncio.Queue()
    life = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}}, incoming.get, outgoing.put))
    await incoming.put({"type": "lifespan.startup"})
    assert (await outgoing.get())["type"] == "lifespan.startup.complete"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test") as client:
        yield client
    await incoming.put({"type": "lifespan.shutdown"})
    await life


async def test_an_app_answers_from_its_own_database(database_address: str) -> None:
    token = mint(Keyring((DEMO_KEY,)), Role.OPS, "kim", seconds=60)
    async with served(Settings(database_url=database_address)) as client:
        response = await client.post(
            "/graphql",
            json={"query": "{ viewer { role } orders { totalCount } }"},
            headers={"authorization": f"Bearer {token}"},
        )
    assert response.json()["data"] == {"viewer": {"role": "OPS"}, "orders": {"totalCount": 0}}


@pytest.mark.parametrize(
    ("header", "key", "refused"),
    [
        ("k1", "", ["eventId"]),
        ('"k1"', "k1", ["eventId"]),
        (None, "k1", ["eventId"]),
        ("k1", "k2", ["idempotencyKey"]),
        (None, "", ["idempotencyKey"]),
    ],
)
async def test_the_header_is_the_key_of_an_input_that_has_none(
    database_address: str, header: str | None, key: str, refused: list[str]
) -> None:
    """The event is none, so that the key is the only other thing that can be wrong."""
    token = mint(Keyring((DEMO_KEY,)), Role.INGEST, "carrier", seconds=60)
    headers = {"authorization": f"Bearer {token}"} | ({"idempotency-key": header} if header else {})
    event = '{eventId: "", trackingNumber: "T", status: BOOKED, at: "2026-01-01T00:00:00Z"}'
    document = f"""mutation {{ recordShipmentEvents(input: {{events: [{event}], idempotencyKey: "{key}"}}) {{
        userErrors {{ path }} }} }}"""
    async with served(Settings(database_url=database_address)) as client:
        response = await client.post("/graphql", json={"query": document}, headers=headers)
    (error,) = response.json()["data"]["recordShipmentEvents"]["userErrors"]
    assert error["path"][-1:] == refused


async def test_nobody_is_nobody(database_address: str) -> None:
    async with served(Settings(database_url=database_address)) as client:
        response = await client.post("/graphql", json={"query": "{ viewer { role } }"})
    assert (response.status_code, response.json()["data"]) == (200, {"viewer": None})


async def test_two_apps_with_two_databases_live_in_one_process(tmp_path: Path, database_address: str) -> None:
    empty = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    async with (
        served(Settings(database_url=database_address)) as ready,
        served(Settings(database_url=empty)) as unready,
    ):
        responses = await asyncio.gather(ready.get("/readyz"), unready.get("/readyz"), ready.get("/readyz"))
    assert [response.status_code for response in responses] == [200, 503, 200]
    assert responses[1].json()["missing"][0].startswith("migration ")


async def test_it_is_alive_while_its_database_is_not_ready(tmp_path: Path) -> None:
    async with served(Settings(database_url=f"sqlite:///{tmp_path / 'empty.sqlite3'}")) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_the_console_can_be_switched_off(database_address: str) -> None:
    async with served(Settings(database_url=database_address, graphiql=False)) as client:
        response = await client.get("/graphql", headers={"accept": "text/html"})
        assert response.status_code == 406
        assert (await client.get("/graphql/console/index.html")).status_code == 404


async def test_production_asks_browsers_for_https(database_address: str) -> None:
    settings = Settings(
        database_url=database_address, environment=Environment.PRODUCTION, payments=Payments.EMBEDDED
    )
    async with served(settings) as client:
        assert (await client.get("/healthz")).headers["strict-transport-security"].startswith("max-age=63072000")


@pytest.mark.parametrize(("origin", "allowed"), [("https://shop.test", True), ("https://evil.test", False)])
async def test_only_named_sites_may_read_answers(database_address: str, origin: str, allowed: bool) -> None:  # noqa: FBT001
    async with served(Settings(database_url=database_address, cors_origins=("https://shop.test",))) as client:
        asked = {"origin": origin, "access-control-request-method": "POST"}
        preflight = await client.options("/graphql", headers=asked)
        answer = await client.post("/graphql", json={"query": "{ __typename }"}, headers={"origin": origin})
    assert (preflight.headers.get("access-control-allow-origin") == origin) is allowed
    assert (answer.headers.get("access-control-allow-origin") == origin) is allowed
    assert "access-control-allow-credentials" not in answer.headers


def test_an_unreadable_policy_file_stops_the_start_and_says_where_and_what(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        'plugin = "no_reason_return"\nreview_by = 2027-05-01\n'
        '[[record]]\nid = "sg"\nkey = "voluntary_days"\nvalue = "ten"\n'
    )
    with pytest.raises(PolicyError) as refusal:
        wire(Settings(database_url="sqlite://:memory:", policies=tmp_path))
    assert "bad.toml" in str(refusal.value)
    assert "sg" in str(refusal.value)


def test_a_plugin_that_is_not_installed_is_named() -> None:
    with pytest.raises(
        SettingsError, match="BFF_PLUGINS names no_such_plugin, which is not installed; installed: "
    ):
        wire(Settings(plugins=("no_such_plugin",)))


def test_a_plugin_that_is_granted_something_and_not_installed_is_named() -> None:
    with pytest.raises(
        SettingsError, match="BFF_GRANTS names no_such_plugin, which is not installed; installed: "
    ):
        wire(Settings(grants={"no_such_plugin": Capability.GRANT}))


def test_the_default_plugins_all_take_part() -> None:
    wired = wire(Settings(database_url="sqlite://:memory:"))
    assert [plugin.name for plugin in wired.registry.plugins] == [
        "no_reason_return",
        "premium_tier",
        "quality_claim",
    ]
    assert wired.registry.quarantined == ()


def given(document: str) -> dict[str, object]:
    """Variables that fit, of the sizes that clients send."""
    fitting: dict[str, object] = {"ID!": "x", "Int": 20, "Int!": 20, "String!": "x", "[ID!]!": ["x"] * 20}
    found = {}
    head = document.partition("{")[0].partition("(")[2]
    for name, kind in re.findall(r"\$(\w+): ([^\s,=)]+)", head):
        found[name] = fitting.get(kind)
    return {name: value for name, value in found.items() if value is not None}


def cost(document: str, variables: dict[str, Any] | None = None) -> int:
    """What an operation of this shop costs."""
    store = OperationStore(build_schema()._schema, Settings().limits, TARIFF)
    return store.operation(Parameters(document, None, variables)).price.cost


def test_a_hundred_orders_with_the_eligibility_of_every_line_are_within_the_limits() -> None:
    document = "{ orders(first: 100) { edges { node { id lines { id returnEligibility { status } } } } } }"
    assert cost(document) == 100 + 200 + 200 * 2


def test_a_lines_reasons_weigh_more_than_its_eligibility_for_they_take_eleven_decisions() -> None:
    document = "{ orders(first: 10) { edges { node { lines { returnReasons { reason } } } } } }"
    assert cost(document) == 10 + 20 + 20 * 5


@pytest.mark.parametrize(("lines", "points"), [(1, 10 + 1 + 1 + 1), (100, 10 + 100 + 100 + 100)])
def test_a_quote_costs_by_the_lines_that_it_is_asked_about(lines: int, points: int) -> None:
    document = """query Q($input: ReturnQuoteInput!) {
      returnQuote(input: $input) { token lines { orderLine { id } eligibility { status } } }
    }"""
    line = {"orderLineId": "x", "quantity": 1, "reason": "SIZE_OR_FIT"}
    asked = {"orderId": "x", "resolution": "RETURN_AND_REFUND", "lines": [line] * lines}
    assert cost(document, {"input": asked}) == points


def test_many_approvals_at_once_are_within_the_limits() -> None:
    document = """mutation M($input: ApproveCasesInput!) {
      approveCases(input: $input) { results { case { id status } userErrors { code } } }
    }"""
    cases = [{"caseId": f"c{number}", "version": 1} for number in range(100)]
    assert cost(document, {"input": {"cases": cases, "idempotencyKey": "k"}}) == 100 * 2 + 100


DOCUMENTS = [*(ROOT / "bff/http/examples").glob("*.graphql"), *(ROOT / "tests/operations").glob("*.graphql")]
WITHOUT_INPUT = [path for path in DOCUMENTS if "Input!" not in path.read_text("utf-8").split("{")[0]]


@pytest.mark.parametrize("path", WITHOUT_INPUT, ids=lambda path: path.stem)
def test_what_clients_really_send_is_within_the_limits(path: Path) -> None:
    document = path.read_text(encoding="utf-8")
    store = OperationStore(build_schema()._schema, Settings().limits, TARIFF)
    assert store.operation(Parameters(document, None, given(document))).price.cost <= 700
