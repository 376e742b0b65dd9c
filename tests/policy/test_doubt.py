"""What does a failed plugin leave uncertain? Only what it could have said, for failure is not abstention."""

import pytest

from bff.policy.contributions import Capability, Forbid, Mandate, Option
from bff.policy.testing import a_case, a_grant, a_manifest, a_plugin, a_window, decide_with
from bff.vocabulary import Basis, EligibilityStatus, Resolution

ELIGIBLE, REVIEW, INELIGIBLE = (
    EligibilityStatus.ELIGIBLE,
    EligibilityStatus.REVIEW,
    EligibilityStatus.INELIGIBLE,
)
FORBID = Forbid(line="line-1", code="said", basis=Basis.NO_REASON)
MANDATE = Mandate(
    line="line-1",
    code="said",
    basis=Basis.NO_REASON,
    window=a_window(),
    resolutions=(Resolution.RETURN_AND_REFUND,),
    floor_bps=0,
    law="a law",
)


def down() -> None:
    raise RuntimeError("down")


@pytest.mark.parametrize(
    ("hook", "wants", "approval", "forbid", "abstention"),
    [
        ("judge_eligibility", Capability.RESTRICT, REVIEW, INELIGIBLE, INELIGIBLE),
        ("judge_eligibility", Capability.GRANT, ELIGIBLE, INELIGIBLE, REVIEW),
        ("judge_eligibility", Capability.MANDATE, ELIGIBLE, REVIEW, REVIEW),
        ("judge_eligibility", Capability.EXPLAIN, ELIGIBLE, INELIGIBLE, INELIGIBLE),
        ("assess_risk", Capability.RISK, REVIEW, INELIGIBLE, INELIGIBLE),
        ("require_evidence", Capability.RESTRICT, REVIEW, INELIGIBLE, INELIGIBLE),
        ("assign_liability", Capability.ASSIGN, REVIEW, INELIGIBLE, INELIGIBLE),
        ("price_refund", Capability.CHARGE, REVIEW, INELIGIBLE, INELIGIBLE),
        ("price_refund", Capability.RELIEVE, ELIGIBLE, INELIGIBLE, INELIGIBLE),
        ("compensate", Capability.COMPENSATE, ELIGIBLE, INELIGIBLE, INELIGIBLE),
        ("route_case", Capability.ROUTE, ELIGIBLE, INELIGIBLE, INELIGIBLE),
    ],
)
def test_a_fault_turns_into_a_review_only_what_the_plugin_could_have_turned(
    hook: str,
    wants: Capability,
    approval: EligibilityStatus,
    forbid: EligibilityStatus,
    abstention: EligibilityStatus,
) -> None:
    failing = a_plugin("failing", a_manifest("failing", wants), **{hook: down})
    statuses = [
        decide_with([failing, a_plugin("rule", judge_eligibility=said)], a_case()).lines[0].status
        for said in ([a_grant()], [FORBID, a_grant()], [])
    ]
    assert statuses == [approval, forbid, abstention]


def test_a_live_mandate_is_looked_at_too_for_a_fraud_might_have_been_reported() -> None:
    failing = a_plugin("failing", a_manifest("failing", Capability.RESTRICT), judge_eligibility=down)
    line = decide_with([failing, a_plugin("law", judge_eligibility=[MANDATE])], a_case()).lines[0]
    assert line.status is REVIEW
    assert line.holds == (("fault", "failing", "kernel.rule_unavailable"),)
    assert [option.resolution for option in line.options] == [Resolution.RETURN_AND_REFUND]


def test_exchanges_are_withheld_where_an_exclusion_may_be_missing() -> None:
    option = Option(line="line-1", code="said", sku="s", title="t", variant=None, difference=0, available=9)
    shop = a_plugin(
        "shop",
        judge_eligibility=[a_grant("line-1", Resolution.EXCHANGE, Resolution.RETURN_AND_REFUND)],
        offer_exchange=[option],
    )
    failing = a_plugin("failing", offer_exchange=down)
    offered = [
        [option.resolution for option in decide_with(plugins, a_case()).lines[0].options]
        for plugins in ([shop], [shop, failing])
    ]
    assert offered == [[Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE], [Resolution.RETURN_AND_REFUND]]


def test_the_fault_that_led_to_a_review_is_explained_first() -> None:
    failing = a_plugin("failing", judge_eligibility=down)
    line = decide_with([failing, a_plugin("rule", judge_eligibility=[a_grant()])], a_case()).lines[0]
    assert [(told.code, told.said) for told in line.explanations] == [
        ("kernel.rule_unavailable", (("rule", "failing"),)),
        ("rule.said", ()),
    ]
