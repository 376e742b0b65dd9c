"""What is known about one line so far? It fills phase by phase and is closed into the line's decision."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import msgspec

from bff.money import portion
from bff.policy.contributions import GOODS
from bff.policy.decision import (
    EvidenceRequirement,
    ExchangeOffer,
    Explanation,
    Fault,
    LineDecision,
    Refund,
    RefundComponent,
    ResolutionOffer,
    Routing,
    Spoken,
)
from bff.policy.doubt import Doubt
from bff.policy.eligibility import VOID, Eligibility, Held
from bff.policy.exchange import suffice
from bff.policy.explain import Account, Voices, explain
from bff.policy.facts import Line
from bff.policy.hearing import Hearing
from bff.policy.ledger import Ledger, Terms, freight_payer, settle
from bff.policy.liability import KERNEL, Bearer, liability
from bff.policy.pricing import price
from bff.policy.prior import LinePrior
from bff.policy.routing import STANDARD
from bff.vocabulary import GOODS_TRAVEL_BACK, EligibilityStatus, Resolution

# Equally strong statements about more than this part of what was paid are for a person to settle.
DISPUTE_REVIEW_BPS = 1_000
# Of equal refunds the one that asks less of the customer comes first.
EASE = (Resolution.REFUND_ONLY, Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE, Resolution.REPAIR)


class Finding:
    """One line under decision. `voids` are the core guards' refusals: with any, no plugin is asked."""

    __slots__ = (
        "bearers",
        "bonuses",
        "conflicts",
        "eligibility",
        "evidence",
        "exchanges",
        "ledgers",
        "line",
        "refunds",
        "routing",
        "spoken",
        "terms",
        "voids",
    )

    def __init__(self, line: Line, voids: tuple[Explanation, ...]) -> None:
        self.line = line
        self.voids = voids
        self.spoken: list[Spoken] = []
        self.eligibility: Eligibility = VOID
        self.evidence: tuple[EvidenceRequirement, ...] = ()
        self.bearers: Mapping[str, Bearer] = {}
        self.conflicts: tuple[str, ...] = ()  # the costs on which equally strong statements disagree
        self.terms: Terms | None = None
        self.ledgers: tuple[Ledger, ...] = ()  # if the goods travel back, and if they stay
        self.bonuses: tuple[RefundComponent, ...] = ()
        self.refunds: Mapping[Resolution, Refund] = {}
        self.exchanges: tuple[ExchangeOffer, ...] = ()
        self.routing: Routing = STANDARD

    @property
    def prior(self) -> LinePrior:
        """What a later phase may read of it."""
        return LinePrior(
            verdict=self.eligibility.verdict,
            window=self.eligibility.window,
            resolutions=self.eligibility.resolutions,
            bearers=MappingProxyType({kind: bearer.party for kind, bearer in self.bearers.items()}),
            refund=max((refund.total for refund in self.refunds.values()), default=None),
        )

    def assign(self, bearers: Mapping[str, Bearer]) -> None:
        """Takes note of who bears each kind of cost."""
        self.bearers = bearers
        self.conflicts = tuple([kind for kind, bearer in bearers.items() if bearer.disputed])

    def price(self, terms: Terms) -> None:
        """Settles the ledger with and without the way back, and the refund of each that is granted."""
        self.terms = terms
        floor = self.eligibility.floor_bps
        travels = settle(self.line, terms, floor, travels=True)
        stays = settle(self.line, terms, floor, travels=False) if terms.has_travel else travels
        self.ledgers = (travels, stays)
        self._price_each()

    def reward(self, bonuses: tuple[RefundComponent, ...]) -> None:
        """Adds what is paid beside the refund."""
        if bonuses:
            self.bonuses = bonuses
            self._price_each()

    def _price_each(self) -> None:
        assert self.terms is not None
        travels, stays = self.ledgers
        self.refunds = {
            resolution: price(self.line, self.terms, ledger, self.bonuses)
            for resolution, ledger in ((Resolution.RETURN_AND_REFUND, travels), (Resolution.REFUND_ONLY, stays))
            if resolution in self.eligibility.resolutions
        }

    # ---- closing --------------------------------------------------------------------------------

    def close(self, hearing: Hearing, voices: Voices, doubts: Doubt) -> LineDecision:
        """The decision on the line, once every phase has been heard."""
        if doubts.exchanges:
            self.exchanges = ()
        offers = self._offers()
        faults = doubts.about(self.eligibility.verdict)
        stuck = self.eligibility.is_open and not offers
        holds = set(self.eligibility.holds)
        for kind in self.conflicts:
            holds.update(self._dispute(kind))
        holds |= {("fault", fault.plugin, f"{KERNEL}.rule_unavailable") for fault in faults}
        if stuck:
            holds.add(("stuck", KERNEL, f"{KERNEL}.nothing_on_offer"))
        status = self._status(bool(holds))
        if status is EligibilityStatus.ELIGIBLE and self.eligibility.advances:
            offers = [_advanced(offer) for offer in offers]
        return LineDecision(
            line=self.line.id,
            quantity=self.line.quantity,
            basis=hearing.case.basis,
            status=status,
            verdict=self.eligibility.verdict,
            window=self.eligibility.window,
            explanations=self.voids or self._explained(hearing, voices, status, faults, stuck=stuck),
            options=tuple(offers),
            evidence=self.evidence,
            holds=tuple(sorted(holds)),
            liability=liability(self.bearers, hearing.case.basis),
            exchanges=self.exchanges,
            routing=self.routing,
            conflicts=self.conflicts,
        )

    def _status(self, held: bool) -> EligibilityStatus:  # noqa: FBT001 - private, and its only argument
        if held:
            return EligibilityStatus.REVIEW
        return EligibilityStatus.ELIGIBLE if self.eligibility.is_open else EligibilityStatus.INELIGIBLE

    def _dispute(self, kind: str) -> list[Held]:
        """A hold where they disagree about much."""
        if self._at_stake(kind) <= portion(self.line.paid, DISPUTE_REVIEW_BPS):
            return []
        return [("dispute", self.bearers[kind].plugin, f"{KERNEL}.liability_conflict")]

    def _at_stake(self, kind: str) -> int:
        charge = self.terms.charges.get(kind) if self.terms is not None else None
        return charge.amount if charge is not None else self.line.paid if kind == GOODS else 0

    def _offers(self) -> list[ResolutionOffer]:
        """The ways to settle it, the best for the customer first."""
        if self.terms is None:
            return []
        payer = freight_payer(self.terms, self.ledgers[0])
        offers = [
            ResolutionOffer(
                resolution=resolution,
                refund=self.refunds.get(resolution),
                freight_paid_by=payer,
                return_methods=self.routing.methods if resolution in GOODS_TRAVEL_BACK else (),
                expected_days=self.routing.expected_days,
                closes_at=self.eligibility.ends.get(resolution),
            )
            for resolution in EASE
            if resolution in self.eligibility.resolutions and self._is_possible(resolution)
        ]
        return sorted(offers, key=_cost_to_customer)

    def _is_possible(self, resolution: Resolution) -> bool:
        return resolution is not Resolution.EXCHANGE or suffice(self.line, self.exchanges)

    def _explained(
        self,
        hearing: Hearing,
        voices: Voices,
        status: EligibilityStatus,
        faults: tuple[Fault, ...],
        *,
        stuck: bool,
    ) -> tuple[Explanation, ...]:
        named = {fault.plugin for fault in faults}
        account = Account(
            status=status,
            basis=hearing.case.basis,
            currency=hearing.case.currency,
            eligibility=self.eligibility,
            spoken=self.spoken,
            faults=faults,
            missed=[fault for fault in hearing.faults if fault.plugin not in named],
            conflicts=self.conflicts,
            nothing_on_offer=stuck,
            terms=self.terms,
            ledgers=self.ledgers,
        )
        return explain(account, voices, partial(hearing.records, self.line.id))


def _cost_to_customer(offer: ResolutionOffer) -> tuple[bool, int]:
    refund = offer.refund
    return refund is None, -refund.total if refund is not None else 0


def _advanced(offer: ResolutionOffer) -> ResolutionOffer:
    if offer.resolution is not Resolution.RETURN_AND_REFUND:
        return offer
    return msgspec.structs.replace(offer, instant_refund=True)
