"""What is bought in the stories? Orders as an order system tells of them, delivered some days ago."""

from typing import Any

from shop import Shop, ago

MERCHANT = "story-shop"
UPSERT = "{ created userErrors { code path message } }"


def line(number: int, paid: str, **differing: Any) -> dict[str, Any]:
    """One unit of something, at the price that it cost."""
    return {
        "externalId": str(number),
        "merchantExternalId": MERCHANT,
        "merchantName": "The Story Shop",
        "sku": f"STORY-{number}",
        "title": "A kettle",
        "category": "home/kitchen",
        "quantity": 1,
        "unitPrice": paid,
        "discount": "0",
        "tax": "0",
        "paid": paid,
    } | differing


class Bought:
    """An order that the shop knows, with the ids that the graph gives it."""

    def __init__(
        self, shop: Shop, customer: str, market: str, currency: str, *lines: dict[str, Any], **how: Any
    ) -> None:
        self.shop, self.customer = shop, f"{customer}-{shop.run}"
        self.number = f"S-{shop.key()}"
        now, delivered = shop.now(), how.pop("delivered_days_ago", 3)
        total = how.pop("captured")
        order = {
            "number": self.number,
            "market": market,
            "currency": currency,
            "status": "DELIVERED" if delivered is not None else "SHIPPED",
            "placedAt": ago(now, (delivered or 20) + 2),
            "deliveredAt": None if delivered is None else ago(now, delivered),
            "updatedAt": ago(now, 0),
            "customer": {
                "externalId": self.customer,
                "displayName": customer.capitalize(),
                "segments": how.pop("segments", []),
            },
            "lines": list(lines),
            "shippingFee": how.pop("shipping_fee", "0"),
            "payments": [
                {
                    "externalId": f"{self.number}-{how.pop('payment', 'pays')}",
                    "method": "CARD",
                    "captured": total,
                    "label": "Visa, ends in 4242",
                }
            ],
        } | how
        shop.do("upsertOrders", {"orders": [order]}, shop.token("ingest"), UPSERT)
        document = "query ($number: String!) { orderByNumber(number: $number) { id lines { id sku } } }"
        found = shop.ask(document, {"number": self.number}, self.token)["orderByNumber"]
        self.id: str = found["id"]
        self.lines = [one["id"] for one in found["lines"]]

    @property
    def token(self) -> str:
        """The customer's."""
        return self.shop.token("customer", self.customer)

    def request(self, reason: str = "CHANGE_OF_MIND", *quantities: int, **how: Any) -> dict[str, Any]:
        """The case that asks for units of the first lines to come back."""
        asked = {
            "orderId": self.id,
            "lines": [
                {"orderLineId": line, "quantity": quantity, "reason": reason}
                for line, quantity in zip(self.lines, quantities or (1,), strict=False)
            ],
            "resolution": "RETURN_AND_REFUND",
        } | how
        case: dict[str, Any] = self.shop.do("requestReturn", asked, self.token)["case"]
        return case

    def act(self, mutation: str, case: dict[str, Any], token: str, **asked: Any) -> dict[str, Any]:
        """The case after somebody has done something to it."""
        changed: dict[str, Any] = self.shop.do(
            mutation, {"caseId": case["id"], "version": case["version"]} | asked, token
        )["case"]
        return changed

    @property
    def merchant(self) -> str:
        """The merchant's token."""
        return self.shop.token("merchant", MERCHANT)
