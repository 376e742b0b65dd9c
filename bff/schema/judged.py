"""What do the policies say about these lines? Facts gathered once a request, one decision a line and reason."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.policy.prefetch import prefetch
from bff.schema.context import RequestContext
from bff.schema.eligibility import Judged
from bff.schema.errors import bad_input
from bff.schema.exchange_option import ExchangeSource
from bff.schema.return_reason import ReasonSource
from bff.storage.case_facts import Asked, OrderMaterial, case_facts, fact_keys, materials
from bff.storage.reads.lines import LineRow
from bff.vocabulary import EligibilityStatus, ReturnReason

AT_A_TIME = 16  # decisions, a few milliseconds in all, between which the event loop serves others


class Gathered(Struct, frozen=True, eq=False):
    """An order and the facts that rules declared, as they are now."""

    material: OrderMaterial
    known: Mapping[str, Mapping[str, Any]]


class Question(Struct, frozen=True, eq=False):
    """Some lines of one order, for one reason."""

    gathered: Gathered
    asked: tuple[Asked, ...]
    reason: ReturnReason
    together: tuple[Asked, ...] = ()  # the whole request, where this is a part of it


async def _gather(context: RequestContext, orders: list[UUID]) -> list[Gathered]:
    found = await materials(context.database, orders, context.now)
    known = await prefetch(context.kernel.needs, context.providers, fact_keys(found))
    return [Gathered(material, known.values) for material in found]


async def gathered(context: RequestContext, orders: Sequence[UUID]) -> list[Gathered]:
    """What is known of orders that the viewer sees already; each is read once a request, whichever fields ask."""
    return await context.batches.remembered(_gather, context, orders)


async def decide(context: RequestContext, questions: Sequence[Question]) -> list[list[Judged]]:
    """For each question, the answer for each of its lines; other requests get their turn between batches."""
    answers: list[list[Judged]] = []
    for start in range(0, len(questions), AT_A_TIME):
        if start:
            await asyncio.sleep(0)
        cases = [
            case_facts(one.gathered.material, one.asked, one.reason, context.now, one.gathered.known, one.together)
            for one in questions[start : start + AT_A_TIME]
        ]
        decisions = context.kernel.decide_many(cases)
        answers += [[Judged(decided, line) for line in decided.lines] for decided in decisions]
    return answers


def what_is_left(line: LineRow) -> int:
    """The quantity that is meant when none is given: one unit where nothing is left, so that rules can say why."""
    return line.quantity_returnable or 1


async def judged_lines(
    context: RequestContext, lines: Sequence[LineRow], reason: ReturnReason, quantity: int | None
) -> list[Judged]:
    """One decision a line. Raises BAD_USER_INPUT for a quantity below one."""
    if quantity is not None and quantity < 1:
        raise bad_input(f"`quantity` is {quantity}; it must be at least 1", "quantity")
    orders = await gathered(context, [line.order_id for line in lines])
    questions = [
        Question(order, (Asked(line.id, what_is_left(line) if quantity is None else quantity),), reason)
        for order, line in zip(orders, lines, strict=True)
    ]
    return [answers[0] for answers in await decide(context, questions)]


async def exchanges_of_lines(
    context: RequestContext, lines: Sequence[LineRow], reason: ReturnReason
) -> list[list[ExchangeSource]]:
    """What one unit of each line may be exchanged for."""
    judged = await judged_lines(context, lines, reason, 1)
    return [[ExchangeSource.of(offer, one.decided.currency) for offer in one.line.exchanges] for one in judged]


async def reasons_of_lines(context: RequestContext, lines: Sequence[LineRow]) -> list[list[ReasonSource]]:
    """The reasons that are not refused for what is left of each line, with the evidence that each takes."""
    orders = await gathered(context, [line.order_id for line in lines])
    reasons = list(ReturnReason)
    questions = [
        Question(order, (Asked(line.id, what_is_left(line)),), reason)
        for order, line in zip(orders, lines, strict=True)
        for reason in reasons
    ]
    answers = [one[0] for one in await decide(context, questions)]
    by_line = [answers[at : at + len(reasons)] for at in range(0, len(answers), len(reasons))]
    return [
        [
            ReasonSource(reason, one.evidence)
            for reason, one in zip(reasons, of_line, strict=True)
            if one.status is not EligibilityStatus.INELIGIBLE
        ]
        for of_line in by_line
    ]
