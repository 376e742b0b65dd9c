"""What has been decided so far? The frozen result of the earlier phases, which a later hook may read."""

from collections.abc import Mapping

from msgspec import Struct

from bff.policy.contributions import Window
from bff.policy.decision import Verdict
from bff.vocabulary import LiableParty, Resolution


class LinePrior(Struct, frozen=True, kw_only=True):
    """What is decided about one line before the phase that reads it; a later phase's fields are still empty.

    `bearers` says by kind of cost who bears it, `refund` is the best refund on offer in minor units.
    """

    verdict: Verdict = Verdict.ABSTAIN
    window: Window | None = None
    resolutions: tuple[Resolution, ...] = ()
    bearers: Mapping[str, LiableParty] = {}
    refund: int | None = None


class Prior(Struct, frozen=True, kw_only=True):
    """The earlier phases of one request: `prior[line.id].verdict`. `risk_bps` is of full risk, 10,000."""

    risk_bps: int = 0
    lines: Mapping[str, LinePrior] = {}

    def __getitem__(self, line: str) -> LinePrior:
        """What is decided about that line."""
        return self.lines[line]
