"""Which tickets are wanted? The filter as clients write it, and as the reads take it."""

import strawberry

from bff.schema.enums import Priority, TicketStatus
from bff.schema.filters import any_of, optional, searchable
from bff.storage.reads import tickets


@strawberry.input(description="Which tickets are wanted; everything that is given must hold.")
class TicketFilter:
    status: list[TicketStatus] | None = optional("Any of these; an empty list matches nothing.")
    priority: list[Priority] | None = optional("Any of these; an empty list matches nothing.")
    queue: list[str] | None = optional("Any of these, spelt exactly; an empty list matches nothing.")
    search: str | None = optional(
        "The number or the subject begins with it; case does not matter, % and _ are ordinary characters. At most"
        " 200 characters."
    )

    def to_read(self) -> tickets.TicketFilter:
        """The filter that reads take."""
        return tickets.TicketFilter(
            status=any_of(self.status),
            priority=any_of(self.priority),
            queue=any_of(self.queue),
            search=searchable(self.search),
        )
