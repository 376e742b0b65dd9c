"""Do the tests that touch the database pass on PostgreSQL too? Runs them there, in a process of their own.

The server is BFF_TEST_DATABASE, or the one of this machine. Without a server this is an error where CI=true, and
elsewhere a sentence: SQLite is all that a newcomer needs.
"""

import asyncio
import os
import sys

import asyncpg
import pytest

LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"


async def obstacle(url: str) -> str | None:
    """Why the server cannot be used; None when it can."""
    try:
        connection = await asyncpg.connect(url, timeout=3)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        return f"{type(error).__name__}: {error}"
    await connection.close()
    return None


def main() -> int:
    """The exit code of the run."""
    url = os.environ.setdefault("BFF_TEST_DATABASE", LOCAL)
    reason = asyncio.run(obstacle(url))
    if reason is None:
        return pytest.main(["-q", "tests"])
    sys.stderr.write(f"PostgreSQL is not tested: {reason}\n")
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
