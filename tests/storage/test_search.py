"""Is a search the same everywhere? Case, width and composition of letters do not matter, on either server."""

import pytest

from bff.orders.records import read_record
from bff.orders.upsert import upsert
from bff.storage.database import Database
from bff.storage.folding import folded
from bff.storage.reads import cases, orders
from bff.storage.reads.scope import Scope
from tests.orders.an_order import an_order_json

EVERYTHING = Scope(everything=True)
LATER = "2026-06-01T00:00:00Z"


async def take(database: Database, number: str, title: str, updated: str = "2026-05-05T00:00:00Z") -> None:
    lines = [{**line, "title": title} for line in an_order_json()["lines"]]
    outcome = await upsert(database, [read_record(an_order_json(number, lines=lines, updatedAt=updated))])
    assert outcome.rejected == []


async def found(database: Database, text: str) -> int:
    (count,) = await orders.count(database, EVERYTHING, orders.OrderFilter(search=text))
    return count


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Schal für ÜBERGRÖSSEN", "über"),
        ("Über den Wolken", "ÜBER"),
        ("Große Tasse", "GROSSE"),
        ("ЧАЙНИК", "чайник"),
        ("Áo dài", "ÁO DÀI"),
        ("A\u0301o dài", "áo"),
        ("ＬＡＭＰ 灯", "lamp 灯"),
        ("100% Wool", "100% w"),
    ],
)
async def test_a_title_is_found_whatever_the_case_of_its_letters(
    database: Database, title: str, text: str
) -> None:
    await take(database, "N-1", title)
    assert await found(database, text) == 1
    assert await found(database, "uber") == 0


async def test_an_order_number_is_found_by_its_beginning_whatever_its_case(database: Database) -> None:
    await take(database, "ÄÖ-1", "Socks")
    assert await found(database, "äö") == 1
    assert await found(database, "ö-1") == 0
    # No case is there yet, and the same folded number is asked for.
    assert await cases.count(database, EVERYTHING, cases.CaseFilter(search="äö"), None, None) == [0]


async def test_a_new_title_is_found_and_the_old_one_is_not(database: Database) -> None:
    await take(database, "N-1", "Ärmel")
    await take(database, "N-1", "Überwurf", LATER)
    assert (await found(database, "ärm"), await found(database, "ÜBERW")) == (0, 1)


def test_folding_is_lower_case_for_plain_letters() -> None:
    assert folded("Running SHOES") == "running shoes"
    assert folded("ﬁ STRASSE Straße") == "fi strasse strasse"
