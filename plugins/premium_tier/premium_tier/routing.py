"""Who looks after members? A desk of their own, ahead of the queue."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import structs

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
        _desk(line.id, parameters[line.id])
        for line in lines
        if parameters[line.id].supports
        and membership(facts, case.customer, case.at, parameters[line.id]) is not None
    ]


@hookimpl
def route_ticket(customer: str, at: datetime, facts: FactView, parameters: Parameters) -> Sequence[Route]:
    """The same desk, as soon, for a member's question about no case."""
    p: PremiumParameters = parameters.first
    if not p.supports or membership(facts, customer, at, p) is None:
        return ()
    return [structs.replace(_desk("", p), methods=())]


def _desk(line: str, p: PremiumParameters) -> Route:
    return Route(
        line=line,
        code="priority_support",
        rule="supports",
        said=say(minutes=p.first_response_minutes),
        queue=p.queue,
        priority=Priority.HIGH,
        channel=p.channel,
        methods=p.return_methods,
        first_response_minutes=p.first_response_minutes or None,
    )
