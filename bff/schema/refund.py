"""Which money goes back? One payment, and what it is made of."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from bff.money import Money as Amount
from bff.schema.enums import RefundComponentKind, RefundMethod, RefundStatus
from bff.schema.fields import attribute, resolved
from bff.schema.ids import id_of
from bff.schema.money import Money, amount_of
from bff.schema.node import Node
from bff.schema.owned import referred
from bff.schema.refund_quote import ComponentSource, RefundComponent
from bff.storage.reads.refunds import Part, RefundRow

if TYPE_CHECKING:
    from bff.schema.case import Case

KINDS = {kind: place for place, kind in enumerate(RefundComponentKind)}


def breakdown(root: RefundRow) -> list[ComponentSource]:
    """Its parts in the order of their kinds; the whole as goods where nobody wrote them down."""
    parts = root.breakdown or [Part(RefundComponentKind.ITEM, root.amount_minor)]
    ordered = sorted(parts, key=lambda part: (KINDS[part.kind], part.plugin))
    return [ComponentSource(part.kind, Amount(part.amount, root.currency), part.plugin) for part in ordered]


@strawberry.type(description="One payment back to the customer. A case may have several.")
class Refund(Node):
    id: strawberry.ID = resolved(id_of("Refund"), "Global and opaque.")
    case: Annotated["Case", strawberry.lazy("bff.schema.case")] = resolved(
        referred("Case", "case_id"), "What it is paid for."
    )
    status: RefundStatus = attribute("How far the money has come.")
    amount: Money = resolved(amount_of("amount_minor"), "What the customer gets by it.")
    method: RefundMethod = attribute("Where it goes.")
    breakdown: list[RefundComponent] = resolved(
        breakdown, "What it is made of: items + tax + shipping - fees, exactly the amount."
    )
    requested_at: datetime = attribute("When it was promised and the money set aside.")
    settled_at: datetime | None = attribute("When it was paid, or given up; null until then.")
    expected_by: datetime | None = attribute("When the customer should have it at the latest; null: nobody says.")
    failure: str | None = attribute("Why the last try failed; null where none did.")

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are rows."""
        return isinstance(source, RefundRow)
