"""What may a merchant's record not say? Nothing that a law says, and no dearer way back."""

import shutil
from pathlib import Path

import no_reason_return
import premium_tier
import pytest
import quality_claim
from msgspec import Struct

from bff.policy.manifest import Amounts
from bff.policy.policy_files import PolicyError, read_policies
from bff.policy.registry import RegistryError, load_plugins
from bff.policy.testing import a_manifest, a_plugin

POLICIES = Path(__file__).parents[2] / "policies"
PLUGINS = (no_reason_return, premium_tier, quality_claim)
MANIFESTS = {plugin.manifest.name: plugin.manifest for plugin in PLUGINS}
RESERVED = [(name, key) for name, manifest in MANIFESTS.items() for key in sorted(manifest.reserved)]
SOME = {"int": "0", "bool": "true", "str": '"none"', "tuple": "[]"}


def problems(directory: Path, *records: str, plugin: str = "no_reason_return") -> list[str]:
    """What stops the start once these records stand beside the shop's own."""
    policies = directory / "policies"
    shutil.copytree(POLICIES, policies, dirs_exist_ok=True)
    text = "".join(f"[[record]]\n{record}\n" for record in records)
    (policies / "mine.toml").write_text(f'plugin = "{plugin}"\n{text}')
    try:
        read_policies(policies, MANIFESTS.values())
    except PolicyError as error:
        return list(error.problems)
    return []


def a_record(key: str, value: str, scope: str, *, name: str = "mine", rest: str = "") -> str:
    return f'id = "{name}"\nkey = "{key}"\nvalue = {value}\nscope = {{ {scope} }}\n{rest}'


def some_value(plugin: str, key: str) -> str:
    default = getattr(MANIFESTS[plugin].parameters(), key)
    return SOME[type(default).__name__]


@pytest.mark.parametrize(("plugin", "key"), RESERVED)
@pytest.mark.parametrize("who", ["merchant", "segment", "channel"])
def test_what_carries_out_a_law_is_the_same_for_every_shop_customer_and_channel(
    tmp_path: Path, plugin: str, key: str, who: str
) -> None:
    record = a_record(key, some_value(plugin, key), f'market = "DE", {who} = "premium"')
    assert problems(tmp_path, record, plugin=plugin) == [
        (
            f"mine.toml: record 'mine': {key}: carries out a law, so its scope may name market and category, "
            f"not {who} 'premium'"
        )
    ]


def test_every_parameter_of_the_law_is_reserved() -> None:
    assert MANIFESTS["no_reason_return"].reserved == {
        "counts_from_last_parcel",
        "exclusions",
        "exclusions_if_confirmed",
        "intact",
        "moves_to_working_day",
        "recovers_free_shipping",
        "resettles_promotions",
        "statute_refunds_outbound",
        "statutory_days",
        "statutory_law",
        "uninformed_extension_days",
        "uninformed_pays_freight",
    }
    assert MANIFESTS["quality_claim"].reserved == {
        "exchange_days",
        "failed_repairs_for_exchange",
        "failed_repairs_for_refund",
        "guarantee_days",
        "guarantee_law",
        "guarantee_resolutions",
        "refund_at_once",
        "refund_days",
        "rejecting_customer_proves",
        "repairable_reasons",
        "seller_proves_days",
    }


@pytest.mark.parametrize(
    "scope", ['merchant = "m"', 'merchant = "m", market = "DE"', 'merchant = "m", category = "home"']
)
def test_a_merchants_way_back_costs_no_more_than_the_platforms(tmp_path: Path, scope: str) -> None:
    assert problems(tmp_path, a_record("return_freight", '{ EUR = "500.00", SGD = "3.50" }', scope)) == [
        (
            "mine.toml: record 'mine': return_freight = 500.00 EUR is more than 4.90 EUR, which "
            "'nr-return-freight' of no_reason_return/everywhere.toml sets for the platform; a merchant may set as "
            "much or less"
        )
    ]
    assert problems(tmp_path, a_record("return_freight", '{ EUR = "4.90", SGD = "0.00" }', scope)) == []


def test_a_merchant_prices_no_currency_that_the_platform_does_not(tmp_path: Path) -> None:
    assert problems(tmp_path, a_record("return_freight", '{ JPY = "1" }', 'merchant = "m"')) == [
        (
            "mine.toml: record 'mine': return_freight = 1 JPY is more than nothing, which 'nr-return-freight' of "
            "no_reason_return/everywhere.toml sets for the platform; a merchant may set as much or less"
        )
    ]


def test_the_platforms_own_price_for_bulky_goods_is_the_merchants_limit_for_them(tmp_path: Path) -> None:
    bulky = a_record("return_freight", '{ EUR = "29.00" }', 'category = "furniture"', name="bulky")
    sofas = 'merchant = "m", category = "furniture/sofas"'

    assert problems(tmp_path, bulky, a_record("return_freight", '{ EUR = "29.00" }', sofas)) == []
    assert len(problems(tmp_path, bulky, a_record("return_freight", '{ EUR = "29.01" }', sofas))) == 1
    # For all of a merchant's goods both prices of the platform hold, so the lower does too.
    assert len(problems(tmp_path, bulky, a_record("return_freight", '{ EUR = "29.00" }', 'merchant = "m"'))) == 1


@pytest.mark.parametrize(
    ("plugin", "key", "worse", "law"),
    [
        ("no_reason_return", "expected_days", "15", "14, which 'nr-eu-expected' of no_reason_return/eu.toml"),
        ("quality_claim", "unshipped_days", "31", "30, which 'qc-eu-unshipped' of quality_claim/eu.toml"),
    ],
)
def test_no_merchant_takes_longer_than_a_law_allows(
    tmp_path: Path, plugin: str, key: str, worse: str, law: str
) -> None:
    [problem] = problems(tmp_path, a_record(key, worse, 'market = "DE", merchant = "m"'), plugin=plugin)

    assert problem.startswith(f"mine.toml: record 'mine': {key} = {worse} is worse for the customer than {law}")


class Rules(Struct, frozen=True):
    days: int = 7
    fee: Amounts = Amounts({})


def test_a_reserve_or_ceiling_of_something_that_is_no_such_parameter_is_refused() -> None:
    manifest = a_manifest(
        "odd", parameters=Rules, reserved=frozenset({"day"}), ceilings=frozenset({"days", "fee", "fees"})
    )
    with pytest.raises(RegistryError) as error:
        load_plugins([a_plugin("odd", manifest)])
    assert error.value.problems == (
        "odd: 'day' is reserved or has a ceiling, but is no parameter; did you mean 'days'?",
        "odd: 'fees' is reserved or has a ceiling, but is no parameter; did you mean 'fee'?",
        "odd: parameter 'days' has a ceiling, so it must be Amounts",
    )
