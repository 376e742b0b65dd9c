"""Is the database away, or did it refuse? The one translation of what the drivers raise."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError, TransactionManagementError

# SQLite's primary result codes: another process writes; disk full, unreadable, unopenable or no database at all.
SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
SQLITE_AWAY = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
}
SQLITE_PRIMARY = 0xFF

# PostgreSQL's SQLSTATEs after which the same transaction may succeed: serialisation, deadlock, lock timeout,
# statement timeout, shutdown and start-up, too many connections; and class 08, a broken connection.
RETRYABLE_STATES = {"40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "53300", "25P03"}


class DatabaseUnavailableError(Exception):
    """The database could not answer now. `retryable` says that the same work may succeed a moment later."""

    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.retryable = retryable


@contextmanager
def mapped() -> Iterator[None]:
    """Lets out IntegrityError for a broken constraint, DatabaseUnavailableError for a database in trouble.

    What is neither (a syntax error, say) is a bug and passes as it is.
    """
    try:
        yield
    except (DatabaseUnavailableError, IntegrityError):
        raise
    except Exception as error:
        cause = _driver_error(error)
        if _breaks_constraint(cause):
            raise IntegrityError(str(cause)) from error
        retryable = _retryable(cause)
        if retryable is None:
            raise
        raise DatabaseUnavailableError(type(cause).__name__, retryable=retryable) from error


def _driver_error(error: BaseException) -> BaseException:
    """Tortoise wraps driver errors; the first argument or the cause is the real one."""
    if isinstance(error, OperationalError | TransactionManagementError | DBConnectionError):
        inner = error.args[0] if error.args else None
        return inner if isinstance(inner, BaseException) else error.__cause__ or error
    return error


def _breaks_constraint(error: BaseException) -> bool:
    return isinstance(error, sqlite3.IntegrityError) or _state(error).startswith("23")


def _state(error: BaseException) -> str:
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else ""


def _retryable(error: BaseException) -> bool | None:
    """True: try again; False: away for longer; None: not the database's trouble."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & SQLITE_PRIMARY
        return True if code in SQLITE_BUSY else False if code in SQLITE_AWAY else None
    state = _state(error)
    if state:
        return True if state in RETRYABLE_STATES or state.startswith("08") else None
    # asyncpg reports a lost connection without a state as InterfaceError or InternalClientError.
    lost = type(error).__module__.startswith("asyncpg") and "closed" in str(error)
    return True if lost or isinstance(error, OSError | asyncio.TimeoutError) else None
