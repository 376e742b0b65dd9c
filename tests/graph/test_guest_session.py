"""Who gets in without an account? Whoever knows an order's number and e-mail address, into that order alone."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from bff.resolvers.guest import NO_SUCH_ORDER
from bff.storage.database import Database
from bff.tokens import Keyring, viewer_of
from bff.viewer import Viewer
from bff.vocabulary import Role
from tests.graph.conftest import KEY, ROOT, Client
from tests.graph.shop import Shop

OPEN = (ROOT / "tests" / "operations" / "open_guest_session.graphql").read_text(encoding="utf-8")
NOT_FOUND = {
    "token": None,
    "expiresAt": None,
    "userErrors": [{"code": "NOT_FOUND", "message": NO_SUCH_ORDER, "path": []}],
}
KEYRING = Keyring((KEY.decode(),))


async def opened(client: Client, number: str, email: str, address: str = "192.0.2.1") -> dict[str, Any]:
    asked = {"input": {"orderNumber": number, "email": email}}
    found: dict[str, Any] = (await client.ask(OPEN, None, asked, address=address))["openGuestSession"]
    return found


async def wait(client: Client, number: str, address: str) -> int | None:
    """How long the guest is told to wait; None when the look-up was answered."""
    asked = {"input": {"orderNumber": number, "email": "nobody@example.test"}}
    result = await client.run(OPEN, None, asked, address=address)
    if not result.errors:
        return None
    extensions = result.errors[0].extensions or {}
    assert extensions["code"] == "RATE_LIMITED"
    assert result.data is None
    assert isinstance(extensions["retryAfter"], int)
    return extensions["retryAfter"]


async def test_a_guest_gets_the_customers_token_for_that_order_and_a_quarter_of_an_hour(
    client: Client, shop: Shop
) -> None:
    before = int(time.time())
    session = await opened(client, " A-1 ", " ADA@Example.Test ")
    ada = await shop.customer("ada")
    viewer = viewer_of(KEYRING, session["token"])
    assert viewer == Viewer(
        Role.CUSTOMER, str(ada.customer_id), ada.customer_id, order_id=await shop.key("orders", "number", "A-1")
    )
    ends = datetime.fromisoformat(session["expiresAt"])
    assert before + 900 <= ends.timestamp() <= time.time() + 900
    assert ends.tzinfo == UTC
    assert session["userErrors"] == []


@pytest.mark.parametrize(
    ("number", "email"),
    [
        ("A-1", "ben@example.test"),
        ("A-1", "ada@example.tes"),
        ("A-1", ""),
        ("A-9", "ada@example.test"),
        ("a-1", "ada@example.test"),
        ("A-%", "ada@example.test"),
        ("", "ada@example.test"),
        ("A-1\0", "ada@example.test"),
        ("A-1", "ada@example.test\0"),
    ],
)
async def test_a_wrong_address_and_an_absent_order_look_and_cost_the_same(
    client: Client, shop: Shop, number: str, email: str
) -> None:
    assert await opened(client, number, email) == NOT_FOUND
    assert client.statements == 1
    assert (await opened(client, "A-1", "ada@example.test"))["token"]
    assert client.statements == 1
    del shop


async def test_an_order_without_an_address_lets_nobody_in(client: Client, shop: Shop) -> None:
    await shop.change("UPDATE customers SET email = NULL WHERE external_id = 'ada'")
    assert await opened(client, "A-1", "") == NOT_FOUND
    await shop.change("UPDATE customers SET email = '' WHERE external_id = 'ada'")
    assert await opened(client, "A-1", "") == NOT_FOUND


async def test_an_address_of_other_letters_is_compared_without_their_case(client: Client, shop: Shop) -> None:
    await shop.change("UPDATE customers SET email = 'JÖRG@straße.test' WHERE external_id = 'ada'")
    assert (await opened(client, "A-1", "jörg@STRASSE.test"))["token"]
    assert await opened(client, "A-1", "jorg@strasse.test") == NOT_FOUND


async def test_the_sixth_look_up_of_an_order_waits_wherever_it_comes_from(client: Client, shop: Shop) -> None:
    waits = [await wait(client, "A-1", f"192.0.2.{n}") for n in range(6)]
    assert waits[:5] == [None] * 5
    assert 0 < (waits[5] or 0) <= 900
    assert (await opened(client, "A-2", "ada@example.test", "192.0.2.9"))["token"]
    del shop


async def test_the_sixth_look_up_from_an_address_waits_and_locks_no_order(client: Client, shop: Shop) -> None:
    waits = [await wait(client, f"X-{n}", "192.0.2.1") for n in range(5)]
    blocked = [await wait(client, "A-1", "192.0.2.1") for _ in range(9)]
    assert waits == [None] * 5
    assert all(0 < (seconds or 0) <= 900 for seconds in blocked)
    assert (await opened(client, "A-1", "ada@example.test", "192.0.2.2"))["token"]
    del shop


async def test_a_wait_reads_nothing(client: Client, shop: Shop) -> None:
    for _ in range(5):
        await wait(client, "A-1", "192.0.2.1")
    assert await wait(client, "A-1", "192.0.2.1")
    assert client.statements == 0
    del shop


async def test_right_answers_count_as_well(client: Client, shop: Shop) -> None:
    for _ in range(5):
        assert (await opened(client, "A-1", "ada@example.test"))["token"]
    assert await wait(client, "A-1", "192.0.2.2")
    del shop


async def test_nothing_is_written(client: Client, shop: Shop, database: Database) -> None:
    await opened(client, "A-1", "ada@example.test")
    assert await database.rows("SELECT 1 FROM idempotency_keys") == []
    assert await database.rows("SELECT 1 FROM outbox") == []
    del shop
