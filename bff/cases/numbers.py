"""What is a case or a ticket called? By a number that people can read out: "C-26-8F3K2Q".

The letters are Crockford's base32, without I, L, O and U, which are misread. A number is drawn, not counted, so no
two writers wait for each other; it is no secret either: whoever knows it still needs to be let in.
"""

import secrets
from collections.abc import Callable
from datetime import datetime

from bff.storage.database import Connection

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6  # 32 ** 6 are a thousand million numbers a year
Choose = Callable[[str], str]  # one of some letters
TABLES = {"C": "cases", "T": "tickets"}


def drawn(kind: str, at: datetime, choose: Choose = secrets.choice) -> str:
    """A number of that kind and year that may be taken, though hardly ever is."""
    letters = "".join(choose(LETTERS) for _ in range(LENGTH))
    return f"{kind}-{at.year % 100:02}-{letters}"


async def next_number(tx: Connection, kind: str, at: datetime, choose: Choose = secrets.choice) -> str:
    """A number that no row has: "C" for a case, "T" for a ticket.

    Two transactions at once may still draw the same one, once in a thousand million times: the second then fails
    on the unique constraint, unless it inserts with ON CONFLICT (number) DO NOTHING and draws again.
    """
    while True:
        number = drawn(kind, at, choose)
        if not await tx.rows(f"SELECT 1 FROM {TABLES[kind]} WHERE number = ?", number):
            return number
