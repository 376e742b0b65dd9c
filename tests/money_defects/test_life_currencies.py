"""Are cases of currencies without a cent, and with three places, paid exactly? (row 15)"""

import pytest

from tests.graph.shop import AGENT, a_line
from tests.money_defects.life import Life, paid, promised, sgd

PLACES = [
    ("VND", "100000", ["33334", "33333", "33333"], 100000),
    ("SGD", "1000.00", ["333.34", "333.33", "333.33"], 100000),
    ("KWD", "100.000", ["33.334", "33.333", "33.333"], 100000),
    ("JPY", "1000", ["334", "333", "333"], 1000),
]


@pytest.mark.parametrize(("currency", "total", "each", "minor"), PLACES)
async def test_row_15_three_returns_pay_the_whole_line_in_its_own_minor_units(
    life: Life, currency: str, total: str, each: list[str], minor: int
) -> None:
    zero = "0" + total.partition(".")[1] + "0" * len(total.partition(".")[2])
    line = a_line() | {"quantity": 3, "unitPrice": total, "paid": total, "discount": zero, "tax": zero}
    price = {"unitPrice": each[0], "discount": spare(each, total)}
    await life.sell("V-1", line | price, currency=currency, shippingFee=zero)

    assert [paid(await life.back("V-1"))[0] for _ in range(3)] == each
    assert await life.till.paid() == {"V-1-card": minor}
    assert await life.sums("V-1") == (minor, minor, 0)
    assert {order.amount.currency for order, _ in life.till.seen} == {currency}


def spare(each: list[str], total: str) -> str:
    """What three of the dearest unit cost more than the line."""
    _, point, digits = total.partition(".")
    places = len(digits)
    over = 3 * int(each[0].replace(".", "")) - int(total.replace(".", ""))
    text = str(over).rjust(places + 1, "0")
    return text[:-places] + point + text[-places:] if places else text


@pytest.mark.parametrize(
    ("currency", "total", "fee", "left"),
    [
        ("VND", "450000", "30000", "420000"),
        ("KWD", "45.125", "1.250", "43.875"),
        ("SGD", "45.10", "3.50", "41.60"),
    ],
)
async def test_row_15_a_deduction_and_a_fee_are_of_the_currencys_own_minor_unit(
    life: Life, currency: str, total: str, fee: str, left: str
) -> None:
    zero = "0." + "0" * len(total.partition(".")[2]) if "." in total else "0"
    line = a_line() | {"unitPrice": total, "paid": total, "discount": zero, "tax": zero}
    await life.sell("V-1", line, currency=currency, shippingFee=zero)

    case = await life.back("V-1", reason="CHANGE_OF_MIND")

    assert paid(case) == [left]
    assert [
        one["amount"]["amount"] for one in case["refunds"][0]["breakdown"] if one["kind"] == "RETURN_FREIGHT"
    ] in ([[f"-{fee}"], [fee]])


@pytest.mark.parametrize(
    ("currency", "amount", "wrong"),
    [("VND", "45000", "45000.5"), ("KWD", "4.125", "4.1255"), ("SGD", "4.12", "4.125")],
)
async def test_row_15_an_amount_that_the_currency_cannot_express_is_refused_and_never_rounded(
    life: Life, currency: str, amount: str, wrong: str
) -> None:
    zero = "0." + "0" * len(amount.partition(".")[2]) if "." in amount else "0"
    line = a_line() | {"unitPrice": amount, "paid": amount, "discount": zero, "tax": zero}
    await life.sell("V-1", line, currency=currency, shippingFee=zero)
    case, seller = await life.booked("V-1"), await life.seller()
    about = {"caseId": case["id"], "version": case["version"]}

    refused = about | {"amount": sgd(wrong, currency)}
    assert await life.refused(seller, "issueRefund", refused) == ("INVALID_INPUT", ["amount", "amount"])
    other = "KWD" if currency == "VND" else "VND"
    foreign = about | {"amount": sgd("1", other)}
    assert await life.refused(seller, "issueRefund", foreign) == ("INVALID_INPUT", ["amount", "currency"])
    case = await life.do(seller, "issueRefund", case, amount=sgd(amount, currency))

    assert promised(case) == [amount]
    assert await life.till.pay() == 1
    assert await life.sums("V-1") == (int(amount.replace(".", "")), int(amount.replace(".", "")), 0)
    compensation = {"kind": "CASH", "bornBy": "PLATFORM", "reason": "x"}
    given = about | compensation | {"version": case["version"], "amount": sgd(wrong, currency)}
    case = await life.again(case)
    given["version"] = case["version"]
    assert await life.refused(AGENT, "grantCompensation", given) == ("INVALID_INPUT", ["amount", "amount"])
