"""Who is right, and what follows? Claims in time, once; rulings with and without money, exact to the cent."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bff.cases.money import audit
from tests.graph.acting import PHOTO, PROOF, a_case, act, data_of, done, events, of, undone
from tests.graph.conftest import Client
from tests.graph.disputing import (
    WHOLE,
    a_declined_case,
    a_disputed_case,
    a_ruled_case,
    books,
    held,
    pay,
    reread,
    ruled,
)
from tests.graph.shop import AGENT, INGEST, NOW, OPS, Shop, a_line, an_order

CLAIM = {"claim": "It is a fake"}
RULING: dict[str, Any] = {"liableParty": "MERCHANT", "rationale": "The seal is missing"}


def sgd(amount: str) -> dict[str, str]:
    """An amount as inputs take it."""
    return {"amount": amount, "currency": "SGD"}


# ---- the claim -------------------------------------------------------------------------------------


async def test_a_customer_disputes_a_refusal_and_an_agent_is_given_time_to_rule(
    shop: Shop, client: Client
) -> None:
    case = await a_declined_case(client, shop)
    ben = await shop.customer("ben")

    disputed = await done(client, ben, "openDispute", of(case, **CLAIM, evidence=[PHOTO]), fields=WHOLE)

    assert disputed["version"] == case["version"] + 1
    assert disputed["status"] == "DECLINED"
    assert disputed["dispute"]["status"] == "OPEN"
    assert disputed["dispute"]["claim"] == "It is a fake"
    assert disputed["dispute"]["openedAt"] == "2026-11-20T04:00:00Z"
    assert disputed["dispute"]["ruling"] is disputed["dispute"]["appeal"] is None
    assert [deadline["kind"] for deadline in disputed["deadlines"]] == ["RULING"]
    assert len(disputed["evidence"]) == len(case["evidence"]) + 1
    assert events(disputed)[-1] == "dispute_opened"
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize(
    ("differing", "expected"),
    [
        ({"claim": " "}, ("INVALID_INPUT", ["claim"])),
        ({"claim": "c" * 10_001}, ("INVALID_INPUT", ["claim"])),
        ({"evidence": [{"kind": "PHOTO"}]}, ("INVALID_INPUT", ["evidence", "0", "url"])),
        ({"caseId": "Q2FzZTpub25l"}, ("NOT_FOUND", ["caseId"])),
        ({"version": 1}, ("VERSION_CONFLICT", ["version"])),
        ({"idempotencyKey": ""}, ("INVALID_INPUT", ["idempotencyKey"])),
    ],
)
async def test_a_claim_that_cannot_be_meant_changes_nothing(
    shop: Shop, client: Client, differing: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    case = await a_declined_case(client, shop)
    asked = of(case, **CLAIM) | differing

    assert await undone(client, shop, await shop.customer("ben"), "openDispute", asked) == expected


async def test_only_the_customer_of_the_case_disputes_it(shop: Shop, client: Client) -> None:
    case = await a_declined_case(client, shop)
    asked = of(case, **CLAIM)
    refused = {
        "ada": await shop.customer("ada"),
        "tea": await shop.merchant("tea-corner"),
        "shoes": await shop.merchant("shoe-house"),
        "agent": AGENT,
        "ops": OPS,
        "ingest": INGEST,
    }

    codes = {who: await undone(client, shop, viewer, "openDispute", asked) for who, viewer in refused.items()}

    absent: tuple[str, list[str]] = ("NOT_FOUND", ["caseId"])
    forbidden: tuple[str, list[str]] = ("FORBIDDEN", [])
    assert codes == {
        "ada": absent,
        "tea": absent,
        "shoes": forbidden,
        "agent": forbidden,
        "ops": forbidden,
        "ingest": forbidden,
    }


async def test_the_claim_may_be_the_longest_that_fits(shop: Shop, client: Client) -> None:
    case = await a_declined_case(client, shop)
    asked = of(case, claim="c" * 10_000)

    await done(client, await shop.customer("ben"), "openDispute", asked)


async def test_a_dispute_after_its_window_is_too_late(shop: Shop, client: Client) -> None:
    case, ben = await a_declined_case(client, shop), await shop.customer("ben")
    # Fifteen days after the refusal of the 20th, in Singapore: the 5th of December ends at 16:00 UTC.
    closes = NOW.replace(month=12, day=5, hour=16)

    late = await undone(client, shop, ben, "openDispute", of(case, **CLAIM), now=closes)
    in_time = of(case, **CLAIM, idempotencyKey="in time")

    assert late == ("DEADLINE_PASSED", [])
    await done(client, ben, "openDispute", in_time, now=closes - timedelta(seconds=1))


async def test_a_case_that_waits_is_not_disputed_nor_one_twice(shop: Shop, client: Client) -> None:
    ben = await shop.customer("ben")
    await shop.take(an_order("B-9", customer="ben"))
    waiting = await a_case(client, shop, "B-9", customer="ben")
    case = await a_disputed_case(client, shop)

    too_early = of(waiting, **CLAIM, idempotencyKey="early")
    again = of(case, claim="Again", idempotencyKey="again")

    assert await undone(client, shop, ben, "openDispute", too_early) == ("INVALID_STATE", [])
    assert await undone(client, shop, ben, "openDispute", again) == ("INVALID_STATE", [])


async def test_the_same_claim_under_the_same_key_is_made_once(shop: Shop, client: Client) -> None:
    case, ben = await a_declined_case(client, shop), await shop.customer("ben")
    asked = of(case, **CLAIM)

    first, second = [await act(client, ben, "openDispute", asked, fields=WHOLE) for _ in range(2)]
    other = await act(client, ben, "openDispute", asked | {"claim": "Else"})

    assert first == second
    assert [error["code"] for error in other["userErrors"]] == ["IDEMPOTENCY_CONFLICT"]


async def test_a_withdrawn_dispute_is_over_for_good(shop: Shop, client: Client) -> None:
    case, ben = await a_disputed_case(client, shop), await shop.customer("ben")

    withdrawn = await done(client, ben, "withdrawDispute", of(case, note="Found the seal"), fields=WHOLE)
    ruling = await undone(client, shop, AGENT, "ruleDispute", of(withdrawn, **RULING))
    anew = await undone(client, shop, ben, "openDispute", of(withdrawn, **CLAIM, idempotencyKey="anew"))

    assert withdrawn["dispute"]["status"] == "WITHDRAWN"
    assert withdrawn["deadlines"] == []
    assert data_of(withdrawn, "dispute_withdrawn") == {"note": "Found the seal"}
    assert ruling == anew == ("INVALID_STATE", [])


async def test_only_an_open_dispute_is_withdrawn_and_only_by_its_customer(shop: Shop, client: Client) -> None:
    declined = await a_declined_case(client, shop)
    ben, merchant = await shop.customer("ben"), await shop.merchant("shoe-house")

    none_there = await undone(client, shop, ben, "withdrawDispute", of(declined, idempotencyKey="none"))
    disputed = await done(client, ben, "openDispute", of(declined, **CLAIM))

    assert none_there == ("INVALID_STATE", [])
    assert await undone(client, shop, merchant, "withdrawDispute", of(disputed)) == ("FORBIDDEN", [])
    stale = of(disputed) | {"version": disputed["version"] - 1, "idempotencyKey": "stale"}
    assert await undone(client, shop, ben, "withdrawDispute", stale) == ("VERSION_CONFLICT", ["version"])


# ---- the ruling ------------------------------------------------------------------------------------


async def test_a_ruling_without_money_settles_who_is_liable_and_nothing_else(shop: Shop, client: Client) -> None:
    case = await a_disputed_case(client, shop)

    decided = await ruled(client, case, "0.00", liableParty="CUSTOMER")

    assert decided["status"] == "DECLINED"
    assert decided["dispute"]["status"] == "RULED"
    assert decided["dispute"]["ruling"] == {
        "liableParty": "CUSTOMER",
        "refund": None,
        "rationale": "The seal is missing",
        "ruledAt": "2026-11-20T04:00:00Z",
    }
    assert decided["liability"] == {"party": "CUSTOMER", "basis": "ruling", "final": True}
    assert decided["refunds"] == []
    assert [deadline["kind"] for deadline in decided["deadlines"]] == ["APPEAL_WINDOW"]
    assert data_of(decided, "dispute_ruled") == {"party": "CUSTOMER"}
    assert await held(shop, "W-1") == 0
    assert await books(shop) == {}
    assert await audit.verify(shop.database) == []


async def test_an_award_opens_a_declined_case_and_pays_without_goods(shop: Shop, client: Client) -> None:
    decided = await a_ruled_case(client, shop, "60.00")
    promised = await books(shop)
    await pay(shop)
    paid = await reread(client, decided)

    assert decided["status"] == "APPROVED"
    assert decided["dispute"]["ruling"]["refund"] == sgd("60.00")
    assert decided["lines"][0]["refundable"]["amount"] == "60.00"
    assert decided["refunds"] == [{"status": "PENDING", "amount": {"amount": "60.00"}}]
    assert await held(shop, "W-1") == 1
    assert promised == {"MERCHANT": -6000, "CUSTOMER": 6000}
    assert paid["status"] == "COMPLETED"
    assert paid["lines"][0]["refunded"]["amount"] == "60.00"
    assert data_of(paid, "dispute_ruled") == {"party": "MERCHANT", "amount": 6000, "currency": "SGD"}
    assert await books(shop) == {"MERCHANT": -6000, "PROVIDER": 6000}
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize("party", ["MERCHANT", "CARRIER", "PLATFORM"])
async def test_an_award_is_of_the_money_of_whom_the_ruling_names(shop: Shop, client: Client, party: str) -> None:
    await a_ruled_case(client, shop, "60.00", liableParty=party)

    assert await books(shop) == {party: -6000, "CUSTOMER": 6000}
    assert await audit.verify(shop.database) == []


@pytest.mark.parametrize(
    ("differing", "expected"),
    [
        ({"rationale": ""}, ("INVALID_INPUT", ["rationale"])),
        ({"liableParty": "UNDETERMINED"}, ("INVALID_INPUT", ["liableParty"])),
        ({"refund": sgd("-1.00")}, ("INVALID_INPUT", ["refund", "amount"])),
        ({"refund": sgd("1.001")}, ("INVALID_INPUT", ["refund", "amount"])),
        ({"refund": {"amount": "1.00", "currency": "USD"}}, ("INVALID_INPUT", ["refund", "currency"])),
        ({"refund": sgd("100.01")}, ("AMOUNT_EXCEEDED", ["refund", "amount"])),
        ({"version": 1}, ("VERSION_CONFLICT", ["version"])),
        ({"caseId": "Q2FzZTpub25l"}, ("NOT_FOUND", ["caseId"])),
    ],
)
async def test_a_ruling_that_cannot_be_meant_changes_nothing(
    shop: Shop, client: Client, differing: dict[str, Any], expected: tuple[str, list[str]]
) -> None:
    case = await a_disputed_case(client, shop)

    assert await undone(client, shop, AGENT, "ruleDispute", of(case, **RULING) | differing) == expected


@pytest.mark.parametrize("refund", [None, sgd("1.00")])
async def test_only_an_agent_rules(shop: Shop, client: Client, refund: Any) -> None:
    case = await a_disputed_case(client, shop)
    asked = of(case, **RULING, refund=refund)

    assert await undone(client, shop, await shop.customer("ben"), "ruleDispute", asked) == ("FORBIDDEN", [])
    merchant = await shop.merchant("shoe-house")
    assert await undone(client, shop, merchant, "ruleDispute", asked) == ("FORBIDDEN", [])
    assert await undone(client, shop, await shop.customer("ada"), "ruleDispute", asked) == (
        "NOT_FOUND",
        ["caseId"],
    )


async def test_an_award_needs_the_units_that_the_refusal_freed(shop: Shop, client: Client) -> None:
    case = await a_disputed_case(client, shop)
    await a_case(client, shop, "W-1", customer="ben", idempotencyKey="meanwhile")

    refused = await undone(client, shop, AGENT, "ruleDispute", of(case, **RULING, refund=sgd("1.00")))

    assert refused == ("QUANTITY_EXCEEDED", ["refund"])
    decided = await ruled(client, case, None, idempotencyKey="without money")
    assert decided["status"] == "DECLINED"


async def test_of_two_rulings_at_once_one_is_made(shop: Shop, client: Client) -> None:
    case = await a_disputed_case(client, shop)
    asked = [of(case, **RULING, refund=sgd("40.00"), idempotencyKey=key) for key in ("first", "second")]

    answers = await asyncio.gather(*(act(client, AGENT, "ruleDispute", one) for one in asked))

    codes = sorted(error["code"] for answer in answers for error in answer["userErrors"])
    assert codes == ["VERSION_CONFLICT"]
    assert await books(shop) == {"MERCHANT": -4000, "CUSTOMER": 4000}
    assert await audit.verify(shop.database) == []


async def test_an_award_is_paid_beside_what_a_completed_case_has_refunded(shop: Shop, client: Client) -> None:
    case, ben = await a_completed_case(client, shop), await shop.customer("ben")
    disputed = await done(client, ben, "openDispute", of(case, **CLAIM), fields=WHOLE)

    decided = await ruled(client, disputed, "3.50", liableParty="CARRIER")
    promised = await books(shop)
    await pay(shop)

    assert decided["status"] == "COMPLETED"
    assert [refund["amount"]["amount"] for refund in decided["refunds"]] == ["96.50", "3.50"]
    # The carrier takes over the 100.00 that the merchant had borne, and bears the award; it keeps the freight.
    assert promised == {"CARRIER": -10000, "CUSTOMER": 350, "PROVIDER": 9650}
    assert await books(shop) == {"CARRIER": -10000, "PROVIDER": 10000}
    assert await audit.verify(shop.database) == []
    too_much = of(await reread(client, decided), **RULING, refund=sgd("0.01"), idempotencyKey="more")
    assert await undone(client, shop, AGENT, "ruleDispute", too_much) == ("INVALID_STATE", [])


async def test_nothing_is_awarded_beyond_what_was_paid_for_the_units(shop: Shop, client: Client) -> None:
    case, ben = await a_completed_case(client, shop), await shop.customer("ben")
    disputed = await done(client, ben, "openDispute", of(case, **CLAIM), fields=WHOLE)

    refused = await undone(client, shop, AGENT, "ruleDispute", of(disputed, **RULING, refund=sgd("3.51")))

    assert refused == ("AMOUNT_EXCEEDED", ["refund", "amount"])


async def test_an_award_is_spread_by_what_is_left_for_each_line(shop: Shop, client: Client) -> None:
    await shop.take(
        an_order("B-3", a_line("1", paid="100.00"), a_line("2", paid="50.00", sku="SHOE-44"), customer="ben")
    )
    lines = [
        {"orderLineId": await shop.line_id("B-3", line), "quantity": 1, "reason": "COUNTERFEIT"} for line in "12"
    ]
    waiting = await a_case(client, shop, "B-3", lines=lines, evidence=PROOF, customer="ben")
    case = await a_disputed_case(client, shop, case=waiting)

    decided = await ruled(client, case, "10.00")

    amounts = sorted(line["refundable"]["amount"] for line in decided["lines"])
    assert amounts == ["3.33", "6.67"]
    assert await audit.verify(shop.database) == []


async def a_completed_case(client: Client, shop: Shop) -> Any:
    """Ben's shoes went back; he was refunded 96.50 of 100.00, less the freight that he bears."""
    await shop.take(an_order("B-9", customer="ben"))
    case = await a_case(client, shop, "B-9", customer="ben")
    asked = of(case, status="RECEIVED", reason="They are here", idempotencyKey="received")
    await done(client, AGENT, "overrideCase", asked)
    await pay(shop)
    completed = await reread(client, case)
    assert completed["status"] == "COMPLETED"
    assert await books(shop) == {"MERCHANT": -10000, "CARRIER": 350, "PROVIDER": 9650}
    return completed


async def test_an_award_after_a_claim_back_gives_the_claim_up_first(shop: Shop, client: Client) -> None:
    ada = await shop.customer("ada")
    case = await a_case(client, shop)  # the premium customer has the money at once
    await pay(shop)
    expired = await done(
        client, AGENT, "overrideCase", of(await reread(client, case), status="EXPIRED", reason="Never sent")
    )
    claimed = await books(shop)
    disputed = await done(client, ada, "openDispute", of(expired, **CLAIM), fields=WHOLE)

    decided = await ruled(client, disputed, "40.00")

    assert claimed == {"PROVIDER": 10000, "CUSTOMER": -10000}
    assert decided["status"] == "COMPLETED"
    assert [refund["amount"]["amount"] for refund in decided["refunds"]] == ["100.00"]
    assert data_of(decided, "claw_back_reversed") == {"amount": 4000, "currency": "SGD"}
    assert await books(shop) == {"PROVIDER": 10000, "CUSTOMER": -6000, "MERCHANT": -4000}
    assert await audit.verify(shop.database) == []
