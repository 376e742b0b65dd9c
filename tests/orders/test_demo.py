"""Is the demo shop what it says? Every rule once, in its currency, and never in its users' way."""

from datetime import UTC, datetime, timedelta

import pytest

from bff.markets import market
from bff.orders.check import check
from bff.orders.demo import DEMO_CUSTOMER, load_demo
from bff.orders.demo_shop import before_day_off, read_shop, record_of
from bff.orders.upsert import UpsertOutcome
from bff.storage.database import Database

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, 41, 164, 300])
def test_every_order_of_the_table_adds_up_whenever_it_is_loaded(days: int) -> None:
    shop = read_shop()

    for order in shop.orders:
        record = record_of(shop, order, NOW + timedelta(days=days))
        assert check(record).total > 0
        assert max(record.placed_at, record.updated_at) <= NOW + timedelta(days=days)


def test_the_shop_sells_in_five_markets_and_in_currencies_of_zero_two_and_three_places() -> None:
    shop = read_shop()
    records = [record_of(shop, order, NOW) for order in shop.orders]

    assert {record.market for record in records} == {"SG", "CN", "DE", "US", "VN"}
    assert {"SGD", "VND", "KWD"} <= {record.currency for record in records}
    assert 38 <= len(records) == len({order.shows for order in shop.orders})


def test_every_title_is_in_two_languages() -> None:
    for product in read_shop().products:
        english, _, chinese = product.title.partition(" / ")
        assert english.isascii()
        assert chinese
        assert not chinese.isascii()


async def test_loading_twice_adds_nothing_even_a_month_later(database: Database) -> None:
    first = await load_demo(database, NOW)
    orders = await database.rows("SELECT * FROM orders ORDER BY id")

    assert first == UpsertOutcome(created=len(read_shop().orders))
    assert await load_demo(database, NOW + timedelta(days=40)) == UpsertOutcome()
    assert await database.rows("SELECT * FROM orders ORDER BY id") == orders
    assert len(await database.rows("SELECT 1 FROM quota_usages")) == 1


async def test_what_users_changed_stays_changed(database: Database) -> None:
    await load_demo(database, NOW)
    await database.run_tx(lambda tx: tx.execute("UPDATE variants SET stock = 99 WHERE sku = ?", "RUN-43"))
    await database.run_tx(lambda tx: tx.execute("UPDATE quota_usages SET used = 3"))

    await load_demo(database, NOW)

    stock = await database.rows("SELECT DISTINCT stock FROM variants WHERE sku = ?", "RUN-43")
    assert stock == [{"stock": 99}]
    assert await database.rows("SELECT used FROM quota_usages") == [{"used": 3}]


async def test_the_demo_customer_has_a_line_to_exchange_and_a_quota_in_part_used(database: Database) -> None:
    await load_demo(database, NOW)

    siblings = await database.rows(
        "SELECT o.number, count(*) AS others FROM orders o JOIN customers c ON c.id = o.customer_id"
        " JOIN order_lines l ON l.order_id = o.id JOIN variants v ON v.sku = l.sku AND v.currency = o.currency"
        " JOIN variants w ON w.product_id = v.product_id AND w.currency = v.currency AND w.id <> v.id"
        " WHERE w.stock > 0 AND c.external_id = ? AND o.number = 'SG-1001' GROUP BY o.number",
        DEMO_CUSTOMER,
    )
    assert siblings == [{"number": "SG-1001", "others": 2}]
    used = await database.rows(
        "SELECT q.code, q.used FROM quota_usages q JOIN customers c ON c.id = q.customer_id"
        " WHERE c.external_id = ? AND q.period_start <= ? AND q.resets_at > ?",
        DEMO_CUSTOMER,
        NOW,
        NOW,
    )
    assert used == [{"code": "premium_tier.instant_refund", "used": 1}]


async def test_of_three_mugs_for_ten_dollars_the_first_one_gave_back_334_cents(database: Database) -> None:
    await load_demo(database, NOW)

    line = await database.rows(
        "SELECT l.quantity, l.quantity_held, l.paid_minor, l.refunded_minor, o.refunded_minor AS of_order"
        " FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.number = 'SG-1007'"
    )
    assert [tuple(row.values()) for row in line] == [(3, 1, 1_000, 334, 334)]


@pytest.mark.parametrize("days", range(0, 60, 7))
def test_the_german_withdrawal_ends_on_a_day_off_that_is_still_to_come(days: int) -> None:
    germany, now = market("DE"), NOW + timedelta(days=days)
    delivered = before_day_off("DE", now, 14)
    last = germany.local_day(delivered) + timedelta(days=14)

    assert delivered < now
    assert last > germany.local_day(now)
    assert not germany.is_working_day(last)
