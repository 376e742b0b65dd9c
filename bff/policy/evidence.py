"""What must the customer show? Of each kind the most that any rule asks for."""

from collections.abc import Iterable

from bff.policy.contributions import Require
from bff.policy.decision import EvidenceRequirement, Spoken
from bff.vocabulary import EvidenceKind


def fold_evidence(basis: str, spoken: Iterable[Spoken]) -> tuple[EvidenceRequirement, ...]:
    """The requirements of one line, in the order in which the kinds are declared."""
    minimum: dict[EvidenceKind, int] = {}
    for _, said in spoken:
        if isinstance(said, Require) and said.basis == basis:
            minimum[said.kind] = max(minimum.get(said.kind, 0), said.minimum)
    if not minimum:
        return ()
    return tuple(EvidenceRequirement(kind, minimum[kind]) for kind in EvidenceKind if kind in minimum)
