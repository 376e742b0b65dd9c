"""How does a code read? In the reader's language, with dates in the market's time zone and money in full."""

from datetime import UTC, datetime
from string import Formatter
from typing import Any

import pytest

from bff.markets import market
from bff.money import Money
from bff.policy.contributions import Said, say
from bff.policy.kernel import kernel_texts
from bff.policy.manifest import ReasonCode
from bff.policy.rendering import Reader
from bff.policy.testing import a_case, a_kernel, a_line, a_manifest, a_plugin
from bff.vocabulary import OrderStatus, RuleSource


def rendered(template: str, said: dict[str, Said], locale: str = "en", time_zone: str = "Asia/Singapore") -> str:
    texts = {"en": {"customer": template}, "zh": {"customer": template, "merchant": f"M {template}"}}
    code = ReasonCode(code="said", source=RuleSource.PLATFORM, texts=texts)
    kernel = a_kernel([a_plugin("rule", a_manifest("rule", codes=(code,)))])
    return kernel.say("rule.said", say(**said), Reader(locale=locale, time_zone=time_zone))


@pytest.mark.parametrize(
    ("template", "said", "en", "zh"),
    [
        ("{days} days", {"days": 1_500}, "1,500 days", "1,500 days"),
        ("{fee}", {"fee": Money(1_990, "SGD")}, "19.90 SGD", "19.90 SGD"),
        ("{fee}", {"fee": Money(45_000, "VND")}, "45,000 VND", "45,000 VND"),
        ("{fee}", {"fee": Money(1_250, "KWD")}, "1.250 KWD", "1.250 KWD"),
        ("{what}", {"what": "{days}"}, "{days}", "{days}"),
        ("{unsaid}!", {}, "…!", "…!"),
        (
            "{at}",
            {"at": datetime(2026, 11, 30, 16, 5, tzinfo=UTC)},
            "December 1, 2026 00:05",
            "2026年12月1日 00:05",
        ),
        # The first instant of December in Singapore: what ends there still holds on the last of November.
        ("{until}", {"until": datetime(2026, 11, 30, 16, tzinfo=UTC)}, "November 30, 2026", "2026年11月30日"),
        ("{at}", {"at": datetime(2026, 11, 30, 16, tzinfo=UTC)}, "December 1, 2026 00:00", "2026年12月1日 00:00"),
    ],
)
def test_values_are_written_as_the_language_writes_them(
    template: str, said: dict[str, Said], en: str, zh: str
) -> None:
    assert rendered(template, said, "en") == en
    assert rendered(template, said, "zh") == zh


def test_an_instant_is_shown_by_the_clocks_of_the_market() -> None:
    at = datetime(2026, 11, 30, 16, 5, tzinfo=UTC)
    assert rendered("{at}", {"at": at}, time_zone=market("US").time_zone) == "November 30, 2026 11:05"


@pytest.mark.parametrize(("locale", "text"), [("zh-CN", "M x"), ("zh_Hans", "M x"), ("en-GB", "x"), ("xx", "x")])
def test_a_missing_language_falls_back_to_english_and_a_missing_audience_to_the_customer(
    locale: str, text: str
) -> None:
    texts = {"en": {"customer": "x"}, "zh": {"customer": "x", "merchant": "M x"}}
    code = ReasonCode(code="said", source=RuleSource.PLATFORM, texts=texts)
    kernel = a_kernel([a_plugin("rule", a_manifest("rule", codes=(code,)))])
    reader = Reader(locale=locale, audience="merchant", time_zone="Asia/Singapore")
    assert kernel.say("rule.said", (), reader) == text


def test_a_code_that_nobody_declares_any_more_is_said_by_itself() -> None:
    assert a_kernel([]).say("gone.code", (), Reader(locale="en", time_zone="UTC")) == "gone.code"


def test_the_kernels_own_words_are_rendered_like_any_other() -> None:
    kernel = a_kernel([])
    case = a_case(a_line(quantity=3, ordered=4, held=2), order_status=OrderStatus.DELIVERED)
    [told] = kernel.decide(case).lines[0].explanations
    said = {
        locale: kernel.render(told, Reader(locale=locale, time_zone="Asia/Singapore")) for locale in ("en", "zh")
    }
    assert said == {
        "en": "You asked to return 3, but 2 can still be returned.",
        "zh": "您申请退 3 件，但只剩 2 件可退。",
    }


def named(template: str) -> set[Any]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_the_kernels_codes_name_the_same_values_in_both_languages() -> None:
    for code, texts in kernel_texts().items():
        assert set(texts) == {"en", "zh"}, code
        assert set(texts["en"]) == set(texts["zh"]), code
        for audience in texts["en"]:
            assert named(texts["en"][audience]) == named(texts["zh"][audience]), code
