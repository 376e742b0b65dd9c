"""What do the tests of live updates start from? A case, and events of it as any change writes them."""

from datetime import datetime
from uuid import UUID

from bff.cases.timeline import Event, Recorded, record
from bff.live.bus import Listener, Message
from bff.storage.database import Connection, Database
from bff.vocabulary import Role
from tests.cases.an_order import AT, AnOrder, a_case, an_order


async def a_case_of(database: Database, order: AnOrder | None = None) -> UUID:
    """A case on one unit of an order."""
    return (await a_case(database, order or await an_order(database))).id


async def change(database: Database, case: UUID, kind: str = "case_approved", at: datetime = AT) -> Recorded:
    """Something happens to the case."""

    async def write(tx: Connection) -> Recorded:
        await tx.execute("UPDATE cases SET version = version + 1 WHERE id = ?", case)
        return await record(tx, Event(case_id=case, type=kind, at=at, actor=Role.AGENT, subject="kim"))

    return await database.run_tx(write)


async def heard(listener: Listener, count: int) -> list[Message]:
    """The next messages."""
    return [await anext(listener) for _ in range(count)]
