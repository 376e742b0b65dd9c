"""Do open refunds, offers, rulings and gifts together stay below what was captured? (rows 8 and 9)"""

import asyncio
from typing import Any

import pytest

from bff.payments.behaviour import Behaviour
from bff.vocabulary import AccountKind
from tests.graph.shop import AGENT, a_line
from tests.money_defects.life import Life, paid, promised, sgd
from tests.money_defects.till import once

PAST = ("AMOUNT_EXCEEDED", ["amount", "amount"])


def about(case: Any, **more: Any) -> dict[str, Any]:
    """An input about a case at its version."""
    return {"caseId": case["id"], "version": case["version"]} | more


async def disputed(life: Life, number: str, *units: tuple[str, int]) -> Any:
    """A claim that the merchant declined and Ben disputes."""
    case = await life.request(number, *units, reason="COUNTERFEIT")
    case = await life.do(await life.seller(), "declineCase", case, reason="It is genuine")
    return await life.do(await life.ben(), "openDispute", case, claim="It is a fake")


async def test_row_08_open_refunds_of_one_case_count_before_they_are_paid(life: Life) -> None:
    await life.sell(
        "G-1", a_line("1", paid="50.00"), a_line("2", paid="60.00")
    )  # the order has more than the line
    case, seller = await life.booked("G-1"), await life.seller()
    for amount in ("20.00", "20.00"):
        case = await life.do(seller, "issueRefund", case, amount=sgd(amount))
    assert await life.sums("G-1") == (11000, 0, 4000)

    assert await life.refused(seller, "issueRefund", about(case, amount=sgd("10.01"))) == PAST
    offer = about(case, amount=sgd("10.01"), keepsGoods=True)
    assert await life.refused(seller, "proposeOffer", offer) == PAST
    case = await life.do(seller, "issueRefund", case, amount=sgd("10.00"))
    assert await life.refused(seller, "issueRefund", about(case, amount=sgd("0.01"))) in (
        PAST,
        ("INVALID_STATE", []),
    )

    assert await life.till.pay() == 3
    assert await life.till.paid() == {"G-1-card": 5000}


async def test_row_08_refunds_offers_rulings_and_withdrawals_of_one_order_share_one_ceiling(life: Life) -> None:
    # Four units of 25.00; one is refunded, one offered, one ruled, one returned: 100.00 were captured.
    await life.sell("G-1", a_line(paid="100.00", quantity=4))
    seller, ben = await life.seller(), await life.ben()
    refunded = await life.do(seller, "issueRefund", await life.booked("G-1"), amount=sgd("25.00"))
    waiting = await life.request("G-1", reason="COUNTERFEIT")
    offered = await life.do(seller, "proposeOffer", waiting, amount=sgd("25.00"), keepsGoods=True)
    ruled = await disputed(life, "G-1", ("1", 1))
    last = await life.booked("G-1")

    for name, who, asked in (
        ("issueRefund", seller, about(refunded, amount=sgd("0.01"))),
        ("issueRefund", seller, about(last, amount=sgd("25.01"))),
        ("ruleDispute", AGENT, about(ruled, liableParty="PLATFORM", rationale="r", refund=sgd("25.01"))),
    ):
        code, _ = await life.refused(who, name, asked)
        assert code in {"AMOUNT_EXCEEDED", "INVALID_STATE"}
    await life.do(ben, "respondToOffer", offered, offerId=offered["offers"][0]["id"], accept=True)
    await life.do(AGENT, "ruleDispute", ruled, liableParty="PLATFORM", rationale="r", refund=sgd("25.00"))
    await life.looked_at(await life.received(last))

    assert await life.till.pay() == 4
    assert await life.till.paid() == {"G-1-card": 10000}
    assert await life.sums("G-1") == (10000, 10000, 0)
    assert await life.till.owed(AccountKind.CUSTOMER) == 0


async def test_row_08_all_at_once_the_ceiling_holds(life: Life) -> None:
    await life.sell("G-1", a_line(paid="100.00", quantity=4))
    seller = await life.seller()
    cases = [await life.booked("G-1") for _ in range(4)]

    def asked(case: Any, amount: str, turn: int) -> dict[str, Any]:
        return {"caseId": case["id"], "version": case["version"] + turn, "amount": sgd(amount)}

    wanted = [asked(case, amount, 0) for case in cases for amount in ("25.00", "24.00", "13.00")]
    payloads = await asyncio.gather(*(life.ask(seller, "issueRefund", one) for one in wanted))

    codes = [error["code"] for payload in payloads for error in payload["userErrors"]]
    assert codes == ["VERSION_CONFLICT"] * 8  # of three for each case, one is first
    for case in cases:
        now = await life.again(case)
        rest = about(now, amount=sgd("25.00"))
        assert (await life.ask(seller, "issueRefund", rest))["userErrors"] != []
    await life.till.pay()
    captured, refunded, held = await life.sums("G-1")
    assert refunded == sum((await life.till.paid()).values()) <= captured == 10000
    assert held == 0


async def test_row_08_a_refund_belongs_to_the_payments_that_it_was_promised_from(life: Life) -> None:
    cards = [
        {"externalId": f"G-1-{n}", "method": "CARD", "captured": amount, "label": n}
        for n, amount in (("a", "60.00"), ("b", "40.00"))
    ]
    await life.sell("G-1", a_line("1", paid="50.00"), a_line("2", paid="50.00"), payments=cards)

    assert paid(await life.back("G-1", ("1", 1))) == ["50.00"]
    assert paid(await life.back("G-1", ("2", 1))) == ["50.00"]

    assert await life.till.paid() == {"G-1-a": 6000, "G-1-b": 4000}
    assert all(order.amount.minor <= 6000 for order, _ in life.till.seen)


# ---- the provider ----------------------------------------------------------------------------------------


async def test_row_09_the_provider_is_called_after_the_row_is_there_and_the_money_held(life: Life) -> None:
    await life.sell("G-1", a_line(paid="50.00"))
    await life.back("G-1")

    ((order, row),) = life.till.seen
    assert row == {"refund": "PROCESSING", "tender": "PROCESSING", "held": 5000}
    assert (order.payment, order.amount.minor, order.amount.currency) == ("G-1-card", 5000, "SGD")


@pytest.mark.parametrize("name", ["issueRefund", "proposeOffer"])
async def test_row_09_what_is_too_much_is_refused_before_anybody_is_called(life: Life, name: str) -> None:
    await life.sell("G-1", a_line(paid="50.00"))
    case = await life.booked("G-1")
    more = {} if name == "issueRefund" else {"keepsGoods": True}

    for amount in ("50.01", "999999999999.99"):
        asked = about(case, amount=sgd(amount), **more)
        assert await life.refused(await life.seller(), name, asked) == PAST
    assert await life.till.pay() == 0
    assert life.till.seen == []


async def test_row_09_a_mutation_calls_no_provider_and_a_failure_leaves_one_refund_to_try_again(
    life: Life,
) -> None:
    await life.sell("G-1", a_line(paid="50.00"))
    life.till.provider.behave(once(Behaviour.DECLINES))
    case = await life.looked_at(await life.received(await life.booked("G-1")))
    assert (promised(case), life.till.seen) == (["50.00"], [])

    await life.till.pay()
    case = await life.again(case)
    assert [refund["status"] for refund in case["refunds"]] == ["FAILED"]
    assert await life.sums("G-1") == (5000, 0, 0)
    assert await life.till.owed() == 5000  # it is owed all the while
    refused = await life.refused(await life.seller(), "issueRefund", about(case))
    assert refused == ("INVALID_STATE", [])  # a second refund for the same money is never written

    retry = {"refundId": case["refunds"][0]["id"]}
    await life.do(await life.seller(), "retryRefund", retry)
    await life.till.pay()
    assert paid(await life.again(case)) == ["50.00"]
    assert await life.till.paid() == {"G-1-card": 5000}
    assert await life.sums("G-1") == (5000, 5000, 0)


async def test_row_09_a_refund_over_several_payments_never_ends_in_the_middle(life: Life) -> None:
    cards = [{"externalId": f"G-1-{n}", "method": "CARD", "captured": "25.00", "label": n} for n in ("a", "b")]
    await life.sell("G-1", a_line(paid="50.00"), payments=cards)
    life.till.provider.behave(once(Behaviour.REQUEST_LOST))
    case = await life.looked_at(await life.received(await life.booked("G-1")))

    await life.till.pay()  # nobody heard
    assert await life.sums("G-1") == (5000, 0, 5000)
    assert await life.till.paid() == {}
    life.till.provider.behave(once(Behaviour.PAYS))
    await life.till.pay()  # the same orders again, under the same keys

    assert paid(await life.again(case)) == ["50.00"]
    assert await life.till.paid() == {"G-1-a": 2500, "G-1-b": 2500}
    assert len({order.key for order, _ in life.till.seen}) == 2
