"""Can another team ship a plugin without a change here? A package with an entry point is all that it takes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bff.app import create_app, wire
from bff.http.tokens import Keyring, mint
from bff.orders.records import read_record
from bff.orders.upsert import upsert
from bff.policy.contributions import Capability
from bff.policy.registry import RegistryError
from bff.settings import OWN_PLUGINS, Settings, SettingsError
from bff.storage.database import Database
from bff.vocabulary import Role

PACKAGE = '''
"""Do birthdays count? For sixty days after delivery everything may come back."""

from datetime import timedelta

from bff.policy.contributions import Capability, Grant, Window, say
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Manifest, ReasonCode
from bff.vocabulary import Basis, Resolution, RuleSource, WindowAnchor

manifest = Manifest(
    name="birthday_club",
    version="1.0.0",
    title={"en": "Birthday club", "zh": "生日会"},
    description={"en": "Longer returns", "zh": "更长的退货期"},
    wants=Capability.GRANT,
    codes=(
        ReasonCode(
            code="birthday",
            source=RuleSource.GOODWILL,
            texts={"en": {"customer": "Happy birthday."}, "zh": {"customer": "生日快乐。"}},
        ),
    ),
)


@hookimpl
def judge_eligibility(case, lines):
    return [
        Grant(
            line=line.id,
            code="birthday",
            said=say(days=60),
            basis=Basis.NO_REASON,
            window=Window(line.delivered_at, line.delivered_at + timedelta(days=60), 60, WindowAnchor.DELIVERED),
            resolutions=(Resolution.RETURN_AND_REFUND,),
        )
        for line in lines
        if case.basis is Basis.NO_REASON and line.delivered_at
    ]
'''

NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)
ORDER = {
    "number": "SG-1",
    "market": "SG",
    "currency": "SGD",
    "status": "DELIVERED",
    "placedAt": "2026-05-01T00:00:00Z",
    "deliveredAt": "2026-05-05T00:00:00Z",
    "updatedAt": "2026-05-05T00:00:00Z",
    "customer": {"externalId": "ann", "displayName": "Ann"},
    "lines": [
        {
            "externalId": "1", "merchantExternalId": "m", "merchantName": "M", "sku": "S", "title": "Shoe",
            "category": "apparel/shoes", "quantity": 1, "unitPrice": "20.00", "discount": "0.00", "tax": "0.00",
            "paid": "20.00",
        }
    ],
    "shippingFee": "0.00",
    "payments": [{"externalId": "p", "method": "CARD", "captured": "20.00", "label": "Visa"}],
}  # fmt: skip
QUERY = """{ orderByNumber(number: "SG-1") { lines { returnEligibility {
  status window { days } explanations { code message plugin effect source } } } } }"""


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package as pip leaves it: a module, and the metadata with its entry point."""
    site = tmp_path / "site"
    metadata = site / "birthday_club-1.0.0.dist-info"
    metadata.mkdir(parents=True)
    (site / "birthday_club.py").write_text(PACKAGE, encoding="utf-8")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: birthday-club\nVersion: 1.0.0\n")
    (metadata / "entry_points.txt").write_text("[aftersales]\nbirthday_club = birthday_club\n")
    monkeypatch.syspath_prepend(str(site))


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the app with these settings, with an order that no standard window covers any more."""
    async with Database(settings.database_url) as database:
        await upsert(database, [read_record(ORDER)])
    wiring = wire(settings)
    async with wiring.database:
        transport = httpx2.ASGITransport(app=create_app(settings, wiring))
        token = mint(Keyring(settings.signing_keys), Role.AGENT, "agent", seconds=60)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://shop", headers=headers) as client:
            yield client


async def eligibility(client: httpx2.AsyncClient) -> dict[str, Any]:
    answer = (await client.post("/graphql", json={"query": QUERY})).json()
    found: dict[str, Any] = answer["data"]["orderByNumber"]["lines"][0]["returnEligibility"]
    return found


async def test_without_the_package_the_window_has_closed(database_address: str) -> None:
    async with served(Settings(database_url=database_address, plugins=OWN_PLUGINS, now=NOW)) as client:
        assert (await eligibility(client))["status"] == "INELIGIBLE"


@pytest.mark.usefixtures("outside")
async def test_an_installed_package_changes_the_answer_without_a_change_in_the_product(
    database_address: str,
) -> None:
    settings = Settings(
        database_url=database_address,
        plugins=(*OWN_PLUGINS, "birthday_club"),
        grants={"birthday_club": Capability.GRANT},
        now=NOW,
    )
    async with served(settings) as client:
        answer = await eligibility(client)
    assert answer["window"] == {"days": 60}
    assert answer["status"] == "ELIGIBLE"
    assert answer["explanations"][0] == {
        "code": "birthday_club.birthday",
        "message": "Happy birthday.",
        "plugin": "birthday_club",
        "effect": "GRANTS",
        "source": "GOODWILL",
    }


@pytest.mark.usefixtures("outside")
async def test_to_a_developer_installing_it_is_enough(database_address: str) -> None:
    async with served(Settings(database_url=database_address, now=NOW)) as client:
        assert (await eligibility(client))["status"] == "ELIGIBLE"


@pytest.mark.usefixtures("outside")
def test_what_the_operator_did_not_grant_stops_the_start_and_names_plugin_and_capability() -> None:
    plugins = (*OWN_PLUGINS, "birthday_club")
    with pytest.raises(RegistryError, match=r"birthday_club.*GRANT"):
        wire(Settings(database_url="sqlite://:memory:", plugins=plugins, grants={}))


def test_a_plugin_that_is_not_installed_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="BFF_PLUGINS names birthday_club, which is not installed"):
        wire(Settings(database_url="sqlite://:memory:", plugins=("birthday_club",)))


def test_a_plugin_can_rest_while_its_records_stay_in_the_files() -> None:
    wired = wire(Settings(database_url="sqlite://:memory:", plugins=("no_reason_return",)))
    assert {record.plugin for record in wired.policy_set.records} == {"no_reason_return"}


def test_a_broken_package_is_set_aside_and_the_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = tmp_path / "broken-1.0.0.dist-info"
    metadata.mkdir()
    (tmp_path / "broken_rules.py").write_text("raise SystemExit(3)\n")
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0.0\n")
    (metadata / "entry_points.txt").write_text("[aftersales]\nbroken_rules = broken_rules\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    wired = wire(Settings(database_url="sqlite://:memory:"))
    assert [(each.name, each.error) for each in wired.registry.quarantined] == [("broken_rules", "SystemExit: 3")]
    assert [plugin.name for plugin in wired.registry.plugins] == list(OWN_PLUGINS)
