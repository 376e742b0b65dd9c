"""In which state did the goods come back? What a warehouse found."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from bff.schema.enums import Disposition, Grade
from bff.schema.fields import attribute, resolved
from bff.schema.money import Money, amount_of
from bff.schema.owned import listed, referred
from bff.storage.reads import inspections

if TYPE_CHECKING:
    from bff.schema.order_line import OrderLine


@strawberry.type(description="Some units of one line in one state; a line may come back in several.")
class InspectionLine:
    order_line: Annotated["OrderLine", strawberry.lazy("bff.schema.order_line")] = resolved(
        referred("OrderLine", "order_line_id"), "Which goods."
    )
    quantity: int = attribute("How many units are in that state.")
    grade: Grade = attribute("In which state they are.")
    disposition: Disposition = attribute("What becomes of them.")
    deduction: Money = resolved(amount_of("deduction_minor"), "What is taken off their refund for it.")
    defect_confirmed: bool | None = attribute("Whether the claimed defect was found; null where none was claimed.")


@strawberry.type(description="The look that a warehouse took at a case's goods; one a case.")
class Inspection:
    inspected_at: datetime = attribute("When.")
    lines: list[InspectionLine] = resolved(listed(inspections.LINES), "What was found, state by state.")
    note: str | None = attribute("What the inspector wrote; null where nothing.")
