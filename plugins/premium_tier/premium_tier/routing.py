"""Who looks after members? A desk of their own, ahead of the queue."""

from collections.abc import Sequence

from bff.policy.contributions import Route, say
from bff.policy.facts import CaseFacts, FactView, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Priority
from premium_tier.membership import membership
from premium_tier.parameters import PremiumParameters


@hookimpl
def route_case(case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters) -> Sequence[Route]:
    """High priority, the members' channel and one more way to send things back, whatever the reason."""
    return [
        _route(line, parameters[line.id])
        for line in lines
        if parameters[line.id].supports
        and membership(facts, case.customer, case.at, parameters[line.id]) is not None
    ]


def _route(line: Line, p: PremiumParameters) -> Route:
    return Route(
        line=line.id,
        code="priority_support",
        rule="supports",
        said=say(minutes=p.first_response_minutes),
        queue=p.queue,
        priority=Priority.HIGH,
        channel=p.channel,
        methods=p.return_methods,
        first_response_minutes=p.first_response_minutes or None,
    )
