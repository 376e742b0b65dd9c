"""What may be ordered, and which of two outcomes is the later one? The words that every adapter shares."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.money import Money
from bff.payments.provider import (
    Accepted,
    Declined,
    Outcome,
    RefundOrder,
    Succeeded,
    Unknown,
    further,
    tender_key,
)

OUTCOMES: list[Outcome] = [Unknown("x.timeout", 7), Accepted("r"), Succeeded("r"), Declined("x.closed", "r")]
outcomes = st.sampled_from(OUTCOMES)


@pytest.mark.parametrize("minor", [0, -1])
def test_a_refund_gives_something_back(minor: int) -> None:
    with pytest.raises(ValueError, match="gives nothing back"):
        RefundOrder("k", "pi_1", Money(minor, "SGD"))


@pytest.mark.parametrize("key", ["", "k" * 256, "a\nb", "ключ"])
def test_a_key_is_short_and_printable(key: str) -> None:
    with pytest.raises(ValueError, match="1 to 255 printable ASCII characters"):
        RefundOrder(key, "pi_1", Money(1, "SGD"))


def test_a_key_of_255_characters_is_taken() -> None:
    assert RefundOrder("k" * 255, "pi_1", Money(1, "VND")).key == "k" * 255


def test_each_tender_and_each_attempt_after_a_decline_has_its_key() -> None:
    assert tender_key("rf-1", "pi_1") == "rf-1/pi_1/1"
    assert tender_key("rf-1", "pi_2", 2) == "rf-1/pi_2/2"


@given(st.lists(outcomes, min_size=1), st.randoms())
def test_news_in_any_order_and_any_number_tell_the_same_end(news: list[Outcome], dice: object) -> None:
    shuffled = sorted(news * 2, key=lambda _: dice.random())  # type: ignore[attr-defined]
    told, twice = news[0], shuffled[0]
    for each in news:
        told = further(told, each)
    for each in shuffled:
        twice = further(twice, each)
    assert told == twice == max(news, key=OUTCOMES.index)


def test_a_refund_that_a_bank_sent_back_is_no_longer_paid() -> None:
    assert further(Succeeded("r"), Declined("x.sent_back", "r")) == Declined("x.sent_back", "r")
    assert further(Declined("x.sent_back", "r"), Succeeded("r")) == Declined("x.sent_back", "r")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_outcome_can_be_kept_as_text_and_read_again(outcome: Outcome) -> None:
    assert msgspec.json.decode(msgspec.json.encode(outcome), type=Outcome) == outcome
