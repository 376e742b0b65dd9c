"""Are three returns of one what one return of three is? In any order, with cancellations between, to the cent."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import strawberry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bff.cases.money import audit
from bff.cases.standing import standings
from bff.cases.transitions import allowed_actions
from bff.payments.behaviour import Behaviour
from bff.policy.kernel import Kernel
from bff.storage.database import Database
from bff.vocabulary import CaseAction, CaseStatus, PaymentMethod, Role
from tests.conftest import SERVER
from tests.graph.conftest import Client
from tests.laws.orders import PLACES, ALine, AnOrder
from tests.laws.world import World

TENDERS = st.lists(
    st.tuples(st.sampled_from([*PaymentMethod]), st.integers(1, 9), st.just(Behaviour.PAYS)),
    min_size=1,
    max_size=3,
)
LAWS = settings(
    max_examples=2 if SERVER else 4,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
UNITS = 3
DEAR = 300_000  # cheap goods need not come back: these are worth it in every currency but one


class Shop:
    """Returns of units of one order, each brought to its end through the graph."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def say(self, viewer: Any, name: str, **asked: Any) -> Any:
        payload = await self.world.say(viewer, name, {"idempotencyKey": self.world.key()} | asked)
        assert payload["userErrors"] == [], (name, payload)
        return payload["case"]

    async def request(self, quantity: int, reason: str) -> Any:
        """A case of so many units of the only line."""
        line = {"orderLineId": self.world.lines[0], "quantity": quantity, "reason": reason}
        return await self.say(
            self.world.ada,
            "requestReturn",
            orderId=self.world.order_id,
            lines=[line],
            resolution="RETURN_AND_REFUND",
        )

    async def cancel(self, case: Any) -> None:
        await self.say(self.world.ada, "cancelCase", caseId=case["id"], version=case["version"])

    async def bring_back(self, case: Any, quantity: int) -> None:
        """All of it arrives as it should, and is paid."""
        seller, line = self.world.sellers["north"], self.world.lines[0]
        of = {"caseId": case["id"]}
        if case["status"] == "REQUESTED":
            case = await self.say(seller, "approveCase", **of, version=case["version"])
        case = await self.say(self.world.ada, "scheduleReturn", **of, version=case["version"], method="DROP_OFF")
        lines = [{"orderLineId": line, "quantity": quantity}]
        case = await self.say(seller, "recordReceipt", **of, version=case["version"], lines=lines)
        cases = await standings(self.world.database, list(await self.world.cases()), self.world.now)
        if any(
            CaseAction.RECORD_INSPECTION in allowed_actions(one.state, Role.MERCHANT) for one in cases.values()
        ):
            found = {"grade": "AS_NEW", "disposition": "REFURBISH"}
            await self.say(
                seller, "recordInspection", **of, version=case["version"], lines=[line | found for line in lines]
            )
        await self.world.pay()

    async def granted(self) -> int:
        """What was given back for goods and shipping. The way back, paid each time, is not taken off here."""
        (row,) = await self.world.database.rows(
            "SELECT CAST(coalesce(sum(e.amount_minor), 0) AS BIGINT) AS n FROM ledger_entries e"
            " JOIN ledger_transactions t ON t.id = e.transaction_id"
            " WHERE t.kind = 'REFUND' AND e.account = 'CUSTOMER'"
        )
        assert await audit.verify(self.world.database) == []
        cases = (await self.world.cases()).values()
        assert {case.status for case in cases} <= {CaseStatus.COMPLETED, CaseStatus.CANCELLED}
        return int(row["n"])


async def one_of_three(shop: Shop, _: Any) -> None:
    await shop.bring_back(await shop.request(UNITS, "CHANGE_OF_MIND"), UNITS)


async def three_of_one(shop: Shop, plan: tuple[list[bool], list[int]]) -> None:
    """Three requests, before each of which one may be taken back; they end in any order."""
    cancels, order = plan
    cases: list[Any] = []
    for cancel in cancels:
        if cancel:
            other = await shop.request(1, "CHANGE_OF_MIND")
            cases.append(await shop.request(1, "CHANGE_OF_MIND") if len(cases) < UNITS - 1 else None)
            await shop.cancel(other)
            if cases[-1] is None:
                cases[-1] = await shop.request(1, "CHANGE_OF_MIND")
        else:
            cases.append(await shop.request(1, "CHANGE_OF_MIND"))
    for place in order:
        await shop.bring_back(cases[place], 1)


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
@LAWS
@given(
    bought=st.tuples(st.integers(DEAR, 2 * DEAR), st.sampled_from((0, 1, 499, 1000)), TENDERS),
    plan=st.tuples(st.lists(st.booleans(), min_size=UNITS, max_size=UNITS), st.permutations(range(UNITS))),
)
async def test_three_returns_of_one_pay_what_one_return_of_three_pays(
    fresh_database: Callable[[Path], str],
    tmp_path: Path,
    schema: strawberry.Schema,
    kernel: Kernel,
    place: tuple[str, str],
    bought: tuple[int, int, list[tuple[PaymentMethod, int, Behaviour]]],
    plan: tuple[list[bool], list[int]],
) -> None:
    paid, fee, tenders = bought
    paid = paid * 100 + paid % 100 if place[1] == "VND" else paid
    price = -(-paid // UNITS)
    line = ALine(UNITS, price, price * UNITS - paid, "north", "apparel/shoes", is_promoted=False)
    order = AnOrder(place, [line], fee, tenders, 1.0, is_premium=False, threshold=1)
    found = []
    for way in (one_of_three, three_of_one):
        address = await asyncio.to_thread(fresh_database, tmp_path)
        async with Database(address) as database:
            world = World(Client(schema, kernel, database), database, order)
            await world.begin()
            await way(Shop(world), plan)
            found.append(await Shop(world).granted())
            await world.end()
    assert found[0] == found[1]
    assert paid <= found[0] <= paid + fee
