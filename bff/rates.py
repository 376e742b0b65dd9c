"""How often may somebody try? So many times in a sliding window, counted in this process or in Redis for all."""

from hashlib import sha256
from time import time
from typing import Any

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter as SharedWindows
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from redis.asyncio.connection import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

MOST_KEYS = 10_000  # that are remembered in this process before those of old attempts are dropped
PREFIX = "aftersales:rates"
PATIENCE = 1.0  # seconds that Redis may take to answer
# What a guest may look up, by order number and by address alike.
LOOK_UPS = RateLimitItemPerMinute(5, 15, "look-ups")


class Rates:
    """Counts attempts. With the URL of a Redis server all processes share one count; while that server is away,
    each keeps its own. What is counted by is kept as a digest: no order number can be read out of Redis.
    """

    def __init__(self, redis_url: str | None = None, *, most_keys: int = MOST_KEYS) -> None:
        self._most_keys = most_keys
        self._own: MemoryStorage | None = None  # made when it is needed, for it starts a thread
        self._shared: SharedWindows | None = None
        self._pool: ConnectionPool | None = None
        if redis_url is not None:
            pool = ConnectionPool.from_url(
                redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
            )
            options: dict[str, Any] = {"connection_pool": pool, "wrap_exceptions": True}
            storage = RedisStorage(f"async+{redis_url}", implementation="redispy", key_prefix=PREFIX, **options)
            self._pool, self._shared = pool, SharedWindows(storage)

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
        return self._attempt_here(rate, key)

    def _attempt_here(self, rate: RateLimitItem, key: str) -> int | None:
        if self._own is None:
            self._own = MemoryStorage()
        if len(self._own.events) > self._most_keys:  # its own clearing leaves an empty list for each key
            for idle in [one for one, attempts in self._own.events.items() if not attempts]:
                del self._own.events[idle]
        windows = MovingWindowRateLimiter(self._own)
        if windows.hit(rate, key):
            return None
        return wait(float(windows.get_window_stats(rate, key).reset_time))

    async def close(self) -> None:
        """Leaves Redis; what was counted in this process is forgotten with it."""
        if self._pool is not None:
            await self._pool.aclose()


def wait(until: float) -> int:
    """Whole seconds until then, at least one."""
    return max(1, int(until - time()) + 1)
