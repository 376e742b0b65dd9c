"""How often may somebody try? So many times in a sliding window, counted in this process or in Redis for all."""

from hashlib import sha256
from time import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter as SharedWindows
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

PATIENCE = 1.0  # seconds that Redis may take to answer
# What a guest may look up, by order number and by address alike.
LOOK_UPS = RateLimitItemPerMinute(5, 15, "look-ups")


class Rates:
    """Counts attempts. With the URL of a Redis server all processes share one count; while that server is away,
    each keeps its own. What is counted by is kept as a digest: no order number can be read out of Redis.
    """

    def __init__(self, redis_url: str | None = None) -> None:
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared: SharedWindows | None = None
        if redis_url is not None:
            storage = RedisStorage(
                f"async+{redis_url}",
                wrap_exceptions=True,
                implementation="redispy",
                key_prefix="aftersales",
                socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
            )
            self._shared = SharedWindows(storage)

    async def attempt(self, rate: RateLimitItem, kind: str, name: str) -> int | None:
        """Counts one attempt by that name; where there were too many, the seconds until the next may be made."""
        key = sha256(f"{kind}\0{name}".encode()).hexdigest()
        if self._shared is not None:
            try:
                if await self._shared.hit(rate, key):
                    return None
                return wait(float((await self._shared.get_window_stats(rate, key)).reset_time))
            except StorageError:
                pass
        if self._own.hit(rate, key):
            return None
        return wait(float(self._own.get_window_stats(rate, key).reset_time))


def wait(until: float) -> int:
    """Whole seconds until then, at least one."""
    return max(1, int(until - time()) + 1)
