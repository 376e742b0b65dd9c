"""What may be shown, and where is it kept? Files elsewhere by an https address, numbers and texts as they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct

from bff.cases.refusal import invalid
from bff.cases.standing import Author
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.storage.folding import is_storable
from bff.vocabulary import EvidenceKind

MOST = 20
MOST_OF_A_CASE = 100  # that its customer may add up to; all is shown at once
LONGEST_URL = 2000
LONGEST_TEXT = 10_000
FILES = frozenset({EvidenceKind.PHOTO, EvidenceKind.VIDEO, EvidenceKind.INSPECTION_REPORT})


class Shown(Protocol):
    """One thing as a caller shows it; what is left out is None, or nothing that is true."""

    kind: EvidenceKind
    url: str | None
    text: str | None


class Evidence(Struct, frozen=True):
    """One thing that may be kept: it has what its kind needs."""

    kind: EvidenceKind
    url: str | None
    text: str | None


def checked(shown: Sequence[Shown], *path: str) -> list[Evidence]:
    """What is shown, in its order. Raises a Refusal that leads to the first thing wrong below `path`."""
    if len(shown) > MOST:
        raise invalid(f"at most {MOST} things can be shown at once, these are {len(shown)}", *path)
    return [_checked(one, (*path, str(index))) for index, one in enumerate(shown)]


def _checked(one: Shown, path: tuple[str, ...]) -> Evidence:
    url, text = (one.url or "").strip() or None, (one.text or "").strip() or None
    if url is None and one.kind in FILES:
        raise invalid(f"{one.kind} needs the https address of a file", *path, "url")
    if text is None and one.kind not in FILES:
        raise invalid(f"{one.kind} needs a text", *path, "text")
    if url is not None and not is_safe_address(url):
        raise invalid(
            f"a file's address begins with https://, names a host, holds no credentials and has at most"
            f" {LONGEST_URL} characters",
            *path,
            "url",
        )
    if text is not None and not (len(text) <= LONGEST_TEXT and is_storable(text)):
        raise invalid(f"a text is at most {LONGEST_TEXT} characters of ordinary text", *path, "text")
    return Evidence(one.kind, url, text)


def is_safe_address(url: str) -> bool:
    """Whether people may be sent there: https and a host, nothing hidden in it, nothing that browsers reread."""
    if len(url) > LONGEST_URL or not url.isprintable() or set(" \\") & set(url):
        return False
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0  # raises ValueError for what is no port
    except ValueError:
        return False
    # The scheme alone does not do: urlsplit reads "https:/host" too, with no host in it.
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and has_port


async def must_fit(tx: Connection, case: UUID, count: int, *path: str) -> None:
    """Raises INVALID_INPUT where so much more would be too much for people to look at, and to show."""
    (row,) = await tx.rows("SELECT count(*) AS n FROM evidence WHERE case_id = ?", case)
    if row["n"] + count > MOST_OF_A_CASE:
        message = f"a case has at most {MOST_OF_A_CASE} things to show; this one has {row['n']}"
        raise invalid(message, *path)


async def keep(
    tx: Connection,
    evidence: Sequence[Evidence],
    author: Author,
    at: datetime,
    *,
    case: UUID | None = None,
    message: UUID | None = None,
) -> None:
    """Writes what was shown, in its order, to a case or to a ticket's message: to exactly one of them."""
    if evidence:
        await tx.execute_many(
            "INSERT INTO evidence (id, case_id, message_id, kind, url, text, added_by, added_subject, added_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (new_id(), case, message, one.kind, one.url, one.text, author.role, author.subject, at)
                for one in evidence
            ],
        )
