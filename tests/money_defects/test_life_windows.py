"""Does a request in time stay in time, under the rules of its own day? (rows 11, 12, 16 and 17)"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import strawberry
from msgspec.structs import replace

from bff.policy.kernel import Kernel
from bff.policy.manifest import Amounts
from bff.policy.parameters import PolicySet, Record, RecordScope
from bff.storage.database import Database
from tests.graph.conftest import Client
from tests.graph.shop import AGENT, NOW, Shop, a_line, days_ago, written
from tests.money_defects.life import Life, paid, promised
from tests.money_defects.till import Till

WORDS = "userErrors { code explanations { code message } }"


# ---- the window is asked about once ---------------------------------------------------------------------


async def test_row_11_a_parcel_that_is_late_does_not_make_its_request_late(life: Life) -> None:
    # Delivered fifteen days ago, the last day in Singapore; the parcel arrives 40 days after the delivery.
    await life.sell("W-1", a_line(paid="50.00"), delivered_days_ago=15)
    case = await life.booked("W-1", reason="CHANGE_OF_MIND")
    late = NOW + timedelta(days=25)
    refused = await life.wanted("W-1", reason="CHANGE_OF_MIND")
    await life.sell("W-2", a_line(paid="50.00"), delivered_days_ago=15)

    other = await life.wanted("W-2", reason="CHANGE_OF_MIND")
    assert (await life.refused(await life.ben(), "requestReturn", other, now=late))[0] == "INELIGIBLE"
    case = await life.received(case, now=late)

    assert refused["orderId"] != other["orderId"]
    assert promised(case) == ["46.50"]
    await life.till.pay()
    assert paid(await life.again(case)) == ["46.50"]


async def test_row_11_the_window_is_measured_from_delivery_and_not_from_the_order(life: Life) -> None:
    await life.sell("W-1", a_line(paid="50.00"), placedAt=written(days_ago(90)), delivered_days_ago=14)

    assert paid(await life.back("W-1", reason="CHANGE_OF_MIND")) == ["46.50"]


async def test_row_11_the_last_moment_of_the_window_counts_and_the_next_does_not(life: Life) -> None:
    await life.sell("W-1", a_line(paid="50.00", quantity=2), delivered_days_ago=3)
    # Delivered on the 17th: the fifteenth day is the 2nd of December, which ends at 16:00 UTC in Singapore.
    closes = datetime(2026, 12, 2, 16, tzinfo=UTC)
    late = await life.wanted("W-1", reason="CHANGE_OF_MIND")

    assert (await life.refused(await life.ben(), "requestReturn", late, now=closes))[0] == "INELIGIBLE"
    in_time = await life.request("W-1", reason="CHANGE_OF_MIND", now=closes - timedelta(microseconds=1))
    assert in_time["status"] == "APPROVED"


async def test_row_11_a_defect_that_is_refuted_late_is_still_a_change_of_mind_in_time(life: Life) -> None:
    await life.sell("W-1", a_line(paid="50.00"), delivered_days_ago=14)
    case = await life.booked("W-1", reason="QUALITY_DEFECT")
    late = NOW + timedelta(days=20)
    case = await life.received(case, now=late)
    line = {"orderLineId": case["lines"][0]["orderLine"]["id"], "quantity": 1, "defectConfirmed": False}
    seen = [line | {"grade": "AS_NEW", "disposition": "RESTOCK"}]

    case = await life.do(await life.seller(), "recordInspection", case, lines=seen, now=late)

    assert promised(case) == ["46.50"]


# ---- all that fails is told -------------------------------------------------------------------------------


async def test_row_12_a_refusal_names_every_rule_that_fails(life: Life) -> None:
    wrong = {"finalSale": True, "customMade": True, "hygiene": True, "unsealed": True}
    await life.sell("W-1", a_line(attributes=wrong), delivered_days_ago=40)

    payload = await life.ask(await life.ben(), "requestReturn", await life.wanted("W-1", reason="CHANGE_OF_MIND"))

    (error,) = payload["userErrors"]
    assert (error["code"], error["path"]) == ("INELIGIBLE", ["lines", "0"])
    assert {one["code"] for one in error["explanations"]} >= {
        "no_reason_return.final_sale",
        "no_reason_return.custom_made",
        "no_reason_return.unsealed_hygiene",
        "no_reason_return.window_closed",
    }


async def test_row_12_evidence_that_lacks_is_told_all_at_once(life: Life) -> None:
    await life.sell("W-1", a_line(paid="200.00"))
    asked = await life.wanted("W-1", reason="QUALITY_DEFECT", evidence=[])

    payload = await life.ask(await life.ben(), "requestReturn", asked)

    (error,) = payload["userErrors"]
    assert (error["code"], error["path"]) == ("EVIDENCE_REQUIRED", ["evidence"])
    assert " and " in error["message"]
    assert (await life.request("W-1", reason="QUALITY_DEFECT"))["status"] in {"REQUESTED", "APPROVED"}


# ---- the rules of the day ---------------------------------------------------------------------------------

CHANGE = date(2026, 11, 25)  # five days after the tests' present, on which rules and prices change
AFTER = NOW + timedelta(days=8)
NEW_RULES = {"window_days": 1, "return_freight": Amounts.parse({"SGD": "20.00"})}


def under_new_rules(kernel: Kernel) -> Kernel:
    """The same plugins after a change that holds from the 25th: a day to think again, and 20.00 for a parcel."""
    scope = RecordScope(market="SG")
    old = [
        replace(record, valid_to=CHANGE) if (record.key, record.scope) == ("window_days", scope) else record
        for record in kernel.policy.records
    ]
    new = [
        Record(id=f"new-{key}", plugin="no_reason_return", key=key, value=value, scope=scope, valid_from=CHANGE)
        for key, value in NEW_RULES.items()
    ]
    return Kernel(
        kernel.registry, PolicySet([*old, *new], kernel.registry.manifests, segments=kernel.policy.segments)
    )


@pytest.fixture
def later(schema: strawberry.Schema, kernel: Kernel, database: Database, shop: Shop, till: Till) -> Life:
    """The same shop after its rules have changed."""
    return Life(Client(schema, under_new_rules(kernel), database), shop, till)


async def policy_of(life: Life, case: Any) -> str:
    """The digest of the rules that decided on a case."""
    (row,) = await life.shop.database.rows("SELECT policy FROM cases WHERE number = ?", case["number"])
    return str(row["policy"])


async def test_row_16_a_decision_that_is_made_again_is_made_by_the_rules_of_the_requests_day(
    life: Life, later: Life, kernel: Kernel
) -> None:
    await life.sell("W-1", a_line(paid="100.00", quantity=2))
    case = await life.booked("W-1", reason="QUALITY_DEFECT")
    case = await later.received(case, now=AFTER)
    line = {"orderLineId": case["lines"][0]["orderLine"]["id"], "quantity": 1, "defectConfirmed": False}
    seen = [line | {"grade": "AS_NEW", "disposition": "RESTOCK"}]

    case = await later.do(await later.seller(), "recordInspection", case, lines=seen, now=AFTER)

    assert promised(case) == ["46.50"]  # 3.50 for the parcel, as on the day of the request
    assert await policy_of(life, case) == kernel.policy.digest
    new = await later.request("W-1", reason="CHANGE_OF_MIND", now=AFTER)
    assert new["lines"][0]["refundable"] == {"amount": "30.00"}  # 20.00, for it was asked for after the change
    assert await policy_of(life, new) != kernel.policy.digest


async def test_row_16_what_was_agreed_is_paid_whatever_the_rules_say_later(life: Life, later: Life) -> None:
    await life.sell("W-1", a_line(paid="50.00"))
    case = await later.received(await life.booked("W-1", reason="CHANGE_OF_MIND"), now=AFTER)

    assert promised(case) == ["46.50"]


async def test_row_16_the_window_is_that_of_the_day_of_the_purchase(life: Life, later: Life) -> None:
    await life.sell("W-1", a_line(paid="50.00"))
    placed = {"placedAt": "2026-11-25T04:00:00Z", "deliveredAt": "2026-11-26T04:00:00Z"}
    await later.sell("W-2", a_line(paid="50.00"), **placed)

    assert (await later.request("W-1", reason="CHANGE_OF_MIND", now=AFTER))["status"] == "APPROVED"
    asked = await later.wanted("W-2", reason="CHANGE_OF_MIND")
    assert (await later.refused(await later.ben(), "requestReturn", asked, now=AFTER))[0] == "INELIGIBLE"


# ---- why not ----------------------------------------------------------------------------------------------


async def test_row_17_a_merchant_says_why_in_words_and_the_customer_reads_them(life: Life) -> None:
    await life.sell("W-1", a_line(paid="50.00"))
    case = await life.request("W-1", reason="COUNTERFEIT")
    seller, words = await life.seller(), "Serial number 4711 is genuine: 序列号为真 — see the maker's page."
    asked = {"caseId": case["id"], "version": case["version"]}
    for silent in ("", "  ", "x" * 10_001):
        refused = await life.refused(seller, "declineCase", asked | {"reason": silent})
        assert refused == ("INVALID_INPUT", ["reason"])

    await life.do(seller, "declineCase", case, reason=words)

    document = "query ($id: ID!) { case(id: $id) { timeline { edges { node { type data } } } } }"
    seen = (await life.client.ask(document, await life.ben(), {"id": case["id"]}))["case"]["timeline"]["edges"]
    assert [edge["node"]["data"]["reason"] for edge in seen if edge["node"]["type"] == "case_declined"] == [words]


GROUNDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no_reason_return.custom_made": ({"attributes": {"customMade": True}}, {}),
    "no_reason_return.perishable": ({"attributes": {"perishable": True}}, {}),
    "no_reason_return.final_sale": ({"attributes": {"finalSale": True}}, {}),
    "no_reason_return.window_closed": ({}, {"delivered_days_ago": 90}),
    "no_reason_return.not_delivered": ({}, {"delivered_days_ago": None}),
}


async def test_row_17_five_grounds_are_five_codes_each_with_its_own_words(life: Life) -> None:
    told = {}
    for place, (code, (line, order)) in enumerate(GROUNDS.items()):
        await life.sell(f"W-{place}", a_line(**line), **order)
        asked = await life.wanted(f"W-{place}", reason="CHANGE_OF_MIND")
        document = f"mutation ($input: RequestReturnInput!) {{ requestReturn(input: $input) {{ {WORDS} }} }}"
        given = {"input": asked | {"idempotencyKey": code}}
        payload = await life.client.ask(document, await life.ben(), given)
        (error,) = payload["requestReturn"]["userErrors"]
        told[code] = next(one["message"] for one in error["explanations"] if one["code"] == code)

    assert len(set(told.values())) == 5
    assert all(len(words) > 10 for words in told.values())


async def test_row_17_a_refusal_below_a_right_says_the_rules_words(life: Life) -> None:
    german = {"market": "DE", "currency": "EUR"}
    await life.sell("W-1", a_line(paid="50.00"), **german)
    case = await life.request("W-1", reason="CHANGE_OF_MIND")
    case = await life.do(AGENT, "overrideCase", case, status="REQUESTED", reason="Look again")

    asked = {"caseId": case["id"], "version": case["version"], "reason": "No"}
    payload = await life.ask(await life.seller(), "declineCase", asked)

    (error,) = payload["userErrors"]
    assert (error["code"], payload["case"]) == ("INELIGIBLE", None)
    assert any(one["citation"] for one in error["explanations"])
