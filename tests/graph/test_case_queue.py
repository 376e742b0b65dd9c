"""What should be looked at first? Work lists by deadline and by priority, filtered, exact from page to page."""

from datetime import timedelta
from typing import Any

import pytest

from bff.vocabulary import CaseStatus, DeadlineKind
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, NOW, Shop, a_line, an_order
from tests.graph.test_operations import operation
from tests.graph.whole_case import deadline

LIST = """
query ($sort: CaseSort, $filter: CaseFilter, $first: Int, $after: String, $last: Int, $before: String) {
  cases(sort: $sort, filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { node { number } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
QUEUE = operation("case_queue")


def numbers(page: Any) -> list[str]:
    return [edge["node"]["number"] for edge in page["edges"]]


async def listed(client: Client, viewer: Any = AGENT, **asked: Any) -> Any:
    """One page of all cases."""
    now = asked.pop("now", NOW)
    return (await client.ask(LIST, viewer, asked, now=now))["cases"]


async def six_cases(shop: Shop) -> None:
    """Beside C-1, requested yesterday: D-1 to D-5, requested that many days ago, in all manner of urgency."""
    for n in range(1, 6):
        await shop.take(an_order(f"D-{n}", a_line(), customer="eve", delivered_days_ago=n + 1))
        status = CaseStatus.COMPLETED if n == 5 else CaseStatus.REQUESTED
        await shop.open_case(f"D-{n}", f"D-{n}", status=status, requested_days_ago=n)
    for number, priority, queue in (
        ("D-1", "LOW", "quality"),
        ("D-2", "URGENT", "quality"),
        ("D-4", "HIGH", "fraud"),
    ):
        await shop.change("UPDATE cases SET priority = ?, queue = ? WHERE number = ?", priority, queue, number)
    await deadline(shop, "D-1", DeadlineKind.RULING, 3)
    await deadline(shop, "D-1", DeadlineKind.MERCHANT_RESPONSE, -1, settled=True)
    await deadline(shop, "D-2", DeadlineKind.MERCHANT_RESPONSE, 0)
    await deadline(shop, "D-3", DeadlineKind.REFUND, 3)
    await deadline(shop, "D-3", DeadlineKind.MERCHANT_RESPONSE, -2)
    await deadline(shop, "D-4", DeadlineKind.MERCHANT_RESPONSE, 1)


# C-1 and D-5 wait for nothing; the one that was written down first comes first.
ORDERS = [
    ("DEADLINE", ["D-3", "D-2", "D-4", "D-1", "C-1", "D-5"]),
    ("PRIORITY", ["D-2", "D-4", "D-5", "D-3", "C-1", "D-1"]),
]


@pytest.mark.parametrize(("sort", "expected"), ORDERS)
@pytest.mark.parametrize("size", [1, 2, 4, 6, 100])
async def test_reading_on_visits_every_case_once_in_order(
    client: Client, shop: Shop, sort: str, expected: list[str], size: int
) -> None:
    await six_cases(shop)
    seen: list[str] = []
    after: str | None = None
    for _ in range(7):
        page = await listed(client, sort=sort, first=size, after=after)
        assert (page["totalCount"], page["pageInfo"]["hasPreviousPage"]) == (6, after is not None)
        seen += numbers(page)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == expected


@pytest.mark.parametrize(("sort", "expected"), ORDERS)
@pytest.mark.parametrize("size", [1, 4])
async def test_reading_back_visits_them_in_the_same_order(
    client: Client, shop: Shop, sort: str, expected: list[str], size: int
) -> None:
    await six_cases(shop)
    seen: list[str] = []
    before: str | None = None
    for _ in range(7):
        page = await listed(client, sort=sort, last=size, before=before)
        seen = numbers(page) + seen
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert seen == expected


@pytest.mark.parametrize(("sort", "expected"), ORDERS)
async def test_a_nested_list_is_sorted_alike(client: Client, shop: Shop, sort: str, expected: list[str]) -> None:
    await six_cases(shop)
    document = """query ($sort: CaseSort) {
      viewer { merchant { cases(sort: $sort, first: 4) { edges { node { number } } } } }
    }"""
    found = await client.ask(document, await shop.merchant("shoe-house"), {"sort": sort})
    assert numbers(found["viewer"]["merchant"]["cases"]) == expected[:4]


@pytest.mark.parametrize("sort", ["DEADLINE", "PRIORITY"])
async def test_two_merchants_lists_are_sorted_each_for_itself(client: Client, shop: Shop, sort: str) -> None:
    await six_cases(shop)
    await shop.open_case("T-1", "A-1", "2")
    document = """query ($ids: [ID!]!, $sort: CaseSort) {
      nodes(ids: $ids) { ... on OrderLine { merchant {
        cases(sort: $sort, first: 2) { edges { node { number } } }
      } } }
    }"""
    ids = [await shop.line_id("A-1", "1"), await shop.line_id("A-1", "2")]
    nodes = (await client.ask(document, AGENT, {"ids": ids, "sort": sort}))["nodes"]
    assert [numbers(node["merchant"]["cases"]) for node in nodes] == [dict(ORDERS)[sort][:2], ["T-1"]]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"queue": ["quality"]}, ["D-1", "D-2"]),
        ({"queue": ["fraud", "standard"]}, ["C-1", "D-3", "D-4", "D-5"]),
        ({"queue": []}, []),
        ({"queue": ["qual"]}, []),
        ({"priority": ["URGENT", "HIGH"]}, ["D-2", "D-4"]),
        ({"priority": []}, []),
        ({"overdue": True}, ["D-2", "D-3"]),
        ({"overdue": False}, ["C-1", "D-1", "D-4", "D-5"]),
        ({"overdue": True, "queue": ["quality"], "priority": ["URGENT"]}, ["D-2"]),
        ({"overdue": None, "queue": None, "priority": None}, ["C-1", "D-1", "D-2", "D-3", "D-4", "D-5"]),
    ],
)
@pytest.mark.parametrize("sort", ["DEADLINE", "PRIORITY", "NEWEST"])
async def test_work_lists_are_filtered(
    client: Client, shop: Shop, wanted: dict[str, Any], expected: list[str], sort: str
) -> None:
    await six_cases(shop)
    page = await listed(client, sort=sort, filter=wanted)
    assert (sorted(numbers(page)), page["totalCount"]) == (expected, len(expected))


async def test_a_case_is_overdue_from_the_instant_at_which_it_is_due(client: Client, shop: Shop) -> None:
    await deadline(shop, "C-1", DeadlineKind.MERCHANT_RESPONSE, 1)
    due = NOW + timedelta(days=1)
    before, after = due - timedelta(microseconds=1), due + timedelta(days=400)
    late = [numbers(await listed(client, filter={"overdue": True}, now=at)) for at in (before, due, after)]
    assert late == [[], ["C-1"], ["C-1"]]
    await shop.change("UPDATE deadlines SET settled_at = due_at")
    assert numbers(await listed(client, filter={"overdue": True}, now=after)) == []


async def test_a_cursor_of_overdue_cases_outlives_the_instant_it_was_made_at(client: Client, shop: Shop) -> None:
    await six_cases(shop)
    asked = {"sort": "DEADLINE", "filter": {"overdue": True}}
    first = await listed(client, first=1, **asked)
    after = first["pageInfo"]["endCursor"]
    assert numbers(first) == ["D-3"]
    later = await listed(client, first=5, after=after, now=NOW + timedelta(days=2), **asked)
    assert numbers(later) == ["D-2", "D-4"]


async def test_settling_a_deadline_moves_its_case_and_no_other(client: Client, shop: Shop) -> None:
    await six_cases(shop)
    first = await listed(client, sort="DEADLINE", first=2)
    assert numbers(first) == ["D-3", "D-2"]
    await shop.change(
        "UPDATE deadlines SET settled_at = due_at WHERE kind = 'MERCHANT_RESPONSE' AND settled_at IS NULL"
    )
    rest = await listed(client, sort="DEADLINE", after=first["pageInfo"]["endCursor"])
    assert numbers(rest) == ["D-1", "D-3", "C-1", "D-2", "D-4", "D-5"]


@pytest.mark.parametrize("names", [["x"] * 101, ["a\0b"]])
async def test_a_queue_that_cannot_be_is_refused(client: Client, shop: Shop, names: list[str]) -> None:
    refused = await client.refused(LIST, AGENT, {"filter": {"queue": names}})
    assert refused == ("BAD_USER_INPUT", ["filter", "queue"])
    del shop


@pytest.mark.parametrize("size", [1, 3, 100])
async def test_a_merchants_work_list_costs_the_same_however_long_it_is(
    client: Client, shop: Shop, size: int
) -> None:
    await six_cases(shop)
    merchant = await shop.merchant("shoe-house")
    cases = (await client.ask(QUEUE, merchant, {"first": size}))["viewer"]["merchant"]["cases"]
    assert client.statements == 8
    assert numbers(cases) == ["D-3", "D-2", "D-4", "D-1", "C-1", "D-5"][:size]
    first = cases["edges"][0]["node"]
    assert [one["kind"] for one in first["deadlines"]] == ["MERCHANT_RESPONSE", "REFUND"]
    assert first["allowedActions"] == ["APPROVE", "PROPOSE_OFFER"]  # too late to decline


async def test_a_customer_sorts_only_their_own(client: Client, shop: Shop) -> None:
    await six_cases(shop)
    eve, ada = await shop.customer("eve"), await shop.customer("ada")
    assert numbers(await listed(client, eve, sort="DEADLINE")) == ["D-3", "D-2", "D-4", "D-1", "D-5"]
    assert numbers(await listed(client, ada, sort="PRIORITY")) == ["C-1"]
