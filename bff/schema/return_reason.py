"""What may a customer say, and what must be shown with it?"""

import strawberry
from msgspec import Struct

from bff import texts
from bff.policy.decision import EvidenceRequirement as Requirement
from bff.schema.context import Info
from bff.schema.enums import EvidenceKind, ReturnReason
from bff.schema.fields import attribute, resolved


class ReasonSource(Struct, frozen=True, eq=False):
    """A reason that would be listened to, and the evidence that it takes."""

    reason: ReturnReason
    evidence: tuple[Requirement, ...]


def reason_label(root: ReasonSource, info: Info) -> str:
    """The reason in the viewer's language."""
    return texts.text(info.context.locale, "return_reason", root.reason.value)


def evidence_label(root: Requirement, info: Info) -> str:
    """The kind in the viewer's language."""
    return texts.text(info.context.locale, "evidence", root.kind.value)


@strawberry.type(description="At least so many of a kind must be shown; several plugins' wants are united.")
class EvidenceRequirement:
    kind: EvidenceKind = attribute("What to show.")
    minimum: int = attribute("How many at least.")
    label: str = resolved(evidence_label, "What to ask the customer for, in the language of the request.")


@strawberry.type(description="A reason that a customer may give for a line now.")
class ReturnReasonOption:
    reason: ReturnReason = attribute("The reason to send back.")
    label: str = resolved(reason_label, "In the customer's words and the language of the request.")
    evidence: list[EvidenceRequirement] = attribute("What a request for this reason must show.")
