"""Where does it go, and how does it travel?"""

from collections.abc import Sequence

from bff.policy.contributions import Route, say
from bff.policy.facts import CaseFacts, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Basis, Priority
from no_reason_return.parameters import NoReasonParameters


@hookimpl
def route_case(case: CaseFacts, lines: Sequence[Line], parameters: Parameters) -> Sequence[Route]:
    """The returns desk, by the ways that the market offers."""
    if case.basis is not Basis.NO_REASON:
        return ()
    return [_route(line, parameters[line.id]) for line in lines]


def _route(line: Line, p: NoReasonParameters) -> Route:
    return Route(
        line=line.id,
        code="how_to_return",
        rule="return_methods",
        said=say(days=p.expected_days),
        queue=p.queue,
        priority=Priority.NORMAL,
        channel=p.channel,
        methods=p.return_methods,
        first_response_minutes=p.first_response_minutes or None,
        expected_days=p.expected_days,
    )
