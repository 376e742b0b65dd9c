"""What can be had instead? Every variant in stock that somebody offers and nobody excludes."""

from collections.abc import Iterable, Sequence

from bff.policy.contributions import Exclude, Option
from bff.policy.decision import ExchangeOffer, Spoken
from bff.policy.facts import Line


def fold_exchanges(spoken: Sequence[Spoken]) -> tuple[ExchangeOffer, ...]:
    """The offers for one line by sku; of two offers of a variant the one that costs the customer less."""
    excluded = {said.sku for _, said in spoken if isinstance(said, Exclude)}
    best: dict[str, Option] = {}
    for _, said in spoken:
        if isinstance(said, Option) and said.available and said.sku not in excluded:
            known = best.get(said.sku)
            if known is None or said.difference < known.difference:
                best[said.sku] = said
    return tuple(
        ExchangeOffer(
            sku=said.sku,
            title=said.title,
            variant=said.variant,
            available=said.available,
            difference=said.difference,
            image_url=said.image_url,
        )
        for _, said in sorted(best.items())
    )


def suffice(line: Line, offers: Iterable[ExchangeOffer]) -> bool:
    """Whether every unit asked about could be had as one of the variants."""
    return any(offer.available >= line.quantity for offer in offers)
