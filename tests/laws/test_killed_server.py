"""Is what was acknowledged there after the server was killed, again and again? And is nothing paid twice?"""

import asyncio
import os
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2 as httpx
from msgspec import Struct

from bff.cases.money import audit
from bff.http.tokens import Keyring, mint
from bff.orders.records import read_record
from bff.payments import book as books
from bff.payments.behaviour import Behaviour
from bff.payments.book import Book
from bff.settings import DEMO_KEY
from bff.storage.database import Database
from bff.vocabulary import PaymentMethod, Role
from tests.graph.shop import Shop
from tests.laws.orders import CUSTOMER, ALine, AnOrder, record
from tests.laws.storm import Sent, Server, Storm, post, told

KILLS = int(os.environ.get("BFF_TEST_KILLS", "2"))
ORDERS = 24
BEHAVIOURS = (
    *(Behaviour.PAYS, Behaviour.ACCEPTS, Behaviour.PAYS, Behaviour.DECLINES),
    *(Behaviour.ANSWER_LOST, Behaviour.BUSY, Behaviour.REQUEST_LOST, Behaviour.FAILS_LATER),
)
BOUND = {"NOT_FOUND", "FORBIDDEN", "INVALID_INPUT", "VERSION_CONFLICT"}  # whose keys stay free


class _Tender(Struct, frozen=True):
    key: str
    payment: str
    amount: int
    status: str


TENDERS = """
    SELECT t.provider_key, p.external_id, t.amount_minor, t.status FROM refund_tenders t
    JOIN payments p ON p.id = t.payment_id
"""


async def fill(database: Database) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Orders of odd prices, and who asks about them: tokens, and (order, line) ids."""
    shop, now = Shop(database), datetime.now(UTC)
    for number in range(ORDERS):
        line = ALine(5, 10_001 + number, 3, "north", "apparel/shoes", is_promoted=False)
        behaviour = BEHAVIOURS[number % len(BEHAVIOURS)]
        order = AnOrder(
            *(("SG", "SGD"), [line], 0, [(PaymentMethod.CARD, 1, behaviour)], 1.0),
            is_premium=number % 2 == 0,
            threshold=1,
        )
        await shop.take(read_record(record(order, f"K-{number}", now)))
    keyring = Keyring((DEMO_KEY,))
    ada, north = (await shop.customer(CUSTOMER)).customer_id, (await shop.merchant("north")).merchant_id
    tokens = {
        "ada": mint(keyring, Role.CUSTOMER, str(ada), seconds=3600),
        "north": mint(keyring, Role.MERCHANT, str(north), seconds=3600),
    }
    numbers = [f"K-{number}" for number in range(ORDERS)]
    return tokens, [(await shop.order_id(one), await shop.line_id(one, "0")) for one in numbers]


def environment(folder: Path) -> dict[str, str]:
    """A provider that is quick to answer, with a book of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BFF_")}
    return kept | {
        "BFF_EMBEDDED_BOOK": str(folder / "book.sqlite3"),
        "BFF_EMBEDDED_LATENCY": "0.01",
        "BFF_EMBEDDED_TIMEOUT": "0.2",
        "BFF_EMBEDDED_SETTLES_AFTER": "0.5",
    }


def replayed(server: Server, storm: Storm) -> list[tuple[Sent, str]]:
    """Everything that was sent, sent again under its key: what was answered otherwise than before."""
    wrong = []
    with httpx.Client(base_url=server.url, timeout=20) as http:
        for one in storm.sent:
            answer = post(http, storm.tokens[one.who], one.name, one.asked)
            assert "errors" not in answer, (one, answer)
            again = told(answer["data"][one.name])
            if one.answer is not None and one.answer not in BOUND and again != one.answer:
                wrong.append((one, again))
    return wrong


async def ended(database: Database, seconds: float = 60) -> None:
    """Waits until no refund is under way."""
    async with asyncio.timeout(seconds):
        while await database.rows(  # noqa: ASYNC110 - what it waits for is in a database
            "SELECT 1 FROM refunds WHERE status IN ('PENDING', 'PROCESSING') LIMIT 1"
        ):
            await asyncio.sleep(0.1)


async def books_agree(database: Database, path: Path) -> None:
    """What the provider has paid is what refunds say, by key; no payment gave back more than was captured."""
    assert await audit.verify(database) == []
    book = Book(path)
    try:
        paid = await book.visit(
            lambda connection: {
                key: (payment, minor)
                for key, payment, minor in connection.execute(
                    "SELECT key, payment, minor FROM refunds WHERE status = 'succeeded'"
                )
            }
        )
        sums = await book.visit(books.paid_by_payment)
    finally:
        book.close()
    tenders = await database.structs(_Tender, TENDERS)
    assert paid == {one.key: (one.payment, one.amount) for one in tenders if one.status == "SUCCEEDED"}
    captured = await database.rows("SELECT external_id, captured_minor FROM payments")
    assert all(sums.get((row["external_id"], "SGD"), 0) <= row["captured_minor"] for row in captured)


async def test_what_was_acknowledged_outlives_the_server_and_nothing_is_paid_twice(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    tokens, orders = await fill(database)
    server, storm, die = Server(database_address, environment(tmp_path)), Storm(tokens, orders, 7), random.Random()  # noqa: S311
    try:
        for _ in range(KILLS):
            await asyncio.to_thread(server.start)
            await asyncio.to_thread(storm.blow, server, die.uniform(1.0, 3.0))
        await asyncio.to_thread(server.start)
        wrong = await asyncio.to_thread(replayed, server, storm)
        await ended(database)
    finally:
        server.kill()

    done: Counter[Any] = Counter(
        one.name for one in storm.sent if one.answer is not None and one.answer not in BOUND
    )
    print("started in", [round(one, 2) for one in server.waited], "acknowledged", dict(done))  # noqa: T201
    assert wrong == []
    assert storm.faults == []
    assert {"requestReturn", "openTicket", "issueRefund"} <= set(done)
    assert await database.rows("SELECT 1 FROM refunds WHERE status = 'SUCCEEDED' LIMIT 1")
    await books_agree(database, tmp_path / "book.sqlite3")
