"""What does an id open? Its own object for those who may see it; for anybody else, and any other text, nothing."""

from base64 import urlsafe_b64encode
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.schema.ids import global_id, key_of, parse_id
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, Shop

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
KEY = UUID("018f0000-0000-7000-8000-000000000001")


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


@given(st.uuids(), st.sampled_from(["Order", "OrderLine", "Customer", "Merchant", "Case"]))
def test_an_id_says_type_and_key_again(key: UUID, type_name: str) -> None:
    assert parse_id(global_id(type_name, key)) == (type_name, key)
    assert key_of(type_name, global_id(type_name, key)) == key
    assert key_of("Other", global_id(type_name, key)) is None


@given(st.text())
def test_no_text_breaks_the_reading_of_ids(text: str) -> None:
    assert parse_id(text) is None or global_id(*parse_id(text)) == text  # type: ignore[misc]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "1",
        str(KEY),
        encoded(f"Order:{KEY}"),  # padded
        encoded("Order:1").rstrip("="),
        encoded(f"Order:{KEY.hex}").rstrip("="),  # another spelling of the same key
        encoded(f"Order:{str(KEY).upper()}").rstrip("="),
        encoded(f"Query:{KEY}").rstrip("="),
        encoded(f"order:{KEY}").rstrip("="),
        "T3JkZXI6",
        "\ud7ff\u4e2d",
    ],
)
async def test_a_text_that_is_no_id_stands_for_nothing(client: Client, shop: Shop, text: str) -> None:
    assert (await client.ask(NODE, AGENT, {"id": text}))["node"] is None
    order = await client.ask(
        "query ($id: ID!) { order(id: $id) { id } case(id: $id) { id } }", AGENT, {"id": text}
    )
    assert order == {"order": None, "case": None}
    del shop


async def test_an_id_of_another_type_stands_for_nothing(client: Client, shop: Shop) -> None:
    variables = {"order": await shop.order_id("A-1"), "case": await shop.case_id("C-1")}
    document = "query ($order: ID!, $case: ID!) { order(id: $case) { id } case(id: $order) { id } }"
    assert await client.ask(document, AGENT, variables) == {"order": None, "case": None}


async def test_nodes_keep_the_order_of_the_ids_and_null_for_each_that_is_not_there(
    client: Client, shop: Shop
) -> None:
    order, line, absent = await shop.order_id("A-1"), await shop.line_id("A-1"), global_id("Order", uuid4())
    ids = [line, absent, order, "nonsense", order]
    found = await client.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", AGENT, {"ids": ids})
    assert found["nodes"] == [{"id": line}, None, {"id": order}, None, {"id": order}]
    assert client.statements == 2


async def test_more_than_a_hundred_ids_are_refused(client: Client, shop: Shop) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert (await client.ask(document, AGENT, {"ids": ["x"] * 100}))["nodes"] == [None] * 100
    assert await client.refused(document, AGENT, {"ids": ["x"] * 101}) == ("BAD_USER_INPUT", ["ids"])
    del shop


async def test_every_type_can_be_fetched_again(client: Client, shop: Shop) -> None:
    document = """{ orders(first: 100) { edges { node {
      id customer { id } lines { id merchant { id } } cases { edges { node { id } } }
    } } } }"""
    found = (await client.ask(document, AGENT))["orders"]["edges"]
    order = next(edge["node"] for edge in found if edge["node"]["cases"]["edges"])
    line = order["lines"][0]
    ids = [
        order["id"],
        order["customer"]["id"],
        line["id"],
        line["merchant"]["id"],
        order["cases"]["edges"][0]["node"]["id"],
    ]
    names = [(await client.ask(NODE, AGENT, {"id": id_}))["node"]["__typename"] for id_ in ids]
    assert names == ["Order", "Customer", "OrderLine", "Merchant", "Case"]
    del shop


async def test_a_number_that_nobody_could_have_given_out_is_absent(client: Client, shop: Shop) -> None:
    document = "query ($number: String!) { orderByNumber(number: $number) { number } }"
    assert (await client.ask(document, AGENT, {"number": "A-1"}))["orderByNumber"] == {"number": "A-1"}
    for number in ("a-1", "A-", "", "A-1\0", "%", "x" * 10_000):
        assert (await client.ask(document, AGENT, {"number": number}))["orderByNumber"] is None
    del shop
