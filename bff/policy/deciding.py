"""In which order is a request decided? Risk, eligibility, evidence, liability, money, exchange, routing.

Each phase asks every plugin once for all lines that are still open, and is folded before the next is asked.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from bff.policy.compensation import fold_bonuses
from bff.policy.contributions import Capability
from bff.policy.decision import LineDecision
from bff.policy.doubt import CERTAIN, doubt
from bff.policy.eligibility import fold_eligibility
from bff.policy.evidence import fold_evidence
from bff.policy.exchange import fold_exchanges
from bff.policy.explain import Voices
from bff.policy.facts import Line
from bff.policy.finding import Finding
from bff.policy.guards import refusals
from bff.policy.hearing import Hearing
from bff.policy.ledger import terms_of
from bff.policy.liability import fold_liability
from bff.policy.pools import split_pools
from bff.policy.prior import Prior
from bff.policy.risk import fold_risk
from bff.policy.routing import fold_routes
from bff.vocabulary import Resolution


def decide_lines(hearing: Hearing, voices: Voices, granted: Mapping[str, Capability]) -> tuple[LineDecision, ...]:
    """The decision on every line of the case, in the case's order."""
    case = hearing.case
    findings = [Finding(line, refusals(case, line)) for line in case.lines]
    asked = [finding for finding in findings if not finding.voids]
    risk_bps = _assess(hearing, [finding.line for finding in asked])
    _judge(hearing, asked, risk_bps)
    open_ = [finding for finding in asked if finding.eligibility.is_open]
    if open_:
        prior = partial(_prior, risk_bps, open_)
        _settle(hearing, open_, prior)
        _arrange(hearing, open_, prior)
    doubts = doubt(hearing.faults, granted) if hearing.faults else CERTAIN
    return tuple(finding.close(hearing, voices, doubts) for finding in findings)


def _prior(risk_bps: int, findings: Sequence[Finding]) -> Prior:
    lines = {finding.line.id: finding.prior for finding in findings}
    return Prior(risk_bps=risk_bps, lines=MappingProxyType(lines))


def _assess(hearing: Hearing, lines: Sequence[Line]) -> int:
    heard = hearing.hear("assess_risk", lines)
    return fold_risk(spoken for by_line in heard.values() for spoken in by_line) if heard else 0


def _judge(hearing: Hearing, findings: Sequence[Finding], risk_bps: int) -> None:
    lines = [finding.line for finding in findings]
    heard = hearing.hear("judge_eligibility", lines, lambda: _prior(risk_bps, findings))
    for finding in findings:
        finding.spoken += heard.get(finding.line.id, ())
        finding.eligibility = fold_eligibility(hearing.case, finding.spoken)


def _settle(hearing: Hearing, findings: Sequence[Finding], prior: partial[Prior]) -> None:
    """Evidence, liability and money: what the customer shows, who bears what, and what is paid back."""
    lines = [finding.line for finding in findings]
    evidence = hearing.hear("require_evidence", lines, prior)
    for finding in findings:
        finding.evidence = fold_evidence(hearing.case.basis, evidence.get(finding.line.id, ()))
    borne = hearing.hear("assign_liability", lines, prior)
    for finding in findings:
        finding.assign(fold_liability(borne.get(finding.line.id, ())))
    priced = hearing.hear("price_refund", lines, prior)
    pooled = split_pools(lines, priced)
    for finding in findings:
        said = priced.get(finding.line.id, ())
        finding.price(terms_of(finding.line, said, finding.bearers, pooled.get(finding.line.id, {})))
    rewarded = hearing.hear("compensate", lines, prior)
    for finding in findings:
        finding.reward(fold_bonuses(finding.line, rewarded.get(finding.line.id, ())))
        for heard in (evidence, borne, priced, rewarded):
            finding.spoken += heard.get(finding.line.id, ())


def _arrange(hearing: Hearing, findings: Sequence[Finding], prior: partial[Prior]) -> None:
    """Exchange and routing: what can be had instead, and how the case travels."""
    wanting = [finding for finding in findings if Resolution.EXCHANGE in finding.eligibility.resolutions]
    offered = hearing.hear("offer_exchange", [finding.line for finding in wanting], prior)
    for finding in wanting:
        finding.exchanges = fold_exchanges(offered.get(finding.line.id, ()))
        finding.spoken += offered.get(finding.line.id, ())
    routed = hearing.hear("route_case", [finding.line for finding in findings], prior)
    for finding in findings:
        finding.routing = fold_routes(routed.get(finding.line.id, ()))
        finding.spoken += routed.get(finding.line.id, ())
