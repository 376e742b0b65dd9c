"""How does a benchmark become a history? TPC-DS web sales as orders, web returns as completed cases.

A TPC-DS cent is one minor unit of the currency of the customer's market: 10.70 is 10.70 SGD and 1,070 VND, so
sums in minor units equal the benchmark's sums in cents. The benchmark knows no delivery: a parcel arrives three
days after the last of an order's goods was shipped.
"""

from collections.abc import Iterator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import msgspec
from msgspec import Struct

from bff.markets import market
from bff.money import decimal_text
from bff.orders import progress
from bff.orders.ahead import ahead
from bff.orders.files import ImportOutcome, Reject
from bff.orders.progress import OnProgress, Progress, unwatched
from bff.orders.records import CustomerRecord, LineRecord, OrderRecord, PaymentRecord, ShipmentRecord
from bff.orders.tpcds_cases import add_cases
from bff.orders.tpcds_catalogue import Goods, Shelf, SoldIn, goods_of
from bff.orders.tpcds_mapping import MARKET_OF, OTHER_MARKET, PREMIUM
from bff.orders.tpcds_source import Buyer, Return, Sale, TpcdsSource
from bff.orders.upsert import Checked, UpsertOutcome, check_all, upsert_in
from bff.storage.database import Connection, Database
from bff.vocabulary import OrderStatus, PaymentMethod, ShipmentStatus

ORDERS_A_BATCH = 400
IN_TRANSIT = timedelta(days=3)
REJECTS = "tpcds.rejects.jsonl"


class Batch(Struct, frozen=True):
    """The orders of a range of order numbers up to `done`, with their returns, and those that cannot be read."""

    done: int
    records: list[OrderRecord]
    checked: Checked
    returns: list[Return]
    unreadable: list[Reject]
    sold: SoldIn


async def import_tpcds(
    database: Database, directory: Path, now: datetime, on_progress: OnProgress = unwatched
) -> ImportOutcome:
    """Takes the web sales and returns of a directory that tpcgen-cli wrote as Parquet.

    Range by range of order numbers, so memory stays flat; an interrupted import goes on where its last
    transaction ended, and a second one changes nothing. Raises UnreadableFileError when a table lacks.
    """
    aside = directory / REJECTS
    with TpcdsSource(directory) as source:
        name, last = source.digest(), source.last_order()
        skipped = await progress.position(database, name)
        outcome = ImportOutcome(skipped=skipped)
        goods = {key: goods_of(article) for key, article in source.articles().items()}
        shelf = Shelf(goods)
        with aside.open("ab" if skipped else "wb") as rejects:
            async with aclosing(ahead(_batches(source, goods, skipped, last))) as batches:
                async for batch in batches:
                    result = await _take(database, batch, shelf, (name, batch.done, now))
                    rejects.writelines(msgspec.json.encode(one) + b"\n" for one in _rejects(batch, result))
                    _add(outcome, batch, result)
                    counts = (outcome.orders, outcome.lines, outcome.rejected)
                    on_progress(Progress(batch.done, last, "orders", *counts))
    await progress.finish(database, name)
    if aside.stat().st_size:
        outcome.rejects = aside
    else:
        aside.unlink()
    return outcome


async def _take(database: Database, batch: Batch, shelf: Shelf, mark: tuple[str, int, datetime]) -> UpsertOutcome:
    """One transaction: orders, their goods on the shelf, cases for what came back, and the position."""

    async def work(connection: Connection) -> UpsertOutcome:
        result = await upsert_in(connection, batch.checked)
        await shelf.fill(connection, batch.sold)
        await add_cases(connection, batch.returns)
        await progress.move_on(connection, *mark)
        return result

    result = await database.run_tx(work)
    shelf.filled(batch.sold)
    return result


def _rejects(batch: Batch, result: UpsertOutcome) -> Iterator[Reject]:
    yield from batch.unreadable
    for one in result.rejected:
        number = batch.records[one.index].number
        yield Reject(int(number.removeprefix("TPCDS-")), number, one.field.partition("].")[2], one.reason)


def _add(outcome: ImportOutcome, batch: Batch, result: UpsertOutcome) -> None:
    bad = {one.index for one in result.rejected}
    outcome.created += result.created
    outcome.updated += result.updated
    outcome.unchanged += result.unchanged
    outcome.rejected += len(batch.unreadable) + len(bad)
    outcome.lines += sum(len(record.lines) for i, record in enumerate(batch.records) if i not in bad)


def _batches(source: TpcdsSource, goods: Mapping[int, Goods], skipped: int, last: int) -> Iterator[Batch]:
    for first in range(skipped + 1, last + 1, ORDERS_A_BATCH):
        yield read_batch(source, goods, first, min(first + ORDERS_A_BATCH, last + 1))


def read_batch(source: TpcdsSource, goods: Mapping[int, Goods], first: int, end: int) -> Batch:
    """The orders numbered from `first` to before `end`."""
    sales = source.sales(first, end)
    buyers = source.buyers({sale.customer_sk for sale in sales if sale.customer_sk is not None})
    records: list[OrderRecord] = []
    unreadable: list[Reject] = []
    sold: set[tuple[int, str]] = set()
    for number, group in groupby(sales, key=lambda sale: sale.order_number):
        lines = list(group)
        buyer = buyers.get(lines[0].customer_sk or 0)
        lack = what_lacks(lines, buyer)
        if lack or buyer is None:
            unreadable.append(Reject(number, order_name(number), "", lack))
        else:
            record = order_of(lines, buyer, goods)
            records.append(record)
            sold.update((sale.item_sk, record.currency) for sale in lines)
    return Batch(end - 1, records, check_all(records), source.returns(first, end), unreadable, sold)


def what_lacks(lines: list[Sale], buyer: Buyer | None) -> str:
    """Why these sales are no order, or nothing."""
    if buyer is None:
        return "has no customer"
    if lines[0].placed_at is None:
        return "has no date"
    return ""


def order_of(sales: list[Sale], buyer: Buyer, goods: Mapping[int, Goods]) -> OrderRecord:
    """The order of these sales, none of which lacks anything."""
    home = MARKET_OF.get(buyer.country or "", OTHER_MARKET)
    currency = market(home).currency
    placed = _utc(sales[0].placed_at)
    # A parcel is never shipped before its order is placed; nor is a date that lacks a reason to reject.
    shipped = max(placed, _utc(sales[0].shipped_at or sales[0].placed_at))
    delivered = shipped + IN_TRANSIT
    freight = sum(sale.freight for sale in sales)
    total = decimal_text(freight + sum(sale.paid for sale in sales), currency)
    return OrderRecord(
        number=order_name(sales[0].order_number),
        external_id=str(sales[0].order_number),
        market=home,
        currency=currency,
        status=OrderStatus.DELIVERED,
        placed_at=placed,
        delivered_at=delivered,
        updated_at=delivered,
        customer=customer_of(buyer),
        lines=[line_of(sale, goods[sale.item_sk], currency) for sale in sales],
        shipping_fee=decimal_text(freight, currency),
        payments=[PaymentRecord(external_id="1", method=PaymentMethod.CARD, captured=total, label="Card")],
        shipments=[parcel_of(shipped, delivered)],
    )


def customer_of(buyer: Buyer) -> CustomerRecord:
    """Preferred customers are premium."""
    return CustomerRecord(
        external_id=buyer.id,
        display_name=buyer.name or buyer.id,
        email=buyer.email,
        segments=[PREMIUM] if buyer.preferred else [],
    )


def parcel_of(shipped: datetime, delivered: datetime) -> ShipmentRecord:
    """One parcel with the whole order in it."""
    return ShipmentRecord(
        external_id="1",
        carrier="TPC-DS",
        status=ShipmentStatus.DELIVERED,
        shipped_at=shipped,
        delivered_at=delivered,
    )


def line_of(sale: Sale, goods: Goods, currency: str) -> LineRecord:
    """List prices stand before tax; every discount and coupon together is what was not paid of them."""
    return LineRecord(
        external_id=str(sale.item_sk),
        merchant_external_id=goods.merchant,
        merchant_name=goods.merchant_name,
        sku=goods.sku,
        title=goods.title,
        variant=goods.variant,
        category=goods.category,
        quantity=sale.quantity,
        unit_price=decimal_text(sale.price, currency),
        discount=decimal_text(sale.price * sale.quantity - (sale.paid - sale.tax), currency),
        tax=decimal_text(sale.tax, currency),
        paid=decimal_text(sale.paid, currency),
        attributes={"derived": sale.derived.split(",")} if sale.derived else None,
    )


def order_name(number: int) -> str:
    """The number under which an order of the benchmark is kept."""
    return f"TPCDS-{number}"


def _utc(at: datetime | None) -> datetime:
    """The benchmark's clocks have no zone: they are taken to stand in UTC."""
    assert at is not None  # what_lacks has looked
    return at.replace(tzinfo=UTC)
