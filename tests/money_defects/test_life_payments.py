"""Is money paid once, and never more than came in, whoever asks how often and at once? (security rows 1 to 8)"""

import asyncio
from typing import Any

import pytest

from bff.payments.behaviour import Behaviour
from bff.payments.provider import RefundOrder
from bff.vocabulary import AccountKind
from bff.worker.refunding import Refunding
from bff.worker.turn import FileTurn
from tests.graph.dumps import dump
from tests.graph.shop import AGENT, INGEST, NOW, a_line
from tests.money_defects.life import Life, paid, promised, sgd
from tests.money_defects.till import OPEN, once

PAST = ("AMOUNT_EXCEEDED", ["amount", "amount"])
MONEY = "query ($id: ID!) { order(id: $id) { refundedTotal { amount } payments { refunded { amount } } } }"


def about(case: Any, **more: Any) -> dict[str, Any]:
    """An input about a case at its version."""
    return {"caseId": case["id"], "version": case["version"]} | more


def a_card(name: str, captured: str, method: str = "CARD") -> dict[str, str]:
    """A payment of an order."""
    return {"externalId": name, "method": method, "captured": captured, "label": name}


async def shown(life: Life, number: str) -> Any:
    """What the order shows as refunded: in all, and by payment."""
    order = (await life.client.ask(MONEY, await life.ben(), {"id": await life.shop.order_id(number)}))["order"]
    return order["refundedTotal"]["amount"], [one["refunded"]["amount"] for one in order["payments"]]


# ---- grants --------------------------------------------------------------------------------------------


async def test_security_01_no_grant_is_above_what_was_charged_however_dear_the_goods(life: Life) -> None:
    # List price 150.00, paid 100.00.
    await life.sell("P-1", a_line(unitPrice="150.00", discount="50.00", paid="100.00"))
    case, seller = await life.booked("P-1"), await life.seller()

    for amount in ("100.01", "150.00"):
        assert await life.refused(seller, "issueRefund", about(case, amount=sgd(amount))) == PAST
    case = await life.do(seller, "issueRefund", case, amount=sgd("100.00"))
    await life.looked_at(await life.received(case))
    await life.till.pay()

    assert await life.till.paid() == {"P-1-card": 10000}
    assert await life.sums("P-1") == (10000, 10000, 0)


async def test_security_01_what_was_not_charged_yet_is_not_refunded(life: Life) -> None:
    part_of_it = {"payments": [a_card("P-1-card", "60.00")], "status": "PLACED"}
    await life.sell("P-1", a_line(paid="100.00"), **part_of_it)

    payload = await life.ask(await life.ben(), "requestReturn", await life.wanted("P-1"))

    (error,) = payload["userErrors"]
    assert [one["code"] for one in error["explanations"]] == ["kernel.order_not_paid"]


async def test_security_01_grants_add_up_and_are_taken_one_after_another(life: Life) -> None:
    await life.sell("P-1", a_line(paid="100.00", quantity=2))
    cases, seller = [await life.booked("P-1") for _ in range(2)], await life.seller()

    asked = [about(case, amount=sgd("30.00")) for case in cases for _ in range(4)]
    payloads = await asyncio.gather(*(life.ask(seller, "issueRefund", one) for one in asked))

    assert sum(not payload["userErrors"] for payload in payloads) == 2  # one a case and version
    for case in cases:
        now = await life.again(case)
        refused = await life.refused(seller, "issueRefund", about(now, amount=sgd("20.01")))
        assert refused == PAST
    assert await life.sums("P-1") == (10000, 0, 6000)


# ---- races ---------------------------------------------------------------------------------------------


async def test_security_02_a_full_refund_by_many_hands_shows_the_whole_once(life: Life) -> None:
    await life.sell("P-1", a_line(paid="100.00"), payments=[a_card("P-1-a", "70.00"), a_card("P-1-b", "30.00")])
    case, seller = await life.booked("P-1"), await life.seller()
    same = about(case, idempotencyKey="the one")
    other = [about(case) for _ in range(5)]

    payloads = await asyncio.gather(*(life.ask(seller, "issueRefund", one) for one in [*[same] * 10, *other]))
    await life.till.pay()

    assert sum(len(payload["case"]["refunds"]) for payload in payloads if payload["case"]) in {1, 10}
    assert paid(await life.again(case)) == ["100.00"]
    assert await shown(life, "P-1") == ("100.00", ["70.00", "30.00"])


async def test_security_03_two_workers_at_once_pay_once_and_undo_nothing(life: Life) -> None:
    await life.sell("P-1", a_line(paid="50.00", quantity=2))
    await life.looked_at(await life.received(await life.booked("P-1")))
    till = life.till
    workers = [Refunding(till.database, lambda: till.provider, FileTurn(None), lambda: NOW) for _ in range(4)]
    ((key, run),) = [(row["provider_key"], row["runs"]) for row in await till.database.rows(OPEN)]

    outcomes = await asyncio.gather(*(worker.ask(key, run, 1) for worker in workers))
    await asyncio.gather(
        *(worker.note(key, run, 1, told) for worker, told in zip(workers, outcomes, strict=True) if told)
    )
    await till.tell()
    for worker in workers:
        await worker.stop()

    assert await till.paid() == {"P-1-card": 2500}
    assert await life.sums("P-1") == (5000, 2500, 0)
    rows = await till.database.rows("SELECT status FROM refunds")
    assert [row["status"] for row in rows] == ["SUCCEEDED"]


async def test_security_04_a_payment_is_not_refunded_again_once_it_is(life: Life) -> None:
    await life.sell("P-1", a_line(paid="50.00"))
    case, seller = await life.back("P-1"), await life.seller()
    refund = case["refunds"][0]["id"]

    assert await life.refused(seller, "retryRefund", {"refundId": refund}) == ("INVALID_STATE", ["refundId"])
    failed = {"refundId": refund, "succeeded": False, "failure": "no such account"}
    assert (await life.refused(INGEST, "recordRefundResult", failed))[0] == "INVALID_STATE"
    assert (await life.refused(seller, "issueRefund", about(case)))[0] == "INVALID_STATE"
    again = await life.wanted("P-1")
    assert (await life.refused(await life.ben(), "requestReturn", again))[0] == "QUANTITY_EXCEEDED"

    assert await life.till.pay() == 0
    assert await life.till.paid() == {"P-1-card": 5000}
    assert len(life.till.seen) == 1


async def test_security_05_the_providers_notification_after_our_own_call_is_the_same_refund(life: Life) -> None:
    await life.sell("P-1", a_line(paid="50.00"))
    case = await life.looked_at(await life.received(await life.booked("P-1")))
    (tender,) = await life.till.database.rows(OPEN)
    outcome = await life.till.refunding.ask(tender["provider_key"], tender["runs"], 1)
    assert outcome is not None

    await life.till.tell()  # the notification is here before our own answer is
    told = await dump(life.shop.database)
    await life.till.refunding.note(tender["provider_key"], tender["runs"], 1, outcome)
    await life.till.tell()
    result = {"refundId": case["refunds"][0]["id"], "succeeded": True, "idempotencyKey": "erp"}
    await life.ask(INGEST, "recordRefundResult", result)

    assert await dump(life.shop.database) == told
    case = await life.again(case)
    assert paid(case) == ["50.00"]
    assert [edge["node"]["type"] for edge in case["timeline"]["edges"]].count("refund_paid") == 1
    assert await life.till.owed(AccountKind.PROVIDER) == 5000


@pytest.mark.parametrize("name", ["recordReceipt", "recordInspection", "issueRefund"])
async def test_security_06_saving_twice_adds_once(life: Life, name: str) -> None:
    await life.sell("P-1", a_line(paid="50.00"))
    case, seller = await life.booked("P-1"), await life.seller()
    line = {"orderLineId": case["lines"][0]["orderLine"]["id"], "quantity": 1}
    asked = about(case, lines=[line], idempotencyKey="once")
    if name == "issueRefund":
        asked = about(case, amount=sgd("20.00"), idempotencyKey="once")
    elif name == "recordInspection":
        case = await life.received(case)
        found = {"grade": "AS_NEW", "disposition": "RESTOCK", "defectConfirmed": True}
        asked = about(case, lines=[line | found], idempotencyKey="once")

    first = await life.ask(seller, name, asked)
    saved = await dump(life.shop.database)
    assert await life.ask(seller, name, asked) == first
    code, _ = await life.refused(seller, name, asked | {"idempotencyKey": "twice"})

    assert first["userErrors"] == []
    assert code in {"VERSION_CONFLICT", "INVALID_STATE"}
    assert await dump(life.shop.database) == saved
    await life.till.pay()
    assert (
        await shown(life, "P-1")
        == {
            "recordReceipt": ("0.00", ["0.00"]),
            "recordInspection": ("50.00", ["50.00"]),
            "issueRefund": ("20.00", ["20.00"]),
        }[name]
    )


async def test_security_07_two_equal_refunds_of_one_payment_are_two(life: Life) -> None:
    await life.sell("P-1", a_line(paid="50.00", quantity=2))

    assert [paid(await life.back("P-1")) for _ in range(2)] == [["25.00"], ["25.00"]]

    orders: list[RefundOrder] = [order for order, _ in life.till.seen]
    assert [(order.payment, order.amount.minor) for order in orders] == [("P-1-card", 2500)] * 2
    assert len({order.key for order in orders}) == 2
    assert await life.till.paid() == {"P-1-card": 5000}


async def test_security_07_two_equal_parts_of_one_case_are_two(life: Life) -> None:
    await life.sell("P-1", a_line(paid="50.00"))
    case, seller = await life.booked("P-1"), await life.seller()
    for _ in range(2):
        case = await life.do(seller, "issueRefund", case, amount=sgd("25.00"))

    await life.till.pay()

    assert paid(await life.again(case)) == ["25.00", "25.00"]
    assert await life.till.paid() == {"P-1-card": 5000}


async def test_security_08_store_credit_is_made_once_however_often_it_is_asked_for(life: Life) -> None:
    await life.sell("P-1", a_line(paid="50.00"))
    case, seller = await life.booked("P-1"), await life.seller()
    asked = about(case, method="STORE_CREDIT", idempotencyKey="credit")

    await asyncio.gather(*(life.ask(seller, "issueRefund", asked) for _ in range(10)))
    await asyncio.gather(*(life.ask(seller, "issueRefund", about(case, method="STORE_CREDIT")) for _ in range(5)))

    credit = "SELECT balance_minor FROM store_credits"
    assert await life.shop.database.rows(credit) == [{"balance_minor": 5000}]
    assert await life.till.owed(AccountKind.STORE_CREDIT) == 5000
    now = await life.received(await life.again(case))
    await life.looked_at(now)
    assert await life.till.pay() == 0
    assert await life.shop.database.rows(credit) == [{"balance_minor": 5000}]


async def test_security_08_a_gift_is_given_once_under_its_key(life: Life) -> None:
    await life.sell("P-1", a_line(paid="50.00"))
    case = await life.request("P-1")
    gift = {"kind": "STORE_CREDIT", "amount": sgd("5.00"), "bornBy": "PLATFORM", "reason": "For the wait"}
    asked = about(case, idempotencyKey="gift", **gift)

    await asyncio.gather(*(life.ask(AGENT, "grantCompensation", asked) for _ in range(10)))

    assert await life.till.owed(AccountKind.STORE_CREDIT) == 500


async def test_security_04_a_refund_whose_answer_was_lost_is_asked_again_under_its_key(life: Life) -> None:
    await life.sell("P-1", a_line(paid="50.00"))
    life.till.provider.behave(once(Behaviour.ANSWER_LOST))
    case = await life.looked_at(await life.received(await life.booked("P-1")))
    (tender,) = await life.till.database.rows(OPEN)
    key, run = tender["provider_key"], tender["runs"]
    lost = await life.till.refunding.ask(key, run, 1)
    assert lost is not None
    assert "unknown" in lost
    await life.till.refunding.note(key, run, 1, lost)
    assert promised(await life.again(case)) == ["50.00"]
    assert await life.sums("P-1") == (5000, 0, 5000)  # held, for nobody knows

    life.till.provider.behave(once(Behaviour.PAYS))
    await life.till.pay()

    assert paid(await life.again(case)) == ["50.00"]
    assert await life.till.paid() == {"P-1-card": 5000}
    assert {order.key for order, _ in life.till.seen} == {key}
