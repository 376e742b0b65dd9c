"""Which orders and cases are wanted? Filters as clients write them, and as the reads take them."""

from datetime import datetime
from typing import Any, TypeVar

import strawberry
from strawberry import UNSET

from bff.schema.enums import CaseStatus, OrderStatus, Priority, Resolution, ReturnReason
from bff.schema.errors import bad_input
from bff.storage.folding import is_storable
from bff.storage.reads import cases, orders

LONGEST_SEARCH = 200
MOST_NAMES = 100
Member = TypeVar("Member")


def optional(description: str) -> Any:
    """An input field that may be left out; leaving it out and null both ask nothing."""
    return strawberry.field(default=UNSET, description=description)


@strawberry.input(description="Which orders are wanted; everything that is given must hold.")
class OrderFilter:
    status: list[OrderStatus] | None = optional("Any of these; an empty list matches nothing.")
    placed_from: datetime | None = optional("Placed at this instant or later.")
    placed_until: datetime | None = optional("Placed before this instant.")
    search: str | None = optional(
        "The order number begins with it, or a line's title contains it; case does not matter, % and _ are"
        " ordinary characters. At most 200 characters."
    )
    returnable: bool | None = optional(
        "True: paid, not cancelled, and with at least one unit that no case holds; false: the others. Windows and"
        " exclusions are not looked at: `returnEligibility` answers those."
    )

    def to_read(self) -> orders.OrderFilter:
        """The filter that reads take."""
        return orders.OrderFilter(
            status=any_of(self.status),
            placed_from=self.placed_from or None,
            placed_until=self.placed_until or None,
            search=searchable(self.search),
            returnable=None if self.returnable is UNSET else self.returnable,
        )


@strawberry.input(description="Which cases are wanted; everything that is given must hold.")
class CaseFilter:
    status: list[CaseStatus] | None = optional("Any of these; an empty list matches nothing.")
    resolution: list[Resolution] | None = optional("Any of these; an empty list matches nothing.")
    reason: list[ReturnReason] | None = optional(
        "At least one line for any of these; an empty list matches nothing."
    )
    queue: list[str] | None = optional(
        "In any of these work lists, each by its whole name; an empty list matches nothing. At most 100 names."
    )
    priority: list[Priority] | None = optional("Any of these; an empty list matches nothing.")
    overdue: bool | None = optional(
        "True: with a deadline that has passed and not been settled yet; false: the others, those without any"
        " deadline among them."
    )
    search: str | None = optional(
        "The case's or the order's number begins with it; case does not matter. At most 200 characters."
    )
    requested_from: datetime | None = optional("Requested at this instant or later.")
    requested_until: datetime | None = optional("Requested before this instant.")

    def to_read(self) -> cases.CaseFilter:
        """The filter that reads take."""
        return cases.CaseFilter(
            status=any_of(self.status),
            resolution=any_of(self.resolution),
            reason=any_of(self.reason),
            queue=names(self.queue, "queue"),
            priority=any_of(self.priority),
            overdue=None if self.overdue is UNSET else self.overdue,
            search=searchable(self.search),
            requested_from=self.requested_from or None,
            requested_until=self.requested_until or None,
        )


def any_of(values: list[Member] | None) -> tuple[Member, ...] | None:
    """The wanted values, or None where nothing was asked."""
    return None if values is None or values is UNSET else tuple(values)


def names(values: list[str] | None, field: str) -> tuple[str, ...] | None:
    """The wanted names, or None where nothing was asked. Raises BAD_USER_INPUT for too many, or odd ones."""
    wanted = any_of(values)
    if wanted is not None and (len(wanted) > MOST_NAMES or not all(is_storable(name) for name in wanted)):
        raise bad_input(f"`{field}` is at most {MOST_NAMES} names of ordinary text", "filter", field)
    return wanted


def searchable(text: str | None) -> str | None:
    """What to search for, or None for nothing. Raises BAD_USER_INPUT for what no title can contain."""
    if text is UNSET or text is None:
        return None
    if len(text) > LONGEST_SEARCH or not is_storable(text):
        raise bad_input(f"`search` is at most {LONGEST_SEARCH} characters of ordinary text", "filter", "search")
    return text.strip() or None
