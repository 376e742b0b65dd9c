"""What do notifications do, told twice, late, out of order, or by somebody else?"""

import random
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.applications import Starlette

from bff.cases.money import provider_news, refund_results
from bff.cases.money.holds import AmountExceeded
from bff.cases.money.refunds import tender_begun
from bff.cases.standing import Author
from bff.http.webhooks import webhook_route
from bff.limits import Limits
from bff.money import Money
from bff.payments.book import Book
from bff.payments.embedded import EmbeddedProvider
from bff.payments.provider import (
    Accepted,
    Chargeback,
    Declined,
    News,
    Notification,
    Outcome,
    RefundOrder,
    Succeeded,
    Unknown,
)
from bff.storage.database import Database
from bff.vocabulary import AccountKind, Role
from tests.cases.an_order import AT, sums
from tests.worker.refund_kit import (
    SECRET,
    ARefund,
    a_refund,
    balance,
    books_agree,
    embedded_at,
    ends,
    grant,
    paying,
    status,
    tenders_of,
    told,
)

TEN = Money(1000, "SGD")
INTEGRATION = Author(Role.INGEST, "erp")


def about(refund: ARefund, event: str, outcome: Outcome) -> Notification:
    return Notification(event, outcome, f"refund-{refund.id}-1", refund.names[0], TEN)


async def take(database: Database, *news: News) -> int:
    return await provider_news.take(database, "embedded", news, AT)


async def begun(database: Database) -> ARefund:
    """A refund that its provider was asked for, and has not answered."""
    refund = await a_refund(database, "silent")
    await database.run_tx(lambda tx: tender_begun(tx, f"refund-{refund.id}-1", AT))
    return refund


@pytest.mark.parametrize("seed", range(6))
async def test_in_whichever_order_and_however_often_news_comes_the_end_is_the_same(
    database: Database, seed: int
) -> None:
    refund = await begun(database)
    news = [
        about(refund, "ev_1", Accepted("er_1")),
        about(refund, "ev_2", Unknown("embedded.odd")),
        about(refund, "ev_3", Succeeded("er_1")),
    ] * 2
    random.Random(seed).shuffle(news)  # noqa: S311 - shuffles

    assert await take(database, *news) == 3

    assert await status(database, refund.id) == "SUCCEEDED"
    assert (await told(database, refund.case.id)).count("refund_paid") == 1
    assert await balance(database, AccountKind.PROVIDER) == 1000
    await books_agree(database)


@pytest.mark.parametrize("seed", range(4))
async def test_a_decline_is_the_last_word_even_when_it_is_heard_before_the_success(
    database: Database, seed: int
) -> None:
    refund = await begun(database)
    news = [
        about(refund, "ev_1", Accepted("er_1")),
        about(refund, "ev_2", Succeeded("er_1")),
        about(refund, "ev_3", Declined("embedded.sent_back", "er_1")),
    ] * 2
    random.Random(seed).shuffle(news)  # noqa: S311 - shuffles

    await take(database, *news)

    assert await tenders_of(database, refund.id) == [("FAILED", "embedded.sent_back")]
    assert await balance(database, AccountKind.PROVIDER) == 0
    assert await balance(database, AccountKind.CUSTOMER) == 1000
    await books_agree(database)


async def test_what_is_paid_after_it_was_given_up_is_counted_as_paid(database: Database) -> None:
    refund = await begun(database)
    await reported(database, refund, succeeded=False)
    assert await status(database, refund.id) == "FAILED"

    await take(database, about(refund, "ev_1", Succeeded("er_1")))

    assert await status(database, refund.id) == "SUCCEEDED"
    assert await sums(database, "orders", refund.order.id) == (0, 1000)
    await books_agree(database)


async def test_news_of_a_key_that_is_not_ours_is_kept_and_changes_nothing(database: Database) -> None:
    refund = await begun(database)

    assert (
        await take(database, Notification("ev_1", Succeeded("er_9"), "refund-of-another-shop", "pi_9", TEN)) == 1
    )

    assert await status(database, refund.id) == "PROCESSING"
    (kept,) = await database.rows("SELECT source, external_id FROM inbox")
    assert (kept["source"], kept["external_id"]) == ("embedded", "ev_1")


# ---- money that left without us --------------------------------------------------------------------


async def test_a_chargeback_stops_the_refund_that_no_provider_was_asked_for_yet(database: Database) -> None:
    refund = await a_refund(database, "pays")
    book = Book()
    provider = embedded_at(book)
    await take(database, Chargeback("ev_1", refund.names[0], TEN), Chargeback("ev_1", refund.names[0], TEN))
    async with paying(database, provider):
        await ends(database, refund.id, "FAILED")

    assert await provider.paid() == {}
    assert await tenders_of(database, refund.id) == [("FAILED", "charged_back")]
    assert await balance(database, AccountKind.PLATFORM) == -1000
    with pytest.raises(AmountExceeded):
        await database.run_tx(lambda tx: grant(tx, refund.order, refund.case, 1))
    await books_agree(database)
    book.close()


async def test_a_chargeback_that_was_won_lets_the_money_be_refunded_again(database: Database) -> None:
    refund = await begun(database)
    await reported(database, refund, succeeded=False)
    taken, returned = (Chargeback(f"ev_{bank}", refund.names[0], TEN, is_returned=bank) for bank in (False, True))

    await take(database, taken, returned)

    await database.run_tx(lambda tx: grant(tx, refund.order, refund.case, 1000))
    assert await balance(database, AccountKind.PLATFORM) == 0
    await books_agree(database)


async def test_a_part_that_was_charged_back_leaves_the_rest_to_refund(database: Database) -> None:
    refund = await begun(database)
    await reported(database, refund, succeeded=False)
    await take(database, Chargeback("ev_1", refund.names[0], Money(400, "SGD")))

    with pytest.raises(AmountExceeded) as refusal:
        await database.run_tx(lambda tx: grant(tx, refund.order, refund.case, 601))
    await database.run_tx(lambda tx: grant(tx, refund.order, refund.case, 600))

    assert (refusal.value.asked, refusal.value.left) == (601, 600)
    await books_agree(database)


async def test_a_refund_made_in_the_providers_console_cannot_be_made_again_here(database: Database) -> None:
    refund = await begun(database)
    await reported(database, refund, succeeded=False)
    made = [Notification(f"ev_{n}", Succeeded("er_console"), None, refund.names[0], TEN) for n in (1, 2)]
    back = Notification("ev_3", Declined("embedded.sent_back", "er_console"), None, refund.names[0], TEN)

    await take(database, *made)
    with pytest.raises(AmountExceeded):
        await database.run_tx(lambda tx: grant(tx, refund.order, refund.case, 1))
    await take(database, back)

    await database.run_tx(lambda tx: grant(tx, refund.order, refund.case, 1000))
    await books_agree(database)


async def reported(database: Database, refund: ARefund, *, succeeded: bool) -> None:
    """An integration's word for it."""
    result = refund_results.Result(refund=refund.id, succeeded=succeeded, failure="gave up")
    await database.run_tx(lambda tx: refund_results.report(tx, result, INTEGRATION, AT))


# ---- over HTTP -------------------------------------------------------------------------------------


@pytest.fixture
async def provider() -> AsyncIterator[EmbeddedProvider]:
    book = Book()
    yield embedded_at(book)
    book.close()


@pytest.fixture
async def client(database: Database, provider: EmbeddedProvider) -> AsyncIterator[httpx2.AsyncClient]:
    route = webhook_route(database, "embedded", lambda: provider, lambda: AT, Limits(body_bytes=1000))
    transport = httpx2.ASGITransport(app=Starlette(routes=[route]))
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop.test") as opened:
        yield opened


async def test_a_signed_request_is_taken_once_and_answered_alike_ever_after(
    database: Database, provider: EmbeddedProvider, client: httpx2.AsyncClient
) -> None:
    refund = await begun(database)
    await provider.refund(RefundOrder(f"refund-{refund.id}-1", refund.names[0], TEN))
    (delivery,) = await provider.deliveries()

    answers = [
        await client.post("/webhooks/payments/embedded", content=delivery.body, headers=delivery.headers)
        for _ in range(3)
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {"new": 1}),
        (200, {"new": 0}),
        (200, {"new": 0}),
    ]
    assert await status(database, refund.id) == "SUCCEEDED"


@pytest.mark.parametrize(
    ("path", "changes", "body", "expected"),
    [
        ("embedded", {}, b"{}", 400),
        ("embedded", {"embedded-signature": "t=1,v1=00"}, None, 400),
        ("embedded", {"embedded-signature": ""}, None, 400),
        ("embedded", {}, b"x" * 1001, 413),
        ("stripe", {}, None, 404),
    ],
)
async def test_whatever_proves_nothing_is_refused_and_changes_nothing(
    database: Database,
    provider: EmbeddedProvider,
    client: httpx2.AsyncClient,
    path: str,
    changes: dict[str, str],
    body: bytes | None,
    expected: int,
) -> None:
    refund = await begun(database)
    await provider.refund(RefundOrder(f"refund-{refund.id}-1", refund.names[0], TEN))
    (delivery,) = await provider.deliveries()

    answer = await client.post(
        f"/webhooks/payments/{path}", content=body or delivery.body, headers=delivery.headers | changes
    )

    assert answer.status_code == expected
    assert SECRET not in answer.text
    assert await status(database, refund.id) == "PROCESSING"
    assert await database.rows("SELECT 1 FROM inbox") == []
