"""What does a membership change, and what is left of it?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import premium_tier
import pytest

from bff.policy.asking import Asker
from bff.policy.contributions import RETURN_FREIGHT, Bear, Cost, Strength
from bff.policy.decision import LineDecision, Routing
from bff.policy.facts import CaseFacts, Membership, QuotaUse
from bff.policy.manifest import Amounts
from bff.policy.parameters import Record
from bff.policy.routing import STANDARD
from bff.policy.testing import NOW, a_case, a_grant, a_kernel, a_line, a_plugin, decide_with
from bff.vocabulary import EligibilityStatus, LiableParty, Priority, ReturnMethod, ReturnReason

MEMBERSHIPS, QUOTAS = "customer.memberships@1", "customer.quotas@1"
LIMIT = Amounts({"SGD": 50000})
EVERYTHING = {
    "window_days": 30,
    "free_returns_a_month": 3,
    "instant_refunds_a_month": 2,
    "instant_refund_limit": LIMIT,
}
PREMIUM = (Membership(segment="premium"),)


def rules(**values: Any) -> list[Record]:
    return [Record(id=key, plugin="premium_tier", key=key, value=value) for key, value in values.items()]


def known(members: tuple[Membership, ...] = PREMIUM, **used: QuotaUse) -> dict[str, Any]:
    quotas = {f"premium_tier.{name}": use for name, use in used.items()}
    return {MEMBERSHIPS: {"customer-1": members}, QUOTAS: {"customer-1": quotas}}


def freight(party: LiableParty = LiableParty.CUSTOMER) -> Any:
    """A shop that takes everything back for 14 days, and whose parcels cost 3.50."""
    return a_plugin(
        "shop",
        judge_eligibility=[a_grant(days=14)],
        assign_liability=[
            Bear(line="line-1", code="said", kind=RETURN_FREIGHT, party=party, strength=Strength.POLICY)
        ],
        price_refund=[Cost(line="line-1", code="said", kind=RETURN_FREIGHT, amount=350)],
    )


def decided(case: CaseFacts, *plugins: Any, **values: Any) -> LineDecision:
    decision = decide_with([premium_tier, *plugins], case, rules(**(values or EVERYTHING)))
    assert decision.faults == ()
    return decision.lines[0]


def total(line: LineDecision) -> int:
    refund = line.options[0].refund
    assert refund is not None
    return refund.total


def test_a_member_has_longer() -> None:
    line = a_line(delivered_days_ago=25)

    assert decided(a_case(line, known=known())).status is EligibilityStatus.ELIGIBLE
    assert decided(a_case(line, known=known(()))).status is EligibilityStatus.INELIGIBLE


def test_a_member_whose_longer_window_has_closed_too_is_told_so() -> None:
    line = decided(a_case(a_line(delivered_days_ago=31), known=known()))

    assert line.explanations[0].code == "premium_tier.extended_window_closed"
    assert line.status is EligibilityStatus.INELIGIBLE


def test_goods_that_have_not_arrived_are_granted_nothing() -> None:
    assert decided(a_case(a_line(delivered_days_ago=None), known=known())).options == ()


@pytest.mark.parametrize(
    ("member", "is_member"),
    [
        (Membership(segment="premium", since=NOW), True),
        (Membership(segment="premium", since=NOW + timedelta(seconds=1)), False),
        (Membership(segment="premium", until=NOW), False),
        (Membership(segment="premium", until=NOW + timedelta(seconds=1)), True),
        (Membership(segment="business"), False),
    ],
)
def test_a_membership_counts_while_it_is_in_force(member: Membership, *, is_member: bool) -> None:
    line = decided(a_case(a_line(delivered_days_ago=25), known=known((member,))))

    assert (line.status is EligibilityStatus.ELIGIBLE) is is_member


def test_a_member_returns_for_free_while_the_quota_lasts() -> None:
    case = a_case(a_line(paid="50.00"), known=known(free_return=QuotaUse(used=2)))
    used_up = a_case(a_line(paid="50.00"), known=known(free_return=QuotaUse(used=3)))

    assert total(decided(case, freight())) == 5000
    assert decided(case, freight()).options[0].freight_paid_by is LiableParty.PLATFORM
    assert total(decided(used_up, freight())) == 4650


def test_a_quota_of_a_month_that_is_over_is_whole_again() -> None:
    case = a_case(a_line(paid="50.00"), known=known(free_return=QuotaUse(used=3, resets_at=NOW)))

    assert total(decided(case, freight())) == 5000


def test_nothing_of_the_quota_is_spent_where_the_merchant_pays_anyway() -> None:
    decision = decide_with(
        [premium_tier, freight(LiableParty.MERCHANT)], a_case(known=known()), rules(**EVERYTHING)
    )

    assert not [said for _, said in decision.contributions if said.code == "free_return"]


def test_the_refund_is_instant_up_to_the_limit_and_within_the_quota() -> None:
    at_limit = a_case(a_line(paid="500.00"), known=known(instant_refund=QuotaUse(used=1)))
    above = a_case(a_line(paid="500.01"), known=known())
    used_up = a_case(a_line(paid="10.00"), known=known(instant_refund=QuotaUse(used=2)))

    assert decided(at_limit).options[0].instant_refund
    assert not decided(above).options[0].instant_refund
    assert not decided(used_up).options[0].instant_refund


def test_the_limit_is_for_the_whole_request() -> None:
    case = a_case(a_line("a", paid="300.00"), a_line("b", paid="300.00"), known=known())

    assert not decided(case).options[0].instant_refund


def test_the_limit_counts_what_is_asked_at_once_on_other_grounds() -> None:
    fancied, faulty = a_line("a", paid="300.00"), a_line("b", paid="200.01")
    case = a_case(fancied, request=(fancied, faulty), known=known())
    within = a_case(fancied, request=(fancied, a_line("b", paid="200.00")), known=known())

    assert not decided(case).options[0].instant_refund
    assert decided(within).options[0].instant_refund


def test_a_currency_without_a_limit_has_no_instant_refund() -> None:
    case = a_case(a_line(paid="1.000", currency="KWD"), currency="KWD", known=known())

    assert not decided(case).options[0].instant_refund


def test_members_come_first_whatever_the_reason() -> None:
    case = a_case(reason=ReturnReason.QUALITY_DEFECT, known=known())
    shop = a_plugin("shop", judge_eligibility=[a_grant(basis=case.basis)])
    routing = decided(case, shop).routing

    assert (routing.queue, routing.priority, routing.channel) == ("premium", Priority.HIGH, "premium_care")
    assert (routing.methods, routing.first_response_minutes) == ((ReturnMethod.PICKUP,), 60)


def asked(members: tuple[Membership, ...] = PREMIUM, **values: Any) -> Routing:
    kernel = a_kernel([premium_tier], rules(**values))
    asker = Asker(customer="customer-1", market="SG", segments=("premium",), at=NOW, known=known(members))
    return kernel.route_ticket(asker, "Where is my parcel?")


def test_a_members_question_about_no_case_goes_to_the_same_desk() -> None:
    routing = asked(first_response_minutes=30)

    assert (routing.queue, routing.priority, routing.channel) == ("premium", Priority.HIGH, "premium_care")
    assert (routing.methods, routing.first_response_minutes) == ((), 30)


def test_others_and_members_of_a_market_without_the_desk_wait_with_everybody() -> None:
    lapsed = (Membership(segment="premium", until=NOW),)

    assert [asked(()), asked(lapsed), asked(supports=False)] == [STANDARD] * 3


def test_without_records_a_membership_promises_nothing_but_its_desk() -> None:
    kernel = a_kernel([premium_tier])

    listed = kernel.entitlements("customer-1", "SG", ("premium",), NOW, known())
    assert [benefit.code for benefit in listed] == ["premium_tier.priority_support"]


def test_an_unknown_membership_turns_a_denial_into_a_review() -> None:
    decision = decide_with([premium_tier], a_case(), rules(**EVERYTHING))

    assert decision.lines[0].status is EligibilityStatus.REVIEW
    assert [fault.kind for fault in decision.faults] == ["unknown_fact"]


def test_an_unknown_quota_takes_no_approval_away() -> None:
    case = a_case(known={MEMBERSHIPS: {"customer-1": PREMIUM}})
    decision = decide_with([premium_tier, freight()], case, rules(**EVERYTHING))

    assert decision.lines[0].status is EligibilityStatus.ELIGIBLE


# ---- the list of benefits -----------------------------------------------------------------------


def test_every_benefit_is_listed_with_what_is_left_of_it() -> None:
    members = (Membership(segment="premium", until=NOW + timedelta(days=100)),)
    facts = known(members, free_return=QuotaUse(used=9), instant_refund=QuotaUse(used=1))
    listed = a_kernel([premium_tier], rules(**EVERYTHING)).entitlements(
        "customer-1", "SG", ("premium",), NOW, facts
    )

    assert [(each.code.partition(".")[2], each.limit, each.used, each.remaining) for each in listed] == [
        ("extended_window", None, 0, None),
        ("free_return", 3, 3, 0),
        ("instant_refund", 2, 1, 1),
        ("priority_support", None, 0, None),
    ]
    assert {each.expires_at for each in listed} == {NOW + timedelta(days=100)}


@pytest.mark.parametrize(
    ("at", "market", "resets"),
    [
        (NOW, "SG", datetime(2026, 11, 30, 16, tzinfo=UTC)),
        # Already December in Singapore, still November in New York.
        (datetime(2026, 12, 1, 1, tzinfo=UTC), "SG", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        (datetime(2026, 12, 1, 1, tzinfo=UTC), "US", datetime(2026, 12, 1, 5, tzinfo=UTC)),
    ],
)
def test_a_quota_is_whole_again_at_the_markets_next_month(at: datetime, market: str, resets: datetime) -> None:
    kernel = a_kernel([premium_tier], rules(**EVERYTHING))
    listed = kernel.entitlements("customer-1", market, ("premium",), at, known())

    assert {each.resets_at for each in listed if each.limit} == {resets}


def test_others_have_no_benefits() -> None:
    kernel = a_kernel([premium_tier], rules(**EVERYTHING))

    assert kernel.entitlements("customer-1", "SG", (), NOW, known(())) == []
