"""Do short receipts, gift cards, discounts, shipping and chargebacks leave the totals right? (security 9 to 13)"""

import asyncio
from typing import Any

import pytest

from bff.vocabulary import AccountKind
from tests.graph.shop import Shop, a_line, an_order
from tests.money_defects.life import Life, paid, part, promised, sgd

PAST = ("AMOUNT_EXCEEDED", ["amount", "amount"])
CREDIT = "SELECT balance_minor FROM store_credits"


def about(case: Any, **more: Any) -> dict[str, Any]:
    """An input about a case at its version."""
    return {"caseId": case["id"], "version": case["version"]} | more


async def test_security_09_two_of_three_that_arrive_are_paid_and_none_is_clawed_from_the_seller(
    life: Life,
) -> None:
    await life.sell("T-1", a_line(paid="269.97", quantity=3))

    case = await life.back("T-1", ("1", 3), counts=[2])

    assert paid(case) == ["179.98"]
    assert await life.till.paid() == {"T-1-card": 17998}
    assert await life.till.owed(AccountKind.MERCHANT) == -17998 - 350  # and the parcel, for the goods were wrong
    assert await life.till.owed() == 0


async def test_security_09_what_was_paid_before_the_count_is_claimed_back_by_the_unit(life: Life) -> None:
    await life.sell("T-1", a_line(paid="269.97", quantity=3))
    case = await life.do(await life.seller(), "issueRefund", await life.booked("T-1", ("1", 3)))
    await life.till.pay()
    case = await life.received(await life.again(case), [2])

    claimed = [
        edge["node"]["data"] for edge in case["timeline"]["edges"] if edge["node"]["type"] == "claw_back_opened"
    ]
    assert claimed == [{"amount": 8999, "currency": "SGD"}]
    assert await life.till.owed() == -8999


# ---- gift cards ----------------------------------------------------------------------------------------


async def test_security_10_a_gift_card_is_given_back_no_further_than_it_was_used_by_many_at_once(
    life: Life,
) -> None:
    cards = [
        {"externalId": f"T-1-{kind.lower()}", "method": kind, "captured": amount, "label": kind}
        for kind, amount in (("GIFT_CARD", "30.00"), ("CARD", "70.00"))
    ]
    await life.sell("T-1", a_line(paid="100.00", quantity=5), payments=cards)
    cases, seller = [await life.booked("T-1") for _ in range(5)], await life.seller()

    await asyncio.gather(*(life.ask(seller, "issueRefund", about(case)) for case in cases for _ in range(3)))
    await life.till.pay()

    for case in cases:
        assert promised(await life.again(case)) == ["20.00"]
    assert await life.shop.database.rows(CREDIT) == [{"balance_minor": 3000}]
    assert await life.till.paid() == {"T-1-card": 7000}
    assert await life.sums("T-1") == (10000, 10000, 0)


# ---- discounts and shipping ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("market", "currency", "amounts"),
    [("SG", "SGD", ["135.00", "45.00"]), ("DE", "EUR", ["142.50", "47.50"])],
)
async def test_security_11_one_line_has_its_share_of_the_whole_orders_discount_and_of_a_promised_shipping(
    life: Life, market: str, currency: str, amounts: list[str]
) -> None:
    # 20.00 off the order and 10.00 of delivery: 15.00 and 7.50 are the dear line's, the rest the cheap one's.
    dear = a_line("1", unitPrice="150.00", discount="15.00", paid="135.00", category="books")
    cheap = a_line("2", unitPrice="50.00", discount="5.00", paid="45.00", category="books")
    there = {"market": market, "currency": currency, "shippingFee": "10.00"}
    await life.sell("T-1", dear, cheap, **there)

    cases = [await life.back("T-1", (line, 1), reason="CHANGE_OF_MIND") for line in ("1", "2")]

    fees = [sum(float(text) for text in part(case, "RETURN_FREIGHT")) for case in cases]
    gross = [f"{float(paid(case)[0]) + abs(fee):.2f}" for case, fee in zip(cases, fees, strict=True)]
    assert gross == amounts
    shipping = [part(case, "SHIPPING") for case in cases]
    assert shipping == ([["7.50"], ["2.50"]] if market == "DE" else [[], []])


async def test_security_11_faulty_goods_take_their_share_of_the_shipping_along(life: Life) -> None:
    await life.sell("T-1", a_line("1", paid="90.00"), a_line("2", paid="10.00"), shippingFee="5.00")

    case = await life.back("T-1", ("1", 1))

    assert paid(case) == ["94.50"]
    assert part(case, "SHIPPING") == ["4.50"]


# ---- all at once ---------------------------------------------------------------------------------------


async def test_security_12_refunds_at_once_never_exceed_the_payment(life: Life) -> None:
    await life.sell("T-1", a_line(paid="100.00", quantity=4), shippingFee="8.00")
    cases, seller = [await life.booked("T-1") for _ in range(4)], await life.seller()

    for amount in ("27.00", "27.00", "0.01"):
        now = [await life.again(case) for case in cases]
        asked = [about(case, amount=sgd(amount)) for case in now for _ in range(3)]
        await asyncio.gather(*(life.ask(seller, "issueRefund", one) for one in asked))
    await life.till.pay()

    for case in cases:
        assert paid(await life.again(case)) == ["27.00"]
    assert await life.till.paid() == {"T-1-card": 10800}
    assert await life.sums("T-1") == (10800, 10800, 0)


# ---- chargebacks ---------------------------------------------------------------------------------------


async def test_security_13_what_a_bank_took_back_is_not_refunded_too(life: Life) -> None:
    await life.sell("T-1", a_line(paid="50.00"))
    case = await life.looked_at(await life.received(await life.booked("T-1")))
    assert promised(case) == ["50.00"]

    await life.till.charge_back("T-1-card", 5000)
    await life.till.charge_back("T-1-card", 5000)  # told twice
    await life.till.pay()

    case = await life.again(case)
    assert [(one["status"], one["failure"]) for one in case["refunds"]] == [("FAILED", "charged_back")]
    assert await life.till.paid() == {}
    assert life.till.seen == []
    retry = {"refundId": case["refunds"][0]["id"]}
    assert (await life.refused(await life.seller(), "retryRefund", retry))[0] == "AMOUNT_EXCEEDED"
    assert (await life.refused(await life.seller(), "issueRefund", about(case)))[0] == "INVALID_STATE"
    assert await life.till.owed(AccountKind.PLATFORM) == -5000


async def test_security_13_a_part_that_a_bank_took_back_lowers_what_is_left(life: Life) -> None:
    await life.sell("T-1", a_line(paid="50.00"))
    case, seller = await life.booked("T-1"), await life.seller()
    await life.till.charge_back("T-1-card", 2000)

    for amount in ("50.00", "30.01"):
        assert await life.refused(seller, "issueRefund", about(case, amount=sgd(amount))) == PAST
    offer = about(case, amount=sgd("30.01"), keepsGoods=True)
    assert await life.refused(seller, "proposeOffer", offer) == PAST
    case = await life.do(seller, "issueRefund", case, amount=sgd("30.00"))
    await life.till.pay()

    assert paid(await life.again(case)) == ["30.00"]
    assert sum((await life.till.paid()).values()) + 2000 == 5000


async def test_security_13_a_chargeback_after_the_refund_leaves_nothing_more_to_refund(life: Life) -> None:
    await life.sell("T-1", a_line(paid="50.00", quantity=2))
    await life.back("T-1")
    case = await life.booked("T-1")
    await life.till.charge_back("T-1-card", 2500)

    refused = await life.refused(await life.seller(), "issueRefund", about(case, amount=sgd("0.01")))
    assert refused == PAST
    await life.looked_at(await life.received(case))
    await life.till.pay()

    assert await life.till.paid() == {"T-1-card": 2500}
    assert await life.sums("T-1") == (5000, 2500, 0)


async def test_security_13_the_chargeback_of_one_order_leaves_another_alone(life: Life, shop: Shop) -> None:
    await life.sell("T-1", a_line(paid="50.00"))
    await life.sell("T-2", a_line(paid="50.00"))
    await life.till.charge_back("T-1-card", 5000)

    assert paid(await life.back("T-2")) == ["50.00"]
    assert await life.till.paid() == {"T-2-card": 5000}
    await shop.take(an_order("T-3", customer="ben"))
