"""Why was it decided so? Everything that was said about a line, the most decisive first, and never nothing.

Signals of risk are left out: they are in the decision record, but telling them would teach abuse. What they
led to, a hold or a forbid, is said by the rule that read them.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from msgspec import Struct

from bff.money import Money
from bff.policy.admission import HARD
from bff.policy.contributions import (
    ANY_BASIS,
    Advance,
    Bear,
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
    Said,
    Signal,
    Waive,
    Window,
    WindowCap,
    say,
)
from bff.policy.decision import Explanation, Fault, Spoken, Verdict
from bff.policy.eligibility import Eligibility
from bff.policy.ledger import PAID_BACK, Ledger, Terms
from bff.policy.liability import KERNEL
from bff.policy.manifest import ReasonCode
from bff.vocabulary import Effect, EligibilityStatus, RuleSource

# Ranks: what made a person look, what made the verdict, what bent it, what was beaten, then by phase.
REVIEWED, DECIDED, BENT, BEATEN, BESIDE, EVIDENCE, MONEY, LIABLE, REST = range(9)
FOREVER = 2**62  # seconds: later than any window

# Statements that are ordered inside their rank by more than their code.
WEIGHED = frozenset({Grant, NoGrant, Mandate})
WEIGHTLESS = (1, 0, 0)

_Ranked = tuple[tuple[int, int, int, int, str], Explanation]
_Judged = tuple[int, Effect, bool]  # rank, effect, and whether something stronger decided otherwise
Records = Callable[[str], Mapping[str, Any]]  # by plugin's name: key -> record


class Account(Struct, frozen=True, kw_only=True):
    """What there is to explain about one line."""

    status: EligibilityStatus
    basis: str
    currency: str
    eligibility: Eligibility
    spoken: Sequence[Spoken]
    faults: Sequence[Fault]  # those that made it a review
    missed: Sequence[Fault]  # the others
    conflicts: Sequence[str] = ()
    nothing_on_offer: bool = False
    terms: Terms | None = None
    ledgers: Sequence[Ledger] = ()


class Voices:
    """Looks up on whose authority a plugin's statement stands, and its full code."""

    __slots__ = ("_codes",)

    def __init__(self, codes: Mapping[str, Mapping[str, ReasonCode]]) -> None:
        self._codes = {
            plugin: {code: (f"{plugin}.{code}", declared.source) for code, declared in by_code.items()}
            for plugin, by_code in codes.items()
        }

    def explanation(self, spoken: Spoken, effect: Effect, records: Records, *, overruled: bool) -> Explanation:
        """A statement with its source and citation: its record's law or merchant, else its code's source."""
        plugin, said = spoken
        code, source = self._codes[plugin][said.code]
        citation = said.law if type(said) is Mandate else None
        record = records(plugin).get(said.rule) if said.rule else None
        if record is not None and record.law:
            source, citation = RuleSource.STATUTE, record.law
        elif record is not None and record.scope.merchant is not None:
            source = RuleSource.MERCHANT
        return Explanation(
            plugin=plugin,
            code=code,
            effect=effect,
            source=source,
            citation=citation,
            said=said.said,
            overruled=overruled,
        )


def explain(account: Account, voices: Voices, records: Records) -> tuple[Explanation, ...]:
    """Every statement about one line once, the most decisive first; the kernel adds what only it knows."""
    ranked: list[_Ranked] = []
    for spoken in account.spoken:
        judged = _judge(spoken, account)
        if judged is not None:
            rank, effect, overruled = judged
            told = voices.explanation(spoken, effect, records, overruled=overruled)
            weight = _weight(spoken[1]) if type(spoken[1]) in WEIGHED else WEIGHTLESS
            ranked.append(((rank, *weight, told.code), told))
    ranked += [((rank, 0, 0, 0, told.code), told) for rank, told in _own_words(account)]
    ranked.sort(key=itemgetter(0))
    told_once = dict.fromkeys([told for _, told in ranked])
    if not ranked or ranked[0][0][0] > DECIDED:
        return (_nothing_said(account), *told_once)
    return tuple(told_once)


def _weight(said: Any) -> tuple[int, int, int]:
    """Inside a rank: a mandate first, then the latest window, then the least missing to what is wanted."""
    kind = type(said)
    window: Window | None = said.window
    whenever = FOREVER if kind is Grant else 0
    lateness = int(window.closes_at.timestamp()) if window is not None else whenever
    missing = abs(said.wanted - said.actual) if kind is NoGrant else 0
    return (0 if kind is Mandate else 1), -lateness, missing


# ---- what each statement did --------------------------------------------------------------------


def _judge(spoken: Spoken, account: Account) -> _Judged | None:
    """Its rank, its effect, and whether something stronger decided otherwise; None: it is not about this."""
    said = spoken[1]
    kind = type(said)
    if kind is Signal or getattr(said, "basis", ANY_BASIS) not in (account.basis, ANY_BASIS):
        return None
    judge = _JUDGES.get(kind)
    return judge(spoken, account) if judge is not None else _PLAIN[kind]


def _judge_verdict(spoken: Spoken, account: Account) -> _Judged:
    eligibility, said = account.eligibility, spoken[1]
    effect = Effect.GRANTS if isinstance(said, (Grant, Mandate)) else Effect.DENIES
    if spoken in eligibility.decided:
        return DECIDED, effect, False
    if isinstance(said, Forbid) and said.kind in HARD and eligibility.verdict is Verdict.MANDATE:
        return REVIEWED, Effect.REQUIRES_REVIEW, False
    return BEATEN, effect, True


def _judge_cap(spoken: Spoken, account: Account) -> _Judged:
    window, said = account.eligibility.window, spoken[1]
    assert isinstance(said, WindowCap)
    bites = window is not None and window.closes_at == said.until
    return (BENT, Effect.LIMITS, False) if bites else (BEATEN, Effect.LIMITS, True)


def _judge_hold(_: Spoken, account: Account) -> _Judged:
    counts = account.eligibility.is_open
    return (REVIEWED if counts else BEATEN), Effect.REQUIRES_REVIEW, not counts


def _judge_advance(_: Spoken, account: Account) -> _Judged:
    return BESIDE, Effect.GRANTS, account.status is not EligibilityStatus.ELIGIBLE


def _judge_cost(spoken: Spoken, account: Account) -> _Judged:
    terms, said = account.terms, spoken[1]
    assert isinstance(said, Cost)
    charge = terms.charges.get(said.kind) if terms is not None else None
    counts = charge is not None and charge.plugin == spoken[0] and charge.said == said
    # What somebody else pays takes nothing from the customer.
    borne = [ledger for ledger in account.ledgers if ledger.customers_share(said.kind)]
    return MONEY, Effect.LIMITS if borne else Effect.INFORMS, not counts


def _judge_relief(spoken: Spoken, account: Account) -> _Judged:
    terms, said = account.terms, spoken[1]
    assert isinstance(said, (BuyerCap, Waive))
    if terms is None:
        return MONEY, Effect.GRANTS, True
    strongest = terms.caps.get(said.kind) if isinstance(said, BuyerCap) else terms.waivers.get(said.kind)
    return MONEY, Effect.GRANTS, strongest != spoken


def _judge_bear(spoken: Spoken, account: Account) -> _Judged:
    terms, said = account.terms, spoken[1]
    assert isinstance(said, Bear)
    counts = terms is not None and terms.bearer(said.kind).party is said.party
    return LIABLE, Effect.INFORMS, not counts


_JUDGES: Mapping[type, Callable[[Spoken, Account], _Judged]] = {
    Grant: _judge_verdict,
    NoGrant: _judge_verdict,
    Forbid: _judge_verdict,
    Mandate: _judge_verdict,
    WindowCap: _judge_cap,
    Hold: _judge_hold,
    Advance: _judge_advance,
    Cost: _judge_cost,
    BuyerCap: _judge_relief,
    Waive: _judge_relief,
    Bear: _judge_bear,
}
_PLAIN: Mapping[type, _Judged] = {
    Require: (EVIDENCE, Effect.LIMITS, False),
    Bonus: (MONEY, Effect.GRANTS, False),
    Option: (REST, Effect.INFORMS, False),
    Exclude: (REST, Effect.LIMITS, False),
    Route: (REST, Effect.INFORMS, False),
}


# ---- what only the kernel can say ---------------------------------------------------------------


def _own_words(account: Account) -> list[tuple[int, Explanation]]:
    told = [(REVIEWED, _rule_unavailable(fault, Effect.REQUIRES_REVIEW)) for fault in account.faults]
    told += [(REST, _rule_unavailable(fault, Effect.INFORMS)) for fault in account.missed]
    told += [
        (REVIEWED, own("liability_conflict", Effect.REQUIRES_REVIEW, cost=kind)) for kind in account.conflicts
    ]
    if account.nothing_on_offer:
        told.append((REVIEWED, own("nothing_on_offer", Effect.REQUIRES_REVIEW)))
    paid_back = max([ledger.customers_share(PAID_BACK) for ledger in account.ledgers], default=0)
    if paid_back:
        told.append((MONEY, own("paid_back", Effect.LIMITS, amount=Money(paid_back, account.currency))))
    return told


def own(code: str, effect: Effect, **said: Said) -> Explanation:
    """One of the kernel's own statements."""
    return Explanation(
        plugin=KERNEL, code=f"{KERNEL}.{code}", effect=effect, source=RuleSource.PLATFORM, said=say(**said)
    )


def _rule_unavailable(fault: Fault, effect: Effect) -> Explanation:
    return own("rule_unavailable", effect, rule=fault.plugin)


def _nothing_said(account: Account) -> Explanation:
    """Nobody granted and nobody said why not: the window has closed, or there never was one."""
    window = account.eligibility.window
    if window is not None:
        return own("window_closed", Effect.DENIES, days=window.days, until=window.closes_at)
    return own("nothing_granted", Effect.DENIES)
