"""Does the embedded provider behave like a real one, and remember? Every behaviour, by the payment's own name."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bff.money import Money
from bff.payments.behaviour import Behaviour, by_payment, seeded
from bff.payments.book import Book
from bff.payments.embedded import Delivery, EmbeddedProvider, Manner
from bff.payments.provider import (
    Accepted,
    Declined,
    Notification,
    NotificationRefused,
    Outcome,
    RefundKeyReused,
    RefundOrder,
    Succeeded,
    Unknown,
    further,
)
from bff.payments.signature import sign
from tests.payments.embedded_kit import SECRET, HandClock, embedded


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    opened = Book(tmp_path / "book.sqlite3")
    yield opened
    opened.close()


def an_order(payment: str, key: str = "rf-1", minor: int = 6663) -> RefundOrder:
    return RefundOrder(key, payment, Money(minor, "SGD"))


def reference(outcome: Outcome | None) -> str | None:
    return getattr(outcome, "reference", None)


async def test_a_payment_is_refunded_once_however_often_it_is_asked(book: Book, clock: HandClock) -> None:
    provider = embedded(clock, book=book)
    first = await provider.refund(an_order("card-1"))
    assert isinstance(first, Succeeded)
    assert [await provider.refund(an_order("card-1")) for _ in range(5)] == [first] * 5
    assert await provider.look_up(an_order("card-1")) == first
    assert await provider.paid() == {("card-1", "SGD"): 6663}


async def test_two_orders_of_one_amount_are_two_refunds(book: Book, clock: HandClock) -> None:
    provider = embedded(clock, book=book)
    first, second = [await provider.refund(an_order("card-1", key)) for key in ("rf-1", "rf-2")]
    assert reference(first) != reference(second)
    assert await provider.paid() == {("card-1", "SGD"): 13326}


async def test_an_order_that_was_never_sent_is_not_found(book: Book, clock: HandClock) -> None:
    assert await embedded(clock, book=book).look_up(an_order("card-1")) is None


@pytest.mark.parametrize(
    ("payment", "first", "second", "paid_first"),
    [
        ("card-pays", Succeeded, Succeeded, 6663),
        ("card-accepts", Accepted, Accepted, 0),
        ("card-declines", Declined, Declined, 0),
        ("card-fails-later", Accepted, Accepted, 0),
        ("card-comes-back", Succeeded, Succeeded, 6663),
        ("card-answer-lost", Unknown, Succeeded, 6663),
        ("card-request-lost", Unknown, Succeeded, 0),
        ("card-busy", Unknown, Succeeded, 0),
    ],
)
async def test_a_payment_behaves_as_its_name_says(
    book: Book, clock: HandClock, payment: str, first: type[Outcome], second: type[Outcome], paid_first: int
) -> None:
    provider = embedded(clock, book=book)
    assert type(await provider.refund(an_order(payment))) is first
    assert (await provider.paid()).get((payment, "SGD"), 0) == paid_first
    assert type(await provider.refund(an_order(payment))) is second


@pytest.mark.parametrize(
    ("payment", "end", "paid"),
    [
        ("card-accepts", Succeeded, 6663),
        ("card-fails-later", Declined, 0),
        ("card-comes-back", Declined, 0),
    ],
)
async def test_what_is_open_ends_after_five_seconds(
    book: Book, clock: HandClock, payment: str, end: type[Outcome], paid: int
) -> None:
    provider = embedded(clock, Manner(latency=0), book=book)
    first = await provider.refund(an_order(payment))
    clock.now += 4.999
    assert await provider.look_up(an_order(payment)) == first
    clock.now += 0.001
    ended = await provider.look_up(an_order(payment))
    assert (type(ended), reference(ended)) == (end, reference(first))
    assert (await provider.paid()).get((payment, "SGD"), 0) == paid


async def test_it_takes_the_time_that_it_was_told_to_take(clock: HandClock) -> None:
    provider = embedded(clock, Manner(latency=0.5, timeout=10))
    for payment, seconds in (("a-pays", 0.5), ("b-answer-lost", 10.25), ("c-busy", 0.25)):
        before = clock.now
        await provider.refund(an_order(payment, key=payment))
        assert clock.now - before == seconds


async def test_a_busy_provider_says_when_to_come_again(clock: HandClock) -> None:
    assert await embedded(clock, Manner(busy_for=7)).refund(an_order("x-busy")) == Unknown("embedded.busy", 7)


async def test_one_key_for_two_refunds_is_a_bug_and_pays_nothing(book: Book, clock: HandClock) -> None:
    provider = embedded(clock, book=book)
    await provider.refund(an_order("card-1"))
    for other in (
        an_order("card-1", minor=1),
        an_order("card-2"),
        RefundOrder("rf-1", "card-1", Money(6663, "USD")),
    ):
        with pytest.raises(RefundKeyReused):
            await provider.refund(other)
        with pytest.raises(RefundKeyReused):
            await provider.look_up(other)
    assert await provider.paid() == {("card-1", "SGD"): 6663}


async def test_a_restarted_process_still_knows_what_it_paid(tmp_path: Path, clock: HandClock) -> None:
    path = tmp_path / "book.sqlite3"
    before = Book(path)
    lost = await embedded(clock, book=before).refund(an_order("card-answer-lost"))
    before.close()
    after = Book(path)
    found = await embedded(clock, book=after).refund(an_order("card-answer-lost"))
    assert (type(lost), type(found)) == (Unknown, Succeeded)
    assert await embedded(clock, book=after).paid() == {("card-answer-lost", "SGD"): 6663}
    after.close()


def pay_from_another_process(path: str) -> None:
    book = Book(path)
    for number in range(20):
        asyncio.run(embedded(HandClock(), book=book).refund(an_order("card-1", f"rf-{number}")))
    book.close()


async def test_two_processes_with_the_same_orders_pay_each_once(tmp_path: Path) -> None:
    path = str(tmp_path / "book.sqlite3")
    Book(path).close()
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=pay_from_another_process, args=(path,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        await asyncio.to_thread(worker.join)
    assert [worker.exitcode for worker in workers] == [0, 0]
    book = Book(path)
    assert await embedded(HandClock(), book=book).paid() == {("card-1", "SGD"): 20 * 6663}
    book.close()


async def test_forty_workers_and_cancelled_callers_pay_once(book: Book, clock: HandClock) -> None:
    provider = embedded(clock, book=book)
    callers = [asyncio.create_task(provider.refund(an_order("card-1"))) for _ in range(40)]
    await asyncio.sleep(0.01)
    for caller in callers[::2]:
        caller.cancel()
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {Succeeded, asyncio.CancelledError}
    assert isinstance(await provider.refund(an_order("card-1")), Succeeded)
    assert await provider.paid() == {("card-1", "SGD"): 6663}


# ---- notifications ---------------------------------------------------------------------------------


def read(provider: EmbeddedProvider, delivery: Delivery, clock: HandClock) -> tuple[str, str | None, Outcome]:
    at = datetime.fromtimestamp(clock.now, UTC)
    (found,) = provider.parse_notification(delivery.headers, delivery.body, at)
    assert isinstance(found, Notification)
    assert found.amount == Money(6663, "SGD")
    return found.event, found.key, found.outcome


async def test_each_change_is_told_twice_and_out_of_order_and_leads_to_the_same_end(
    book: Book, clock: HandClock
) -> None:
    provider = embedded(clock, Manner(seed=3), book=book)
    orders = [an_order("a-accepts", "rf-a"), an_order("b-fails-later", "rf-b"), an_order("c-declines", "rf-c")]
    known: dict[str | None, Outcome] = {order.key: await provider.refund(order) for order in orders}
    clock.now += 60
    heard = []
    while deliveries := await provider.deliveries():
        for delivery in deliveries:
            event, key, outcome = read(provider, delivery, clock)
            heard.append(event)
            known[key] = further(known[key], outcome)
            await provider.acknowledge(delivery)

    assert len(heard) == 10
    assert len(set(heard)) == 5
    assert heard[:5] != sorted(heard[:5])
    assert [type(known[order.key]) for order in orders] == [Succeeded, Declined, Declined]
    assert {key: await provider.look_up(order) for key, order in zip(known, orders, strict=True)} == known


async def test_what_nobody_acknowledged_comes_again(book: Book, clock: HandClock) -> None:
    provider = embedded(clock, Manner(copies=1), book=book)
    await provider.refund(an_order("card-1"))
    (first,) = await provider.deliveries()
    (again,) = await provider.deliveries()
    assert first.body == again.body
    await provider.acknowledge(again)
    assert await provider.deliveries() == ()


async def test_a_notification_is_believed_only_when_it_is_signed_and_fresh(book: Book, clock: HandClock) -> None:
    provider = embedded(clock, book=book)
    await provider.refund(an_order("card-1"))
    (delivery,) = await provider.deliveries()
    now = datetime.fromtimestamp(clock.now, UTC)
    with pytest.raises(NotificationRefused, match="none of our secrets"):
        provider.parse_notification(delivery.headers, delivery.body + b" ", now)
    with pytest.raises(NotificationRefused, match="too long ago"):
        provider.parse_notification(delivery.headers, delivery.body, now + timedelta(minutes=6))
    with pytest.raises(NotificationRefused, match="names no time"):
        provider.parse_notification({}, delivery.body, now)


async def test_a_signed_body_of_another_kind_is_refused(clock: HandClock) -> None:
    now = datetime.fromtimestamp(clock.now, UTC)
    with pytest.raises(NotificationRefused, match="none of ours"):
        embedded(clock).parse_notification({"embedded-signature": sign(SECRET, now, b"{}")}, b"{}", now)


# ---- scripts ---------------------------------------------------------------------------------------


def test_a_seeded_script_falls_alike_every_time() -> None:
    odds = {Behaviour.PAYS: 5, Behaviour.DECLINES: 3, Behaviour.BUSY: 2}
    thrown = [seeded(7, odds)(an_order("p", f"rf-{number}"), 1) for number in range(200)]
    assert thrown == [seeded(7, odds)(an_order("p", f"rf-{number}"), 1) for number in range(200)]
    assert {behaviour: thrown.count(behaviour) for behaviour in odds} == {
        Behaviour.PAYS: 100,
        Behaviour.DECLINES: 48,
        Behaviour.BUSY: 52,
    }


def test_a_payment_without_a_telling_name_pays() -> None:
    assert by_payment(an_order("pi_3Nabc"), 1) is Behaviour.PAYS
