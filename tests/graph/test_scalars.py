"""What do the scalars take, and what do they print? One spelling each, by variable and by literal."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from bff.schema.scalars import (
    print_datetime,
    read_currency,
    read_date,
    read_datetime,
    read_decimal,
    read_json,
    read_market,
)
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, INGEST, Shop
from tests.graph.test_operations import operation, order_input


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01t09:30:00z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30:00+08:00", datetime(2026, 3, 1, 1, 30, tzinfo=UTC)),
        ("2026-03-01T09:30:00.5-00:30", datetime(2026, 3, 1, 10, 0, 0, 500000, tzinfo=UTC)),
        ("2026-03-01T09:30:00.123456789Z", datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_as_utc(text: str, at: datetime) -> None:
    assert read_datetime(text) == at
    assert read_datetime(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T09:30:00",
        "2026-03-01",
        "2026-03-01 09:30:00Z",
        "2026-02-30T09:30:00Z",
        "2026-03-01T24:30:00Z",
        "2026-03-01T09:30:60Z",
        "2026-03-01T09:30Z",
        "0001-01-01T00:00:00+01:00",
        "20260301T093000Z",
        "٢٠٢٦-03-01T09:30:00Z",
        "now",
        "",
        1772357400,
        None,
        True,
    ],
)
def test_what_is_no_instant_with_an_offset_is_refused(text: object) -> None:
    with pytest.raises(GraphQLError):
        read_datetime(text)


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_survives_printing_and_reading(at: datetime) -> None:
    at = (
        at.astimezone(timezone(timedelta(hours=1)))
        if at.year not in {1, 9999}
        else datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert read_datetime(print_datetime(at)) == at
    assert print_datetime(at).endswith("Z")


@pytest.mark.parametrize("text", ["0", "-0.5", "199.90", "45000", "1.250", "9223372036854775807"])
def test_a_plain_decimal_is_kept_to_the_letter(text: str) -> None:
    assert read_decimal(text) == text


@pytest.mark.parametrize(
    "value",
    [
        199.9,
        199,
        0,
        "NaN",
        "Infinity",
        "1e3",
        "1E+400",
        "+1",
        ".5",
        "5.",
        "1,5",
        " 1",
        "",
        "١",
        "0x10",
        True,
        None,
    ],
)
def test_a_number_that_is_no_plain_decimal_text_is_refused(value: object) -> None:
    with pytest.raises(GraphQLError):
        read_decimal(value)


def test_a_day_is_read_and_anything_else_refused() -> None:
    assert read_date("2026-02-28") == date(2026, 2, 28)
    for wrong in ("2026-02-29", "2026-2-8", "20260228", "2026-02-28T00:00:00Z", 20260228, None):
        with pytest.raises(GraphQLError):
            read_date(wrong)


def test_currencies_and_markets_have_their_form_and_whether_there_is_one_is_told_where_it_is_used() -> None:
    assert [read_currency(code) for code in ("KWD", "XXX")] == ["KWD", "XXX"]
    assert [read_market(code) for code in ("VN", "ZZ")] == ["VN", "ZZ"]
    for wrong in ("sgd", "SG", "SGDX", "SGD ", "SGD\n", "ＳＧＤ", "", 5, None):
        with pytest.raises(GraphQLError):
            read_currency(wrong)
    for wrong in ("sg", "SGP", "Singapore", "S1", "", 5, None):
        with pytest.raises(GraphQLError):
            read_market(wrong)


def test_json_is_anything_that_json_can_write() -> None:
    value: Any = {"finalSale": True, "sizes": [1, 2.5, None, "x"]}
    assert read_json(value) == value
    for wrong in (float("nan"), [float("inf")], {"a": {"b": [float("-inf")]}}):
        with pytest.raises(GraphQLError):
            read_json(wrong)


@pytest.mark.parametrize("paid", [100.0, 100, "1e2", "NaN"])
async def test_a_wrong_amount_in_a_variable_is_refused_by_its_place(client: Client, shop: Shop, paid: Any) -> None:
    order = order_input("U-1", lines=[order_input("x")["lines"][0] | {"paid": paid}])
    variables = {"input": {"orders": [order], "idempotencyKey": "k"}}
    result = await client.run(operation("upsert_orders"), INGEST, variables)
    assert result.errors is not None
    assert "'$input' has invalid value at .orders[0].lines[0].paid" in result.errors[0].message
    assert "Decimal is a plain decimal in a string" in result.errors[0].message
    assert client.statements == 0
    del shop


@pytest.mark.parametrize(
    "literal", ['"2026-03-01T09:30:00"', '"tomorrow"', "20260301", "1.5", "true", "{at: 1}", "[1]"]
)
async def test_a_wrong_instant_in_the_document_is_refused(client: Client, shop: Shop, literal: str) -> None:
    result = await client.run(f"{{ orders(filter: {{placedFrom: {literal}}}) {{ totalCount }} }}", AGENT)
    assert result.errors is not None
    assert client.statements == 0
    del shop
