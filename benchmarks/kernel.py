"""What does a decision cost? Microseconds of CPU for one line, by how many plugins take part.

`python benchmarks/kernel.py` decides the same request again and again: by one, three, five and thirty synthetic
plugins that give constant answers, so that the kernel alone is seen, and by the three real ones under the rules
of `policies/`. Every round times each of them and, beside it, one handwritten rule in plain Python that knows
the same windows, fees and waiver but has no plugins, no checks, no ledger, no reasons and no record.

"µs" is the median over all rounds of CPU time, never of the wall clock; "least" is the quietest round, the one
nearest to what the machine can do. "times the rule" is the median of the ratios to the handwritten rule of the
same round: the rounds take turns, so a busy machine slows both alike, and this is the figure to compare between
machines, days and changes. "heard" is how many contributions a decision weighs.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
from msgspec import Struct
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bff.policy.contributions import (
    RESTOCKING,
    RETURN_FREIGHT,
    Bear,
    BuyerCap,
    Cost,
    Mandate,
    Require,
    Route,
    Strength,
    Waive,
)
from bff.policy.facts import CATALOGUE_SIBLINGS, CUSTOMER_MEMBERSHIPS, CUSTOMER_QUOTAS, CaseFacts, Membership
from bff.policy.kernel import Kernel
from bff.policy.testing import NOW, a_case, a_grant, a_kernel, a_line, a_plugin, a_window
from bff.vocabulary import Basis, EvidenceKind, LiableParty, Priority, Resolution

ROOT = Path(__file__).parents[1]
REAL = ("no_reason_return", "premium_tier", "quality_claim")
MOST = 30
ID, CODE = "line-1", "said"
MEMBER_SINCE = NOW - timedelta(days=400)
Decide = Callable[[CaseFacts], object]


class Contestant(Struct, frozen=True):
    """Something that decides, and the request that it decides."""

    name: str
    heard: int
    decide: Decide
    case: CaseFacts


def synthetic() -> Iterator[Any]:
    """Thirty plugins as a shop may have them: five that speak, then rules for categories that this is not of."""
    bear = Bear(line=ID, code=CODE, kind=RETURN_FREIGHT, party=LiableParty.CUSTOMER, strength=Strength.POLICY)
    freight = Cost(line=ID, code=CODE, kind=RETURN_FREIGHT, amount=500)
    restocking = Cost(line=ID, code=CODE, kind=RESTOCKING, amount=300)
    yield a_plugin(
        "standard", judge_eligibility=[a_grant()], assign_liability=[bear], price_refund=[freight, restocking]
    )
    waive = Waive(line=ID, code=CODE, kind=RETURN_FREIGHT, bps=10_000, funder=LiableParty.PLATFORM)
    route = Route(line=ID, code=CODE, queue="vip", priority=Priority.HIGH)
    yield a_plugin("premium", judge_eligibility=[a_grant(days=30)], price_refund=[waive], route_case=[route])
    photo = Require(line=ID, code=CODE, basis=Basis.NO_REASON, kind=EvidenceKind.PHOTO)
    yield a_plugin("evidence", require_evidence=[photo])
    cap = BuyerCap(line=ID, code=CODE, kind=RESTOCKING, amount=0, shift_to=LiableParty.MERCHANT)
    yield a_plugin("statute", judge_eligibility=[_mandate()], price_refund=[cap])
    yield a_plugin("risk", assess_risk=[], judge_eligibility=[], route_case=[])
    for number in range(5, MOST):
        yield a_plugin(f"category_{number:02d}", judge_eligibility=[], price_refund=[])


def _mandate() -> Mandate:
    return Mandate(
        line=ID,
        code=CODE,
        basis=Basis.NO_REASON,
        window=a_window(),
        resolutions=(Resolution.RETURN_AND_REFUND,),
        floor_bps=0,
        law="a law",
    )


def handwritten(case: CaseFacts) -> Mapping[str, Any]:
    """The baseline: what one function would answer if it were the only rule that there ever is."""
    line = case.lines[0]
    delivered = line.delivered_at or case.at
    standard, premium = (delivered + timedelta(days=days) for days in (14, 30))
    closes_at = max(standard, premium)
    fees = {RETURN_FREIGHT: 500, RESTOCKING: 300}
    waived = {RETURN_FREIGHT: 10_000}
    left = {kind: amount * (10_000 - waived.get(kind, 0)) // 10_000 for kind, amount in fees.items()}
    return {
        "line": line.id,
        "status": "ELIGIBLE" if case.at < closes_at else "INELIGIBLE",
        "closes_at": closes_at,
        "fees": left,
        "refund": max(line.paid + line.shipping - sum(left.values()), 0),
    }


def contestants() -> list[Contestant]:
    """The handwritten rule first, then the kernels."""
    case = a_case(a_line(ID, shipping="4.00"))
    plugins = list(synthetic())
    kernels = [(f"{count} synthetic", a_kernel(plugins[:count]), case) for count in (1, 3, 5, MOST)]
    real = a_kernel([import_module(name) for name in REAL], ROOT / "policies")
    kernels.append((f"{len(REAL)} real", real, _a_members_case()))
    return [Contestant("handwritten rule", 0, handwritten, case), *(_contestant(*each) for each in kernels)]


def _a_members_case() -> CaseFacts:
    known: Mapping[str, Mapping[str, Any]] = {
        CUSTOMER_QUOTAS.id: {"customer-1": {}},
        CUSTOMER_MEMBERSHIPS.id: {"customer-1": (Membership("premium", MEMBER_SINCE),)},
        CATALOGUE_SIBLINGS.id: {ID: ()},
    }
    return a_case(a_line(ID, shipping="4.00"), segments=("premium",), known=known)


def _contestant(name: str, kernel: Kernel, case: CaseFacts) -> Contestant:
    decision = kernel.decide(case)
    if decision.faults:
        raise RuntimeError(f"{name}: {decision.faults}")
    return Contestant(name, len(decision.contributions), kernel.decide, case)


def microseconds(contestant: Contestant, times: int) -> float:
    """CPU time of one decision, over so many."""
    decide, case = contestant.decide, contestant.case
    started = time.process_time_ns()
    for _ in range(times):
        decide(case)
    return (time.process_time_ns() - started) / times / 1000


def shown(entered: Sequence[Contestant], rounds: Sequence[Sequence[float]]) -> Table:
    """One row a contestant; `rounds` has in each round one time for each, the handwritten rule's first."""
    table = Table("plugins", "heard", "µs", "least", "times the rule", title="CPU of one decision on one line")
    for place, contestant in enumerate(entered):
        spent = [each[place] for each in rounds]
        ratio = median(each[place] / each[0] for each in rounds)
        figures = f"{median(spent):.1f}", f"{min(spent):.1f}", f"{ratio:.1f}"
        table.add_row(contestant.name, str(contestant.heard or ""), *figures)
    return table


def main(
    rounds: Annotated[int, typer.Option(min=1, help="How often each is timed.")] = 60,
    times: Annotated[int, typer.Option(min=1, help="Decisions in each timing.")] = 100,
) -> None:
    """Prints the microseconds of CPU of a decision, and how many times the handwritten rule's that is."""
    console = Console()
    entered = contestants()
    for contestant in entered:
        microseconds(contestant, times)  # caches are filled and code is specialised before it counts
    turns = track(range(rounds), "deciding", console=console, disable=not sys.stdout.isatty(), transient=True)
    console.print(shown(entered, [[microseconds(each, times) for each in entered] for _ in turns]))


if __name__ == "__main__":
    typer.run(main)
