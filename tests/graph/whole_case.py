"""What does a case look like when everything has happened to it? Its rows, as the life cycle writes them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bff.cases.money.ledger import Account, Posting, post, transfer
from bff.money import Money
from bff.policy.contributions import say
from bff.policy.decision import Explanation
from bff.policy.stored import kept
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import AccountKind, DeadlineKind, Effect, RuleSource, TransactionKind
from tests.graph.shop import NOW, Shop, days_ago

MERCHANT = Account(AccountKind.MERCHANT, "shoe-house")
CARRIER = Account(AccountKind.CARRIER, "Quick Post")
PLATFORM = Account(AccountKind.PLATFORM, "platform")
CUSTOMER = Account(AccountKind.CUSTOMER, "ada")

SAID = [
    Explanation(
        plugin="no_reason_return",
        code="no_reason_return.window_open",
        effect=Effect.GRANTS,
        source=RuleSource.PLATFORM,
        said=say(days=14, until=datetime.fromisoformat("2026-12-01T16:00:00+00:00")),
    ),
    Explanation(
        plugin="kernel",
        code="kernel.paid_back",
        effect=Effect.LIMITS,
        source=RuleSource.PLATFORM,
        said=say(amount=Money(500, "SGD")),
        overruled=True,
    ),
]

EVENTS: list[tuple[str, str, dict[str, Any]]] = [
    ("case_requested", "CUSTOMER", {}),
    ("offer_made", "MERCHANT", {"amount": 3000, "currency": "SGD", "keeps_goods": True}),
    ("return_booked", "CUSTOMER", {"method": "MAIL", "carrier": "Quick Post", "tracking": "QP-9"}),
    ("case_overridden", "AGENT", {"from": "DECLINED", "to": "APPROVED", "reason": "a slip", "agent": "agent-7"}),
    ("parcel_blessed", "OPS", {"priest": "agent-7"}),
]


async def insert(shop: Shop, table: str, **values: Any) -> UUID:
    """A row with a new id, which it tells."""
    key = new_id()
    row = {"id": key} | values
    marks = ", ".join("?" * len(row))
    await shop.change(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())
    return key


async def deadline(shop: Shop, case: str, kind: DeadlineKind, days: float, *, settled: bool = False) -> None:
    """A deadline of a case, so many days from now."""
    key, due_at = await shop.key("cases", "number", case), NOW + timedelta(days=days)
    await insert(
        shop,
        "deadlines",
        case_id=key,
        kind=kind,
        due_at=due_at,
        on_expiry="CLOSE",
        settled_at=due_at if settled else None,
    )


async def events(shop: Shop, case: UUID, *happened: tuple[str, str, dict[str, Any]]) -> None:
    """The timeline of a case, an event an hour."""
    for sequence, (kind, actor, data) in enumerate(happened, start=1):
        at = days_ago(1) + timedelta(hours=sequence)
        row = {"case_id": case, "sequence": sequence, "type": kind, "at": at, "actor": actor, "data": data}
        await insert(shop, "case_events", subject="agent-7", **row)


async def whole_case(shop: Shop, number: str = "C-1") -> UUID:
    """Gives a case one or two of everything that a case can own; its key."""
    case = await shop.key("cases", "number", number)
    decision = {"time_zone": "Asia/Singapore", "explanations": [kept(one) for one in SAID]}
    await shop.change(
        "UPDATE cases SET queue = 'quality', priority = 'HIGH', channel = 'chat', warehouse = 'SG-1',"
        " carrier = 'Quick Post', requires_inspection = TRUE, decision = ? WHERE id = ?",
        *(decision, case),
    )
    await deadline(shop, number, DeadlineKind.RULING, 4)
    await deadline(shop, number, DeadlineKind.REFUND, 2)
    await deadline(shop, number, DeadlineKind.MERCHANT_RESPONSE, 1, settled=True)
    await _goods(shop, case)
    await _money(shop, case)
    await _dispute(shop, case)
    await events(shop, case, *EVENTS)
    return case


async def _goods(shop: Shop, case: UUID) -> None:
    at, line = days_ago(1), await shop.key("case_lines", "case_id", str(case))
    shown = {"case_id": case, "added_by": "CUSTOMER", "added_subject": "ada"}
    await insert(shop, "evidence", kind="TEXT", text="The sole came off", added_at=days_ago(0.5), **shown)
    await insert(shop, "evidence", kind="PHOTO", url="https://img.example.test/1", added_at=at, **shown)
    parcel = await insert(
        shop,
        "reverse_shipments",
        case_id=case,
        method="MAIL",
        status="DELIVERED",
        carrier="Quick Post",
        tracking_number=f"QP-{case}",
        booked_at=at,
    )
    for hours, status, place in ((5, "DELIVERED", "Changi"), (1, "PICKED_UP", None)):
        scan = {"shipment_id": parcel, "event_id": str(new_id()), "at": at + timedelta(hours=hours)}
        await insert(shop, "reverse_shipment_events", status=status, place=place, **scan)
    look = await insert(shop, "inspections", case_id=case, inspected_at=at, inspected_by="shoe-house")
    state = {"inspection_id": look, "case_line_id": line, "quantity": 1, "disposition": "REFURBISH"}
    await insert(shop, "inspection_lines", grade="USED", deduction_minor=250, defect_confirmed=True, **state)
    sku = {"sku": "SHOE-43", "quantity": 1, "status": "RESERVED", "reserved_at": at}
    variant = await shop.key("variants", "sku", "SHOE-43")
    await insert(shop, "exchanges", case_id=case, variant_id=variant, difference_minor=-150, **sku)


async def _money(shop: Shop, case: UUID) -> None:
    at = days_ago(1)
    refund = {"case_id": case, "currency": "SGD", "method": "ORIGINAL_PAYMENT", "requested_at": at}
    parts = '[{"kind":"RETURN_FREIGHT","amount":500,"plugin":"shipping_costs"},{"kind":"ITEM","amount":5500}]'
    paid = {"status": "SUCCEEDED", "settled_at": days_ago(0.5), "provider_key": f"a-{case}", "breakdown": parts}
    await insert(shop, "refunds", amount_minor=5000, expected_by=days_ago(-2), **paid, **refund)
    failed = {"status": "FAILED", "settled_at": days_ago(0.2), "provider_key": f"b-{case}", "failure": "closed"}
    await insert(shop, "refunds", amount_minor=700, **failed, **refund | {"requested_at": days_ago(0.3)})
    for turn, status in enumerate(("REJECTED", "OPEN"), start=1):
        offer = {"case_id": case, "round": turn, "amount_minor": 1000 * turn, "keeps_goods": turn == 1}
        await insert(shop, "offers", status=status, made_at=at, expires_at=days_ago(-1), **offer)
    given = {"case_id": case, "kind": "STORE_CREDIT", "amount_minor": 300, "currency": "SGD"}
    words = {"reason": "for the wait", "granted_by": "agent-7", "granted_at": at}
    await insert(shop, "compensations", born_by="PLATFORM", **words, **given)
    await insert(shop, "ratings", case_id=case, satisfaction=4, recommend=9, rated_at=at)
    await shop.database.run_tx(lambda tx: _costs(tx, case))


async def _costs(tx: Connection, case: UUID) -> None:
    booked = [
        (TransactionKind.LABEL, MERCHANT, CARRIER, 450, 0.5),
        (TransactionKind.COMPENSATION, PLATFORM, CUSTOMER, 300, 1.0),
        (TransactionKind.REFUND, MERCHANT, CUSTOMER, 5500, 1.0),  # no cost of a case
    ]
    for kind, giver, taker, amount, days in booked:
        entries = transfer(giver, taker, amount, "SGD")
        await post(tx, Posting(key=f"{case}:{kind}", kind=kind, at=days_ago(days), entries=entries, case_id=case))


async def _dispute(shop: Shop, case: UUID) -> None:
    merchant = await shop.key("merchants", "external_id", "shoe-house")
    ruled = {"ruled_at": days_ago(0.5), "liable_party": "MERCHANT", "refund_minor": 9950, "ruled_by": "agent-7"}
    claim = {"claim": "It was broken", "opened_at": days_ago(1), "rationale": "The photo shows it"}
    dispute = await insert(shop, "disputes", case_id=case, status="RULED", **claim, **ruled)
    plea = {"grounds": "The customer broke it", "opened_at": days_ago(0.25)}
    await insert(shop, "appeals", dispute_id=dispute, merchant_id=merchant, status="OPEN", **plea)
