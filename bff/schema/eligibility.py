"""May it come back? The policies' answer for one line, one reason and one quantity."""

from datetime import datetime

import strawberry
from msgspec import Struct

from bff.policy import decision
from bff.policy.contributions import Window
from bff.schema.enums import EligibilityStatus, LiableParty, Resolution, ReturnMethod, WindowAnchor
from bff.schema.explanation import Explanation, ExplanationSource, sources
from bff.schema.fields import attribute, resolved
from bff.schema.refund_quote import RefundQuote, RefundSource, refund_source
from bff.schema.return_reason import EvidenceRequirement


class Judged(Struct, frozen=True, eq=False):
    """One line's part of a decision."""

    decided: decision.Decision
    line: decision.LineDecision

    @property
    def status(self) -> EligibilityStatus:
        """Yes, no, or a person decides."""
        return self.line.status

    @property
    def evidence(self) -> tuple[decision.EvidenceRequirement, ...]:
        """What must be shown."""
        return self.line.evidence

    @property
    def liability(self) -> decision.Liability:
        """Who bears the loss."""
        return self.line.liability


class OptionSource(Struct, frozen=True, eq=False):
    """One way to settle it, with its refund in the order's currency."""

    resolution: Resolution
    refund: RefundSource | None
    freight_paid_by: LiableParty
    instant_refund: bool
    return_methods: tuple[ReturnMethod, ...]
    expected_days: int | None
    closes_at: datetime | None


class WindowSource(Struct, frozen=True, eq=False):
    """A window and the clock that it was counted by."""

    window: Window
    time_zone: str

    @property
    def opens_at(self) -> datetime:
        """The first instant."""
        return self.window.opens_at

    @property
    def closes_at(self) -> datetime:
        """The first instant after it."""
        return self.window.closes_at

    @property
    def days(self) -> int:
        """How long."""
        return self.window.days

    @property
    def anchor(self) -> WindowAnchor:
        """Counted from what."""
        return self.window.anchor


def window(root: Judged) -> WindowSource | None:
    """The window that was granted, or the one that has closed."""
    return WindowSource(root.line.window, root.decided.time_zone) if root.line.window else None


def explanations(root: Judged) -> list[ExplanationSource]:
    """Every rule that spoke."""
    return sources(root.decided, root.line)


def options(root: Judged) -> list[OptionSource]:
    """Every way to settle it."""
    return [option_source(offer, root) for offer in root.line.options]


def option_source(offer: decision.ResolutionOffer, judged: Judged) -> OptionSource:
    """What the kernel offers, for a client."""
    refund = refund_source([offer.refund], judged.decided.currency) if offer.refund else None
    return OptionSource(
        offer.resolution,
        refund,
        offer.freight_paid_by,
        offer.instant_refund,
        offer.return_methods,
        offer.expected_days,
        offer.closes_at,
    )


@strawberry.type(description="An absolute deadline, and the clock that it was counted from.")
class ReturnWindow:
    opens_at: datetime = attribute("The first instant at which it may be asked.")
    closes_at: datetime = attribute("The first instant at which it is too late: the window is half-open.")
    days: int = attribute("Its length in the market's calendar days; the anchor's own day does not count.")
    anchor: WindowAnchor = attribute("The event that it is counted from.")
    time_zone: str = attribute("The IANA time zone of the market: show the deadline in it.")


@strawberry.type(description="Who bears the loss of the goods.")
class Liability:
    party: LiableParty = attribute("Who bears it.")
    basis: str = attribute("The code of the deciding statement, or the legal ground itself.")
    final: bool = attribute("False: an inspection or a person may still change it.")


@strawberry.type(description="One way to settle a request.")
class ResolutionOption:
    resolution: Resolution = attribute("What the customer would get.")
    refund: RefundQuote | None = attribute("What would be paid back; null where nothing is: EXCHANGE and REPAIR.")
    freight_paid_by: LiableParty = attribute("Who pays for the way back; who pays where nothing travels is moot.")
    instant_refund: bool = attribute("Refunded before the goods are back; never while a person still has to look.")
    return_methods: list[ReturnMethod] = attribute("How the goods may travel; empty when nothing travels back.")
    expected_days: int | None = attribute("From the request to money or goods; null where nobody promises any.")
    closes_at: datetime | None = attribute(
        "The first instant at which this may no longer be chosen: a right to a refund can end before the window. "
        "Null: whenever."
    )


@strawberry.type(description="The answer of the policy plugins for one line, one reason and one quantity, now.")
class ReturnEligibility:
    status: EligibilityStatus = attribute("Yes, no, or a person decides.")
    window: ReturnWindow | None = resolved(
        window, "Until when; the one that has closed where that is why not. Null: no window applies."
    )
    explanations: list[Explanation] = resolved(
        explanations, "Every rule that spoke, overruled ones too, the most decisive first; never empty."
    )
    options: list[ResolutionOption] = resolved(
        options, "Every way to settle it, the customer's best refund first; empty when INELIGIBLE."
    )
    evidence: list[EvidenceRequirement] = attribute("What a request must show.")
    liability: Liability = attribute("Who bears the loss, as far as it can be told before an inspection.")
