"""What must the customer show? By reason, and more once the customer has to prove the fault."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bff.policy.contributions import Require, say
from bff.policy.facts import CaseFacts, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from quality_claim.liability import OWNED, Burden, burden
from quality_claim.parameters import Evidence, QualityParameters


@hookimpl
def require_evidence(case: CaseFacts, lines: Sequence[Line], parameters: Parameters) -> Sequence[Require]:
    """How many of each kind; the kernel unites them with what others ask for."""
    if case.basis not in OWNED:
        return ()
    return [want for line in lines for want in _wants(case, line, parameters[line.id])]


def _wants(case: CaseFacts, line: Line, p: QualityParameters) -> Iterator[Require]:
    rule = f"evidence_{case.reason.value.lower()}"
    yield from _each(case, line, getattr(p, rule), rule)
    if burden(case, line, p) is Burden.CUSTOMER:
        yield from _each(case, line, p.evidence_when_customer_proves, "evidence_when_customer_proves")


def _each(case: CaseFacts, line: Line, wanted: Evidence, rule: str) -> Iterator[Require]:
    for kind, minimum in sorted(Counter(wanted).items()):
        yield Require(
            line=line.id,
            code=f"show_{kind.value.lower()}",
            rule=rule,
            said=say(minimum=minimum),
            basis=case.basis,
            kind=kind,
            minimum=minimum,
        )
