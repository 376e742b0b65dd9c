"""What might the plugins that failed have said? Failure is not abstention: where it could matter, a person looks.

An approval that a failed plugin could have blocked, or a denial that it could have prevented, becomes a
review. A plugin that could only have made things better never turns an approval into one.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from bff.policy.contributions import Capability
from bff.policy.decision import Fault, Verdict

# By the hook that failed: the capabilities that could have blocked an approval, or changed its terms for less.
BLOCKING: Mapping[str, Capability] = {
    "assess_risk": Capability.RISK,
    "judge_eligibility": Capability.RESTRICT,
    "require_evidence": Capability.RESTRICT,
    "assign_liability": Capability.ASSIGN,
    "price_refund": Capability.CHARGE,
}
NOTHING = Capability.EXPLAIN


class Doubt(Struct, frozen=True):
    """The faults that put in doubt an approval, a mere lack of grants, a forbid, and the exchanges offered."""

    approval: tuple[Fault, ...] = ()
    abstention: tuple[Fault, ...] = ()
    forbid: tuple[Fault, ...] = ()
    exchanges: bool = False

    def about(self, verdict: Verdict) -> tuple[Fault, ...]:
        """The faults for which that verdict must be looked at."""
        match verdict:
            case Verdict.PERMIT | Verdict.MANDATE:
                return self.approval
            case Verdict.ABSTAIN:
                return self.abstention
            case Verdict.FORBID:
                return self.forbid
            case Verdict.VOID:
                return ()


CERTAIN = Doubt()


def doubt(faults: Iterable[Fault], granted: Mapping[str, Capability]) -> Doubt:
    """What the faults of one request leave uncertain; `granted` is what each plugin may say."""
    approval, abstention, forbid, exchanges = [], [], [], False
    for fault in faults:
        could = granted.get(fault.plugin, ~NOTHING)
        if could & BLOCKING.get(fault.hook, NOTHING):
            approval.append(fault)
        if fault.hook == "judge_eligibility":
            if could & (Capability.GRANT | Capability.MANDATE):
                abstention.append(fault)
            if could & Capability.MANDATE:
                forbid.append(fault)
        # An exclusion may be missing; an exchange that should not be is worse than one fewer.
        exchanges = exchanges or bool(fault.hook == "offer_exchange" and could & Capability.RESTRICT)
    return Doubt(tuple(approval), tuple(abstention), tuple(forbid), exchanges)
