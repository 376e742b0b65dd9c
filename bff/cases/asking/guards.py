"""What keeps a request from becoming a case? Too many units, a policy, something that was not shown, no stock."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bff.cases.asking.evidence import Evidence
from bff.cases.asking.judging import RequestedLine
from bff.cases.asking.quote import LineTerms, Terms
from bff.cases.money.agreement import Agreement
from bff.cases.refusal import Refusal, invalid
from bff.storage.case_facts import OrderMaterial
from bff.user_errors import UserErrorCode
from bff.vocabulary import EligibilityStatus, EvidenceKind, Resolution

if TYPE_CHECKING:
    from bff.cases.asking.opening import Wanted


def check_quantities(material: OrderMaterial, lines: Sequence[RequestedLine]) -> None:
    """Raises QUANTITY_EXCEEDED at the first line of which fewer units are left."""
    for index, line in enumerate(lines):
        left = material.lines[line.line].quantity_returnable
        if line.quantity > left:
            raise Refusal(
                UserErrorCode.QUANTITY_EXCEEDED,
                f"`quantity` is {line.quantity}, but of this line {left} can still be returned",
                *("lines", str(index), "quantity"),
            )


def check_decision(wanted: "Wanted", terms: Sequence[LineTerms]) -> None:
    """Raises INELIGIBLE where the policies refuse a line, and for an exchange what is wrong with its variant."""
    for index, one in enumerate(terms):
        refused = one.line.status is EligibilityStatus.INELIGIBLE
        if refused or (one.offer is None and wanted.quote is None):
            there = ", ".join(offer.resolution for offer in one.line.options)
            raise Refusal(
                UserErrorCode.INELIGIBLE,
                "The policies refuse this line: see the explanations"
                if refused
                else f"{wanted.resolution} is not on offer for this line; on offer: {there}",
                *("lines", str(index)),
                explanations=one.line.explanations,
                time_zone=one.decided.time_zone,
            )
    if wanted.resolution is Resolution.EXCHANGE:
        _check_variant(wanted, terms)


def check_quote(
    quote: Terms, lines: Sequence[RequestedLine], terms: Sequence[LineTerms], agreed: Sequence[Agreement]
) -> None:
    """Raises QUOTE_EXPIRED where the same policies take more off a line than they did when it was quoted.

    Then another request has changed the order meanwhile, and this one may be what breaks its promotion. What
    policies have changed since then does not count: that is what a quote is for.
    """
    quoted = {line.line: line.fees for line in quote.lines}
    for line, one, now in zip(lines, terms, agreed, strict=True):
        if one.decided.policy == quote.policy and now.fees > quoted[line.line]:
            message = (
                "The order has changed since this was quoted, and more would be taken off: ask for a new quote"
            )
            raise Refusal(UserErrorCode.QUOTE_EXPIRED, message, "quoteToken")


def _check_variant(wanted: "Wanted", terms: Sequence[LineTerms]) -> None:
    if wanted.exchange_sku is None:
        raise invalid("an EXCHANGE needs `exchangeSku`: one of the line's exchangeOptions", "exchangeSku")
    units = sum(line.quantity for line in wanted.lines)
    for one in terms:
        offer = next((each for each in one.line.exchanges if each.sku == wanted.exchange_sku), None)
        if offer is None:
            there = ", ".join(each.sku for each in one.line.exchanges)
            message = f"{wanted.exchange_sku} is not on offer in exchange; on offer: {there or 'nothing'}"
            raise Refusal(UserErrorCode.OUT_OF_STOCK, message, "exchangeSku")
        if offer.available < units:
            message = f"{units} of {offer.sku} are wanted, {offer.available} are left"
            raise Refusal(UserErrorCode.OUT_OF_STOCK, message, "exchangeSku")


def check_evidence(terms: Sequence[LineTerms], shown: Sequence[Evidence]) -> None:
    """Raises EVIDENCE_REQUIRED where a line needs more of a kind than the request shows."""
    if missing := lacking(terms, shown):
        raise Refusal(UserErrorCode.EVIDENCE_REQUIRED, f"Show {' and '.join(missing)}", "evidence")


def lacking(terms: Sequence[LineTerms], shown: Sequence[Evidence]) -> list[str]:
    """What lines need that the request does not show."""
    there = Counter(one.kind for one in shown)
    needed: Counter[EvidenceKind] = Counter()
    for one in terms:
        for requirement in one.line.evidence:
            needed[requirement.kind] = max(needed[requirement.kind], requirement.minimum)
    return [f"{count - there[kind]} more {kind}" for kind, count in needed.items() if there[kind] < count]
