"""Does money hold whatever happens? Random orders and random sequences of asking, paying, failing, cancelling."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bff import units
from bff.cases.money import audit, ledger
from bff.cases.money.held_units import QuantityExceeded, release_units
from bff.cases.money.holds import AmountExceeded, Share
from bff.cases.money.ledger import Account, Posting, transfer
from bff.cases.money.refunds import RefundAsked, fail, request, settle, tender_paid
from bff.storage.database import Connection, Database
from bff.vocabulary import AccountKind, RefundMethod, TransactionKind
from tests.cases.an_order import AT, ACase, AnOrder, Bought, an_order, open_case

# The database stays open over all examples of a test: each example has an order of its own.
LAWS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

BOUGHT = st.lists(
    st.builds(Bought, st.integers(1, 5), st.integers(0, 2000), st.integers(0, 100)), min_size=1, max_size=3
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("open", "cancel", "refund", "credit", "pay", "pay", "fail")),
        st.integers(0, 9),  # which line, case or refund
        st.integers(1, 4),  # how many units, or how large a part
        st.booleans(),
    ),
    max_size=25,
)


class World:
    """What a random walk has done so far to one order."""

    def __init__(self, database: Database, order: AnOrder, bought: list[Bought]) -> None:
        self.database, self.order, self.bought = database, order, bought
        self.cases: list[tuple[ACase, int]] = []
        self.refunds: list[UUID] = []
        self.requested: dict[UUID, tuple[UUID, int]] = {}
        self.paid: dict[UUID, int] = {}
        self.finished: set[UUID] = set()

    async def tx(self, work: Callable[[Connection], Awaitable[object]]) -> object:
        return await self.database.run_tx(work)

    async def step(self, what: str, which: int, count: int, whole: bool) -> None:  # noqa: FBT001 - drawn
        if what == "open":
            await self.open(which % len(self.bought), count)
        elif what in {"refund", "credit"} and self.cases:
            await self.refund(self.cases[which % len(self.cases)][0], what, count, whole=whole)
        elif what == "cancel" and self.cases:
            await self.cancel(self.cases[which % len(self.cases)][0])
        elif self.refunds:
            await self.finish(self.refunds[which % len(self.refunds)], what)

    async def open(self, line: int, count: int) -> None:
        try:
            case = await self.database.run_tx(lambda tx: open_case(tx, self.order, count, line))
        except QuantityExceeded as refusal:
            assert refusal.left < count  # noqa: PT017 - a refusal is one of two right answers
        else:
            bought = self.bought[line]
            assert case.held.worth == units.share(bought.paid, bought.quantity, case.held.units)
            self.cases.append((case, line))

    async def cancel(self, case: ACase) -> None:
        """Only a case of which nothing was asked gives its units back."""
        if not any(of == case.line for of, _ in self.requested.values()):
            await self.tx(lambda tx: release_units(tx, case.line))
            self.cases = [(one, line) for one, line in self.cases if one.id != case.id]

    async def refund(self, case: ACase, what: str, part: int, *, whole: bool) -> None:
        goods = case.held.worth if whole else case.held.worth // part
        share = Share(case.line, goods, case.held.shipping if whole else 0)
        if not share.total:
            return
        method = RefundMethod.ORIGINAL_PAYMENT if what == "refund" else RefundMethod.STORE_CREDIT
        asked = RefundAsked(case_id=case.id, shares=(share,), method=method, at=AT)
        try:
            refund = await self.database.run_tx(lambda tx: request(tx, asked))
        except AmountExceeded as refusal:
            assert refusal.left < refusal.asked  # noqa: PT017 - the same
        else:
            self.refunds.append(refund)
            self.requested[refund] = (case.line, share.total)

    async def finish(self, refund: UUID, what: str) -> None:
        """A result, told as often as it may be told."""
        if what == "fail":
            done = await self.tx(lambda tx: fail(tx, refund, AT, "declined"))
        else:
            rows = await self.database.rows("SELECT provider_key FROM refund_tenders WHERE refund_id = ?", refund)
            for key in [row["provider_key"] for row in rows] * 2:
                await self.tx(lambda tx, one=key: tender_paid(tx, one, AT, None))  # type: ignore[misc]
            done = await self.tx(lambda tx: settle(tx, refund, AT))
            (row,) = await self.database.rows("SELECT status FROM refunds WHERE id = ?", refund)
            if row["status"] == "SUCCEEDED":
                self.paid[refund] = self.requested[refund][1]
        assert not (done and refund in self.finished)
        self.finished.add(refund)


async def ceilings(world: World) -> None:
    """Nothing passes what was paid, on a unit's case line, a line and the order; and the order has it all."""
    lines = await world.database.rows(
        "SELECT quantity, quantity_held, paid_minor, shipping_minor, held_minor + refunded_minor AS goods,"
        " shipping_held_minor + shipping_refunded_minor AS shipping FROM order_lines WHERE order_id = ?",
        world.order.id,
    )
    for line in lines:
        assert 0 <= line["quantity_held"] <= line["quantity"]
        assert 0 <= line["goods"] <= line["paid_minor"]
        assert 0 <= line["shipping"] <= line["shipping_minor"]
    (order,) = await world.database.rows(
        "SELECT captured_minor, held_minor, refunded_minor FROM orders WHERE id = ?", world.order.id
    )
    assert order["held_minor"] + order["refunded_minor"] == sum(line["goods"] + line["shipping"] for line in lines)
    assert order["refunded_minor"] == sum(world.paid.values())
    assert order["refunded_minor"] + order["held_minor"] <= order["captured_minor"]


@LAWS
@given(BOUGHT, STEPS, st.integers(0, 100))
async def test_no_sequence_passes_what_was_paid_captured_or_bought(
    database: Database, bought: list[Bought], steps: list[tuple[str, int, int, bool]], by_card: int
) -> None:
    total = sum(line.paid + line.shipping for line in bought)
    card = total * by_card // 100
    world = World(database, await an_order(database, bought, [("CARD", card), ("WALLET", total - card)]), bought)

    for step in steps:
        await world.step(*step)

    await ceilings(world)
    assert await audit.verify(database) == []


@LAWS
@given(st.integers(1, 8), st.integers(0, 5000), st.lists(st.tuples(st.booleans(), st.integers(0, 7)), max_size=20))
async def test_the_units_of_a_line_are_worth_the_line_whatever_was_cancelled(
    database: Database, quantity: int, paid: int, steps: list[tuple[bool, int]]
) -> None:
    order, open_cases = await an_order(database, [Bought(quantity, paid)]), []
    for opens, number in steps:
        if opens:
            try:
                open_cases.append(await database.run_tx(lambda tx, n=number: open_case(tx, order, n % 3 + 1)))  # type: ignore[misc]
            except QuantityExceeded:
                continue
        elif open_cases:
            case = open_cases.pop(number % len(open_cases))
            assert await database.run_tx(lambda tx, one=case: release_units(tx, one.line))  # type: ignore[misc]

    left = quantity - sum(units.counted(case.held.units) for case in open_cases)
    if left:
        open_cases.append(await database.run_tx(lambda tx: open_case(tx, order, left)))

    assert sum(case.held.worth for case in open_cases) == paid


@LAWS
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 500)), max_size=12))
async def test_balances_are_the_sum_of_all_transfers_and_of_nothing_else(
    database: Database, transfers: list[tuple[int, int, int]]
) -> None:
    order = await an_order(database)
    accounts = [Account(AccountKind.MERCHANT, str(order.merchant)), Account(AccountKind.PROVIDER, str(order.id))]
    accounts += [Account(AccountKind.CUSTOMER, str(order.customer)), Account(AccountKind.CARRIER, str(order.id))]
    expected = dict.fromkeys(accounts, 0)
    for number, (giver, taker, amount) in enumerate(transfers):
        entries = transfer(accounts[giver], accounts[taker], amount, "SGD")
        posting = Posting(key=f"{order.id}:{number}", kind=TransactionKind.PAYOUT, at=AT, entries=entries)
        assert await database.run_tx(lambda tx, one=posting: ledger.post(tx, one))  # type: ignore[misc]
        expected[accounts[giver]] -= amount
        expected[accounts[taker]] += amount

    found = {Account(one.account, one.owner): one.amount for one in await ledger.balances(database)}
    assert sum(found.values()) == 0
    assert {account: found.get(account, 0) for account in accounts} == expected
    assert await ledger.verify(database) == []


async def test_everything_at_once_still_holds(database: Database) -> None:
    bought = [Bought(4, 999, 31), Bought(2, 500, 20)]
    order = await an_order(database, bought, [("CARD", 1000), ("WALLET", 550)])
    worlds = [World(database, order, bought) for _ in range(6)]
    walk = [("open", 0, 1, True), ("refund", 0, 1, True), ("pay", 0, 1, True), ("open", 1, 1, True)]
    walk += [("credit", 1, 2, False), ("fail", 1, 1, True), ("refund", 1, 1, True), ("cancel", 1, 1, True)]

    async def wander(world: World) -> None:
        for step in walk:
            await world.step(*step)

    await asyncio.gather(*[wander(world) for world in worlds])

    assert await audit.verify(database) == []
    (row,) = await database.rows("SELECT refunded_minor FROM orders WHERE id = ?", order.id)
    assert row["refunded_minor"] == sum(sum(world.paid.values()) for world in worlds)
