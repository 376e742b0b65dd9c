"""How is a refund paid through Stripe? Looked for first, then ordered with a key: once, however often it is asked.

Stripe keeps a key for a day. A refund that we find again by its metadata is ours for ever, and a key guards the
moments in between; together they pay once, whatever is killed and however late it is started anew.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from ssl import SSLContext

import httpx2
import msgspec

from bff.payments import signature, stripe_amounts
from bff.payments.provider import (
    Declined,
    News,
    Outcome,
    RefundKeyReused,
    RefundOrder,
    Unknown,
    further,
)
from bff.payments.stripe_amounts import AmountNotPayable, from_stripe, to_stripe
from bff.payments.stripe_answers import RefundPage, StripeRefund, failure, form, notifications

ADDRESS = "https://api.stripe.com"
VERSION = "2026-02-25.clover"  # what our reading of answers was written for
SIGNATURE_HEADER = "stripe-signature"
SECONDS = 10.0
PAGE = 100  # the most that Stripe lists at once
# What a payment may be called, by the beginning of its id, and the parameter that names it.
PAYMENTS = {"pi_": "payment_intent", "ch_": "charge", "py_": "charge"}


def stripe_client(
    secret_key: str, *, address: str = ADDRESS, seconds: float = SECONDS, trust: SSLContext | None = None
) -> httpx2.AsyncClient:
    """The connections to Stripe, made once and closed by whoever made them. Raises ValueError without a key.

    `trust` holds the certificates to believe where the machine's are not enough, as behind a company's proxy.
    """
    if not secret_key:
        raise ValueError("Stripe needs a secret key")
    return httpx2.AsyncClient(
        base_url=address,
        headers={"Authorization": f"Bearer {secret_key}", "Stripe-Version": VERSION},
        timeout=seconds,
        verify=trust or True,
    )


class StripeProvider:
    """A PaymentProvider over Stripe's refunds API. `secrets` are the webhook endpoint's, the newest first."""

    name = "stripe"

    def __init__(self, client: httpx2.AsyncClient, secrets: Sequence[str]) -> None:
        self._client = client
        self._secrets = signature.usable(secrets)

    def step(self, currency: str) -> int:
        """KWD and its like only in multiples of 10, MGA of 100. Raises MoneyError for no currency."""
        return stripe_amounts.step(currency)

    async def refund(self, order: RefundOrder) -> Outcome:
        """Pays once. What Stripe could not express or refund is Declined without a call.

        Raises RefundKeyReused.
        """
        payment = named(order.payment)
        if payment is None:
            return Declined("stripe.unknown_payment")
        try:
            amount = to_stripe(order.amount)
        except AmountNotPayable:
            return Declined("stripe.amount_not_payable")
        found = await self.look_up(order)
        if found is not None:
            return found
        answer = await self._send(order, "POST", data=form(order.key, payment, amount))
        return read(answer, order) if isinstance(answer, bytes) else answer

    async def look_up(self, order: RefundOrder) -> Outcome | None:
        """What became of the refund that carries the order's key; Unknown when Stripe did not say.

        Reads the payment's own list: refunds cannot be searched, and only lists show what was written just before
        (docs.stripe.com/search, "Data freshness"). Raises RefundKeyReused.
        """
        payment = named(order.payment)
        best: Outcome | None = None
        after: dict[str, str] = {}
        while payment is not None:
            answer = await self._send(order, "GET", params={**payment, "limit": str(PAGE), **after})
            page = listed(answer) if isinstance(answer, bytes) else doubtful(answer)
            if not isinstance(page, RefundPage):
                return page
            for refund in page.data:
                if refund.key == order.key:
                    outcome = same(refund, order).outcome
                    best = outcome if best is None else further(best, outcome)
            if not (page.has_more and page.data):
                break
            after = {"starting_after": page.data[-1].id}
        return best

    def parse_notification(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[News, ...]:
        """What a webhook request tells. Raises NotificationRefused."""
        signature.check(signature.header(headers, SIGNATURE_HEADER), body, self._secrets, now)
        return notifications(body)

    async def _send(
        self,
        order: RefundOrder,
        method: str,
        *,
        params: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
    ) -> bytes | Outcome:
        """The body of a 200, else what the failure means."""
        headers = {"Idempotency-Key": order.key} if method == "POST" else None
        try:
            response = await self._client.request(method, "/v1/refunds", params=params, data=data, headers=headers)
        except httpx2.TimeoutException:
            return Unknown("stripe.timeout")
        except httpx2.HTTPError:
            return Unknown("stripe.unreachable")
        return response.content if response.status_code == httpx2.codes.OK else failure(response, order.key)


def named(payment: str) -> dict[str, str] | None:
    """The parameter that names a payment: "pi_..." is a PaymentIntent, "ch_..." and "py_..." are charges."""
    parameter = PAYMENTS.get(payment[:3])
    return {parameter: payment} if parameter else None


def read(body: bytes, order: RefundOrder) -> Outcome:
    """The refund that Stripe has made. A body that cannot be read may still have paid."""
    try:
        refund = msgspec.json.decode(body, type=StripeRefund)
    except msgspec.DecodeError:
        return Unknown("stripe.unreadable")
    return same(refund, order).outcome


def listed(body: bytes) -> RefundPage | Outcome:
    """A page of the payment's refunds."""
    try:
        return msgspec.json.decode(body, type=RefundPage)
    except msgspec.DecodeError:
        return Unknown("stripe.unreadable")


def doubtful(outcome: Outcome) -> Outcome:
    """What a failed look-up means. Even "no such payment" declines nothing: so answers another account's key, or a
    test key, about a refund that ours has paid.
    """
    return Unknown(outcome.reason) if isinstance(outcome, Declined) else outcome


def same(refund: StripeRefund, order: RefundOrder) -> StripeRefund:
    """The refund, if it is the one ordered. Raises RefundKeyReused."""
    if from_stripe(refund.amount, refund.currency) != order.amount:
        raise RefundKeyReused(order.key)
    return refund
