"""Does a refund through Stripe come to its end, from the promise to the last webhook?"""

from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from bff.http.webhooks import webhook_route
from bff.limits import Limits
from bff.payments.signature import sign
from bff.payments.stripe import StripeProvider
from bff.storage.database import Database
from bff.vocabulary import AccountKind
from tests.cases.an_order import AT, sums
from tests.payments.conftest import SECRET
from tests.payments.stripe_server import StripeServer, Trouble, event
from tests.worker.refund_kit import (
    ARefund,
    a_refund,
    balance,
    books_agree,
    ends,
    now,
    paying,
    status,
    tenders_of,
    until,
)

PASSING = sorted(set(Trouble) - {Trouble.SLOW})


async def of_intents(database: Database, server: StripeServer, *intents: str) -> ARefund:
    """A refund of 10.00 to those payments, each of which Stripe knows."""
    refund = await a_refund(database, *intents)
    for payment, intent in zip(refund.order.payments, intents, strict=True):
        server.payments[intent] = (1000 // len(intents), "sgd")
        await named(database, payment, intent)
    return refund


async def named(database: Database, payment: object, intent: str) -> None:
    await database.run_tx(
        lambda tx: tx.execute("UPDATE payments SET external_id = ? WHERE id = ?", intent, payment)
    )


async def webhook(database: Database, stripe: StripeProvider, body: bytes) -> int:
    """How our address answers to what Stripe has signed."""
    route = webhook_route(database, "stripe", lambda: stripe, lambda: AT, Limits())
    transport = httpx2.ASGITransport(app=Starlette(routes=[route]))
    async with httpx2.AsyncClient(transport=transport, base_url="http://shop.test") as client:
        headers = {"stripe-signature": sign(SECRET, now(), body)}
        return (await client.post("/webhooks/payments/stripe", content=body, headers=headers)).status_code


@pytest.mark.parametrize("trouble", PASSING, ids=lambda one: one.name)
async def test_a_refund_is_paid_once_whatever_goes_wrong_on_the_way(
    database: Database, stripe: StripeProvider, server: StripeServer, trouble: Trouble
) -> None:
    refund = await of_intents(database, server, "pi_one")
    server.trouble.extend([None, trouble])  # the look-up works, the order meets the trouble
    async with paying(database, stripe):
        await until(lambda: settled(database, refund, server))

    assert server.paid("pi_one") == [1000]
    assert await status(database, refund.id) == "SUCCEEDED"
    assert await balance(database, AccountKind.PROVIDER) == 1000
    await books_agree(database)


async def settled(database: Database, refund: ARefund, server: StripeServer) -> bool:
    """Stripe keeps the 500 of a key for a day, which passes quickly here."""
    server.a_day_passes()
    return await status(database, refund.id) == "SUCCEEDED"


async def test_a_pending_refund_ends_with_its_webhook_told_twice(
    database: Database, stripe: StripeProvider, server: StripeServer
) -> None:
    refund = await of_intents(database, server, "pi_one")
    server.statuses["pi_one"] = "pending"
    async with paying(database, stripe, pace=1000):
        await until(lambda: known_to(server))
        await ends(database, refund.id, "PROCESSING")
        made = server.refunds[0] | {"status": "succeeded"}
        told = event("refund.updated", made)
        assert [await webhook(database, stripe, told) for _ in range(2)] == [200, 200]
        assert await status(database, refund.id) == "SUCCEEDED"
        failed = event(
            "refund.failed", made | {"status": "failed", "failure_reason": "lost_or_stolen_card"}, "evt_2"
        )
        assert await webhook(database, stripe, failed) == 200

    assert await tenders_of(database, refund.id) == [("FAILED", "stripe.lost_or_stolen_card")]
    assert await balance(database, AccountKind.PROVIDER) == 0
    await books_agree(database)


async def known_to(server: StripeServer) -> list[Any]:
    return server.refunds


async def test_a_disputed_charge_is_not_refunded_beside(
    database: Database, stripe: StripeProvider, server: StripeServer
) -> None:
    refund = await of_intents(database, server, "pi_one")
    dispute = {"id": "dp_1", "amount": 1000, "currency": "sgd", "charge": "ch_1", "payment_intent": "pi_one"}
    told = event("charge.dispute.funds_withdrawn", dispute)
    assert [await webhook(database, stripe, told) for _ in range(2)] == [200, 200]
    async with paying(database, stripe):
        await ends(database, refund.id, "FAILED")

    assert server.paid("pi_one") == []
    (row,) = await database.rows("SELECT charged_back_minor FROM orders WHERE id = ?", refund.order.id)
    assert row["charged_back_minor"] == 1000
    won = event("charge.dispute.funds_reinstated", dispute, "evt_2")
    assert await webhook(database, stripe, won) == 200
    (row,) = await database.rows("SELECT charged_back_minor FROM orders WHERE id = ?", refund.order.id)
    assert row["charged_back_minor"] == 0
    await books_agree(database)


async def test_of_two_cards_one_may_be_refused(
    database: Database, stripe: StripeProvider, server: StripeServer
) -> None:
    refund = await of_intents(database, server, "pi_one", "pi_two")
    server.refused["pi_two"] = "charge_disputed"
    async with paying(database, stripe):
        await until(lambda: both_over(database, refund))

    assert await tenders_of(database, refund.id) == [("SUCCEEDED", None), ("FAILED", "stripe.charge_disputed")]
    assert await status(database, refund.id) == "PROCESSING"
    assert await sums(database, "orders", refund.order.id) == (1000, 0)
    await books_agree(database)


async def both_over(database: Database, refund: ARefund) -> bool:
    return {state for state, _ in await tenders_of(database, refund.id)} == {"SUCCEEDED", "FAILED"}
