"""How does a change reach every process? Over one channel of Redis, which each of them reads whole.

Messages are small and say only that something changed, so one subscription a process does for all its listeners,
and only the reader touches that connection: a break cannot go unseen. When it breaks, everybody who listens here
is interrupted, for nobody knows what was said meanwhile.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress

import msgspec
import structlog
from msgspec import Struct
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bff.live.bus import MOST_WAITING, Away, Bus, Listener, Message, cut_off

log = structlog.get_logger("bff.live")
CHANNEL = "aftersales:live"
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0  # seconds between two tries to connect
SILENCE = 10.0  # seconds without a message before the connection is tried, and until it must have answered
ANSWER_SECONDS = 5.0


class Envelope(Struct, frozen=True):
    """A message on its way, and the channels that it is for."""

    channels: tuple[str, ...]
    message: Message


class RedisBus(Bus):
    """The bus of all processes that share a Redis."""

    def __init__(self, url: str, *, most_waiting: int = MOST_WAITING, silence: float = SILENCE) -> None:
        super().__init__(most_waiting=most_waiting)
        # Redis' own retries would hide a gap in what was heard.
        self._redis = Redis.from_url(
            url,
            socket_connect_timeout=ANSWER_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._silence = silence
        self._hears = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Starts to read; it goes on trying where Redis is away."""
        await super().open()
        self._reading = asyncio.create_task(self._read_for_ever())
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._hears.wait()

    async def listen(self, channel: str) -> Listener:
        """A listener that hears all that is published from now on. Raises Away."""
        if not self._hears.is_set():
            raise Away
        return await super().listen(channel)

    async def publish(self, channels: Sequence[str], message: Message) -> None:
        """Tells everybody on the channels, in every process. Raises Away when Redis did not take it."""
        try:
            await self._redis.publish(CHANNEL, msgspec.json.encode(Envelope(tuple(channels), message)))
        except (RedisError, OSError, TimeoutError) as error:
            raise Away from error

    async def close(self) -> None:
        """Ends every stream, and the connections."""
        await super().close()
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
            self._reading = None
        await self._redis.aclose()

    async def _read_for_ever(self) -> None:
        pause = FIRST_PAUSE
        while True:
            heard = False
            try:
                async with self._redis.pubsub() as connection:
                    await connection.subscribe(CHANNEL)
                    await self._confirmed(connection)
                    heard = True
                    self._hears.set()
                    await self._read(connection)
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("redis_away", kind=type(error).__name__)
            finally:
                self._hears.clear()
                self.interrupt(cut_off())
            pause = FIRST_PAUSE if heard else min(2 * pause, LONGEST_PAUSE)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads retries, hides nothing

    async def _confirmed(self, connection: PubSub) -> None:
        """Waits until Redis has said that it will tell us. Raises TimeoutError."""
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = None
            while answer is None or answer["type"] != "subscribe":
                answer = await connection.get_message(timeout=ANSWER_SECONDS)

    async def _read(self, connection: PubSub) -> None:
        """Hands on what comes. Raises TimeoutError when nothing does, not even an answer to a ping."""
        asked = False
        while True:
            found = await connection.get_message(timeout=self._silence)
            if found is not None:
                asked = False
                if found["type"] == "message":
                    self._take(found["data"])
            elif asked:
                raise TimeoutError
            else:
                await connection.ping()
                asked = True

    def _take(self, data: bytes) -> None:
        try:
            envelope = msgspec.json.decode(data, type=Envelope)
        except msgspec.DecodeError:
            log.warning("message_not_understood")  # of another version, or of somebody else
            return
        self.tell(envelope.channels, envelope.message)


def bus_for(redis_url: str | None) -> Bus:
    """The bus that the settings ask for."""
    return RedisBus(redis_url) if redis_url else Bus()
