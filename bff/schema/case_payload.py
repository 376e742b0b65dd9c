"""What does a mutation of a case answer? The case as it is now, or what was wrong."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from msgspec import Struct

from bff.schema.fields import attribute
from bff.schema.user_error import Payload, UserErrorSource
from bff.storage.reads.cases import CaseRow

if TYPE_CHECKING:
    from bff.schema.case import Case


class CasePayloadSource(Struct, frozen=True, eq=False):
    """The cases that were changed, none where nothing was."""

    cases: list[CaseRow]
    user_errors: list[UserErrorSource]

    @property
    def case(self) -> CaseRow | None:
        """The first, and nearly always only one."""
        return self.cases[0] if self.cases else None


@strawberry.type(description="What became of a case; without user errors everything was done, with them nothing.")
class CasePayload(Payload):
    case: Annotated["Case", strawberry.lazy("bff.schema.case")] | None = attribute(
        "The case as it is now; null where nothing was done."
    )
    cases: list[Annotated["Case", strawberry.lazy("bff.schema.case")]] = attribute(
        "All cases that it made or changed: a withdrawal from an order of several merchants makes one each."
    )

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are outcomes."""
        return isinstance(source, CasePayloadSource)
