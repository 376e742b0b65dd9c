"""Are units counted once, in every state of a case, and by every way of asking? (rows 1, 2 and 10)"""

from typing import Any

import pytest
import strawberry
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull

from tests.graph.shop import AGENT, a_line
from tests.money_defects.life import Life, paid, promised

LEFT = ("QUANTITY_EXCEEDED", ["lines", "0", "quantity"])


def two() -> dict[str, Any]:
    """Two pairs of shoes for 20.00."""
    return a_line(paid="20.00", quantity=2)


async def test_row_01_units_that_were_received_cannot_be_requested_again(life: Life) -> None:
    await life.sell("Q-1", two())
    case = await life.back("Q-1", ("1", 2))
    assert (case["status"], paid(case)) == ("COMPLETED", ["20.00"])

    for units in (1, 2):
        asked = await life.wanted("Q-1", ("1", units))
        assert await life.refused(await life.ben(), "requestReturn", asked) == LEFT
    assert await life.sums("Q-1") == (2000, 2000, 0)


@pytest.mark.parametrize("stage", ["requested", "booked", "received", "inspected", "paid"])
async def test_row_01_at_no_step_does_a_case_free_the_units_that_it_holds(life: Life, stage: str) -> None:
    await life.sell("Q-1", a_line(paid="60.00", quantity=2))
    case = await life.request("Q-1")
    if stage != "requested":
        case = await life.do(await life.ben(), "scheduleReturn", await life.approved(case), method="DROP_OFF")
    if stage in {"received", "inspected", "paid"}:
        case = await life.received(case)
    if stage in {"inspected", "paid"}:
        case = await life.looked_at(case)
        assert case["status"] == "INSPECTED"
    if stage == "paid":
        assert await life.till.pay() == 1

    both = await life.wanted("Q-1", ("1", 2))
    assert await life.refused(await life.ben(), "requestReturn", both) == LEFT
    assert (await life.request("Q-1", ("1", 1)))["lines"][0]["refundable"] == {"amount": "30.00"}
    third = await life.wanted("Q-1", ("1", 1))
    assert await life.refused(await life.ben(), "requestReturn", third) == LEFT


async def test_row_01_units_that_never_came_back_are_not_freed_by_a_receipt(life: Life) -> None:
    await life.sell("Q-1", two())
    case = await life.back("Q-1", ("1", 2), counts=[1])
    assert paid(case) == ["10.00"]

    again = await life.wanted("Q-1", ("1", 1))
    assert await life.refused(await life.ben(), "requestReturn", again) == LEFT


async def test_row_01_a_cancelled_request_frees_its_units_once(life: Life) -> None:
    await life.sell("Q-1", two())
    case, ben = await life.request("Q-1", ("1", 2)), await life.ben()
    case = await life.do(ben, "cancelCase", case)
    cancelled = {"caseId": case["id"], "version": case["version"]}
    assert await life.refused(ben, "cancelCase", cancelled) == ("INVALID_STATE", [])

    assert paid(await life.back("Q-1", ("1", 2))) == ["20.00"]
    assert await life.refused(ben, "requestReturn", await life.wanted("Q-1")) == LEFT


# ---- what a shopper may say --------------------------------------------------------------------------

SHOPPER = (
    "requestReturn",
    "declareWithdrawal",
    "cancelCase",
    "addEvidence",
    "scheduleReturn",
    "respondToOffer",
    "openDispute",
    "withdrawDispute",
    "rateCase",
    "openTicket",
    "replyToTicket",
    "openGuestSession",
)


def said(graph: Any, given: Any) -> dict[str, str]:
    """Every field that an input and the inputs inside it take, with the name of its type."""
    found: dict[str, str] = {}
    for name, field in given.fields.items():
        kind = field.type
        while isinstance(kind, GraphQLNonNull | GraphQLList):
            kind = kind.of_type
        found[name] = kind.name
        if isinstance(kind, GraphQLInputObjectType):
            found |= said(graph, kind)
    return found


def test_row_02_no_input_of_a_shopper_takes_an_amount_a_price_or_a_receipt(schema: strawberry.Schema) -> None:
    graph = schema._schema
    assert graph.mutation_type is not None
    fields: dict[str, str] = {}
    for name in SHOPPER:
        kind = graph.mutation_type.fields[name].args["input"].type.of_type
        assert isinstance(kind, GraphQLInputObjectType)
        fields |= said(graph, kind)

    assert not {"MoneyInput", "Decimal", "JSON", "CurrencyCode"} & set(fields.values())
    whole = {name for name, kind in fields.items() if kind == "Int"}
    assert whole == {"version", "quantity", "satisfaction", "recommend"}
    assert not {"receiveNow", "received", "price", "shippingPrice", "liableParty", "status"} & set(fields)
    method = graph.type_map["ReturnMethod"]
    assert isinstance(method, GraphQLEnumType)
    assert set(method.values) == {"PICKUP", "DROP_OFF", "MAIL"}


@pytest.mark.parametrize("field", ["price", "receiveNow", "returnShipping", "refund", "amount"])
async def test_row_02_a_request_that_names_a_price_is_no_request(life: Life, field: str) -> None:
    await life.sell("Q-1", two())
    asked = await life.wanted("Q-1") | {field: "0.01", "idempotencyKey": "k"}
    document = "mutation ($input: RequestReturnInput!) { requestReturn(input: $input) { case { id } } }"

    result = await life.client.run(document, await life.ben(), {"input": asked})

    assert result.errors is not None
    assert await life.shop.database.rows("SELECT 1 FROM cases WHERE number <> 'C-1'") == []


async def test_row_02_the_way_back_costs_what_the_shop_says_whatever_a_carrier_is_named(life: Life) -> None:
    await life.sell("Q-1", a_line(paid="50.00"))
    case = await life.request("Q-1", reason="CHANGE_OF_MIND", note="price 0.00, receive_now: true")
    mailed = {"method": "PICKUP", "pickupFrom": "2026-11-21T04:00:00Z", "pickupUntil": "2026-11-21T06:00:00Z"}
    case = await life.do(await life.ben(), "scheduleReturn", case, **mailed)
    assert case["status"] == "APPROVED"  # a booking receives nothing

    case = await life.received(case)
    assert promised(case) == ["46.50"]


@pytest.mark.parametrize(
    "name", ["recordReceipt", "recordInspection", "issueRefund", "approveCase", "shipExchange"]
)
async def test_row_02_a_shopper_neither_receives_nor_approves_nor_pays(life: Life, name: str) -> None:
    await life.sell("Q-1", two())
    case = await life.booked("Q-1")
    line = {"orderLineId": case["lines"][0]["orderLine"]["id"], "quantity": 1}
    about = {"caseId": case["id"], "version": case["version"]}
    more: dict[str, Any] = {
        "recordReceipt": {"lines": [line]},
        "recordInspection": {"lines": [line | {"grade": "AS_NEW", "disposition": "RESTOCK"}]},
        "shipExchange": {"carrier": "Quick Post", "trackingNumber": "X-1"},
    }

    assert await life.refused(await life.ben(), name, about | more.get(name, {})) == ("FORBIDDEN", [])


async def test_row_02_a_second_refund_is_capped_by_the_earlier_ones(life: Life) -> None:
    await life.sell("Q-1", a_line(paid="50.00"), shippingFee="5.00")
    case, seller = await life.booked("Q-1"), await life.seller()
    case = await life.do(seller, "issueRefund", case, amount={"amount": "40.00", "currency": "SGD"})
    about = {"caseId": case["id"], "version": case["version"]}

    refused = about | {"amount": {"amount": "15.01", "currency": "SGD"}}
    assert await life.refused(seller, "issueRefund", refused) == ("AMOUNT_EXCEEDED", ["amount", "amount"])
    await life.till.pay()
    case = await life.again(case)
    refused |= {"version": case["version"]}
    assert await life.refused(seller, "issueRefund", refused) == ("AMOUNT_EXCEEDED", ["amount", "amount"])

    await life.do(seller, "issueRefund", case, amount={"amount": "15.00", "currency": "SGD"})
    await life.till.pay()
    assert await life.till.paid() == {"Q-1-card": 5500}
    assert await life.sums("Q-1") == (5500, 5500, 0)


# ---- a claim after a return ----------------------------------------------------------------------------


async def test_row_10_a_claim_after_a_return_finds_what_the_return_has_left(life: Life) -> None:
    await life.sell("Q-1", a_line(paid="10.00", quantity=3))
    first = await life.back("Q-1", ("1", 2), reason="CHANGE_OF_MIND")
    assert paid(first) == ["3.17"]  # 3.34 + 3.33 less 3.50 for the parcel

    too_many = await life.wanted("Q-1", ("1", 2), reason="QUALITY_DEFECT")
    assert await life.refused(await life.ben(), "requestReturn", too_many) == LEFT
    claim = await life.back("Q-1", ("1", 1), reason="QUALITY_DEFECT")
    assert paid(claim) == ["3.33"]
    last = await life.wanted("Q-1", ("1", 1), reason="COUNTERFEIT")
    assert await life.refused(await life.ben(), "requestReturn", last) == LEFT
    assert await life.sums("Q-1") == (1000, 650, 0)


async def test_row_10_each_claims_ceiling_is_what_its_own_units_were_paid_with(life: Life) -> None:
    await life.sell("Q-1", a_line("1", paid="30.00"), a_line("2", paid="70.00"))
    await life.back("Q-1", ("2", 1))
    claim, seller = await life.booked("Q-1", ("1", 1)), await life.seller()

    about = {"caseId": claim["id"], "version": claim["version"]}
    more = about | {"amount": {"amount": "30.01", "currency": "SGD"}}
    assert await life.refused(seller, "issueRefund", more) == ("AMOUNT_EXCEEDED", ["amount", "amount"])
    offer = more | {"keepsGoods": True}
    assert await life.refused(seller, "proposeOffer", offer) == ("AMOUNT_EXCEEDED", ["amount", "amount"])
    assert await life.sums("Q-1") == (10000, 7000, 0)


async def test_row_10_a_ruling_after_a_return_gives_no_more_than_the_line_has_left(life: Life) -> None:
    await life.sell("Q-1", a_line(paid="90.00", quantity=3))
    await life.back("Q-1", ("1", 2))
    case = await life.request("Q-1", ("1", 1), reason="COUNTERFEIT")
    case = await life.do(await life.seller(), "declineCase", case, reason="It is genuine")
    case = await life.do(await life.ben(), "openDispute", case, claim="It is a fake")
    ruling = {"caseId": case["id"], "version": case["version"], "liableParty": "MERCHANT", "rationale": "A fake"}

    above = ruling | {"refund": {"amount": "30.01", "currency": "SGD"}}
    assert await life.refused(AGENT, "ruleDispute", above) == ("AMOUNT_EXCEEDED", ["refund", "amount"])
    await life.do(AGENT, "ruleDispute", case, **(above | {"refund": {"amount": "30.00", "currency": "SGD"}}))
    await life.till.pay()
    assert await life.sums("Q-1") == (9000, 9000, 0)
