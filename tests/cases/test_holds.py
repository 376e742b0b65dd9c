"""Can more go back than was paid? Money and units, held from many sides at once."""

import asyncio
from uuid import UUID

import pytest
from tortoise.exceptions import IntegrityError

from bff.cases.money import audit, holds
from bff.cases.money.held_units import QuantityExceeded, release_units
from bff.cases.money.holds import AmountExceeded, Share
from bff.cases.money.refunds import RefundAsked, fail, request, settle, tender_paid
from bff.cases.money.tenders import Tender, hold_tenders
from bff.storage.database import Connection, Database
from bff.vocabulary import RefundMethod
from tests.cases.an_order import AT, ACase, Bought, a_case, an_order, sums


def a_refund(case: ACase, goods: int, shipping: int = 0, method: str = "ORIGINAL_PAYMENT") -> RefundAsked:
    return RefundAsked(
        case_id=case.id, shares=(Share(case.line, goods, shipping),), method=RefundMethod(method), at=AT
    )


async def refunded(database: Database, asked: RefundAsked) -> UUID:
    return await database.run_tx(lambda tx: request(tx, asked))


async def keys(database: Database, refund: UUID) -> list[str]:
    rows = await database.rows(
        "SELECT provider_key FROM refund_tenders WHERE refund_id = ? ORDER BY provider_key", refund
    )
    return [row["provider_key"] for row in rows]


async def test_three_cases_of_one_unit_each_are_worth_what_one_case_of_three_is(database: Database) -> None:
    apart, together = await an_order(database), await an_order(database)

    each = [(await a_case(database, apart)).held for _ in range(3)]
    whole = (await a_case(database, together, 3)).held

    assert [held.worth for held in each] == [334, 333, 333]
    assert (whole.worth, whole.units) == (1000, ((0, 3),))


async def test_the_unit_of_a_cancelled_case_goes_to_the_next_one_with_its_own_share(database: Database) -> None:
    order = await an_order(database)
    first = await a_case(database, order)
    await a_case(database, order)

    assert await database.run_tx(lambda tx: release_units(tx, first.line))
    assert not await database.run_tx(lambda tx: release_units(tx, first.line))
    again, last = await a_case(database, order), await a_case(database, order)

    assert [(held.units, held.worth) for held in (again.held, last.held)] == [(((0, 1),), 334), (((2, 1),), 333)]
    with pytest.raises(QuantityExceeded) as refusal:
        await a_case(database, order)
    assert (refusal.value.line_id, refusal.value.asked, refusal.value.left) == (order.lines[0], 1, 0)
    assert await audit.verify(database) == []


async def test_a_unit_is_never_refunded_above_its_share_though_the_line_has_more(database: Database) -> None:
    order = await an_order(database)
    case = await a_case(database, order)

    with pytest.raises(AmountExceeded) as refusal:
        await refunded(database, a_refund(case, 335))

    assert (refusal.value.asked, refusal.value.left) == (335, 334)
    assert [await sums(database, *row) for row in rows_of(order, case)] == [(0, 0)] * 4
    assert await database.rows("SELECT 1 FROM refunds") == []


def rows_of(order: object, case: ACase) -> list[tuple[str, UUID]]:
    bought = order.lines[0], order.id, order.payments[0]  # type: ignore[attr-defined]
    return list(zip(("case_lines", "order_lines", "orders", "payments"), (case.line, *bought), strict=True))


async def test_a_refund_is_held_everywhere_then_paid_everywhere_once(database: Database) -> None:
    order = await an_order(database)
    case = await a_case(database, order)
    refund = await refunded(database, a_refund(case, 300))
    assert [await sums(database, *row) for row in rows_of(order, case)] == [(300, 0)] * 4
    (key,) = await keys(database, refund)

    told = [await database.run_tx(lambda tx: tender_paid(tx, key, AT, "re_1")) for _ in range(2)]

    assert told == [True, False]
    assert [await sums(database, *row) for row in rows_of(order, case)] == [(0, 300)] * 4
    assert not await database.run_tx(lambda tx: fail(tx, refund, AT, "late"))
    assert not await database.run_tx(lambda tx: settle(tx, refund, AT))
    assert await audit.verify(database) == []


async def test_a_refund_that_failed_gives_its_money_back_to_be_asked_again(database: Database) -> None:
    order = await an_order(database)
    case = await a_case(database, order)
    refund = await refunded(database, a_refund(case, 334))
    (key,) = await keys(database, refund)

    assert [await database.run_tx(lambda tx: fail(tx, refund, AT, "card closed")) for _ in range(2)] == [
        True,
        False,
    ]

    assert [await sums(database, *row) for row in rows_of(order, case)] == [(0, 0)] * 4
    assert not await database.run_tx(lambda tx: tender_paid(tx, key, AT, "re_late"))
    await refunded(database, a_refund(case, 334, method="STORE_CREDIT"))
    assert [await sums(database, *row) for row in rows_of(order, case)] == [(334, 0)] * 3 + [(0, 0)]
    assert await audit.verify(database) == []


async def test_shipping_has_a_ceiling_of_its_own_beside_the_goods(database: Database) -> None:
    order = await an_order(database, [Bought(2, 1000, 51)])
    case = await a_case(database, order)
    assert (case.held.worth, case.held.shipping) == (500, 26)

    await refunded(database, a_refund(case, 400, 26))
    with pytest.raises(AmountExceeded) as refusal:
        await refunded(database, a_refund(case, 0, 1))

    assert (refusal.value.asked, refusal.value.left) == (1, 0)
    assert await sums(database, "orders", order.id) == (426, 0)
    assert (await database.run_tx(lambda tx: holds.left_of(tx, case.line))).parts(100) == (100, 0)


async def test_split_tender_goes_back_in_the_shares_that_are_left_and_cash_as_credit(database: Database) -> None:
    tenders = [("CARD", 500), ("GIFT_CARD", 300), ("CASH_ON_DELIVERY", 200)]
    order = await an_order(database, tenders=tenders)

    parts = await database.run_tx(lambda tx: hold_tenders(tx, order.id, 401))
    card, gift, cash = order.payments
    assert parts == (Tender(card, 201), Tender(gift, 120, is_credit=True), Tender(cash, 80, is_credit=True))
    with pytest.raises(AmountExceeded) as refusal:
        await database.run_tx(lambda tx: hold_tenders(tx, order.id, 600))

    assert (refusal.value.asked, refusal.value.left) == (600, 599)
    assert await sums(database, "payments", cash) == (80, 0)


async def test_a_refund_by_two_tenders_is_settled_with_the_second(database: Database) -> None:
    order = await an_order(database, tenders=[("CARD", 600), ("WALLET", 400)])
    case = await a_case(database, order, 3)
    refund = await refunded(database, a_refund(case, 1000))
    card, wallet = await keys(database, refund)

    await database.run_tx(lambda tx: tender_paid(tx, wallet, AT, None))
    assert await sums(database, "orders", order.id) == (1000, 0)
    assert not await database.run_tx(lambda tx: fail(tx, refund, AT, "card closed"))
    await database.run_tx(lambda tx: tender_paid(tx, card, AT, None))

    assert await sums(database, "orders", order.id) == (0, 1000)
    assert await audit.verify(database) == []


async def test_twenty_refunds_at_once_pay_no_more_than_the_unit_is_worth(database: Database) -> None:
    order = await an_order(database)
    case = await a_case(database, order)

    results = await asyncio.gather(
        *[refunded(database, a_refund(case, 100)) for _ in range(20)], return_exceptions=True
    )

    assert sum(isinstance(one, UUID) for one in results) == 3
    assert sum(isinstance(one, AmountExceeded) for one in results) == 17
    assert await sums(database, "orders", order.id) == (300, 0)
    assert await audit.verify(database) == []


async def test_twenty_cases_at_once_hold_no_unit_twice(database: Database) -> None:
    order = await an_order(database, [Bought(7, 1000)])

    results = await asyncio.gather(*[a_case(database, order) for _ in range(20)], return_exceptions=True)

    opened = [one for one in results if isinstance(one, ACase)]
    assert sorted(case.held.units[0][0] for case in opened) == list(range(7))
    assert sum(case.held.worth for case in opened) == 1000
    assert sum(isinstance(one, QuantityExceeded) for one in results) == 13
    assert await audit.verify(database) == []


async def test_a_refusal_leaves_the_callers_transaction_usable_and_clean(database: Database) -> None:
    order = await an_order(database, [Bought(1, 500), Bought(1, 500)])
    first, second = await a_case(database, order), await a_case(database, order, line=1)

    async def work(tx: Connection) -> None:
        with pytest.raises(AmountExceeded):
            await holds.hold(tx, [Share(first.line, 500), Share(second.line, 501)])
        await holds.hold(tx, [Share(second.line, 200)])

    await database.run_tx(work)

    assert await sums(database, "orders", order.id) == (200, 0)
    assert await sums(database, "case_lines", first.line) == (0, 0)


@pytest.mark.parametrize("wrong", [[], [0], [-1], [5, 5]])
async def test_what_is_no_amount_is_refused_before_anything_is_written(
    database: Database, wrong: list[int]
) -> None:
    order = await an_order(database)
    case = await a_case(database, order)

    with pytest.raises(ValueError, match="refund"):
        await database.run_tx(lambda tx: holds.hold(tx, [Share(case.line, amount) for amount in wrong]))

    assert await sums(database, "orders", order.id) == (0, 0)


async def test_the_database_itself_refuses_what_the_code_would_let_pass(database: Database) -> None:
    order = await an_order(database)
    case = await a_case(database, order)

    for change in (
        "held_minor = 335",
        "shipping_held_minor = 1",
        "accepted_quantity = 1",
        "received_quantity = 2",
    ):
        with pytest.raises(IntegrityError):
            await database.run_tx(
                lambda tx, one=change: tx.execute(f"UPDATE case_lines SET {one} WHERE id = ?", case.line)  # type: ignore[misc]
            )
