"""What do decisions on several lines say of the whole case? One way for it, one liable party, one record."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from bff.cases.asking.quote import LineTerms
from bff.policy.decision import Explanation, Liability, Routing
from bff.policy.stored import kept
from bff.vocabulary import LiableParty, Priority, Resolution

if TYPE_CHECKING:
    from bff.cases.asking.opening import Wanted

LINES_DIFFER = "lines_differ"
RANK = {priority: rank for rank, priority in enumerate(Priority)}


class Summary(Struct, frozen=True):
    """What a case's row says. `decision` explains it later, `policy` is the digest of the set that decided."""

    routing: Routing
    liability: Liability
    warehouse: str | None
    instant: bool
    policy: str
    decision: dict[str, Any]


def summed_up(wanted: "Wanted", terms: Sequence[LineTerms]) -> Summary:
    """The case of these lines."""
    routing = routed([one.line.routing for one in terms])
    travels = wanted.resolution is Resolution.RETURN_AND_REFUND
    decided = terms[0].decided
    return Summary(
        routing=routing,
        liability=liable([one.line.liability for one in terms]),
        warehouse=routing.preferred_warehouses[0][0] if routing.preferred_warehouses else None,
        instant=travels and all(one.offer is not None and one.offer.instant_refund for one in terms),
        policy=decided.policy,
        decision={
            "at": decided.at.isoformat(),
            "time_zone": decided.time_zone,
            "explanations": [kept(one) for one in explanations(terms)],
        },
    )


def routed(routings: Sequence[Routing]) -> Routing:
    """The way of the most urgent line; inspected when any line has to be, with the shortest answer promised."""
    first = max(routings, key=lambda one: RANK[one.priority])
    minutes = [one.first_response_minutes for one in routings if one.first_response_minutes is not None]
    days = [one.expected_days for one in routings if one.expected_days is not None]
    methods = [method for method in first.methods if all(method in one.methods for one in routings)]
    return replace(
        first,
        methods=tuple(methods) or first.methods,
        first_response_minutes=min(minutes, default=None),
        expected_days=max(days, default=None),
        requires_inspection=any(one.requires_inspection for one in routings),
        asks_merchant=any(one.asks_merchant for one in routings),
    )


def liable(parties: Sequence[Liability]) -> Liability:
    """Who is liable for all of it: nobody yet, where the lines name several."""
    if len({one.party for one in parties}) == 1:
        return replace(parties[0], final=all(one.final for one in parties))
    return Liability(party=LiableParty.UNDETERMINED, basis=LINES_DIFFER, final=False)


def explanations(terms: Sequence[LineTerms]) -> list[Explanation]:
    """What was said of any line, each once, those of the first line first."""
    return list(dict.fromkeys(explanation for one in terms for explanation in one.line.explanations))
