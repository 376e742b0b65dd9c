"""What if everybody asks at once? One key is one effect; of many who want the last of something, one has it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from bff.cases.money import audit
from bff.viewer import Viewer
from tests.graph.acting import PROOF, a_case, a_waiting_case, act, of
from tests.graph.conftest import Client
from tests.graph.returning import booked, bought, money, received, seller
from tests.graph.shop import AGENT, Shop, a_line, an_order

MANY = 40
PAYLOAD = "case { id version status }"


async def at_once(client: Client, viewer: Viewer, name: str, asked: Sequence[dict[str, Any]]) -> list[Any]:
    """The payloads of mutations that are all sent before any is answered; none is a top-level error."""
    return await asyncio.gather(*(act(client, viewer, name, one, fields=PAYLOAD) for one in asked))


def codes(answers: Sequence[Any]) -> Counter[str]:
    """How often each code was the answer; "done" where there was none."""
    return Counter(answer["userErrors"][0]["code"] if answer["userErrors"] else "done" for answer in answers)


def keyed(asked: dict[str, Any], count: int = MANY) -> list[dict[str, Any]]:
    """The same under keys of their own."""
    return [asked | {"idempotencyKey": f"at once {number}"} for number in range(count)]


async def count(shop: Shop, table: str) -> int:
    (row,) = await shop.database.rows(f"SELECT count(*) AS n FROM {table}")
    return int(row["n"])


async def a_request(shop: Shop, order: str, quantity: int = 1, **differing: Any) -> dict[str, Any]:
    """One line of an order of Ben's is to go back."""
    line = {"orderLineId": await shop.line_id(order), "quantity": quantity, "reason": "SIZE_OR_FIT"}
    asked = {"orderId": await shop.order_id(order), "lines": [line], "resolution": "RETURN_AND_REFUND"}
    return asked | {"idempotencyKey": "r"} | differing


# ---- one key ---------------------------------------------------------------------------------------


async def test_identical_requests_are_one_case(shop: Shop, client: Client) -> None:
    await bought(shop, "L-1", quantity=3)
    before, asked = await count(shop, "cases"), await a_request(shop, "L-1", 2)

    answers = await at_once(client, await shop.customer("ben"), "requestReturn", [asked] * MANY)

    assert codes(answers) == {"done": MANY}
    assert len({str(answer) for answer in answers}) == 1
    assert await count(shop, "cases") == before + 1
    assert await audit.verify(shop.database) == []


async def test_identical_approvals_are_one_approval(shop: Shop, client: Client) -> None:
    case = await a_waiting_case(client, shop)

    answers = await at_once(client, await seller(shop), "approveCase", [of(case)] * MANY)

    assert codes(answers) == {"done": MANY}
    assert {(answer["case"]["version"], answer["case"]["status"]) for answer in answers} == {
        (case["version"] + 1, "APPROVED")
    }


async def test_identical_payments_are_one_refund(shop: Shop, client: Client) -> None:
    await bought(shop, "L-1")
    case = await booked(client, shop, "L-1")

    answers = await at_once(
        client, await seller(shop), "issueRefund", [of(case, amount=money("10.00"), idempotencyKey="pay")] * MANY
    )

    assert codes(answers) == {"done": MANY}
    assert len({str(answer) for answer in answers}) == 1
    assert await count(shop, "refunds") == 1
    assert await audit.verify(shop.database) == []


# ---- the last of something -------------------------------------------------------------------------


async def test_the_last_units_go_to_as_many_as_there_are(shop: Shop, client: Client) -> None:
    await bought(shop, "L-1", paid="10.00", quantity=3)
    asked = keyed(await a_request(shop, "L-1"))

    answers = await at_once(client, await shop.customer("ben"), "requestReturn", asked)

    assert codes(answers) == {"done": 3, "QUANTITY_EXCEEDED": MANY - 3}
    assert await audit.verify(shop.database) == []


async def test_the_last_one_on_the_shelf_goes_to_one(shop: Shop, client: Client) -> None:
    await bought(shop, "L-1", paid="4000.00", quantity=MANY)
    await shop.stock("SHOE-43", 1)
    asked = keyed(await a_request(shop, "L-1", resolution="EXCHANGE", exchangeSku="SHOE-43"))

    answers = await at_once(client, await shop.customer("ben"), "requestReturn", asked)

    assert codes(answers)["done"] == 1
    assert set(codes(answers)) <= {"done", "OUT_OF_STOCK", "INELIGIBLE"}
    assert await shop.database.rows("SELECT stock, reserved FROM variants WHERE sku = 'SHOE-43'") == [
        {"stock": 1, "reserved": 1}
    ]
    assert await audit.verify(shop.database) == []


async def test_the_last_of_a_quota_goes_to_one(shop: Shop, client: Client) -> None:
    """Three instant refunds a month: two are used up, and every quote has promised the third."""
    ada, numbers = await shop.customer("ada"), [f"Q-{number}" for number in range(MANY + 2)]
    await shop.take(*(an_order(number, a_line(paid="20.00")) for number in numbers))
    for number in numbers[:2]:
        await a_case(client, shop, number)
    asked = []
    for number in numbers[2:]:
        one = await a_request(shop, number, idempotencyKey=number)
        terms = {key: one[key] for key in ("orderId", "lines", "resolution")}
        quote = "query ($input: ReturnQuoteInput!) { returnQuote(input: $input) { token } }"
        asked.append(
            one | {"quoteToken": (await client.ask(quote, ada, {"input": terms}))["returnQuote"]["token"]}
        )

    answers = await at_once(client, ada, "requestReturn", asked)

    assert codes(answers) == {"done": 1, "QUOTA_EXHAUSTED": MANY - 1}
    (used,) = await shop.database.rows("SELECT used FROM quota_usages WHERE code = 'premium_tier.instant_refund'")
    assert used["used"] == 3
    assert await count(shop, "refunds") == 3


async def test_one_version_is_changed_by_one(shop: Shop, client: Client) -> None:
    """The merchant and the agent approve and decline, the customer cancels, each having seen the same case."""
    case = await a_waiting_case(client, shop)
    ben, merchant = await shop.customer("ben"), await seller(shop)
    moves: list[tuple[Viewer, str, dict[str, Any]]] = [
        (merchant, "approveCase", {}),
        (AGENT, "declineCase", {"reason": "No"}),
        (ben, "cancelCase", {}),
        (merchant, "proposeOffer", {"amount": money("1.00"), "keepsGoods": True}),
    ]
    asked = [(who, name, of(case, **more)) for who, name, more in moves for _ in range(MANY // len(moves))]

    answers = await asyncio.gather(
        *(
            act(client, who, name, one | {"idempotencyKey": f"k{place}"}, fields=PAYLOAD)
            for place, (who, name, one) in enumerate(asked)
        )
    )

    assert codes(answers) == {"done": 1, "VERSION_CONFLICT": MANY - 1}
    (now,) = await shop.database.rows("SELECT version FROM cases ORDER BY requested_at DESC, id DESC LIMIT 1")
    assert now["version"] == case["version"] + 1


@pytest.mark.parametrize("amount", ["100.00", "1.00"])
async def test_payments_of_one_version_are_one_payment(shop: Shop, client: Client, amount: str) -> None:
    await bought(shop, "L-1")
    case = await booked(client, shop, "L-1")

    answers = await at_once(client, await seller(shop), "issueRefund", keyed(of(case, amount=money(amount))))

    assert codes(answers) == {"done": 1, "VERSION_CONFLICT": MANY - 1}
    assert await count(shop, "refunds") == 1
    assert await audit.verify(shop.database) == []


async def test_receipts_refunds_and_scans_of_many_cases_at_once_never_cross(shop: Shop, client: Client) -> None:
    """Cases of one order share its money and its lines: nothing waits in a circle, nothing is paid twice."""
    await bought(shop, "L-1", paid="500.02", quantity=5)
    cases = [await booked(client, shop, "L-1", idempotencyKey=f"c{number}") for number in range(5)]
    merchant = await seller(shop)
    payments = [
        act(client, merchant, "issueRefund", of(case, idempotencyKey=f"{case['id']} {number}"), fields=PAYLOAD)
        for case in cases
        for number in range(4)
    ]
    receipts = [received(client, shop, case, 1) for case in cases]

    answers = await asyncio.gather(*payments, *receipts, return_exceptions=True)

    # A receipt that came too late is refused, which its helper asserts.
    assert all(isinstance(one, AssertionError | dict) for one in answers), answers
    paid = await shop.database.rows("SELECT case_id, amount_minor FROM refunds ORDER BY case_id")
    assert len(paid) == len({row["case_id"] for row in paid}) == 5
    assert sum(row["amount_minor"] for row in paid) <= 50_002
    assert await audit.verify(shop.database) == []


async def test_evidence_of_many_hands_is_all_there(shop: Shop, client: Client) -> None:
    """What needs no version is never refused for another's change."""
    case = await a_waiting_case(client, shop)
    asked = keyed({"caseId": case["id"], "evidence": PROOF[:1]}, 20)

    answers = await at_once(client, await shop.customer("ben"), "addEvidence", asked)

    assert codes(answers) == {"done": 20}
    (now,) = await shop.database.rows("SELECT version FROM cases ORDER BY requested_at DESC, id DESC LIMIT 1")
    assert now["version"] == case["version"] + 20
