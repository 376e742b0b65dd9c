"""Do rights hold, whatever merchants set and whoever asks? Properties over the shop's own plugins and records."""

import typing
from enum import EnumType
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bff.policy.decision import Decision, LineDecision, Verdict
from bff.policy.facts import CaseFacts, Line
from bff.policy.kernel import Kernel
from bff.policy.manifest import Amounts, Audience
from bff.policy.parameters import Record, RecordScope
from bff.policy.rendering import NOT_SAID, Reader
from bff.policy.testing import a_case, a_kernel, a_line
from bff.vocabulary import EligibilityStatus, Priority, ReturnReason
from tests.money_defects.shop import NOBODY, PLUGINS, a_member, decide, refund, the_shop

MARKETS = ("CN", "DE", "FR", "GB", "US", "SG", "MY", "TH", "VN", "PH", "ID")
CATEGORIES = ("apparel/shoes", "electronics/phones", "food/fresh", "beauty", "home", "electronics/earphones")
MERCHANTS = ("merchant-1", "lion-city-audio", "free-back-fashion", "jasmine-house")
FLAGS = (
    "finalSale",
    "customMade",
    "perishable",
    "hygiene",
    "opened",
    "unsealed",
    "sealedMedia",
    "digital",
    "newspaper",
    "activated",
    "used",
    "tagsRemoved",
    "disclosedFlaw",
    "nonReturnableConfirmed",
)
JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2)
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def lines(draw: st.DrawFn, name: str = "line-1") -> Line:
    attributes: dict[str, Any] = dict.fromkeys(draw(st.sets(st.sampled_from(FLAGS), max_size=3)), True)
    attributes |= draw(
        st.dictionaries(st.sampled_from((*FLAGS, "promotion", "failedRepairs", "promisedBy")), JSON)
    )
    if draw(st.booleans()):
        attributes["promotion"] = {"id": "deal", "threshold": draw(st.sampled_from(("50.00", "9.99", "x")))}
    return a_line(
        name,
        paid=str(draw(st.integers(0, 900))),
        discount=str(draw(st.integers(0, 40))),
        shipping=str(draw(st.integers(0, 20))),
        delivered_days_ago=draw(st.none() | st.integers(0, 120)),
        category=draw(st.sampled_from(CATEGORIES)),
        merchant=draw(st.sampled_from(MERCHANTS)),
        attributes=attributes,
    )


@st.composite
def cases(draw: st.DrawFn) -> CaseFacts:
    asked = (draw(lines("a")), draw(lines("b")))[: draw(st.integers(1, 2))]
    order_attributes = {
        "shippingSurplus": draw(JSON | st.just("3.00")),
        "freeShipping": draw(JSON | st.just({"threshold": "99.00", "freight": "8.00"})),
        "withdrawalInformed": draw(JSON),
        "promisedBy": draw(JSON | st.just("2026-11-01")),
    }
    return a_case(
        *asked,
        market=draw(st.sampled_from(MARKETS)),
        reason=draw(st.sampled_from(ReturnReason)),
        shipping_fee=sum(line.shipping for line in asked),
        order_attributes=order_attributes,
        channel=draw(st.sampled_from(("web", "mall"))),
    )


def same_case(case: CaseFacts, **changes: Any) -> CaseFacts:
    return CaseFacts(**{**{name: getattr(case, name) for name in case.__struct_fields__}, **changes})


RANK = {EligibilityStatus.INELIGIBLE: 0, EligibilityStatus.REVIEW: 1, EligibilityStatus.ELIGIBLE: 2}


def assert_no_worse(better: LineDecision, plain: LineDecision) -> None:
    assert RANK[better.status] >= RANK[plain.status]
    offered = {option.resolution: option for option in better.options}
    for option in plain.options:
        own = offered[option.resolution]
        assert own.instant_refund >= option.instant_refund
        assert set(own.return_methods) >= set(option.return_methods)
        if option.refund is not None:
            assert own.refund is not None
            assert own.refund.total >= option.refund.total
    if plain.options and plain.window is not None and better.window is not None:
        assert better.window.closes_at >= plain.window.closes_at
    if plain.options:
        ranks = list(Priority)
        assert ranks.index(better.routing.priority) >= ranks.index(plain.routing.priority)
    assert better.evidence == plain.evidence or not plain.options


@SLOW
@given(cases(), st.integers(0, 6), st.integers(0, 6))
def test_premium_never_worsens_an_answer(case: CaseFacts, returns: int, refunds: int) -> None:
    plain = decide(case)
    member = a_member(free_return=returns, instant_refund=refunds)
    better = decide(same_case(case, known=member, segments=("premium",)))

    for mine, theirs in zip(better.lines, plain.lines, strict=True):
        assert_no_worse(mine, theirs)


@SLOW
@given(cases())
def test_no_attribute_breaks_a_plugin_and_every_refund_stays_in_its_bounds(case: CaseFacts) -> None:
    decision: Decision = decide(case)  # asserts that no plugin failed

    for asked, line in zip(case.lines, decision.lines, strict=True):
        assert line.explanations
        for option in line.options:
            if option.refund is not None:
                assert 0 <= option.refund.total <= asked.paid + asked.shipping


def any_value(hint: Any) -> st.SearchStrategy[Any]:
    """Whatever a record may say for a parameter of that type."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated and inner[0] is int:
        return st.integers(inner[1].ge, inner[1].le)
    if origin is typing.Annotated:
        return any_value(inner[0]).filter(bool)
    if origin is tuple:
        return st.lists(any_value(inner[0]), max_size=3).map(tuple)
    if hint is Amounts:
        return st.dictionaries(st.sampled_from(("EUR", "GBP", "CNY")), st.integers(0, 99_999)).map(Amounts)
    if hint is bool:
        return st.booleans()
    return st.sampled_from(tuple(hint)) if isinstance(hint, EnumType) else st.sampled_from(("", "desk"))


# Where a merchant may set a figure only up to a law's, or to the platform's own.
UP_TO: dict[str, st.SearchStrategy[Any]] = {
    "no_reason_return.expected_days": st.integers(0, 7),
    "quality_claim.unshipped_days": st.integers(0, 30),
    "no_reason_return.return_freight": st.fixed_dictionaries(
        {}, optional={"EUR": st.integers(0, 490), "GBP": st.integers(0, 320), "CNY": st.integers(0, 1200)}
    ).map(Amounts),
}


@st.composite
def merchant_rules(draw: st.DrawFn) -> list[Record]:
    """Whatever a merchant may set: any of every key that is not the law's."""
    rules = []
    for manifest in (plugin.manifest for plugin in PLUGINS):
        hints = typing.get_type_hints(manifest.parameters, include_extras=True)
        for key in sorted(set(hints) - manifest.reserved):
            if draw(st.booleans()):
                value = draw(UP_TO.get(f"{manifest.name}.{key}", any_value(hints[key])))
                scope = RecordScope(merchant="merchant-1")
                name = f"m-{manifest.name}-{key}"
                rules.append(Record(id=name, plugin=manifest.name, key=key, value=value, scope=scope))
    return rules


def under(rules: list[Record]) -> Kernel:
    return a_kernel(PLUGINS, [*the_shop().policy.records, *rules], segments=("premium", "business", "new"))


# What a merchant may write on its goods without any law behind it.
NO_LAWFUL_GROUND = st.sets(st.sampled_from(("finalSale", "opened", "disclosedFlaw", "nearExpiry")))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(merchant_rules(), st.sampled_from(("CN", "DE", "FR", "GB")), NO_LAWFUL_GROUND, st.integers(0, 7))
def test_statutory_rights_survive_whatever_a_merchant_sets(
    rules: list[Record], market: str, flags: set[str], days: int
) -> None:
    fields: dict[str, Any] = {"paid": "100.00", "shipping": "6.00", "delivered_days_ago": days}
    mine, usual = (
        kernel.decide(a_case(line, market=market, known=NOBODY, shipping_fee=600)).lines[0]
        for kernel, line in (
            (under(rules), a_line(attributes=dict.fromkeys(flags, True), **fields)),
            (the_shop(), a_line(**fields)),
        )
    )

    assert (mine.status, mine.verdict) == (EligibilityStatus.ELIGIBLE, Verdict.MANDATE)
    assert refund(mine).total >= refund(usual).total


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(merchant_rules(), st.sampled_from(("CN", "DE", "FR", "GB")), st.integers(0, 7))
def test_the_guarantee_survives_whatever_a_merchant_sets(rules: list[Record], market: str, days: int) -> None:
    # Germany and France owe the money once a remedy has failed, the others at once.
    line = a_line(paid="100.00", delivered_days_ago=days, attributes={"failedRepairs": 1})
    case = a_case(line, market=market, reason=ReturnReason.QUALITY_DEFECT, known=NOBODY)
    (mine,) = under(rules).decide(case).lines

    assert mine.verdict is Verdict.MANDATE
    assert refund(mine).total == 10_000


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(("CN", "DE", "FR", "GB")), st.sampled_from(CATEGORIES), st.integers(0, 7))
def test_no_refusal_of_a_change_of_mind_touches_the_guarantee(market: str, category: str, days: int) -> None:
    attributes = dict.fromkeys(FLAGS, True)
    line = a_line(delivered_days_ago=days, category=category, attributes=attributes)
    answer = decide(a_case(line, market=market, reason=ReturnReason.QUALITY_DEFECT)).lines[0]

    assert answer.verdict is Verdict.MANDATE


@SLOW
@given(cases(), st.sampled_from(("en", "zh")), st.sampled_from(Audience))
def test_every_answer_can_be_said_in_words_without_a_gap(case: CaseFacts, locale: str, audience: Audience) -> None:
    decision = decide(same_case(case, known=a_member(), segments=("premium",)))
    reader = Reader(locale=locale, audience=audience, time_zone=decision.time_zone)

    for line in decision.lines:
        for told in line.explanations:
            words = the_shop().render(told, reader)
            assert words != told.code
            assert NOT_SAID not in words
            assert "{" not in words
