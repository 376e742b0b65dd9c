"""What may be shown? Files by a safe address, numbers and texts with something in them, twenty things at most."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import Struct

from bff.cases.asking.evidence import Evidence, checked, is_safe_address, keep
from bff.cases.refusal import Refusal
from bff.cases.standing import Author
from bff.storage.database import Database
from bff.user_errors import UserErrorCode
from bff.vocabulary import EvidenceKind, Role
from tests.cases.an_order import a_case, an_order

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class Shown(Struct):
    """What a caller wrote."""

    kind: EvidenceKind
    url: str | None = None
    text: str | None = None


def refused(*shown: Shown) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        checked(shown, "attachments")
    assert refusal.value.code is UserErrorCode.INVALID_INPUT
    return refusal.value


def test_every_kind_is_taken_with_what_it_needs() -> None:
    shown = [
        Shown(EvidenceKind.PHOTO, "https://files.example.test/a.jpg", " The heel "),
        Shown(EvidenceKind.SERIAL_NUMBER, text="SN 1"),
        Shown(EvidenceKind.TEXT, text="x" * 10_000),
    ]
    assert checked(shown, "evidence") == [
        Evidence(EvidenceKind.PHOTO, "https://files.example.test/a.jpg", "The heel"),
        Evidence(EvidenceKind.SERIAL_NUMBER, None, "SN 1"),
        Evidence(EvidenceKind.TEXT, None, "x" * 10_000),
    ]


@pytest.mark.parametrize(
    ("shown", "field"),
    [
        (Shown(EvidenceKind.PHOTO), "url"),
        (Shown(EvidenceKind.VIDEO, text="no address"), "url"),
        (Shown(EvidenceKind.INSPECTION_REPORT, "   "), "url"),
        (Shown(EvidenceKind.PHOTO, "http://files.example.test/a.jpg"), "url"),
        (Shown(EvidenceKind.TEXT, "javascript:alert(1)", "with a text"), "url"),
        (Shown(EvidenceKind.TEXT), "text"),
        (Shown(EvidenceKind.SERIAL_NUMBER, "https://files.example.test/a.jpg"), "text"),
        (Shown(EvidenceKind.TEXT, text="x" * 10_001), "text"),
        (Shown(EvidenceKind.TEXT, text="a\0b"), "text"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(shown: Shown, field: str) -> None:
    good = Shown(EvidenceKind.TEXT, text="good")
    assert refused(good, shown).path == ("attachments", "1", field)


def test_twenty_things_are_taken_and_one_more_is_not() -> None:
    one = Shown(EvidenceKind.TEXT, text="good")
    assert len(checked([one] * 20, "attachments")) == 20
    assert refused(*[one] * 21).path == ("attachments",)


@pytest.mark.parametrize(
    "url",
    [
        "https://files.example.test",
        "https://files.example.test:8443/a%20b.jpg?size=2#top",
        "HTTPS://FILES.EXAMPLE.TEST/a.jpg",
        "https://[2001:db8::1]/a.jpg",
        "https://files.example.test/照片.jpg",
        "https://files.example.test/" + "a" * 1973,
    ],
)
def test_addresses_that_are_taken(url: str) -> None:
    assert is_safe_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.test/a.jpg",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "//files.example.test/a.jpg",
        "/a.jpg",
        "https:",
        "https:/files.example.test/a.jpg",
        "https:///a.jpg",
        "https://user@files.example.test/a.jpg",
        "https://user:word@files.example.test/a.jpg",
        "https://@files.example.test/a.jpg",
        "https://files.example.test\\@evil.example.test/",
        "https://files.example.test/a b.jpg",
        "https://files.example.test/\u202egpj.exe",
        "https://files.example.test/\n",
        "https://files.example.test:0/a.jpg",
        "https://files.example.test:port/a.jpg",
        "https://[2001:db8::1/a.jpg",
        "https://files.example.test/" + "a" * 1974,
    ],
)
def test_addresses_that_are_not_taken(url: str) -> None:
    assert not is_safe_address(url)


async def test_what_is_kept_stands_on_its_case_in_its_order(database: Database) -> None:
    case = await a_case(database, await an_order(database))
    evidence = [Evidence(EvidenceKind.TEXT, None, text) for text in ("one", "two", "three")]
    author = Author(Role.CUSTOMER, "ada")

    await database.run_tx(lambda tx: keep(tx, evidence, author, AT, case=case.id))

    rows: list[dict[str, Any]] = await database.rows(
        "SELECT case_id, message_id, text, added_by, added_subject FROM evidence ORDER BY added_at, id"
    )
    assert [row["text"] for row in rows] == ["one", "two", "three"]
    assert {(str(row["case_id"]), row["message_id"]) for row in rows} == {(str(case.id), None)}
    assert {(row["added_by"], row["added_subject"]) for row in rows} == {("CUSTOMER", "ada")}
