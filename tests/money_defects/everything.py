"""What belongs to Ben? A case to which everything has happened, and the inputs by which others might reach it."""

from typing import Any
from uuid import uuid4

from bff.schema.ids import global_id
from bff.viewer import Viewer
from tests.graph.acting import PHOTO
from tests.graph.shop import AGENT, a_line, a_tea, an_order
from tests.money_defects.life import Life, sgd

Ids = dict[str, str]
# What is reached by no id of Ben's: a look-up with two secrets, and what other systems tell of the whole shop.
WITHOUT_IDS = {"openGuestSession", "upsertOrders", "setStock", "recordShipmentEvents"}


async def ids_of_everything(life: Life) -> Ids:
    """The global id of one object of each type, by the type's name; `Offer` is no node."""
    await life.sell("I-1", a_line(paid="100.00"))
    await life.sell("I-2", a_line(paid="100.00"))
    await life.shop.take(an_order("E-1", a_tea("1"), customer="eve"))
    seller, ben = await life.seller(), await life.ben()
    case = await life.request("I-1", reason="COUNTERFEIT")
    case = await life.do(seller, "proposeOffer", case, amount=sgd("10.00"), keepsGoods=True)
    offer = case["offers"][0]["id"]
    case = await life.do(ben, "respondToOffer", case, offerId=offer, accept=False)
    case = await life.do(seller, "declineCase", case, reason="It is genuine")
    case = await life.do(ben, "openDispute", case, claim="It is a fake")
    ruling = {"liableParty": "MERCHANT", "rationale": "It is", "refund": sgd("50.00")}
    case = await life.do(AGENT, "ruleDispute", case, **ruling)
    case = await life.do(seller, "openAppeal", case, grounds="It is not")
    about = {"caseId": case["id"], "subject": "My case", "body": "How is it?"}
    ticket = (await life.ask(ben, "openTicket", about, fields="ticket { id }"))["ticket"]
    document = "query ($id: ID!) { order(id: $id) { id customer { id } lines { id merchant { id } } } }"
    order = (await life.client.ask(document, ben, {"id": await life.shop.order_id("I-1")}))["order"]
    (line,) = order["lines"]
    return {
        "Order": order["id"],
        "OrderLine": line["id"],
        "Merchant": line["merchant"]["id"],
        "Customer": order["customer"]["id"],
        "Case": case["id"],
        "Refund": case["refunds"][0]["id"],
        "Dispute": case["dispute"]["id"],
        "Appeal": case["dispute"]["appeal"]["id"],
        "Ticket": ticket["id"],
        "Offer": offer,
    }


def absent(ids: Ids) -> Ids:
    """Ids of the same types that stand for nothing."""
    return {name: global_id(name, uuid4()) for name in ids}


def inputs(ids: Ids) -> dict[str, dict[str, Any]]:
    """For each mutation that names something of Ben's an input that says something."""
    case: dict[str, Any] = {"caseId": ids["Case"], "version": 8}
    line = {"orderLineId": ids["OrderLine"], "quantity": 1}
    looked = line | {"grade": "AS_NEW", "disposition": "RESTOCK"}
    wanted = {"lines": [line | {"reason": "CHANGE_OF_MIND"}], "resolution": "RETURN_AND_REFUND"}
    return {
        "requestReturn": {"orderId": ids["Order"]} | wanted,
        "declareWithdrawal": {"orderId": ids["Order"]},
        "cancelCase": case,
        "addEvidence": {"caseId": ids["Case"], "evidence": [PHOTO]},
        "scheduleReturn": case | {"method": "DROP_OFF"},
        "respondToOffer": case | {"offerId": ids["Offer"], "accept": True},
        "approveCase": case,
        "declineCase": case | {"reason": "No"},
        "approveCases": {"cases": [case]},
        "openDispute": case | {"claim": "No"},
        "withdrawDispute": case,
        "ruleDispute": case | {"liableParty": "MERCHANT", "rationale": "So"},
        "proposeOffer": case | {"amount": sgd("1.00"), "keepsGoods": True},
        "recordReceipt": case | {"lines": [line]},
        "recordInspection": case | {"lines": [looked]},
        "issueRefund": case,
        "retryRefund": {"refundId": ids["Refund"]},
        "shipExchange": case | {"carrier": "Quick Post", "trackingNumber": "X-1"},
        "openAppeal": case | {"grounds": "No"},
        "resolveAppeal": {"appealId": ids["Appeal"], "uphold": True, "rationale": "So"},
        "grantCompensation": case | {"kind": "CASH", "amount": sgd("1.00"), "bornBy": "PLATFORM", "reason": "So"},
        "overrideCase": case | {"status": "CANCELLED", "reason": "So"},
        "rateCase": {"caseId": ids["Case"], "satisfaction": 1},
        "openTicket": {"caseId": ids["Case"], "subject": "Hello", "body": "Hello"},
        "replyToTicket": {"ticketId": ids["Ticket"], "body": "Hello"},
        "resolveTicket": {"ticketId": ids["Ticket"]},
        "recordRefundResult": {"refundId": ids["Refund"], "succeeded": True},
    }


async def strangers(life: Life) -> dict[str, Viewer]:
    """Everybody of a role that may act, to whom nothing of that case belongs."""
    ben = await life.ben()
    other = await life.shop.key("orders", "number", "I-2")
    return {
        "another customer": await life.shop.customer("eve"),
        "another merchant": await life.shop.merchant("tea-corner"),
        "the guest of another order": Viewer(ben.role, ben.subject, ben.customer_id, order_id=other),
        "a customer without an id": Viewer(ben.role, ben.subject),
        "a merchant without an id": Viewer(AGENT.role.MERCHANT, "shoe-house"),
    }
