"""Why did a case go as it went, and what may be done next? Answers that its rules gave, and give now."""

from collections.abc import Sequence

from bff.cases.standing import standings
from bff.cases.transitions import allowed_actions
from bff.execution.batched import batched
from bff.policy.stored import told
from bff.schema.context import Info
from bff.schema.explanation import ExplanationSource
from bff.storage.reads import case_decisions
from bff.storage.reads.cases import CaseRow
from bff.vocabulary import CaseAction


@batched
async def explanations(parents: Sequence[CaseRow], info: Info) -> list[list[ExplanationSource]]:
    """What the rules said when cases were opened, in the order in which it was kept."""
    by_case = await case_decisions.OF_CASES.of(info.context.database, [case.id for case in parents])
    kept = [row.decision for case in parents for row in by_case[case.id]]
    return [
        [ExplanationSource(told(one), decision.time_zone) for one in decision.explanations] if decision else []
        for decision in kept
    ]


@batched
async def actions(parents: Sequence[CaseRow], info: Info) -> list[tuple[CaseAction, ...]]:
    """What the viewer's role may do to cases as they stand; nothing to those that have just gone."""
    context = info.context
    role = context.signed_in().role
    standing = await standings(context.database, [case.id for case in parents], context.now)
    return [allowed_actions(standing[case.id].state, role) if case.id in standing else () for case in parents]
