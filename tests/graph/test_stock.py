"""Is what a warehouse counts what may be had in exchange? And what is put aside stays there."""

from typing import Any

from tests.graph.conftest import Client
from tests.graph.shop import AGENT, INGEST, Shop

SET = "mutation ($input: SetStockInput!) { setStock(input: $input) { updated userErrors { code path } } }"


def levels(*counts: tuple[str, int]) -> dict[str, Any]:
    """Counts of the Shoe House by sku."""
    found = [
        {"merchantExternalId": "shoe-house", "sku": sku, "currency": "SGD", "stock": stock}
        for sku, stock in counts
    ]
    return {"input": {"levels": found, "idempotencyKey": "s1"}}


async def on_shelf(shop: Shop, sku: str) -> tuple[int, int]:
    """Stock and what is put aside."""
    (row,) = await shop.database.rows("SELECT stock, reserved FROM variants WHERE sku = ?", sku)
    return row["stock"], row["reserved"]


async def test_good_levels_are_set_and_bad_ones_reported(shop: Shop, client: Client) -> None:
    answer = await client.ask(SET, INGEST, levels(("SHOE-43", 7), ("SHOE-42", -1), ("SHOE-99", 1)))

    assert answer["setStock"] == {
        "updated": 1,
        "userErrors": [
            {"code": "INVALID_INPUT", "path": ["levels", "1", "stock"]},
            {"code": "NOT_FOUND", "path": ["levels", "2", "sku"]},
        ],
    }
    assert await on_shelf(shop, "SHOE-43") == (7, 0)


async def test_units_that_are_put_aside_are_there_until_they_are_sent(shop: Shop, client: Client) -> None:
    await shop.change("UPDATE variants SET stock = 5, reserved = 3 WHERE sku = 'SHOE-43'")

    await client.ask(SET, INGEST, levels(("SHOE-43", 1)))

    assert await on_shelf(shop, "SHOE-43") == (3, 3)


async def test_only_ingest_counts(shop: Shop, client: Client) -> None:
    assert await client.refused(SET, AGENT, levels(("SHOE-43", 1))) == ("FORBIDDEN", [])
    assert await client.refused(SET, None, levels(("SHOE-43", 1))) == ("UNAUTHENTICATED", [])
    assert await client.refused(SET, INGEST, levels()) == ("BAD_USER_INPUT", ["input", "levels"])
    assert await on_shelf(shop, "SHOE-43") == (0, 0)


async def test_counts_that_are_sent_again_do_not_undo_what_came_after(shop: Shop, client: Client) -> None:
    await client.ask(SET, INGEST, levels(("SHOE-43", 7)))
    await shop.stock("SHOE-43", 6)

    again = await client.ask(SET, INGEST, levels(("SHOE-43", 7)))
    other = await client.ask(SET, INGEST, levels(("SHOE-43", 8)))

    assert again["setStock"] == {"updated": 1, "userErrors": []}
    conflict = {"code": "IDEMPOTENCY_CONFLICT", "path": ["idempotencyKey"]}
    assert other["setStock"] == {"updated": 0, "userErrors": [conflict]}
    assert await on_shelf(shop, "SHOE-43") == (6, 0)


async def test_the_key_of_counts_of_which_some_were_wrong_is_still_free(shop: Shop, client: Client) -> None:
    await client.ask(SET, INGEST, levels(("SHOE-43", 7), ("SHOE-99", 1)))

    answer = await client.ask(SET, INGEST, levels(("SHOE-43", 8)))

    assert answer["setStock"] == {"updated": 1, "userErrors": []}
    assert await on_shelf(shop, "SHOE-43") == (8, 0)


async def test_a_name_that_no_database_holds_is_reported_and_stops_no_other(shop: Shop, client: Client) -> None:
    answer = await client.ask(SET, INGEST, levels(("SHOE\0", -1), ("SHOE-43", 7)))

    assert answer["setStock"] == {
        "updated": 1,
        "userErrors": [
            {"code": "INVALID_INPUT", "path": ["levels", "0", "stock"]},
            {"code": "INVALID_INPUT", "path": ["levels", "0", "sku"]},
        ],
    }
    assert await on_shelf(shop, "SHOE-43") == (7, 0)
