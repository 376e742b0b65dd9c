"""Where does a process that pays die? By its own hand: `python -m tests.worker.dying URL BOOK LOCK WHERE`."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from bff.payments.book import Book
from bff.payments.embedded import EmbeddedProvider
from bff.payments.provider import Outcome, RefundOrder
from bff.storage.database import Database
from bff.worker.refunding import Refunding
from tests.worker.refund_kit import QUICK, SECRET, paying


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Dying(EmbeddedProvider):
    """Is killed before its third call, or after it has paid and before anybody could hear of it."""

    def __init__(self, book: Book, where: str) -> None:
        super().__init__(book, [SECRET], QUICK)
        self.where, self.calls = where, 0

    async def refund(self, order: RefundOrder) -> Outcome:
        self.calls += 1
        is_third = self.calls == 3
        if self.where == "before-call" and is_third:
            die()
        outcome = await super().refund(order)
        if self.where == "after-call" and is_third:
            die()
        return outcome


def die_after_recording(where: str) -> None:
    """Killed when a result is in our database and the workflow does not know."""
    if where != "after-record":
        return
    note, notes = Refunding.note, iter(range(100))

    async def noted(self: Refunding, key: str, run: int, tries: int, outcome: str) -> float | None:
        pause = await note(self, key, run, tries, outcome)
        if next(notes) == 2:
            die()
        return pause

    Refunding.note = noted  # type: ignore[method-assign]


async def main(url: str, book: str, lock: str, where: str) -> None:
    die_after_recording(where)
    async with Database(url) as database, paying(database, Dying(Book(book), where), Path(lock)):
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
