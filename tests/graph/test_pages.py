"""Which page is it? Both directions, every row once, cursors that open nothing else, counts when asked."""

from typing import Any

import pytest

from bff.viewer import Viewer
from bff.vocabulary import CaseStatus, Role
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, OPS, Shop, a_line, a_tea, an_order, days_ago, written

PAGE = """
query ($first: Int, $after: String, $last: Int, $before: String, $filter: OrderFilter) {
  orders(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
    edges { cursor node { number } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
NUMBERS = "query ($filter: OrderFilter) { orders(filter: $filter) { totalCount edges { node { number } } } }"
CASES = """
query ($sort: CaseSort, $filter: CaseFilter, $first: Int, $after: String, $last: Int, $before: String) {
  cases(sort: $sort, filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { node { number } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


def numbers(connection: Any) -> list[str]:
    return [edge["node"]["number"] for edge in connection["edges"]]


async def found(client: Client, **wanted: Any) -> list[str]:
    """The numbers of the orders that a filter wants, which must be as many as it counts."""
    orders = (await client.ask(NUMBERS, AGENT, {"filter": wanted}))["orders"]
    assert orders["totalCount"] == len(orders["edges"])
    return numbers(orders)


async def seven_orders(shop: Shop) -> list[str]:
    """Orders P-6 to P-0, the newest first; pairs of them were placed at the same instant."""
    await shop.take(
        *[an_order(f"P-{n}", a_line(), customer="eve", delivered_days_ago=9 - n // 2) for n in range(7)]
    )
    return ["P-6", "P-5", "P-4", "P-3", "P-2", "P-1", "P-0"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_reading_on_visits_every_order_once_whatever_the_page_size(
    client: Client, shop: Shop, size: int
) -> None:
    expected, eve = await seven_orders(shop), await shop.customer("eve")
    seen: list[str] = []
    after: str | None = None
    while True:
        page = (await client.ask(PAGE, eve, {"first": size, "after": after}))["orders"]
        seen += numbers(page)
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert sorted(seen) == sorted(expected)
    assert [number[2:] >= "4" for number in seen] == [True] * 3 + [False] * 4


@pytest.mark.parametrize("size", [1, 3, 7])
async def test_reading_back_visits_the_same_orders_in_the_same_order(
    client: Client, shop: Shop, size: int
) -> None:
    await seven_orders(shop)
    eve = await shop.customer("eve")
    forward = numbers((await client.ask(PAGE, eve, {"first": 100}))["orders"])
    seen: list[str] = []
    before: str | None = None
    while True:
        page = (await client.ask(PAGE, eve, {"last": size, "before": before}))["orders"]
        seen = numbers(page) + seen
        assert page["pageInfo"]["hasNextPage"] is (before is not None)
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        before = page["pageInfo"]["startCursor"]
    assert seen == forward


async def test_a_new_order_neither_repeats_nor_hides_another(client: Client, shop: Shop) -> None:
    await seven_orders(shop)
    eve = await shop.customer("eve")
    first = (await client.ask(PAGE, eve, {"first": 3}))["orders"]
    await shop.take(an_order("P-9", customer="eve", delivered_days_ago=1))
    second = (await client.ask(PAGE, eve, {"first": 100, "after": first["pageInfo"]["endCursor"]}))["orders"]
    assert sorted(numbers(first) + numbers(second)) == [f"P-{n}" for n in range(7)]


async def test_an_empty_page_has_no_cursors(client: Client, shop: Shop) -> None:
    page = (await client.ask(PAGE, await shop.customer("ada"), {"filter": {"status": []}}))["orders"]
    assert page == {
        "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"first": 0}, "first"),
        ({"first": -1}, "first"),
        ({"first": 101}, "first"),
        ({"last": 0}, "last"),
        ({"last": 101}, "last"),
        ({"first": 1, "last": 1}, "first"),
        ({"first": 1, "before": "x"}, "first"),
        ({"after": "x", "last": 1}, "after"),
        ({"after": "x", "before": "x"}, "after"),
        ({"after": ""}, "after"),
        ({"after": "nonsense"}, "after"),
        ({"after": "ünïcode"}, "after"),
        ({"before": "!!!!"}, "before"),
    ],
)
async def test_a_page_that_is_none_is_refused_by_the_name_of_its_argument(
    client: Client, shop: Shop, asked: dict[str, Any], named: str
) -> None:
    assert await client.refused(PAGE, AGENT, asked) == ("BAD_USER_INPUT", [named])
    del shop


async def test_a_cursor_opens_only_its_own_viewers_own_question(client: Client, shop: Shop) -> None:
    page = (await client.ask(PAGE, AGENT, {"first": 1}))["orders"]
    after = page["pageInfo"]["endCursor"]
    assert numbers((await client.ask(PAGE, AGENT, {"first": 1, "after": after}))["orders"])
    refused = ("BAD_USER_INPUT", ["after"])
    ada = await shop.customer("ada")
    assert await client.refused(PAGE, ada, {"after": after}) == refused
    assert await client.refused(PAGE, OPS, {"after": after}) == refused
    assert await client.refused(PAGE, Viewer(Role.AGENT, "agent-2"), {"after": after}) == refused
    assert await client.refused(PAGE, AGENT, {"after": after, "filter": {"search": "A"}}) == refused
    assert (
        await client.refused(PAGE, AGENT, {"after": after[:-2] + ("AA" if after[-2:] != "AA" else "BB")})
        == refused
    )
    assert await client.refused(CASES, AGENT, {"after": after}) == refused


async def test_a_cursor_of_the_key_before_is_still_read_and_one_of_another_key_is_not(
    client: Client, shop: Shop
) -> None:
    before, now = b"the key before, thirty-two bytes or more", b"the key of now, thirty-two bytes or more"
    everything = numbers((await client.ask(PAGE, AGENT, {"first": 3}))["orders"])
    page = (await client.ask(PAGE, AGENT, {"first": 1}, keys=(before,)))["orders"]
    onward = {"first": 2, "after": page["pageInfo"]["endCursor"]}
    rest = (await client.ask(PAGE, AGENT, onward, keys=(now, before)))["orders"]
    assert numbers(page) + numbers(rest) == everything
    refused = await client.run(PAGE, AGENT, onward, keys=(now,))
    assert refused.errors is not None
    assert (refused.errors[0].extensions or {})["code"] == "BAD_USER_INPUT"
    del shop


async def test_a_cursor_of_one_sort_does_not_fit_another(client: Client, shop: Shop) -> None:
    await shop.open_case("C-2", "A-2")
    page = (await client.ask(CASES, AGENT, {"sort": "NEWEST", "first": 1}))["cases"]
    after = page["pageInfo"]["endCursor"]
    refused = await client.refused(CASES, AGENT, {"sort": "OLDEST", "first": 1, "after": after})
    assert refused == ("BAD_USER_INPUT", ["after"])


async def test_a_nested_cursor_fits_the_customer_it_came_from_and_no_other(client: Client, shop: Shop) -> None:
    document = """
    query ($ids: [ID!]!, $after: String) {
      nodes(ids: $ids) { ... on Order {
        customer { orders(first: 1, after: $after) { edges { cursor node { number } } } }
      } }
    }
    """
    ids = [await shop.order_id("A-1"), await shop.order_id("B-1")]
    first = await client.ask(document, AGENT, {"ids": ids})
    pages = [node["customer"]["orders"]["edges"] for node in first["nodes"]]
    assert [[edge["node"]["number"] for edge in page] for page in pages] == [["A-1"], ["B-1"]]
    result = await client.run(document, AGENT, {"ids": ids, "after": pages[0][0]["cursor"]})
    assert result.data is not None
    assert result.data["nodes"][0]["customer"]["orders"]["edges"][0]["node"]["number"] == "A-2"
    assert result.data["nodes"][1] is None
    assert [error.path for error in result.errors or ()] == [["nodes", 1, "customer", "orders"]]


async def test_nothing_is_counted_unless_the_count_is_selected(client: Client, shop: Shop) -> None:
    ada = await shop.customer("ada")
    await client.ask("{ orders { edges { node { number } } } }", ada)
    assert client.statements == 1
    await client.ask("{ orders { ...page } } fragment page on OrderConnection { many: totalCount }", ada)
    assert client.statements == 2
    counted = await client.ask(
        '{ orders { totalCount } shoes: orders(filter: {search: "A-1"}) { totalCount } }', ada
    )
    assert counted == {"orders": {"totalCount": 2}, "shoes": {"totalCount": 1}}


async def test_orders_are_found_by_status(client: Client, shop: Shop) -> None:
    await shop.take(an_order("S-1", delivered_days_ago=None))
    assert await found(client, status=["SHIPPED"]) == ["S-1"]
    assert await found(client, status=["SHIPPED", "CANCELLED"]) == ["S-1"]
    assert await found(client, status=["CANCELLED"]) == []
    assert sorted(await found(client, status=["DELIVERED"])) == ["A-1", "A-2", "B-1"]


async def test_time_bounds_are_half_open_and_any_offset_means_the_same_instant(client: Client, shop: Shop) -> None:
    placed = days_ago(204)
    shanghai, utc = "2026-04-30T12:00:00+08:00", "2026-04-30T04:00:00Z"
    assert written(placed) == "2026-04-30T04:00:00+00:00"
    for at in (shanghai, utc, "2026-04-30T00:00:00.000-04:00"):
        assert await found(client, placedFrom=at, placedUntil="2026-05-01T00:00:00Z") == ["A-2"]
        assert await found(client, placedUntil=at) == []
    assert await found(client, placedUntil="2026-04-30T12:00:00.000001+08:00") == ["A-2"]
    assert (
        await found(client, placedFrom="2026-04-30T12:00:00.000001+08:00", placedUntil="2026-05-01T00:00:00Z")
        == []
    )
    del shop


async def test_search_finds_a_numbers_beginning_or_a_part_of_a_title(client: Client, shop: Shop) -> None:
    await shop.take(an_order("Z_1", a_line(title="100% wool"), customer="eve"), an_order("ZX1", customer="eve"))
    assert await found(client, search="z_") == ["Z_1"]
    assert await found(client, search="X1") == []
    assert await found(client, search="100%") == ["Z_1"]
    assert await found(client, search="0% W") == ["Z_1"]
    assert await found(client, search="oolong") == ["A-1"]
    assert await found(client, search="%") == ["Z_1"]
    assert await found(client, search="!") == []
    assert len(await found(client, search="  ")) == 5


@pytest.mark.parametrize("text", ["x" * 201, "a\0b"])
async def test_a_search_that_no_title_can_match_is_refused(client: Client, shop: Shop, text: str) -> None:
    refused = await client.refused(NUMBERS, AGENT, {"filter": {"search": text}})
    assert refused == ("BAD_USER_INPUT", ["filter", "search"])
    del shop


async def test_a_merchants_search_looks_at_its_own_titles_only(client: Client, shop: Shop) -> None:
    shoes = await shop.merchant("shoe-house")
    document = "query ($text: String!) { orders(filter: {search: $text}) { edges { node { number } } } }"
    assert numbers((await client.ask(document, shoes, {"text": "oolong"}))["orders"]) == []
    assert numbers((await client.ask(document, shoes, {"text": "running"}))["orders"]) != []


async def test_returnable_orders_are_paid_and_have_units_that_no_case_holds(client: Client, shop: Shop) -> None:
    unpaid: dict[str, Any] = {"status": "PLACED", "payments": [], "shipments": [], "deliveredAt": None}
    await shop.take(an_order("H-1"), an_order("H-2", **unpaid))
    await shop.open_case("C-H", "H-1")
    assert sorted(await found(client, returnable=True)) == ["A-1", "A-2", "B-1"]
    assert sorted(await found(client, returnable=False)) == ["H-1", "H-2"]


async def test_a_merchants_returnable_orders_have_units_of_its_own_left(client: Client, shop: Shop) -> None:
    tea = await shop.merchant("tea-corner")
    document = "query ($yes: Boolean) { orders(filter: {returnable: $yes}) { edges { node { number } } } }"
    assert numbers((await client.ask(document, tea, {"yes": True}))["orders"]) == ["A-1"]
    await shop.open_case("C-T", "A-1", "2")
    assert numbers((await client.ask(document, tea, {"yes": True}))["orders"]) == []
    assert numbers((await client.ask(document, tea, {"yes": False}))["orders"]) == ["A-1"]


async def five_cases(shop: Shop) -> None:
    """Cases in every stage, the oldest first, beside C-1, which was requested yesterday."""
    stages = [CaseStatus.COMPLETED, CaseStatus.IN_TRANSIT, CaseStatus.RECEIVED, CaseStatus.DECLINED]
    for n, status in enumerate(stages):
        await shop.take(an_order(f"O-{n}", a_tea(), customer="eve"))
        await shop.open_case(f"K-{n}", f"O-{n}", "2", status=status, requested_days_ago=9 - n)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (None, ["C-1", "K-3", "K-2", "K-1", "K-0"]),
        ("NEWEST", ["C-1", "K-3", "K-2", "K-1", "K-0"]),
        ("OLDEST", ["K-0", "K-1", "K-2", "K-3", "C-1"]),
    ],
)
async def test_cases_are_sorted_as_asked_forward_and_back(
    client: Client, shop: Shop, sort: str | None, expected: list[str]
) -> None:
    await five_cases(shop)
    seen: list[str] = []
    after: str | None = None
    for _ in range(3):
        page = (await client.ask(CASES, AGENT, {"sort": sort, "first": 2, "after": after}))["cases"]
        seen += numbers(page)
        after = page["pageInfo"]["endCursor"]
    assert seen == expected
    back = (await client.ask(CASES, AGENT, {"sort": sort, "last": 2}))["cases"]
    assert numbers(back) == expected[-2:]
    before = await client.ask(CASES, AGENT, {"sort": sort, "last": 2, "before": back["pageInfo"]["startCursor"]})
    assert numbers(before["cases"]) == expected[1:3]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"status": ["REQUESTED", "RECEIVED"]}, ["C-1", "K-2"]),
        ({"status": []}, []),
        ({"resolution": ["RETURN_AND_REFUND"]}, ["C-1", "K-3", "K-2", "K-1", "K-0"]),
        ({"resolution": ["EXCHANGE"]}, []),
        ({"reason": ["CHANGE_OF_MIND"], "search": "k-"}, ["K-3", "K-2", "K-1", "K-0"]),
        ({"reason": ["COUNTERFEIT"]}, []),
        ({"search": "a-"}, ["C-1"]),
        ({"requestedFrom": "2026-11-13T12:00:00+08:00"}, ["C-1", "K-3", "K-2"]),
        ({"requestedUntil": "2026-11-13T12:00:00+08:00"}, ["K-1", "K-0"]),
    ],
)
async def test_cases_are_filtered_by_every_field(
    client: Client, shop: Shop, wanted: dict[str, Any], expected: list[str]
) -> None:
    await five_cases(shop)
    cases = (await client.ask(CASES, AGENT, {"filter": wanted}))["cases"]
    assert (numbers(cases), cases["totalCount"]) == (expected, len(expected))
