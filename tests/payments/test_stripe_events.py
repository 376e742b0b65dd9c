"""What do Stripe's webhooks tell? Each event about refunds, and nothing from whoever is not Stripe."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bff.money import Money
from bff.payments.provider import Accepted, Declined, Notification, NotificationRefused, Outcome, Succeeded
from bff.payments.signature import sign
from bff.payments.stripe import StripeProvider
from tests.payments.conftest import SECRET
from tests.payments.stripe_server import event

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REFUND: dict[str, Any] = {
    "id": "re_1",
    "object": "refund",
    "amount": 6663,
    "balance_transaction": "txn_1",
    "charge": "ch_1",
    "created": 1760000000,
    "currency": "sgd",
    "metadata": {"refund_key": "rf-1/pi_1/1"},
    "payment_intent": "pi_1",
    "reason": None,
    "status": "succeeded",
}


def told(stripe: StripeProvider, body: bytes) -> tuple[Notification, ...]:
    news = stripe.parse_notification({"Stripe-Signature": sign(SECRET, NOW, body)}, body, NOW)
    return tuple(one for one in news if isinstance(one, Notification))


@pytest.mark.parametrize(
    ("kind", "changes", "outcome"),
    [
        ("refund.created", {"status": "pending"}, Accepted("re_1")),
        ("refund.updated", {}, Succeeded("re_1")),
        ("charge.refund.updated", {}, Succeeded("re_1")),
        (
            "refund.failed",
            {"status": "failed", "failure_reason": "lost_or_stolen_card"},
            Declined("stripe.lost_or_stolen_card", "re_1"),
        ),
        ("refund.updated", {"status": "canceled"}, Declined("stripe.canceled", "re_1")),
    ],
)
def test_an_event_about_a_refund_names_its_key_and_its_outcome(
    stripe: StripeProvider, kind: str, changes: dict[str, str], outcome: Outcome
) -> None:
    assert told(stripe, event(kind, REFUND | changes)) == (
        Notification("evt_1", outcome, "rf-1/pi_1/1", "pi_1", Money(6663, "SGD")),
    )


def test_a_refunded_charge_tells_of_each_refund_that_it_holds(stripe: StripeProvider) -> None:
    refunds = [REFUND, REFUND | {"id": "re_2", "amount": 1, "metadata": {"refund_key": "rf-2/pi_1/1"}}]
    charge = {"id": "ch_1", "object": "charge", "refunds": {"object": "list", "data": refunds, "has_more": False}}
    assert [(each.event, each.key, each.amount) for each in told(stripe, event("charge.refunded", charge))] == [
        ("evt_1/re_1", "rf-1/pi_1/1", Money(6663, "SGD")),
        ("evt_1/re_2", "rf-2/pi_1/1", Money(1, "SGD")),
    ]


def test_a_refunded_charge_without_its_refunds_tells_nothing(stripe: StripeProvider) -> None:
    assert told(stripe, event("charge.refunded", {"id": "ch_1", "object": "charge"})) == ()


def test_a_refund_from_stripes_own_console_has_no_key_of_ours(stripe: StripeProvider) -> None:
    (found,) = told(stripe, event("refund.created", REFUND | {"metadata": {}, "payment_intent": None}))
    assert (found.key, found.payment, found.amount) == (None, "ch_1", Money(6663, "SGD"))


def test_an_amount_that_no_currency_of_ours_expresses_is_left_out(stripe: StripeProvider) -> None:
    (found,) = told(stripe, event("refund.created", REFUND | {"currency": "usdc"}))
    assert (found.outcome, found.amount) == (Succeeded("re_1"), None)


@pytest.mark.parametrize("kind", ["payment_intent.succeeded", "charge.updated", "an.event.of.2031"])
def test_an_event_about_something_else_tells_nothing(stripe: StripeProvider, kind: str) -> None:
    assert told(stripe, event(kind, {"id": 1, "amount": "?"})) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{",
        b'{"id": "evt_1"}',
        b"\xff",
        b"[" * 5000,
        event("refund.updated", {"id": "re_1"}),
        event("refund.updated", REFUND | {"amount": 66.63}),
        event("refund.updated", REFUND | {"amount": "6663"}),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(stripe: StripeProvider, body: bytes) -> None:
    with pytest.raises(NotificationRefused, match="no event that we can read"):
        told(stripe, body)


@pytest.mark.parametrize("headers", [{}, {"stripe-signature": "t=1,v1=0"}, {"x": "y"}])
def test_a_request_that_stripe_has_not_signed_is_refused(stripe: StripeProvider, headers: dict[str, str]) -> None:
    with pytest.raises(NotificationRefused):
        stripe.parse_notification(headers, event("refund.updated", REFUND), NOW)
