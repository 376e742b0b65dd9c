"""Which desk takes the claim, and are the goods looked at first?"""

from collections.abc import Iterator, Sequence

from bff.money import Money
from bff.policy.contributions import Route, say
from bff.policy.facts import CaseFacts, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Basis, Priority, ReturnReason
from quality_claim.liability import OWNED
from quality_claim.parameters import QualityParameters
from quality_claim.whole import paid_for_all


@hookimpl
def route_case(case: CaseFacts, lines: Sequence[Line], parameters: Parameters) -> Sequence[Route]:
    """The quality or logistics desk, and an inspection from a certain amount on."""
    if case.basis not in OWNED:
        return ()
    return [route for line in lines for route in _routes(case, line, parameters[line.id])]


def _routes(case: CaseFacts, line: Line, p: QualityParameters) -> Iterator[Route]:
    about_goods = case.basis is Basis.QUALITY
    urgent = case.reason in p.reviewed_reasons
    yield Route(
        line=line.id,
        code="quality_desk" if about_goods else "logistics_desk",
        rule="expected_days",
        said=say(days=p.expected_days),
        queue=p.quality_queue if about_goods else p.logistics_queue,
        priority=Priority.HIGH if urgent else Priority.NORMAL,
        channel=p.channel,
        methods=() if case.reason is ReturnReason.NOT_RECEIVED else p.return_methods,
        first_response_minutes=p.first_response_minutes or None,
        expected_days=p.expected_days,
        asks_merchant=case.reason not in p.approved_reasons,
    )
    limit = p.inspect_from.minor(case.currency)
    if about_goods and limit is not None and paid_for_all(case, line) >= limit:
        yield Route(
            line=line.id,
            code="inspected_first",
            rule="inspect_from",
            said=say(amount=Money(limit, case.currency)),
            queue=p.quality_queue,
            channel=p.channel,
            requires_inspection=True,
        )
