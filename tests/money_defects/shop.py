"""What would the shop as it ships answer? Its three plugins under its own policy records."""

from functools import cache
from pathlib import Path
from typing import Any

import no_reason_return
import premium_tier
import quality_claim
from msgspec.structs import replace

from bff.money import parse_minor, units_share
from bff.policy.decision import Decision, LineDecision, Refund
from bff.policy.facts import CaseFacts, Line, Membership, QuotaUse
from bff.policy.kernel import Kernel
from bff.policy.testing import a_kernel, a_line
from bff.vocabulary import Resolution

POLICIES = Path(__file__).parents[2] / "policies"
PLUGINS = (no_reason_return, premium_tier, quality_claim)
NOBODY: dict[str, Any] = {"customer.memberships@1": {"customer-1": ()}, "customer.quotas@1": {"customer-1": {}}}


def a_member(**used: int) -> dict[str, Any]:
    """The facts of a premium customer who has used so much of these quotas."""
    quotas = {f"premium_tier.{name}": QuotaUse(used=count) for name, count in used.items()}
    members = (Membership(segment="premium"),)
    return {"customer.memberships@1": {"customer-1": members}, "customer.quotas@1": {"customer-1": quotas}}


@cache
def the_shop() -> Kernel:
    """The kernel of all three plugins and every record under `policies/`."""
    return a_kernel(PLUGINS, POLICIES)


def decide(case: CaseFacts) -> Decision:
    """What the shop decides; for a customer of no segment where the case knows of none. No plugin may fail."""
    known = {**NOBODY, **case.known}
    decision = the_shop().decide(replace(case, known=known))
    assert decision.faults == ()
    return decision


def answer(case: CaseFacts) -> LineDecision:
    """The decision on the case's only line."""
    (line,) = decide(case).lines
    return line


def refund(line: LineDecision, resolution: Resolution = Resolution.RETURN_AND_REFUND) -> Refund:
    """The quote of one way to settle it."""
    found = next(option.refund for option in line.options if option.resolution is resolution)
    assert found is not None
    return found


def codes(line: LineDecision) -> set[str]:
    """The codes of everything that was said and not overruled."""
    return {told.code for told in line.explanations if not told.overruled}


def units(bought: int, held: int, asked: int, *, currency: str = "SGD", **amounts: str) -> Line:
    """Some units of an order line, after those that cases hold, with their shares of its one split.

    `amounts` are of the whole line: paid, tax, discount, shipping.
    """
    shares = {
        name: units_share(parse_minor(text, currency), bought, held, asked) for name, text in amounts.items()
    }
    return replace(a_line(ordered=bought, held=held, quantity=asked, currency=currency), **shares)
