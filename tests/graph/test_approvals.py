"""Is a request answered once, by whom it may, and never below a law? Alone and many together."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bff.cases.money import audit
from tests.graph.acting import (
    CASE,
    ERRORS,
    PHOTO,
    PROOF,
    a_case,
    a_waiting_case,
    act,
    data_of,
    done,
    events,
    of,
    undone,
)
from tests.graph.conftest import Client
from tests.graph.dumps import dump
from tests.graph.shop import AGENT, INGEST, NOW, OPS, Shop, a_line, an_order

RESULTS = f"results {{ case {{ {CASE} }} {ERRORS} }}"
ABSENT = "Q2FzZTo3YzlkN2I3Mi0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDA"


async def units_held(shop: Shop, order: str) -> int:
    """How many units of the order's line cases hold."""
    (row,) = await shop.database.rows(
        "SELECT quantity_held FROM order_lines WHERE id = ?", await shop.line_key(order)
    )
    return int(row["quantity_held"])


async def test_a_merchant_says_yes_and_the_case_goes_on(shop: Shop, client: Client) -> None:
    case = await a_waiting_case(client, shop)
    assert (case["status"], case["deadlines"]) == ("REQUESTED", [{"kind": "MERCHANT_RESPONSE"}])

    merchant = await shop.merchant("shoe-house")
    approved = await done(client, merchant, "approveCase", of(case, note="Sorry!"))

    assert (approved["status"], approved["version"]) == ("APPROVED", case["version"] + 1)
    assert approved["deadlines"] == [{"kind": "CUSTOMER_SHIPMENT"}]
    assert events(approved) == ["case_requested", "case_approved"]
    assert data_of(approved, "case_approved") == {"note": "Sorry!"}
    assert await audit.verify(shop.database) == []


async def test_a_refund_without_goods_is_paid_when_it_is_approved(shop: Shop, client: Client) -> None:
    case = await a_waiting_case(client, shop, reason="NOT_RECEIVED", resolution="REFUND_ONLY")

    approved = await done(client, AGENT, "approveCase", of(case))

    assert approved["refunds"] == [{"status": "PENDING", "amount": {"amount": "100.00"}}]
    assert await audit.verify(shop.database) == []


async def test_a_refusal_says_why_and_frees_the_units(shop: Shop, client: Client) -> None:
    case = await a_waiting_case(client, shop)
    assert await units_held(shop, "W-1") == 1

    declined = await done(
        client, await shop.merchant("shoe-house"), "declineCase", of(case, reason="  It is ours ")
    )

    assert declined["status"] == "DECLINED"
    assert data_of(declined, "case_declined") == {"reason": "It is ours"}
    assert declined["lines"][0]["refundable"]["amount"] == "0.00"
    assert await units_held(shop, "W-1") == 0
    assert await audit.verify(shop.database) == []


async def test_a_claim_that_has_to_be_proven_may_be_declined_whatever_the_law_gives(
    shop: Shop, client: Client
) -> None:
    await shop.take(an_order("D-1", customer="ben", market="DE", currency="EUR"))
    case = await a_case(client, shop, "D-1", reason="COUNTERFEIT", evidence=PROOF, customer="ben")
    assert case["status"] == "REQUESTED"

    merchant = await shop.merchant("shoe-house")
    declined = await done(client, merchant, "declineCase", of(case, reason="It is ours"))

    assert declined["status"] == "DECLINED"
    ben = await shop.customer("ben")
    disputed = await done(client, ben, "openDispute", of(declined, claim="It is not", idempotencyKey="d"))
    assert disputed["timeline"]["edges"][-1]["node"]["type"] == "dispute_opened"


# Whatever was claimed, a right that needs no proof stands in the way.
AS_A_WITHDRAWAL = "UPDATE case_lines SET reason = 'CHANGE_OF_MIND'"


@pytest.mark.parametrize("who", ["merchant", "agent"])
async def test_nobody_declines_below_a_statutory_right(shop: Shop, client: Client, who: str) -> None:
    await shop.take(an_order("D-1", customer="ben", market="DE", currency="EUR"))
    case = await a_case(client, shop, "D-1", reason="COUNTERFEIT", evidence=PROOF, customer="ben")
    assert case["status"] == "REQUESTED"
    await shop.change(AS_A_WITHDRAWAL)
    viewer = AGENT if who == "agent" else await shop.merchant("shoe-house")

    before = await dump(shop.database)
    payload = await act(client, viewer, "declineCase", of(case, reason="We do not believe it"))

    (error,) = payload["userErrors"]
    assert (error["code"], error["path"], payload["case"]) == ("INELIGIBLE", [], None)
    assert "Directive (EU) 2019/771" in " ".join(str(told["citation"]) for told in error["explanations"])
    assert await dump(shop.database) == before


async def test_a_customer_takes_a_request_back(shop: Shop, client: Client) -> None:
    case = await a_waiting_case(client, shop)

    cancelled = await done(client, await shop.customer("ben"), "cancelCase", of(case, note="Found it"))

    assert (cancelled["status"], cancelled["deadlines"]) == ("CANCELLED", [])
    assert data_of(cancelled, "case_cancelled") == {"note": "Found it"}
    assert await units_held(shop, "W-1") == 0
    assert await audit.verify(shop.database) == []


async def test_whoever_has_the_money_gives_the_goods_back_and_cannot_cancel(shop: Shop, client: Client) -> None:
    await shop.take(an_order("Q-1", a_line(paid="20.00")))
    case = await a_case(client, shop, "Q-1")
    assert [refund["status"] for refund in case["refunds"]] == ["PENDING"]  # Ada's refunds are instant
    refused = await undone(client, shop, await shop.customer("ada"), "cancelCase", of(case))
    assert refused == ("INVALID_STATE", [])


async def test_evidence_is_added_at_any_version(shop: Shop, client: Client) -> None:
    case = await a_waiting_case(client, shop)
    shown = [PHOTO, {"kind": "TEXT", "text": "The stitching is wrong"}]

    ben = await shop.customer("ben")
    richer = await done(client, ben, "addEvidence", {"caseId": case["id"], "evidence": shown})

    assert [one["kind"] for one in richer["evidence"]] == [*(one["kind"] for one in PROOF), "PHOTO", "TEXT"]
    assert {one["addedBy"] for one in richer["evidence"]} == {"CUSTOMER"}
    assert data_of(richer, "evidence_added") == {"count": 2}
    assert richer["version"] == case["version"] + 1


@pytest.mark.parametrize(
    ("evidence", "path"),
    [
        ([], ["evidence"]),
        ([PHOTO] * 21, ["evidence"]),
        ([PHOTO, {"kind": "PHOTO", "url": "http://files.example/1.png"}], ["evidence", "1", "url"]),
        ([{"kind": "SERIAL_NUMBER", "url": "https://files.example/1.png"}], ["evidence", "0", "text"]),
    ],
)
async def test_what_is_no_evidence_is_not_kept(
    shop: Shop, client: Client, evidence: list[dict[str, str]], path: list[str]
) -> None:
    asked = {"caseId": await shop.case_id("C-1"), "evidence": evidence}
    refused = await undone(client, shop, await shop.customer("ada"), "addEvidence", asked)
    assert refused == ("INVALID_INPUT", path)


async def test_a_case_has_so_much_to_show_and_no_more(shop: Shop, client: Client) -> None:
    ada, case = await shop.customer("ada"), await shop.case_id("C-1")
    for place in range(5):
        asked = {"caseId": case, "evidence": [PHOTO] * 20, "idempotencyKey": f"k{place}"}
        full = await done(client, ada, "addEvidence", asked)
    assert len(full["evidence"]) == 100

    asked = {"caseId": case, "evidence": [PHOTO], "idempotencyKey": "k5"}
    refused = await undone(client, shop, ada, "addEvidence", asked)

    assert refused == ("INVALID_INPUT", ["evidence"])


MORE: dict[str, dict[str, Any]] = {
    "approveCase": {},
    "declineCase": {"reason": "No"},
    "cancelCase": {},
    "addEvidence": {"evidence": [PHOTO]},
}
THEIRS = {
    "approveCase": "merchant",
    "declineCase": "merchant",
    "cancelCase": "customer",
    "addEvidence": "customer",
}


async def viewers(shop: Shop) -> dict[str, Any]:
    """Everybody who may see the case of the shop."""
    customer, merchant = await shop.customer("ada"), await shop.merchant("shoe-house")
    return {"customer": customer, "merchant": merchant, "agent": AGENT, "ops": OPS, "ingest": INGEST}


@pytest.mark.parametrize("name", MORE)
async def test_nobody_does_what_is_not_theirs(shop: Shop, client: Client, name: str) -> None:
    asked = {"caseId": await shop.case_id("C-1")} | MORE[name]
    asked |= {} if name == "addEvidence" else {"version": 1}
    may = {THEIRS[name]} | ({"agent"} if THEIRS[name] == "merchant" else set())
    for role, viewer in (await viewers(shop)).items():
        if role not in may:
            assert await undone(client, shop, viewer, name, asked) == ("FORBIDDEN", []), role
    strangers = [await shop.customer("ben"), await shop.merchant("tea-corner")]
    for viewer in strangers:
        assert await undone(client, shop, viewer, name, asked) == ("NOT_FOUND", ["caseId"])


@pytest.mark.parametrize("name", MORE)
async def test_a_case_that_is_not_there_is_not_found(shop: Shop, client: Client, name: str) -> None:
    viewer = (await viewers(shop))[THEIRS[name]]
    for absent in (ABSENT, "x", await shop.order_id("A-1")):
        asked = {"caseId": absent} | ({} if name == "addEvidence" else {"version": 1}) | MORE[name]
        assert await undone(client, shop, viewer, name, asked) == ("NOT_FOUND", ["caseId"])


@pytest.mark.parametrize("name", ["approveCase", "declineCase", "cancelCase"])
async def test_what_was_seen_at_another_version_is_not_decided(shop: Shop, client: Client, name: str) -> None:
    viewer = (await viewers(shop))[THEIRS[name]]
    for version in (0, 2):
        asked = {"caseId": await shop.case_id("C-1"), "version": version} | MORE[name]
        assert await undone(client, shop, viewer, name, asked) == ("VERSION_CONFLICT", ["version"])


@pytest.mark.parametrize("name", MORE)
async def test_what_is_over_stays_over(shop: Shop, client: Client, name: str) -> None:
    await shop.change("UPDATE cases SET status = 'CANCELLED' WHERE number = 'C-1'")
    asked = {"caseId": await shop.case_id("C-1")} | MORE[name]
    asked |= {} if name == "addEvidence" else {"version": 1}
    assert await undone(client, shop, (await viewers(shop))[THEIRS[name]], name, asked) == ("INVALID_STATE", [])


@pytest.mark.parametrize(
    ("name", "more", "path"),
    [
        ("declineCase", {"reason": " "}, ["reason"]),
        ("declineCase", {"reason": "x" * 10_001}, ["reason"]),
        ("approveCase", {"note": "\x00"}, ["note"]),
        ("cancelCase", {"note": "x" * 10_001}, ["note"]),
        ("cancelCase", {"idempotencyKey": ""}, ["idempotencyKey"]),
    ],
)
async def test_a_text_that_is_none_is_refused(
    shop: Shop, client: Client, name: str, more: dict[str, str], path: list[str]
) -> None:
    asked = {"caseId": await shop.case_id("C-1"), "version": 1} | more
    viewer = (await viewers(shop))[THEIRS[name]]
    assert await undone(client, shop, viewer, name, asked) == ("INVALID_INPUT", path)


@pytest.mark.parametrize("name", MORE)
async def test_a_key_gives_its_first_answer_again(shop: Shop, client: Client, name: str) -> None:
    viewer = (await viewers(shop))[THEIRS[name]]
    asked = {"caseId": await shop.case_id("C-1")} | MORE[name]
    asked |= {} if name == "addEvidence" else {"version": 1}
    first = await done(client, viewer, name, asked)
    before = await dump(shop.database)
    assert await done(client, viewer, name, asked) == first
    other = asked | ({"evidence": [PHOTO, PHOTO]} if name == "addEvidence" else {"version": 2})
    assert await undone(client, shop, viewer, name, other) == ("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])
    assert await dump(shop.database) == before


async def test_of_two_answers_at_once_one_stands(shop: Shop, client: Client) -> None:
    case = await a_waiting_case(client, shop)
    merchant, ben = await shop.merchant("shoe-house"), await shop.customer("ben")
    answers = await asyncio.gather(
        act(client, merchant, "approveCase", of(case)),
        act(client, AGENT, "declineCase", of(case, reason="No")),
        act(client, ben, "cancelCase", of(case)),
        act(client, merchant, "approveCase", of(case, idempotencyKey="k2")),
    )
    refused = [error["code"] for answer in answers for error in answer["userErrors"]]
    assert refused == ["VERSION_CONFLICT"] * 3
    assert await audit.verify(shop.database) == []


# ---- the key in the header -------------------------------------------------------------------------


async def test_the_headers_key_does_where_the_inputs_is_empty(shop: Shop, client: Client) -> None:
    asked = {"caseId": await shop.case_id("C-1"), "version": 1}
    merchant = await shop.merchant("shoe-house")
    first = await done(client, merchant, "approveCase", asked | {"idempotencyKey": ""}, header="h1")
    assert await done(client, merchant, "approveCase", asked | {"idempotencyKey": "h1"}) == first
    assert await done(client, merchant, "approveCase", asked | {"idempotencyKey": "h1"}, header="h1") == first


async def test_a_header_that_differs_from_the_inputs_key_is_refused(shop: Shop, client: Client) -> None:
    asked = {"caseId": await shop.case_id("C-1"), "version": 1, "idempotencyKey": "k1"}
    merchant = await shop.merchant("shoe-house")
    for header in ("k2", ""):
        refused = await undone(client, shop, merchant, "approveCase", asked, header=header)
        assert refused == ("INVALID_INPUT", ["idempotencyKey"])


# ---- many at once ----------------------------------------------------------------------------------


async def three(client: Client, shop: Shop) -> list[Any]:
    """Three cases that wait."""
    return [await a_waiting_case(client, shop, f"W-{number}") for number in range(3)]


def these(cases: list[Any], **more: Any) -> dict[str, Any]:
    """The input that approves them."""
    return {"cases": [of(case) for case in cases]} | more


async def test_a_failure_stops_no_other(shop: Shop, client: Client) -> None:
    cases = await three(client, shop)
    cases[1] |= {"version": 7}
    cases.append({"id": ABSENT, "version": 1})
    merchant = await shop.merchant("shoe-house")

    payload = await act(client, merchant, "approveCases", these(cases), fields=RESULTS)

    assert payload["userErrors"] == []
    told = [
        (one["case"] and one["case"]["status"], [(e["code"], e["path"]) for e in one["userErrors"]])
        for one in payload["results"]
    ]
    assert told == [
        ("APPROVED", []),
        (None, [("VERSION_CONFLICT", ["cases", "1", "version"])]),
        ("APPROVED", []),
        (None, [("NOT_FOUND", ["cases", "3", "caseId"])]),
    ]
    assert await audit.verify(shop.database) == []


async def test_the_whole_call_has_one_key(shop: Shop, client: Client) -> None:
    cases = await three(client, shop)
    merchant = await shop.merchant("shoe-house")
    first = await act(client, merchant, "approveCases", these(cases), fields=RESULTS, header="k approveCases")
    before = await dump(shop.database)

    again = await act(client, merchant, "approveCases", these(cases), fields=RESULTS)
    other = await undone(client, shop, merchant, "approveCases", these(cases[:2]), fields=RESULTS)

    assert again == first
    assert [one["case"]["status"] for one in again["results"]] == ["APPROVED"] * 3
    assert other == ("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])
    assert await dump(shop.database) == before


async def test_a_call_that_broke_off_goes_on_under_its_key(shop: Shop, client: Client) -> None:
    cases = await three(client, shop)
    merchant = await shop.merchant("shoe-house")
    asked = these(cases)
    await act(client, merchant, "approveCases", asked, fields=RESULTS)
    # As if the process had died before the last case: it waits, and its own key is not there.
    await shop.change(
        "UPDATE cases SET status = 'REQUESTED', version = ? WHERE number = ?",
        *(cases[2]["version"], cases[2]["number"]),
    )
    await shop.change(
        "DELETE FROM deadlines WHERE case_id = (SELECT id FROM cases WHERE number = ?)", cases[2]["number"]
    )
    newest = "SELECT id FROM idempotency_keys ORDER BY id DESC LIMIT 1"
    await shop.change(f"DELETE FROM idempotency_keys WHERE id = ({newest})")
    payload = await act(client, merchant, "approveCases", asked, fields=RESULTS)
    assert [one["case"]["status"] for one in payload["results"]] == ["APPROVED"] * 3


@pytest.mark.parametrize(("count", "path"), [(0, ["cases"]), (101, ["cases"])])
async def test_a_list_has_one_to_a_hundred_cases(shop: Shop, client: Client, count: int, path: list[str]) -> None:
    cases = [{"caseId": f"case {number}", "version": 1} for number in range(count)]
    merchant = await shop.merchant("shoe-house")
    refused = await undone(client, shop, merchant, "approveCases", {"cases": cases}, fields=RESULTS)
    assert refused == ("INVALID_INPUT", path)


async def test_a_case_stands_in_a_list_once(shop: Shop, client: Client) -> None:
    asked = {"cases": [{"caseId": await shop.case_id("C-1"), "version": 1}] * 2}
    merchant = await shop.merchant("shoe-house")
    refused = await undone(client, shop, merchant, "approveCases", asked, fields=RESULTS)
    assert refused == ("INVALID_INPUT", ["cases", "1", "caseId"])


async def test_only_merchants_and_agents_approve_many(shop: Shop, client: Client) -> None:
    asked = {"cases": [{"caseId": await shop.case_id("C-1"), "version": 1}]}
    everybody = await viewers(shop)
    for role in ("customer", "ops", "ingest"):
        refused = await undone(client, shop, everybody[role], "approveCases", asked, fields=RESULTS)
        assert refused == ("FORBIDDEN", [])
    payload = await act(client, AGENT, "approveCases", asked, fields=RESULTS)
    assert payload["results"][0]["case"]["status"] == "APPROVED"


async def test_a_merchant_who_was_silent_too_long_cannot_decline_any_more(shop: Shop, client: Client) -> None:
    case = await a_waiting_case(client, shop)
    late, merchant = NOW + timedelta(days=10), await shop.merchant("shoe-house")
    asked = of(case, reason="Too late")

    assert await undone(client, shop, merchant, "declineCase", asked, now=late) == ("DEADLINE_PASSED", [])
    assert (await done(client, AGENT, "declineCase", asked, now=late))["status"] == "DECLINED"
