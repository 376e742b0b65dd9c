"""Can it be replaced? By the same variant, as far as it is in stock, at no difference."""

from collections.abc import Sequence

from bff.policy.contributions import Option, say
from bff.policy.facts import CATALOGUE_SIBLINGS, FactUnknown, FactView, Line, Sibling
from bff.policy.hookspecs import hookimpl


@hookimpl
def offer_exchange(lines: Sequence[Line], facts: FactView) -> Sequence[Option]:
    """The same variant again for each line, where the catalogue has enough of it."""
    found = [(line, same_variant(line, facts)) for line in lines]
    return [_option(line, same) for line, same in found if same is not None and same.available >= line.quantity]


def same_variant(line: Line, facts: FactView) -> Sibling | None:
    """The line's own variant as the catalogue knows it; None where it is not known."""
    try:
        variants: Sequence[Sibling] = facts.get(CATALOGUE_SIBLINGS.id, line.id)
    except FactUnknown:
        return None
    return next((variant for variant in variants if variant.sku == line.sku), None)


def is_out_of_stock(line: Line, facts: FactView) -> bool:
    """Whether the catalogue is known to have too few; not knowing is not knowing that there are none."""
    same = same_variant(line, facts)
    return same is not None and same.available < line.quantity


def _option(line: Line, same: Sibling) -> Option:
    return Option(
        line=line.id,
        code="replaced",
        said=say(title=same.title),
        sku=same.sku,
        title=same.title,
        variant=same.variant,
        difference=0,
        available=same.available,
        image_url=same.image_url,
    )
