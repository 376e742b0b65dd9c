"""Does a merchant pay what it means to pay? What is owed, a part or more, once, and never past the ceiling."""

import asyncio
from typing import Any

import pytest

from bff.cases.money import audit
from tests.graph.acting import a_case, a_waiting_case, act, data_of, events, of, undone
from tests.graph.conftest import Client
from tests.graph.returning import booked, bought, money, paid_out, received, seller, step
from tests.graph.shop import AGENT, Shop, a_line, an_order


def refunds(case: Any) -> list[tuple[str, str]]:
    """What goes back, and how far it has come."""
    return [(refund["amount"]["amount"], refund["status"]) for refund in case["refunds"]]


async def issued(client: Client, shop: Shop, case: Any, **more: Any) -> Any:
    """The case after a payment."""
    return await step(client, await seller(shop), "issueRefund", case, **more)


async def test_all_that_is_owed_is_paid_before_the_goods_are_back(shop: Shop, client: Client) -> None:
    await bought(shop, "P-1")
    case = await booked(client, shop, "P-1")

    case = await issued(client, shop, case)

    assert refunds(case) == [("96.50", "PENDING")]
    assert events(case)[-1] == "refund_requested"
    assert data_of(case, "refund_requested") == {"amount": 9650, "currency": "SGD", "method": "ORIGINAL_PAYMENT"}
    case = await received(client, shop, case, 1)
    assert refunds(case) == [("96.50", "PENDING")]
    assert await audit.verify(shop.database) == []


async def test_a_part_leaves_the_rest_owed(shop: Shop, client: Client) -> None:
    await bought(shop, "P-1")
    case = await booked(client, shop, "P-1")

    case = await issued(client, shop, case, amount=money("30.00"))
    assert refunds(case) == [("30.00", "PENDING")]

    case = await received(client, shop, case, 1)
    assert refunds(case) == [("30.00", "PENDING"), ("66.50", "PENDING")]
    assert await audit.verify(shop.database) == []


async def test_more_than_is_owed_is_goodwill_up_to_what_was_paid(shop: Shop, client: Client) -> None:
    await bought(shop, "P-1", shippingFee="5.00")
    case = await booked(client, shop, "P-1")
    asked = of(case, amount=money("105.01"))
    refused = await undone(client, shop, await seller(shop), "issueRefund", asked)
    assert refused == ("AMOUNT_EXCEEDED", ["amount", "amount"])

    case = await issued(client, shop, case, amount=money("105.00"))

    assert refunds(case) == [("105.00", "PENDING")]
    assert [line["refundable"]["amount"] for line in case["lines"]] == ["105.00"]
    assert await audit.verify(shop.database) == []


async def test_goodwill_leaves_what_other_refunds_stand_for(shop: Shop, client: Client) -> None:
    await bought(shop, "P-1", quantity=2)
    case = await booked(client, shop, "P-1", quantity=1)
    case = await issued(client, shop, case, amount=money("20.00"))
    asked = of(case, amount=money("30.01"))  # one of two units is worth 50.00
    refused = await undone(client, shop, await seller(shop), "issueRefund", asked | {"idempotencyKey": "more"})
    assert refused == ("AMOUNT_EXCEEDED", ["amount", "amount"])

    case = await issued(client, shop, case, amount=money("30.00"))

    assert refunds(case) == [("20.00", "PENDING"), ("30.00", "PENDING")]
    assert await audit.verify(shop.database) == []


async def test_store_credit_is_there_at_once(shop: Shop, client: Client) -> None:
    await bought(shop, "P-1")
    case = await booked(client, shop, "P-1")

    case = await issued(client, shop, case, method="STORE_CREDIT")

    assert refunds(case) == [("96.50", "SUCCEEDED")]
    assert events(case)[-2:] == ["refund_requested", "refund_paid"]
    credit = await shop.database.rows("SELECT balance_minor, currency FROM store_credits")
    assert credit == [{"balance_minor": 9650, "currency": "SGD"}]
    assert await audit.verify(shop.database) == []


async def test_a_screen_that_is_out_of_date_pays_nothing(shop: Shop, client: Client) -> None:
    await bought(shop, "P-1")
    case = await booked(client, shop, "P-1")
    case = await issued(client, shop, case, amount=money("30.00"), expectedRefunded=money("0.00"))
    assert await paid_out(client, shop, case) == "APPROVED"
    case = case | {"version": case["version"] + 1}
    shoes = await seller(shop)
    stale = of(case, amount=money("30.00"), expectedRefunded=money("0.00"), idempotencyKey="stale")
    assert await undone(client, shop, shoes, "issueRefund", stale) == ("VERSION_CONFLICT", ["expectedRefunded"])
    wrong = stale | {"expectedRefunded": money("30.00", "EUR")}
    path = ["expectedRefunded", "currency"]
    assert await undone(client, shop, shoes, "issueRefund", wrong) == ("INVALID_INPUT", path)

    case = await issued(client, shop, case, amount=money("30.00"), expectedRefunded=money("30.00"))

    assert refunds(case) == [("30.00", "SUCCEEDED"), ("30.00", "PENDING")]
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize(
    ("amount", "path"),
    [
        (money("0.00"), ["amount", "amount"]),
        (money("-1.00"), ["amount", "amount"]),
        (money("1.001"), ["amount", "amount"]),
        (money("1.00", "USD"), ["amount", "currency"]),
    ],
)
async def test_what_is_no_amount_is_not_paid(
    shop: Shop, client: Client, amount: dict[str, str], path: list[str]
) -> None:
    await bought(shop, "P-1")
    case = await booked(client, shop, "P-1")
    asked = of(case, amount=amount)
    assert await undone(client, shop, await seller(shop), "issueRefund", asked) == ("INVALID_INPUT", path)


async def test_nothing_is_paid_that_is_not_owed_or_not_agreed(shop: Shop, client: Client) -> None:
    await bought(shop, "P-1")
    shoes = await seller(shop)
    waiting = of(await a_waiting_case(client, shop), idempotencyKey="waiting")
    assert await undone(client, shop, shoes, "issueRefund", waiting) == ("INVALID_STATE", [])

    case = await issued(client, shop, await booked(client, shop, "P-1"))
    asked = of(case, amount=money("1.00"), idempotencyKey="more")
    assert await undone(client, shop, shoes, "issueRefund", asked) == ("INVALID_STATE", [])


async def test_only_its_merchant_pays_at_the_version_that_it_saw(shop: Shop, client: Client) -> None:
    await bought(shop, "P-1")
    case = await booked(client, shop, "P-1")
    asked = of(case)
    ben, tea = await shop.customer("ben"), await shop.merchant("tea-corner")
    assert await undone(client, shop, AGENT, "issueRefund", asked) == ("FORBIDDEN", [])
    assert await undone(client, shop, ben, "issueRefund", asked) == ("FORBIDDEN", [])
    assert await undone(client, shop, tea, "issueRefund", asked) == ("NOT_FOUND", ["caseId"])
    older = asked | {"version": case["version"] - 1}
    refused = await undone(client, shop, await seller(shop), "issueRefund", older)
    assert refused == ("VERSION_CONFLICT", ["version"])


@pytest.mark.parametrize(
    ("currency", "paid", "zero", "part"),
    [("VND", "300000", "0", "299999"), ("KWD", "10.000", "0.000", "0.001")],
)
async def test_payments_are_exact_in_currencies_of_no_place_and_of_three(
    shop: Shop, client: Client, currency: str, paid: str, zero: str, part: str
) -> None:
    line = a_line() | {"paid": paid, "unitPrice": paid, "discount": zero, "tax": zero}
    payments = [{"externalId": "p1", "method": "CARD", "captured": paid, "label": "Visa"}]
    sold: dict[str, Any] = {"currency": currency, "payments": payments, "shippingFee": zero}
    await shop.take(an_order("P-1", line, customer="ben", **sold))
    case = await a_case(client, shop, "P-1", customer="ben")

    case = await issued(client, shop, case, amount=money(part, currency))

    assert refunds(case) == [(part, "PENDING")]
    assert await audit.verify(shop.database) == []


async def test_of_two_payments_at_once_one_is_made(shop: Shop, client: Client) -> None:
    await bought(shop, "P-1")
    case = await booked(client, shop, "P-1")
    shoes = await seller(shop)
    asked = of(case, amount=money("60.00"))

    payloads = await asyncio.gather(
        *(act(client, shoes, "issueRefund", asked | {"idempotencyKey": key}) for key in ("one", "other", "one"))
    )

    codes = [error["code"] for payload in payloads for error in payload["userErrors"]]
    assert codes in (["VERSION_CONFLICT"], ["VERSION_CONFLICT"] * 2)
    paid = await shop.database.rows("SELECT amount_minor FROM refunds")
    assert paid == [{"amount_minor": 6000}]
    assert await audit.verify(shop.database) == []


# ---- bonuses ---------------------------------------------------------------------------------------


async def test_a_bonus_comes_with_the_first_refund_and_never_again(shop: Shop, client: Client) -> None:
    await bought(shop, "P-1")
    case = await booked(client, shop, "P-1")
    bonus = '{"bonuses":[{"amount":500,"funder":"PLATFORM","code":"golden.sorry"}]}'
    await shop.change("UPDATE cases SET terms = ? WHERE number = ?", bonus, case["number"])

    case = await issued(client, shop, case, amount=money("30.00"))
    case = await issued(client, shop, case, amount=money("30.00"))

    given = await shop.database.rows("SELECT kind, amount_minor, born_by, reason, granted_by FROM compensations")
    assert given == [
        {
            "kind": "STORE_CREDIT",
            "amount_minor": 500,
            "born_by": "PLATFORM",
            "reason": "golden.sorry",
            "granted_by": "system",
        }
    ]
    assert events(case).count("compensation_granted") == 1
    assert data_of(case, "compensation_granted") == {"kind": "STORE_CREDIT", "amount": 500, "currency": "SGD"}
    credit = await shop.database.rows("SELECT balance_minor FROM store_credits")
    assert credit == [{"balance_minor": 500}]
    assert await audit.verify(shop.database) == []
