"""Has this number stood in the file before? Known on disk, so that memory stays flat however long the file is."""

import sqlite3
from types import TracebackType
from typing import Self

CACHE_KIB = 8 * 2**10  # all the memory that it takes; what does not fit lies in a temporary file


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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seen.close()

    def is_new(self, number: object) -> bool:
        """Whether nobody has asked for that number before."""
        name = str(number).encode(errors="surrogateescape")
        return self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?)", (name,)).rowcount == 1
