"""What does each line carry of a cost that several share? One amount, split once by what was paid."""

from collections.abc import Mapping, Sequence

from bff.money import split
from bff.policy.contributions import Cost
from bff.policy.decision import Spoken
from bff.policy.facts import Line

PoolKey = tuple[str, str]  # kind and pool
NO_POOLS: Mapping[str, Mapping[PoolKey, int]] = {}


def split_pools(
    lines: Sequence[Line], spoken: Mapping[str, Sequence[Spoken]]
) -> Mapping[str, Mapping[PoolKey, int]]:
    """By line id the share of each pool, in minor units.

    The pool's amount is the largest that any line states; lines are taken by id, so the same lines in another
    order share alike.
    """
    if not [said for each in spoken.values() for _, said in each if isinstance(said, Cost) and said.pool]:
        return NO_POOLS
    amounts: dict[PoolKey, int] = {}
    members: dict[PoolKey, dict[str, int]] = {}
    for line in sorted(lines, key=lambda each: each.id):
        for _, said in spoken.get(line.id, ()):
            if isinstance(said, Cost) and said.pool:
                pool = (said.kind, said.pool)
                amounts[pool] = max(amounts.get(pool, 0), said.amount)
                members.setdefault(pool, {})[line.id] = line.paid
    shares: dict[str, dict[PoolKey, int]] = {}
    for pool, weights in members.items():
        for line_id, share in zip(weights, split(amounts[pool], list(weights.values())), strict=True):
            shares.setdefault(line_id, {})[pool] = share
    return shares
