"""Does a kept explanation come back as it was? Every value of it, by way of real JSON."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bff.money import Money
from bff.policy.contributions import say
from bff.policy.decision import Explanation
from bff.policy.stored import kept, told
from bff.vocabulary import Effect, RuleSource

LARGEST = 2**63 - 1
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3, minutes=-30))])
INSTANTS = st.builds(
    lambda zone, micros: datetime(2000, 1, 2, tzinfo=zone) + timedelta(microseconds=micros),
    ZONES,
    st.integers(0, 2**57),
)
AMOUNTS = st.builds(Money, st.integers(-LARGEST, LARGEST), st.sampled_from(["SGD", "VND", "KWD"]))
VALUES = TEXTS | st.integers(-LARGEST, LARGEST) | INSTANTS | AMOUNTS
EXPLANATIONS = st.builds(
    Explanation,
    plugin=TEXTS,
    code=TEXTS,
    effect=st.sampled_from(Effect),
    source=st.sampled_from(RuleSource),
    citation=st.none() | TEXTS,
    said=st.lists(st.tuples(TEXTS, VALUES), max_size=4).map(tuple),
    overruled=st.booleans(),
)


@given(EXPLANATIONS)
def test_what_is_kept_is_told_again_as_it_was(explanation: Explanation) -> None:
    read = told(msgspec.json.decode(msgspec.json.encode(kept(explanation))))
    assert read == explanation
    assert [type(value) for _, value in read.said] == [type(value) for _, value in explanation.said]


def test_a_statement_is_kept_in_words_that_a_person_can_read() -> None:
    singapore = timezone(timedelta(hours=8))
    said = say(amount=Money(1999, "SGD"), days=14, until=datetime(2026, 11, 21, tzinfo=singapore), rule="x")
    explanation = Explanation(
        plugin="p", code="p.c", effect=Effect.LIMITS, source=RuleSource.STATUTE, citation="Art. 9", said=said
    )
    assert kept(explanation) == {
        "plugin": "p",
        "code": "p.c",
        "effect": "LIMITS",
        "source": "STATUTE",
        "citation": "Art. 9",
        "said": [
            ["amount", {"amount": 1999, "currency": "SGD"}],
            ["days", 14],
            ["rule", "x"],
            ["until", {"instant": "2026-11-20T16:00:00+00:00"}],
        ],
        "overruled": False,
    }
    assert told(kept(explanation)).said[3] == ("until", datetime(2026, 11, 20, 16, tzinfo=UTC))
