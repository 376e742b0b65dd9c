"""Which rules can a test foresee? One plugin whose every figure stands here, in place of the shipped ones."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from bff.markets import market
from bff.money import portion
from bff.policy.contributions import (
    RESTOCKING,
    Benefit,
    Cost,
    Exclude,
    Forbid,
    Grant,
    NoGrant,
    Option,
    Require,
    Window,
    say,
)
from bff.policy.facts import CATALOGUE_SIBLINGS, CaseFacts, FactView, Line
from bff.policy.hookspecs import hookimpl
from bff.policy.kernel import Kernel
from bff.policy.manifest import ReasonCode
from bff.policy.testing import EVERYTHING, a_kernel, a_manifest
from bff.storage.database import Database
from bff.storage.fact_providers import providers
from bff.vocabulary import Basis, EvidenceKind, Resolution, RuleSource, WindowAnchor

DAYS = 14
TENTH = 1_000  # basis points


def code(name: str, source: RuleSource, **texts: str) -> ReasonCode:
    """A code with a text in both languages."""
    return ReasonCode(code=name, source=source, texts={one: {"customer": text} for one, text in texts.items()})


MANIFEST = a_manifest(
    "house",
    EVERYTHING,
    bases=(Basis.NO_REASON,),
    needs=(CATALOGUE_SIBLINGS.id,),
    codes=(
        code("open", RuleSource.MERCHANT, en="Open for {days} days", zh="{days} 天内可退"),
        code("closed", RuleSource.MERCHANT, en="Closed", zh="已过期"),
        code("tea", RuleSource.PLATFORM, en="Tea stays", zh="茶叶不退"),
        code("fee", RuleSource.MERCHANT, en="A tenth is kept", zh="扣除一成"),
        code("photo", RuleSource.MERCHANT, en="A photo, please", zh="请提供照片"),
        code("size", RuleSource.MERCHANT, en="Another size", zh="换尺码"),
        ReasonCode(
            code="care",
            source=RuleSource.MEMBERSHIP,
            texts={
                "en": {"customer": "Free care", "title": "Care"},
                "zh": {"customer": "免费保养", "title": "保养"},
            },
        ),
    ),
)


@hookimpl
def judge_eligibility(case: CaseFacts, lines: Sequence[Line]) -> list[Any]:
    """Fourteen days from delivery, for return or exchange; tea stays."""
    said: list[Any] = []
    for line in lines:
        if line.category.startswith("kitchen"):
            said.append(Forbid(line=line.id, code="tea", basis=Basis.NO_REASON))
        if line.delivered_at is None:
            said.append(NoGrant(line=line.id, code="closed", basis=Basis.NO_REASON, unmet="delivery"))
            continue
        ends = market(case.market).window_end(line.delivered_at, DAYS)
        window = Window(line.delivered_at, ends, DAYS, WindowAnchor.DELIVERED)
        offers = (Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE)
        if case.at < ends:
            words = say(days=DAYS)
            said.append(
                Grant(
                    line=line.id, code="open", basis=Basis.NO_REASON, window=window, resolutions=offers, said=words
                )
            )
        else:
            said.append(NoGrant(line=line.id, code="closed", basis=Basis.NO_REASON, unmet="days", window=window))
    return said


@hookimpl
def require_evidence(lines: Sequence[Line]) -> list[Require]:
    """A photo of everything that cost more than 150.00."""
    return [
        Require(line=line.id, code="photo", basis=Basis.NO_REASON, kind=EvidenceKind.PHOTO)
        for line in lines
        if line.paid > 15_000
    ]


@hookimpl
def price_refund(lines: Sequence[Line]) -> list[Cost]:
    """A tenth is kept for restocking."""
    return [Cost(line=line.id, code="fee", kind=RESTOCKING, amount=portion(line.paid, TENTH)) for line in lines]


@hookimpl
def offer_exchange(lines: Sequence[Line], facts: FactView) -> list[Option | Exclude]:
    """Every sibling that is in stock, for the difference to the list price."""
    return [
        Option(
            line=line.id,
            code="size",
            sku=sibling.sku,
            title=sibling.title,
            variant=sibling.variant,
            difference=sibling.price - line.unit_price,
            available=sibling.available,
        )
        for line in lines
        for sibling in facts.get(CATALOGUE_SIBLINGS.id, line.id)
        if sibling.available > 0
    ]


@hookimpl
def list_entitlements(customer: str) -> list[Benefit]:
    """Everybody may have three cares."""
    del customer
    return [Benefit(line="", code="care", limit=3, used=1)]


HOUSE = SimpleNamespace(
    __name__="house",
    manifest=MANIFEST,
    judge_eligibility=judge_eligibility,
    require_evidence=require_evidence,
    price_refund=price_refund,
    offer_exchange=offer_exchange,
    list_entitlements=list_entitlements,
)


def house_kernel() -> Kernel:
    """The house's rules alone."""
    return a_kernel([HOUSE], facts=providers(Database("sqlite://:memory:")))
