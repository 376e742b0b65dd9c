"""Can the shop's policy records be trusted? Each says how well it is known, and none takes a right away."""

import tomllib
from pathlib import Path
from typing import Any

import no_reason_return
import premium_tier
import pytest
import quality_claim

from bff.markets import markets
from bff.policy.policy_files import SEGMENTS_FILE, read_policies

POLICIES = Path(__file__).parents[2] / "policies"
FILES = sorted(path for path in POLICIES.rglob("*.toml") if path.name != SEGMENTS_FILE)
KNOWN_HOW_WELL = ("primary", "vendor", "secondary", "unverified", "commercial")


def contents(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_every_record_is_accepted() -> None:
    records, segments = read_policies(
        POLICIES, [plugin.manifest for plugin in (no_reason_return, premium_tier, quality_claim)]
    )

    assert len(records) > 100
    assert segments[0] == "premium"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_says_when_it_is_to_be_reviewed(path: Path) -> None:
    assert "review_by" in contents(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_record_says_how_well_its_figure_is_known(path: Path) -> None:
    unclear = [
        record["id"]
        for record in contents(path)["record"]
        if not record.get("note", "").startswith(KNOWN_HOW_WELL)
    ]

    assert unclear == []


def test_every_market_has_a_window_for_changes_of_mind_and_one_for_faults() -> None:
    records, _ = read_policies(
        POLICIES, [plugin.manifest for plugin in (no_reason_return, premium_tier, quality_claim)]
    )
    windows = {"no_reason_return": ("window_days",), "quality_claim": ("platform_days", "guarantee_days")}

    for plugin, keys in windows.items():
        served = {record.scope.market for record in records if record.plugin == plugin and record.key in keys}
        assert set(markets()) <= served
