"""Who pays how much of what a return costs? One ledger a line, in which every move is a step.

A cost arises with its bearer. What of the customer's share exceeds a cap moves to whom the cap names, a
waiver's part of the rest to its funder. Last the whole of the customer's shares is held under the cap on all
costs together, the statutory floor and what there is to refund. So of each kind the shares add up to its
amount, none is negative, and the steps replay to the shares.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from bff.money import BASIS_POINTS, portion
from bff.policy.contributions import (
    ALL_COSTS,
    COSTS_OF_TRAVEL,
    OUTBOUND_FREIGHT,
    RETURN_FREIGHT,
    BuyerCap,
    Cost,
    Waive,
)
from bff.policy.decision import Spoken, Step
from bff.policy.facts import Line
from bff.policy.liability import DEFAULT, KERNEL, RANK, Bearer
from bff.policy.pools import PoolKey
from bff.vocabulary import LiableParty

CUSTOMER = LiableParty.CUSTOMER
PAID_SHIPPING = "kernel.paid_shipping"
STATUTORY_FLOOR = "kernel.statutory_floor"
NOTHING_LEFT_TO_DEDUCT = "kernel.nothing_left_to_deduct"
# What was paid back before, or is promised: the last cost of all, and always the customer's.
PAID_BACK = "kernel.paid_back"
PAID_BACK_BEFORE = Bearer(CUSTOMER, code=PAID_BACK)


class Charge(Struct, frozen=True):
    """The one cost of a kind that counts: the largest."""

    amount: int
    plugin: str
    said: Cost | None


class Terms(Struct, frozen=True):
    """Everything that was said about the money of one line, reduced to what counts."""

    charges: Mapping[str, Charge]
    bearers: Mapping[str, Bearer]
    caps: Mapping[str, tuple[str, BuyerCap]]
    waivers: Mapping[str, tuple[str, Waive]]

    @property
    def has_travel(self) -> bool:
        """Whether anything costs more when the goods travel back."""
        return not COSTS_OF_TRAVEL.isdisjoint(self.charges)

    def plugin_of(self, kind: str) -> str:
        """Who says that there is such a cost."""
        return self.charges[kind].plugin if kind in self.charges else KERNEL

    def bearer(self, kind: str) -> Bearer:
        """Who bears a kind of cost before any relief."""
        return self.bearers.get(kind, DEFAULT)


class Ledger(Struct, frozen=True):
    """The settled account of one line: kind -> party -> amount, what the customer bears, and every step to it."""

    shares: Mapping[str, Mapping[LiableParty, int]]
    customers_total: int
    steps: tuple[Step, ...]

    def customers_share(self, kind: str) -> int:
        """What the customer bears of a kind."""
        by_party = self.shares.get(kind)
        return by_party.get(CUSTOMER, 0) if by_party else 0


def terms_of(
    line: Line, spoken: Iterable[Spoken], bearers: Mapping[str, Bearer], pooled: Mapping[PoolKey, int]
) -> Terms:
    """Of costs the largest of a kind, of caps the lowest, of waivers the widest; ties by precedence."""
    charges: dict[str, Charge] = {}
    caps: dict[str, tuple[str, BuyerCap]] = {}
    waivers: dict[str, tuple[str, Waive]] = {}
    if line.shipping:
        charges[OUTBOUND_FREIGHT] = Charge(line.shipping, KERNEL, None)
    for plugin, said in spoken:
        if isinstance(said, Cost):
            amount = pooled[said.kind, said.pool] if said.pool else said.amount
            known = charges.get(said.kind)
            if amount > (known.amount if known else 0):
                charges[said.kind] = Charge(amount, plugin, said)
        elif isinstance(said, BuyerCap):
            cap = caps.get(said.kind)
            if cap is None or (said.amount, RANK[said.shift_to]) < (cap[1].amount, RANK[cap[1].shift_to]):
                caps[said.kind] = (plugin, said)
        elif isinstance(said, Waive):
            waiver = waivers.get(said.kind)
            if waiver is None or (-said.bps, RANK[said.funder]) < (-waiver[1].bps, RANK[waiver[1].funder]):
                waivers[said.kind] = (plugin, said)
    return Terms(charges, bearers, caps, waivers)


class _Account:
    """The ledger while it is being settled."""

    __slots__ = ("customers_total", "shares", "steps")

    def __init__(self) -> None:
        self.customers_total = 0
        self.shares: dict[str, dict[LiableParty, int]] = {}
        self.steps: list[Step] = []

    def arise(self, kind: str, amount: int, bearer: Bearer) -> None:
        self.shares[kind] = {bearer.party: amount}
        if bearer.party is CUSTOMER:
            self.customers_total += amount
        self.steps.append(Step("bear", kind, amount, None, bearer.party, bearer.plugin, bearer.code))

    def relieve(self, rule: str, kind: str, amount: int, target: LiableParty, plugin: str, code: str) -> None:
        by_party = self.shares[kind]
        by_party[CUSTOMER] -= amount
        self.customers_total -= amount
        by_party[target] = by_party.get(target, 0) + amount
        if not by_party[CUSTOMER]:
            del by_party[CUSTOMER]
        self.steps.append(Step(rule, kind, amount, CUSTOMER, target, plugin, code))


def settle(line: Line, terms: Terms, floor_bps: int, *, travels: bool) -> Ledger:
    """The account of one line if the goods travel back, or if they do not. `floor_bps` is of what was paid."""
    account = _Account()
    for kind, charge in sorted(terms.charges.items()):
        if travels or kind not in COSTS_OF_TRAVEL:
            bearer = terms.bearer(kind)
            account.arise(kind, charge.amount, bearer)
            if bearer.party is CUSTOMER:
                _relieve_kind(account, terms, kind, charge.amount)
    _limit_all(account, line, terms, floor_bps)
    _hold_to_ceiling(account, line)
    return Ledger(account.shares, account.customers_total, tuple(account.steps))


def _relieve_kind(account: _Account, terms: Terms, kind: str, share: int) -> None:
    if kind in terms.caps:
        plugin, cap = terms.caps[kind]
        if share > cap.amount:
            account.relieve("cap", kind, share - cap.amount, cap.shift_to, plugin, f"{plugin}.{cap.code}")
            share = cap.amount
    if kind in terms.waivers and share:
        plugin, waiver = terms.waivers[kind]
        # Rounded in the customer's favour: what is left to pay is rounded down.
        waived = share - portion(share, BASIS_POINTS - waiver.bps)
        if waived:
            account.relieve("waive", kind, waived, waiver.funder, plugin, f"{plugin}.{waiver.code}")


def _limit_all(account: _Account, line: Line, terms: Terms, floor_bps: int) -> None:
    if ALL_COSTS in terms.caps:
        plugin, cap = terms.caps[ALL_COSTS]
        _limit(account, cap.amount, cap.shift_to, plugin, f"{plugin}.{cap.code}")
    # The floor is rounded up, again in the customer's favour.
    if floor_bps:
        limit = line.shipping + portion(line.paid, BASIS_POINTS - floor_bps)
        _limit(account, limit, LiableParty.MERCHANT, KERNEL, STATUTORY_FLOOR)
    _limit(account, line.paid + line.shipping, LiableParty.MERCHANT, KERNEL, NOTHING_LEFT_TO_DEDUCT)


def _hold_to_ceiling(account: _Account, line: Line) -> None:
    """Takes off what cannot be paid back any more: nothing is paid twice, nor anything that was not captured."""
    if line.ceiling is None:
        return
    refund = line.paid + line.shipping - account.customers_total
    if refund > line.ceiling:
        account.arise(PAID_BACK, refund - line.ceiling, PAID_BACK_BEFORE)


def _limit(account: _Account, limit: int, target: LiableParty, plugin: str, code: str) -> None:
    """Relieves the customer of everything above the limit, fees first and the paid shipping last."""
    over = account.customers_total - limit
    if over <= 0:
        return
    for kind in sorted(account.shares, key=lambda each: (each == OUTBOUND_FREIGHT, each)):
        if over <= 0:
            return
        amount = min(over, account.shares[kind].get(CUSTOMER, 0))
        if amount:
            account.relieve("limit", kind, amount, target, plugin, code)
            over -= amount


def freight_payer(terms: Terms, ledger: Ledger) -> LiableParty:
    """Who pays for the way back: the largest share of it, ties by precedence.

    Where it has no price, the one who would pay: a cap at nothing or a waiver of half or more shifts it.
    """
    shares = ledger.shares.get(RETURN_FREIGHT)
    if shares:
        return min(shares, key=lambda party: (-shares[party], RANK[party]))
    bearer = terms.bearer(RETURN_FREIGHT).party
    if bearer is not CUSTOMER:
        return bearer
    if RETURN_FREIGHT in terms.caps and not terms.caps[RETURN_FREIGHT][1].amount:
        return terms.caps[RETURN_FREIGHT][1].shift_to
    if RETURN_FREIGHT in terms.waivers and 2 * terms.waivers[RETURN_FREIGHT][1].bps >= BASIS_POINTS:
        return terms.waivers[RETURN_FREIGHT][1].funder
    return bearer
