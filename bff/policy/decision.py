"""What was decided, and every step that led there? The frozen answer of the kernel for one request."""

import enum
from datetime import datetime

from msgspec import Struct

from bff.policy.contributions import AnyContribution, Said, Window
from bff.vocabulary import (
    Basis,
    Effect,
    EligibilityStatus,
    EvidenceKind,
    LiableParty,
    Priority,
    RefundComponentKind,
    Resolution,
    ReturnMethod,
    RuleSource,
)

Spoken = tuple[str, AnyContribution]  # a plugin's name, and what it said


class Verdict(enum.IntEnum):
    """What the eligibility fold said: a live mandate beats any forbid, a forbid any grant."""

    VOID = -1  # a core guard refuses before any policy is asked (order not paid, nothing left)
    ABSTAIN = 0
    PERMIT = 1
    FORBID = 2
    MANDATE = 3


class Explanation(Struct, frozen=True, kw_only=True):
    """One statement that was heard. `overruled` says that something stronger decided otherwise."""

    plugin: str
    code: str  # with the plugin's name: "no_reason_return.window_closed"
    effect: Effect
    source: RuleSource
    citation: str | None = None
    said: tuple[tuple[str, Said], ...] = ()
    overruled: bool = False


class Fault(Struct, frozen=True, array_like=True, order=True):
    """A plugin that gave no usable answer in one phase; `kind` is error, unknown_fact or breaker_open."""

    plugin: str
    hook: str
    kind: str
    message: str


class Step(Struct, frozen=True, array_like=True):
    """One move in the ledger of a line: `amount` of cost `kind` from one party to another (None: it arose)."""

    rule: str  # bear, cap, waive or limit
    kind: str
    amount: int
    source: LiableParty | None
    target: LiableParty
    plugin: str
    code: str


class RefundComponent(Struct, frozen=True, kw_only=True):
    """A non-negative part of a refund; fees are subtracted, a bonus stands beside. `cost` is the fee's kind."""

    kind: RefundComponentKind
    amount: int
    plugin: str
    cost: str = ""


class Refund(Struct, frozen=True, kw_only=True):
    """What is paid back for a line: items + tax + shipping - fees, in [0, paid + shipping]."""

    total: int
    components: tuple[RefundComponent, ...]
    shares: tuple[tuple[str, LiableParty, int], ...]  # cost kind, bearer, amount: the whole ledger
    steps: tuple[Step, ...]
    bonus: int = 0


class ResolutionOffer(Struct, frozen=True, kw_only=True):
    """One way to settle it. `refund` is None where nothing is paid back."""

    resolution: Resolution
    refund: Refund | None
    freight_paid_by: LiableParty
    instant_refund: bool = False
    return_methods: tuple[ReturnMethod, ...] = ()
    expected_days: int | None = None
    closes_at: datetime | None = None  # the first instant at which it may no longer be chosen; None: whenever


class EvidenceRequirement(Struct, frozen=True, array_like=True, order=True):
    """At least so many of a kind."""

    kind: EvidenceKind
    minimum: int


class Liability(Struct, frozen=True, kw_only=True):
    """Who bears the loss, on what ground, and whether that can still change."""

    party: LiableParty
    basis: str  # the deciding statement's code, or the legal basis itself
    final: bool


class ExchangeOffer(Struct, frozen=True, kw_only=True):
    """A variant that may be had instead of one unit."""

    sku: str
    title: str
    variant: str | None
    available: int
    difference: int
    image_url: str | None = None


class Routing(Struct, frozen=True, kw_only=True):
    """Where the case goes."""

    queue: str
    priority: Priority
    channel: str
    methods: tuple[ReturnMethod, ...] = ()
    first_response_minutes: int | None = None
    expected_days: int | None = None
    requires_inspection: bool = False
    asks_merchant: bool = False  # the merchant answers before it is approved, or is silent
    denied_warehouses: tuple[str, ...] = ()
    preferred_warehouses: tuple[tuple[str, int], ...] = ()


class LineDecision(Struct, frozen=True, kw_only=True):
    """The answer for one line."""

    line: str
    quantity: int
    basis: Basis
    status: EligibilityStatus
    verdict: Verdict
    window: Window | None
    explanations: tuple[Explanation, ...]  # most decisive first, never empty
    options: tuple[ResolutionOffer, ...] = ()  # empty when INELIGIBLE, the customer's best first
    evidence: tuple[EvidenceRequirement, ...] = ()
    holds: tuple[tuple[str, str, str], ...] = ()  # kind, plugin, code
    liability: Liability
    exchanges: tuple[ExchangeOffer, ...] = ()
    routing: Routing
    conflicts: tuple[str, ...] = ()  # cost kinds on which equally strong statements disagreed


class Decision(Struct, frozen=True, kw_only=True):
    """The whole decision of one request: enough to explain it, and to make it again."""

    order: str
    at: datetime
    time_zone: str  # of the market whose calendar counted the windows
    currency: str
    policy: str  # digest of the policy set
    plugins: tuple[tuple[str, str], ...]  # name, version
    records: tuple[str, ...]  # ids of the parameter records used
    reads: tuple[tuple[str, str], ...]  # facts read: id, key
    contributions: tuple[Spoken, ...]  # by plugin, in canonical order
    faults: tuple[Fault, ...]
    lines: tuple[LineDecision, ...]

    def line(self, line_id: str) -> LineDecision:
        """The answer for one of the lines asked about. Raises KeyError for another."""
        for line in self.lines:
            if line.line == line_id:
                return line
        raise KeyError(line_id)
