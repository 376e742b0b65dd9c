"""How is a case disputed? The customer claims or takes it back, an agent rules."""

from uuid import UUID

from bff.cases.asking import evidence
from bff.cases.deciding import disputing
from bff.cases.deciding.disputing import Ruling
from bff.cases.refusal import Refusal, invalid
from bff.cases.standing import Author
from bff.resolvers.case_writing import currency_of, minor_or_zero, note_of, refused, text_of, write_case
from bff.resolvers.request_return import given
from bff.schema.case_inputs import CaseInput, MoneyInput
from bff.schema.case_payload import CasePayloadSource
from bff.schema.context import RequestContext
from bff.schema.dispute_inputs import OpenDisputeInput, RuleDisputeInput
from bff.storage.database import Connection
from bff.vocabulary import LiableParty


async def open_dispute(context: RequestContext, asked: OpenDisputeInput) -> CasePayloadSource:
    """The customer holds the outcome to be wrong. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        claim = text_of(asked.claim, "claim")
        shown = evidence.checked(asked.evidence, "evidence")
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        await disputing.open_dispute(tx, case, claim, shown, author, context.now, asked.version)

    return await write_case(context, "openDispute", asked, work)


async def withdraw_dispute(context: RequestContext, asked: CaseInput) -> CasePayloadSource:
    """The customer takes the claim back. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        note = note_of(asked.note, "note")
    except Refusal as refusal:
        return refused(refusal)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        await disputing.withdraw_dispute(tx, case, note, author, context.now, asked.version)

    return await write_case(context, "withdrawDispute", asked, work)


async def rule_dispute(context: RequestContext, asked: RuleDisputeInput) -> CasePayloadSource:
    """An agent decides who is right. Raises UNAUTHENTICATED."""
    context.signed_in()
    try:
        rationale = text_of(asked.rationale, "rationale")
        if asked.liable_party is LiableParty.UNDETERMINED:
            raise invalid("A ruling names who bears the loss: `liableParty` is UNDETERMINED", "liableParty")
    except Refusal as refusal:
        return refused(refusal)
    refund: MoneyInput | None = given(asked.refund)

    async def work(tx: Connection, case: UUID, author: Author) -> None:
        award = minor_or_zero(refund, await currency_of(tx, case), "refund") if refund else 0
        ruling = Ruling(asked.liable_party, rationale, award)
        await disputing.rule(tx, case, ruling, author, context.now, asked.version)

    return await write_case(context, "ruleDispute", asked, work)
