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
    queue = channel = ""
    methods: set[ReturnMethod] = set()
    denied: set[str] = set()
    minutes = days = None
    inspects = asks = False
    for route in routes:
        queue = queue or route.queue
        channel = channel or route.channel
        methods.update(route.methods)
        denied.update(route.deny)
        minutes = _shorter(minutes, route.first_response_minutes)
        days = _shorter(days, route.expected_days)
        inspects = inspects or route.requires_inspection
        asks = asks or route.asks_merchant
    return Routing(
        queue=queue or STANDARD_QUEUE,
        priority=routes[0].priority,
        channel=channel or STANDARD_CHANNEL,
        methods=tuple([method for method in METHODS if method in methods]),
        first_response_minutes=minutes,
        expected_days=days,
        requires_inspection=inspects,
        asks_merchant=asks,
        denied_warehouses=tuple(sorted(denied)),
        preferred_warehouses=_preferred(routes, denied),
    )


def _shorter(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


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
