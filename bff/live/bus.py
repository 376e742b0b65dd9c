"""Who hears of a change? Everybody who listens on its channel, in this process or, through Redis, in any.

A listener has a queue with an end. One that does not keep up, or may have missed something because the way to it
was cut, is told so with an Interruption and hears nothing more: it reads again, and listens anew.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Self
from uuid import UUID

from msgspec import Struct

MOST_WAITING = 100  # messages of one listener that it has not taken yet


class Message(Struct, frozen=True, kw_only=True):
    """That something changed, and no more: who hears it reads what they may see. `id` is the event's."""

    id: UUID
    topic: str
    subject: UUID
    sequence: int
    part: UUID | None = None  # what was added to the subject: the message to a ticket


class Interruption(Exception):  # noqa: N818 - it is news, and no fault of the listener
    """Messages may be missing from here on. `reason` is one word for a program, the text is for people."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def too_slow() -> Interruption:
    """The listener took its messages too slowly."""
    return Interruption("TOO_SLOW", "Changes came faster than they were taken")


def cut_off() -> Interruption:
    """The connection to the messages broke, and some may have been lost."""
    return Interruption("CUT_OFF", "The connection to the changes was lost")


def closing() -> Interruption:
    """The server goes away."""
    return Interruption("CLOSING", "The server is going away")


class Away(Exception):  # noqa: N818 - it passes
    """The bus cannot be reached now."""


class Listener:
    """One who listens on one channel; iterate over it, and close it in the end."""

    def __init__(self, bus: "Bus", channel: str, most: int) -> None:
        self.channel = channel
        self._bus = bus
        self._most = most
        self._waiting: deque[Message] = deque()
        self._over: Interruption | None = None
        self._news = asyncio.Event()

    def put(self, message: Message) -> None:
        """Hands over a message, or interrupts a listener that has too many waiting already."""
        if self._over is not None:
            return
        if len(self._waiting) >= self._most:
            self._waiting.clear()
            self.interrupt(too_slow())
            return
        self._waiting.append(message)
        self._news.set()

    def interrupt(self, interruption: Interruption) -> None:
        """What waits is still handed out, then the interruption, and then nothing more."""
        self._over = self._over or interruption
        self._news.set()
        self._bus.forget(self)

    def close(self) -> None:
        """Stops listening; twice does no harm."""
        self._waiting.clear()
        self.interrupt(closing())

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        while not self._waiting:
            if self._over is not None:
                raise self._over
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()


class Bus:
    """The bus of one process: what is published here is heard here."""

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self._most = most_waiting
        self._channels: defaultdict[str, set[Listener]] = defaultdict(set)
        self._is_closed = False

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return sum(len(listening) for listening in self._channels.values())

    async def open(self) -> None:
        """Lets people listen."""
        self._is_closed = False

    async def listen(self, channel: str) -> Listener:
        """A listener that hears all that is published from now on. Raises Away."""
        if self._is_closed:
            raise Away
        listener = Listener(self, channel, self._most)
        self._channels[channel].add(listener)
        return listener

    async def publish(self, channels: Sequence[str], message: Message) -> None:
        """Tells everybody on the channels. Raises Away when nobody could be told."""
        self.tell(channels, message)

    def tell(self, channels: Sequence[str], message: Message) -> None:
        """Hands a message to those who listen in this process."""
        for channel in channels:
            for listener in list(self._channels.get(channel, ())):
                listener.put(message)

    def forget(self, listener: Listener) -> None:
        """Takes a listener off its channel."""
        listening = self._channels.get(listener.channel)
        if listening is not None:
            listening.discard(listener)
            if not listening:
                del self._channels[listener.channel]

    def interrupt(self, interruption: Interruption) -> None:
        """Interrupts everybody."""
        for listener in [one for listening in self._channels.values() for one in listening]:
            listener.interrupt(interruption)

    async def close(self) -> None:
        """Ends every stream; nobody can listen from then on."""
        self._is_closed = True
        self.interrupt(closing())

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.listeners} listening)"


ALL_CASES = "cases"


def of_case(key: UUID) -> str:
    """The channel of one case."""
    return f"case:{key}"


def of_merchant(key: UUID) -> str:
    """The channel of a merchant's cases."""
    return f"merchant:{key}"


def of_ticket(key: UUID) -> str:
    """The channel of one conversation."""
    return f"ticket:{key}"
