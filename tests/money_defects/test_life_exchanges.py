"""Is the difference of an exchange charged and refunded, and nothing divided by zero? (rows 5 and 13)"""

from typing import Any

import pytest

from bff.vocabulary import AccountKind
from tests.graph.shop import AGENT, INGEST, a_line, an_order
from tests.money_defects.life import Life, paid, promised, sgd

FREE: dict[str, Any] = {"unitPrice": "5.00", "discount": "5.00", "paid": "0.00", "tax": "0.00"}


async def on_the_shelf(life: Life, sku: str, price: str, units: int = 9) -> None:
    """Another size of the shoe at that price."""
    other = an_order(f"OTHER-{sku}", a_line(sku=sku, variant=sku[-2:], paid=price), customer="eve")
    await life.shop.take(other)
    await life.shop.stock(sku, units)


async def exchange_asked(life: Life, number: str, sku: str, quantity: int = 1) -> Any:
    """An approved exchange whose goods are booked to come back."""
    wanted = {"resolution": "EXCHANGE", "exchangeSku": sku, "reason": "SIZE_OR_FIT"}
    return await life.booked(number, ("1", quantity), **wanted)


async def sent(life: Life, case: Any) -> Any:
    """The case after the other goods were sent and have arrived."""
    tracking = f"X-{case['number']}"
    await life.do(await life.seller(), "shipExchange", case, carrier="Quick Post", trackingNumber=tracking)
    scan = {"eventId": tracking, "trackingNumber": tracking, "status": "DELIVERED", "at": "2026-11-20T03:59:00Z"}
    told = await life.ask(INGEST, "recordShipmentEvents", {"events": [scan]}, fields="applied")
    assert told == {"applied": 1, "userErrors": []}
    await life.till.pay()
    return await life.again(case)


@pytest.mark.parametrize(
    ("price", "difference", "refunded", "charged"),
    [("120.00", "20.00", [], -2000), ("100.00", "0.00", [], 0), ("70.00", "-30.00", ["30.00"], 0)],
)
async def test_row_13_the_difference_of_an_exchange_is_charged_or_refunded(
    life: Life, price: str, difference: str, refunded: list[str], charged: int
) -> None:
    await life.sell("E-1", a_line(paid="100.00"))
    await on_the_shelf(life, "SHOE-44", price)
    case = await exchange_asked(life, "E-1", "SHOE-44")
    assert case["exchange"]["priceDifference"] == {"amount": difference}
    assert promised(case) == []

    case = await sent(life, await life.looked_at(await life.received(case)))

    assert (case["status"], case["exchange"]["status"]) == ("COMPLETED", "DELIVERED")
    assert paid(case) == refunded
    assert await life.till.owed() == charged  # what the customer is to pay for the dearer goods
    assert await life.till.owed(AccountKind.MERCHANT) == -charged - (3000 if refunded else 0)
    assert await life.sums("E-1") == (10000, 3000 if refunded else 0, 0)


async def test_row_13_the_difference_counts_for_each_unit(life: Life) -> None:
    await life.sell("E-1", a_line(paid="200.00", quantity=2))
    await on_the_shelf(life, "SHOE-44", "70.00")
    case = await exchange_asked(life, "E-1", "SHOE-44", 2)
    assert case["exchange"]["priceDifference"] == {"amount": "-60.00"}

    case = await sent(life, await life.looked_at(await life.received(case)))

    assert (case["status"], paid(case)) == ("COMPLETED", ["60.00"])


async def test_row_13_a_discount_carries_over_and_no_more_comes_back_than_was_paid(life: Life) -> None:
    await life.sell("E-1", a_line(unitPrice="100.00", discount="20.00", paid="80.00"))
    await on_the_shelf(life, "SHOE-44", "5.00")

    case = await sent(
        life, await life.looked_at(await life.received(await exchange_asked(life, "E-1", "SHOE-44")))
    )

    assert paid(case) == ["80.00"]
    assert await life.sums("E-1") == (8000, 8000, 0)


async def test_row_13_an_exchange_whose_goods_come_short_is_paid_in_money_by_what_came(life: Life) -> None:
    await life.sell("E-1", a_line(paid="200.00", quantity=2))
    await on_the_shelf(life, "SHOE-44", "120.00")
    case = await exchange_asked(life, "E-1", "SHOE-44", 2)

    case = await life.looked_at(await life.received(case, [1]), [1])
    await life.till.pay()
    case = await life.again(case)

    assert (case["exchange"]["status"], paid(case)) == ("CANCELLED", ["96.50"])
    assert await life.till.owed() == 0  # nobody is charged for what was not sent


# ---- nothing by nothing ------------------------------------------------------------------------------


async def test_row_05_goods_of_no_price_come_back_for_nothing(life: Life) -> None:
    await life.sell("E-1", a_line("1", **FREE), a_line("2", paid="30.00"))
    case = await life.back("E-1", ("1", 1))
    assert (case["status"], paid(case)) == ("COMPLETED", [])

    case = await life.back("E-1", ("2", 1))
    assert paid(case) == ["30.00"]
    assert await life.sums("E-1") == (3000, 3000, 0)


async def test_row_05_a_gift_beside_what_was_paid_takes_no_share_of_it(life: Life) -> None:
    await life.sell("E-1", a_line("1", **FREE), a_line("2", paid="30.00"), shippingFee="3.00")

    case = await life.back("E-1", ("1", 1), ("2", 1))

    by_line = {line["orderLine"]["id"]: line["refunded"]["amount"] for line in case["lines"]}
    assert by_line[await life.shop.line_id("E-1", "1")] == "0.00"
    assert paid(case) == ["33.00"]


@pytest.mark.parametrize("price", ["0.00", "12.00"])
async def test_row_05_goods_of_no_price_can_be_exchanged(life: Life, price: str) -> None:
    await life.sell("E-1", a_line("1", **FREE), a_line("2", paid="30.00"))
    if price == "0.00":
        await life.shop.take(an_order("OTHER-0", a_line(sku="SHOE-44", variant="44") | FREE, customer="eve"))
        await life.shop.stock("SHOE-44", 9)
    else:
        await on_the_shelf(life, "SHOE-44", price)

    case = await sent(
        life, await life.looked_at(await life.received(await exchange_asked(life, "E-1", "SHOE-44")))
    )

    assert (case["status"], paid(case)) == ("COMPLETED", [])
    assert await life.sums("E-1") == (3000, 0, 0)


@pytest.mark.parametrize("priced", [True, False])
async def test_row_05_an_exchange_that_is_disputed_is_refunded_up_to_what_was_paid(
    life: Life,
    priced: bool,  # noqa: FBT001 - a table's column
) -> None:
    line = a_line("1", paid="100.00", tax="9.00") if priced else a_line("1", **FREE)
    await life.sell("E-1", line, a_line("2", paid="30.00"))
    await on_the_shelf(life, "SHOE-44", "70.00")
    case = await sent(
        life, await life.looked_at(await life.received(await exchange_asked(life, "E-1", "SHOE-44")))
    )
    before = paid(case)
    assert before == (["30.00"] if priced else [])

    case = await life.do(await life.ben(), "openDispute", case, claim="It does not fit either")
    about = {"caseId": case["id"], "version": case["version"], "liableParty": "MERCHANT", "rationale": "So it is"}
    over = about | {"refund": sgd("70.01" if priced else "0.01")}
    assert await life.refused(AGENT, "ruleDispute", over) == ("AMOUNT_EXCEEDED", ["refund", "amount"])
    more = {"refund": sgd("70.00")} if priced else {}
    case = await life.do(AGENT, "ruleDispute", case, **(about | more))
    await life.till.pay()

    assert paid(await life.again(case)) == ([*before, "70.00"] if priced else [])
    assert await life.sums("E-1") == ((13000, 10000, 0) if priced else (3000, 0, 0))


async def test_row_05_a_deduction_from_goods_of_no_price_is_refused_and_divides_nothing(life: Life) -> None:
    await life.sell("E-1", a_line("1", **FREE), a_line("2", paid="30.00"))
    case = await life.booked("E-1", ("1", 1), ("2", 1))
    seller = await life.seller()
    case = await life.do(seller, "issueRefund", case, amount=sgd("10.00"))
    case = await life.received(case)
    seen = [
        {"orderLineId": line["orderLine"]["id"], "quantity": 1, "grade": "USED", "disposition": "LIQUIDATE"}
        for line in case["lines"]
    ]
    free = await life.shop.line_id("E-1", "1")
    worn = [one | ({"deduction": sgd("0.01")} if one["orderLineId"] == free else {}) for one in seen]
    place = str(next(at for at, one in enumerate(seen) if one["orderLineId"] == free))
    asked = {"caseId": case["id"], "version": case["version"], "lines": worn}
    refused = await life.refused(seller, "recordInspection", asked)
    assert refused == ("AMOUNT_EXCEEDED", ["lines", place, "deduction", "amount"])

    await life.looked_at(case, defectConfirmed=False)
    await life.till.pay()
    assert paid(await life.again(case)) == ["10.00", "16.50"]  # 30.00 less 3.50 for the parcel, less 10.00
