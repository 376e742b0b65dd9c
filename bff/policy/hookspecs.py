"""Which questions are plugins asked? One hook a phase; each is one call for all lines of a request.

Hooks are pure and synchronous: facts in, contributions out. An implementation takes any of the arguments, by
these names and without defaults. `prior` is the combined, frozen result of the earlier phases. Wrappers,
tryfirst and trylast are refused, for order never matters.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import pluggy

from bff.policy.contributions import (
    Advance,
    Bear,
    Benefit,
    Bonus,
    BuyerCap,
    Cost,
    Exclude,
    Forbid,
    Grant,
    Hold,
    Mandate,
    NoGrant,
    Option,
    Require,
    Route,
    Signal,
    Waive,
    WindowCap,
)
from bff.policy.facts import CaseFacts, FactView, Line
from bff.policy.manifest import Parameters
from bff.policy.prior import LinePrior, Prior

__all__ = ["PROJECT", "HookSpecs", "LinePrior", "Prior", "hookimpl", "hookspec"]

PROJECT = "aftersales"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs(Protocol):
    """The hooks, in the order in which their phases run."""

    @hookspec
    def assess_risk(
        self, case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters
    ) -> Sequence[Signal]:
        """Does anything look like abuse?"""

    @hookspec
    def judge_eligibility(
        self, case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters, prior: Prior
    ) -> Sequence[Grant | NoGrant | Forbid | Mandate | WindowCap | Hold | Advance]:
        """May each line come back, until when, and how?"""

    @hookspec
    def require_evidence(
        self, case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters, prior: Prior
    ) -> Sequence[Require]:
        """What must the customer show?"""

    @hookspec
    def assign_liability(
        self, case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters, prior: Prior
    ) -> Sequence[Bear]:
        """Who bears each kind of cost?"""

    @hookspec
    def price_refund(
        self, case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters, prior: Prior
    ) -> Sequence[Cost | BuyerCap | Waive]:
        """What does it cost, and what is the customer spared?"""

    @hookspec
    def compensate(
        self, case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters, prior: Prior
    ) -> Sequence[Bonus]:
        """What is paid beside the refund?"""

    @hookspec
    def offer_exchange(
        self, case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters, prior: Prior
    ) -> Sequence[Option | Exclude]:
        """What can be had instead?"""

    @hookspec
    def route_case(
        self, case: CaseFacts, lines: Sequence[Line], facts: FactView, parameters: Parameters, prior: Prior
    ) -> Sequence[Route]:
        """Who handles it, how soon, and how do the goods travel?"""

    @hookspec
    def list_entitlements(
        self, customer: str, market: str, at: datetime, facts: FactView, parameters: Parameters
    ) -> Sequence[Benefit]:
        """Which benefits does this customer have now?"""

    @hookspec
    def route_ticket(
        self,
        customer: str,
        market: str,
        segments: Sequence[str],
        at: datetime,
        subject: str,
        facts: FactView,
        parameters: Parameters,
    ) -> Sequence[Route]:
        """Who answers a question about no case, and how soon?"""

    @hookspec
    def case_changed(self, case: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        """A case has changed: told after commit, alone and again until it works."""
