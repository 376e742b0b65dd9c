"""Is there a word for everything, in every language? For each member of each set that the graph labels."""

import pytest

from bff import texts
from bff.schema.context import LOCALES
from bff.vocabulary import EvidenceKind, PaymentMethod, RefundComponentKind, ReturnReason

LABELLED = {
    "return_reason": ReturnReason,
    "evidence": EvidenceKind,
    "refund": RefundComponentKind,
    "payment": PaymentMethod,
}


def test_there_are_texts_for_exactly_the_locales_that_requests_may_have() -> None:
    assert texts.locales() == set(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_has_a_word_for_every_member_and_for_nothing_else(locale: str) -> None:
    written = {section: set(words) for section, words in texts.tables(locale).items()}
    assert written == {section: {member.value for member in members} for section, members in LABELLED.items()}
    assert all(word for words in texts.tables(locale).values() for word in words.values())


def test_a_locale_that_nobody_wrote_for_reads_english() -> None:
    assert texts.text("de", "evidence", "PHOTO") == texts.text("en", "evidence", "PHOTO") == "Photo"
