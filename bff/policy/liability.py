"""Who bears which kind of cost? Whoever the strongest statement names; ties go by a declared precedence."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from bff.policy.contributions import GOODS, Bear
from bff.policy.decision import Liability, Spoken
from bff.vocabulary import Basis, LiableParty

KERNEL = "kernel"
DEFAULT_BEARER = "kernel.default_bearer"
# Between equally strong statements the one who can best bear and recover it pays, and the customer last.
PRECEDENCE = (
    LiableParty.MERCHANT,
    LiableParty.PLATFORM,
    LiableParty.CARRIER,
    LiableParty.UNDETERMINED,
    LiableParty.CUSTOMER,
)
RANK = {party: place for place, party in enumerate(PRECEDENCE)}


class Bearer(Struct, frozen=True):
    """Who bears one kind of cost, on whose word, and whether an equally strong word disagrees."""

    party: LiableParty
    plugin: str = KERNEL
    code: str = DEFAULT_BEARER
    final: bool = True
    disputed: bool = False
    said: Bear | None = None


# Without any word the customer, who chose to send it back, bears what that costs.
DEFAULT = Bearer(LiableParty.CUSTOMER)
# A customer without a reason answers for the own choice; a fault is nobody's until somebody places it.
UNSAID: Mapping[Basis, Liability] = {
    basis: Liability(party=LiableParty.CUSTOMER, basis=basis.value, final=True)
    if basis is Basis.NO_REASON
    else Liability(party=LiableParty.UNDETERMINED, basis=basis.value, final=False)
    for basis in Basis
}


def fold_liability(spoken: Iterable[Spoken]) -> Mapping[str, Bearer]:
    """The bearer of each kind of cost that anybody spoke about; the others are borne by DEFAULT."""
    strongest: dict[str, list[tuple[str, Bear]]] = {}
    for plugin, said in spoken:
        if not isinstance(said, Bear):
            continue
        rivals = strongest.setdefault(said.kind, [])
        if rivals and said.strength > rivals[0][1].strength:
            rivals.clear()
        if not rivals or said.strength == rivals[0][1].strength:
            rivals.append((plugin, said))
    return {kind: _settle(rivals) for kind, rivals in sorted(strongest.items())}


def _settle(rivals: list[tuple[str, Bear]]) -> Bearer:
    # The first in canonical order of those who name the preferred party.
    plugin, said = min(rivals, key=lambda rival: RANK[rival[1].party]) if len(rivals) > 1 else rivals[0]
    return Bearer(
        party=said.party,
        plugin=plugin,
        code=f"{plugin}.{said.code}",
        final=all(each.final for _, each in rivals),
        disputed=len({each.party for _, each in rivals}) > 1,
        said=said,
    )


def liability(bearers: Mapping[str, Bearer], basis: Basis) -> Liability:
    """Who is liable for the loss of the goods themselves."""
    bearer = bearers.get(GOODS)
    if bearer is not None:
        return Liability(party=bearer.party, basis=bearer.code, final=bearer.final)
    return UNSAID[basis]
