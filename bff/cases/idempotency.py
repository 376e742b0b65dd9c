"""Was this asked before? A key is bound to one request by its first effect, and gives its answer ever after."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from bff.storage.database import Connection
from bff.storage.fields import new_id

LONGEST_KEY = 255


class IdempotencyConflict(Exception):  # noqa: N818 - what happened
    """The key was used for another request of the same operation."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"this idempotency key was used for another {operation}")
        self.operation = operation


class KeyRefused(ValueError):  # noqa: N818 - what happened to it
    """A key that is none: it has 1 to 255 printable characters."""

    def __init__(self, length: int) -> None:
        super().__init__(f"an idempotency key has 1 to {LONGEST_KEY} printable characters, this one has {length}")
        self.length = length


class Claim(Struct, frozen=True):
    """What a key is worth: new, and to be answered in this transaction, or answered with `stored` before."""

    id: UUID
    is_new: bool
    stored: Any = None


class _Kept(Struct, frozen=True):
    id: UUID
    request: str
    response: str | None


async def claim(tx: Connection, *, principal: str, operation: str, key: str, request: Any, at: datetime) -> Claim:
    """Binds the key to the request, inside the transaction that does what is asked.

    Who comes second waits for the first to commit, then gets its answer; when the first rolled back it is the
    first itself. `request` is anything that msgspec encodes, without the key. Call it before any look at what
    the request would change. Raises KeyRefused, IdempotencyConflict, and on PostgreSQL after two seconds of
    waiting DatabaseUnavailableError, which `run_tx` tries anew.
    """
    if not (1 <= len(key) <= LONGEST_KEY and key.isprintable()):
        raise KeyRefused(len(key))
    mine, digest = new_id(), _digest(msgspec.json.encode(request, order="deterministic"))
    place = (principal, operation, _digest(key.encode()))
    taken = await tx.execute(
        "INSERT INTO idempotency_keys (id, principal, operation, key_sha256, request_sha256, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (principal, operation, key_sha256) DO NOTHING",
        *(mine, *place, digest, at),
    )
    return Claim(mine, is_new=True) if taken else await _earlier(tx, place, digest)


async def _earlier(tx: Connection, place: tuple[str, str, str], digest: str) -> Claim:
    (kept,) = await tx.structs(
        _Kept,
        "SELECT id, request_sha256, response FROM idempotency_keys"
        " WHERE principal = ? AND operation = ? AND key_sha256 = ?",
        *place,
    )
    if kept.request != digest:
        raise IdempotencyConflict(place[1])
    if kept.response is None:  # a caller that claimed and committed without `answer`: a bug of ours
        raise LookupError(f"the {place[1]} of this key was never answered")
    return Claim(kept.id, is_new=False, stored=msgspec.json.decode(kept.response))


async def answer(tx: Connection, claimed: Claim, response: Any) -> None:
    """Keeps the answer of a new claim, in its transaction; a refusal by the domain is an answer too."""
    kept = await tx.execute(
        "UPDATE idempotency_keys SET response = ? WHERE id = ? AND response IS NULL",
        *(msgspec.json.encode(response).decode(), claimed.id),
    )
    if kept != 1:
        raise LookupError(f"claim {claimed.id} is not open")


async def free(tx: Connection, claimed: Claim) -> None:
    """Lets a new claim go, in its transaction: the key may be used for a request that is put right."""
    await tx.execute("DELETE FROM idempotency_keys WHERE id = ? AND response IS NULL", claimed.id)


async def forget(tx: Connection, before: datetime) -> int:
    """Deletes the keys that were claimed before then, and says how many; the promise is 24 hours at least."""
    return await tx.execute("DELETE FROM idempotency_keys WHERE created_at < ?", before)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
