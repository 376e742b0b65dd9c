"""What stands on the shelf? The benchmark's items as products and variants, in the currencies they sell in."""

from collections.abc import Mapping
from uuid import UUID

from msgspec import Struct

from bff.orders.parties import Named, add_products, add_variants, product_ids
from bff.orders.tpcds_mapping import category_path
from bff.orders.tpcds_source import Article
from bff.storage.database import Connection
from bff.storage.fields import new_id


class Goods(Struct, frozen=True):
    """An item as orders and the catalogue name it, worked out once; the items of one product are siblings."""

    merchant: str
    merchant_name: str
    product: str
    sku: str
    title: str
    variant: str | None
    category: str
    price: int
    stock: int


SoldIn = set[tuple[int, str]]  # items and the currencies they were sold in


def goods_of(article: Article) -> Goods:
    """The manufacturers are the merchants."""
    return Goods(
        merchant=f"tpcds-{article.maker_id or 0}",
        merchant_name=article.maker or "Unknown maker",
        product=article.id,
        sku=f"tpcds-{article.sk}",
        title=article.title or article.id,
        variant=" ".join(part for part in (article.size, article.color) if part) or None,
        category=category_path(article.category, article.kind),
        price=article.price,
        stock=article.stock,
    )


class Shelf:
    """Puts what orders name into the catalogue once."""

    def __init__(self, goods: Mapping[int, Goods]) -> None:
        self._goods = goods
        self._filled: set[tuple[int, str]] = set()

    async def fill(self, connection: Connection, named: SoldIn) -> None:
        """Adds the products and variants that are new among these, whose merchants are known by now."""
        sold = [(self._goods[key], currency) for key, currency in sorted(named - self._filled)]
        merchants = await _merchants(connection, [one.merchant for one, _ in sold])
        fresh = [
            (merchants[one.merchant], one, currency)
            for one, currency in sold
            if one.merchant in merchants  # those of rejected orders were never made
        ]
        if not fresh:
            return
        products = {
            (merchant, one.product): (new_id(), merchant, one.product, one.title, one.category)
            for merchant, one, _ in fresh
        }
        await add_products(connection, products.values())
        ids = await product_ids(connection, {product for _, product in products})
        await add_variants(
            connection,
            [
                (
                    new_id(),
                    ids[(merchant, one.product)],
                    one.sku,
                    one.variant,
                    currency,
                    one.price,
                    one.stock,
                    None,
                )
                for merchant, one, currency in fresh
            ],
        )

    def filled(self, named: SoldIn) -> None:
        """Remembers, after the commit, what need not be added again."""
        self._filled |= named


async def _merchants(connection: Connection, names: list[str]) -> dict[str, UUID]:
    if not names:
        return {}
    sql, listed = connection.among("external_id", sorted(set(names)))
    found = await connection.structs(Named, f"SELECT id, external_id FROM merchants WHERE {sql}", listed)
    return {one.external_id: one.id for one in found}
