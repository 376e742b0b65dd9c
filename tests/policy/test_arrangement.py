"""What is shown, had instead, and who handles it? Evidence, exchange, routing and risk, folded."""

from typing import Any, TypeVar

import pytest

from bff.policy.contributions import Bear, Contribution, Exclude, Hold, Option, Require, Route, Signal, Strength
from bff.policy.decision import EvidenceRequirement, LineDecision, Routing
from bff.policy.facts import CaseFacts, Line
from bff.policy.prior import Prior
from bff.policy.testing import a_case, a_grant, a_line, a_plugin, decide_with
from bff.vocabulary import (
    Basis,
    EligibilityStatus,
    EvidenceKind,
    LiableParty,
    Priority,
    Resolution,
    ReturnMethod,
)

Kind = TypeVar("Kind", bound=Contribution)
BOTH = a_grant("line-1", Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE)


def said(kind: type[Kind], /, **fields: Any) -> Kind:
    return kind(line="line-1", code="said", **fields)


def decided(quantity: int = 1, **hooks: Any) -> LineDecision:
    return decide_with(
        [a_plugin("rule", judge_eligibility=[BOTH], **hooks)], a_case(a_line(quantity=quantity))
    ).lines[0]


# ---- evidence -----------------------------------------------------------------------------------


def test_of_each_kind_of_evidence_the_most_is_wanted() -> None:
    wanted = [
        said(Require, basis=Basis.NO_REASON, kind=kind, minimum=minimum)
        for kind, minimum in ((EvidenceKind.TEXT, 1), (EvidenceKind.PHOTO, 1), (EvidenceKind.PHOTO, 3))
    ]
    other = said(Require, basis=Basis.QUALITY, kind=EvidenceKind.VIDEO)
    assert decided(require_evidence=[*wanted, other]).evidence == (
        EvidenceRequirement(EvidenceKind.PHOTO, 3),
        EvidenceRequirement(EvidenceKind.TEXT, 1),
    )


# ---- exchange -----------------------------------------------------------------------------------


def option(sku: str, difference: int = 0, available: int = 1) -> Option:
    return said(Option, sku=sku, title="Shoe", variant=None, difference=difference, available=available)


def test_variants_in_stock_that_nobody_excludes_are_offered_by_sku() -> None:
    line = decided(
        offer_exchange=[
            option("c"),
            option("a", 500),
            option("b"),
            option("d", available=0),
            said(Exclude, sku="b"),
        ]
    )
    assert [(offer.sku, offer.difference) for offer in line.exchanges] == [("a", 500), ("c", 0)]


def test_of_two_offers_of_a_variant_the_one_that_costs_less_counts() -> None:
    assert [offer.difference for offer in decided(offer_exchange=[option("a", 5), option("a", -5)]).exchanges] == [
        -5
    ]


@pytest.mark.parametrize(("available", "offered"), [(1, False), (2, True)])
def test_an_exchange_is_offered_where_one_variant_suffices_for_every_unit(available: int, offered: bool) -> None:  # noqa: FBT001
    line = decided(quantity=2, offer_exchange=[option("a", available=available)])
    assert (Resolution.EXCHANGE in {each.resolution for each in line.options}) is offered


def test_an_exchange_pays_nothing_back_and_comes_after_the_refund() -> None:
    line = decided(offer_exchange=[option("a")])
    assert [(each.resolution, each.refund is None) for each in line.options] == [
        (Resolution.RETURN_AND_REFUND, False),
        (Resolution.EXCHANGE, True),
    ]


# ---- routing ------------------------------------------------------------------------------------


def test_without_a_route_the_standard_queue_takes_it() -> None:
    assert decided().routing == Routing(queue="standard", priority=Priority.NORMAL, channel="standard")


def test_routes_unite_and_the_highest_priority_names_queue_and_channel() -> None:
    line = decided(
        route_case=[
            said(
                Route,
                queue="quality",
                methods=(ReturnMethod.MAIL,),
                expected_days=5,
                deny=("w3",),
                prefer=(("w1", 1), ("w2", 4), ("w3", 9)),
            ),
            said(
                Route,
                queue="vip",
                channel="hotline",
                priority=Priority.HIGH,
                methods=(ReturnMethod.PICKUP,),
                expected_days=2,
                first_response_minutes=30,
                requires_inspection=True,
                prefer=(("w1", 4),),
            ),
            said(Route, priority=Priority.URGENT),
        ]
    )
    assert line.routing == Routing(
        queue="vip",
        priority=Priority.URGENT,
        channel="hotline",
        methods=(ReturnMethod.PICKUP, ReturnMethod.MAIL),
        first_response_minutes=30,
        expected_days=2,
        requires_inspection=True,
        denied_warehouses=("w3",),
        preferred_warehouses=(("w1", 4), ("w2", 4)),
    )
    [offer] = line.options
    assert (offer.return_methods, offer.expected_days) == ((ReturnMethod.PICKUP, ReturnMethod.MAIL), 2)


# ---- what later phases read ---------------------------------------------------------------------


def test_risk_is_the_largest_weight_of_each_sign_added_up() -> None:
    seen: list[int] = []

    def judge(lines: list[Line], prior: Prior) -> list[Hold]:
        seen.append(prior.risk_bps)
        return [Hold(line=line.id, code="said", basis="*") for line in lines if prior.risk_bps >= 9_000]

    signs = [said(Signal, weight_bps=weight) for weight in (3_000, 4_000)]
    plugins = [
        a_plugin("one", assess_risk=signs, judge_eligibility=judge),
        a_plugin("two", assess_risk=signs[1:]),
        a_plugin("zed", judge_eligibility=[BOTH]),
    ]
    assert decide_with(plugins, a_case()).lines[0].status is EligibilityStatus.ELIGIBLE
    assert seen == [8_000]


def test_a_later_phase_reads_what_the_earlier_ones_decided() -> None:
    seen: list[Any] = []

    def route(case: CaseFacts, prior: Prior) -> list[Route]:
        line = prior[case.lines[0].id]
        seen.append((line.verdict.name, line.refund, dict(line.bearers), line.resolutions))
        return []

    bear = said(Bear, kind="goods", party=LiableParty.MERCHANT, strength=Strength.FAULT)
    decided(route_case=route, assign_liability=[bear])
    assert seen == [
        (
            "PERMIT",
            19_900,
            {"goods": LiableParty.MERCHANT},
            (Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE),
        )
    ]


def test_a_line_that_is_closed_is_not_asked_about_again() -> None:
    seen: list[list[str]] = []

    def route(lines: list[Line]) -> list[Route]:
        seen.append([line.id for line in lines])
        return []

    rule = a_plugin("rule", judge_eligibility=[a_grant("line-2")], route_case=route)
    decide_with([rule], a_case(a_line("line-1"), a_line("line-2")))
    assert seen == [["line-2"]]
