"""Which goods need not be taken back, and on whose word? All that apply are said, never only the first."""

from collections.abc import Iterator, Mapping
from typing import Any

from bff.policy.contributions import Forbid
from bff.policy.facts import Line
from bff.vocabulary import Basis
from no_reason_return.attributes import flag
from no_reason_return.parameters import Exclusion, Intactness, NoReasonParameters


def refusals(line: Line, p: NoReasonParameters) -> Iterator[Forbid]:
    """Every refusal of the line: those that the law allows, then the merchant's own."""
    lawful = set(lawful_refusals(line, p))
    for code, rule in sorted(lawful):
        yield Forbid(line=line.id, code=code, rule=rule, basis=Basis.NO_REASON)
    said = {code for code, _ in lawful}
    for code, rule in merchant_refusals(line, p):
        if code not in said:
            yield Forbid(line=line.id, code=code, rule=rule, basis=Basis.NO_REASON)


def lawful_refusals(line: Line, p: NoReasonParameters) -> Iterator[tuple[str, str]]:
    """Code and parameter of each refusal that ends a statutory right as well.

    What may only be refused if the customer confirmed it at purchase is never refused without that
    confirmation (China, Interim Measures art. 7 and 20).
    """
    at = line.attributes
    if not at:
        return  # most goods: nothing is known of them, so nothing is held against them
    for exclusion in p.exclusions:
        if applies(exclusion, at):
            yield exclusion.value, "exclusions"
    for exclusion in p.exclusions_if_confirmed:
        if applies(exclusion, at) and flag(at, "nonReturnableConfirmed"):
            yield exclusion.value, "exclusions_if_confirmed"
    for state in p.intact:
        if breached(state, at):
            yield f"not_{state.value}", "intact"


def merchant_refusals(line: Line, p: NoReasonParameters) -> Iterator[tuple[str, str]]:
    """Code and parameter of each refusal of the merchant's own making, which a statutory right overrules."""
    if flag(line.attributes, "finalSale"):
        yield "final_sale", ""
    if not p.returnable:
        yield "not_returnable", "returnable"
    for exclusion in p.merchant_exclusions:
        if applies(exclusion, line.attributes):
            yield exclusion.value, "merchant_exclusions"


def applies(exclusion: Exclusion, at: Mapping[str, Any]) -> bool:
    """Whether the attributes describe such goods. An opened box is no broken seal: looking is allowed."""
    match exclusion:
        case Exclusion.CUSTOM_MADE:
            return flag(at, "customMade")
        case Exclusion.UNSEALED_HYGIENE:
            return flag(at, "hygiene") and flag(at, "unsealed")
        case Exclusion.UNSEALED_MEDIA:
            return flag(at, "sealedMedia") and flag(at, "unsealed")
        case Exclusion.DISCLOSED_FLAW:
            return flag(at, "nearExpiry") or flag(at, "disclosedFlaw")
        case _:
            return flag(at, exclusion.value)


def breached(state: Intactness, at: Mapping[str, Any]) -> bool:
    """Whether the goods are known to be no longer in that state. Opening a box to look is no breach."""
    match state:
        case Intactness.SEALED:
            return flag(at, "unsealed")
        case Intactness.UNUSED:
            return flag(at, "activated") or flag(at, "used") or flag(at, "unauthorisedRepair")
        case Intactness.TAGGED:
            return flag(at, "tagsRemoved") or flag(at, "used")
