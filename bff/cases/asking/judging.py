"""What do the policies grant these lines? One decision for all that goes back without a reason, one a fault.

Lines of one decision share a parcel and what they break; each decision knows the whole request.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from msgspec import Struct

from bff.cases.asking.quote import LineTerms
from bff.policy.facts import FactProvider, Scope
from bff.policy.kernel import Kernel
from bff.policy.prefetch import prefetch
from bff.storage.case_facts import Asked, OrderMaterial, case_facts, fact_keys, materials
from bff.storage.database import Database
from bff.vocabulary import BASIS_OF, Basis, Resolution, ReturnReason


class HasReason(Protocol):
    """Something that is asked for on some ground."""

    @property
    def reason(self) -> ReturnReason:
        """Why."""
        ...


R = TypeVar("R", bound=HasReason)
Known = Mapping[str, Mapping[str, Any]]


class RequestedLine(Struct, frozen=True):
    """Some units of one line, and why they come back."""

    line: UUID
    quantity: int
    reason: ReturnReason
    note: str | None = None


class Rules(Struct, frozen=True):
    """Who decides, and where facts come from: what a request needs to be judged inside a transaction."""

    kernel: Kernel
    providers: tuple[FactProvider, ...]
    database: Database


def grounds(lines: Sequence[R]) -> list[list[R]]:
    """The lines of each decision: everything without a reason together, each fault for itself."""
    groups: dict[Hashable, list[R]] = {}
    for line in lines:
        basis = BASIS_OF[line.reason]
        groups.setdefault(basis if basis is Basis.NO_REASON else line.reason, []).append(line)
    return list(groups.values())


async def gather(rules: Rules, order: UUID, at: datetime) -> tuple[OrderMaterial, Known]:
    """An order and all declared facts about it, before any transaction: sources may be far away."""
    (material,) = await materials(rules.database, [order], at)
    known = await prefetch(rules.kernel.needs, rules.providers, fact_keys([material]))
    return material, known.values


async def gather_again(rules: Rules, order: UUID, at: datetime, known: Known) -> tuple[OrderMaterial, Known]:
    """The same under the order's lock: its rows, and those of the facts that are volatile, one after another.

    A transaction has one connection, so nothing is asked at once; the other facts stay as they were gathered.
    """
    (material,) = await materials(rules.database, [order], at)
    keys, fresh = fact_keys([material]), dict(known)
    for provider in rules.providers:
        if provider.as_of == "commit" and provider.fact.id in known:
            again = await prefetch([provider.fact.id], [provider], {Scope(k): v for k, v in keys.items()})
            fresh.update(again.values)
    return material, fresh


def judge(
    kernel: Kernel,
    material: OrderMaterial,
    known: Known,
    lines: Sequence[RequestedLine],
    resolution: Resolution,
    at: datetime,
) -> list[LineTerms]:
    """What each line gets under that resolution, in the order of the lines."""
    together = [Asked(line.line, line.quantity) for line in lines]
    answers: dict[UUID, LineTerms] = {}
    for group in grounds(lines):
        asked = [Asked(line.line, line.quantity) for line in group]
        decided = kernel.decide(case_facts(material, asked, group[0].reason, at, known, together))
        for line in group:
            answers[line.line] = LineTerms.of(decided, decided.line(str(line.line)), resolution)
    return [answers[line.line] for line in lines]
