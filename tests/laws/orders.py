"""What may be bought? Any order of a few lines: odd prices, fees, promotions, several tenders, many currencies."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct

from bff.money import decimal_text, split
from bff.payments.behaviour import Behaviour
from bff.vocabulary import PaymentMethod

CUSTOMER, SELLERS = "ada", ("north", "south")
# Where, in which currency: with two decimals, none, and three.
PLACES = (
    *(("SG", "SGD"), ("VN", "VND"), ("DE", "EUR"), ("CN", "CNY"), ("US", "USD"), ("SG", "KWD"), ("DE", "KWD")),
)
CATEGORIES = ("apparel/shoes", "home/kitchen", "electronics/phones", "toys", "food/fresh")
METHODS = (
    *(PaymentMethod.CARD, PaymentMethod.CARD, PaymentMethod.WALLET),
    *(PaymentMethod.GIFT_CARD, PaymentMethod.CASH_ON_DELIVERY),
)
SPARE = ("CHEAP", "DEAR")  # what else a seller has, to be had in exchange


class ALine(Struct, frozen=True):
    """So many units at a price, less a discount; minor units."""

    quantity: int
    price: int
    off: int
    seller: str
    category: str
    is_promoted: bool

    @property
    def paid(self) -> int:
        return self.price * self.quantity - self.off


class AnOrder(Struct, frozen=True):
    """One order; `tenders` are (method, weight, behaviour) of its payments."""

    place: tuple[str, str]
    lines: list[ALine]
    fee: int
    tenders: list[tuple[PaymentMethod, int, Behaviour]]
    delivered_days_ago: float
    is_premium: bool
    threshold: int

    @property
    def currency(self) -> str:
        return self.place[1]

    @property
    def total(self) -> int:
        return self.fee + sum(line.paid for line in self.lines)

    def payments(self) -> list[tuple[PaymentMethod, int, Behaviour]]:
        """Method, captured and behaviour of those that captured anything."""
        amounts = split(self.total, [weight for _, weight, _ in self.tenders])
        found = [(one[0], each, one[2]) for one, each in zip(self.tenders, amounts, strict=True)]
        return [one for one in found if one[1]] or found[:1]


def lines() -> st.SearchStrategy[ALine]:
    """Prices that do not divide, some of them discounted down to nothing."""
    return st.builds(
        lambda quantity, price, off, **how: ALine(quantity, price, min(off, price * quantity), **how),
        st.integers(1, 5),
        st.one_of(st.integers(1, 30_000), st.integers(1, 900_000)),
        st.sampled_from((0, 1, 7, 333, 10_000)),
        seller=st.sampled_from((*SELLERS[:1] * 3, SELLERS[1])),
        category=st.sampled_from(CATEGORIES),
        is_promoted=st.booleans(),
    )


def orders(behaviours: tuple[Behaviour, ...] = tuple(Behaviour)) -> st.SearchStrategy[AnOrder]:
    """Of those behaviours of the provider for each payment."""
    return st.builds(
        AnOrder,
        st.sampled_from(PLACES),
        st.lists(lines(), min_size=1, max_size=3),
        st.sampled_from((0, 1, 499, 3000)),
        st.lists(
            st.tuples(st.sampled_from(METHODS), st.integers(1, 9), st.sampled_from(behaviours)),
            min_size=1,
            max_size=3,
        ),
        st.sampled_from((1.0, 1.0, 3.0, 6.5, 20.0, 80.0)),
        st.booleans(),
        st.sampled_from((1, 10_000, 100_000)),
    )


def record(order: AnOrder, number: str, now: datetime) -> dict[str, Any]:
    """As a shop tells of it, delivered some days before `now`."""
    delivered = now - timedelta(days=order.delivered_days_ago)
    return {
        "number": number,
        "market": order.place[0],
        "currency": order.currency,
        "status": "DELIVERED",
        "placedAt": (delivered - timedelta(days=3)).isoformat(),
        "deliveredAt": delivered.isoformat(),
        "updatedAt": delivered.isoformat(),
        "customer": {
            "externalId": CUSTOMER,
            "displayName": "Ada",
            "segments": ["premium"] if order.is_premium else [],
        },
        "lines": [line_record(order, place, line) for place, line in enumerate(order.lines)],
        "shippingFee": decimal_text(order.fee, order.currency),
        "payments": [
            {
                "externalId": f"{number}-{place}-{behaviour}",
                "method": method,
                "captured": decimal_text(captured, order.currency),
                "label": "paid",
            }
            for place, (method, captured, behaviour) in enumerate(order.payments())
        ],
    }


def line_record(order: AnOrder, place: int, line: ALine) -> dict[str, Any]:
    """One line, with its promotion where it has one."""
    promotion = {"id": "sale", "threshold": decimal_text(order.threshold, order.currency)}
    attributes = {"attributes": {"promotion": promotion}} if line.is_promoted and line.off else {}
    return {
        "externalId": str(place),
        "merchantExternalId": line.seller,
        "merchantName": line.seller.capitalize(),
        "sku": f"{line.seller}-{place}",
        "title": "A thing",
        "variant": str(place),
        "category": line.category,
        "quantity": line.quantity,
        "unitPrice": decimal_text(line.price, order.currency),
        "discount": decimal_text(line.off, order.currency),
        "tax": "0",
        "paid": decimal_text(line.paid, order.currency),
        "productExternalId": f"{line.seller}-thing",
    } | attributes


def shelf(order: AnOrder, now: datetime) -> list[dict[str, Any]]:
    """Somebody else's order, by which the shop knows what may be had in exchange: one cheaper, one dearer."""
    price = max(line.price for line in order.lines)
    found = [
        ALine(1, amount, 0, seller, order.lines[0].category, is_promoted=False)
        for seller in SELLERS
        for amount in (max(1, price // 2), price * 2)
    ]
    other = AnOrder(order.place, found, 0, [(PaymentMethod.CARD, 1, Behaviour.PAYS)], 30.0, False, 1)  # noqa: FBT003
    told = record(other, "SHELF", now)
    for line, (seller, kind) in zip(
        told["lines"], [(seller, kind) for seller in SELLERS for kind in SPARE], strict=True
    ):
        line |= {"sku": f"{seller}-{kind}", "variant": kind}
    return [told | {"customer": {"externalId": "somebody", "displayName": "Somebody"}}]
