"""Who answers a question that is about no case? Whom plugins name, as they do for cases."""

from bff.policy.asking import Asker, ask_all
from bff.policy.decision import Fault, Routing
from bff.policy.dispatch import Dispatcher
from bff.policy.parameters import PolicySet
from bff.policy.routing import fold_routes

HOOK = "route_ticket"


def route_ticket(
    dispatcher: Dispatcher, policy: PolicySet, asker: Asker, subject: str
) -> tuple[Routing, list[Fault]]:
    """The way of a ticket, folded as the ways of cases are, and the faults of plugins that could not say."""
    arguments = {
        "customer": asker.customer,
        "market": asker.market,
        "segments": asker.segments,
        "at": asker.at,
        "subject": subject,
    }
    spoken, faults = ask_all(dispatcher, policy, HOOK, asker, arguments)
    return fold_routes(spoken), faults
