"""Which benefits does a customer have? What plugins list, whatever happens to others."""

from datetime import timedelta
from typing import Any

from bff.policy.contributions import Benefit
from bff.policy.entitlements import Entitlement
from bff.policy.facts import FactView
from bff.policy.kernel import Kernel
from bff.policy.testing import NOW, a_kernel, a_manifest, a_plugin


def benefit(**differing: Any) -> Benefit:
    return Benefit(**({"line": "", "code": "said"} | differing))


def listed(kernel: Kernel, market: str = "SG", known: Any = None) -> list[Entitlement]:
    return kernel.entitlements("customer-1", market, ("plus",), NOW, known or {})


def test_a_benefit_says_what_is_left_of_its_quota() -> None:
    soon = NOW + timedelta(days=9)
    plugin = a_plugin("plus", list_entitlements=[benefit(limit=5, used=2, resets_at=soon), benefit()])
    found = listed(a_kernel([plugin]))
    assert [(each.code, each.limit, each.remaining, each.resets_at) for each in found] == [
        ("plus.said", 5, 3, soon),
        ("plus.said", None, None, None),
    ]


def test_a_quota_used_beyond_its_limit_leaves_nothing() -> None:
    [found] = listed(a_kernel([a_plugin("plus", list_entitlements=[benefit(limit=5, used=7)])]))
    assert found.remaining == 0


def test_a_plugin_that_fails_hides_none_of_the_others() -> None:
    def down(facts: FactView) -> list[Benefit]:
        return [benefit(used=facts.get("quota@1", "customer-1"))]

    needy = a_plugin("needy", a_manifest("needy", needs=("quota@1",)), list_entitlements=down)
    kernel = a_kernel([needy, a_plugin("plus", list_entitlements=[benefit()])])
    assert [each.plugin for each in listed(kernel)] == ["plus"]
    assert [each.plugin for each in listed(kernel, known={"quota@1": {"customer-1": 1}})] == ["needy", "plus"]


def test_a_benefit_for_a_line_is_a_mistake() -> None:
    assert listed(a_kernel([a_plugin("plus", list_entitlements=[benefit(line="line-1")])])) == []


def test_a_plugin_lists_nothing_outside_its_markets() -> None:
    manifest = a_manifest("plus", markets=frozenset({"SG"}))
    kernel = a_kernel([a_plugin("plus", manifest, list_entitlements=[benefit()])])
    assert [len(listed(kernel, market)) for market in ("SG", "DE")] == [1, 0]
