"""Why was it decided so? Every rule that spoke, the most decisive first, each with what it did."""

from typing import Any, TypeVar

from bff.policy.contributions import (
    RETURN_FREIGHT,
    Advance,
    Bear,
    BuyerCap,
    Contribution,
    Cost,
    Exclude,
    Forbid,
    Grant,
    Hold,
    Mandate,
    NoGrant,
    Option,
    Require,
    Route,
    Signal,
    Strength,
    Waive,
    WindowCap,
)
from bff.policy.decision import Explanation
from bff.policy.manifest import ReasonCode
from bff.policy.testing import NOW, a_case, a_manifest, a_plugin, a_window, decide_with
from bff.vocabulary import (
    Basis,
    Effect,
    EvidenceKind,
    LiableParty,
    Resolution,
    RuleSource,
)

Kind = TypeVar("Kind", bound=Contribution)
CODES = (
    *("window", "lapsed", "final", "cap", "look", "early", "photo", "cheap", "costly"),
    *("free", "fair", "fault", "box", "never", "queue", "odd", "law"),
)
RETURN = Resolution.RETURN_AND_REFUND
TEXT = {locale: {"customer": "…"} for locale in ("en", "zh")}
HOOK_OF = {
    Signal: "assess_risk",
    Require: "require_evidence",
    Bear: "assign_liability",
    Cost: "price_refund",
    BuyerCap: "price_refund",
    Waive: "price_refund",
    Option: "offer_exchange",
    Exclude: "offer_exchange",
    Route: "route_case",
}


def said(kind: type[Kind], code: str, /, **fields: Any) -> Kind:
    return kind(line="line-1", code=code, **fields)


def on(kind: type[Kind], code: str, /, **fields: Any) -> Kind:
    return said(kind, code, basis=Basis.NO_REASON, **fields)


def explained(*contributions: Contribution) -> tuple[Explanation, ...]:
    hooks: dict[str, Any] = {}
    for each in contributions:
        hooks.setdefault(HOOK_OF.get(type(each), "judge_eligibility"), []).append(each)
    codes = tuple(ReasonCode(code=code, source=RuleSource.PLATFORM, texts=TEXT) for code in CODES)
    rule = a_plugin("rule", a_manifest("rule", codes=codes), **hooks)
    return decide_with([rule], a_case()).lines[0].explanations


def told(*contributions: Contribution) -> list[tuple[str, Effect, bool]]:
    return [(each.code, each.effect, each.overruled) for each in explained(*contributions)]


def grant(days: int = 14, code: str = "window", *resolutions: Resolution) -> Grant:
    return on(Grant, code, window=a_window(days=days), resolutions=resolutions or (RETURN,))


def test_nothing_said_is_explained_by_the_kernel() -> None:
    assert told() == [("kernel.nothing_granted", Effect.DENIES, False)]


def test_a_lapsed_grant_is_explained_by_when_the_window_closed() -> None:
    [closed, lapsed] = explained(grant(2))
    assert (closed.code, closed.said) == (
        "kernel.window_closed",
        (("days", 2), ("until", a_window(days=2).closes_at)),
    )
    assert (lapsed.code, lapsed.overruled) == ("rule.window", True)


def test_of_several_reasons_why_not_the_nearest_comes_first() -> None:
    near = on(NoGrant, "lapsed", unmet="days", window=a_window(days=2))
    far = on(NoGrant, "final", unmet="days", window=a_window(days=1))
    short = on(NoGrant, "odd", unmet="orders", wanted=5, actual=4)
    shorter = on(NoGrant, "never", unmet="orders", wanted=5, actual=0)
    assert [code for code, _, _ in told(shorter, short, far, near)] == [
        "rule.lapsed",
        "rule.final",
        "rule.odd",
        "rule.never",
    ]


def test_every_kind_of_statement_says_what_it_did_in_the_order_of_its_weight() -> None:
    assert told(
        said(Route, "queue"),
        said(Bear, "fault", kind=RETURN_FREIGHT, party=LiableParty.CUSTOMER, strength=Strength.POLICY),
        said(Cost, "costly", kind=RETURN_FREIGHT, amount=500),
        said(Cost, "cheap", kind=RETURN_FREIGHT, amount=300),
        said(Waive, "free", kind=RETURN_FREIGHT, bps=5_000, funder=LiableParty.PLATFORM),
        said(BuyerCap, "fair", kind=RETURN_FREIGHT, amount=400, shift_to=LiableParty.MERCHANT),
        said(BuyerCap, "odd", kind=RETURN_FREIGHT, amount=450, shift_to=LiableParty.MERCHANT),
        on(Require, "photo", kind=EvidenceKind.PHOTO),
        on(Advance, "early"),
        on(NoGrant, "lapsed", unmet="days"),
        on(WindowCap, "cap", until=a_window(days=10).closes_at),
        grant(14),
    ) == [
        ("rule.window", Effect.GRANTS, False),
        ("rule.cap", Effect.LIMITS, False),
        ("rule.lapsed", Effect.DENIES, True),
        ("rule.early", Effect.GRANTS, False),
        ("rule.photo", Effect.LIMITS, False),
        ("rule.cheap", Effect.LIMITS, True),
        ("rule.costly", Effect.LIMITS, False),
        ("rule.fair", Effect.GRANTS, False),
        ("rule.free", Effect.GRANTS, False),
        ("rule.odd", Effect.GRANTS, True),
        ("rule.fault", Effect.INFORMS, False),
        ("rule.queue", Effect.INFORMS, False),
    ]


def test_what_sends_it_to_a_person_comes_before_what_grants_it() -> None:
    assert told(grant(), on(Hold, "look"), on(Advance, "early")) == [
        ("rule.look", Effect.REQUIRES_REVIEW, False),
        ("rule.window", Effect.GRANTS, False),
        ("rule.early", Effect.GRANTS, True),
    ]


def test_a_forbid_comes_before_the_grant_that_it_beats() -> None:
    assert told(grant(), on(Hold, "look"), on(Forbid, "final")) == [
        ("rule.final", Effect.DENIES, False),
        ("rule.window", Effect.GRANTS, True),
        ("rule.look", Effect.REQUIRES_REVIEW, True),
    ]


def test_a_mandate_comes_before_a_longer_grant_and_cites_its_law() -> None:
    law = on(Mandate, "law", window=a_window(days=14), resolutions=(RETURN,), floor_bps=0, law="art. 9")
    [first, second] = explained(grant(30), law)
    assert (first.code, first.citation, second.code) == ("rule.law", "art. 9", "rule.window")


def test_a_cap_that_does_not_bite_is_overruled() -> None:
    cap = on(WindowCap, "cap", until=a_window(days=30).closes_at)
    assert told(grant(14), cap)[-1] == ("rule.cap", Effect.LIMITS, True)


def test_a_cost_that_somebody_else_bears_informs_and_a_relief_without_a_cost_still_stands() -> None:
    assert told(
        grant(),
        said(Cost, "costly", kind=RETURN_FREIGHT, amount=500),
        said(Bear, "fault", kind=RETURN_FREIGHT, party=LiableParty.MERCHANT, strength=Strength.FAULT),
        said(Waive, "free", kind="wear", bps=10_000, funder=LiableParty.PLATFORM),
    )[1:] == [
        ("rule.costly", Effect.INFORMS, False),
        ("rule.free", Effect.GRANTS, False),
        ("rule.fault", Effect.INFORMS, False),
    ]


def test_what_concerns_another_basis_is_left_out() -> None:
    other = said(NoGrant, "lapsed", basis=Basis.QUALITY, unmet="days")
    assert told(grant(), other) == [("rule.window", Effect.GRANTS, False)]


def test_signals_of_risk_are_recorded_but_never_told() -> None:
    assert told(grant(), said(Signal, "odd", weight_bps=9_000)) == [("rule.window", Effect.GRANTS, False)]


def test_a_granted_exchange_that_is_not_in_stock_goes_to_a_person() -> None:
    sold_out = said(Option, "box", sku="s", title="t", variant=None, difference=0, available=0)
    assert told(grant(14, "window", Resolution.EXCHANGE), sold_out) == [
        ("kernel.nothing_on_offer", Effect.REQUIRES_REVIEW, False),
        ("rule.window", Effect.GRANTS, False),
        ("rule.box", Effect.INFORMS, False),
    ]


def test_a_statement_made_twice_is_told_once() -> None:
    again = on(Hold, "look", kind="value")
    assert [code for code, _, _ in told(grant(), on(Hold, "look"), again)] == ["rule.look", "rule.window"]


def test_the_instant_of_the_decision_is_the_cases() -> None:
    assert decide_with([], a_case()).at == NOW
