"""Where does a question about no case go? Where plugins send it, whatever happens to others."""

from collections.abc import Sequence
from typing import Any

import pytest

from bff.policy.asking import Asker
from bff.policy.contributions import Capability, Route
from bff.policy.decision import Routing
from bff.policy.facts import FactView
from bff.policy.kernel import Kernel
from bff.policy.routing import STANDARD
from bff.policy.testing import NOW, a_kernel, a_manifest, a_plugin
from bff.vocabulary import Basis, Priority


def a_route(**differing: Any) -> Route:
    return Route(**({"line": "", "code": "said"} | differing))


def routed(kernel: Kernel, subject: str = "Hello", known: Any = None, market: str = "SG") -> Routing:
    asker = Asker(customer="customer-1", market=market, segments=("plus",), at=NOW, known=known or {})
    return kernel.route_ticket(asker, subject)


def test_without_a_word_it_goes_to_the_standard_desk() -> None:
    assert routed(a_kernel([a_plugin("silent")])) == STANDARD


def test_the_highest_priority_names_the_queue_and_the_shortest_promise_holds() -> None:
    slow = a_plugin(
        "slow", route_ticket=[a_route(queue="slow", priority=Priority.HIGH, first_response_minutes=90)]
    )
    soon = a_plugin("soon", route_ticket=[a_route(queue="soon", channel="desk", first_response_minutes=60)])
    found = routed(a_kernel([soon, slow]))
    assert found == routed(a_kernel([slow, soon]))
    assert (found.queue, found.channel, found.priority) == ("slow", "desk", Priority.HIGH)
    assert found.first_response_minutes == 60


def test_a_plugin_is_told_who_asks_where_when_and_about_what() -> None:
    told: list[Any] = []

    def listen(customer: str, market: str, segments: Sequence[str], at: Any, subject: str) -> list[Route]:
        told.append((customer, market, tuple(segments), at, subject))
        return []

    routed(a_kernel([a_plugin("ear", route_ticket=listen)]), "Where is it?", market="DE")
    assert told == [("customer-1", "DE", ("plus",), NOW, "Where is it?")]


def raises() -> list[Route]:
    raise RuntimeError("down")


def exits() -> list[Route]:
    raise SystemExit


def lacks_a_fact(facts: FactView) -> list[Route]:
    return [a_route(queue=facts.get("queue@1", "customer-1"), priority=Priority.URGENT)]


@pytest.mark.parametrize(
    "failing",
    [
        raises,
        exits,
        lacks_a_fact,
        [a_route(line="line-1", priority=Priority.URGENT)],
        [a_route(code="undeclared", priority=Priority.URGENT)],
        [a_route(queue=7, priority=Priority.URGENT)],
        [a_route(first_response_minutes=-1, priority=Priority.URGENT)],
        "urgent",
    ],
)
def test_a_plugin_that_fails_changes_nothing_for_the_others(failing: Any) -> None:
    manifest = a_manifest("failing", needs=("queue@1",))
    kind = a_plugin("kind", route_ticket=[a_route(queue="kind")])
    alone = routed(a_kernel([kind]))
    assert routed(a_kernel([a_plugin("failing", manifest, route_ticket=failing), kind])) == alone
    assert alone.queue == "kind"


def test_one_without_the_capability_routes_nothing() -> None:
    manifest = a_manifest("quiet", Capability.GRANT)
    assert routed(a_kernel([a_plugin("quiet", manifest, route_ticket=[a_route(queue="mine")])])) == STANDARD


def test_an_owner_of_a_basis_is_asked_as_well_and_one_of_another_market_is_not() -> None:
    owner = a_manifest("owner", bases=(Basis.QUALITY,), markets=frozenset({"DE"}))
    kernel = a_kernel([a_plugin("owner", owner, route_ticket=[a_route(queue="quality")])])
    assert [routed(kernel, market=market).queue for market in ("DE", "SG")] == ["quality", "standard"]
