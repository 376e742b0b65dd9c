"""Whose money is it? Lives of cases in the small shop of the graph's tests, paid by the worker's steps."""

from collections.abc import AsyncIterator

import pytest

from bff.payments.book import Book
from bff.storage.database import Database
from tests.graph.conftest import Client, client, kernel, schema, shop
from tests.graph.shop import Shop
from tests.money_defects.life import Life
from tests.money_defects.till import Till

__all__ = ["client", "kernel", "schema", "shop"]


@pytest.fixture
async def till(database: Database) -> AsyncIterator[Till]:
    """Whoever pays: the steps of the worker, and the embedded provider."""
    book = Book()
    opened = Till(database, book)
    yield opened
    await opened.refunding.stop()
    book.close()


@pytest.fixture
def life(client: Client, shop: Shop, till: Till) -> Life:
    """A shop in which things happen through mutations alone."""
    return Life(client, shop, till)
