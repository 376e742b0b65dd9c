"""Does a failing plugin ever break an answer? It becomes a fault, and others are heard all the same."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from bff.policy.breaker import BreakerLimits
from bff.policy.contributions import (
    ENTITLEMENT,
    Bear,
    Bonus,
    Capability,
    Contribution,
    Cost,
    Forbid,
    Grant,
    Mandate,
    NoGrant,
    Require,
    Route,
    Strength,
    Waive,
    Window,
    WindowCap,
    say,
)
from bff.policy.decision import Fault
from bff.policy.facts import FactView
from bff.policy.kernel import Kernel
from bff.policy.parameters import PolicySet
from bff.policy.registry import load_plugins
from bff.policy.testing import (
    NOW,
    a_case,
    a_grant,
    a_kernel,
    a_line,
    a_manifest,
    a_plugin,
    a_window,
    decide_with,
)
from bff.vocabulary import Basis, EligibilityStatus, EvidenceKind, LiableParty, Resolution, WindowAnchor

NAIVE = datetime(2026, 11, 1)  # noqa: DTZ001 - the mistake under test


class Unprintable(Exception):  # noqa: N818 - named for what it is
    def __str__(self) -> str:
        raise RuntimeError("no words")


def raising(error: BaseException) -> Callable[[], Any]:
    def hook() -> Any:
        raise error

    return hook


async def soon() -> list[Any]:
    return []


def a_cost(**differing: Any) -> Cost:
    fields: dict[str, Any] = {"line": "line-1", "code": "said", "kind": "wear", "amount": 100}
    return Cost(**(fields | differing))


@pytest.mark.parametrize(
    ("hook", "message"),
    [
        (raising(ValueError("broken")), "ValueError: broken"),
        (raising(SystemExit(1)), "SystemExit: 1"),
        (raising(RecursionError("deep")), "RecursionError: deep"),
        (raising(Unprintable()), "Unprintable"),
        (raising(ValueError("<object at 0x7f00dead>")), "ValueError: <object at 0x>"),
        (lambda: "garbage", "a hook returns a list or tuple of contributions, not str"),
        (lambda: 7, "a hook returns a list or tuple of contributions, not int"),
        (
            lambda: soon(),  # noqa: PLW0108 - a plain function that hands a coroutine on
            "a hook returns a list or tuple of contributions, not coroutine",
        ),
        (lambda: (each for each in [a_grant()]), "a hook returns a list or tuple of contributions, not generator"),
        (lambda: [None], "NoneType does not answer judge_eligibility"),
        (lambda: ["grant"], "str does not answer judge_eligibility"),
        (lambda: [a_cost()], "Cost does not answer judge_eligibility"),
        (lambda: [a_grant(code="unheard_of")], "Grant: 'unheard_of' is not among the manifest's codes"),
        (lambda: [a_grant("line-9")], "Grant: 'line-9' is not a line that was asked about"),
        (lambda: [a_grant(), a_grant("line-9")], "Grant: 'line-9' is not a line that was asked about"),
    ],
)
def test_whatever_a_plugin_does_becomes_a_fault_and_the_others_are_heard(
    hook: Callable[[], Any], message: str
) -> None:
    bad = a_plugin("bad", judge_eligibility=hook)
    good = a_plugin("good", judge_eligibility=[a_grant()])
    decision = decide_with([bad, good], a_case())
    [fault] = decision.faults
    assert (fault.plugin, fault.hook, fault.kind) == ("bad", "judge_eligibility", "error")
    assert message in fault.message
    assert [plugin for plugin, _ in decision.contributions] == ["good"]
    assert decision.lines[0].status is EligibilityStatus.REVIEW
    assert [option.resolution for option in decision.lines[0].options] == [Resolution.RETURN_AND_REFUND]


@pytest.mark.parametrize("error", [KeyboardInterrupt, GeneratorExit])
def test_only_an_interrupt_passes_through(error: type[BaseException]) -> None:
    with pytest.raises(error):
        decide_with([a_plugin("bad", judge_eligibility=raising(error()))], a_case())


def window(**differing: Any) -> Any:
    fields: dict[str, Any] = {
        "opens_at": NOW,
        "closes_at": NOW,
        "days": 1,
        "anchor": WindowAnchor.PLACED,
    }
    return Window(**(fields | differing))


def a_grant_with(**differing: Any) -> Grant:
    fields: dict[str, Any] = {
        "line": "line-1",
        "code": "said",
        "basis": Basis.NO_REASON,
        "window": None,
        "resolutions": (Resolution.REPAIR,),
    }
    return Grant(**(fields | differing))


ILL_FORMED: list[tuple[str, Contribution, str]] = [
    ("judge_eligibility", a_grant_with(resolutions=()), "Grant.resolutions: at least one Resolution, not ()"),
    ("judge_eligibility", a_grant_with(resolutions=("REPAIR",)), "at least one Resolution"),
    ("judge_eligibility", a_grant_with(resolutions=[Resolution.REPAIR]), "Grant.resolutions is list, not tuple"),
    ("judge_eligibility", a_grant_with(basis="no_reason"), "Grant.basis is str, not Basis"),
    ("judge_eligibility", a_grant_with(window=7), "Grant.window is int, not NoneType or Window"),
    ("judge_eligibility", a_grant_with(window=window(closes_at=NAIVE)), "instants with a time zone"),
    ("judge_eligibility", a_grant_with(window=window(opens_at="now")), "instants with a time zone"),
    ("judge_eligibility", a_grant_with(window=window(days=1.5)), "whole days"),
    ("judge_eligibility", a_grant_with(said={"days": 7}), "Grant.said is dict, not tuple"),
    ("judge_eligibility", a_grant_with(said=(("rate", 0.5),)), "pairs of a name"),
    ("judge_eligibility", a_grant_with(said=say(until=NAIVE)), "pairs of a name"),
    (
        "judge_eligibility",
        WindowCap(line="line-1", code="said", basis="*", until=NAIVE),
        "an instant has a time zone",
    ),
    ("judge_eligibility", Forbid(line="line-1", code="said", basis="any"), "a basis, or '*'"),
    (
        "judge_eligibility",
        Forbid(line="line-1", code="said", basis="*", kind="mood"),
        "one of fraud, policy, safety",
    ),
    (
        "judge_eligibility",
        Mandate(
            line="line-1",
            code="said",
            basis=Basis.NO_REASON,
            window=a_window(),
            resolutions=(Resolution.REPAIR,),
            floor_bps=10_001,
            law="a law",
        ),
        "a rate is 0 to 10000 basis points",
    ),
    ("price_refund", a_cost(amount=1.5), "Cost.amount is float, not int"),
    ("price_refund", a_cost(amount=True), "Cost.amount is bool, not int"),
    ("price_refund", a_cost(amount=-1), "an amount is never negative"),
    ("price_refund", a_cost(amount=2**63), "an amount is never negative, in minor units"),
    (
        "price_refund",
        Waive(line="line-1", code="said", kind="wear", bps=-1, funder=LiableParty.MERCHANT),
        "a rate is 0 to 10000",
    ),
    (
        "price_refund",
        Waive(line="line-1", code="said", kind="wear", bps=1, funder=LiableParty.CUSTOMER),
        "somebody other than the customer",
    ),
    (
        "compensate",
        Bonus(line="line-1", code="said", group="g", amount=-5, funder=LiableParty.MERCHANT),
        "an amount is never negative",
    ),
    (
        "require_evidence",
        Require(line="line-1", code="said", basis=Basis.NO_REASON, kind=EvidenceKind.PHOTO, minimum=0),
        "at least one",
    ),
    (
        "assign_liability",
        Bear(line="line-1", code="said", kind="wear", party="CUSTOMER", strength=Strength.FAULT),  # type: ignore[arg-type]
        "Bear.party is str, not LiableParty",
    ),
    ("route_case", Route(line="line-1", code="said", prefer=(("w1", "2"),)), "pairs of warehouse id"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("hook", "said", "message"), ILL_FORMED)
def test_an_ill_formed_contribution_is_a_fault_that_names_field_and_what_is_allowed(
    hook: str, said: Contribution, message: str
) -> None:
    good = a_plugin("good", judge_eligibility=[a_grant()])
    decision = decide_with([good, a_plugin("bad", manifest=None, **{hook: [said]})], a_case())
    [fault] = decision.faults
    assert (fault.plugin, fault.hook) == ("bad", hook)
    assert message in fault.message


def test_what_a_plugin_is_not_granted_to_say_is_a_fault() -> None:
    forbid = Forbid(line="line-1", code="said", basis=Basis.NO_REASON)
    kind = a_plugin("kind", a_manifest("kind", ENTITLEMENT), judge_eligibility=[forbid])
    decision = decide_with([kind, a_plugin("good", judge_eligibility=[a_grant()])], a_case())
    assert decision.faults == (
        Fault(
            "kind",
            "judge_eligibility",
            "error",
            "MisspokenError: Forbid takes the capability RESTRICT, which is not granted",
        ),
    )
    # It could not have blocked anything, so nothing is in doubt.
    assert decision.lines[0].status is EligibilityStatus.ELIGIBLE


def test_a_plugin_without_capabilities_may_still_say_why_not() -> None:
    why_not = NoGrant(line="line-1", code="said", basis=Basis.NO_REASON, unmet="days")
    decision = decide_with(
        [a_plugin("mute", a_manifest("mute", Capability(0)), judge_eligibility=[why_not])], a_case()
    )
    assert decision.faults == ()
    assert [told.code for told in decision.lines[0].explanations] == ["mute.said"]


def test_a_line_that_a_core_guard_refused_may_not_be_spoken_about() -> None:
    gone = a_line("line-1", held=1)
    good = a_plugin("good", judge_eligibility=[a_grant("line-2"), a_grant("line-1")])
    decision = decide_with([good], a_case(gone, a_line("line-2")))
    assert [fault.plugin for fault in decision.faults] == ["good"]


def test_reading_an_unknown_fact_is_a_fault_of_its_own_kind() -> None:
    def judge(facts: FactView) -> list[Grant]:
        return [a_grant()] if facts.get("member@1", "customer-1") else []

    plugin = a_plugin("member", a_manifest("member", needs=("member@1",)), judge_eligibility=judge)
    decision = decide_with([plugin], a_case())
    assert decision.faults == (
        Fault("member", "judge_eligibility", "unknown_fact", "FactUnknown: member@1[customer-1]"),
    )
    assert decision.reads == (("member@1", "customer-1"),)
    assert decide_with([plugin], a_case(known={"member@1": {"customer-1": True}})).faults == ()


def test_reading_an_undeclared_fact_is_an_error() -> None:
    def judge(facts: FactView) -> list[Grant]:
        return [a_grant()] if facts.get("member@1", "customer-1") else []

    known = {"member@1": {"customer-1": True}}
    [fault] = decide_with([a_plugin("nosy", judge_eligibility=judge)], a_case(known=known)).faults
    assert fault.kind == "error"
    assert "'member@1' is not among the manifest's `needs`" in fault.message


def test_a_plugin_that_keeps_failing_rests_and_is_tried_again_once() -> None:
    seconds = [0.0]
    calls: list[float] = []

    def judge() -> list[Grant]:
        calls.append(seconds[0])
        raise RuntimeError("down")

    registry = load_plugins([a_plugin("bad", judge_eligibility=judge)])
    kernel = Kernel(
        registry,
        PolicySet((), registry.manifests),
        clock=lambda: seconds[0],
        breaker=BreakerLimits(calls=3, failures_bps=5_000, rest=30.0),
    )
    kinds = [kernel.decide(a_case()).faults[0].kind for _ in range(5)]
    assert kinds == ["error", "error", "error", "breaker_open", "breaker_open"]
    seconds[0] = 30.0
    kinds = [kernel.decide(a_case()).faults[0].kind for _ in range(2)]
    assert kinds == ["error", "breaker_open"]
    assert calls == [0.0, 0.0, 0.0, 30.0]


def test_a_replay_takes_recorded_faults_as_given_and_heeds_no_breaker() -> None:
    plugin = a_plugin("good", judge_eligibility=[a_grant()])
    recorded = Fault("good", "judge_eligibility", "breaker_open", "it failed too often and rests")
    kernel = a_kernel([plugin])
    assert kernel.decide(a_case(), replay=[recorded]).faults == (recorded,)
    assert kernel.decide(a_case(), replay=[]).faults == ()


def test_a_policy_set_for_other_plugins_is_refused() -> None:
    with pytest.raises(ValueError, match="made without the manifests of good"):
        Kernel(load_plugins([a_plugin("good")]), PolicySet((), ()))


def test_a_plugin_is_asked_only_in_its_markets_and_about_the_bases_that_it_owns() -> None:
    quality = a_plugin("quality", a_manifest("quality", bases=(Basis.QUALITY,)), judge_eligibility=[a_grant()])
    german = a_plugin("german", a_manifest("german", markets=frozenset({"DE"})), judge_eligibility=[a_grant()])
    decision = decide_with([quality, german], a_case())
    assert decision.contributions == ()
    assert decision.plugins == (("german", "1.0.0"), ("quality", "1.0.0"))
    assert [name for name, _ in decide_with([german], a_case(market="DE")).contributions] == ["german"]
