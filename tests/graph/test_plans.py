"""Does a page cost the same in a large shop? SQLite is asked how it reads: by an index that keeps the order."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from msgspec import Struct

from bff.storage.database import Database
from bff.storage.reads import appeals, cases, orders
from bff.storage.reads.appeals import AppealFilter
from bff.storage.reads.cases import CaseFilter, CaseSort
from bff.storage.reads.keyset import Slice
from bff.storage.reads.orders import OrderFilter
from bff.storage.reads.scope import Scope
from tests.graph.shop import NOW

Row = TypeVar("Row", bound=Struct)
SORTS = "USE TEMP B-TREE FOR ORDER BY"
SCANS = ("SCAN o", "SCAN c")


class Explaining(Database):
    """A database that answers nothing, and remembers how it would have."""

    async def structs(self, kind: type[Row], sql: str, *args: Any) -> list[Row]:
        """No rows, only the plan."""
        del kind
        self.plan = [str(step["detail"]) for step in await self.rows(f"EXPLAIN QUERY PLAN {sql}", *args)]
        return []


@pytest.fixture
async def explaining(template: Path, tmp_path: Path) -> AsyncIterator[Explaining]:
    """An empty, migrated database."""
    file = shutil.copyfile(template, tmp_path / "plans.sqlite3")
    async with Explaining(f"sqlite:///{file}") as database:
        yield database


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("scope", [Scope(everything=True), Scope(customer=uuid4())], ids=["staff", "customer"])
@pytest.mark.parametrize("position", [None, (NOW, uuid4())], ids=["start", "after"])
async def test_a_page_of_orders_is_read_in_order_by_an_index(
    explaining: Explaining, scope: Scope, position: tuple[Any, ...] | None, *, backward: bool
) -> None:
    await orders.page(explaining, scope, OrderFilter(), Slice(20, backward, position))
    assert [step for step in explaining.plan if step == SORTS] == []
    assert [step for step in explaining.plan if step in SCANS] == []
    assert "USING INDEX" in explaining.plan[0]


@pytest.mark.parametrize("scope", [Scope(customer=uuid4()), Scope(merchant=uuid4())], ids=["customer", "merchant"])
@pytest.mark.parametrize("sort", [CaseSort.NEWEST, CaseSort.OLDEST])
async def test_a_page_of_ones_cases_is_read_in_order_by_an_index(
    explaining: Explaining, scope: Scope, sort: CaseSort
) -> None:
    await cases.page(explaining, scope, CaseFilter(), sort, Slice(20, position=(NOW, uuid4())))
    assert [step for step in explaining.plan if step == SORTS] == []
    assert "USING INDEX" in explaining.plan[0]


WORK_LISTS = [Scope(everything=True), Scope(merchant=uuid4())]


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("scope", WORK_LISTS, ids=["staff", "merchant"])
@pytest.mark.parametrize("overdue", [None, True])
async def test_what_is_due_next_is_found_by_an_index_from_the_position_on(
    explaining: Explaining, scope: Scope, *, overdue: bool | None, backward: bool
) -> None:
    wanted = CaseFilter(queue=("standard",), overdue=overdue, now=NOW)
    await cases.page(explaining, scope, wanted, CaseSort.DEADLINE, Slice(20, backward, (NOW, uuid4())))
    assert [step for step in explaining.plan if step == SORTS] == []
    assert explaining.plan[0].startswith("SEARCH c USING INDEX")
    assert "due_at" in explaining.plan[0]


@pytest.mark.parametrize("scope", WORK_LISTS, ids=["staff", "merchant"])
@pytest.mark.parametrize("position", [None, (1, NOW, uuid4())], ids=["start", "after"])
async def test_what_matters_most_is_read_in_order_by_an_index(
    explaining: Explaining, scope: Scope, position: tuple[Any, ...] | None
) -> None:
    await cases.page(explaining, scope, CaseFilter(), CaseSort.PRIORITY, Slice(20, position=position))
    assert [step for step in explaining.plan if step == SORTS] == []
    assert "by_priority" in explaining.plan[0]


@pytest.mark.parametrize("scope", WORK_LISTS, ids=["staff", "merchant"])
async def test_a_page_of_appeals_is_read_in_order_by_an_index(explaining: Explaining, scope: Scope) -> None:
    await appeals.page(explaining, scope, AppealFilter(), Slice(20, position=(NOW, uuid4())))
    assert [step for step in explaining.plan if step == SORTS] == []
    assert explaining.plan[0].startswith("SEARCH a USING INDEX idx_appeals")
