"""May this line come back? Yes while a mandate runs, or while the longest grant runs and nothing forbids it.

The window's end is the latest of the grants, cut by the earliest cap, lengthened by the latest mandate. The
verdict is a live mandate before any forbid, a forbid before a live grant. Each step is a maximum, a minimum
or a union, so the order in which plugins spoke never matters.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from bff.policy.admission import HARD
from bff.policy.contributions import (
    ANY_BASIS,
    Advance,
    Forbid,
    Grant,
    Hold,
    Mandate,
    NoGrant,
    Window,
    WindowCap,
)
from bff.policy.decision import Spoken, Verdict
from bff.policy.facts import CaseFacts
from bff.vocabulary import Resolution, WindowAnchor

RESOLUTIONS = tuple(Resolution)
OPEN = (Verdict.PERMIT, Verdict.MANDATE)
# Put together once: a union that is written where it is asked for is built anew each time.
AboutEligibility = Grant | NoGrant | Forbid | Mandate | WindowCap | Hold | Advance
ABOUT_ELIGIBILITY = (Grant, NoGrant, Forbid, Mandate, WindowCap, Hold, Advance)

Held = tuple[str, str, str]  # kind, plugin, code


class Eligibility(Struct, frozen=True, kw_only=True):
    """The verdict on one line and who brought it about.

    `window` is None where none applies: whenever, or never. `decided` are the statements that made the
    verdict, `overruled` those that something stronger beat. `floor_bps` is the least of what was paid that
    a live mandate lets the refund be.
    """

    verdict: Verdict
    window: Window | None = None
    resolutions: tuple[Resolution, ...] = ()
    ends: Mapping[Resolution, datetime | None] = {}  # until when each may be chosen; None: whenever
    floor_bps: int = 0
    holds: tuple[Held, ...] = ()
    decided: tuple[Spoken, ...] = ()
    overruled: tuple[Spoken, ...] = ()
    advances: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may come back, as far as the plugins that spoke are concerned."""
        return self.verdict in OPEN


VOID = Eligibility(verdict=Verdict.VOID)


class _Sorted:
    """What was said about one line and basis, by kind."""

    __slots__ = ("advances", "caps", "forbids", "grants", "holds", "mandates", "refusals")

    def __init__(self, basis: str, spoken: Iterable[Spoken]) -> None:
        self.grants: list[tuple[str, Grant]] = []
        self.mandates: list[tuple[str, Mandate]] = []
        self.forbids: list[tuple[str, Forbid]] = []
        self.caps: list[WindowCap] = []
        self.refusals: list[tuple[str, NoGrant]] = []
        self.holds: set[Held] = set()
        self.advances = False
        for plugin, said in spoken:
            if isinstance(said, ABOUT_ELIGIBILITY) and said.basis in (basis, ANY_BASIS):
                self._add(plugin, said)

    def _add(self, plugin: str, said: AboutEligibility) -> None:
        match said:
            case Grant():
                self.grants.append((plugin, said))
            case NoGrant():
                self.refusals.append((plugin, said))
            case Forbid():
                self.forbids.append((plugin, said))
            case Mandate():
                self.mandates.append((plugin, said))
            case WindowCap():
                self.caps.append(said)
            case Hold():
                self.holds.add((said.kind, plugin, f"{plugin}.{said.code}"))
            case Advance():
                self.advances = True


def fold_eligibility(case: CaseFacts, spoken: Sequence[Spoken]) -> Eligibility:
    """The verdict on one line; `spoken` is about that line alone, in canonical order."""
    said = _Sorted(case.basis, spoken)
    at = case.at
    cap = min([each.until for each in said.caps], default=None)
    grants = [each for each in said.grants if _is_live(each[1].window, at) and (cap is None or at < cap)]
    mandates = [each for each in said.mandates if _is_live(each[1].window, at)]
    if mandates:
        return _mandated(case, said, grants, mandates, cap)
    if said.forbids:
        return Eligibility(
            verdict=Verdict.FORBID, decided=tuple(said.forbids), overruled=(*said.grants, *said.mandates)
        )
    lapsed: tuple[Spoken, ...] = (*said.mandates, *[each for each in said.grants if each not in grants])
    if grants:
        return _permitted(case, said, grants, cap, lapsed)
    return Eligibility(
        verdict=Verdict.ABSTAIN,
        window=_lapsed_window(said, cap),
        decided=tuple(said.refusals),
        overruled=lapsed,
    )


def _mandated(
    case: CaseFacts,
    said: _Sorted,
    grants: Sequence[tuple[str, Grant]],
    mandates: Sequence[tuple[str, Mandate]],
    cap: datetime | None,
) -> Eligibility:
    # Where a forbid stands the grants are beaten, and only what the law gives is left.
    beside = [] if said.forbids else grants
    deciding: tuple[tuple[str, Grant | Mandate], ...] = (*mandates, *beside)
    hard = {("review", plugin, f"{plugin}.{each.code}") for plugin, each in said.forbids if each.kind in HARD}
    granted = _granted_window(case, [each for _, each in beside], cap)
    whenever = bool(beside) and granted is None
    windows = [each.window for _, each in said.mandates] + ([granted] if granted else [])
    ends = _ends(deciding, cap)
    return Eligibility(
        verdict=Verdict.MANDATE,
        window=None if whenever else max(windows, key=_latest),
        resolutions=tuple([one for one in RESOLUTIONS if one in ends]),
        ends=ends,
        floor_bps=max(each.floor_bps for _, each in mandates),
        holds=tuple(sorted(said.holds | hard)),
        decided=deciding,
        overruled=_others(said, deciding),
        advances=said.advances,
    )


def _permitted(
    case: CaseFacts,
    said: _Sorted,
    grants: Sequence[tuple[str, Grant]],
    cap: datetime | None,
    lapsed: tuple[Spoken, ...],
) -> Eligibility:
    ends = _ends(grants, cap)
    return Eligibility(
        verdict=Verdict.PERMIT,
        window=_granted_window(case, [each for _, each in grants], cap),
        resolutions=tuple([one for one in RESOLUTIONS if one in ends]),
        ends=ends,
        holds=tuple(sorted(said.holds)),
        decided=tuple(grants),
        overruled=(*lapsed, *said.refusals),
        advances=said.advances,
    )


def _others(said: _Sorted, deciding: Sequence[Spoken]) -> tuple[Spoken, ...]:
    everything: list[Spoken] = [*said.forbids, *said.mandates, *said.grants, *said.refusals]
    return tuple(each for each in everything if each not in deciding)


def _is_live(window: Window | None, at: datetime) -> bool:
    return window is None or window.opens_at <= at < window.closes_at


def _latest(window: Window) -> datetime:
    return window.closes_at


def _granted_window(case: CaseFacts, grants: Sequence[Grant], cap: datetime | None) -> Window | None:
    """The longest of the grants, cut; None for whenever, or where nothing is granted."""
    if not grants:
        return None
    windows = [each.window for each in grants if each.window is not None]
    if len(windows) == len(grants):
        longest = max(windows, key=_latest)
        if cap is None or longest.closes_at <= cap:
            return longest
        return msgspec.structs.replace(longest, closes_at=cap)
    if cap is None:
        return None
    # A grant without a window has no anchor of its own; capped, it runs from the order to the cap.
    days = (cap - case.placed_at).days
    return Window(opens_at=case.placed_at, closes_at=cap, days=days, anchor=WindowAnchor.PLACED)


def _lapsed_window(said: _Sorted, cap: datetime | None) -> Window | None:
    """The window that came nearest to now, so that a customer reads until when it would have been possible."""
    granted = [each.window for _, each in said.grants if each.window is not None]
    if cap is not None:
        granted = [msgspec.structs.replace(each, closes_at=min(each.closes_at, cap)) for each in granted]
    closed = [each.window for _, each in said.refusals if each.window is not None]
    windows = [*granted, *(each.window for _, each in said.mandates), *closed]
    return max(windows, key=_latest, default=None)


def _ends(
    deciding: Sequence[tuple[str, Grant | Mandate]], cap: datetime | None
) -> dict[Resolution, datetime | None]:
    """Until when each resolution may be chosen: the latest of the statements that name it; caps cut grants."""
    ends: dict[Resolution, datetime | None] = {}
    for _, said in deciding:
        end = said.window.closes_at if said.window is not None else None
        if cap is not None and isinstance(said, Grant):
            end = cap if end is None else min(end, cap)
        for resolution in said.resolutions:
            known = ends.get(resolution, end)
            ends[resolution] = None if end is None or known is None else max(end, known)
    return ends
