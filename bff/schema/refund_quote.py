"""How much comes back? A refund with everything that it is made of."""

from collections.abc import Iterable

import strawberry
from msgspec import Struct

from bff import texts
from bff.money import Money as Amount
from bff.policy import decision
from bff.schema.context import Info
from bff.schema.enums import RefundComponentKind, RefundMethod
from bff.schema.fields import attribute, resolved
from bff.schema.money import Money


class ComponentSource(Struct, frozen=True, eq=False):
    """A part of a refund."""

    kind: RefundComponentKind
    amount: Amount
    plugin: str


class RefundSource(Struct, frozen=True, eq=False):
    """A refund in its order's currency."""

    total: Amount
    breakdown: list[ComponentSource]
    methods: tuple[RefundMethod, ...]


def refund_source(refunds: Iterable[decision.Refund], currency: str) -> RefundSource:
    """One refund of several lines: the components of a kind and plugin added up, in the order of their kinds."""
    total, parts = 0, dict[tuple[RefundComponentKind, str], int]()
    for refund in refunds:
        total += refund.total
        for part in refund.components:
            parts[part.kind, part.plugin] = parts.get((part.kind, part.plugin), 0) + part.amount
    kinds = list(RefundComponentKind)
    ordered = sorted(parts.items(), key=lambda item: (kinds.index(item[0][0]), item[0][1]))
    breakdown = [ComponentSource(kind, Amount(minor, currency), plugin) for (kind, plugin), minor in ordered]
    return RefundSource(Amount(total, currency), breakdown, tuple(RefundMethod))


def component_label(root: ComponentSource, info: Info) -> str:
    """The kind in the viewer's language."""
    return texts.text(info.context.locale, "refund", root.kind.value)


@strawberry.type(description="A share of what was paid, or of what is kept back; never negative.")
class RefundComponent:
    kind: RefundComponentKind = attribute("Says too whether it is added or subtracted.")
    amount: Money = attribute("How much, never negative.")
    label: str = resolved(component_label, "For people, in the language of the request.")
    plugin: str = attribute('Whose rule put it there; "kernel" for what was paid.')


@strawberry.type(description="What is paid back: items + tax + shipping - fees, exactly.")
class RefundQuote:
    total: Money = attribute("What the customer gets, without a BONUS.")
    breakdown: list[RefundComponent] = attribute("Adds up to the total to the last minor unit.")
    methods: list[RefundMethod] = attribute("Where it may go; ORIGINAL_PAYMENT unless a request asks for another.")
