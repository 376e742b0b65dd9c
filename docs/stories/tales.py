"""What happens in the stories? Each tells one case, or two, from the request to its books."""

from collections.abc import Callable, Iterator
from typing import Any

from goods import MERCHANT, Bought, line
from shop import Shop

Tale = Callable[[Shop], Iterator[tuple[str, dict[str, Any]]]]
Told = Iterator[tuple[str, dict[str, Any]]]  # what is asked of whom, and the case at its end
SHOWN = [{"kind": "PHOTO", "url": "https://files.example/kettle.jpg"}, {"kind": "TEXT", "text": "It leaks"}]


def completed(case: dict[str, Any]) -> bool:
    """It is over, and its money is there."""
    return case["status"] == "COMPLETED"


def comes_back(
    bought: Bought, case: dict[str, Any], *received: int, inspected: dict[str, Any] | None = None
) -> Any:
    """The parcel is booked, scanned and received; inspected where the case wants it. The case after that."""
    shop = bought.shop
    case = bought.act("scheduleReturn", case, bought.token, method="DROP_OFF")
    scan(shop, case["reverseShipment"]["trackingNumber"], "PICKED_UP", "DELIVERED")
    case = shop.case(case["id"], bought.merchant)
    lines = [{"orderLineId": one["orderLine"]["id"], "quantity": one["quantity"]} for one in case["lines"]]
    for one, quantity in zip(lines, received, strict=False):
        one["quantity"] = quantity
    case = bought.act("recordReceipt", case, bought.merchant, lines=lines)
    if "RECORD_INSPECTION" in case["allowedActions"]:
        found = {"grade": "AS_NEW", "disposition": "RESTOCK"} | (inspected or {})
        case = bought.act("recordInspection", case, bought.merchant, lines=[one | found for one in lines])
    return case


def scan(shop: Shop, tracking: str, *statuses: str) -> None:
    """The carrier tells of a parcel."""
    events = [
        {"eventId": shop.key(), "trackingNumber": tracking, "status": status, "at": shop.now().isoformat()}
        for status in statuses
    ]
    shop.do(
        "recordShipmentEvents",
        {"events": events},
        shop.token("ingest"),
        "{ applied userErrors { code path message } }",
    )


def change_of_mind(shop: Shop) -> Told:
    """Singapore: fifteen days to think again; the way back is the customer's."""
    bought = Bought(shop, "mei", "SG", "SGD", line(1, "100.00"), captured="100.00")
    case = comes_back(bought, bought.request())
    yield "A kettle of 100.00 goes back", shop.until(case["id"], bought.merchant, completed)


def withdrawal(shop: Shop) -> Told:
    """Germany: no merchant's rule stands against the withdrawal, and the outbound shipping is refunded too."""
    goods = line(1, "80.00", attributes={"finalSale": True})
    bought = Bought(shop, "klara", "DE", "EUR", goods, captured="84.90", shipping_fee="4.90")
    case = shop.do("declareWithdrawal", {"orderId": bought.id}, bought.token)["case"]
    case = comes_back(bought, case)
    yield "Everything goes back, final sale or not", shop.until(case["id"], bought.merchant, completed)


def no_defect(shop: Shop) -> Told:
    """A defect is claimed, the warehouse finds none: it was a change of mind, and its costs are the customer's."""
    bought = Bought(shop, "mei", "SG", "SGD", line(1, "100.00"), captured="100.00")
    case = bought.request("QUALITY_DEFECT", evidence=SHOWN)
    if case["status"] == "REQUESTED":
        case = bought.act("approveCase", case, bought.merchant)
    case = comes_back(bought, case, inspected={"defectConfirmed": False})
    yield "The kettle boils", shop.until(case["id"], bought.merchant, completed)


def claw_back(shop: Shop) -> Told:
    """A premium customer is refunded at once, and never sends the goods: the money is claimed back."""
    bought = Bought(shop, "alice", "SG", "SGD", line(1, "100.00"), captured="100.00", segments=["premium"])
    case = shop.until(
        bought.request()["id"], bought.merchant, lambda one: one["refunds"][0]["status"] == "SUCCEEDED"
    )
    shop.later("3w")
    yield (
        "Refunded at once, never sent",
        shop.until(case["id"], bought.merchant, lambda one: one["status"] == "EXPIRED"),
    )


def lost_parcel(shop: Shop) -> Told:
    """The parcel never arrived: the money comes back, nothing else does."""
    parcel = {"externalId": "p", "carrier": "Quick Post", "status": "LOST", "lines": ["1"]}
    bought = Bought(
        shop, "mei", "SG", "SGD", line(1, "100.00"), captured="100.00", delivered_days_ago=None, shipments=[parcel]
    )
    case = bought.request("NOT_RECEIVED", resolution="REFUND_ONLY")
    if case["status"] == "REQUESTED":
        case = bought.act("approveCase", case, bought.merchant)
    yield "Nothing arrived", shop.until(case["id"], bought.merchant, completed)


def exchange(shop: Shop) -> Told:
    """A smaller kettle for a larger one: the difference is the customer's to pay."""
    small = line(1, "40.00", sku="KETTLE-S", variant="S", productExternalId="kettle")
    large = line(1, "55.00", sku="KETTLE-L", variant="L", productExternalId="kettle")
    Bought(shop, "ben", "SG", "SGD", large, captured="55.00")
    bought = Bought(shop, "mei", "SG", "SGD", small, captured="40.00")
    level = {"merchantExternalId": MERCHANT, "sku": "KETTLE-L", "currency": "SGD", "stock": 9}
    shop.do("setStock", {"levels": [level]}, shop.token("ingest"), "{ updated userErrors { code path message } }")
    case = bought.request("SIZE_OR_FIT", resolution="EXCHANGE", exchangeSku="KETTLE-L")
    case = comes_back(bought, case)
    case = bought.act(
        "shipExchange", case, bought.merchant, carrier="Quick Post", trackingNumber=f"X-{shop.key()}"
    )
    scan(shop, case["exchange"]["trackingNumber"], "DELIVERED")
    yield "A larger kettle", shop.until(case["id"], bought.merchant, completed)


def silence(shop: Shop) -> Told:
    """The merchant does not answer: after its time the request is approved, and the rest goes its way."""
    bought = Bought(shop, "mei", "SG", "SGD", line(1, "100.00"), captured="100.00")
    case = bought.request("QUALITY_DEFECT", evidence=SHOWN)
    assert case["status"] == "REQUESTED", case
    shop.later("1w")
    case = shop.until(case["id"], bought.merchant, lambda one: one["status"] == "APPROVED")
    case = comes_back(bought, case, inspected={"defectConfirmed": True})
    yield "Nobody answered", shop.until(case["id"], bought.merchant, completed)


def offer(shop: Shop) -> Told:
    """The merchant offers a part of the money, and the customer keeps the goods."""
    bought = Bought(shop, "mei", "SG", "SGD", line(1, "100.00"), captured="100.00")
    case = bought.request("QUALITY_DEFECT", evidence=SHOWN)
    amount = {"amount": "30.00", "currency": "SGD"}
    case = bought.act("proposeOffer", case, bought.merchant, amount=amount, keepsGoods=True)
    case = bought.act("respondToOffer", case, bought.token, offerId=case["offers"][0]["id"], accept=True)
    yield "A scratch for 30.00", shop.until(case["id"], bought.merchant, completed)


def dispute(shop: Shop) -> Told:
    """The merchant declines, the platform rules for the customer, and then upholds the merchant's appeal."""
    bought, agent = Bought(shop, "mei", "SG", "SGD", line(1, "100.00"), captured="100.00"), shop.token("agent")
    case = bought.request("QUALITY_DEFECT", evidence=SHOWN)
    case = bought.act("declineCase", case, bought.merchant, reason="It left us whole")
    case = bought.act("openDispute", case, bought.token, claim="It leaks")
    refund = {"amount": "60.00", "currency": "SGD"}
    case = bought.act("ruleDispute", case, agent, liableParty="MERCHANT", refund=refund, rationale="It does leak")
    case = shop.until(case["id"], bought.merchant, completed)
    case = bought.act("openAppeal", case, bought.merchant, grounds="The video shows another kettle")
    appeal = case["dispute"]["appeal"]["id"]
    done = shop.do("resolveAppeal", {"appealId": appeal, "uphold": True, "rationale": "It is another one"}, agent)
    yield "Ruled for the customer, then for the merchant", shop.case(done["case"]["id"], bought.merchant)


def short_receipt(shop: Shop) -> Told:
    """Three are announced and two arrive: two are paid."""
    three = line(1, "10.00", quantity=3, unitPrice="3.34", discount="0.02")
    bought = Bought(shop, "mei", "US", "USD", three, captured="10.00")
    case = comes_back(bought, bought.request("CHANGE_OF_MIND", 3), 2)
    yield "Two of three", shop.until(case["id"], bought.merchant, completed)


def broken_promotion(shop: Shop) -> Told:
    """300 spent, 60 off, half of it returned: in China the kept goods lose the discount, not so in Germany."""
    promotion = {"promotion": {"id": "11.11", "threshold": "300.00"}}
    half = {"unitPrice": "150.00", "discount": "30.00", "attributes": promotion}
    for customer, market, currency in (("chen", "CN", "CNY"), ("klara", "DE", "EUR")):
        lines = [line(number, "120.00", **half) for number in (1, 2)]
        bought = Bought(shop, customer, market, currency, *lines, captured="240.00")
        case = comes_back(bought, bought.request("CHANGE_OF_MIND", 1))
        yield f"One of two in {market}", shop.until(case["id"], bought.merchant, completed)


def lost_answer(shop: Shop) -> Told:
    """The provider pays and its answer is lost: it is asked again under the same key, and has paid once."""
    bought = Bought(shop, "mei", "SG", "SGD", line(1, "100.00"), captured="100.00", payment="answer-lost")
    case = comes_back(bought, bought.request())
    yield "Paid once", shop.until(case["id"], bought.merchant, completed)


TALES: tuple[Tale, ...] = (
    change_of_mind,
    withdrawal,
    no_defect,
    claw_back,
    lost_parcel,
    exchange,
    silence,
    offer,
    dispute,
    short_receipt,
    broken_promotion,
    lost_answer,
)
