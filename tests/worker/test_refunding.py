"""Does each behaviour of a provider lead to its end, with the money where it belongs?"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from msgspec import structs

from bff.cases.money import ledger, refund_results
from bff.cases.standing import Author
from bff.payments.behaviour import Behaviour
from bff.payments.book import Book
from bff.payments.embedded import EmbeddedProvider, Manner
from bff.payments.provider import Outcome, RefundOrder
from bff.storage.database import Database
from bff.vocabulary import AccountKind, Role
from tests.cases.an_order import AT, sums
from tests.worker.refund_kit import (
    QUICK,
    ARefund,
    a_refund,
    balance,
    books_agree,
    embedded_at,
    ends,
    paying,
    status,
    tenders_of,
    told,
    until,
)


@pytest.fixture
def book() -> Iterator[Book]:
    opened = Book()
    yield opened
    opened.close()


@pytest.mark.parametrize("ending", ["pays", "accepts", "answer-lost", "request-lost", "busy"])
async def test_a_refund_is_paid_once_however_its_provider_behaves(
    database: Database, book: Book, ending: str
) -> None:
    refund = await a_refund(database, ending)
    provider = embedded_at(book)
    async with paying(database, provider):
        await ends(database, refund.id, "SUCCEEDED")

    assert await provider.paid() == {(refund.names[0], "SGD"): 1000}
    assert await tenders_of(database, refund.id) == [("SUCCEEDED", None)]
    assert await balance(database, AccountKind.PROVIDER) == 1000
    assert await balance(database, AccountKind.CUSTOMER) == 0
    assert await told(database, refund.case.id) == ["refund_paid", "case_completed"]
    await books_agree(database)


@pytest.mark.parametrize(
    ("ending", "failure"), [("declines", "embedded.refused"), ("fails-later", "embedded.account_closed")]
)
async def test_a_refund_that_is_declined_has_failed_and_gives_its_money_back(
    database: Database, book: Book, ending: str, failure: str
) -> None:
    refund = await a_refund(database, ending)
    provider = embedded_at(book)
    async with paying(database, provider):
        await ends(database, refund.id, "FAILED")

    assert await provider.paid() == {}
    assert await tenders_of(database, refund.id) == [("FAILED", failure)]
    assert await sums(database, "orders", refund.order.id) == (0, 0)
    assert await balance(database, AccountKind.CUSTOMER) == 1000
    assert await told(database, refund.case.id) == ["refund_failed"]
    await books_agree(database)


async def test_a_declined_refund_is_tried_again_under_a_new_key(database: Database, book: Book) -> None:
    refund = await a_refund(database, "card")
    provider = embedded_at(book, first("declines"))
    async with paying(database, provider):
        await ends(database, refund.id, "FAILED")
        await retried(database, refund)
        await ends(database, refund.id, "SUCCEEDED")

    assert await provider.paid() == {(refund.names[0], "SGD"): 1000}
    assert await keys(database, refund.id) == [f"refund-{refund.id}-1-2"]
    assert await told(database, refund.case.id) == [
        "refund_failed",
        "refund_retried",
        "refund_paid",
        "case_completed",
    ]
    assert await balance(database, AccountKind.CUSTOMER) == 0
    await books_agree(database)


async def test_a_refund_that_comes_back_is_owed_again_and_can_be_paid_again(
    database: Database, book: Book
) -> None:
    refund = await a_refund(database, "card")
    provider = embedded_at(book, first("comes-back"))
    async with paying(database, provider):
        await ends(database, refund.id, "SUCCEEDED")
        await ends(database, refund.id, "FAILED")
        assert await sums(database, "orders", refund.order.id) == (0, 0)
        assert await balance(database, AccountKind.CUSTOMER) == 1000
        assert await balance(database, AccountKind.PROVIDER) == 0
        await books_agree(database)
        await retried(database, refund)
        await ends(database, refund.id, "SUCCEEDED")

    assert await provider.paid() == {(refund.names[0], "SGD"): 1000}
    assert await sums(database, "orders", refund.order.id) == (0, 1000)
    assert await balance(database, AccountKind.PROVIDER) == 1000
    assert "refund_came_back" in await told(database, refund.case.id)
    await books_agree(database)


async def test_what_was_declined_of_a_split_refund_is_tried_again_and_the_rest_stays_paid(
    database: Database, book: Book
) -> None:
    refund = await a_refund(database, "one-card", "other-declines")
    provider = embedded_at(book, first("declines", of="declines"))
    async with paying(database, provider):
        await until(lambda: is_stuck(database, refund))
        assert await status(database, refund.id) == "PROCESSING"
        assert await tenders_of(database, refund.id) == [("SUCCEEDED", None), ("FAILED", "embedded.refused")]
        assert await sums(database, "orders", refund.order.id) == (1000, 0)
        assert [await sums(database, "payments", key) for key in refund.order.payments] == [(0, 500), (500, 0)]
        assert await balance(database, AccountKind.CUSTOMER) == 500
        await books_agree(database)
        await retried(database, refund)
        await ends(database, refund.id, "SUCCEEDED")

    assert await provider.paid() == {(name, "SGD"): 500 for name in refund.names}
    assert await keys(database, refund.id) == [f"refund-{refund.id}-1", f"refund-{refund.id}-2-2"]
    assert await told(database, refund.case.id) == [
        "refund_failed",
        "refund_retried",
        "refund_paid",
        "case_completed",
    ]
    await books_agree(database)


async def test_one_tender_of_two_that_comes_back_leaves_the_other_paid(database: Database, book: Book) -> None:
    refund = await a_refund(database, "one-card", "other-comes-back")
    provider = embedded_at(book)
    async with paying(database, provider):
        await ends(database, refund.id, "SUCCEEDED")
        await ends(database, refund.id, "PROCESSING")

    assert await tenders_of(database, refund.id) == [("SUCCEEDED", None), ("FAILED", "embedded.sent_back")]
    assert await sums(database, "orders", refund.order.id) == (1000, 0)
    assert await provider.paid() == {(refund.names[0], "SGD"): 500}
    await books_agree(database)


async def test_cash_and_gift_cards_come_back_as_store_credit_without_a_provider(
    database: Database, book: Book
) -> None:
    tenders = [("CARD", 500), ("CASH_ON_DELIVERY", 300), ("GIFT_CARD", 200)]
    refund = await a_refund(database, "card", tenders=tenders)
    assert await status(database, refund.id) == "PROCESSING"
    assert await balance(database, AccountKind.STORE_CREDIT) == 500
    provider = embedded_at(book)
    async with paying(database, provider):
        await ends(database, refund.id, "SUCCEEDED")

    assert await provider.paid() == {(refund.names[0], "SGD"): 500}
    assert await ledger.credits_of(database, refund.order.customer) == {"SGD": 500}
    await books_agree(database)


async def test_an_order_paid_in_cash_is_refunded_at_once(database: Database) -> None:
    refund = await a_refund(database, tenders=[("CASH_ON_DELIVERY", 1000)])

    assert await status(database, refund.id) == "SUCCEEDED"
    assert await ledger.credits_of(database, refund.order.customer) == {"SGD": 1000}
    await books_agree(database)


async def test_forty_refunds_are_each_paid_once_by_two_processes_that_share_a_lock(
    database: Database, book: Book, tmp_path: Path
) -> None:
    refunds = [await a_refund(database, "busy" if number % 4 else "accepts") for number in range(40)]
    lock, provider = tmp_path / "lock", embedded_at(book)
    async with paying(database, provider, lock) as one, paying(database, provider, lock) as two:
        for refund in refunds:
            await ends(database, refund.id, "SUCCEEDED")
        assert [one.is_paying, two.is_paying].count(True) == 1

    assert await provider.paid() == {(refund.names[0], "SGD"): 1000 for refund in refunds}
    assert await balance(database, AccountKind.PROVIDER) == 40_000
    await books_agree(database)


async def test_whoever_has_the_turn_next_goes_on_with_what_was_begun(
    database: Database, book: Book, tmp_path: Path
) -> None:
    refund, provider = (
        await a_refund(database, "accepts"),
        embedded_at(book, structs.replace(QUICK, settles_after=1.0)),
    )
    async with paying(database, provider, tmp_path / "lock"):
        await ends(database, refund.id, "PROCESSING")
    async with paying(database, provider, tmp_path / "lock"):
        await ends(database, refund.id, "SUCCEEDED")

    assert await provider.paid() == {(refund.names[0], "SGD"): 1000}


async def test_a_fault_of_ours_while_asking_leaves_the_money_held_and_asks_again(
    database: Database, book: Book
) -> None:
    provider = Faulty(book)
    refund = await a_refund(database, "pays")
    async with paying(database, provider):
        await ends(database, refund.id, "SUCCEEDED")

    assert provider.asked == 3
    assert await provider.paid() == {(refund.names[0], "SGD"): 1000}


class Faulty(EmbeddedProvider):
    """Pays, then falls over: twice. It tells nobody."""

    def __init__(self, book: Book) -> None:
        super().__init__(book, ["whsec_faulty"], structs.replace(QUICK, copies=0))
        self.asked = 0

    async def refund(self, order: RefundOrder) -> Outcome:
        self.asked += 1
        outcome = await super().refund(order)
        if self.asked < 3:
            raise RuntimeError("fell over")
        return outcome


def first(behaviour: str, of: str = "") -> Manner:
    """Each order whose payment ends in `of` behaves like that under its first key, and pays under another."""

    def script(order: RefundOrder, _: int) -> Behaviour:
        is_first = order.key.count("-") == 6
        return Behaviour(behaviour) if is_first and order.payment.endswith(of) else Behaviour.PAYS

    return structs.replace(QUICK, script=script)


async def retried(database: Database, refund: ARefund) -> None:
    author = Author(Role.MERCHANT, str(refund.order.merchant))
    await database.run_tx(lambda tx: refund_results.retry(tx, refund.id, author, AT))


async def is_stuck(database: Database, refund: ARefund) -> bool:
    return {state for state, _ in await tenders_of(database, refund.id)} == {"SUCCEEDED", "FAILED"}


async def keys(database: Database, refund: UUID) -> list[str]:
    rows = await database.rows(
        "SELECT provider_key FROM refund_tenders WHERE refund_id = ? ORDER BY provider_key", refund
    )
    return [row["provider_key"] for row in rows]
