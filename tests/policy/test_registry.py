"""Who is admitted? Whoever keeps the rules; every broken one is named, with everybody it concerns."""
# ruff: noqa: ARG001, ARG005 - the arguments of a hook are what is tested here, and nobody calls it

from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import Struct

from bff.policy.contributions import ENTITLEMENT, Capability
from bff.policy.decision import Fault
from bff.policy.facts import CORE_FACTS, FactDeclaration, FactProvider, Line, Scope
from bff.policy.hookspecs import hookimpl
from bff.policy.kernel import Kernel
from bff.policy.manifest import Floor, ReasonCode
from bff.policy.parameters import PolicySet
from bff.policy.registry import RegistryError, discover, load_plugins, normalised
from bff.policy.testing import EVERYTHING, a_case, a_grant, a_manifest, a_plugin
from bff.vocabulary import Basis, EligibilityStatus, RuleSource


def refused(*plugins: Any, **settings: Any) -> tuple[str, ...]:
    with pytest.raises(RegistryError) as error:
        load_plugins(plugins, **settings)
    return error.value.problems


async def load_nothing(keys: Any) -> Mapping[str, Any]:
    return {}


def a_provider(fact: str, *after: str) -> FactProvider:
    declared = FactDeclaration(id=fact, scope=Scope.CUSTOMER, type=int)
    return FactProvider(fact=declared, load=load_nothing, after=after)


def a_code(**texts: Mapping[str, str]) -> ReasonCode:
    return ReasonCode(code="said", source=RuleSource.PLATFORM, texts=texts)


# ---- admitting ----------------------------------------------------------------------------------


def test_plugins_stand_in_the_order_of_their_names_however_they_are_found() -> None:
    registry = load_plugins([a_plugin("zed"), a_plugin("Ann-Lee"), a_plugin("bob")])
    assert [plugin.name for plugin in registry.plugins] == ["ann_lee", "bob", "zed"]
    assert [manifest.name for manifest in registry.manifests] == ["ann_lee", "bob", "zed"]


def test_a_name_is_compared_in_lower_case_with_underscores() -> None:
    assert normalised(" Premium-Tier.v2 ") == "premium_tier_v2"


def test_a_package_with_an_entry_point_is_found_and_admitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "outside.py").write_text(
        "from bff.policy.testing import a_grant, a_manifest\n"
        "from bff.policy.hookspecs import hookimpl\n"
        "manifest = a_manifest('outside')\n"
        "@hookimpl\n"
        "def judge_eligibility(lines):\n"
        "    return [a_grant(line.id) for line in lines]\n"
    )
    info = tmp_path / "outside-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[aftersales]\noutside = outside\nbroken = no_such_module\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    entries = [entry for entry in discover() if entry.name in ("outside", "broken")]
    registry = load_plugins(entries)
    assert [plugin.name for plugin in registry.plugins] == ["outside"]
    assert [(each.name, each.error) for each in registry.quarantined] == [
        ("broken", "ModuleNotFoundError: No module named 'no_such_module'")
    ]


# ---- quarantine ---------------------------------------------------------------------------------

BROKEN = EntryPoint(name="Broken-One", value="no_such_module", group="aftersales")


def decide_beside_broken(grants: Mapping[str, Capability] | None) -> Any:
    registry = load_plugins([BROKEN, a_plugin("good", judge_eligibility=[a_grant()])], grants)
    return Kernel(registry, PolicySet((), registry.manifests)).decide(a_case())


def test_a_package_that_cannot_be_imported_is_a_fault_in_every_decision() -> None:
    decision = decide_beside_broken(None)
    assert decision.faults == (
        Fault("broken_one", "judge_eligibility", "error", "ModuleNotFoundError: No module named 'no_such_module'"),
    )
    assert decision.lines[0].status is EligibilityStatus.REVIEW


def test_a_broken_entitlement_leaves_approvals_alone() -> None:
    grants = {"Broken-One": ENTITLEMENT, "good": EVERYTHING}
    assert decide_beside_broken(grants).lines[0].status is EligibilityStatus.ELIGIBLE


def test_a_broken_package_that_could_only_charge_still_raises_a_doubt() -> None:
    grants = {"broken_one": Capability.CHARGE, "good": EVERYTHING}
    assert decide_beside_broken(grants).lines[0].status is EligibilityStatus.REVIEW


def test_an_object_without_a_manifest_is_put_in_quarantine() -> None:
    [quarantined] = load_plugins([SimpleNamespace()]).quarantined
    assert quarantined.error == "TypeError: `manifest` is NoneType, not a Manifest"


# ---- conflicts ----------------------------------------------------------------------------------


def test_two_plugins_of_one_name_are_refused_with_both_names() -> None:
    assert refused(a_plugin("Same-Name"), a_plugin("same_name")) == (
        "'Same-Name' and 'same_name': two plugins of one name, same_name",
    )


def test_two_owners_of_a_basis_are_refused_with_both_names() -> None:
    owners = [a_plugin(name, a_manifest(name, bases=(Basis.QUALITY,))) for name in ("zed", "ann")]
    assert refused(*owners) == ("ann and zed: both own the basis 'quality', which has exactly one owner",)


def test_two_sources_of_a_fact_are_refused_with_both_names() -> None:
    sources = [a_plugin(name, a_manifest(name, provides=(a_provider("score@1"),))) for name in ("ann", "bob")]
    assert refused(*sources) == ("ann and bob: both provide the fact 'score@1'",)
    assert refused(sources[0], facts=[a_provider("score@1")]) == (
        "the host and ann: both provide the fact 'score@1'",
    )


def test_a_fact_that_nobody_provides_is_refused_with_the_nearest_name() -> None:
    needy = a_plugin("needy", a_manifest("needy", needs=("customer.quota@1",)))
    host = [FactProvider(fact=fact, load=load_nothing) for fact in CORE_FACTS]
    assert refused(needy, facts=host) == (
        "needy: needs the fact 'customer.quota@1', which nobody provides; did you mean 'customer.quotas@1'?",
    )


def test_facts_that_wait_for_one_another_are_refused() -> None:
    ann = a_plugin("ann", a_manifest("ann", provides=(a_provider("a@1", "b@1"),)))
    bob = a_plugin("bob", a_manifest("bob", provides=(a_provider("b@1", "a@1"), a_provider("c@1"))))
    assert refused(ann, bob) == ("ann and bob: the facts a@1, b@1 wait for one another",)


def test_a_source_that_waits_for_a_missing_fact_is_refused() -> None:
    ann = a_plugin("ann", a_manifest("ann", provides=(a_provider("a@1", "z@1"),)))
    assert refused(ann, facts=[]) == ("ann: 'a@1' comes after 'z@1', which nobody provides",)


def test_a_capability_that_the_deployment_does_not_grant_is_refused() -> None:
    keen = a_plugin("keen", a_manifest("keen", Capability.GRANT | Capability.MANDATE | Capability.RISK))
    assert refused(keen, grants={"Keen": Capability.GRANT}) == (
        "keen: wants MANDATE, RISK, which the deployment does not grant it",
    )
    assert refused(keen, grants={}) == (
        "keen: wants GRANT, MANDATE, RISK, which the deployment does not grant it",
    )


def test_all_problems_of_all_plugins_are_said_at_once() -> None:
    old = a_plugin("old", a_manifest("old", api=0))
    lost = a_plugin("lost", a_manifest("lost", markets=frozenset({"SG", "XX"})))
    problems = refused(old, lost)
    assert [problem.partition(":")[0] for problem in problems] == ["lost", "old"]
    assert "'XX' is no market; there are CN, DE" in problems[0]
    assert problems[1] == "old: speaks version 0 of the plugin interface, the host speaks 1"


# ---- hooks --------------------------------------------------------------------------------------


def with_hook(hook: Any, name: str = "judge_eligibility") -> Any:
    return SimpleNamespace(manifest=a_manifest("odd"), **{name: hook})


def test_an_unknown_hook_is_refused_with_the_nearest_name() -> None:
    assert refused(with_hook(hookimpl(lambda case: []), "judge_eligibilty")) == (
        "odd: 'judge_eligibilty' is no hook; did you mean 'judge_eligibility'?",
    )


def test_an_unknown_argument_is_refused_with_those_that_there_are() -> None:
    assert refused(with_hook(hookimpl(lambda case, clock: []))) == (
        "odd.judge_eligibility: argument 'clock' is unknown; it may take case, lines, facts, parameters, prior",
    )


def test_an_argument_with_a_default_is_refused_for_it_would_never_be_given() -> None:
    assert refused(with_hook(hookimpl(lambda case, prior=None: []))) == (
        "odd.judge_eligibility: argument 'prior' has a default, so it would never be given",
    )


@pytest.mark.parametrize("mark", ["tryfirst", "trylast", "wrapper", "hookwrapper", "optionalhook"])
def test_an_implementation_that_wants_a_place_in_the_order_is_refused(mark: str) -> None:
    def hook(case: Any) -> Any:
        yield

    marked = hookimpl(**{mark: True})(hook if "wrapper" in mark else lambda case: [])  # type: ignore[call-overload]
    assert f"odd.judge_eligibility: {mark} is refused, for order never matters" in refused(with_hook(marked))


def test_an_async_hook_is_refused() -> None:
    async def hook(lines: list[Line]) -> list[Any]:
        return []

    assert refused(with_hook(hookimpl(hook))) == (
        "odd.judge_eligibility: is async; a hook is pure, and its facts are read before it is asked",
    )


def test_a_generator_is_refused_as_a_hook() -> None:
    def hook(lines: list[Line]) -> Any:
        yield from ()

    assert refused(with_hook(hookimpl(hook))) == (
        "odd.judge_eligibility: is a generator; a hook returns a list or tuple",
    )


# ---- manifests ----------------------------------------------------------------------------------


def declared(**differing: Any) -> Any:
    return a_plugin("odd", a_manifest("odd", **differing))


def test_a_code_without_a_text_for_the_customer_in_both_languages_is_refused() -> None:
    code = a_code(en={"customer": "Yes."}, zh={"merchant": "可以。"})
    assert refused(declared(codes=(code,))) == ("odd.said: has no text for the customer in 'zh'",)


def test_texts_that_name_different_values_are_refused() -> None:
    code = a_code(en={"customer": "{days} days until {until}"}, zh={"customer": "{days}天"})
    assert refused(declared(codes=(code,))) == (
        "odd.said: the customer's texts name different values (en: days, until; zh: days)",
    )


def test_an_unknown_audience_is_refused() -> None:
    code = a_code(en={"customer": "Yes.", "shopper": "Yes."}, zh={"customer": "可以。"})
    assert refused(declared(codes=(code,))) == (
        "odd.said: 'shopper' in 'en' is no audience; there are auditor, customer, merchant, title",
    )


def test_a_code_declared_twice_is_refused() -> None:
    code = a_code(en={"customer": "Yes."}, zh={"customer": "可以。"})
    assert refused(declared(codes=(code, code))) == ("odd: the code 'said' is declared twice",)


def test_a_title_is_wanted_in_both_languages() -> None:
    assert refused(declared(title={"en": "Odd"})) == ("odd: title and description are missing in 'zh'",)


class Loose(Struct):
    days: int = 7


class Bare(Struct, frozen=True):
    days: int
    share: bool = False


def test_parameters_are_frozen_and_have_defaults() -> None:
    assert refused(declared(parameters=dict)) == ("odd: `parameters` is not a msgspec.Struct",)
    assert refused(declared(parameters=Loose)) == ("odd: Loose must be frozen, for its values are shared",)
    assert refused(declared(parameters=Bare)) == (
        "odd: parameter 'days' has no default, the rule as it is without any record",
    )


def test_a_floor_or_date_of_something_that_is_no_parameter_is_refused() -> None:
    assert refused(declared(parameters=Bare, floors={"day": Floor.AT_LEAST, "share": Floor.AT_MOST}))[1:] == (
        "odd: 'day' is dated or has a floor, but is no parameter; did you mean 'days'?",
        "odd: parameter 'share' has a floor, so it must be a whole number",
    )
