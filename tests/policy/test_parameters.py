"""Which value holds here and now? The most specific record in force on the day that its dating picks."""

from datetime import date, timedelta

import pytest
from msgspec import Struct

from bff.policy.contributions import Grant, say
from bff.policy.facts import Line
from bff.policy.manifest import Dating, Manifest, Parameters
from bff.policy.parameters import Circumstances, Days, PolicySet, Record, RecordScope
from bff.policy.testing import NOW, a_case, a_line, a_manifest, a_plugin, a_window, decide_with
from bff.vocabulary import Basis, Resolution, RuleSource

TODAY = Days(date(2026, 11, 1), date(2026, 11, 10), date(2026, 11, 20))
SHOES = Circumstances("SG", "apparel/shoes", "merchant-1", ("plus", "staff"), "web")


class Rules(Struct, frozen=True):
    days: int = 7
    fee_bps: int = 0


RULE = a_manifest("rule", parameters=Rules, dated_by={"fee_bps": Dating.DELIVERY})


def a_record(id: str, value: int, key: str = "days", **differing: object) -> Record:  # noqa: A002
    scope = RecordScope(**{k: v for k, v in differing.items() if k in RecordScope.__struct_fields__})  # type: ignore[arg-type]
    dates = {k: v for k, v in differing.items() if k not in RecordScope.__struct_fields__}
    return Record(id=id, plugin="rule", key=key, value=value, scope=scope, **dates)  # type: ignore[arg-type]


def value(*records: Record, key: str = "days", here: Circumstances = SHOES, segments: tuple[str, ...] = ()) -> int:
    found: int = getattr(PolicySet(records, [RULE], segments).resolve("rule", here, TODAY).values, key)
    return found


def test_without_a_record_the_default_holds() -> None:
    assert value() == 7


def test_a_record_for_elsewhere_does_not_hold() -> None:
    assert value(a_record("de", 14, market="DE")) == 7


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ({}, {"market": "SG"}),
        ({"market": "SG"}, {"category": "apparel"}),
        ({"market": "SG", "category": "apparel/shoes"}, {"merchant": "merchant-1"}),
        ({"market": "SG", "category": "apparel", "merchant": "merchant-1"}, {"segment": "plus"}),
        ({"market": "SG", "merchant": "merchant-1", "segment": "plus"}, {"channel": "web"}),
        ({"category": "apparel"}, {"category": "apparel/shoes"}),
        ({"category": "apparel"}, {"category": "apparel", "market": "SG"}),
        ({"segment": "staff"}, {"segment": "plus"}),
        ({"segment": "staff", "category": "apparel/shoes"}, {"segment": "plus", "category": "apparel"}),
    ],
)
def test_the_more_specific_scope_wins_however_the_records_are_listed(
    weaker: dict[str, str], stronger: dict[str, str]
) -> None:
    records = [a_record("weak", 1, **weaker), a_record("strong", 2, **stronger)]
    assert value(*records, segments=("plus", "staff")) == 2
    assert value(*reversed(records), segments=("plus", "staff")) == 2


def test_a_category_holds_for_all_below_it_but_not_for_its_namesakes() -> None:
    record = a_record("apparel", 30, category="apparel")
    assert value(record) == 30
    assert value(record, here=Circumstances("SG", "apparel-care")) == 7


def test_a_record_holds_from_its_first_day_until_the_day_before_its_last() -> None:
    record = a_record("november", 10, valid_from=date(2026, 11, 1), valid_to=date(2026, 11, 2))
    assert value(record) == 10
    days = Days(date(2026, 11, 2), TODAY.delivery, TODAY.request)
    assert PolicySet([record], [RULE]).resolve("rule", SHOES, days).values.days == 7


def test_each_parameter_is_dated_by_its_own_day() -> None:
    later = date(2026, 11, 5)  # after the order, before the delivery
    assert value(a_record("new", 10, valid_from=later)) == 7
    assert value(a_record("new", 500, key="fee_bps", valid_from=later), key="fee_bps") == 500


def test_the_digest_names_the_content_and_not_the_order_or_the_notes() -> None:
    one, two = a_record("a", 1, market="SG"), a_record("b", 2, market="DE")
    digest = PolicySet([one, two], [RULE]).digest
    assert PolicySet([two, one], [RULE]).digest == digest
    assert PolicySet([a_record("a", 1, market="SG", note="why"), two], [RULE]).digest == digest
    assert PolicySet([a_record("a", 3, market="SG"), two], [RULE]).digest != digest


# ---- in a decision ------------------------------------------------------------------------------


def judge(lines: list[Line], parameters: Parameters) -> list[Grant]:
    return [
        Grant(
            line=line.id,
            code="said",
            rule="days",
            said=say(days=parameters[line.id].days),
            basis=Basis.NO_REASON,
            window=a_window(days=parameters[line.id].days),
            resolutions=(Resolution.RETURN_AND_REFUND,),
        )
        for line in lines
    ]


def manifest(dating: Dating = Dating.ORDER) -> Manifest:
    return a_manifest("rule", parameters=Rules, dated_by={"days": dating})


def test_each_line_has_its_own_values_and_the_decision_names_the_records() -> None:
    records = [a_record("toys", 20, category="toys"), a_record("merchant", 25, merchant="merchant-2")]
    lines = [a_line("line-1"), a_line("line-2", category="toys"), a_line("line-3", merchant="merchant-2")]
    decision = decide_with([a_plugin("rule", manifest(), judge_eligibility=judge)], a_case(*lines), records)
    windows = [line.window for line in decision.lines]
    assert [window.days for window in windows if window] == [7, 20, 25]
    assert decision.records == ("merchant", "toys")


def test_a_statement_cites_the_law_of_its_record_and_a_merchants_record_speaks_for_the_merchant() -> None:
    plugin = a_plugin("rule", manifest(), judge_eligibility=judge)
    told = [
        decide_with([plugin], a_case(), [record]).lines[0].explanations[0]
        for record in (
            a_record("law", 14, market="SG", law="Act 9 s. 3"),
            a_record("shop", 30, merchant="merchant-1"),
            a_record("house", 30),
        )
    ]
    assert [(each.source, each.citation) for each in told] == [
        (RuleSource.STATUTE, "Act 9 s. 3"),
        (RuleSource.MERCHANT, None),
        (RuleSource.PLATFORM, None),
    ]


def test_what_is_dated_by_delivery_goes_by_the_day_of_the_request_until_the_parcel_arrives() -> None:
    plugin = a_plugin("rule", manifest(Dating.DELIVERY), judge_eligibility=judge)
    record = a_record("today", 20, valid_from=NOW.date())
    waiting = a_line("line-1", delivered_days_ago=None)
    arrived = a_line("line-2", delivered_days_ago=1)
    decision = decide_with([plugin], a_case(waiting, arrived), [record])
    assert [line.window.days for line in decision.lines if line.window] == [20, 7]


def test_days_are_those_of_the_markets_calendar() -> None:
    plugin = a_plugin("rule", manifest(Dating.REQUEST), judge_eligibility=judge)
    # At 20:00 UTC it is already the next day in Singapore.
    at = NOW.replace(hour=20)
    tomorrow = a_record("tomorrow", 20, valid_from=NOW.date() + timedelta(days=1))
    window = decide_with([plugin], a_case(at=at), [tomorrow]).lines[0].window
    assert window is not None
    assert window.days == 20
