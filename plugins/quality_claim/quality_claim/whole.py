"""What was paid for the whole line? Limits look at that, so that splitting a return evades none."""

from bff.policy.facts import CaseFacts, Line


def paid_for_all(case: CaseFacts, line: Line) -> int:
    """What was paid for all units of the line; of one that the order does not list, for those asked about."""
    return next((goods.paid for goods in case.purchases if goods.id == line.id), line.paid)
