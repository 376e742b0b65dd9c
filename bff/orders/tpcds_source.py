"""What does a TPC-DS directory hold of a range of orders? Sales and returns, read by DuckDB from Parquet."""

import hashlib
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
from msgspec import Struct

from bff.orders.columns import UnreadableFileError

TABLES = ("web_sales", "web_returns", "customer", "item", "date_dim", "time_dim", "reason")
# Of one size at every scale, and looked at for every range of orders: these columns are kept in memory.
SMALL = {
    "date_dim": ("TABLE", "d_date_sk, d_date"),
    "time_dim": ("TABLE", "t_time_sk, t_time"),
    "reason": ("TABLE", "r_reason_sk, r_reason_desc"),
}
HOW_TO_MAKE = "tpcgen-cli tpcds parquet -s 0.1 -o DIR"
MAPPING = b"tpcds/2"  # raised when the same files come to mean something else

# Amounts are cents. Every generated table lacks a few values. What the others imply is taken, by identities that
# hold to the cent in all complete rows (ext = unit x quantity; list - discount = sales; sales - coupon = net;
# profit = net - wholesale; net + tax and + ship as named); what nothing implies is one unit, no tax, no discount.
SALES = """
WITH part AS (SELECT * FROM web_sales WHERE ws_order_number >= $first AND ws_order_number < $end),
counted AS (
  SELECT *,
    greatest(1, CAST(coalesce(
      ws_quantity,
      ws_ext_list_price / nullif(ws_list_price, 0),
      ws_ext_wholesale_cost / nullif(ws_wholesale_cost, 0),
      ws_ext_sales_price / nullif(ws_sales_price, 0),
      ws_ext_discount_amt / nullif(ws_list_price - ws_sales_price, 0),
      1
    ) AS INTEGER)) AS quantity,
    coalesce(
      ws_net_paid,
      ws_net_paid_inc_tax - ws_ext_tax,
      ws_ext_sales_price - ws_coupon_amt,
      ws_net_paid_inc_ship - ws_ext_ship_cost,
      ws_net_profit + ws_ext_wholesale_cost,
      ws_ext_list_price - ws_ext_discount_amt - ws_coupon_amt
    ) AS net
  FROM part
),
taxed AS (
  SELECT *,
    coalesce(ws_ext_tax, ws_net_paid_inc_tax - net, ws_net_paid_inc_ship_tax - ws_net_paid_inc_ship, 0) AS tax
  FROM counted
),
paid AS (
  SELECT *,
    coalesce(ws_net_paid_inc_tax, net + tax, ws_net_paid_inc_ship_tax - ws_ext_ship_cost, tax) AS paid
  FROM taxed
),
priced AS (
  SELECT *,
    CAST(round(100 * tax) AS BIGINT) AS tax_cents,
    CAST(round(100 * paid) AS BIGINT) AS paid_cents,
    CAST(round(100 * coalesce(
      ws_ext_ship_cost, ws_net_paid_inc_ship - net, ws_net_paid_inc_ship_tax - paid, 0
    )) AS BIGINT) AS freight_cents,
    CAST(round(100 * coalesce(
      ws_list_price,
      ws_ext_list_price / quantity,
      ws_sales_price + ws_ext_discount_amt / quantity,
      (ws_ext_sales_price + ws_ext_discount_amt) / quantity,
      0
    )) AS BIGINT) AS price_cents
  FROM paid
)
SELECT
  ws_order_number,
  max(ws_bill_customer_sk) OVER whole,
  max(sold.d_date) OVER whole + to_seconds(coalesce(max(t_time) OVER whole, 0)),
  CAST(max(shipped.d_date) OVER whole AS TIMESTAMP),
  ws_item_sk,
  quantity,
  greatest(price_cents, CAST(ceil((paid_cents - tax_cents) / quantity) AS BIGINT)),
  tax_cents,
  paid_cents,
  freight_cents,
  nullif(concat_ws(',',
    CASE WHEN ws_quantity IS NULL THEN 'quantity' END,
    CASE WHEN ws_net_paid_inc_tax IS NULL THEN 'paid' END
  ), '')
FROM priced
LEFT JOIN date_dim sold ON sold.d_date_sk = ws_sold_date_sk
LEFT JOIN date_dim shipped ON shipped.d_date_sk = ws_ship_date_sk
LEFT JOIN time_dim ON t_time_sk = ws_sold_time_sk
WINDOW whole AS (PARTITION BY ws_order_number)
ORDER BY ws_order_number, ws_item_sk
"""

RETURNS = """
SELECT
  wr_order_number AS order_number,
  wr_item_sk AS item_sk,
  coalesce(wr_return_quantity, 1) AS quantity,
  CAST(round(100 * coalesce(
    wr_return_amt_inc_tax,
    wr_return_amt + wr_return_tax,
    wr_refunded_cash + wr_reversed_charge + wr_account_credit + coalesce(wr_return_tax, 0),
    0
  )) AS BIGINT) AS refunded,
  r_reason_desc AS reason,
  d_date + to_seconds(coalesce(t_time, 0)) AS returned_at
FROM web_returns
LEFT JOIN reason ON r_reason_sk = wr_reason_sk
LEFT JOIN date_dim ON d_date_sk = wr_returned_date_sk
LEFT JOIN time_dim ON t_time_sk = wr_returned_time_sk
WHERE wr_order_number >= $first AND wr_order_number < $end
ORDER BY wr_order_number, wr_item_sk
"""


class Sale(Struct, frozen=True):
    """One line of web_sales with its order's customer and instants; amounts in cents."""

    order_number: int
    customer_sk: int | None
    placed_at: datetime | None
    shipped_at: datetime | None
    item_sk: int
    quantity: int
    price: int
    tax: int
    paid: int
    freight: int
    derived: str | None = None  # which of "quantity,paid" the benchmark left out


class Return(Struct, frozen=True):
    """One line of web_returns; `refunded` in cents, tax included."""

    order_number: int
    item_sk: int
    quantity: int
    refunded: int
    reason: str | None
    returned_at: datetime | None


class Buyer(Struct, frozen=True):
    """A customer."""

    sk: int
    name: str
    id: str
    email: str | None
    country: str | None
    preferred: bool


class Article(Struct, frozen=True):
    """An item, with its price in cents and what is in stock, if the inventory was generated too."""

    sk: int
    id: str
    title: str | None
    category: str | None
    kind: str | None
    maker_id: int | None
    maker: str | None
    size: str | None
    color: str | None
    price: int
    stock: int


class TpcdsSource:
    """A directory with one Parquet file (or folder of files) a table. Close it after use."""

    def __init__(self, directory: Path) -> None:
        self._files = {table: _files(directory, table) for table in TABLES}
        lacking = [table for table, files in self._files.items() if not files]
        if lacking:
            raise UnreadableFileError(f"{directory} lacks {', '.join(lacking)}; make them with {HOW_TO_MAKE}")
        self._duckdb = duckdb.connect(config={"threads": 2, "memory_limit": "512MB"})
        inventory = _files(directory, "inventory")
        for table, files in {**self._files, **({"inventory": inventory} if inventory else {})}.items():
            names = [str(file).replace("'", "''") for file in files]
            listed = ", ".join(f"'{name}'" for name in names)
            kind, columns = SMALL.get(table, ("VIEW", "*"))
            self._duckdb.execute(f"CREATE {kind} {table} AS SELECT {columns} FROM read_parquet([{listed}])")
        self._has_inventory = bool(inventory)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._duckdb.close()

    def digest(self) -> str:
        """The name of the content of every table that is read."""
        content = hashlib.sha256(MAPPING)
        for files in self._files.values():
            for file in files:
                with file.open("rb") as opened:
                    content.update(hashlib.file_digest(opened, "sha256").digest())
        return content.hexdigest()

    def last_order(self) -> int:
        """The largest order number; they count from 1."""
        row = self._duckdb.execute("SELECT coalesce(max(ws_order_number), 0) FROM web_sales").fetchone()
        return int(row[0]) if row else 0

    def sales(self, first: int, end: int) -> list[Sale]:
        """The sales of the orders from `first` to before `end`, in order."""
        return [Sale(*row) for row in self._rows(SALES, {"first": first, "end": end})]

    def returns(self, first: int, end: int) -> list[Return]:
        """The returns of those orders."""
        return [Return(*row) for row in self._rows(RETURNS, {"first": first, "end": end})]

    def buyers(self, keys: set[int]) -> dict[int, Buyer]:
        """Those customers."""
        rows = self._rows(
            "SELECT c_customer_sk, trim(concat_ws(' ', c_first_name, c_last_name)), c_customer_id,"
            " c_email_address, c_birth_country, coalesce(c_preferred_cust_flag = 'Y', false)"
            " FROM customer SEMI JOIN (SELECT unnest($keys) AS sk) wanted ON wanted.sk = c_customer_sk",
            {"keys": sorted(keys)},
        )
        return {row[0]: Buyer(*row) for row in rows}

    def articles(self) -> dict[int, Article]:
        """Every item: 2,000 of them at the smallest scale, 300,000 at a thousand times it."""
        stock = (
            "SELECT inv_item_sk AS sk, sum(inv_quantity_on_hand) AS stock FROM inventory"
            " WHERE inv_date_sk = (SELECT max(inv_date_sk) FROM inventory) GROUP BY 1"
            if self._has_inventory
            else "SELECT NULL AS sk, 0 AS stock"
        )
        rows = self._rows(
            "SELECT i_item_sk, i_item_id, i_product_name, i_category, i_class, i_manufact_id, i_manufact,"
            " nullif(i_size, 'N/A'), i_color, CAST(coalesce(i_current_price, 0) * 100 AS BIGINT),"
            " CAST(coalesce(stock.stock, 0) AS BIGINT)"
            f" FROM item LEFT JOIN ({stock}) stock ON stock.sk = i_item_sk",
            {},
        )
        return {row[0]: Article(*row) for row in rows}

    def _rows(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        return self._duckdb.execute(sql, values).fetchall()


def _files(directory: Path, table: str) -> list[Path]:
    single = directory / f"{table}.parquet"
    return [single] if single.is_file() else sorted((directory / table).glob("*.parquet"))
