"""Is exactly what came back paid for? Unit by unit, whether something is missing, too much, or nothing came."""

from typing import Any

import pytest

from bff.cases.money import audit
from tests.graph.acting import a_case, data_of, events, of, undone
from tests.graph.conftest import Client
from tests.graph.returning import booked, bought, claimed, finding, paid_out, received, seller, step
from tests.graph.shop import AGENT, Shop, a_line, a_tea, an_order


async def counts(shop: Shop) -> list[dict[str, Any]]:
    """How many units of each case line came, and how many did not."""
    return await shop.database.rows(
        "SELECT received_quantity, short_quantity, surplus_quantity FROM case_lines x JOIN cases c"
        " ON c.id = x.case_id WHERE c.number <> 'C-1' ORDER BY x.id"
    )


def refundable(case: Any) -> list[str]:
    """What each line is to get."""
    return [line["refundable"]["amount"] for line in case["lines"]]


async def test_all_that_came_is_paid_at_once_where_nobody_has_to_look(shop: Shop, client: Client) -> None:
    await bought(shop, "R-1", paid="100.00", quantity=3)
    case = await booked(client, shop, "R-1", quantity=3)

    case = await received(client, shop, case, 3)

    assert case["status"] == "RECEIVED"
    assert [refund["amount"]["amount"] for refund in case["refunds"]] == refundable(case) == ["96.50"]
    assert case["reverseShipment"]["status"] == "DELIVERED"
    assert data_of(case, "receipt_recorded") == {"received": 3, "short": 0, "surplus": 0}
    assert events(case)[-2:] == ["receipt_recorded", "refund_requested"]
    assert await audit.verify(shop.database) == []


async def test_two_of_three_get_exactly_two_units_fixed_shares(shop: Shop, client: Client) -> None:
    await bought(shop, "R-1", paid="100.00", quantity=3, shippingFee="5.00")
    case = await claimed(client, shop, "R-1", 3)
    assert refundable(case) == ["105.00"]

    case = await received(client, shop, case, 2)

    assert refundable(case) == ["70.01"]  # 33.34 + 33.33 and 1.67 + 1.67
    assert data_of(case, "receipt_recorded") == {"received": 2, "short": 1, "surplus": 0}
    assert await counts(shop) == [{"received_quantity": 2, "short_quantity": 1, "surplus_quantity": 0}]
    assert await audit.verify(shop.database) == []


async def test_three_returns_of_one_unit_pay_what_one_return_of_three_pays(shop: Shop, client: Client) -> None:
    await bought(shop, "R-1", paid="100.00", quantity=3, shippingFee="5.00")
    paid = []
    for place in range(3):
        case = await claimed(client, shop, "R-1", idempotencyKey=f"one {place}")
        case = await received(client, shop, case, 1)
        seen = [finding(case, 1, defectConfirmed=True)]
        case = await step(client, await seller(shop), "recordInspection", case, lines=seen)
        assert [refund["status"] for refund in case["refunds"]] == ["PENDING"]
        paid += [refund["amount"]["amount"] for refund in case["refunds"]]
        assert await paid_out(client, shop, case) == "COMPLETED"

    assert paid == ["35.01", "35.00", "34.99"]  # 105.00
    assert await audit.verify(shop.database) == []


async def test_a_surplus_is_noted_and_never_paid(shop: Shop, client: Client) -> None:
    await bought(shop, "R-1", paid="100.00", quantity=3)
    case = await booked(client, shop, "R-1", quantity=1)

    case = await received(client, shop, case, 3)

    assert await counts(shop) == [{"received_quantity": 1, "short_quantity": 0, "surplus_quantity": 2}]
    assert data_of(case, "receipt_recorded") == {"received": 1, "short": 0, "surplus": 2}
    assert refundable(case) == [refund["amount"]["amount"] for refund in case["refunds"]] == ["29.84"]
    assert await audit.verify(shop.database) == []


async def test_a_line_that_is_left_out_did_not_come(shop: Shop, client: Client) -> None:
    await shop.take(an_order("R-1", a_line("1"), a_line("2", paid="50.00"), customer="ben"))
    lines = [
        {"orderLineId": await shop.line_id("R-1", place), "quantity": 1, "reason": "CHANGE_OF_MIND"}
        for place in ("1", "2")
    ]
    case = await booked(client, shop, "R-1", lines=lines)
    gone = next(line for line in case["lines"] if line["orderLine"]["id"] == lines[1]["orderLineId"])
    assert gone["refundable"]["amount"] == "48.83"  # 50.00 less its part of the parcel

    came = [{"orderLineId": lines[0]["orderLineId"], "quantity": 1}]
    case = await step(client, await seller(shop), "recordReceipt", case, lines=came)

    by_line = {line["orderLine"]["id"]: line["refundable"]["amount"] for line in case["lines"]}
    assert by_line == {lines[0]["orderLineId"]: "97.67", lines[1]["orderLineId"]: "0.00"}
    assert [refund["amount"]["amount"] for refund in case["refunds"]] == ["97.67"]
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize("reason", ["CHANGE_OF_MIND", "QUALITY_DEFECT"])
async def test_where_nothing_came_the_case_is_over_and_can_be_disputed(
    shop: Shop, client: Client, reason: str
) -> None:
    await bought(shop, "R-1")
    case = await (booked if reason == "CHANGE_OF_MIND" else claimed)(client, shop, "R-1")

    case = await received(client, shop, case, 0)

    assert (case["status"], refundable(case), case["refunds"]) == ("COMPLETED", ["0.00"], [])
    assert [deadline["kind"] for deadline in case["deadlines"]] == ["DISPUTE_WINDOW"]
    disputed = await step(client, await shop.customer("ben"), "openDispute", case, claim="I sent it")
    assert events(disputed)[-1] == "dispute_opened"
    assert await audit.verify(shop.database) == []


async def test_what_was_paid_in_advance_is_claimed_back_for_what_did_not_come(shop: Shop, client: Client) -> None:
    await shop.take(an_order("Q-1", a_line(paid="20.00", quantity=2)))
    ada = await shop.customer("ada")
    case = await a_case(client, shop, "Q-1", quantity=2)
    (refund,) = case["refunds"]  # Ada's refunds are instant
    case = await step(client, ada, "scheduleReturn", case, method="DROP_OFF")

    case = await received(client, shop, case, 1)

    assert refund["amount"]["amount"] == "20.00"
    assert refundable(case) == ["10.00"]
    assert data_of(case, "claw_back_opened") == {"amount": 1000, "currency": "SGD"}
    assert await audit.verify(shop.database) == []


async def test_a_receipt_after_an_override_starts_from_what_was_agreed(shop: Shop, client: Client) -> None:
    await bought(shop, "R-1", paid="100.00", quantity=3)
    case = await received(client, shop, await claimed(client, shop, "R-1", 3), 2)
    assert refundable(case) == ["66.67"]
    case = await step(client, AGENT, "overrideCase", case, status="IN_TRANSIT", reason="Counted wrongly")

    case = await received(client, shop, case, 1)
    assert refundable(case) == ["33.34"]

    case = await step(client, AGENT, "overrideCase", case, status="IN_TRANSIT", reason="Another parcel came")
    case = await received(client, shop, case, 3)
    assert refundable(case) == ["100.00"]
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize(
    ("lines", "code", "path"),
    [
        ([("1", -1)], "INVALID_INPUT", ["lines", "0", "quantity"]),
        ([("1", 1), ("1", 1)], "INVALID_INPUT", ["lines", "1", "orderLineId"]),
        ([("1", 1), ("2", 1)], "NOT_FOUND", ["lines", "1", "orderLineId"]),
        ([("1", 1)] * 101, "INVALID_INPUT", ["lines"]),
    ],
)
async def test_what_cannot_be_a_receipt_changes_nothing(
    shop: Shop, client: Client, lines: list[tuple[str, int]], code: str, path: list[str]
) -> None:
    await shop.take(an_order("R-1", a_line("1"), a_line("2"), customer="ben"))
    case = await booked(client, shop, "R-1")
    ids = {place: await shop.line_id("R-1", place) for place in ("1", "2")}
    came = [{"orderLineId": ids[place], "quantity": quantity} for place, quantity in lines]

    asked = of(case, lines=came)
    assert await undone(client, shop, await seller(shop), "recordReceipt", asked) == (code, path)


async def test_only_its_merchant_records_a_receipt_once_at_the_version_that_it_saw(
    shop: Shop, client: Client
) -> None:
    await shop.take(an_order("R-1", a_line("1"), a_tea("2"), customer="ben"))
    case = await booked(client, shop, "R-1")
    shoes, tea, ben = await seller(shop), await shop.merchant("tea-corner"), await shop.customer("ben")
    asked = of(case, lines=[])

    assert await undone(client, shop, ben, "recordReceipt", asked) == ("FORBIDDEN", [])
    assert await undone(client, shop, AGENT, "recordReceipt", asked) == ("FORBIDDEN", [])
    assert await undone(client, shop, tea, "recordReceipt", asked) == ("NOT_FOUND", ["caseId"])
    older = asked | {"version": case["version"] - 1}
    assert await undone(client, shop, shoes, "recordReceipt", older) == ("VERSION_CONFLICT", ["version"])

    case = await received(client, shop, case, 1)
    again = of(case, lines=[])
    assert await undone(client, shop, shoes, "recordReceipt", again) == ("INVALID_STATE", [])


async def test_goods_that_nobody_has_sent_cannot_be_received(shop: Shop, client: Client) -> None:
    await bought(shop, "R-1")
    case = await a_case(client, shop, "R-1", customer="ben")
    asked = of(case, lines=[])
    assert await undone(client, shop, await seller(shop), "recordReceipt", asked) == ("INVALID_STATE", [])
