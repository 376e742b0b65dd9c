"""What does a browser see? GraphiQL from this machine's own files, or a page that says how to build it."""

import html
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bff.http.negotiation import GRAPHQL, HTML, JSON, best_media

BUNDLE = Path(__file__).with_name("static") / "graphiql"
ASSETS = "/graphql/console"
# The editor writes <style> elements and starts its workers from this server's files; nothing comes from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PLAIN_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>After-sales graph</title>
<h1>After-sales graph</h1>
<p>This address answers GraphQL. The GraphiQL console is not built here: with Node 20 or newer on the machine,
run <code>make graphiql</code>, then reload this page. Until then any GraphQL client works:</p>
<pre>curl -s {url} -H 'content-type: application/json' -d '{{"query":"{{ __typename }}"}}'</pre>
</html>"""


class Console:
    """Stands before the endpoint: a browser that opens it gets the page, everything else passes through."""

    def __init__(self, endpoint: ASGIApp, bundle: Path = BUNDLE) -> None:
        self._endpoint = endpoint
        self._index = bundle / "index.html"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers GET with Accept: text/html; hands on the rest."""
        request = Request(scope, receive)
        wanted = best_media(request.headers.get("accept"), (GRAPHQL, JSON, HTML))
        if request.method == "GET" and wanted == HTML:
            await self._page(request)(scope, receive, send)
        else:
            await self._endpoint(scope, receive, send)

    def _page(self, request: Request) -> Response:
        built = self._index.is_file()
        page = self._index.read_text("utf-8") if built else PLAIN_PAGE.format(url=html.escape(str(request.url)))
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY, "Vary": "Accept"})


def asset_routes(bundle: Path = BUNDLE) -> list[Mount]:
    """The bundle's scripts and styles; none when it is not built, so that asking for one is a 404."""
    return [Mount(ASSETS, StaticFiles(directory=bundle))] if bundle.is_dir() else []
