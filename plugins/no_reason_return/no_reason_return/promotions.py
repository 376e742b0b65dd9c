"""What does a return do to "300 spent, 60 off"? Where the law lets it, the kept goods lose the discount.

China, Interim Measures art. 17: a return that breaks the threshold is settled anew at the prices of purchase.
Elsewhere, and on withdrawal in Germany, the customer keeps the discount on what is kept.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from bff.money import Money, units_share
from bff.policy.contributions import BuyerCap, Cost, Hold, say
from bff.policy.facts import CaseFacts, Line, Purchase
from bff.vocabulary import Basis, LiableParty
from no_reason_return.attributes import amount, table
from no_reason_return.parameters import NoReasonParameters
from no_reason_return.whole import chosen, given_back
from no_reason_return.windows import live_right


class Promotion(Struct, frozen=True):
    """One line's promotion: `threshold` in minor units of list prices."""

    id: str
    threshold: int


class Settlement(Struct, frozen=True):
    """What the goods of one promotion came to at list price: all, before this return, and after it.

    `worth_after` is less what goes back by choice: faulty goods break no threshold. `discount` is what all units
    enjoyed, `kept_discount` those that nobody gives back, from the split of each line that is made for ever.
    """

    threshold: int
    all_worth: int
    worth_before: int
    worth_after: int
    discount: int
    kept_discount: int

    @property
    def is_broken_now(self) -> bool:
        """Whether this return takes the kept goods below the threshold."""
        return self.worth_before >= self.threshold > self.worth_after

    @property
    def was_broken_before(self) -> bool:
        """Whether an earlier return did already."""
        return self.all_worth >= self.threshold > self.worth_before


def promotion_of(goods: Line | Purchase, currency: str) -> Promotion | None:
    """The promotion that the attributes name: `{"id": "11.11", "threshold": "300.00"}`; None if malformed."""
    named = table(goods.attributes, "promotion")
    identity, threshold = named.get("id"), amount(named.get("threshold"), currency)
    if not isinstance(identity, str) or not identity or threshold is None:
        return None
    return Promotion(identity, threshold)


def settle(case: CaseFacts, promotion: Promotion, returned: Sequence[Line]) -> Settlement:
    """Adds up the promotion's goods over the whole order, less what is held and what is returned now."""
    by_choice, leaving = chosen(returned), given_back(case, returned)
    threshold, whole, before, after, discount, kept_discount = promotion.threshold, 0, 0, 0, 0, 0
    for goods in case.purchases:
        theirs = promotion_of(goods, case.currency)
        if theirs is None or theirs.id != promotion.id:
            continue
        threshold = min(threshold, theirs.threshold)  # lines that disagree are read in the customer's favour
        free = max(goods.ordered - goods.held, 0)
        kept = max(free - leaving.get(goods.id, 0), 0)
        whole += goods.unit_price * goods.ordered
        before += goods.unit_price * free
        after += goods.unit_price * max(free - by_choice.get(goods.id, 0), 0)
        discount += goods.discount
        kept_discount += units_share(goods.discount, goods.ordered, goods.ordered - kept, kept)
    return Settlement(threshold, whole, before, after, discount, kept_discount)


def at_stake(case: CaseFacts, line: Line, p: NoReasonParameters) -> int:
    """The most that settling anew could ever take back: all that the line's promotion gave."""
    promotion = promotion_of(line, case.currency)
    if promotion is None or not p.resettles_promotions:
        return 0
    return settle(case, promotion, ()).discount


def promotion_money(
    case: CaseFacts, line: Line, returned: Sequence[Line], p: NoReasonParameters
) -> Iterator[Cost | BuyerCap]:
    """The discount that kept goods lose, or, under a law that knows no such thing, the promise of none."""
    promotion = promotion_of(line, case.currency)
    if promotion is None:
        return
    kind, settlement = f"promotion:{promotion.id}", settle(case, promotion, returned)
    lost = settlement.kept_discount if settlement.is_broken_now else 0
    if lost and p.resettles_promotions:
        yield Cost(
            line=line.id,
            code="promotion_resettled",
            rule="resettles_promotions",
            said=say(amount=Money(lost, case.currency), promotion=promotion.id),
            kind=kind,
            amount=lost,
            pool=kind,
        )
    elif lost and live_right(case, line, p):
        yield BuyerCap(
            line=line.id,
            code="promotion_kept",
            rule="resettles_promotions",
            said=say(promotion=promotion.id),
            kind=kind,
            amount=0,
            shift_to=LiableParty.MERCHANT,
        )


def review(case: CaseFacts, line: Line, p: NoReasonParameters) -> Iterator[Hold]:
    """A person looks when an earlier return broke the promotion: part of what it took may be due back.

    Only the case's own ledger knows what was taken then; paying without it could pay twice.
    """
    promotion = promotion_of(line, case.currency)
    if promotion and p.resettles_promotions and settle(case, promotion, ()).was_broken_before:
        yield Hold(
            line=line.id,
            code="promotion_settled_before",
            rule="resettles_promotions",
            said=say(promotion=promotion.id),
            basis=Basis.NO_REASON,
            kind="review",
        )
