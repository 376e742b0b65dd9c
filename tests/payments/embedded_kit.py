"""How is the embedded provider driven without waiting? A clock that its own sleeping moves."""

from collections.abc import Callable
from pathlib import Path

from bff.payments.book import MEMORY, Book
from bff.payments.embedded import EmbeddedProvider, Manner

START = 1_795_348_800.0  # 2026-11-22 12:00 UTC
SECRET = "whsec_embedded"


class Killed(BaseException):
    """The process ended here."""


class HandClock:
    """Seconds of the Unix epoch; sleeping moves it on, and may be where the process is killed."""

    def __init__(self) -> None:
        self.now = START
        self.kill_in: int | None = None  # sleeps until the process is killed

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        if self.kill_in is not None:
            self.kill_in -= 1
            if self.kill_in < 0:
                self.kill_in = None
                raise Killed
        self.now += seconds


def embedded(
    clock: HandClock, manner: Manner | None = None, path: Path | str = MEMORY, book: Book | None = None
) -> EmbeddedProvider:
    """A provider on that clock, over a book of its own unless one is given."""
    sleep: Callable[..., object] = clock.sleep
    return EmbeddedProvider(
        book or Book(path),
        [SECRET],
        manner or Manner(),
        clock=clock,
        sleep=sleep,  # type: ignore[arg-type]
    )
