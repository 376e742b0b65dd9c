"""What did a payment provider tell us? Its signed requests, taken in once, before anybody has asked."""

from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bff.cases.money import provider_news
from bff.http.body import check_headers, read_body
from bff.http.refusal import Refusal, error_body
from bff.limits import Limits
from bff.payments.provider import NotificationRefused, PaymentProvider
from bff.storage.database import Database
from bff.storage.failures import DatabaseUnavailableError

log = structlog.get_logger("bff.http")
PATH = "/webhooks/payments/{provider}"
RETRY = {"Retry-After": "5"}


def webhook_route(
    database: Database,
    name: str,
    provider: Callable[[], PaymentProvider],
    now: Callable[[], datetime],
    limits: Limits,
) -> Route:
    """Where the one provider of this shop sends its notifications.

    200 says that we have it, for the first time or not, 400 that it proves nothing, 503 that it is to come again.
    """

    async def take(request: Request) -> Response:
        if request.path_params["provider"] != name:
            return refused(404, "NOT_FOUND", "No such provider pays for this shop")
        try:
            check_headers(request.scope["headers"], limits)
            body = await read_body(request.headers, request.receive, limits)
            news = provider().parse_notification(request.headers, body, datetime.now(UTC))
            new = await provider_news.take(database, name, news, now())
        except Refusal as refusal:
            return JSONResponse({"errors": refusal.errors}, refusal.status, refusal.headers)
        except NotificationRefused as reason:
            log.warning("notification refused", provider=name, reason=str(reason))
            return refused(400, "BAD_REQUEST", f"Not taken: {reason}")
        except DatabaseUnavailableError:
            return refused(503, "UNAVAILABLE", "The database cannot answer now; send it again", RETRY)
        return JSONResponse({"new": new})

    return Route(PATH, take, methods=["POST"])


def refused(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    """An answer that does not take it."""
    return JSONResponse({"errors": [error_body(message, code)]}, status, headers)
