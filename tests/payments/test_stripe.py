"""Does a refund through Stripe happen once, and is every answer read for what it means?"""

import asyncio
from ssl import SSLContext

import httpx2
import pytest

from bff.money import Money
from bff.payments.provider import Accepted, Declined, RefundKeyReused, RefundOrder, Succeeded, Unknown
from bff.payments.stripe import StripeProvider, stripe_client
from tests.payments.stripe_server import StripeServer, Trouble, listening

ORDER = RefundOrder("rf-1/pi_1/1", "pi_1", Money(6663, "SGD"))


async def test_a_refund_is_ordered_as_a_form_with_the_key_in_its_header_and_its_metadata(
    stripe: StripeProvider, server: StripeServer
) -> None:
    assert await stripe.refund(ORDER) == Succeeded("re_001")

    (looked, ordered) = server.seen
    assert looked[:2] == ("GET", {"payment_intent": "pi_1", "limit": "100"})
    assert ordered[:2] == (
        "POST",
        {"payment_intent": "pi_1", "amount": "6663", "metadata[refund_key]": "rf-1/pi_1/1"},
    )
    assert ordered[2]["content-type"] == "application/x-www-form-urlencoded"
    assert ordered[2]["idempotency-key"] == "rf-1/pi_1/1"
    assert ordered[2]["stripe-version"] == "2026-02-25.clover"
    assert "idempotency-key" not in looked[2]


async def test_a_charge_is_named_as_one(stripe: StripeProvider, server: StripeServer) -> None:
    server.payments["ch_7"] = (500, "sgd")
    assert await stripe.refund(RefundOrder("rf-2", "ch_7", Money(500, "SGD"))) == Succeeded("re_001")
    assert server.seen[-1][1]["charge"] == "ch_7"


async def test_the_same_order_sent_again_is_the_same_refund_even_a_day_later(
    stripe: StripeProvider, server: StripeServer
) -> None:
    assert await stripe.refund(ORDER) == Succeeded("re_001")
    server.a_day_passes()
    assert await stripe.refund(ORDER) == Succeeded("re_001")
    assert await stripe.look_up(ORDER) == Succeeded("re_001")
    assert server.paid("pi_1") == [6663]


async def test_twenty_workers_with_one_order_pay_once(stripe: StripeProvider, server: StripeServer) -> None:
    outcomes = await asyncio.gather(*[stripe.refund(ORDER) for _ in range(20)])
    assert outcomes == [Succeeded("re_001")] * 20
    assert server.paid("pi_1") == [6663]


async def test_two_refunds_of_one_amount_are_two_refunds(stripe: StripeProvider, server: StripeServer) -> None:
    other = RefundOrder("rf-2/pi_1/1", "pi_1", ORDER.amount)
    assert [await stripe.refund(ORDER), await stripe.refund(other)] == [Succeeded("re_001"), Succeeded("re_002")]
    assert server.paid("pi_1") == [6663, 6663]


@pytest.mark.parametrize(
    ("trouble", "outcome", "paid"),
    [
        (Trouble.ANSWER_LOST, Unknown("stripe.unreachable"), [6663]),
        (Trouble.REQUEST_LOST, Unknown("stripe.unreachable"), []),
        (Trouble.SLOW, Unknown("stripe.timeout"), [6663]),
        (Trouble.ERROR_AFTER, Unknown("stripe.http_500"), [6663]),
        (Trouble.ERROR_BEFORE, Unknown("stripe.http_500"), []),
        (Trouble.LIMITED, Unknown("stripe.http_429", 7), []),
        (Trouble.IN_USE, Unknown("stripe.http_409"), []),
        (Trouble.PROXY, Unknown("stripe.http_502"), []),
        (Trouble.GARBLED, Unknown("stripe.unreadable"), [6663]),
    ],
)
async def test_trouble_with_the_order_leaves_it_unknown_and_the_next_try_pays_what_is_due(
    hasty: StripeProvider,
    stripe: StripeProvider,
    server: StripeServer,
    trouble: Trouble,
    outcome: Unknown,
    paid: list[int],
) -> None:
    server.trouble.extend([None, trouble])
    assert await (hasty if trouble is Trouble.SLOW else stripe).refund(ORDER) == outcome
    assert server.paid("pi_1") == paid
    if trouble is Trouble.ERROR_BEFORE:
        server.a_day_passes()  # until then Stripe repeats the 500 that it has saved
    assert await stripe.refund(ORDER) == Succeeded("re_001")
    assert server.paid("pi_1") == [6663]


@pytest.mark.parametrize("trouble", list(Trouble))
async def test_nothing_is_ordered_while_nobody_knows_what_was_paid(
    hasty: StripeProvider, server: StripeServer, trouble: Trouble
) -> None:
    server.trouble.append(trouble)
    assert isinstance(await hasty.refund(ORDER), Unknown)
    assert [method for method, _, _ in server.seen] == ["GET"]


async def test_a_saved_500_stays_unknown_until_stripe_forgets_it(
    stripe: StripeProvider, server: StripeServer
) -> None:
    server.trouble.extend([None, Trouble.ERROR_BEFORE])
    assert [await stripe.refund(ORDER) for _ in range(3)] == [Unknown("stripe.http_500")] * 3
    assert server.paid("pi_1") == []


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("succeeded", Succeeded("re_001")),
        ("pending", Accepted("re_001")),
        ("requires_action", Accepted("re_001")),
        ("failed", Declined("stripe.failed", "re_001")),
        ("canceled", Declined("stripe.canceled", "re_001")),
        ("paused", Unknown("stripe.status_paused")),
    ],
)
async def test_each_status_of_a_refund_is_read(
    stripe: StripeProvider, server: StripeServer, status: str, outcome: object
) -> None:
    server.statuses["pi_1"] = status
    assert await stripe.refund(ORDER) == outcome
    assert await stripe.refund(ORDER) == outcome
    assert len(server.refunds) == 1


async def test_a_pending_refund_is_looked_up_as_it_ends(stripe: StripeProvider, server: StripeServer) -> None:
    server.statuses["pi_1"] = "pending"
    assert await stripe.refund(ORDER) == Accepted("re_001")
    server.refunds[0] |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    assert await stripe.look_up(ORDER) == Declined("stripe.expired_or_canceled_card", "re_001")


async def test_after_a_decline_a_new_key_tries_again(stripe: StripeProvider, server: StripeServer) -> None:
    server.refused["pi_1"] = "charge_disputed"
    assert await stripe.refund(ORDER) == Declined("stripe.charge_disputed")
    del server.refused["pi_1"]
    assert await stripe.refund(ORDER) == Declined("stripe.charge_disputed")
    assert await stripe.refund(RefundOrder("rf-1/pi_1/2", "pi_1", ORDER.amount)) == Succeeded("re_001")


async def test_more_than_is_left_of_the_payment_is_declined(stripe: StripeProvider, server: StripeServer) -> None:
    assert await stripe.refund(RefundOrder("a", "pi_1", Money(19990, "SGD"))) == Succeeded("re_001")
    assert await stripe.refund(RefundOrder("b", "pi_1", Money(1, "SGD"))) == Declined(
        "stripe.charge_already_refunded"
    )
    server.payments["pi_2"] = (100, "sgd")
    assert await stripe.refund(RefundOrder("c", "pi_2", Money(101, "SGD"))) == Declined(
        "stripe.invalid_request_error"
    )


async def test_a_payment_that_stripe_does_not_have_declines_nothing(
    stripe: StripeProvider, server: StripeServer
) -> None:
    assert await stripe.refund(ORDER) == Succeeded("re_001")
    paid_with, server.payments = server.payments, {}  # as the key of another account sees it
    assert await stripe.refund(ORDER) == Unknown("stripe.resource_missing")
    assert await stripe.look_up(ORDER) == Unknown("stripe.resource_missing")
    server.payments = paid_with
    assert await stripe.refund(ORDER) == Succeeded("re_001")
    assert server.paid("pi_1") == [6663]


@pytest.mark.parametrize(
    ("payment", "amount", "reason"),
    [
        ("cash-1", Money(100, "SGD"), "stripe.unknown_payment"),
        ("pi_1", Money(1234, "KWD"), "stripe.amount_not_payable"),
        ("pi_1", Money(150, "MGA"), "stripe.amount_not_payable"),
    ],
)
async def test_what_stripe_cannot_express_is_declined_without_a_call(
    stripe: StripeProvider, server: StripeServer, payment: str, amount: Money, reason: str
) -> None:
    order = RefundOrder("a", payment, amount)
    assert await stripe.refund(order) == Declined(reason)
    assert server.seen == []


async def test_a_payment_of_another_house_is_not_looked_for(stripe: StripeProvider, server: StripeServer) -> None:
    assert await stripe.look_up(RefundOrder("a", "cash-1", Money(100, "SGD"))) is None
    assert server.seen == []


async def test_an_order_that_was_never_sent_is_not_found(stripe: StripeProvider) -> None:
    assert await stripe.look_up(ORDER) is None


@pytest.mark.parametrize("paid_before", [True, False])
async def test_one_key_for_two_amounts_is_a_bug_and_pays_nothing(
    stripe: StripeProvider, server: StripeServer, *, paid_before: bool
) -> None:
    if not paid_before:
        server.refused["pi_1"] = "charge_disputed"
    await stripe.refund(ORDER)
    paid = server.paid("pi_1")
    with pytest.raises(RefundKeyReused) as caught:
        await stripe.refund(RefundOrder(ORDER.key, "pi_1", Money(1, "SGD")))
    assert caught.value.key == "rf-1/pi_1/1"
    assert server.paid("pi_1") == paid


async def test_a_refund_is_found_behind_two_hundred_others(stripe: StripeProvider, server: StripeServer) -> None:
    server.payments["pi_1"] = (1_000_000, "sgd")
    assert await stripe.refund(ORDER) == Succeeded("re_001")
    for number in range(200):
        server._refunded({"payment_intent": "pi_1", "amount": "1", "metadata[refund_key]": f"other-{number}"})
    server.a_day_passes()
    server.seen.clear()
    assert await stripe.refund(ORDER) == Succeeded("re_001")
    assert [(method, sent.get("starting_after")) for method, sent, _ in server.seen] == [
        ("GET", None),
        ("GET", "re_102"),
        ("GET", "re_002"),
    ]


async def test_a_wrong_key_to_stripe_declines_nothing(server: StripeServer, trust: SSLContext) -> None:
    async with listening(server) as address, stripe_client("sk_wrong", address=address, trust=trust) as client:
        assert await StripeProvider(client, ["s"]).refund(ORDER) == Unknown("stripe.http_401")


async def test_nobody_at_the_address_is_unknown(trust: SSLContext) -> None:
    async with stripe_client("sk_test", address="http://127.0.0.1:9", seconds=0.2, trust=trust) as client:
        assert await StripeProvider(client, ["s"]).refund(ORDER) == Unknown("stripe.unreachable")


def test_neither_an_empty_key_nor_an_empty_secret_is_taken(client: httpx2.AsyncClient) -> None:
    with pytest.raises(ValueError, match="Stripe needs a secret key"):
        stripe_client("")
    for secrets in ([], [""], ["good", ""]):
        with pytest.raises(ValueError, match="a secret that is not empty"):
            StripeProvider(client, secrets)
