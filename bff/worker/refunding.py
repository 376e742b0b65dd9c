"""How does a promised refund become a paid one? Its tenders are found, each gets its workflow, and that asks.

A mutation only writes the refund. What has no workflow gets one here, at once in the same process and within
seconds in any other: after a crash between the two there is nothing to repair.
"""

import asyncio
import importlib
import tempfile
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
import structlog
from msgspec import Struct

from bff.cases.money import refund_results, refunds
from bff.incidents import places
from bff.payments.provider import Accepted, Outcome, PaymentProvider, Unknown
from bff.payments.sending import TRIES, pause
from bff.storage.database import Database
from bff.worker.turn import Turn

if TYPE_CHECKING:
    from bff.worker.durable import Durable

log = structlog.get_logger("bff.refunds")
CALL_SECONDS = 60.0  # adapters have shorter limits of their own
AFTER_A_DAY = 6 * 3600.0  # between two look-ups, while a person looks into it
ALL_EVERY = 15.0  # seconds between two looks at every open tender; those that are new are seen at once
PATIENCE = 60.0  # in which DBOS takes up again what it had when it was started
WAITING = frozenset({"RUNNING", "PENDING", "ENQUEUED", "DELAYED"})  # of a workflow: it is not over

SELECT = (
    "SELECT t.provider_key, t.runs FROM refunds r JOIN refund_tenders t ON t.refund_id = r.id"
    " WHERE r.status IN ('PENDING', 'PROCESSING') AND t.status IN {} ORDER BY r.requested_at, t.id"
)
NEW, ALL = SELECT.format("('PENDING')"), SELECT.format("('PENDING', 'PROCESSING')")


class Due(Struct, frozen=True):
    """A run of a tender that is not over."""

    key: str
    run: int


class Refunding:
    """Pays the refunds of one shop through one provider, in whichever process has the turn.

    `pace` shortens the pauses between tries: 1 is what providers can expect, tests have less time.
    """

    def __init__(
        self,
        database: Database,
        provider: Callable[[], PaymentProvider],
        turn: Turn,
        now: Callable[[], datetime],
        *,
        pace: float = 1.0,
    ) -> None:
        self._database, self._provider, self._turn, self._now = database, provider, turn, now
        self._pace = pace
        self._durable: Durable | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="bff-workflows-", ignore_cleanup_errors=True)
        self._started = self._looked = float("-inf")
        self._begun: set[Due] = set()

    @property
    def is_paying(self) -> bool:
        """Whether workflows run in this process."""
        return self._durable is not None

    async def sweep(self) -> int:
        """Sees to it that every open tender has a workflow; how many have one here."""
        if not await self._turn.mine():
            await self._halt()
            return 0
        clock = asyncio.get_running_loop().time()
        looks_at_all = clock - self._looked >= ALL_EVERY
        due = await self._database.structs(Due, ALL if looks_at_all else NEW)
        durable = self._durable or (await self._start() if due else None)
        if durable is None:
            return 0
        for tender in due:
            if self._is_lost(tender, await durable.begin(tender.key, tender.run), clock):
                await self._begin_anew(tender)
        if looks_at_all:
            self._looked = clock
            self._begun.intersection_update(due)
        return len(durable.running)

    def _is_lost(self, tender: Due, status: str, now: float) -> bool:
        """Whether a workflow is over before its tender, or was begun here and is nowhere to be seen."""
        seen = tender in self._begun
        self._begun.add(tender)
        return status not in WAITING or (status == "PENDING" and seen and now - self._started > PATIENCE)

    async def _start(self) -> "Durable | None":
        module = await asyncio.to_thread(importlib.import_module, "bff.worker.durable")
        address = module.address_of(self._database.url, self._folder.name)
        durable: Durable = module.Durable(address, self)
        if not await durable.start():
            return None
        self._durable, self._started = durable, asyncio.get_running_loop().time()
        return durable

    async def _begin_anew(self, tender: Due) -> None:
        """Its workflow is over, by a fault of ours or a lost database, and the tender is not."""
        if await self._database.run_tx(lambda tx: refunds.rerun(tx, tender.key, tender.run)):
            log.error("refund without its workflow", key=tender.key, run=tender.run)

    async def stop(self) -> None:
        """Cuts workflows off; whoever has the turn next goes on with them."""
        await self._halt()
        await self._turn.give_up()
        self._folder.cleanup()

    async def _halt(self) -> None:
        durable, self._durable = self._durable, None
        self._looked = float("-inf")
        if durable is not None:
            await durable.stop()

    # ---- the steps of a workflow ---------------------------------------------------------------------

    async def ask(self, key: str, run: int, tries: int) -> str | None:
        """Asks the provider outside of any transaction; a fault of ours is an outcome that nobody knows."""
        try:
            ready = await self._database.run_tx(lambda tx: refund_results.prepare(tx, key, run, self._now()))
            if ready is None:
                return None
            async with asyncio.timeout(CALL_SECONDS):
                outcome = await self._called(ready, tries)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the money stays held and the key is asked again
            outcome = Unknown(reported("ask", key, fault))
        return msgspec.json.encode(outcome).decode()

    async def _called(self, ready: refund_results.Ready, tries: int) -> Outcome:
        """Sends the order until it is accepted, for a day; then looks what became of it."""
        provider = self._provider()
        if tries < TRIES and not ready.is_accepted:
            return await provider.refund(ready.order)
        found = await provider.look_up(ready.order)
        return Unknown(f"{provider.name}.not_found") if found is None else found

    async def note(self, key: str, run: int, tries: int, outcome: str) -> float | None:  # noqa: ARG002 - see Steps
        """Records the outcome. What could not be recorded is asked for again."""
        told: Outcome = msgspec.json.decode(outcome, type=Outcome)
        name, at = self._provider().name, self._now()
        try:
            await self._database.run_tx(lambda tx: refund_results.learn(tx, key, told, name, at))
        except Exception as fault:  # noqa: BLE001 - the same
            told = Unknown(reported("note", key, fault))
        if not isinstance(told, Unknown | Accepted):
            return None
        if tries == TRIES:
            log.error("refund unclear for a day", key=key, outcome=type(told).__name__)
        if tries >= TRIES:
            return AFTER_A_DAY * self._pace
        asked_for = told.retry_after if isinstance(told, Unknown) else None
        return pause(key, tries + 1, asked_for) * self._pace


def reported(step: str, key: str, fault: Exception) -> str:
    """Logs it with what leads to it, and says how it is found."""
    incident = uuid4().hex
    kind = f"{type(fault).__module__}.{type(fault).__qualname__}"
    log.error("refund step failed", step=step, key=key, incident=incident, kind=kind, at=places(fault))
    return f"incident.{incident}"
