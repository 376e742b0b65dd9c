"""What does ingest usually get? One good order in JSON, changed where a test needs it."""

from typing import Any


def an_order_json(number: str = "N-1", **changed: Any) -> dict[str, Any]:
    """Three socks for 30.00 and shoes for 70.00, sent for 5.00, paid by card and delivered."""
    sock = {
        "externalId": "1",
        "merchantExternalId": "socks-and-co",
        "merchantName": "Socks & Co",
        "sku": "SOCK",
        "title": "Socks",
        "category": "apparel/socks",
        "quantity": 3,
        "unitPrice": "11.00",
        "discount": "3.00",
        "tax": "2.48",
        "paid": "30.00",
    }
    shoe = {**sock, "externalId": "2", "sku": "SHOE", "title": "Shoes", "quantity": 1, "unitPrice": "70.00"}
    shoe |= {"discount": "0.00", "tax": "5.78", "paid": "70.00", "productExternalId": "shoe"}
    return {
        "number": number,
        "market": "SG",
        "currency": "SGD",
        "status": "DELIVERED",
        "placedAt": "2026-05-01T10:00:00+08:00",
        "deliveredAt": "2026-05-04T10:00:00+08:00",
        "updatedAt": "2026-05-04T10:00:01Z",
        "customer": {"externalId": "ada", "displayName": "Ada", "email": "ada@example.com", "segments": ["new"]},
        "lines": [sock, shoe],
        "shippingFee": "5.00",
        "payments": [{"externalId": "p", "method": "CARD", "captured": "105.00", "label": "Visa"}],
        **changed,
    }
