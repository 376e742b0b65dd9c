"""May an agent move a case anywhere? With a reason that stays; units, goods and money follow to the cent."""

from typing import Any

import pytest
from msgspec import Struct

from bff.cases.money import audit
from tests.graph.acting import a_case, a_waiting_case, act, data_of, done, events, of, undone
from tests.graph.conftest import Client
from tests.graph.disputing import WHOLE, a_declined_case, books, held, pay, reread
from tests.graph.shop import AGENT, OPS, Shop, an_order

REASON = {"reason": "A slip of ours"}
STATUSES = (
    *("REQUESTED", "APPROVED", "DECLINED", "IN_TRANSIT", "RECEIVED"),
    *("INSPECTED", "COMPLETED", "CANCELLED", "EXPIRED"),
)


async def moved(client: Client, case: Any, status: str) -> Any:
    """The case after an agent has moved it."""
    asked = of(case, status=status, **REASON, idempotencyKey=f"{status} {case['version']}")
    return await done(client, AGENT, "overrideCase", asked, fields=WHOLE)


async def bens_case(client: Client, shop: Shop, order: str = "B-9", **differing: Any) -> Any:
    """Ben, who is no premium customer, gives back his shoes: 96.50 of 100.00 once they are back."""
    await shop.take(an_order(order, customer="ben"))
    return await a_case(client, shop, order, customer="ben", **differing)


class Stock(Struct, frozen=True):
    """Units of a variant that are put aside."""

    reserved: int


async def reserved(shop: Shop, sku: str) -> int:
    """How many units of a variant are put aside."""
    (row,) = await shop.database.structs(Stock, "SELECT reserved FROM variants WHERE sku = ?", sku)
    return row.reserved


async def test_the_reason_stays_with_the_agent_who_gave_it(shop: Shop, client: Client) -> None:
    case = await moved(client, await bens_case(client, shop), "IN_TRANSIT")

    assert case["status"] == "IN_TRANSIT"
    assert data_of(case, "case_overridden") == {"from": "APPROVED", "to": "IN_TRANSIT"} | REASON
    (row,) = await shop.database.rows("SELECT actor, subject FROM case_events WHERE type = 'case_overridden'")
    assert (row["actor"], row["subject"]) == ("AGENT", "agent-1")
    assert [deadline["kind"] for deadline in case["deadlines"]] == ["RETURN_TRANSIT"]
    assert await books(shop) == {}


def every_way() -> list[str]:
    """A walk that goes from every status to every other one."""
    pairs = [(here, there) for place, here in enumerate(STATUSES) for there in STATUSES[place + 1 :]]
    return [*(status for pair in pairs for status in pair), STATUSES[0]]


async def test_a_case_goes_from_anywhere_to_anywhere_and_its_books_stay_right(shop: Shop, client: Client) -> None:
    case, seen = await bens_case(client, shop), set()
    for status in every_way():
        if case["status"] != status:
            seen.add((case["status"], status))
            case = await moved(client, case, status)
        assert case["status"] == status
        assert await audit.verify(shop.database) == []

    case = await moved(client, case, "COMPLETED")
    await pay(shop)

    # However it came here, it is paid once: what was claimed back meanwhile was given up again.
    assert len(seen) == len(STATUSES) * (len(STATUSES) - 1)
    assert await held(shop, "B-9") == 1
    assert await books(shop) == {"MERCHANT": -10000, "CARRIER": 350, "PROVIDER": 9650}
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize("to", STATUSES)
async def test_a_case_that_was_moved_is_paid_once_when_it_is_completed(
    shop: Shop, client: Client, to: str
) -> None:
    case = await bens_case(client, shop)
    for status in (to, "COMPLETED"):
        if case["status"] != status:
            case = await moved(client, case, status)

    await pay(shop)

    assert await books(shop) == {"MERCHANT": -10000, "CARRIER": 350, "PROVIDER": 9650}
    assert await audit.verify(shop.database) == []


async def test_an_end_frees_the_units_and_claims_back_what_was_refunded(shop: Shop, client: Client) -> None:
    case = await a_case(client, shop)  # Ada has her money at once
    await pay(shop)

    ended = await moved(client, await reread(client, case), "CANCELLED")

    assert ended["status"] == "CANCELLED"
    assert ended["lines"][0]["refundable"]["amount"] == "0.00"
    assert events(ended)[-2:] == ["case_overridden", "claw_back_opened"]
    assert await held(shop, "A-1") == 1  # the shop's other case
    assert await books(shop) == {"PROVIDER": 10000, "CUSTOMER": -10000}
    back = await moved(client, ended, "COMPLETED")
    assert events(back)[-1] == "claw_back_reversed"
    assert await held(shop, "A-1") == 2
    assert await books(shop) == {"PROVIDER": 10000, "MERCHANT": -10000}
    assert await audit.verify(shop.database) == []


async def test_a_case_is_not_opened_again_without_its_units(shop: Shop, client: Client) -> None:
    case = await a_declined_case(client, shop)
    await a_case(client, shop, "W-1", customer="ben", idempotencyKey="meanwhile")

    asked = of(case, status="APPROVED", **REASON)

    assert await undone(client, shop, AGENT, "overrideCase", asked) == ("QUANTITY_EXCEEDED", ["status"])


@pytest.mark.parametrize(
    ("differing", "expected"),
    [
        ({"reason": " "}, ("INVALID_INPUT", ["reason"])),
        ({"reason": "r" * 10_001}, ("INVALID_INPUT", ["reason"])),
        ({"status": "DECLINED"}, ("INVALID_STATE", ["status"])),
        ({"version": 1}, ("VERSION_CONFLICT", ["version"])),
        ({"caseId": "Q2FzZTpub25l"}, ("NOT_FOUND", ["caseId"])),
    ],
)
async def test_a_move_that_cannot_be_meant_changes_nothing(
    shop: Shop, client: Client, differing: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    case = await a_declined_case(client, shop)
    asked = of(case, status="APPROVED", **REASON) | differing

    assert await undone(client, shop, AGENT, "overrideCase", asked) == expected


async def test_only_an_agent_moves_cases(shop: Shop, client: Client) -> None:
    asked = of(await a_declined_case(client, shop), status="APPROVED", **REASON)

    for viewer in (await shop.customer("ben"), await shop.merchant("shoe-house"), OPS):
        assert await undone(client, shop, viewer, "overrideCase", asked) == ("FORBIDDEN", [])
    ada = await shop.customer("ada")
    assert await undone(client, shop, ada, "overrideCase", asked) == ("NOT_FOUND", ["caseId"])


async def test_the_same_move_under_the_same_key_is_made_once(shop: Shop, client: Client) -> None:
    asked = of(await a_declined_case(client, shop), status="COMPLETED", **REASON)

    first, second = [await act(client, AGENT, "overrideCase", asked, fields=WHOLE) for _ in range(2)]

    assert first == second
    assert await books(shop) == {"MERCHANT": -10000, "CUSTOMER": 10000}


# ---- goods instead of money ------------------------------------------------------------------------


async def an_exchange(client: Client, shop: Shop) -> Any:
    """Ben swaps his shoes for another size, of which there is one; B-1 makes it a variant of them."""
    await shop.stock("SHOE-43", 1)
    return await bens_case(client, shop, resolution="EXCHANGE", exchangeSku="SHOE-43", reason="SIZE_OR_FIT")


async def test_an_exchange_that_was_ended_is_put_aside_again(shop: Shop, client: Client) -> None:
    case = await an_exchange(client, shop)
    ended = await moved(client, case, "EXPIRED")
    free = await reserved(shop, "SHOE-43")

    back = await moved(client, ended, "APPROVED")

    assert (ended["exchange"]["status"], free) == ("CANCELLED", 0)
    assert (back["exchange"]["status"], await reserved(shop, "SHOE-43")) == ("RESERVED", 1)
    assert back["lines"][0]["refundable"]["amount"] == "0.00"
    assert await books(shop) == {}
    assert await audit.verify(shop.database) == []


async def test_an_exchange_whose_goods_are_gone_is_not_opened_again(shop: Shop, client: Client) -> None:
    ended = await moved(client, await an_exchange(client, shop), "EXPIRED")
    await shop.stock("SHOE-43", 0)

    asked = of(ended, status="APPROVED", **REASON)

    assert await undone(client, shop, AGENT, "overrideCase", asked) == ("OUT_OF_STOCK", ["status"])


@pytest.mark.parametrize("via", ["APPROVED", "EXPIRED", "REQUESTED"])
async def test_an_exchange_that_is_completed_unsent_is_paid_in_money(shop: Shop, client: Client, via: str) -> None:
    case = await an_exchange(client, shop)
    if via != "APPROVED":
        case = await moved(client, case, via)

    completed = await moved(client, case, "COMPLETED")

    assert completed["exchange"]["status"] == "CANCELLED"
    assert await reserved(shop, "SHOE-43") == 0
    assert completed["refunds"][0]["status"] == "PENDING"
    # The freight of 3.50 is Ben's, as when he had wanted money from the start.
    assert await books(shop) == {"MERCHANT": -10000, "CARRIER": 350, "CUSTOMER": 9650}
    assert await audit.verify(shop.database) == []


async def test_an_exchange_that_is_asked_about_anew_is_put_aside_once(shop: Shop, client: Client) -> None:
    asked = await moved(client, await an_exchange(client, shop), "REQUESTED")
    free = await reserved(shop, "SHOE-43")
    merchant = await shop.merchant("shoe-house")

    approved = await done(client, merchant, "approveCase", of(asked), fields=WHOLE)

    assert free == 0
    assert (approved["exchange"]["status"], await reserved(shop, "SHOE-43")) == ("RESERVED", 1)
    assert await books(shop) == {}


# ---- what nobody may cut ---------------------------------------------------------------------------

FLOOR = "UPDATE cases SET terms = ? WHERE id = (SELECT case_id FROM case_lines WHERE order_line_id = ?)"


async def with_a_right(shop: Shop, order: str, *, bps: int = 10_000) -> None:
    """A statute gives that much of the line's price back, and asks for no reason."""
    line = await shop.line_key(order)
    await shop.change("UPDATE case_lines SET reason = 'CHANGE_OF_MIND' WHERE order_line_id = ?", line)
    terms = {"lines": [{"order_line": str(line), "floor_bps": bps, "instead": []}]}
    await shop.change(FLOOR, terms, line)


@pytest.mark.parametrize("to", ["DECLINED", "CANCELLED", "EXPIRED"])
async def test_a_statutory_right_is_not_ended_before_its_money_is_refunded(
    shop: Shop, client: Client, to: str
) -> None:
    case = await a_waiting_case(client, shop)
    await with_a_right(shop, "W-1")

    asked = of(case, status=to, **REASON)

    assert await undone(client, shop, AGENT, "overrideCase", asked) == ("INELIGIBLE", ["status"])
    completed = await moved(client, case, "COMPLETED")
    assert completed["status"] == "COMPLETED"
    assert await books(shop) == {"MERCHANT": -10000, "CUSTOMER": 10000}


async def test_money_that_went_in_advance_may_be_claimed_back_until_the_goods_are_here(
    shop: Shop, client: Client
) -> None:
    case = await a_waiting_case(client, shop)
    await with_a_right(shop, "W-1")
    await shop.change("UPDATE cases SET instant_refund = TRUE")
    approved = await moved(client, case, "APPROVED")
    unpaid = await undone(client, shop, AGENT, "overrideCase", of(approved, status="EXPIRED", **REASON))
    await pay(shop)
    await shop.change("UPDATE case_lines SET received_quantity = 1")
    case = await reread(client, approved)
    here = of(case, status="EXPIRED", **REASON, idempotencyKey="here")
    arrived = await undone(client, shop, AGENT, "overrideCase", here)
    await shop.change("UPDATE case_lines SET received_quantity = 0")

    ended = await moved(client, case, "EXPIRED")

    assert unpaid == arrived == ("INELIGIBLE", ["status"])
    assert ended["status"] == "EXPIRED"
    assert await books(shop) == {"PROVIDER": 10000, "CUSTOMER": -10000}
