"""Does every law hold on every way through a case's life? Random orders, random steps of all, then silence."""

import asyncio
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import strawberry
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from bff.cases.conditions import FINAL, PAYABLE
from bff.cases.standing import standings
from bff.cases.state import CaseStep, Trigger
from bff.money import Money
from bff.policy.kernel import Kernel
from bff.storage.database import Database
from bff.user_errors import UserErrorCode
from bff.vocabulary import CaseAction, CaseStatus
from tests.conftest import SERVER
from tests.graph.conftest import Client
from tests.laws import checks
from tests.laws.choices import OF_ACTIONS
from tests.laws.moves import Move, Mover
from tests.laws.orders import AnOrder, orders
from tests.laws.world import ACase, Asked, World

WALKS = int(os.environ.get("BFF_TEST_WALKS", "6" if SERVER else "25"))
LAWS = settings(
    max_examples=WALKS,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
KINDS = (
    *("request",) * 4,
    *("withdraw",),
    *("allowed",) * 18,
    *("anything",) * 4,
    *("other",) * 2,
    *("scan",) * 4,
    *("together", "stock", "again", "charge_back", "report", "report"),
    *("pay",) * 4,
    *("hear",) * 3,
    *("hours",) * 2,
    *("days", "next_deadline"),
)
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 10_000)), min_size=3, max_size=30)
STATES = {
    UserErrorCode.INVALID_STATE,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.DEADLINE_PASSED,
}
# Where the table asks for a step that is not an action.
STEPS_OF: dict[str, frozenset[Trigger]] = {
    "requestReturn": checks.OPENS,
    "declareWithdrawal": checks.OPENS,
    "recordShipmentEvents": checks.NEWS,
    "scheduleReturn": frozenset({CaseStep.HAND_OVER}),
    "ruleDispute": frozenset({CaseStep.AWARD}),
    "approveCases": frozenset({CaseAction.APPROVE}),
    "recordRefundResult": frozenset(),
}
Dump = dict[str, list[Any]]


class Walk:
    """One walk through a world, with what was there before the step that is being done."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.before: dict[UUID, ACase] = {}
        self.rows: Dump = {}

    async def step(self, kind: str, seed: int) -> None:
        """One step, and all laws after it."""
        self.before, self.rows = await self.world.cases(), await self.world.dump()
        mover = Mover(self.world, seed)
        if kind in {"pay", "hear", "hours", "days", "next_deadline", "charge_back", "again"}:
            await getattr(self, f"_{kind}")(mover)
        else:
            move: Move | None = await getattr(mover, kind)()
            if move is not None:
                await self.do(move)
        await checks.everything(self.world)

    # ---- mutations ---------------------------------------------------------------------------------

    async def do(self, move: Move) -> None:
        """The mutation, and what it may have changed."""
        payload = await self.world.say(move.viewer, move.name, move.asked)
        errors = payload["userErrors"] + [e for one in payload.get("results", []) for e in one["userErrors"]]
        codes = [error["code"] for error in errors]
        event(f"{move.name}: {codes[0] if codes else 'done'}")
        after = await self.world.cases()
        changed = {key for key in after if self.before.get(key) != after[key]}
        if move.name == "approveCases":
            changed -= {key for key in changed if after[key].version == self.before[key].version + 1}
            assert changed == set()
        elif errors and move.name != "setStock":
            assert await self.world.dump() == self.rows, (move, payload)
        else:
            self._must_be_one_change(move, payload, after, changed)
        self._must_follow_the_table(move, after)
        if move.is_allowed is not None:
            refused = any(code in STATES for code in codes)
            assert not (move.is_allowed and refused), (move, errors)
            assert move.is_allowed or errors, move
        if not errors:
            self.world.done.append(
                Asked(move.viewer, move.name, move.asked, (payload.get("case") or {}).get("id"))
            )

    def _must_be_one_change(self, move: Move, payload: Any, after: dict[UUID, ACase], changed: set[UUID]) -> None:
        """One case is changed, its version one higher; a request writes new ones and touches no other."""
        if move.name in {"requestReturn", "declareWithdrawal"}:
            assert changed == set(after) - set(self.before), move
            assert len(changed) == len(payload["cases"] or [payload["case"]]), payload
        elif move.name == "setStock":
            assert changed == set()
        elif move.name in {"recordShipmentEvents", "recordRefundResult"}:
            told = payload.get("applied", 1)
            assert all(after[key].version == self.before[key].version + 1 for key in changed), move
            assert len(changed) <= told
        else:
            assert changed == {move.case}, move
            assert after[move.case].version == self.before[move.case].version + 1, move  # type: ignore[index]

    def _must_follow_the_table(self, move: Move, after: dict[UUID, ACase]) -> None:
        action = next((action for action, name in OF_ACTIONS.items() if name == move.name), None)
        triggers = STEPS_OF.get(move.name, frozenset()) | (frozenset({action}) if action else frozenset())
        self._statuses(after, triggers, move.asked.get("status") if move.name == "overrideCase" else None)

    def _statuses(self, after: dict[UUID, ACase], triggers: frozenset[Trigger], to: str | None = None) -> None:
        for key, case in after.items():
            was = self.before[key].status if key in self.before else None
            if was is case.status:
                continue
            start = CaseStatus(to) if to is not None else was
            assert checks.may_follow(start, case.status, triggers), (was, case.status, triggers)

    # ---- what goes on by itself --------------------------------------------------------------------

    async def _pay(self, _: Mover) -> None:
        await self.world.pay()
        self._statuses(await self.world.cases(), frozenset())

    async def _hear(self, _: Mover) -> None:
        await self.world.hear()
        self._statuses(await self.world.cases(), frozenset())

    async def _hours(self, mover: Mover) -> None:
        await self._later(timedelta(hours=mover.die.randint(1, 30)), mover)

    async def _days(self, mover: Mover) -> None:
        await self._later(timedelta(days=mover.die.randint(1, 16)), mover)

    async def _later(self, by: timedelta, mover: Mover) -> None:
        """Time passes; the worker looks at its deadlines soon, or a little later."""
        await self.world.forward(by)
        if mover.die.random() < 0.8:
            await self.world.sweep()
        self._statuses(await self.world.cases(), checks.DEADLINES)

    async def _next_deadline(self, _: Mover) -> None:
        await self.world.to_next_deadline()
        await self.world.sweep()
        self._statuses(await self.world.cases(), checks.DEADLINES)

    async def _charge_back(self, mover: Mover) -> None:
        """The customer's bank takes a part of a payment back; seldom."""
        payments = self.world.order.payments()
        place = mover.die.randrange(len(payments))
        if mover.die.random() < 0.5 and payments[place][1] > 1:
            amount = Money(mover.die.randint(1, payments[place][1]), self.world.order.currency)
            await self.world.provider.charge_back(f"L-1-{place}-{payments[place][2]}", amount)
            self.world.charged_back = True
            await self._hear(mover)

    async def _again(self, mover: Mover) -> None:
        """What was done is asked again under its key: the same answer, and nothing changes."""
        if self.world.done:
            asked = mover.die.choice(self.world.done)
            payload = await self.world.say(asked.viewer, asked.name, asked.asked)
            assert payload["userErrors"] == []
            assert (payload.get("case") or {}).get("id") == asked.case
            assert await self.world.dump() == self.rows, asked


async def silence(walk: Walk) -> None:
    """Nobody does anything any more, and the provider pays: every case ends, and nothing is owed."""
    world = walk.world
    world.mended = True
    for _ in range(80):
        await settled(world)
        if await is_over(world) or not await world.to_next_deadline():
            break
        walk.before = await world.cases()
        await world.sweep()
        walk._statuses(await world.cases(), checks.DEADLINES)
        await checks.everything(world)
    await people_retry(world)
    await settled(world)
    await checks.everything(world)
    await checks.provider(world, is_quiet=True)
    await ended(world)


async def settled(world: World) -> None:
    """Whatever is under way at the provider comes to its end."""
    for _ in range(6):
        await world.arrive()
        await world.pay()
        await world.forward(timedelta(seconds=6))
        for _ in range(3):
            await world.hear()
        await world.reported()


async def is_over(world: World) -> bool:
    """Every case is at an end, and no refund is open."""
    cases = await world.cases()
    return all(case.status in FINAL for case in cases.values()) and not await checks.under_way(world)


async def people_retry(world: World) -> None:
    """A refund that failed twice waits for people: they try it once more."""
    cases = await world.cases()
    for row in await world.failed():
        payload = await world.say(
            row.viewer, "retryRefund", {"refundId": row.refund, "idempotencyKey": world.key()}
        )
        codes = [error["code"] for error in payload["userErrors"]]
        event(f"in silence people retried: {codes or 'done'}")
        given_up = cases[row.case].status not in PAYABLE
        assert codes == [] or world.charged_back or (codes == ["INVALID_STATE"] and given_up), codes


async def ended(world: World) -> None:
    """Each case is at an end, with nothing owed to the customer and nothing too much."""
    cases = await world.cases()
    found = await standings(world.database, list(cases), world.now)
    failed = {row.case for row in await world.failed()}
    for key, case in cases.items():
        event(f"ended {case.status}")
        if key in failed and world.charged_back:
            continue  # the bank gave it back already: people look
        assert case.status in FINAL, (case, found[key])
        assert found[key].balance == 0, found[key]
    if not world.charged_back:
        assert await checks.under_way(world) == 0


@pytest.mark.parametrize("reports", [False, True], ids=["a provider pays", "an integration pays"])
@LAWS
@given(order=orders(), steps=STEPS)
async def test_no_walk_breaks_a_law_and_silence_ends_every_case(
    fresh_database: Callable[[Path], str],
    tmp_path: Path,
    schema: strawberry.Schema,
    kernel: Kernel,
    reports: bool,  # noqa: FBT001 - a parameter of the test
    order: AnOrder,
    steps: list[tuple[str, int]],
) -> None:
    address = await asyncio.to_thread(fresh_database, tmp_path)
    async with Database(address) as database:
        world = World(Client(schema, kernel, database), database, order, reports=reports)
        walk = Walk(world)
        await world.begin()
        try:
            for kind, seed in [("request", seed_of(steps)), *steps]:
                await walk.step(kind, seed)
            await silence(walk)
        finally:
            await world.end()


def seed_of(steps: list[tuple[str, int]]) -> int:
    """That of the first step: every walk begins with a request."""
    return steps[0][1]
