"""Which headers protect every answer? These, added where an answer has none of its own."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Browsers ignore it on plain HTTP, and a developer's localhost must not be nailed to HTTPS by a proxy in between.
TWO_YEARS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


class SecurityHeaders:
    """ASGI middleware around everything that answers HTTP."""

    def __init__(self, app: ASGIApp, *, over_https: bool) -> None:
        self._app = app
        self._headers = {**HEADERS, **(TWO_YEARS if over_https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on, and adds the headers when the answer starts."""

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send if scope["type"] != "http" else send_protected)
