"""Are numbers readable and their own? Drawn from letters that nobody misreads, never one that is taken."""

import re
from datetime import UTC, datetime

from bff.cases.numbers import LETTERS, drawn, next_number
from bff.storage.database import Database
from tests.cases.an_order import a_case, an_order

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def test_a_number_says_its_kind_and_year() -> None:
    assert re.fullmatch(rf"T-26-[{LETTERS}]{{6}}", drawn("T", AT))
    assert re.fullmatch(rf"C-07-[{LETTERS}]{{6}}", drawn("C", AT.replace(year=2107)))


def test_ten_thousand_numbers_are_hardly_ever_one_twice() -> None:
    assert len({drawn("C", AT) for _ in range(10_000)}) > 9_990


async def test_a_number_that_is_taken_is_not_given_again(database: Database) -> None:
    case = await a_case(database, await an_order(database))
    await database.run_tx(lambda tx: tx.execute("UPDATE cases SET number = 'C-26-AAAAAA' WHERE id = ?", case.id))
    letters = iter("AAAAAABBBBBB")

    assert await database.run_tx(lambda tx: next_number(tx, "C", AT, lambda _: next(letters))) == "C-26-BBBBBB"
