"""What does a caller show? One photo, number or text, as it is written into a mutation."""

import strawberry

from bff.schema.enums import EvidenceKind
from bff.schema.upsert_orders import given, optional

__all__ = ["EvidenceInput"]


@strawberry.input(
    description="One thing shown. Files are kept elsewhere: a photo, video or report is named by where it is."
)
class EvidenceInput:
    kind: EvidenceKind = given("What it is.")
    url: str | None = optional(
        "Where it is kept: https alone, without credentials, at most 2,000 characters. A PHOTO, VIDEO and"
        " INSPECTION_REPORT need one."
    )
    text: str | None = optional(
        "What it says, at most 10,000 characters. A SERIAL_NUMBER and a TEXT need one; beside a file it"
        " is a caption."
    )
