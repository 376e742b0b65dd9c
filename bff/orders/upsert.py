"""How do orders get into the tables? In bulk, as often as you like, the good ones whatever the bad ones do."""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct
from tortoise.exceptions import IntegrityError

from bff.orders import parties, stored
from bff.orders.check import BadOrderError, OrderAmounts, Problem, check
from bff.orders.records import OrderRecord
from bff.orders.stored import StoredOrder
from bff.orders.write import write_orders
from bff.storage.database import Connection, Database

ATTEMPTS = 3  # each may lose to another caller that has since made some of the same orders
ENCODER = msgspec.json.Encoder(order="deterministic")


class Rejection(Struct, frozen=True):
    """Why the order at `index` was not taken; `field` is its path, such as `orders[3].lines[1].paid`."""

    index: int
    field: str
    reason: str


class UpsertOutcome(Struct):
    """What became of a batch, in orders; a rejected order may have several rejections."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = []

    @property
    def rejected_orders(self) -> int:
        """How many orders were not taken."""
        return len({rejection.index for rejection in self.rejected})

    def reject(self, index: int, problems: Iterable[Problem]) -> None:
        """Notes why an order was not taken, once for each reason."""
        for problem in problems:
            place = f"orders[{index}]" + (f".{problem.field}" if problem.field else "")
            self.rejected.append(Rejection(index, place, problem.reason))


class Candidate(Struct, frozen=True):
    """A record that adds up, on its way in; `digest` names its content."""

    index: int
    record: OrderRecord
    amounts: OrderAmounts
    digest: str


class Checked(Struct, frozen=True):
    """A batch of which everything is known that can be known without the database."""

    candidates: list[Candidate]
    rejected: list[Rejection]


async def upsert(database: Database, records: Sequence[OrderRecord]) -> UpsertOutcome:
    """Takes a batch of orders in one transaction; see `upsert_in`."""
    checked = check_all(records)
    return await database.run_tx(lambda connection: upsert_in(connection, checked))


def check_all(records: Sequence[OrderRecord]) -> Checked:
    """The orders that add up, and why the others do not. Needs no database, and may run in any thread."""
    outcome = UpsertOutcome(rejected=[])
    candidates = []
    for index, record in enumerate(records):
        encoded = ENCODER.encode(record)
        try:
            amounts = check(record, encoded)
        except BadOrderError as error:
            outcome.reject(index, error.problems)
        else:
            candidates.append(Candidate(index, record, amounts, hashlib.sha256(encoded).hexdigest()))
    return Checked(candidates, outcome.rejected)


async def upsert_in(connection: Connection, checked: Checked) -> UpsertOutcome:
    """Creates or updates each order by its number, inside a transaction of the caller's.

    The same record again changes nothing, and an older one (by `updatedAt`) never overwrites a newer one: both
    count as unchanged. Bad orders are reported by their index in the batch and leave the others alone.
    """
    outcome = UpsertOutcome(rejected=list(checked.rejected))
    for batch in _rounds(checked.candidates):
        # Everybody takes orders in one sequence, so that two callers never wait for each other in a circle.
        await _take(connection, sorted(batch, key=lambda candidate: candidate.record.number), outcome)
    outcome.rejected.sort(key=lambda rejection: rejection.index)
    return outcome


def _rounds(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Batches in which no number stands twice, in the order given; nearly always one batch."""
    rounds: list[list[Candidate]] = []
    seen: dict[str, int] = {}
    for candidate in candidates:
        turn = seen.get(candidate.record.number, 0)
        seen[candidate.record.number] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(candidate)
    return rounds


async def _take(connection: Connection, batch: list[Candidate], outcome: UpsertOutcome) -> None:
    """Writes a batch at once; when a constraint fails again and again, order by order.

    Where two callers bring one new order, PostgreSQL refuses the slower one. By then the other's row can be read
    (READ COMMITTED), so the batch is read and judged anew, and the newest stays.
    """
    for _ in range(ATTEMPTS):
        trial = msgspec.structs.replace(outcome, rejected=list(outcome.rejected))
        try:
            async with connection.savepoint():
                await _write(connection, batch, trial)
        except IntegrityError:
            continue
        outcome.created, outcome.updated = trial.created, trial.updated
        outcome.unchanged, outcome.rejected = trial.unchanged, trial.rejected
        return
    if len(batch) == 1:
        # The driver's own words would tell the caller of other rows.
        outcome.reject(batch[0].index, [Problem("", "breaks a rule of the database that no check foresaw")])
        return
    for candidate in batch:
        await _take(connection, [candidate], outcome)


async def _write(connection: Connection, batch: list[Candidate], outcome: UpsertOutcome) -> None:
    known = await stored.find(connection, [candidate.record.number for candidate in batch])
    fresh, changed = [], []
    for candidate in batch:
        old = known.get(candidate.record.number)
        if old is None:
            fresh.append((candidate, None))
        elif _says_nothing_new(candidate, old):
            outcome.unchanged += 1
        elif problems := list(stored.problems(old, candidate.record, candidate.amounts)):
            outcome.reject(candidate.index, problems)
        else:
            changed.append((candidate, old))
    taken = fresh + changed
    if taken:
        people = await parties.take_part(connection, [candidate.record for candidate, _ in taken])
        await write_orders(connection, taken, people)
    outcome.created += len(fresh)
    outcome.updated += len(changed)


def _says_nothing_new(candidate: Candidate, old: StoredOrder) -> bool:
    return old.head.source_digest == candidate.digest or candidate.record.updated_at < old.head.source_updated_at
