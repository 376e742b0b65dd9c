"""Is each unit paid for as it came back? By its state, by the law, and by whether the claimed defect was there."""

from typing import Any

import pytest

from bff.cases.goods.inspections import contradiction
from bff.cases.money import audit
from bff.vocabulary import Disposition, Grade
from tests.graph.acting import data_of, events, of, undone
from tests.graph.conftest import Client
from tests.graph.returning import booked, bought, claimed, finding, money, received, seller, step
from tests.graph.shop import AGENT, Shop, a_line, an_order, days_ago

LOOK = """
    query ($id: ID!) { case(id: $id) {
      liability { party basis final }
      inspection { note lines { quantity grade disposition deduction { amount } defectConfirmed } }
      refunds { amount { amount } breakdown { kind amount { amount } } }
    } }
"""


async def here(client: Client, shop: Shop, order: str, quantity: int = 1, **differing: Any) -> Any:
    """Goods of no-reason returns that were received and are to be looked at."""
    case = await booked(client, shop, order, quantity=quantity, **differing)
    await shop.change("UPDATE cases SET requires_inspection = (1 = 1)")
    return await received(client, shop, case, quantity)


async def faulty(client: Client, shop: Shop, order: str, quantity: int = 1, **differing: Any) -> Any:
    """Goods that are said to be faulty and were received."""
    return await received(client, shop, await claimed(client, shop, order, quantity, **differing), quantity)


async def inspected(client: Client, shop: Shop, case: Any, *lines: Any, **more: Any) -> Any:
    """The case after an inspection."""
    return await step(client, await seller(shop), "recordInspection", case, lines=list(lines), **more)


async def look(client: Client, case: Any) -> Any:
    """What else the case says of it."""
    return (await client.ask(LOOK, AGENT, {"id": case["id"]}))["case"]


async def judged(shop: Shop) -> list[tuple[int, int]]:
    """Accepted and rejected units of each case line but the shop's own."""
    rows = await shop.database.rows(
        "SELECT accepted_quantity, rejected_quantity FROM case_lines x JOIN cases c ON c.id = x.case_id"
        " WHERE c.number <> 'C-1' ORDER BY x.id"
    )
    return [(row["accepted_quantity"], row["rejected_quantity"]) for row in rows]


def refunds(case: Any) -> list[str]:
    """What goes back."""
    return [refund["amount"]["amount"] for refund in case["refunds"]]


# ---- units and states ------------------------------------------------------------------------------


async def test_each_unit_is_judged_for_itself(shop: Shop, client: Client) -> None:
    await bought(shop, "I-1", paid="100.00", quantity=3)
    case = await here(client, shop, "I-1", 3)
    assert case["status"] == "RECEIVED"
    assert refunds(case) == []

    case = await inspected(
        client,
        shop,
        case,
        finding(case, 1, "USED", "LIQUIDATE", deduction=money("5.00")),
        finding(case, 1),
        finding(case, 1, "NOT_OURS", "RETURN_TO_CUSTOMER"),
        note=" One shoe was worn ",
    )

    assert case["status"] == "INSPECTED"
    assert refunds(case) == ["58.17"]  # 33.34 + 33.33 less 3.50 for the parcel, less 5.00
    assert await judged(shop) == [(2, 1)]
    assert data_of(case, "goods_inspected") == {
        "accepted": 2,
        "rejected": 1,
        "deduction": 500,
        "currency": "SGD",
    }
    assert await look(client, case) == {
        "liability": {"party": "CUSTOMER", "basis": "no_reason", "final": True},
        "inspection": {
            "note": "One shoe was worn",
            "lines": [
                seen(1, "USED", "LIQUIDATE", "5.00"),
                seen(1, "AS_NEW", "RESTOCK"),
                seen(1, "NOT_OURS", "RETURN_TO_CUSTOMER"),
            ],
        },
        "refunds": [
            {
                "amount": {"amount": "58.17"},
                "breakdown": [part("ITEM", "66.67"), part("RETURN_FREIGHT", "3.50"), part("DEDUCTION", "5.00")],
            }
        ],
    }
    assert await audit.verify(shop.database) == []


def seen(
    quantity: int, grade: str, disposition: str, deduction: str = "0.00", *, confirmed: bool | None = None
) -> dict[str, Any]:
    """A line of an inspection."""
    return {
        "quantity": quantity,
        "grade": grade,
        "disposition": disposition,
        "deduction": {"amount": deduction},
        "defectConfirmed": confirmed,
    }


def part(kind: str, amount: str) -> dict[str, Any]:
    """A component of a refund."""
    return {"kind": kind, "amount": {"amount": amount}}


async def test_where_everything_is_refused_nothing_is_paid_and_the_case_can_be_disputed(
    shop: Shop, client: Client
) -> None:
    await bought(shop, "I-1")
    case = await here(client, shop, "I-1")

    case = await inspected(client, shop, case, finding(case, 1, "USED", "RETURN_TO_CUSTOMER"))

    assert (case["status"], refunds(case)) == ("COMPLETED", [])
    assert [deadline["kind"] for deadline in case["deadlines"]] == ["DISPUTE_WINDOW"]
    assert await audit.verify(shop.database) == []


async def test_what_is_as_good_as_new_can_be_sold_again(shop: Shop, client: Client) -> None:
    await bought(shop, "I-1", quantity=3)
    await shop.stock("SHOE-42", 5)
    case = await here(client, shop, "I-1", 3)
    lines = [finding(case, 2), finding(case, 1, "OPENED", "REFURBISH")]

    case = await inspected(client, shop, case, *lines)
    assert await stock(shop) == (7, 0)

    # An agent who has it looked at again undoes the first look.
    case = await step(client, AGENT, "overrideCase", case, status="RECEIVED", reason="The wrong parcel")
    await shop.change("UPDATE cases SET requires_inspection = (1 = 1)")
    case = await inspected(client, shop, case, finding(case, 3, "OPENED", "REFURBISH"))
    assert await stock(shop) == (5, 0)
    assert (await look(client, case))["inspection"]["lines"] == [seen(3, "OPENED", "REFURBISH")]


async def stock(shop: Shop) -> tuple[int, int]:
    """How many of the shoe there are, and are put aside."""
    (row,) = await shop.database.rows("SELECT stock, reserved FROM variants WHERE sku = 'SHOE-42'")
    return row["stock"], row["reserved"]


# ---- claimed defects -------------------------------------------------------------------------------


async def test_a_defect_that_was_found_makes_it_final_that_the_seller_is_liable(
    shop: Shop, client: Client
) -> None:
    await bought(shop, "I-1", shippingFee="5.00")
    case = await faulty(client, shop, "I-1")
    assert case["liability"] == {"party": "MERCHANT", "basis": "quality_claim.merchant_liable", "final": False}

    case = await inspected(client, shop, case, finding(case, 1, "DAMAGED", "DESTROY", defectConfirmed=True))

    assert refunds(case) == ["105.00"]
    assert case["liability"] == {"party": "MERCHANT", "basis": "quality_claim.merchant_liable", "final": True}
    assert data_of(case, "liability_decided") == {"party": "MERCHANT", "basis": "quality_claim.merchant_liable"}
    assert await audit.verify(shop.database) == []


async def test_a_defect_that_is_not_there_is_decided_as_if_nobody_had_claimed_it(
    shop: Shop, client: Client
) -> None:
    await bought(shop, "I-1", paid="100.00", quantity=3, shippingFee="6.00")
    case = await faulty(client, shop, "I-1", 3)

    case = await inspected(
        client,
        shop,
        case,
        finding(case, 1, "DAMAGED", "DESTROY", defectConfirmed=True),
        finding(case, 2, defectConfirmed=False),
    )

    # One unit with its shipping, 33.34 + 2.00; two units, 33.33 each, less the parcel of 3.50, without shipping.
    assert refunds(case) == ["98.50"]
    assert await judged(shop) == [(3, 0)]
    assert case["liability"] == {"party": "MERCHANT", "basis": "quality_claim.merchant_liable", "final": True}
    assert await audit.verify(shop.database) == []


async def test_without_any_defect_the_customer_is_liable_and_pays_for_the_way(shop: Shop, client: Client) -> None:
    await bought(shop, "I-1", shippingFee="6.00")
    case = await faulty(client, shop, "I-1")

    case = await inspected(client, shop, case, finding(case, 1, defectConfirmed=False))

    assert refunds(case) == ["96.50"]
    basis = "inspection.no_defect_found"
    assert case["liability"] == {"party": "CUSTOMER", "basis": basis, "final": True}
    assert data_of(case, "liability_decided") == {"party": "CUSTOMER", "basis": basis}
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize(("attributes", "refunded"), [({}, ["96.50"]), ({"finalSale": True}, [])])
async def test_it_counts_when_it_was_asked_for_not_when_somebody_looked(
    shop: Shop, client: Client, attributes: dict[str, bool], refunded: list[str]
) -> None:
    """What was in time for a change of mind stays in time; what would have been refused then is refused now."""
    await shop.take(an_order("I-1", a_line(attributes=attributes), customer="ben"))
    case = await faulty(client, shop, "I-1")
    looked = finding(case, 1, defectConfirmed=False)

    case = await inspected(client, shop, case, looked, now=days_ago(-30))

    assert refunds(case) == refunded
    assert await judged(shop) == [(1, 0)] if refunded else [(0, 1)]
    goes = "RESTOCK" if refunded else "RETURN_TO_CUSTOMER"
    assert (await look(client, case))["inspection"]["lines"] == [seen(1, "AS_NEW", goes, confirmed=False)]
    assert await audit.verify(shop.database) == []


async def test_a_defect_that_nobody_claimed_says_nothing(shop: Shop, client: Client) -> None:
    await bought(shop, "I-1")
    case = await here(client, shop, "I-1")

    case = await inspected(client, shop, case, finding(case, 1, defectConfirmed=False))

    assert refunds(case) == ["96.50"]
    assert (await look(client, case))["inspection"]["lines"] == [seen(1, "AS_NEW", "RESTOCK")]
    assert "liability_decided" not in events(case)


async def test_who_is_liable_after_all_bears_what_was_paid_in_advance(shop: Shop, client: Client) -> None:
    await bought(shop, "I-1")
    case = await claimed(client, shop, "I-1", reason="DAMAGED_IN_TRANSIT")
    assert case["liability"]["party"] == "CARRIER"
    case = await step(client, await seller(shop), "issueRefund", case)
    assert await balance(shop, "CARRIER") == -10_000

    await shop.change("UPDATE cases SET requires_inspection = (1 = 1)")
    case = await received(client, shop, case, 1)
    case = await inspected(client, shop, case, finding(case, 1, defectConfirmed=False))

    # The carrier gets it back from the seller, and the seller what the parcel cost from the customer.
    assert (await balance(shop, "CARRIER"), await balance(shop, "MERCHANT")) == (0, -9650)
    assert data_of(case, "claw_back_opened") == {"amount": 350, "currency": "SGD"}
    assert await audit.verify(shop.database) == []


async def balance(shop: Shop, account: str) -> int:
    """What the shop owes to all of that kind."""
    (row,) = await shop.database.rows(
        "SELECT coalesce(sum(amount_minor), 0) AS n FROM ledger_entries WHERE account = ?", account
    )
    return int(row["n"])


# ---- deductions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("market", "currency", "amount", "refunded"),
    [("VN", "VND", "30000", "40000"), ("SG", "KWD", "0.125", "98.625")],  # less 30000 and 1.250 for the parcel
)
async def test_currencies_of_no_place_and_of_three_are_exact(
    shop: Shop, client: Client, market: str, currency: str, amount: str, refunded: str
) -> None:
    paid = "100000" if currency == "VND" else "100.000"
    zero = "0" if currency == "VND" else "0.000"
    line = a_line() | {"paid": paid, "unitPrice": paid, "discount": zero, "tax": zero}
    payments = [{"externalId": "p1", "method": "CARD", "captured": paid, "label": "Visa"}]
    order = an_order(
        "I-1", line, customer="ben", market=market, currency=currency, payments=payments, shippingFee=zero
    )
    await shop.take(order)
    case = await here(client, shop, "I-1")
    too_fine = "0.5" if currency == "VND" else "0.0005"
    await refused(client, shop, case, too_fine, currency, "INVALID_INPUT", ["lines", "0", "deduction", "amount"])
    await refused(client, shop, case, "1", "EUR", "INVALID_INPUT", ["lines", "0", "deduction", "currency"])

    looked = finding(case, 1, "USED", "LIQUIDATE", deduction=money(amount, currency))
    case = await inspected(client, shop, case, looked)

    assert refunds(case) == [refunded]
    assert await audit.verify(shop.database) == []


async def refused(
    client: Client, shop: Shop, case: Any, amount: str, currency: str, code: str, path: list[str], **more: Any
) -> None:
    """A deduction that is refused, with nothing changed."""
    looked = finding(case, 1, "USED", "LIQUIDATE", deduction=money(amount, currency), **more)
    asked = of(case, lines=[looked], idempotencyKey=f"{amount} {currency}")
    assert await undone(client, shop, await seller(shop), "recordInspection", asked) == (code, path)


async def test_no_more_is_taken_off_than_the_units_get(shop: Shop, client: Client) -> None:
    await bought(shop, "I-1")
    case = await here(client, shop, "I-1")
    path = ["lines", "0", "deduction", "amount"]
    await refused(client, shop, case, "96.51", "SGD", "AMOUNT_EXCEEDED", path)
    await refused(client, shop, case, "-1.00", "SGD", "INVALID_INPUT", path)

    looked = finding(case, 1, "USED", "LIQUIDATE", deduction=money("96.50"))
    case = await inspected(client, shop, case, looked)
    assert (case["status"], refunds(case)) == ("COMPLETED", [])
    assert await audit.verify(shop.database) == []


async def test_nothing_is_taken_off_where_the_claimed_defect_was_found(shop: Shop, client: Client) -> None:
    await bought(shop, "I-1")
    case = await faulty(client, shop, "I-1")
    path = ["lines", "0", "deduction", "amount"]
    await refused(client, shop, case, "0.01", "SGD", "AMOUNT_EXCEEDED", path, defectConfirmed=True)


@pytest.mark.parametrize(("market", "currency", "reason"), [("DE", "EUR", "COUNTERFEIT")])
async def test_nothing_is_taken_off_what_a_statutory_right_gives_back(
    shop: Shop, client: Client, market: str, currency: str, reason: str
) -> None:
    await bought(shop, "I-1", market=market, currency=currency)
    case = await faulty(client, shop, "I-1", reason=reason)
    path = ["lines", "0", "deduction", "amount"]
    await refused(client, shop, case, "0.01", currency, "AMOUNT_EXCEEDED", path)


# ---- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("findings", "code", "path"),
    [
        ([], "INVALID_INPUT", ["lines"]),
        ([(1, "AS_NEW", "RESTOCK")], "INVALID_INPUT", ["lines"]),
        ([(0, "AS_NEW", "RESTOCK")], "INVALID_INPUT", ["lines", "0", "quantity"]),
        ([(1, "AS_NEW", "RESTOCK"), (2, "USED", "DESTROY")], "QUANTITY_EXCEEDED", ["lines", "1", "quantity"]),
        ([(2, "MISSING", "RESTOCK")], "INVALID_INPUT", ["lines", "0", "disposition"]),
        ([(2, "NOT_OURS", "REFURBISH")], "INVALID_INPUT", ["lines", "0", "disposition"]),
        ([(2, "MISSING", "LIQUIDATE")], "INVALID_INPUT", ["lines", "0", "disposition"]),
        ([(2, "DAMAGED", "RESTOCK")], "INVALID_INPUT", ["lines", "0", "disposition"]),
    ],
)
async def test_what_cannot_be_an_inspection_changes_nothing(
    shop: Shop, client: Client, findings: list[tuple[int, str, str]], code: str, path: list[str]
) -> None:
    await bought(shop, "I-1", quantity=2)
    case = await here(client, shop, "I-1", 2)
    asked = of(case, lines=[finding(case, *one) for one in findings])
    assert await undone(client, shop, await seller(shop), "recordInspection", asked) == (code, path)


async def test_goods_of_another_case_are_not_in_this_one(shop: Shop, client: Client) -> None:
    await shop.take(an_order("I-1", a_line("1"), a_line("2"), customer="ben"))
    case = await here(client, shop, "I-1")
    other = finding(case, 1) | {"orderLineId": await shop.line_id("I-1", "2")}
    asked = of(case, lines=[finding(case, 1), other])
    path = ["lines", "1", "orderLineId"]
    assert await undone(client, shop, await seller(shop), "recordInspection", asked) == ("NOT_FOUND", path)


async def test_only_its_merchant_inspects_what_was_received_once(shop: Shop, client: Client) -> None:
    await bought(shop, "I-1")
    case = await booked(client, shop, "I-1")
    await shop.change("UPDATE cases SET requires_inspection = (1 = 1)")
    shoes, ben = await seller(shop), await shop.customer("ben")
    early = of(case, lines=[finding(case, 1)])
    assert await undone(client, shop, shoes, "recordInspection", early) == ("INVALID_STATE", [])

    case = await received(client, shop, case, 1)
    asked = of(case, lines=[finding(case, 1)], idempotencyKey="now")
    assert await undone(client, shop, ben, "recordInspection", asked) == ("FORBIDDEN", [])
    assert await undone(client, shop, AGENT, "recordInspection", asked) == ("FORBIDDEN", [])
    older = asked | {"version": case["version"] - 1, "idempotencyKey": "older"}
    assert await undone(client, shop, shoes, "recordInspection", older) == ("VERSION_CONFLICT", ["version"])

    case = await inspected(client, shop, case, finding(case, 1))
    again = of(case, lines=[finding(case, 1)], idempotencyKey="again")
    assert await undone(client, shop, shoes, "recordInspection", again) == ("INVALID_STATE", [])


def test_every_state_of_a_unit_may_be_told_in_some_way() -> None:
    for grade in Grade:
        assert any(contradiction(grade, disposition) is None for disposition in Disposition)
    for disposition in Disposition:
        assert any(contradiction(grade, disposition) is None for grade in Grade)
