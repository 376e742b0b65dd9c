"""Is every refund paid once when the process that pays is killed, wherever that happens?"""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from bff.payments.book import Book
from bff.storage.database import Database
from bff.vocabulary import AccountKind
from bff.worker.turn import FileTurn
from tests.worker.refund_kit import a_refund, balance, books_agree, embedded_at, ends, paying, tenders_of

PLACES = ["before-call", "after-call", "after-record", "after-call"]


async def killed_at(where: str, url: str, book: Path, lock: Path) -> int:
    """The exit code of a process that pays until it is killed there."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.worker.dying", url, str(book), str(lock), where)
    )
    try:
        async with asyncio.timeout(60):
            return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()


async def test_killed_anywhere_again_and_again_it_pays_each_refund_once(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    refunds = [await a_refund(database, "accepts" if number % 3 else "busy") for number in range(24)]
    file, lock = tmp_path / "book.sqlite3", tmp_path / "lock"

    codes = [await killed_at(where, database_address, file, lock) for where in PLACES]
    book = Book(file)
    provider = embedded_at(book)
    async with paying(database, provider, lock):
        for refund in refunds:
            await ends(database, refund.id, "SUCCEEDED")

    assert codes == [-signal.SIGKILL] * 4
    assert await provider.paid() == {(refund.names[0], "SGD"): 1000 for refund in refunds}
    assert [await tenders_of(database, refund.id) for refund in refunds] == [[("SUCCEEDED", None)]] * 24
    assert await balance(database, AccountKind.PROVIDER) == 24_000
    assert await balance(database, AccountKind.CUSTOMER) == 0
    await books_agree(database)
    book.close()


async def test_a_turn_is_one_processs_and_ends_with_it(tmp_path: Path) -> None:
    one, two = FileTurn(tmp_path / "lock"), FileTurn(tmp_path / "lock")

    assert [await one.mine(), await two.mine(), await one.mine()] == [True, False, True]
    await one.give_up()
    assert [await two.mine(), await one.mine()] == [True, False]
    await two.give_up()


@pytest.mark.parametrize("share", [True, False], ids=["with one lock", "with a lock each"])
async def test_two_processes_at_once_pay_each_refund_once(
    database: Database,
    database_address: str,
    tmp_path: Path,
    share: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    refunds = [await a_refund(database, "accepts" if number % 3 else "busy") for number in range(12)]
    file = tmp_path / "book.sqlite3"
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.worker.dying", database_address, str(file)),
            *(str(tmp_path / ("lock" if share else f"lock{number}")), "nowhere"),
        )
        for number in range(2)
    ]
    for refund in refunds:
        await ends(database, refund.id, "SUCCEEDED", seconds=60)
    for process in processes:
        process.kill()
        await process.wait()

    book = Book(file)
    assert await embedded_at(book).paid() == {(refund.names[0], "SGD"): 1000 for refund in refunds}
    assert await balance(database, AccountKind.PROVIDER) == 12_000
    await books_agree(database)
    book.close()
