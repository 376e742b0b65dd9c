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
    closes it or opens it anew. `calls` is public, for a call that worked is the common case and only adds one.
    """

    __slots__ = ("_failures", "_limits", "_open_until", "_probing", "calls", "is_closed")

    def __init__(self, limits: BreakerLimits) -> None:
        self.calls = 0
        self.is_closed = True
        self._failures = 0
        self._limits = limits
        self._open_until = 0.0
        self._probing = False

    def allows(self, now: float) -> bool:
        """Whether to call at that instant. After the rest only the first one to ask is let through."""
        if self.is_closed:
            return True
        if now < self._open_until or self._probing:
            return False
        self._probing = True
        return True

    def record(self, now: float, *, failed: bool) -> None:
        """Notes how a call ended."""
        if self._probing:
            self._probing = False
            self.is_closed = not failed
            self._open_until = now + self._limits.rest
            return
        self.calls += 1
        if failed:
            self._fail(now)

    def _fail(self, now: float) -> None:
        # A plugin that worked all day is still noticed within minutes when it breaks.
        while self.calls > 10 * self._limits.calls:
            self.calls //= 2
            self._failures //= 2
        self._failures += 1
        if self._is_tripped():
            self.is_closed = False
            self._open_until = now + self._limits.rest
            self.calls = self._failures = 0

    def _is_tripped(self) -> bool:
        limits = self._limits
        return self.calls >= limits.calls and self._failures * 10_000 >= self.calls * limits.failures_bps
