"""Do refunds that are really paid add up to what was paid, line by line? (rows 3, 4, 6, 7 and 14)"""

from typing import Any

import pytest

from bff.vocabulary import AccountKind
from tests.graph.shop import AGENT, a_line
from tests.money_defects.life import Life, paid, part, promised, sgd

PAST = ("AMOUNT_EXCEEDED", ["amount", "amount"])


def about(case: Any, **more: Any) -> dict[str, Any]:
    """An input about a case at its version."""
    return {"caseId": case["id"], "version": case["version"]} | more


async def test_row_03_what_was_paid_after_promotions_is_refunded(life: Life) -> None:
    line = a_line(unitPrice="100.00", quantity=3, discount="90.00", paid="210.00")
    await life.sell("S-1", line)

    assert paid(await life.back("S-1", ("1", 2))) == ["140.00"]
    assert paid(await life.back("S-1", ("1", 1))) == ["70.00"]
    assert await life.till.paid() == {"S-1-card": 21000}


@pytest.mark.parametrize("way", ["issueRefund", "proposeOffer"])
async def test_row_03_no_refund_or_offer_takes_the_money_of_other_lines(life: Life, way: str) -> None:
    cheap = a_line("1", unitPrice="80.00", discount="79.00", paid="1.00")
    await life.sell("S-1", cheap, a_line("2", paid="500.00"))
    case, seller = await life.booked("S-1", ("1", 1)), await life.seller()

    more = {"keepsGoods": False} if way == "proposeOffer" else {}
    for amount in ("1.01", "80.00", "501.00"):
        asked = about(case, amount=sgd(amount), **more)
        assert await life.refused(seller, way, asked) == PAST
    await life.received(case)
    await life.till.pay()
    assert await life.sums("S-1") == (50100, 100, 0)


async def test_row_03_no_ruling_takes_the_money_of_other_lines(life: Life) -> None:
    await life.sell("S-1", a_line("1", paid="1.00", unitPrice="80.00", discount="79.00"), a_line("2"))
    case = await life.request("S-1", reason="COUNTERFEIT")
    case = await life.do(await life.seller(), "declineCase", case, reason="It is genuine")
    case = await life.do(await life.ben(), "openDispute", case, claim="It is a fake")

    ruling = about(case, liableParty="MERCHANT", rationale="A fake", refund=sgd("80.00"))
    assert await life.refused(AGENT, "ruleDispute", ruling) == ("AMOUNT_EXCEEDED", ["refund", "amount"])


async def returned_apart(life: Life, number: str, units: int) -> list[str]:
    """What each of so many returns of one unit is paid."""
    amounts = []
    for _ in range(units):
        case = await life.back(number)
        assert case["status"] == "COMPLETED"
        amounts += paid(case)
    return amounts


async def test_row_04_ten_over_three_returns_pays_ten(life: Life) -> None:
    await life.sell("S-1", a_line(paid="10.00", quantity=3))

    assert await returned_apart(life, "S-1", 3) == ["3.34", "3.33", "3.33"]
    assert await life.till.paid() == {"S-1-card": 1000}
    assert await life.sums("S-1") == (1000, 1000, 0)


async def test_row_04_ten_over_three_paid_by_two_methods_pays_each_method_whole(life: Life) -> None:
    methods = [("one", "6.67"), ("two", "3.33")]
    payments = [
        {"externalId": f"S-1-{name}", "method": "CARD", "captured": share, "label": name}
        for name, share in methods
    ]
    await life.sell("S-1", a_line(paid="10.00", quantity=3), payments=payments)

    assert await returned_apart(life, "S-1", 3) == ["3.34", "3.33", "3.33"]
    assert await life.till.paid() == {"S-1-one": 667, "S-1-two": 333}


async def test_row_06_the_tax_of_three_refunds_is_the_whole_tax(life: Life) -> None:
    await life.sell("S-1", a_line(paid="10.00", quantity=3, tax="1.60"))
    cases = [await life.back("S-1") for _ in range(3)]

    assert [part(case, "TAX") for case in cases] == [["0.54"], ["0.53"], ["0.53"]]
    assert [part(case, "ITEM") for case in cases] == [["2.80"], ["2.80"], ["2.80"]]
    assert await life.till.paid() == {"S-1-card": 1000}


async def test_row_06_the_tax_of_a_short_receipt_is_that_of_what_came(life: Life) -> None:
    await life.sell("S-1", a_line(paid="10.00", quantity=3, tax="1.60"))

    case = await life.back("S-1", ("1", 3), counts=[2])

    assert (paid(case), part(case, "TAX"), part(case, "ITEM")) == (["6.67"], ["1.07"], ["5.60"])


async def test_row_06_the_tax_of_refunds_in_parts_is_that_of_the_whole(life: Life) -> None:
    await life.sell("S-1", a_line(paid="10.00", tax="1.60"))
    case, seller = await life.booked("S-1"), await life.seller()
    for amount in ("3.33", "3.33", "3.34"):
        case = await life.do(seller, "issueRefund", case, amount=sgd(amount))

    taxes = [int(text.replace(".", "")) for text in part(case, "TAX")]
    items = [int(text.replace(".", "")) for text in part(case, "ITEM")]
    assert (sum(taxes), sum(items)) == (160, 840)
    assert [tax + item for tax, item in zip(taxes, items, strict=True)] == [333, 333, 334]
    assert promised(case) == ["3.33", "3.33", "3.34"]


async def test_row_07_twenty_over_three_returns_never_pays_a_cent_too_many(life: Life) -> None:
    await life.sell("S-1", a_line(paid="20.00", quantity=3))

    assert await returned_apart(life, "S-1", 3) == ["6.67", "6.67", "6.66"]
    assert await life.till.paid() == {"S-1-card": 2000}


async def test_row_07_two_units_together_are_worth_what_they_are_worth_apart(life: Life) -> None:
    await life.sell("S-1", a_line(paid="20.00", quantity=3))

    assert paid(await life.back("S-1", ("1", 2))) == ["13.34"]
    assert paid(await life.back("S-1", ("1", 1))) == ["6.66"]


async def test_row_07_the_odd_cent_goes_with_its_unit_when_a_return_is_cancelled(life: Life) -> None:
    await life.sell("S-1", a_line(paid="20.00", quantity=3))
    kept = await life.request("S-1", ("1", 1))
    await life.do(await life.ben(), "cancelCase", await life.request("S-1", ("1", 1)))
    assert kept["lines"][0]["refundable"] == {"amount": "6.67"}

    assert await returned_apart(life, "S-1", 2) == ["6.67", "6.66"]


async def test_row_14_an_order_discount_stays_where_it_was_as_lines_go_back(life: Life) -> None:
    # 20.00 off the order, split once: 15.00 on the dear line, 5.00 on the cheap one.
    dear = a_line("1", unitPrice="150.00", discount="15.00", paid="135.00")
    cheap = a_line("2", unitPrice="50.00", discount="5.00", paid="45.00")
    await life.sell("S-1", dear, cheap)
    open_before = await life.request("S-1", ("2", 1))
    assert open_before["lines"][0]["refundable"] == {"amount": "45.00"}

    assert paid(await life.back("S-1", ("1", 1))) == ["135.00"]

    unmoved = await life.again(open_before)
    assert unmoved["lines"][0]["refundable"] == {"amount": "45.00"}
    await life.do(await life.ben(), "cancelCase", unmoved)
    assert paid(await life.back("S-1", ("2", 1))) == ["45.00"]
    assert await life.sums("S-1") == (18000, 18000, 0)


@pytest.mark.parametrize("order", [("1", "2", "3"), ("3", "1", "2")])
async def test_row_14_lines_are_paid_alike_in_whichever_order_they_come_back(
    life: Life, order: tuple[str, ...]
) -> None:
    lines = [
        a_line("1", unitPrice="33.33", discount="3.33", paid="30.00"),
        a_line("2", unitPrice="33.33", discount="3.34", paid="29.99"),
        a_line("3", unitPrice="33.34", discount="13.33", paid="20.01"),
    ]
    await life.sell("S-1", *lines, shippingFee="1.00")

    amounts = {line: paid(await life.back("S-1", (line, 1))) for line in order}

    assert amounts == {"1": ["30.38"], "2": ["30.36"], "3": ["20.26"]}
    assert await life.sums("S-1") == (8100, 8100, 0)
    assert await life.till.owed(AccountKind.PROVIDER) == 8100
