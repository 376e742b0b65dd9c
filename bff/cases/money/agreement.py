"""What is a case line to be paid, and out of what? Components that add up, for however few units."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from bff.money import split, units_share
from bff.policy.decision import Refund
from bff.vocabulary import RefundComponentKind

GROSS = frozenset({RefundComponentKind.ITEM, RefundComponentKind.TAX, RefundComponentKind.SHIPPING})
GOODS = frozenset({RefundComponentKind.ITEM, RefundComponentKind.TAX})
INSPECTION = "inspection"  # the cost of a deduction for the state in which goods came back


class Component(Struct, frozen=True, omit_defaults=True):
    """A non-negative part of what is paid; a kind that is not GROSS is taken off. `cost` is a fee's own kind."""

    kind: RefundComponentKind
    amount: int
    plugin: str = "kernel"
    cost: str = ""

    @property
    def same(self) -> tuple[RefundComponentKind, str, str]:
        """What is added up with it."""
        return self.kind, self.plugin, self.cost


class Agreement(Struct, frozen=True):
    """What some units are to be paid, in minor units: the gross components less the others."""

    components: tuple[Component, ...]

    @classmethod
    def of(cls, refund: Refund | None) -> "Agreement":
        """What the policies quoted, if anything; a bonus is paid beside it."""
        return cls(
            tuple(
                Component(one.kind, one.amount, one.plugin, one.cost)
                for one in (refund.components if refund else ())
                if one.kind is not RefundComponentKind.BONUS and one.amount
            )
        )

    @classmethod
    def plain(cls, total: int) -> "Agreement":
        """An amount that somebody named, without any fee."""
        return cls((Component(RefundComponentKind.ITEM, total),) if total else ())

    @property
    def total(self) -> int:
        """What is paid."""
        return self.gross - self.fees

    @property
    def gross(self) -> int:
        """What is given back, before anything is taken off."""
        return sum(one.amount for one in self.components if one.kind in GROSS)

    @property
    def fees(self) -> int:
        """What is taken off."""
        return sum(one.amount for one in self.components if one.kind not in GROSS)

    def of_units(self, quantity: int, count: int) -> "Agreement":
        """What the first `count` of the `quantity` units that it is for get, by the one split of each amount.

        Goods with their tax and the shipping fee are split as they are for every unit; fees are rounded down. The
        way back costs what it costs, however much is in the parcel: it is whole, but takes no more than there is.
        """

        def part(minor: int) -> int:
            return units_share(minor, quantity, 0, count)

        amounts = [
            part(one.amount) if one.kind in GROSS else one.amount * count // quantity for one in self.components
        ]
        goods = [place for place, one in enumerate(self.components) if one.kind in GOODS]
        items = [place for place in goods if self.components[place].kind is RefundComponentKind.ITEM] or goods
        whole = part(sum(self.components[place].amount for place in goods))
        left = max(0, whole - sum(amounts[place] for place in goods if place not in items))
        shares = split(left, [self.components[place].amount for place in items])
        for place, amount in zip(items, shares, strict=True):
            amounts[place] = amount
        return _with_whole_freight(self._of(amounts), self)

    def paying(self, total: int) -> "Agreement":
        """The same in a smaller or larger total, every component in its proportion."""
        if total == self.total:
            return self
        return self._resized(total, total, self.total) if self.total else Agreement.plain(total)

    def after(self, earlier: int, amount: int) -> "Agreement":
        """The next `amount` where `earlier` of it was paid: parts that are paid apart add up to the whole."""
        if not earlier:
            return self.paying(amount)
        before = {one.same: one.amount for one in self.paying(earlier).components}
        parts = (
            msgspec.structs.replace(one, amount=one.amount - before.get(one.same, 0))
            for one in together((self.paying(earlier + amount),)).components
        )
        return Agreement(tuple(one for one in parts if one.amount))

    def less(self, amount: int) -> "Agreement":
        """With so much taken off; no more than there is."""
        amount = min(amount, self.total)
        taken = Component(RefundComponentKind.DEDUCTION, amount, cost=INSPECTION)
        return Agreement((*self.components, taken)) if amount else self

    def _resized(self, total: int, part: int, whole: int) -> "Agreement":
        """Fees are rounded down, in the customer's favour; what is given is what makes up the total with them.

        A component is split off after the other, so that none is ever less in a larger total.
        """
        fees = {
            place: one.amount * part // whole for place, one in enumerate(self.components) if one.kind not in GROSS
        }
        given = [place for place, one in enumerate(self.components) if one.kind in GROSS]
        if not given:
            return Agreement.plain(total)
        amounts, left = dict(fees), total + sum(fees.values())
        weights = [self.components[place].amount for place in given]
        for at, place in enumerate(given):
            amounts[place] = split(left, [weights[at], sum(weights[at + 1 :])])[0]
            left -= amounts[place]
        return self._of(amounts[place] for place in range(len(self.components)))

    def _of(self, amounts: Iterable[int]) -> "Agreement":
        """The same components with other amounts; what is nothing is left out."""
        pairs = zip(self.components, amounts, strict=True)
        return Agreement(tuple(msgspec.structs.replace(one, amount=amount) for one, amount in pairs if amount))

    def stored(self) -> list[dict[str, Any]]:
        """As `refunds.breakdown` keeps it."""
        kept: list[dict[str, Any]] = msgspec.to_builtins(self.components)
        return kept

    @property
    def text(self) -> str:
        """The same as JSON, for `case_lines.breakdown`."""
        return msgspec.json.encode(self.components).decode()

    @classmethod
    def read(cls, stored: Sequence[dict[str, Any]] | None) -> "Agreement":
        """What `stored` wrote."""
        return cls(msgspec.convert(stored or (), tuple[Component, ...], strict=False))


def _with_whole_freight(part: Agreement, whole: Agreement) -> Agreement:
    """A part with what the way back of the whole costs, as far as there is something to take it off."""
    freight = RefundComponentKind.RETURN_FREIGHT
    components = [one for one in part.components if one.kind is not freight]
    left = max(0, Agreement(tuple(components)).total)
    for one in whole.components:
        if one.kind is freight and (amount := min(one.amount, left)):
            components.append(msgspec.structs.replace(one, amount=amount))
            left -= amount
    return Agreement(tuple(components))


def together(agreements: Iterable[Agreement]) -> Agreement:
    """Several as one, components of a kind, plugin and cost added up."""
    sums: dict[tuple[RefundComponentKind, str, str], int] = {}
    for agreement in agreements:
        for one in agreement.components:
            sums[one.same] = sums.get(one.same, 0) + one.amount
    return Agreement(tuple(Component(kind, amount, plugin, cost) for (kind, plugin, cost), amount in sums.items()))
