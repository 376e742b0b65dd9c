"""What can be had instead? Another variant in stock, for the difference of the list prices.

The customer keeps the discount: the new variant costs what the old one cost plus the difference between their
list prices. A cheaper variant gives money back, but never more than was paid for the unit.
"""

from collections.abc import Iterator, Sequence

from bff.money import Money
from bff.policy.contributions import Option, say
from bff.policy.facts import CATALOGUE_SIBLINGS, CaseFacts, FactUnknown, FactView, Line, Sibling
from bff.policy.hookspecs import hookimpl
from bff.policy.manifest import Parameters
from bff.vocabulary import Basis


@hookimpl
def offer_exchange(
    case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters
) -> Sequence[Option]:
    """The options of every line whose market exchanges goods; each is for one unit."""
    if case.basis is not Basis.NO_REASON:
        return ()
    exchanged = [line for line in lines if parameters[line.id].exchanges]
    return [option for line in exchanged for option in _options(case, line, facts)]


def _options(case: CaseFacts, line: Line, facts: FactView) -> Iterator[Option]:
    for sibling in _siblings(line, facts):
        if sibling.sku != line.sku and sibling.currency == case.currency and sibling.available >= line.quantity:
            difference = _difference(line, sibling)
            yield Option(
                line=line.id,
                code="exchange_for",
                rule="exchanges",
                said=say(title=sibling.title, difference=Money(difference, case.currency)),
                sku=sibling.sku,
                title=sibling.title,
                variant=sibling.variant,
                difference=difference,
                available=sibling.available,
                image_url=sibling.image_url,
            )


def _siblings(line: Line, facts: FactView) -> Sequence[Sibling]:
    """The product's variants; without a catalogue nothing is on offer, and nothing else changes."""
    try:
        siblings: Sequence[Sibling] = facts.get(CATALOGUE_SIBLINGS.id, line.id)
    except FactUnknown:
        return ()
    return siblings


def _difference(line: Line, sibling: Sibling) -> int:
    paid_for_a_unit = line.paid // max(line.quantity, 1)
    return max(sibling.price - line.unit_price, -paid_for_a_unit)
