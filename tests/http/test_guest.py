"""Does a guest get in over HTTP? Anonymous in, one order out, by a token that no log has seen."""

from collections.abc import Mapping
from typing import Any

import httpx2 as httpx
import pytest
from structlog.testing import capture_logs

from bff.settings import Settings
from bff.storage.database import Database
from tests.graph.desk import document
from tests.graph.shop import fill
from tests.http.test_app import served

EMAIL = "ada@example.test"


@pytest.fixture
async def address(database_address: str) -> str:
    """A filled shop."""
    async with Database(database_address) as database:
        await fill(database)
    return database_address


async def post(
    client: httpx.AsyncClient, query: str, variables: Mapping[str, Any] | None = None, token: str | None = None
) -> Any:
    """The whole answer."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    sent = await client.post(
        "/graphql", json={"query": query, "variables": dict(variables or {})}, headers=headers
    )
    return sent.json()


async def looked_up(client: httpx.AsyncClient, number: str, email: str) -> Any:
    return await post(client, document("open_guest_session"), {"input": {"orderNumber": number, "email": email}})


async def test_a_guest_opens_one_order_with_what_they_know_of_it(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with capture_logs() as logs:
        async with served(Settings(database_url=address)) as client:
            session = (await looked_up(client, "A-2", EMAIL))["data"]["openGuestSession"]
            seen = await post(client, "{ orders { edges { node { number } } } }", token=session["token"])
    assert seen["data"] == {"orders": {"edges": [{"node": {"number": "A-2"}}]}}
    told = repr(logs) + "".join(capsys.readouterr())
    assert session["token"] not in told
    assert EMAIL not in told


async def test_the_sixth_look_up_from_one_address_is_told_when_to_come_back(address: str) -> None:
    async with served(Settings(database_url=address)) as client:
        answers = [await looked_up(client, f"X-{n}", EMAIL) for n in range(6)]
    assert ["errors" in one for one in answers] == [False] * 5 + [True]
    (error,) = answers[5]["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert 0 < error["extensions"]["retryAfter"] <= 901
    assert answers[5]["data"] is None
