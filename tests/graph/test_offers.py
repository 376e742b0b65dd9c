"""Do merchant and customer settle on exactly what was offered? Once, in time, and for no more than there is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bff.cases.money import audit
from tests.graph.acting import PROOF, a_case, a_waiting_case, data_of, events, of, undone
from tests.graph.conftest import Client
from tests.graph.returning import booked, bought, claimed, money, received, seller, step
from tests.graph.shop import AGENT, NOW, Shop, a_line, an_order

AFTER = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # the first instant at which an offer of NOW is over
OFFERS = """
    query ($id: ID!) { case(id: $id) {
      offers { id amount { amount } keepsGoods message status expiresAt }
      allowedActions
    } }
"""


async def offered(client: Client, shop: Shop, case: Any, amount: str, currency: str = "SGD", **more: Any) -> Any:
    """The case with an offer."""
    said = {"amount": money(amount, currency), "keepsGoods": True} | more
    return await step(client, await seller(shop), "proposeOffer", case, **said)


async def offers(client: Client, case: Any) -> Any:
    """The case's offers."""
    return (await client.ask(OFFERS, AGENT, {"id": case["id"]}))["case"]["offers"]


async def answered(client: Client, shop: Shop, case: Any, *, accept: bool, **more: Any) -> Any:
    """The case after Ben's answer to the newest offer."""
    newest = (await offers(client, case))[-1]["id"]
    ben = await shop.customer("ben")
    return await step(client, ben, "respondToOffer", case, offerId=newest, accept=accept, **more)


def refunds(case: Any) -> list[str]:
    """What goes back."""
    return [refund["amount"]["amount"] for refund in case["refunds"]]


async def test_an_accepted_offer_pays_its_amount_and_leaves_the_goods(shop: Shop, client: Client) -> None:
    case = await a_waiting_case(client, shop)
    case = await offered(client, shop, case, "30.00", message=" Keep it ")

    (offer,) = await offers(client, case)
    assert (offer["amount"], offer["keepsGoods"], offer["message"]) == ({"amount": "30.00"}, True, "Keep it")
    assert offer["expiresAt"] == "2026-11-21T16:00:00Z"  # the end of the next day in Singapore
    assert [deadline["kind"] for deadline in case["deadlines"]] == ["OFFER_RESPONSE"]
    assert data_of(case, "offer_made") == {"amount": 3000, "currency": "SGD", "keeps_goods": True}

    case = await answered(client, shop, case, accept=True)

    assert (case["status"], refunds(case)) == ("APPROVED", ["30.00"])
    assert [line["refundable"]["amount"] for line in case["lines"]] == ["30.00"]
    assert [one["status"] for one in await offers(client, case)] == ["ACCEPTED"]
    assert "CUSTOMER_SHIPMENT" not in [deadline["kind"] for deadline in case["deadlines"]]
    assert await audit.verify(shop.database) == []


async def test_a_booked_parcel_is_called_off_where_the_goods_stay(shop: Shop, client: Client) -> None:
    await bought(shop, "O-1")
    case = await offered(client, shop, await booked(client, shop, "O-1"), "50.00")

    case = await answered(client, shop, case, accept=True)

    assert case["reverseShipment"]["status"] == "CANCELLED"
    assert refunds(case) == ["50.00"]
    assert await audit.verify(shop.database) == []


async def test_goods_that_are_to_come_back_come_back_before_an_offer_is_paid(shop: Shop, client: Client) -> None:
    await shop.take(an_order("O-1", a_line("1", quantity=2), a_line("2", paid="50.00"), customer="ben"))
    ids = [await shop.line_id("O-1", place) for place in ("1", "2")]
    lines = [
        {"orderLineId": line, "quantity": quantity, "reason": "QUALITY_DEFECT"}
        for line, quantity in zip(ids, (2, 1), strict=True)
    ]
    case = await claimed(client, shop, "O-1", lines=lines)
    case = await offered(client, shop, case, "75.00", keepsGoods=False)
    case = await answered(client, shop, case, accept=True)
    by_line = {line["orderLine"]["id"]: line["refundable"]["amount"] for line in case["lines"]}
    assert (by_line, refunds(case)) == ({ids[0]: "50.00", ids[1]: "25.00"}, [])  # by what each may get

    came = [{"orderLineId": ids[0], "quantity": 1}, {"orderLineId": ids[1], "quantity": 1}]
    case = await step(client, await seller(shop), "recordReceipt", case, lines=came)
    by_line = {line["orderLine"]["id"]: line["refundable"]["amount"] for line in case["lines"]}
    assert by_line == {ids[0]: "25.00", ids[1]: "25.00"}  # half of the offer's part for half of the units
    assert await audit.verify(shop.database) == []


async def test_what_is_agreed_after_the_goods_came_is_for_those_that_came(shop: Shop, client: Client) -> None:
    await bought(shop, "O-1", quantity=3)
    case = await received(client, shop, await claimed(client, shop, "O-1", 3), 2)
    case = await offered(client, shop, case, "80.00", keepsGoods=False)
    case = await answered(client, shop, case, accept=True)
    seen = {"quantity": 2, "grade": "USED", "disposition": "LIQUIDATE"}
    seen |= {"orderLineId": case["lines"][0]["orderLine"]["id"]}

    case = await step(client, await seller(shop), "recordInspection", case, lines=[seen])

    assert refunds(case) == ["80.00"]
    assert await audit.verify(shop.database) == []


async def test_nothing_is_offered_for_goods_that_are_to_be_sent(shop: Shop, client: Client) -> None:
    await bought(shop, "O-1")
    await shop.stock("SHOE-43", 1)
    case = await booked(client, shop, "O-1", resolution="EXCHANGE", exchangeSku="SHOE-43")
    assert case["exchange"]["status"] == "RESERVED"
    shoes = await seller(shop)
    asked = of(case, amount=money("40.00"), keepsGoods=True)  # where no money is at stake
    assert await undone(client, shop, shoes, "proposeOffer", asked) == ("INVALID_STATE", [])


async def test_a_rejected_offer_leaves_all_as_it_was_and_three_are_made_at_most(
    shop: Shop, client: Client
) -> None:
    case = await a_waiting_case(client, shop)
    for amount in ("10.00", "20.00", "30.00"):
        case = await offered(client, shop, case, amount)
        case = await answered(client, shop, case, accept=False)
        assert (case["status"], refunds(case)) == ("REQUESTED", [])
        assert [line["refundable"]["amount"] for line in case["lines"]] == ["100.00"]
        assert [deadline["kind"] for deadline in case["deadlines"]] == ["MERCHANT_RESPONSE"]

    assert [one["status"] for one in await offers(client, case)] == ["REJECTED"] * 3
    asked = of(case, amount=money("40.00"), keepsGoods=True)
    assert await undone(client, shop, await seller(shop), "proposeOffer", asked) == ("INVALID_STATE", [])
    assert await audit.verify(shop.database) == []


async def test_who_pays_takes_the_offer_back(shop: Shop, client: Client) -> None:
    await bought(shop, "O-1")
    case = await offered(client, shop, await booked(client, shop, "O-1"), "10.00")

    case = await received(client, shop, case, 1)

    assert (refunds(case), [one["status"] for one in await offers(client, case)]) == (["96.50"], ["EXPIRED"])
    assert await audit.verify(shop.database) == []


async def test_an_offer_beside_a_part_that_was_paid_is_for_what_is_left(shop: Shop, client: Client) -> None:
    await bought(shop, "O-1")
    shoes = await seller(shop)
    case = await booked(client, shop, "O-1")
    case = await step(client, shoes, "issueRefund", case, amount=money("30.00"))
    asked = of(case, amount=money("70.01"), keepsGoods=True)
    refused = await undone(client, shop, shoes, "proposeOffer", asked)
    assert refused == ("AMOUNT_EXCEEDED", ["amount", "amount"])

    case = await answered(client, shop, await offered(client, shop, case, "70.00"), accept=True)

    assert refunds(case) == ["30.00", "70.00"]
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize(
    ("amount", "code", "path"),
    [
        (money("100.01"), "AMOUNT_EXCEEDED", ["amount", "amount"]),
        (money("0.00"), "INVALID_INPUT", ["amount", "amount"]),
        (money("-5.00"), "INVALID_INPUT", ["amount", "amount"]),
        (money("5.001"), "INVALID_INPUT", ["amount", "amount"]),
        (money("5.00", "EUR"), "INVALID_INPUT", ["amount", "currency"]),
    ],
)
async def test_what_cannot_be_offered_changes_nothing(
    shop: Shop, client: Client, amount: dict[str, str], code: str, path: list[str]
) -> None:
    case = await a_waiting_case(client, shop)
    asked = of(case, amount=amount, keepsGoods=False)
    assert await undone(client, shop, await seller(shop), "proposeOffer", asked) == (code, path)


@pytest.mark.parametrize(
    ("currency", "paid", "zero", "fine", "too_fine"),
    [("VND", "300000", "0", "299999", "0.5"), ("KWD", "1.000", "0.000", "0.999", "0.0005")],
)
async def test_offers_are_exact_in_currencies_of_no_place_and_of_three(
    shop: Shop, client: Client, currency: str, paid: str, zero: str, fine: str, too_fine: str
) -> None:
    line = a_line() | {"paid": paid, "unitPrice": paid, "discount": zero, "tax": zero}
    payments = [{"externalId": "p1", "method": "CARD", "captured": paid, "label": "Visa"}]
    sold: dict[str, Any] = {"currency": currency, "payments": payments, "shippingFee": zero}
    await shop.take(an_order("O-1", line, customer="ben", **sold))
    case = await a_case(client, shop, "O-1", customer="ben", reason="COUNTERFEIT", evidence=PROOF)
    asked = of(case, amount=money(too_fine, currency), keepsGoods=True)
    refused = await undone(client, shop, await seller(shop), "proposeOffer", asked)
    assert refused == ("INVALID_INPUT", ["amount", "amount"])

    case = await offered(client, shop, case, fine, currency)
    case = await answered(client, shop, case, accept=True)

    assert refunds(case) == [fine]
    assert await audit.verify(shop.database) == []


async def test_an_offer_is_answered_by_its_customer_in_time_and_once(shop: Shop, client: Client) -> None:
    await bought(shop, "O-1")
    other = await offered(client, shop, await booked(client, shop, "O-1"), "5.00")
    theirs = (await offers(client, other))[0]["id"]
    case = await offered(client, shop, await a_waiting_case(client, shop), "30.00")
    mine = (await offers(client, case))[0]["id"]
    ben, ada, shoes = await shop.customer("ben"), await shop.customer("ada"), await seller(shop)
    asked = of(case, offerId=mine, accept=True)

    async def refused(viewer: Any, key: str, **differing: Any) -> Any:
        how = {"now": differing.pop("now", NOW)}
        one = asked | differing | {"idempotencyKey": key}
        return await undone(client, shop, viewer, "respondToOffer", one, **how)

    assert await refused(shoes, "1") == ("FORBIDDEN", [])
    assert await refused(AGENT, "2") == ("FORBIDDEN", [])
    assert await refused(ada, "3") == ("NOT_FOUND", ["caseId"])
    assert await refused(ben, "4", offerId=theirs) == ("NOT_FOUND", ["offerId"])
    assert await refused(ben, "5", offerId=case["id"]) == ("NOT_FOUND", ["offerId"])
    assert await refused(ben, "6", version=case["version"] - 1) == ("VERSION_CONFLICT", ["version"])
    assert await refused(ben, "7", now=AFTER) == ("DEADLINE_PASSED", ["offerId"])
    assert await refused(ben, "8", now=AFTER, accept=False) == ("DEADLINE_PASSED", ["offerId"])

    case = await answered(client, shop, case, accept=False)
    asked = of(case, offerId=mine, accept=True)
    assert await refused(ben, "9") == ("INVALID_STATE", ["offerId"])
    assert events(case)[-1] == "offer_rejected"


async def test_only_one_offer_is_open_and_only_its_merchant_makes_it(shop: Shop, client: Client) -> None:
    case = await a_waiting_case(client, shop)
    asked = of(case, amount=money("5.00"), keepsGoods=True)
    ben, shoes = await shop.customer("ben"), await seller(shop)
    assert await undone(client, shop, ben, "proposeOffer", asked) == ("FORBIDDEN", [])
    assert await undone(client, shop, AGENT, "proposeOffer", asked) == ("FORBIDDEN", [])

    case = await offered(client, shop, case, "5.00")
    again = of(case, amount=money("6.00"), keepsGoods=True, idempotencyKey="again")
    assert await undone(client, shop, shoes, "proposeOffer", again) == ("INVALID_STATE", [])
