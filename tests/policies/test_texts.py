"""Do the plugins' words agree? Both languages say the same to the same readers, each in its own typography."""

import re

import no_reason_return
import premium_tier
import pytest
import quality_claim

from bff.policy.manifest import ReasonCode
from bff.texts import text as word

CODES = [
    pytest.param(code, id=f"{plugin.manifest.name}.{code.code}")
    for plugin in (no_reason_return, premium_tier, quality_claim)
    for code in plugin.manifest.codes
]
NARROW = re.compile("[,;:?()]")
UNTIL_EXCLUSIVE = re.compile(r"\{until\} ?之?前")


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_worded_for_the_same_readers_in_both_languages(code: ReasonCode) -> None:
    assert set(code.texts["zh"]) == set(code.texts["en"])


@pytest.mark.parametrize("code", CODES)
def test_chinese_is_punctuated_in_full_width(code: ReasonCode) -> None:
    assert {text for text in code.texts["zh"].values() if NARROW.search(text)} == set()


@pytest.mark.parametrize("code", CODES)
def test_chinese_never_leaves_out_the_last_day(code: ReasonCode) -> None:
    assert {text for text in code.texts["zh"].values() if UNTIL_EXCLUSIVE.search(text)} == set()


@pytest.mark.parametrize("code", CODES)
def test_the_restocking_fee_has_one_name(code: ReasonCode) -> None:
    fee = word("zh", "refund", "RESTOCKING_FEE")
    for text in code.texts["zh"].values():
        assert "上架费" not in text.replace(fee, "")


@pytest.mark.parametrize("code", CODES)
def test_days_are_named_as_the_last_on_which_something_holds(code: ReasonCode) -> None:
    named = set(re.findall(r"\{(\w+)\}", " ".join(text for each in code.texts.values() for text in each.values())))

    assert named & {"due", "since", "at", "from"} == set()
