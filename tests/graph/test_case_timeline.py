"""What happened, in whose words, and who may read what? A timeline page by page, in both languages."""

import ast
import re
from typing import Any

import pytest

from bff import texts
from bff.policy.manifest import LOCALES
from bff.schema.sentences import sentence
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, Shop
from tests.graph.whole_case import EVENTS, events
from tests.tree.sources import ROOT, modules, tree

TIMELINE = """
query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  case(id: $id) { timeline(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { type actor message data } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } }
}
"""
SGD: dict[str, Any] = {"amount": 3000, "currency": "SGD"}
LEFT_OVER = re.compile(r"[\[\]{}…]")


async def timeline(client: Client, shop: Shop, viewer: Any = AGENT, case: str = "C-1", **asked: Any) -> Any:
    """One page of a case's timeline."""
    how = {"locale": asked.pop("locale", "en")}
    found = await client.ask(TIMELINE, viewer, {"id": await shop.case_id(case), **asked}, **how)
    return found["case"]["timeline"]


def types(page: Any) -> list[str]:
    return [edge["node"]["type"] for edge in page["edges"]]


async def happened(shop: Shop, case: str = "C-1") -> list[str]:
    """Five events of a case, told by their types."""
    await events(shop, await shop.key("cases", "number", case), *EVENTS)
    return [kind for kind, _, _ in EVENTS]


async def test_events_are_read_in_the_order_in_which_they_happened(client: Client, shop: Shop) -> None:
    expected, seen, after = await happened(shop), [], None
    for more in (True, True, False):
        page = await timeline(client, shop, first=2, after=after)
        assert page["pageInfo"]["hasNextPage"] is more
        seen += types(page)
        after = page["pageInfo"]["endCursor"]
    assert seen == expected
    last = await timeline(client, shop, last=2)
    assert types(last) == expected[-2:]
    assert types(await timeline(client, shop, last=2, before=last["pageInfo"]["startCursor"])) == expected[1:3]


async def test_a_cursor_of_one_timeline_does_not_open_another(client: Client, shop: Shop) -> None:
    await shop.open_case("C-2", "A-2")
    await happened(shop)
    await happened(shop, "C-2")
    after = (await timeline(client, shop, first=1))["pageInfo"]["endCursor"]
    refused = await client.refused(TIMELINE, AGENT, {"id": await shop.case_id("C-2"), "after": after})
    assert refused == ("BAD_USER_INPUT", ["after"])


async def test_the_timelines_of_a_page_of_cases_take_one_statement(client: Client, shop: Shop) -> None:
    await shop.open_case("C-2", "A-2")
    await happened(shop)
    await happened(shop, "C-2")
    document = "{ cases { edges { node { number timeline(first: 2) { edges { node { type } } } } } } }"
    found = (await client.ask(document, AGENT))["cases"]["edges"]
    assert client.statements == 2
    assert sorted(edge["node"]["number"] for edge in found) == ["C-1", "C-2"]
    assert [types(edge["node"]["timeline"]) for edge in found] == [["case_requested", "offer_made"]] * 2


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "en",
            [
                "The return was requested.",
                "The merchant made an offer of 30.00 SGD; the goods may be kept.",
                "The return was booked by mail with Quick Post, QP-9.",
                "An agent moved the case from declined to approved: a slip",
                "parcel_blessed",
            ],
        ),
        (
            "zh",
            [
                "已提交售后申请。",
                "商家提出协商方案：30.00 SGD，可保留商品。",
                "已预约退货：邮寄，Quick Post，单号 QP-9。",
                "客服变更了状态：由“已拒绝”变为“已同意”，原因：a slip",
                "parcel_blessed",
            ],
        ),
    ],
)
async def test_events_are_told_in_the_viewers_language(
    client: Client, shop: Shop, locale: str, expected: list[str]
) -> None:
    await happened(shop)
    page = await timeline(client, shop, await shop.customer("ada"), locale=locale)
    assert [edge["node"]["message"] for edge in page["edges"]] == expected


async def test_a_customer_is_not_told_who_of_the_staff_it_was(client: Client, shop: Shop) -> None:
    await happened(shop)
    for_staff = [edge["node"]["data"] for edge in (await timeline(client, shop))["edges"]]
    assert for_staff[3:] == [
        {"from": "DECLINED", "to": "APPROVED", "reason": "a slip", "agent": "agent-7"},
        {"priest": "agent-7"},
    ]
    page = await timeline(client, shop, await shop.customer("ada"))
    for_ada = [edge["node"]["data"] for edge in page["edges"]]
    assert for_ada[3:] == [{"from": "DECLINED", "to": "APPROVED", "reason": "a slip"}, None]
    assert "agent-7" not in str(page)


def recorded() -> set[str]:
    """The types that the code names where it records an event."""
    calls = [
        node
        for path in modules("bff")
        for node in ast.walk(tree(ROOT / path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"event", "Change"}
    ]
    given = [one for call in calls for one in [*call.args, *(k.value for k in call.keywords if k.arg == "event")]]
    return {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def test_every_event_that_is_recorded_has_a_sentence() -> None:
    types_of_events = recorded()
    assert {"case_approved", "offer_made", "refund_requested"} <= types_of_events
    assert types_of_events - set(texts.tables("en")["case_event"]) == set()


WHOLE = {
    **SGD,
    "reason": "worn",
    "note": "found it",
    "count": 2,
    "keeps_goods": False,
    "method": "PICKUP",
    "carrier": "Quick Post",
    "tracking": "QP-1",
    "status": "PICKED_UP",
    "place": "Changi",
    "received": 2,
    "short": 1,
    "surplus": 1,
    "accepted": 1,
    "rejected": 1,
    "deduction": 250,
    "party": "CARRIER",
    "failure": "closed",
    "sku": "SHOE-43",
    "quantity": 1,
    "kind": "VOUCHER",
    "from": "DECLINED",
    "to": "APPROVED",
    "satisfaction": 5,
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", sorted(texts.tables("en")["case_event"]))
def test_every_event_is_a_whole_sentence_however_much_is_known_of_it(locale: str, kind: str) -> None:
    with_all = sentence(locale, "case_event", kind, WHOLE)
    assert not LEFT_OVER.search(with_all)
    assert not re.search(r"[A-Z]+_[A-Z]+", with_all)
    bare = sentence(locale, "case_event", kind, {"party": "CARRIER", "kind": "REFUND"})
    assert not LEFT_OVER.search(bare)
    assert bare != kind


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("receipt_recorded", {"received": 2, "short": 0, "surplus": 0}, "The goods have arrived: 2 received."),
        ("receipt_recorded", {"received": 0, "short": 2}, "The goods have arrived, 2 missing."),
        (
            "refund_requested",
            {**SGD, "method": "STORE_CREDIT"},
            "A refund of 30.00 SGD was started, to store credit.",
        ),
        ("refund_paid", {"amount": 45000, "currency": "VND"}, "The refund was paid: 45,000 VND."),
        ("refund_paid", {"amount": 45000}, "The refund was paid."),
        ("refund_paid", {"amount": "much", "currency": "SGD"}, "The refund was paid."),
        ("refund_paid", {"amount": 1, "currency": "XYZ"}, "The refund was paid."),
        ("case_declined", {"reason": "{amount:money} [x]"}, "The request was declined: {amount:money} [x]"),
        ("parcel_scanned", {"status": "IN_ORBIT"}, "The parcel was scanned: IN_ORBIT."),
        ("window_closed", {}, "The time for … is over."),
        ("window_closed", {"kind": "DISPUTE_WINDOW"}, "The time for a dispute is over."),
        ("nobody_wrote_this", {}, "nobody_wrote_this"),
    ],
)
def test_a_sentence_says_what_is_known_and_leaves_out_the_rest(
    kind: str, data: dict[str, Any], expected: str
) -> None:
    assert sentence("en", "case_event", kind, data) == expected
