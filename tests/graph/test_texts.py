"""Is there a word for everything, in every language? For each member of each set that the graph labels."""

import pytest

from bff import texts
from bff.policy.manifest import LOCALES
from bff.schema.sentences import PLACE
from bff.vocabulary import (
    CaseStatus,
    CompensationKind,
    DeadlineKind,
    EvidenceKind,
    LiableParty,
    PaymentMethod,
    RefundComponentKind,
    RefundMethod,
    ReturnMethod,
    ReturnReason,
    ReverseShipmentStatus,
)

LABELLED = {
    "return_reason": ReturnReason,
    "evidence": EvidenceKind,
    "refund": RefundComponentKind,
    "payment": PaymentMethod,
    "refund_method": RefundMethod,
    "return_method": ReturnMethod,
    "liable_party": LiableParty,
    "reverse_shipment": ReverseShipmentStatus,
    "compensation": CompensationKind,
    "case_status": CaseStatus,
    "deadline": DeadlineKind,
}
SENTENCES = ("case_event", "keeps_goods")  # sections whose keys no set of the vocabulary holds


def test_there_are_texts_for_exactly_the_locales_that_requests_may_have() -> None:
    assert texts.locales() == set(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_has_a_word_for_every_member_and_for_nothing_else(locale: str) -> None:
    written = {section: set(words) for section, words in texts.tables(locale).items() if section not in SENTENCES}
    assert written == {section: {member.value for member in members} for section, members in LABELLED.items()}
    assert all(word for words in texts.tables(locale).values() for word in words.values())


@pytest.mark.parametrize("section", SENTENCES)
def test_every_locale_says_the_same_sentences_with_the_same_values(section: str) -> None:
    english, chinese = (texts.tables(locale)[section] for locale in ("en", "zh"))
    assert {key: sorted(PLACE.findall(text)) for key, text in english.items()} == {
        key: sorted(PLACE.findall(text)) for key, text in chinese.items()
    }


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_that_a_sentence_asks_for_has_a_section(locale: str) -> None:
    asked = {word for text in texts.tables(locale)["case_event"].values() for _, word in PLACE.findall(text)}
    assert asked - {"", "money"} <= set(texts.tables(locale))


def test_a_locale_that_nobody_wrote_for_reads_english() -> None:
    assert texts.text("de", "evidence", "PHOTO") == texts.text("en", "evidence", "PHOTO") == "Photo"
