"""Was a ruling wrong? One appeal, in time; upheld, the platform bears what the ruling cost, once."""

from datetime import timedelta
from typing import Any

import pytest

from bff.cases.money import audit
from tests.graph.acting import PHOTO, a_case, act, done, events, of, undone
from tests.graph.conftest import Client
from tests.graph.disputing import (
    WHOLE,
    a_disputed_case,
    a_ruled_case,
    books,
    fail,
    pay,
    reread,
    ruled,
)
from tests.graph.shop import AGENT, NOW, Shop, an_order

GROUNDS = {"grounds": "The certificate is attached"}
ANSWER: dict[str, Any] = {"rationale": "The certificate is genuine"}


async def an_appeal(client: Client, shop: Shop, case: Any) -> Any:
    """The Shoe House contests the ruling."""
    merchant = await shop.merchant("shoe-house")
    return await done(client, merchant, "openAppeal", of(case, **GROUNDS), fields=WHOLE)


def about(case: Any, **more: Any) -> dict[str, Any]:
    """An answer to the appeal of a case."""
    return {"appealId": case["dispute"]["appeal"]["id"], "uphold": True} | ANSWER | more


async def resolved(client: Client, case: Any, **more: Any) -> Any:
    """The case after an agent's answer."""
    return await done(client, AGENT, "resolveAppeal", about(case, **more), fields=WHOLE)


async def test_a_merchant_appeals_and_an_agent_is_given_time(shop: Shop, client: Client) -> None:
    case = await a_ruled_case(client, shop)
    merchant = await shop.merchant("shoe-house")

    appealed = await done(client, merchant, "openAppeal", of(case, **GROUNDS, evidence=[PHOTO]), fields=WHOLE)

    assert appealed["version"] == case["version"] + 1
    appeal = appealed["dispute"]["appeal"]
    assert (appeal["status"], appeal["grounds"]) == ("OPEN", "The certificate is attached")
    assert (appeal["openedAt"], appeal["resolvedAt"]) == ("2026-11-20T04:00:00Z", None)
    kinds = {deadline["kind"] for deadline in appealed["deadlines"]}
    assert "RULING" in kinds
    assert "APPEAL_WINDOW" not in kinds
    assert len(appealed["evidence"]) == len(case["evidence"]) + 1
    assert events(appealed)[-1] == "appeal_opened"
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize(
    ("differing", "expected"),
    [
        ({"grounds": ""}, ("INVALID_INPUT", ["grounds"])),
        ({"evidence": [{"kind": "TEXT"}]}, ("INVALID_INPUT", ["evidence", "0", "text"])),
        ({"version": 1}, ("VERSION_CONFLICT", ["version"])),
        ({"caseId": "Q2FzZTpub25l"}, ("NOT_FOUND", ["caseId"])),
    ],
)
async def test_an_appeal_that_cannot_be_meant_changes_nothing(
    shop: Shop, client: Client, differing: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    case = await a_ruled_case(client, shop)
    asked = of(case, **GROUNDS) | differing

    assert await undone(client, shop, await shop.merchant("shoe-house"), "openAppeal", asked) == expected


async def test_only_the_merchant_of_the_case_appeals(shop: Shop, client: Client) -> None:
    case = await a_ruled_case(client, shop)
    asked = of(case, **GROUNDS)

    for viewer in (await shop.customer("ben"), AGENT):
        assert await undone(client, shop, viewer, "openAppeal", asked) == ("FORBIDDEN", [])
    other = await shop.merchant("tea-corner")
    assert await undone(client, shop, other, "openAppeal", asked) == ("NOT_FOUND", ["caseId"])


async def test_an_appeal_before_a_ruling_or_after_its_window_is_refused(shop: Shop, client: Client) -> None:
    disputed, merchant = await a_disputed_case(client, shop), await shop.merchant("shoe-house")
    early = await undone(client, shop, merchant, "openAppeal", of(disputed, **GROUNDS, idempotencyKey="early"))
    case = await ruled(client, disputed, None)
    closes = NOW.replace(month=11, day=27, hour=16)  # seven days, to the end of the last in Singapore

    late = await undone(client, shop, merchant, "openAppeal", of(case, **GROUNDS), now=closes)
    in_time = of(case, **GROUNDS, idempotencyKey="in time")

    assert early == ("INVALID_STATE", [])
    assert late == ("DEADLINE_PASSED", [])
    await done(client, merchant, "openAppeal", in_time, now=closes - timedelta(seconds=1))


async def test_a_ruling_is_contested_once(shop: Shop, client: Client) -> None:
    case = await an_appeal(client, shop, await a_ruled_case(client, shop))
    merchant = await shop.merchant("shoe-house")
    answered = await resolved(client, case, uphold=False)

    again = await undone(client, shop, merchant, "openAppeal", of(answered, **GROUNDS, idempotencyKey="again"))
    twice = await undone(client, shop, AGENT, "resolveAppeal", about(answered, idempotencyKey="twice"))

    assert again == twice == ("INVALID_STATE", [])


async def test_a_rejected_appeal_moves_nothing(shop: Shop, client: Client) -> None:
    case = await an_appeal(client, shop, await a_ruled_case(client, shop, "60.00"))
    before = await books(shop)

    answered = await resolved(client, case, uphold=False)

    appeal = answered["dispute"]["appeal"]
    assert (appeal["status"], appeal["rationale"]) == ("REJECTED", "The certificate is genuine")
    assert appeal["resolvedAt"] == "2026-11-20T04:00:00Z"
    assert answered["liability"] == {"party": "MERCHANT", "basis": "ruling", "final": True}
    assert events(answered)[-1] == "appeal_rejected"
    assert await books(shop) == before == {"MERCHANT": -6000, "CUSTOMER": 6000}


@pytest.mark.parametrize("when", ["before it is paid", "after it was paid", "while it has failed"])
async def test_upheld_the_customer_keeps_the_award_and_the_platform_bears_it(
    shop: Shop, client: Client, when: str
) -> None:
    case = await a_ruled_case(client, shop, "60.00")
    if when == "after it was paid":
        await pay(shop)
    elif when == "while it has failed":
        await fail(shop)
    appealed = await an_appeal(client, shop, await reread(client, case))

    answered = await resolved(client, appealed)

    assert answered["dispute"]["appeal"]["status"] == "UPHELD"
    assert answered["liability"] == {"party": "PLATFORM", "basis": "appeal_upheld", "final": True}
    assert events(answered)[-1] == "appeal_upheld"
    kept = {"PROVIDER": 6000} if when == "after it was paid" else {"CUSTOMER": 6000}
    assert await books(shop) == {"PLATFORM": -6000} | kept
    assert await audit.verify(shop.database) == []


async def test_an_award_that_waits_for_goods_is_the_platforms_from_the_start(shop: Shop, client: Client) -> None:
    case = await a_disputed_case(client, shop)
    moved = of(case, status="APPROVED", reason="Let them send it", idempotencyKey="approved")
    waiting = await done(client, AGENT, "overrideCase", moved, fields=WHOLE)
    less = "UPDATE case_lines SET refundable_minor = 4000 WHERE case_id = (SELECT case_id FROM disputes)"
    await shop.change(less)
    case = await ruled(client, waiting, "60.00")
    assert await books(shop) == {}

    answered = await resolved(client, await an_appeal(client, shop, case))
    moved = of(answered, status="INSPECTED", reason="It is a fake", idempotencyKey="inspected")
    await done(client, AGENT, "overrideCase", moved)

    assert await books(shop) == {"PLATFORM": -10000, "CUSTOMER": 10000}
    assert await audit.verify(shop.database) == []


async def test_upheld_the_merchant_gets_back_what_the_ruling_moved_onto_it(shop: Shop, client: Client) -> None:
    await shop.take(an_order("B-9", customer="ben"))
    ben = await shop.customer("ben")
    case = await a_case(client, shop, "B-9", customer="ben")
    await shop.change("UPDATE cases SET liable_party = 'CARRIER' WHERE number = ?", case["number"])
    moved = of(case, status="RECEIVED", reason="It is here")
    await done(client, AGENT, "overrideCase", moved)
    await pay(shop)
    at_first = await books(shop)
    disputed = await done(client, ben, "openDispute", of(await reread(client, case), claim="No"), fields=WHOLE)
    case = await ruled(client, disputed, "2.00")
    after_ruling = await books(shop)

    await resolved(client, await an_appeal(client, shop, case))

    assert at_first == {"CARRIER": -9650, "PROVIDER": 9650}
    assert after_ruling == {"MERCHANT": -10200, "CARRIER": 350, "PROVIDER": 9650, "CUSTOMER": 200}
    assert await books(shop) == {"PLATFORM": -10200, "CARRIER": 350, "PROVIDER": 9650, "CUSTOMER": 200}
    assert await audit.verify(shop.database) == []


async def test_upheld_what_the_merchant_had_refunded_by_itself_stays_its_own(shop: Shop, client: Client) -> None:
    await shop.take(an_order("B-9", customer="ben"))
    ben = await shop.customer("ben")
    case = await a_case(client, shop, "B-9", customer="ben")
    await done(client, AGENT, "overrideCase", of(case, status="RECEIVED", reason="It is here"))
    await pay(shop)
    disputed = await done(client, ben, "openDispute", of(await reread(client, case), claim="No"), fields=WHOLE)
    case = await ruled(client, disputed, "2.00")

    await resolved(client, await an_appeal(client, shop, case))

    after = await books(shop)
    assert after == {"MERCHANT": -10000, "CARRIER": 350, "PROVIDER": 9650, "CUSTOMER": 200, "PLATFORM": -200}


@pytest.mark.parametrize(
    ("differing", "expected"),
    [
        ({"rationale": " "}, ("INVALID_INPUT", ["rationale"])),
        ({"appealId": "QXBwZWFsOm5vbmU"}, ("NOT_FOUND", ["appealId"])),
    ],
)
async def test_an_answer_that_cannot_be_meant_changes_nothing(
    shop: Shop, client: Client, differing: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    case = await an_appeal(client, shop, await a_ruled_case(client, shop))

    assert await undone(client, shop, AGENT, "resolveAppeal", about(case) | differing) == expected


async def test_only_an_agent_answers_an_appeal(shop: Shop, client: Client) -> None:
    case = await an_appeal(client, shop, await a_ruled_case(client, shop))
    asked = about(case)

    for viewer in (await shop.customer("ben"), await shop.merchant("shoe-house")):
        assert await undone(client, shop, viewer, "resolveAppeal", asked) == ("FORBIDDEN", [])
    for viewer in (await shop.customer("ada"), await shop.merchant("tea-corner")):
        assert await undone(client, shop, viewer, "resolveAppeal", asked) == ("NOT_FOUND", ["appealId"])


async def test_the_same_answer_under_the_same_key_is_given_once(shop: Shop, client: Client) -> None:
    case = await an_appeal(client, shop, await a_ruled_case(client, shop, "60.00"))
    asked = about(case)

    first, second = [await act(client, AGENT, "resolveAppeal", asked, fields=WHOLE) for _ in range(2)]

    assert first == second
    assert await books(shop) == {"PLATFORM": -6000, "CUSTOMER": 6000}
