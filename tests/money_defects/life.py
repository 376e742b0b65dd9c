"""How does a case live? Sold, asked for, brought back, looked at, paid: each step a mutation of the real graph."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from bff.cases.money import audit
from bff.money import decimal_text, parse_minor
from bff.viewer import Viewer
from tests.graph.acting import ERRORS, PROOF
from tests.graph.conftest import Client
from tests.graph.dumps import dump
from tests.graph.shop import AGENT, Shop, a_line, an_order
from tests.money_defects.till import Till

CASE = """
    id number status version resolution allowedActions
    liability { party basis final }
    lines { orderLine { id sku } quantity refundable { amount } refunded { amount } }
    reverseShipment { status trackingNumber }
    deadlines { kind dueAt }
    refunds { id status method failure amount { amount currency } breakdown { kind amount { amount } } }
    exchange { status priceDifference { amount } trackingNumber }
    offers { id status }
    dispute { id status appeal { id status } }
    timeline { edges { node { type actor data } } }
"""
AS_CASE = {"approveCase", "cancelCase", "withdrawDispute"}
FINE = {"grade": "AS_NEW", "disposition": "RESTOCK"}
KEYS = count()
Wanted = tuple[str, int]  # a line's external id, and how many units


class Life:
    """One shop and everybody in it: Ben buys, the Shoe House sells, an agent of the platform helps."""

    def __init__(self, client: Client, shop: Shop, till: Till) -> None:
        self.client, self.shop, self.till = client, shop, till

    # ---- who ---------------------------------------------------------------------------------------

    async def ben(self) -> Viewer:
        """The customer."""
        return await self.shop.customer("ben")

    async def seller(self) -> Viewer:
        """The merchant."""
        return await self.shop.merchant("shoe-house")

    # ---- what is done ------------------------------------------------------------------------------

    async def ask(self, viewer: Viewer | None, name: str, asked: dict[str, Any], **how: Any) -> Any:
        """The payload of a mutation, under a key of its own unless the input has one."""
        kind = "CaseInput" if name in AS_CASE else f"{name[0].upper()}{name[1:]}Input"
        fields = how.pop("fields", f"case {{ {CASE} }}")
        document = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {fields} {ERRORS} }} }}"
        given = {"idempotencyKey": f"key {next(KEYS)}"} | asked
        return (await self.client.ask(document, viewer, {"input": given}, **how))[name]

    async def do(self, viewer: Viewer | None, name: str, case: Any, **more: Any) -> Any:
        """The case after a mutation of it that must succeed."""
        how = {"now": more.pop("now")} if "now" in more else {}
        payload = await self.ask(viewer, name, of(case) | more, **how)
        assert payload["userErrors"] == [], payload["userErrors"]
        return payload["case"]

    async def refused(self, viewer: Viewer | None, name: str, asked: dict[str, Any], **how: Any) -> Any:
        """Code and path of the one error of a mutation that must change nothing."""
        before = await dump(self.shop.database)
        payload = await self.ask(viewer, name, asked, **how)
        assert await dump(self.shop.database) == before
        (error,) = payload["userErrors"]
        return error["code"], error["path"]

    # ---- the ways of a case ------------------------------------------------------------------------

    async def sell(self, number: str, *lines: dict[str, Any], **differing: Any) -> None:
        """An order of Ben's, paid by one card whose name at the provider is the order's number and `ending`."""
        bought, currency = list(lines) or [a_line()], differing.get("currency", "SGD")
        amounts = [line["paid"] for line in bought] + [differing.get("shippingFee", "0")]
        total = decimal_text(sum(parse_minor(amount, currency) for amount in amounts), currency)
        card = {"externalId": f"{number}-{differing.pop('ending', 'card')}", "method": "CARD", "label": "Visa"}
        told = {"payments": [card | {"captured": total}], "lines": bought, "customer": "ben"} | differing
        await self.shop.take(an_order(number, *(a_line(line["externalId"]) for line in bought), **told))

    async def wanted(self, number: str, *units: Wanted, reason: str = "WRONG_ITEM", **more: Any) -> dict[str, Any]:
        """What a request says: units of an order, by default the wrong goods, shown and returned for money."""
        lines = [
            {"orderLineId": await self.shop.line_id(number, line), "quantity": quantity, "reason": reason}
            for line, quantity in units or (("1", 1),)
        ]
        said = {"orderId": await self.shop.order_id(number), "lines": lines, "resolution": "RETURN_AND_REFUND"}
        return said | {"evidence": PROOF} | more

    async def request(self, number: str, *units: Wanted, **more: Any) -> Any:
        """The case of a request of Ben's that must succeed."""
        how = {"now": more.pop("now")} if "now" in more else {}
        payload = await self.ask(
            await self.ben(), "requestReturn", await self.wanted(number, *units, **more), **how
        )
        assert payload["userErrors"] == [], payload["userErrors"]
        return payload["case"]

    async def approved(self, case: Any) -> Any:
        """The case, approved by an agent where it waits for somebody."""
        return await self.do(AGENT, "approveCase", case) if case["status"] == "REQUESTED" else case

    async def booked(self, number: str, *units: Wanted, **more: Any) -> Any:
        """An approved case whose parcel is booked."""
        case = await self.approved(await self.request(number, *units, **more))
        return await self.do(await self.ben(), "scheduleReturn", case, method="DROP_OFF")

    async def received(self, case: Any, counts: Sequence[int] = (), **how: Any) -> Any:
        """The case after a receipt of so many units of each line; of all of them where nothing is said."""
        lines = [
            {"orderLineId": line["orderLine"]["id"], "quantity": quantity}
            for line, quantity in zip(
                case["lines"], counts or [line["quantity"] for line in case["lines"]], strict=True
            )
        ]
        return await self.do(await self.seller(), "recordReceipt", case, lines=lines, **how)

    async def looked_at(self, case: Any, counts: Sequence[int] = (), **found: Any) -> Any:
        """The case after an inspection, where it wants one, that finds what was claimed and nothing else."""
        if "RECORD_INSPECTION" not in case["allowedActions"]:
            return case
        counts = counts or [line["quantity"] for line in case["lines"]]
        seen = [
            FINE | {"defectConfirmed": True, "orderLineId": line["orderLine"]["id"], "quantity": quantity} | found
            for line, quantity in zip(case["lines"], counts, strict=True)
            if quantity
        ]
        return await self.do(await self.seller(), "recordInspection", case, lines=seen)

    async def back(self, number: str, *units: Wanted, counts: Sequence[int] = (), **more: Any) -> Any:
        """The case after its goods were asked for, sent, counted, looked at, and paid by the worker."""
        case = await self.received(await self.booked(number, *units, **more), counts)
        await self.looked_at(case, counts)
        await self.till.pay()
        return await self.again(case)

    # ---- what came of it ---------------------------------------------------------------------------

    async def again(self, case: Any) -> Any:
        """The case as an agent sees it now; the books agree with themselves."""
        assert await audit.verify(self.shop.database) == []
        document = f"query ($id: ID!) {{ case(id: $id) {{ {CASE} }} }}"
        return (await self.client.ask(document, AGENT, {"id": case["id"]}))["case"]

    async def sums(self, number: str) -> tuple[int, int, int]:
        """What was captured for an order, what is refunded of it, and what is held for refunds, in minor units."""
        (row,) = await self.shop.database.rows(
            "SELECT captured_minor AS a, refunded_minor AS b, held_minor AS c FROM orders WHERE number = ?", number
        )
        return int(row["a"]), int(row["b"]), int(row["c"])


def of(case: Any) -> dict[str, Any]:
    """An input about a case, or about nothing, at the version that it has."""
    return {"caseId": case["id"], "version": case["version"]} if "version" in case else dict(case)


def paid(case: Any) -> list[str]:
    """The amounts of the case's refunds, each of which has succeeded."""
    assert {refund["status"] for refund in case["refunds"]} <= {"SUCCEEDED"}, case["refunds"]
    return [refund["amount"]["amount"] for refund in case["refunds"]]


def promised(case: Any) -> list[str]:
    """The amounts of the case's refunds, whatever became of them."""
    return [refund["amount"]["amount"] for refund in case["refunds"]]


def part(case: Any, kind: str) -> list[str]:
    """That component of each of the case's refunds."""
    return [
        one["amount"]["amount"] for each in case["refunds"] for one in each["breakdown"] if one["kind"] == kind
    ]


def sgd(amount: str, currency: str = "SGD") -> dict[str, str]:
    """An amount as inputs take it."""
    return {"amount": amount, "currency": currency}
