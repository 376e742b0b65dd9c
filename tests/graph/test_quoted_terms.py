"""Does a request that names a quote get those terms, and what of them may be gone meanwhile?"""

from datetime import timedelta
from typing import Any

from bff.cases.money import audit
from bff.viewer import Viewer
from tests.graph.conftest import Client
from tests.graph.dumps import dump
from tests.graph.shop import NOW, Shop, a_line, an_order
from tests.graph.test_request_return import QUOTE, errors, request, the_request

TOO_LATE = NOW + timedelta(minutes=15)


async def quoted(client: Client, viewer: Viewer, asked: dict[str, Any]) -> dict[str, Any]:
    """The same request with a token for its terms."""
    terms = {key: asked[key] for key in ("orderId", "lines", "resolution")}
    quote = (await client.ask(QUOTE, viewer, {"input": terms}))["returnQuote"]
    return asked | {"quoteToken": quote["token"]}


async def used(shop: Shop, code: str) -> list[int]:
    """How often a quota was used, if it was."""
    rows = await shop.database.rows("SELECT used FROM quota_usages WHERE code = ?", code)
    return [row["used"] for row in rows]


async def test_terms_that_are_too_old_are_refused_and_nothing_changes(shop: Shop, client: Client) -> None:
    ada = await shop.customer("ada")
    asked = await quoted(client, ada, await the_request(shop, "A-1", "2"))
    before = await dump(shop.database)

    refused = await request(client, ada, asked, now=TOO_LATE)

    assert errors(refused) == [("QUOTE_EXPIRED", ["quoteToken"])]
    assert await dump(shop.database) == before


async def test_who_asks_again_gets_the_first_answer_though_the_quote_has_expired(
    shop: Shop, client: Client
) -> None:
    ada = await shop.customer("ada")
    asked = await quoted(client, ada, await the_request(shop, "A-1", "2"))
    first = await request(client, ada, asked)

    again = await request(client, ada, asked, now=TOO_LATE)

    assert first["userErrors"] == []
    assert again == first


async def test_a_quota_that_a_quote_counted_on_and_that_is_used_up_is_told(shop: Shop, client: Client) -> None:
    numbers = [f"Q-{number}" for number in range(4)]
    await shop.take(*(an_order(number, a_line(paid="20.00")) for number in numbers))
    ada = await shop.customer("ada")
    asked = [
        await quoted(client, ada, await the_request(shop, number, idempotencyKey=number)) for number in numbers
    ]

    first = [await request(client, ada, one) for one in asked[:3]]
    before = await dump(shop.database)
    last = await request(client, ada, asked[3])

    # Three instant refunds a month: every quote promised one.
    assert [one["case"]["status"] for one in first] == ["APPROVED"] * 3
    assert errors(last) == [("QUOTA_EXHAUSTED", ["quoteToken"])]
    assert await dump(shop.database) == before
    assert await used(shop, "premium_tier.instant_refund") == [3]
    assert len(await shop.database.rows("SELECT id FROM refunds")) == 3
    assert await audit.verify(shop.database) == []


async def test_a_new_quote_counts_on_nothing_that_is_used_up(shop: Shop, client: Client) -> None:
    numbers = [f"Q-{number}" for number in range(4)]
    await shop.take(*(an_order(number, a_line(paid="20.00")) for number in numbers))
    ada = await shop.customer("ada")
    for number in numbers[:3]:
        await request(client, ada, await the_request(shop, number, idempotencyKey=number))

    last = await request(
        client, ada, await quoted(client, ada, await the_request(shop, "Q-3", idempotencyKey="k4"))
    )

    assert last["userErrors"] == []
    assert await used(shop, "premium_tier.instant_refund") == [3]


async def test_a_variant_that_is_gone_is_told_whatever_was_quoted(shop: Shop, client: Client) -> None:
    await shop.stock("SHOE-43", 1)
    ada = await shop.customer("ada")
    exchange = {"resolution": "EXCHANGE", "reason": "SIZE_OR_FIT", "exchangeSku": "SHOE-43"}
    asked = await quoted(client, ada, await the_request(shop, **exchange))
    await shop.stock("SHOE-43", 0)
    before = await dump(shop.database)

    refused = await request(client, ada, asked)

    assert errors(refused) == [("OUT_OF_STOCK", ["exchangeSku"])]
    assert await dump(shop.database) == before


async def test_quotes_taken_in_advance_do_not_keep_a_promotion_that_all_of_them_break(
    shop: Shop, client: Client
) -> None:
    promotion = {"promotion": {"id": "11.11", "threshold": "300.00"}}
    lines = [
        a_line(str(place), paid="120.00", unitPrice="150.00", discount="30.00", attributes=promotion)
        for place in (1, 2, 3)
    ]
    await shop.take(an_order("P-1", *lines, market="CN"))
    ada = await shop.customer("ada")
    asked = [
        await quoted(client, ada, await the_request(shop, "P-1", place, idempotencyKey=place)) for place in "12"
    ]
    plain = {key: asked[1][key] for key in asked[1] if key != "quoteToken"} | {"idempotencyKey": "3"}

    first = await request(client, ada, asked[0])
    before = await dump(shop.database)
    second = await request(client, ada, asked[1])
    assert await dump(shop.database) == before
    third = await request(client, ada, plain)

    assert first["case"]["lines"][0]["refundable"]["amount"] == "120.00"
    assert errors(second) == [("QUOTE_EXPIRED", ["quoteToken"])]
    assert third["case"]["lines"][0]["refundable"]["amount"] == "90.00"


async def test_quotes_taken_in_advance_share_one_quota_of_free_returns(shop: Shop, client: Client) -> None:
    numbers = [f"F-{number}" for number in range(5)]
    await shop.take(*(an_order(number, a_line(paid="900.00")) for number in numbers))
    ada = await shop.customer("ada")
    asked = [
        await quoted(client, ada, await the_request(shop, number, idempotencyKey=number)) for number in numbers
    ]

    answers = [await request(client, ada, one) for one in asked]

    assert [answer["userErrors"] for answer in answers[:3]] == [[]] * 3
    assert [errors(answer) for answer in answers[3:]] == [[("QUOTA_EXHAUSTED", ["quoteToken"])]] * 2
    assert await used(shop, "premium_tier.free_return") == [3]
