"""What is paid beside the refund? The largest bonus of each group, added up, at most what was paid."""

from collections.abc import Iterable

from bff.policy.contributions import Bonus
from bff.policy.decision import RefundComponent, Spoken
from bff.policy.facts import Line
from bff.vocabulary import RefundComponentKind


def fold_bonuses(line: Line, spoken: Iterable[Spoken]) -> tuple[RefundComponent, ...]:
    """The bonuses of one line by group; the last ones are cut where together they exceed what was paid."""
    largest: dict[str, tuple[str, Bonus]] = {}
    for plugin, said in spoken:
        if isinstance(said, Bonus) and said.amount:
            known = largest.get(said.group)
            if known is None or said.amount > known[1].amount:
                largest[said.group] = (plugin, said)
    left = line.paid
    parts = []
    for group, (plugin, said) in sorted(largest.items()):
        amount = min(said.amount, left)
        left -= amount
        if amount:
            parts.append(RefundComponent(kind=RefundComponentKind.BONUS, amount=amount, plugin=plugin, cost=group))
    return tuple(parts)
