"""How is anything written? One mutation, one transaction: first its key, then the work, then the answer."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.cases import idempotency
from bff.cases.idempotency import Claim, IdempotencyConflict, KeyRefused
from bff.cases.refusal import Refusal, invalid
from bff.cases.standing import Author
from bff.policy.stored import kept, told
from bff.resolvers.plain import plain
from bff.schema.context import RequestContext
from bff.schema.explanation import ExplanationSource
from bff.schema.user_error import UserErrorSource
from bff.storage.database import Connection
from bff.user_errors import UserErrorCode

KEY = "idempotencyKey"
Work = Callable[[Connection, Author], Awaitable[UUID | Sequence[UUID] | None]]


class Written(Struct, frozen=True, eq=False):
    """What a mutation did: the key of what it changed, or why it changed nothing; `others` are more keys."""

    key: UUID | None
    user_errors: list[UserErrorSource]
    others: tuple[UUID, ...] = ()


class _Undone(Exception):  # noqa: N818 - ends a transaction that is not to be kept
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


async def write(
    context: RequestContext, operation: str, asked: Any, work: Work, *, key: str | None = None
) -> Written:
    """Does the work once for its idempotency key; whoever asks again gets the same answer.

    A refusal undoes all of it. Those of BINDING are kept as the key's answer; after the others the key is free.
    `key` is given where a request is one of several that share theirs. Raises UNAUTHENTICATED.
    """
    viewer = context.signed_in()
    author = Author.of(viewer)
    request = plain(asked)
    try:
        sent = request.pop(KEY)
        named = key_of_request(context, sent) if key is None else key
    except Refusal as refusal:
        return Written(None, [shown(refusal)])

    async def body(tx: Connection) -> Written:
        claimed = await idempotency.claim(
            tx,
            principal=f"{viewer.role}:{viewer.subject}",
            operation=operation,
            key=named,
            request=request,
            at=context.now,
        )
        return _again(claimed.stored) if not claimed.is_new else await _first(tx, claimed, work, author)

    try:
        return await context.database.run_tx(body)
    except _Undone as undone:
        return Written(None, [shown(undone.refusal)])
    except IdempotencyConflict as conflict:
        return Written(None, [UserErrorSource(UserErrorCode.IDEMPOTENCY_CONFLICT, str(conflict), [KEY])])
    except KeyRefused as refused:
        return Written(None, [UserErrorSource(UserErrorCode.INVALID_INPUT, str(refused), [KEY])])


def key_of_request(context: RequestContext, key: str) -> str:
    """The input's key; the header's where it is empty. Raises INVALID_INPUT where they differ."""
    sent = context.idempotency_key
    if sent is None or key == sent:
        return key
    if key:
        raise invalid("`idempotencyKey` differs from the header Idempotency-Key: send one of them", KEY)
    return sent


async def _first(tx: Connection, claimed: Claim, work: Work, author: Author) -> Written:
    try:
        async with tx.savepoint():
            done = await work(tx, author)
    except Refusal as refusal:
        if not refusal.binds:
            raise _Undone(refusal) from None
        await idempotency.answer(tx, claimed, {"refused": _stored(refusal)})
        return Written(None, [shown(refusal)])
    first, *others = done if isinstance(done, Sequence) else (done,)
    await idempotency.answer(tx, claimed, {"key": first} | ({"others": others} if others else {}))
    return Written(first, [], tuple(others))


def _stored(refusal: Refusal) -> dict[str, Any]:
    return {
        "code": refusal.code.value,
        "message": refusal.message,
        "path": list(refusal.path),
        "time_zone": refusal.time_zone,
        "explanations": [kept(one) for one in refusal.explanations],
    }


def _again(stored: dict[str, Any]) -> Written:
    refused = stored.get("refused")
    if refused is None:
        key = stored["key"]
        others = tuple(UUID(other) for other in stored.get("others", ()))
        return Written(UUID(key) if key else None, [], others)
    refusal = Refusal(
        UserErrorCode(refused["code"]),
        refused["message"],
        *refused["path"],
        explanations=[told(one) for one in refused["explanations"]],
        time_zone=refused["time_zone"],
    )
    return Written(None, [shown(refusal)])


def shown(refusal: Refusal) -> UserErrorSource:
    """As the graph shows it."""
    explanations = [ExplanationSource(one, refusal.time_zone) for one in refusal.explanations]
    return UserErrorSource(refusal.code, refusal.message, list(refusal.path), explanations)
