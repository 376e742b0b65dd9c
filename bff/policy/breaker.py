"""Is it still worth asking this plugin? Not while its breaker is open; then one call is let through to see."""

from msgspec import Struct


class BreakerLimits(Struct, frozen=True):
    """When a breaker opens: of at least `calls` calls, `failures_bps` or more failed; then for `rest` seconds."""

    calls: int = 20
    failures_bps: int = 5_000
    rest: float = 30.0


class Breaker:
    """Counts one plugin's calls. Every instant is monotonic seconds and handed in by the caller.

    Closed it counts; open it refuses until the rest is over; half-open it lets one call through, whose outcome
    closes it or opens it anew. The counts are halved when they have grown to ten times the limit, so that a
    plugin which worked all day is still noticed within minutes when it breaks.
    """

    __slots__ = ("_calls", "_failures", "_limits", "_open_until", "_probing")

    def __init__(self, limits: BreakerLimits) -> None:
        self._limits = limits
        self._calls = 0
        self._failures = 0
        self._open_until: float | None = None
        self._probing = False

    def allows(self, now: float) -> bool:
        """Whether to call at that instant. After the rest only the first one to ask is let through."""
        if self._open_until is None:
            return True
        if now < self._open_until or self._probing:
            return False
        self._probing = True
        return True

    def record(self, now: float, *, failed: bool) -> None:
        """Notes how a call ended."""
        if self._probing:
            self._probing = False
            self._open_until = now + self._limits.rest if failed else None
            return
        self._calls += 1
        self._failures += failed
        if self._is_tripped():
            self._open_until = now + self._limits.rest
            self._calls = self._failures = 0
        elif self._calls >= 10 * self._limits.calls:
            self._calls //= 2
            self._failures //= 2

    def _is_tripped(self) -> bool:
        limits = self._limits
        return self._calls >= limits.calls and self._failures * 10_000 >= self._calls * limits.failures_bps
