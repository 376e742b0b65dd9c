"""What stands on the shelf? The benchmark's items as products and variants, in the currencies they sell in."""

from collections.abc import Sequence
from uuid import UUID

from bff.orders.parties import Named, add_products, add_variants, product_ids
from bff.orders.records import OrderRecord
from bff.orders.tpcds_mapping import category_path
from bff.orders.tpcds_source import Article
from bff.storage.database import Connection
from bff.storage.fields import new_id

SKU = "tpcds-"


def merchant_of(article: Article) -> tuple[str, str]:
    """External id and name: the manufacturers are the merchants."""
    return f"tpcds-{article.maker_id or 0}", article.maker or "Unknown maker"


class Shelf:
    """Puts what orders name into the catalogue once; the items of one `i_item_id` are siblings."""

    def __init__(self, articles: dict[int, Article]) -> None:
        self._articles = articles
        self._filled: set[tuple[int, str]] = set()

    async def fill(self, connection: Connection, records: Sequence[OrderRecord]) -> None:
        """Adds the products and variants that are new in these orders, whose merchants are known by now."""
        fresh = sorted(_named(records) - self._filled)
        if not fresh:
            return
        articles = {key: self._articles[key] for key, _ in fresh}
        merchants = await _merchants(connection, [merchant_of(one)[0] for one in articles.values()])
        named = {
            key: (merchants[merchant_of(one)[0]], one.id)
            for key, one in articles.items()
            if merchant_of(one)[0] in merchants  # those of rejected orders were never made
        }
        products = {
            place: (new_id(), *place, articles[key].title or place[1], _category(articles[key]))
            for key, place in named.items()
        }
        await add_products(connection, products.values())
        ids = await product_ids(connection, {place[1] for place in products})
        await add_variants(
            connection,
            [
                (
                    new_id(),
                    ids[named[key]],
                    f"{SKU}{key}",
                    " ".join(part for part in (articles[key].size, articles[key].color) if part) or None,
                    currency,
                    articles[key].price,
                    articles[key].stock,
                    None,
                )
                for key, currency in fresh
                if key in named
            ],
        )

    def filled(self, records: Sequence[OrderRecord]) -> None:
        """Remembers, after the commit, what need not be added again."""
        self._filled |= _named(records)


def _named(records: Sequence[OrderRecord]) -> set[tuple[int, str]]:
    return {(int(line.sku.removeprefix(SKU)), record.currency) for record in records for line in record.lines}


def _category(article: Article) -> str:
    return category_path(article.category, article.kind)


async def _merchants(connection: Connection, names: list[str]) -> dict[str, UUID]:
    sql, listed = connection.among("external_id", sorted(set(names)))
    found = await connection.structs(Named, f"SELECT id, external_id FROM merchants WHERE {sql}", listed)
    return {one.external_id: one.id for one in found}
