"""Who pays refunds where no provider is set up? One of our own that behaves like a real one, for tests and demos.

It is slow, declines, loses answers and requests, settles later, and tells of it twice and out of order; which of
these, its script says. It never pays a key twice, and still knows what it paid after a restart.
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from uuid import uuid4

import msgspec
from msgspec import Struct

from bff.money import Money
from bff.payments import book as books
from bff.payments import signature
from bff.payments.behaviour import Behaviour, Script, by_payment
from bff.payments.book import Book, Row
from bff.payments.provider import (
    Accepted,
    Chargeback,
    Declined,
    News,
    Notification,
    NotificationRefused,
    Outcome,
    RefundKeyReused,
    RefundOrder,
    Succeeded,
    Unknown,
)

SIGNATURE_HEADER = "embedded-signature"
ACCEPTED, SUCCEEDED, DECLINED = "accepted", "succeeded", "declined"
CHARGED_BACK = "charged_back"
# What a call writes: the status at once, the reason of a decline, and what it ends as later.
WRITES: dict[Behaviour, tuple[str, str, str | None]] = {
    Behaviour.ACCEPTS: (ACCEPTED, "", SUCCEEDED),
    Behaviour.DECLINES: (DECLINED, "embedded.refused", None),
    Behaviour.FAILS_LATER: (ACCEPTED, "embedded.account_closed", DECLINED),
    Behaviour.COMES_BACK: (SUCCEEDED, "embedded.sent_back", DECLINED),
}
PAID: tuple[str, str, str | None] = (SUCCEEDED, "", None)


class Manner(Struct, frozen=True):
    """How it behaves. Durations are seconds."""

    script: Script = by_payment  # what happens to which call
    latency: float = 0.05  # until an answer
    timeout: float = 10.0  # until the caller gives up waiting for one
    settles_after: float = 5.0  # until what was accepted ends
    busy_for: int = 2  # what it asks for when it is busy
    copies: int = 2  # of each notification
    seed: int = 0  # shuffles them


class Delivery(Struct, frozen=True):
    """One request that a real provider would send to our address."""

    number: int
    headers: dict[str, str]
    body: bytes


class Notice(Struct, frozen=True):
    """The body of a notification."""

    event: str
    key: str
    payment: str
    minor: int
    currency: str
    reference: str
    status: str
    reason: str


class EmbeddedProvider:
    """A PaymentProvider over a Book. `clock` tells seconds of the Unix epoch; `sleep` waits. `secrets` sign its
    notifications, the newest first.
    """

    name = "embedded"

    def __init__(
        self,
        book: Book,
        secrets: Sequence[str],
        manner: Manner = Manner(),  # noqa: B008 - frozen
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._book = book
        self._secrets = signature.usable(secrets)
        self._manner = manner
        self._clock = clock
        self._sleep = sleep

    def step(self, currency: str) -> int:  # noqa: ARG002 - alike in every currency
        """Any whole number of minor units."""
        return 1

    async def refund(self, order: RefundOrder) -> Outcome:
        """Pays as the script says. Raises RefundKeyReused."""
        await self._sleep(self._manner.latency / 2)
        now = self._clock()
        behaviour, row = await self._book.visit(lambda connection: self._receive(connection, order, now))
        if row is None or behaviour is Behaviour.ANSWER_LOST:
            if behaviour is Behaviour.BUSY:
                return Unknown("embedded.busy", self._manner.busy_for)
            await self._sleep(self._manner.timeout)
            return Unknown("embedded.timeout")
        await self._sleep(self._manner.latency / 2)
        return outcome_of(row.status, row.reason, row.reference)

    async def look_up(self, order: RefundOrder) -> Outcome | None:
        """What the book has for the key. Raises RefundKeyReused."""
        await self._sleep(self._manner.latency)
        now = self._clock()
        row = await self._book.visit(lambda connection: self._settled(connection, order, now))
        return outcome_of(row.status, row.reason, row.reference) if row else None

    def parse_notification(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[News, ...]:
        """Reads what `deliveries` gave out. Raises NotificationRefused."""
        signature.check(signature.header(headers, SIGNATURE_HEADER), body, self._secrets, now)
        try:
            notice = msgspec.json.decode(body, type=Notice)
        except msgspec.DecodeError:
            raise NotificationRefused("its body is none of ours") from None
        amount = Money(notice.minor, notice.currency)
        if notice.status == CHARGED_BACK:
            return (Chargeback(notice.event, notice.payment, amount),)
        outcome = outcome_of(notice.status, notice.reason, notice.reference)
        return (Notification(notice.event, outcome, notice.key, notice.payment, amount),)

    async def deliveries(self) -> tuple[Delivery, ...]:
        """What is on its way to us, shuffled; each comes again until it was acknowledged for every copy."""
        at = self._clock()
        found = await self._book.visit(lambda connection: self._posted(connection, at))
        random.Random(self._manner.seed).shuffle(found)  # noqa: S311 - a script, no secret
        signed_at = datetime.fromtimestamp(at, UTC)
        return tuple(
            Delivery(number, {SIGNATURE_HEADER: signature.sign(self._secrets[0], signed_at, body)}, body)
            for number, body in found
        )

    async def acknowledge(self, delivery: Delivery) -> None:
        """One copy was answered with success."""
        await self._book.visit(lambda connection: books.delivered(connection, delivery.number))

    async def charge_back(self, payment: str, amount: Money) -> None:
        """The customer's bank takes money of a payment back, and we are told."""
        event = f"ev_{uuid4().hex}"
        notice = Notice(event, "", payment, amount.minor, amount.currency, "", CHARGED_BACK, "")
        body = msgspec.json.encode(notice)
        await self._book.visit(lambda connection: books.post(connection, event, body, self._manner.copies))

    async def paid(self) -> dict[tuple[str, str], int]:
        """Minor units by payment and currency that have left and not come back: the witness of tests."""
        return await self._book.visit(books.paid_by_payment)

    # ---- in the book -------------------------------------------------------------------------------

    def _receive(
        self, connection: sqlite3.Connection, order: RefundOrder, now: float
    ) -> tuple[Behaviour, Row | None]:
        behaviour = self._manner.script(order, books.count_sending(connection, order.key))
        if behaviour in {Behaviour.REQUEST_LOST, Behaviour.BUSY}:
            return behaviour, None
        row = self._settled(connection, order, now)
        if row is None:
            row = self._opened(order, behaviour, now)
            books.write(connection, row)
            self._tell(connection, row)
        return behaviour, row

    def _opened(self, order: RefundOrder, behaviour: Behaviour, now: float) -> Row:
        status, reason, ends = WRITES.get(behaviour, PAID)
        return Row(
            key=order.key,
            payment=order.payment,
            minor=order.amount.minor,
            currency=order.amount.currency,
            reference=f"er_{sha256(order.key.encode()).hexdigest()[:24]}",
            status=status,
            reason=reason,
            ends=ends,
            ends_at=now + self._manner.settles_after if ends else None,
        )

    def _settled(self, connection: sqlite3.Connection, order: RefundOrder, now: float) -> Row | None:
        self._end(connection, now)
        row = books.find(connection, order.key)
        if row and (row.payment, row.minor, row.currency) != (
            order.payment,
            order.amount.minor,
            order.amount.currency,
        ):
            raise RefundKeyReused(order.key)
        return row

    def _posted(self, connection: sqlite3.Connection, now: float) -> list[tuple[int, bytes]]:
        self._end(connection, now)
        return books.posted(connection)

    def _end(self, connection: sqlite3.Connection, now: float) -> None:
        for row in books.end_due(connection, now):
            self._tell(connection, row)

    def _tell(self, connection: sqlite3.Connection, row: Row) -> None:
        event = f"ev_{row.reference}_{row.status}"
        notice = Notice(
            event, row.key, row.payment, row.minor, row.currency, row.reference, row.status, row.reason
        )
        books.post(connection, event, msgspec.json.encode(notice), self._manner.copies)


def outcome_of(status: str, reason: str, reference: str) -> Outcome:
    """A status of the book as an outcome. Raises KeyError for a word that the book does not use."""
    outcomes: dict[str, Outcome] = {
        ACCEPTED: Accepted(reference),
        SUCCEEDED: Succeeded(reference),
        DECLINED: Declined(reason, reference),
    }
    return outcomes[status]
