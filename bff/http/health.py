"""Is the server alive, and is it ready? Two plain answers for whoever watches it."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

# What keeps the server from being ready, each in a few words; nothing when it is.
Obstacles = Callable[[], Awaitable[Sequence[str]]]


def health_routes(obstacles: Obstacles) -> list[Route]:
    """`/healthz` answers while the process lives; `/readyz` answers 503 with what is missing."""

    async def alive(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        missing = list(await obstacles())
        return JSONResponse(
            {"status": "not ready" if missing else "ok", "missing": missing}, 503 if missing else 200
        )

    return [Route("/healthz", alive), Route("/readyz", ready)]
