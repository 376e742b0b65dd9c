"""What can a plugin say? A closed set of frozen contributions, each for one line under one declared code.

A plugin returns data; the kernel alone decides. Every kind names the capability that it takes to say it, and
what the kernel does with several of a kind never depends on their order. Amounts are minor units of the
case's currency, rates basis points.
"""

import enum
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from bff.money import Money
from bff.vocabulary import (
    Basis,
    EvidenceKind,
    LiableParty,
    Priority,
    Resolution,
    ReturnMethod,
    WindowAnchor,
)


class Capability(enum.Flag):
    """What a plugin may contribute. A manifest wants them; the operator's deployment file grants them."""

    EXPLAIN = 0
    GRANT = enum.auto()
    RESTRICT = enum.auto()
    MANDATE = enum.auto()
    CHARGE = enum.auto()
    RELIEVE = enum.auto()
    ASSIGN = enum.auto()
    COMPENSATE = enum.auto()
    ROUTE = enum.auto()
    RISK = enum.auto()


# A plugin with only these cannot make any answer worse.
ENTITLEMENT = Capability.GRANT | Capability.RELIEVE | Capability.ROUTE | Capability.COMPENSATE

Said = str | int | datetime | Money
ANY_BASIS = "*"
ALL_COSTS = "*"

# Cost kinds that the kernel knows; plugins may add their own, which refunds show as a DEDUCTION.
GOODS = "goods"  # the loss of the goods themselves: who bears it is the liable party
OUTBOUND_FREIGHT = "outbound_freight"  # the shipping fee that was paid; the customer's unless a plugin moves it
RETURN_FREIGHT = "return_freight"
RESTOCKING = "restocking"
# Costs that only arise when goods travel back, so a refund without return never bears them.
COSTS_OF_TRAVEL = frozenset({RETURN_FREIGHT, RESTOCKING})


def say(**values: Said) -> tuple[tuple[str, Said], ...]:
    """The values that a code's texts name, `say(days=7)` for "{days} days".

    An instant is shown in the market's time zone. One called `until` is a half-open end: where it falls on
    midnight, texts show the day before, the last on which the thing still holds.
    """
    return tuple(sorted(values.items()))


class Window(Struct, frozen=True):
    """A time in which something may be asked, half-open: at `closes_at` it is too late. UTC."""

    opens_at: datetime
    closes_at: datetime
    days: int
    anchor: WindowAnchor


class Contribution(Struct, frozen=True, kw_only=True, tag=True):
    """What every contribution carries.

    `code` is one of the manifest's; the kernel prefixes the plugin's name. `rule` names the parameter that the
    statement rests on, whose record gives the citation and, where a law or merchant set it, the source.
    """

    line: str
    code: str
    rule: str = ""
    said: tuple[tuple[str, Said], ...] = ()
    needs: ClassVar[Capability] = Capability.EXPLAIN


# ---- judge_eligibility --------------------------------------------------------------------------


class Grant(Contribution, frozen=True, kw_only=True, tag=True):
    """The line may come back until the window closes (None: whenever), with one of these resolutions."""

    basis: Basis
    window: Window | None
    resolutions: tuple[Resolution, ...]
    needs: ClassVar[Capability] = Capability.GRANT


class NoGrant(Contribution, frozen=True, kw_only=True, tag=True):
    """No grant, and why: the neutral element. `wanted` and `actual` are in `unmet`'s own unit."""

    basis: Basis
    unmet: str
    wanted: int = 0
    actual: int = 0
    window: Window | None = None  # the window that has closed, if one has


class Forbid(Contribution, frozen=True, kw_only=True, tag=True):
    """The line must not come back on that basis; beats any grant, but not a statutory mandate."""

    basis: Basis | str  # or ANY_BASIS
    kind: str = "policy"  # or "fraud", "safety": those under a mandate become a review
    needs: ClassVar[Capability] = Capability.RESTRICT


class Mandate(Contribution, frozen=True, kw_only=True, tag=True):
    """A statutory right while its window runs. `floor_bps` of what was paid is the least that is refunded."""

    basis: Basis
    window: Window
    resolutions: tuple[Resolution, ...]
    floor_bps: int
    law: str
    needs: ClassVar[Capability] = Capability.MANDATE


class WindowCap(Contribution, frozen=True, kw_only=True, tag=True):
    """No granted window runs past this instant; statutory windows do."""

    basis: Basis | str
    until: datetime
    needs: ClassVar[Capability] = Capability.RESTRICT


class Hold(Contribution, frozen=True, kw_only=True, tag=True):
    """A person looks before it is approved."""

    basis: Basis | str
    kind: str = "review"
    needs: ClassVar[Capability] = Capability.RESTRICT


class Advance(Contribution, frozen=True, kw_only=True, tag=True):
    """The refund is paid before the goods are back. Void while a person still has to look.

    `quota` names the entitlement that it uses up when it is carried out.
    """

    basis: Basis
    quota: str = ""
    needs: ClassVar[Capability] = Capability.GRANT


# ---- require_evidence ---------------------------------------------------------------------------


class Require(Contribution, frozen=True, kw_only=True, tag=True):
    """The customer shows at least `minimum` of a kind; several plugins' wants unite, the largest counts."""

    basis: Basis
    kind: EvidenceKind
    minimum: int = 1
    needs: ClassVar[Capability] = Capability.RESTRICT


# ---- assign_liability ---------------------------------------------------------------------------


class Strength(enum.IntEnum):
    """How firmly a cost sits with its bearer; the strongest statement wins."""

    DEFAULT = 0
    POLICY = 1
    FAULT = 2
    CONTRACT = 3
    STATUTE = 4


class Bear(Contribution, frozen=True, kw_only=True, tag=True):
    """All of a kind of cost is borne by one party."""

    kind: str
    party: LiableParty
    strength: Strength
    final: bool = True  # False: an inspection may still change it
    needs: ClassVar[Capability] = Capability.ASSIGN


# ---- price_refund -------------------------------------------------------------------------------


class Cost(Contribution, frozen=True, kw_only=True, tag=True):
    """Something costs this much; whoever bears its kind pays. Two plugins' costs of a kind: the larger, once.

    With a `pool` it is one amount for every line that names the pool (a parcel's freight, a broken
    promotion): the kernel takes the largest and splits it over them by what was paid.
    """

    kind: str
    amount: int
    pool: str = ""
    needs: ClassVar[Capability] = Capability.CHARGE


class BuyerCap(Contribution, frozen=True, kw_only=True, tag=True):
    """The customer pays at most this much of a kind (or of ALL_COSTS together); the rest moves to `shift_to`."""

    kind: str
    amount: int
    shift_to: LiableParty
    needs: ClassVar[Capability] = Capability.RELIEVE


class Waive(Contribution, frozen=True, kw_only=True, tag=True):
    """Somebody else pays `bps` of the customer's share of a kind. `quota` as in Advance."""

    kind: str
    bps: int
    funder: LiableParty
    quota: str = ""
    needs: ClassVar[Capability] = Capability.RELIEVE


# ---- compensate ---------------------------------------------------------------------------------


class Bonus(Contribution, frozen=True, kw_only=True, tag=True):
    """Paid beside the refund, never part of it: the largest of a group, the groups added up, and capped."""

    group: str
    amount: int
    funder: LiableParty
    needs: ClassVar[Capability] = Capability.COMPENSATE


# ---- offer_exchange -----------------------------------------------------------------------------


class Option(Contribution, frozen=True, kw_only=True, tag=True):
    """This variant may be had instead of one unit; a positive difference is the customer's to pay."""

    sku: str
    title: str
    variant: str | None
    difference: int
    available: int
    image_url: str | None = None
    needs: ClassVar[Capability] = Capability.GRANT


class Exclude(Contribution, frozen=True, kw_only=True, tag=True):
    """This variant may not be had instead, whoever offers it."""

    sku: str
    needs: ClassVar[Capability] = Capability.RESTRICT


# ---- route_case ---------------------------------------------------------------------------------


class Route(Contribution, frozen=True, kw_only=True, tag=True):
    """Where the case goes. The highest priority names the queue and channel; the rest unites.

    `methods` are the ways back on offer, `first_response_minutes` and `expected_days` the shortest promised.
    `asks_merchant` lets the merchant answer before the case is approved. `deny` are the warehouses that must not
    get it, `prefer` pairs of warehouse and preference.
    """

    queue: str = ""
    priority: Priority = Priority.NORMAL
    channel: str = ""
    methods: tuple[ReturnMethod, ...] = ()
    first_response_minutes: int | None = None
    expected_days: int | None = None
    requires_inspection: bool = False
    asks_merchant: bool = False
    deny: tuple[str, ...] = ()
    prefer: tuple[tuple[str, int], ...] = ()
    needs: ClassVar[Capability] = Capability.ROUTE


# ---- assess_risk --------------------------------------------------------------------------------


class Signal(Contribution, frozen=True, kw_only=True, tag=True):
    """One sign of abuse; `weight_bps` of full risk. Never lowers a statutory right."""

    weight_bps: int
    needs: ClassVar[Capability] = Capability.RISK


# ---- list_entitlements --------------------------------------------------------------------------


class Benefit(Contribution, frozen=True, kw_only=True, tag=True):
    """A benefit that the customer has now; `line` is empty. The code's texts give title and description."""

    limit: int | None = None  # None: without a quota
    used: int = 0
    resets_at: datetime | None = None
    expires_at: datetime | None = None
    needs: ClassVar[Capability] = Capability.GRANT


AnyContribution = (
    Grant | NoGrant | Forbid | Mandate | WindowCap | Hold | Advance | Require | Bear | Cost | BuyerCap | Waive
    | Bonus | Option | Exclude | Route | Signal | Benefit
)  # fmt: skip
