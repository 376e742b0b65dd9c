"""What does a browser get at the graph's address? The console from this machine, and nothing from elsewhere."""

from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bff.http.console import POLICY, Console, asset_routes
from bff.http.headers import SecurityHeaders

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ENDPOINT = PlainTextResponse("the endpoint")


def visit(bundle: Path) -> httpx.AsyncClient:
    """A client of an app with that bundle."""
    routes = [*asset_routes(bundle), Route("/graphql", Console(ENDPOINT, bundle))]
    app = SecurityHeaders(Starlette(routes=routes), over_https=False)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>GraphiQL</title>")
    (tmp_path / "assets" / "console.js").write_text("run()")
    return tmp_path


async def test_a_browser_gets_the_bundle_under_a_strict_policy(bundle: Path) -> None:
    async with visit(bundle) as client:
        page = await client.get("/graphql", headers={"accept": BROWSER})
        script = await client.get("/graphql/console/assets/console.js")
    assert (page.status_code, page.text) == (200, "<!doctype html><title>GraphiQL</title>")
    assert page.headers["content-security-policy"] == POLICY
    assert (script.status_code, script.text) == (200, "run()")
    assert script.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("source", ["http:", "https:", "*", "'unsafe-eval'"])
def test_the_policy_names_no_other_machine(source: str) -> None:
    assert source not in POLICY.split()
    assert "script-src 'self';" in POLICY


async def test_without_a_bundle_the_page_says_how_to_build_it(tmp_path: Path) -> None:
    async with visit(tmp_path) as client:
        page = await client.get("/graphql?x=<script>", headers={"accept": BROWSER})
    assert page.status_code == 200
    assert "make graphiql" in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "*/*", ""])
async def test_programs_get_the_endpoint(bundle: Path, accept: str) -> None:
    async with visit(bundle) as client:
        assert (await client.get("/graphql", headers={"accept": accept})).text == "the endpoint"
        assert (await client.post("/graphql", headers={"accept": BROWSER})).text == "the endpoint"


async def test_no_path_leads_out_of_the_bundle(bundle: Path) -> None:
    async with visit(bundle) as client:
        response = await client.get("/graphql/console/%2e%2e/%2e%2e/pyproject.toml")
    assert response.status_code == 404


@pytest.mark.parametrize("path", ["index.html", "assets/console.js", ""])
async def test_without_a_bundle_there_is_nothing_below_the_page(tmp_path: Path, path: str) -> None:
    async with visit(tmp_path / "not-built") as client:
        response = await client.get(f"/graphql/console/{path}")
    assert response.status_code == 404
