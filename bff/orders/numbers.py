"""Has this number stood in the file before? Known on disk, so that memory stays flat however long the file is."""

import sqlite3
from types import TracebackType
from typing import Self

CACHE_KIB = 8 * 2**10  # nearly all the memory that it takes; what does not fit lies in a temporary file
TOGETHER = 1_000  # numbers go to disk so many at a time
KEEP = f"INSERT INTO seen VALUES {', '.join(['(?)'] * TOGETHER)}"


class Numbers:
    """The order numbers of one file. Close it after use, which deletes the temporary file."""

    def __init__(self) -> None:
        # Read in one thread at a time, but not always in the same one.
        self._seen = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for statement in (
            f"PRAGMA cache_size = -{CACHE_KIB}",
            "PRAGMA journal_mode = OFF",
            "CREATE TABLE seen (number BLOB PRIMARY KEY) WITHOUT ROWID",
            "BEGIN",
        ):
            self._seen.execute(statement)
        self._latest: set[bytes] = set()  # not kept on disk yet
        self._largest = b""  # of those kept

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seen.close()

    def is_new(self, number: object) -> bool:
        """Whether nobody has asked for that number before."""
        name = str(number).encode(errors="surrogateescape")
        if name in self._latest or (name <= self._largest and self._is_kept(name)):
            return False
        self._latest.add(name)
        if len(self._latest) == TOGETHER:
            self._seen.execute(KEEP, sorted(self._latest))
            self._largest = max(self._largest, *self._latest)
            self._latest.clear()
        return True

    def _is_kept(self, name: bytes) -> bool:
        """Asked only for what is not larger than all that is kept: most files are in sequence."""
        return self._seen.execute("SELECT 1 FROM seen WHERE number = ?", (name,)).fetchone() is not None
