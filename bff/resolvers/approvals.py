"""How is a request answered? Yes or no, to one or to many; and what may its customer still do?"""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from strawberry import UNSET

from bff.cases.asking import evidence
from bff.cases.change import Change, carry_out, must_be_theirs
from bff.cases.deciding import approving, declining
from bff.cases.refusal import Refusal, invalid
from bff.cases.standing import Author, Standing
from bff.execution.batched import Batches
from bff.resolvers.case_writing import note_of, refused, text_of, the_case, write_case
from bff.resolvers.writing import Written, key_of_request, shown, write
from bff.schema.approval_inputs import AddEvidenceInput, ApproveCasesInput, ApproveCasesSource, DeclineCaseInput
from bff.schema.case_inputs import CaseInput
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.found import found
from bff.schema.user_error import UserErrorSource
from bff.storage.database import Connection
from bff.vocabulary import CaseAction

MOST_CASES = 100


async def approve_case(context: RequestContext, asked: CaseInput) -> CasePayloadSource:
    """A merchant or agent says yes. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        note = note_of(asked.note, "note")
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        await approving.approve(tx, case, author, context.now, asked.version, note)

    return await write_case(context, "approveCase", asked, work)


async def decline_case(context: RequestContext, asked: DeclineCaseInput) -> CasePayloadSource:
    """A merchant or agent says no, and why. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        reason = text_of(asked.reason, "reason")
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        await declining.decline(tx, case, author, context.now, asked.version, reason)

    return await write_case(context, "declineCase", asked, work)


async def cancel_case(context: RequestContext, asked: CaseInput) -> CasePayloadSource:
    """The customer takes the request back. Raises UNAUTHENTICATED."""
    role = context.signed_in().role
    try:
        note = note_of(asked.note, "note")
    except Refusal as refusal:
        return refused(refusal)
    data = {"note": note} if note else {}
    change = Change(on=CaseAction.CANCEL, by=role, event="case_cancelled", data=data)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        await carry_out(tx, case, change, author, context.now, version=asked.version)

    return await write_case(context, "cancelCase", asked, work)


async def add_evidence(context: RequestContext, asked: AddEvidenceInput) -> CasePayloadSource:
    """The customer shows more. Raises UNAUTHENTICATED."""
    role = context.signed_in().role
    try:
        added = evidence.checked(asked.evidence, "evidence")
        if not added:
            raise invalid("`evidence` is empty; show something", "evidence")
    except Refusal as refusal:
        return refused(refusal)
    change = Change(on=CaseAction.ADD_EVIDENCE, by=role, event="evidence_added", data={"count": len(added)})

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        async def keep(_: Standing) -> None:
            await evidence.must_fit(tx, case, len(added), "evidence")
            await evidence.keep(tx, added, author, context.now, case=case)

        await carry_out(tx, case, change, author, context.now, write=keep)

    return await write_case(context, "addEvidence", asked, work)


async def approve_cases(context: RequestContext, asked: ApproveCasesInput) -> ApproveCasesSource:
    """Each case on its own, in its own transaction. Raises UNAUTHENTICATED.

    The key is bound to the whole list first, then one made of it and the case to each: whoever asks again after
    only some were approved gets the answers of those, and the others are approved now.
    """
    role = context.signed_in().role
    try:
        must_be_theirs(Change(on=CaseAction.APPROVE, by=role, event="case_approved"))
        check_cases(asked)
        key = key_of_request(context, asked.idempotency_key)
    except Refusal as refusal:
        return ApproveCasesSource([], [shown(refusal)])

    async def nothing(_: Connection, __: Author) -> None:
        """The key alone."""

    whole = await write(context, "approveCases", asked, nothing)
    if whole.user_errors:
        return ApproveCasesSource([], whole.user_errors)
    written = [
        await _approve_one(
            context,
            index,
            CaseInput(case_id=one.case_id, version=one.version, note=UNSET, idempotency_key=""),
            key,
        )
        for index, one in enumerate(asked.cases)
    ]
    return ApproveCasesSource(await _payloads(context, written), [])


def check_cases(asked: ApproveCasesInput) -> None:
    """Raises INVALID_INPUT for no cases, too many, and one that stands twice."""
    if not 1 <= len(asked.cases) <= MOST_CASES:
        raise invalid(f"`cases` has {len(asked.cases)} entries; it must have 1 to {MOST_CASES}", "cases")
    seen: set[str] = set()
    for index, one in enumerate(asked.cases):
        if one.case_id in seen:
            raise invalid("`caseId` stands twice: a case is approved once", "cases", str(index), "caseId")
        seen.add(one.case_id)


async def _approve_one(context: RequestContext, index: int, one: CaseInput, key: str) -> Written:
    async def work(tx: Connection, author: Author) -> UUID:
        case = await the_case(context, one.case_id)
        await approving.approve(tx, case, author, context.now, one.version, None)
        return case

    own_key = sha256(f"{key}:{one.case_id}".encode()).hexdigest()
    written = await write(context, "approveCases.case", one, work, key=own_key)
    return Written(written.key, [_within(error, index) for error in written.user_errors])


def _within(error: UserErrorSource, index: int) -> UserErrorSource:
    """The same with the path from the whole input."""
    return UserErrorSource(error.code, error.message, ["cases", str(index), *error.path], error.explanations)


async def _payloads(context: RequestContext, written: Sequence[Written]) -> list[CasePayloadSource]:
    """All cases as they are now, by one read."""
    context.batches = Batches()
    keys = [one.key for one in written if one.key is not None]
    now = dict(zip(keys, await found(context, "Case", keys), strict=True))
    cases = [now.get(one.key) if one.key is not None else None for one in written]
    return [
        CasePayloadSource([case] if case else [], one.user_errors)
        for case, one in zip(cases, written, strict=True)
    ]
