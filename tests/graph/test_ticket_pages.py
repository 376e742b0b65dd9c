"""Which tickets does each find? Their own, by status, priority, queue and words, page by page."""

from datetime import timedelta
from typing import Any

import pytest

from bff.viewer import Viewer
from tests.graph.conftest import Client
from tests.graph.desk import OPERATIONS, Desk, document
from tests.graph.shop import AGENT, NOW, OPS, Shop
from tests.graph.test_authorization import STAFF, answers, only

LIST = "query ($filter: TicketFilter) { tickets(filter: $filter) { totalCount edges { node { subject } } } }"


@pytest.fixture
async def desk(client: Client, shop: Shop) -> Desk:
    """Where four questions were asked, an hour apart."""
    desk = Desk(client)
    ada, ben = await shop.customer("ada"), await shop.customer("ben")
    asked: list[tuple[Viewer, dict[str, Any]]] = [
        (ada, {"subject": "Über the case", "caseId": await shop.case_id("C-1")}),
        (ada, {"subject": "About shoes", "orderId": await shop.order_id("A-2")}),
        (ada, {"subject": "About 100% of A_1", "orderId": await shop.order_id("A-1")}),
        (ben, {"subject": "Anything"}),
    ]
    for hours, (who, about) in enumerate(asked):
        desk.now = NOW + timedelta(hours=hours)
        await desk.open(who, **about)
    return desk


async def found(desk: Desk, who: Viewer = AGENT, **wanted: Any) -> list[str]:
    """The subjects of the tickets that a filter wants, which must be as many as it counts."""
    tickets = (await desk.client.ask(LIST, who, {"filter": wanted}))["tickets"]
    assert tickets["totalCount"] == len(tickets["edges"])
    return [edge["node"]["subject"] for edge in tickets["edges"]]


CASE, SHOES, ORDER, ANYTHING = "Über the case", "About shoes", "About 100% of A_1", "Anything"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [ANYTHING, ORDER, SHOES, CASE]),
        ({"status": ["OPEN"]}, [ANYTHING, ORDER, SHOES, CASE]),
        ({"status": ["RESOLVED", "CLOSED"]}, []),
        ({"status": []}, []),
        ({"priority": ["HIGH"]}, [ORDER, SHOES]),
        ({"priority": ["NORMAL"], "queue": ["standard"]}, [ANYTHING, CASE]),
        ({"queue": ["premium", "nowhere"]}, [ORDER, SHOES]),
        ({"queue": ["Premium"]}, []),
        ({"queue": []}, []),
        ({"search": "about"}, [ORDER, SHOES]),
        ({"search": "ABOUT S"}, [SHOES]),
        ({"search": "shoes"}, []),
        ({"search": "ü"}, [CASE]),
        ({"search": "ÜBER THE C"}, [CASE]),
        ({"search": "about 100%"}, [ORDER]),
        ({"search": "%"}, []),
        ({"search": "about 100_"}, []),
        ({"search": "  "}, [ANYTHING, ORDER, SHOES, CASE]),
        ({"search": "t-26-"}, [ANYTHING, ORDER, SHOES, CASE]),
        ({"search": "26-"}, []),
    ],
)
async def test_a_filter_finds_what_it_wants_the_newest_first(
    desk: Desk, wanted: dict[str, Any], expected: list[str]
) -> None:
    assert await found(desk, **wanted) == expected


async def test_a_ticket_is_found_by_its_number_in_any_case(desk: Desk) -> None:
    tickets = (await desk.client.ask("{ tickets { edges { node { number } } } }", AGENT))["tickets"]
    number = tickets["edges"][1]["node"]["number"]
    assert await found(desk, search=number.lower()) == [ORDER]


async def test_a_search_that_is_too_long_is_refused(desk: Desk) -> None:
    refused = await desk.client.refused(LIST, AGENT, {"filter": {"search": "x" * 201}})
    assert refused == ("BAD_USER_INPUT", ["filter", "search"])


async def test_everybody_lists_what_they_may_see(desk: Desk, shop: Shop) -> None:
    seen = await answers(desk.client, shop, "{ tickets { totalCount edges { node { subject } } } }")
    assert seen.pop("anonymous") == "UNAUTHENTICATED"
    subjects = {
        name: [edge["node"]["subject"] for edge in one["tickets"]["edges"]]
        for name, one in seen.items()
        if one["tickets"]["totalCount"] == len(one["tickets"]["edges"])
    }
    assert subjects == {name: [ANYTHING, ORDER, SHOES, CASE] for name in STAFF} | {
        "owner": [ORDER, SHOES, CASE],
        "other customer": [ANYTHING],
        "merchant": [SHOES, CASE],
        "other merchant": [],
    }


@pytest.mark.parametrize("field", ["ticket", "node"])
async def test_a_ticket_is_seen_by_its_customer_its_merchant_and_staff(desk: Desk, shop: Shop, field: str) -> None:
    tickets = (await desk.client.ask("{ tickets { edges { node { id } } } }", AGENT))["tickets"]["edges"]
    case, order = tickets[3]["node"]["id"], tickets[1]["node"]["id"]
    query = f"query ($id: ID!) {{ found: {field}(id: $id) {{ id }} }}"
    nobody = {"found": None}
    about_case = await answers(desk.client, shop, query, id=case)
    about_order = await answers(desk.client, shop, query, id=order)
    assert about_case == only({"found": {"id": case}}, "owner", "merchant", *STAFF, absent=nobody)
    assert about_order == only({"found": {"id": order}}, "owner", *STAFF, absent=nobody)


async def test_what_a_ticket_names_stays_in_scope(desk: Desk, shop: Shop) -> None:
    query = "{ tickets { edges { node { subject customer { displayName } order { number } case { number } } } } }"
    seen = await desk.client.ask(query, await shop.merchant("shoe-house"))
    assert [edge["node"] for edge in seen["tickets"]["edges"]] == [
        {"subject": SHOES, "customer": {"displayName": "Ada"}, "order": {"number": "A-2"}, "case": None},
        {
            "subject": CASE,
            "customer": {"displayName": "Ada"},
            "order": {"number": "A-1"},
            "case": {"number": "C-1"},
        },
    ]


async def test_orders_cases_and_customers_list_their_tickets_to_those_who_may_see_them(
    desk: Desk, shop: Shop
) -> None:
    query = """query ($id: ID!) { order(id: $id) {
      tickets { totalCount edges { node { subject } } }
      cases { edges { node { tickets { subject } } } }
      customer { tickets { totalCount } }
    } }"""

    async def seen(who: Viewer) -> Any:
        order = (await desk.client.ask(query, who, {"id": await shop.order_id("A-1")}))["order"]
        return (
            [edge["node"]["subject"] for edge in order["tickets"]["edges"]],
            order["tickets"]["totalCount"],
            [one["subject"] for edge in order["cases"]["edges"] for one in edge["node"]["tickets"]],
            order["customer"]["tickets"]["totalCount"],
        )

    assert await seen(await shop.customer("ada")) == ([ORDER, CASE], 2, [CASE], 3)
    assert await seen(await shop.merchant("shoe-house")) == ([CASE], 1, [CASE], 2)
    assert await seen(await shop.merchant("tea-corner")) == ([], 0, [], 0)
    assert await seen(OPS) == ([ORDER, CASE], 2, [CASE], 3)


async def test_a_customers_own_tickets_can_be_filtered(desk: Desk, shop: Shop) -> None:
    query = 'query { viewer { customer { tickets(filter: {search: "about"}, first: 1) {'
    query += " totalCount edges { node { subject } } pageInfo { hasNextPage } } } } }"
    seen = (await desk.client.ask(query, await shop.customer("ada")))["viewer"]["customer"]["tickets"]
    assert seen == {"totalCount": 2, "edges": [{"node": {"subject": ORDER}}], "pageInfo": {"hasNextPage": True}}


async def read_through(desk: Desk, query: str, size: str, cursor: str, variables: dict[str, Any]) -> list[Any]:
    """All pages of `found`, joined as they came."""
    pages: list[Any] = []
    at: str | None = None
    while True:
        one = (await desk.client.ask(query, AGENT, variables | {size: 2, cursor: at}))["found"]
        if "messages" in one:
            one = one["messages"]
        pages.append([edge["node"] for edge in one["edges"]])
        more, end = ("hasNextPage", "endCursor") if cursor == "after" else ("hasPreviousPage", "startCursor")
        if not one["pageInfo"][more]:
            return pages
        at = one["pageInfo"][end]


PAGING = "($id: ID!, $first: Int, $after: String, $last: Int, $before: String)"
ARGUMENTS = "(first: $first, after: $after, last: $last, before: $before)"
INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


async def test_pages_of_tickets_visit_each_once_in_both_directions(desk: Desk) -> None:
    declared = PAGING.replace("$id: ID!, ", "")
    query = f"query {declared} {{ found: tickets{ARGUMENTS} {{ edges {{ node {{ subject }} }} {INFO} }} }}"
    forward = await read_through(desk, query, "first", "after", {})
    backward = await read_through(desk, query, "last", "before", {})
    expected = [ANYTHING, ORDER, SHOES, CASE]
    assert [one["subject"] for page in forward for one in page] == expected
    assert [one["subject"] for page in reversed(backward) for one in page] == expected


async def test_messages_are_read_from_the_oldest_or_from_the_newest(desk: Desk, shop: Shop) -> None:
    ben = await shop.customer("ben")
    ticket = await desk.open(ben, body="0")
    for n in range(1, 5):
        await desk.reply(ben, ticket, body=str(n))
    messages = f"messages{ARGUMENTS} {{ edges {{ node {{ body }} }} {INFO} }}"
    query = f"query {PAGING} {{ found: ticket(id: $id) {{ {messages} }} }}"
    forward = await read_through(desk, query, "first", "after", {"id": ticket["id"]})
    backward = await read_through(desk, query, "last", "before", {"id": ticket["id"]})
    assert [[one["body"] for one in page] for page in forward] == [["0", "1"], ["2", "3"], ["4"]]
    assert [[one["body"] for one in page] for page in backward] == [["3", "4"], ["1", "2"], ["0"]]


async def test_a_cursor_of_one_tickets_messages_opens_no_other(desk: Desk, shop: Shop) -> None:
    ben = await shop.customer("ben")
    one, other = await desk.open(ben), await desk.open(ben)
    read = await desk.read(ben, one)
    query = "query ($id: ID!, $after: String) { ticket(id: $id) { messages(after: $after) { edges { cursor } } } }"
    asked = {"id": other["id"], "after": read["messages"]["edges"][0]["cursor"]}
    assert await desk.client.refused(query, ben, asked) == ("BAD_USER_INPUT", ["after"])


READS = [("ticket_page", 5, "agent"), ("ticket_detail", 4, "agent"), ("ticket_overview", 10, "ada")]


@pytest.mark.parametrize(("name", "statements", "who"), READS, ids=[read[0] for read in READS])
@pytest.mark.parametrize("more", [0, 1, 8])
async def test_a_document_costs_the_same_however_much_was_said(
    desk: Desk, shop: Shop, name: str, statements: int, who: str, more: int
) -> None:
    ada = await shop.customer("ada")
    ticket = await desk.open(ada, caseId=await shop.case_id("C-1"))
    shown = [{"kind": "TEXT", "text": "t"}]
    for n in range(more):
        await desk.open(ada, subject=f"More {n}", orderId=await shop.order_id("A-1"))
        await desk.reply(ada, ticket, attachments=shown)
    viewer = AGENT if who == "agent" else ada
    await desk.client.ask(document(name), viewer, {"id": ticket["id"]} if name == "ticket_detail" else {})
    assert desk.client.statements == statements


WRITES = {"ticket_open": 11, "ticket_reply": 13, "ticket_resolve": 8}


async def test_a_write_costs_the_same_however_much_was_said_before(desk: Desk, shop: Shop) -> None:
    ada, shown = await shop.customer("ada"), [{"kind": "TEXT", "text": "t"}] * 3
    for _ in range(3):
        ticket = await desk.open(ada, caseId=await shop.case_id("C-1"))
        spent = {"ticket_open": desk.client.statements}
        await desk.reply(AGENT, ticket, attachments=shown)
        spent["ticket_reply"] = desk.client.statements
        await desk.resolve(AGENT, ticket)
        spent["ticket_resolve"] = desk.client.statements
        assert spent == WRITES


def test_every_document_about_tickets_is_asked_about() -> None:
    assert {path.stem for path in OPERATIONS.glob("ticket_*.graphql")} == {read[0] for read in READS} | set(WRITES)
