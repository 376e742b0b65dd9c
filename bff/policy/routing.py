"""Where does the case go? The highest priority names queue and channel; promises take the shortest."""

from collections.abc import Iterable

from bff.policy.contributions import Route
from bff.policy.decision import Routing, Spoken
from bff.vocabulary import Priority, ReturnMethod

STANDARD_QUEUE = "standard"
STANDARD_CHANNEL = "standard"
METHODS = tuple(ReturnMethod)
_RANK = {priority: rank for rank, priority in enumerate(Priority)}
STANDARD = Routing(queue=STANDARD_QUEUE, priority=Priority.NORMAL, channel=STANDARD_CHANNEL)


def fold_routes(spoken: Iterable[Spoken]) -> Routing:
    """The way of one line's case; without any word the standard queue, at normal priority."""
    routes = [said for _, said in spoken if isinstance(said, Route)]
    if not routes:
        return STANDARD
    # Stable: of equal priorities the first in canonical order speaks.
    routes.sort(key=_by_priority)
    methods = {method for route in routes for method in route.methods}
    denied = {warehouse for route in routes for warehouse in route.deny}
    queues = [route.queue for route in routes if route.queue]
    channels = [route.channel for route in routes if route.channel]
    return Routing(
        queue=queues[0] if queues else STANDARD_QUEUE,
        priority=routes[0].priority,
        channel=channels[0] if channels else STANDARD_CHANNEL,
        methods=tuple([method for method in METHODS if method in methods]),
        first_response_minutes=_shortest([route.first_response_minutes for route in routes]),
        expected_days=_shortest([route.expected_days for route in routes]),
        requires_inspection=any(route.requires_inspection for route in routes),
        denied_warehouses=tuple(sorted(denied)),
        preferred_warehouses=_preferred(routes, denied),
    )


def _shortest(promises: Iterable[int | None]) -> int | None:
    return min([promise for promise in promises if promise is not None], default=None)


def _by_priority(route: Route) -> int:
    return -_RANK[route.priority]


def _preferred(routes: Iterable[Route], denied: set[str]) -> tuple[tuple[str, int], ...]:
    """Warehouses by their highest preference, the best first, ties by id; those denied are out."""
    best: dict[str, int] = {}
    for route in routes:
        for warehouse, preference in route.prefer:
            if warehouse not in denied:
                best[warehouse] = max(best.get(warehouse, preference), preference)
    return tuple(sorted(best.items(), key=lambda pair: (-pair[1], pair[0])))
