"""Through whom does this shop pay? The provider that its settings name, opened when it is first needed."""

import hmac
from pathlib import Path

import httpx2

from bff.payments.book import MEMORY, Book
from bff.payments.embedded import Delivery, EmbeddedProvider, Manner
from bff.payments.provider import PaymentProvider
from bff.payments.stripe import StripeProvider, stripe_client
from bff.setting_values import Payments
from bff.settings import Environment, Settings, SettingsError

BOOK = "payments.sqlite3"
UNTOLD = "BFF_PAYMENTS is not set; production wants to be told: stripe, or embedded, which moves no money"


class Till:
    """One provider of one shop. Raises SettingsError where production was not told whom to pay through."""

    def __init__(self, settings: Settings) -> None:
        if settings.payments is None and settings.environment is Environment.PRODUCTION:
            raise SettingsError([UNTOLD])
        self._settings = settings
        self.name = (settings.payments or Payments.EMBEDDED).value
        self._provider: PaymentProvider | None = None
        self._book: Book | None = None
        self._client: httpx2.AsyncClient | None = None

    def provider(self) -> PaymentProvider:
        """Whoever pays."""
        if self._provider is None:
            self._provider = self._stripe() if self.name == Payments.STRIPE else self._embedded()
        return self._provider

    def _stripe(self) -> StripeProvider:
        settings = self._settings
        secrets = (settings.stripe_webhook_secret, settings.stripe_previous_webhook_secret)
        self._client = stripe_client(settings.stripe_secret_key or "", address=settings.stripe_url)
        return StripeProvider(self._client, [secret for secret in secrets if secret])

    def _embedded(self) -> EmbeddedProvider:
        settings = self._settings
        manner = Manner(
            latency=settings.embedded_latency,
            timeout=settings.embedded_timeout,
            settles_after=settings.embedded_settles_after,
        )
        path = book_of(settings)
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
        self._book = Book(path)
        return EmbeddedProvider(self._book, [embedded_secret(settings)], manner)

    async def deliveries(self) -> tuple[Delivery, ...]:
        """What the embedded provider wants to tell us; nobody else tells us anything without a request."""
        if self.name != Payments.EMBEDDED:
            return ()
        path = book_of(self._settings)
        if self._provider is None and not (isinstance(path, Path) and path.exists()):
            return ()
        provider = self.provider()
        return await provider.deliveries() if isinstance(provider, EmbeddedProvider) else ()

    async def acknowledge(self, delivery: Delivery) -> None:
        """The embedded provider need not tell us that again."""
        provider = self.provider()
        if isinstance(provider, EmbeddedProvider):
            await provider.acknowledge(delivery)

    async def close(self) -> None:
        """Closes what was opened."""
        self._provider = None
        if self._client is not None:
            await self._client.aclose()
            self._client = None
        if self._book is not None:
            self._book.close()
            self._book = None


def book_of(settings: Settings) -> Path | str:
    """Where the embedded provider keeps its book: where told, else beside a SQLite database, else in `data`."""
    if settings.embedded_book is not None:
        return settings.embedded_book
    if not settings.database_url.startswith("sqlite:"):
        return Path("data") / BOOK
    path = settings.database_url.removeprefix("sqlite://").removeprefix("/").partition("?")[0]
    return MEMORY if path == MEMORY else Path(path).parent / BOOK


def embedded_secret(settings: Settings) -> str:
    """What signs its notifications: what was set, else something that only this shop can make."""
    made = hmac.digest(settings.signing_key.encode(), b"embedded payments", "sha256").hex()
    return settings.embedded_webhook_secret or made
