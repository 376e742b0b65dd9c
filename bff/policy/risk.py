"""How much looks like abuse? The largest weight of each sign, added up, at most full risk."""

from collections.abc import Iterable

from bff.money import BASIS_POINTS
from bff.policy.contributions import Signal
from bff.policy.decision import Spoken


def fold_risk(spoken: Iterable[Spoken]) -> int:
    """Basis points of full risk over all lines of a request."""
    weights: dict[tuple[str, str], int] = {}
    for plugin, said in spoken:
        if isinstance(said, Signal):
            sign = (plugin, said.code)
            weights[sign] = max(weights.get(sign, 0), said.weight_bps)
    return min(sum(weights.values()), BASIS_POINTS)
