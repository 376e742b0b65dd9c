"""What holds after every step, whatever it was? Ceilings, books, shelves and timelines, rebuilt from the rows."""

from collections import Counter
from uuid import UUID

from msgspec import Struct

from bff import units
from bff.cases.conditions import PAYABLE
from bff.cases.money import audit
from bff.cases.money.tenders import CREDITED
from bff.cases.state import Automaton, CaseStep, Trigger
from bff.cases.transitions import TABLE
from bff.money import units_share
from bff.units import Runs
from bff.vocabulary import CASE_RELEASES_UNITS, CaseStatus
from tests.laws.world import World

CREDIT = ", ".join(f"'{method.value}'" for method in sorted(CREDITED))
KEPT = """
    SELECT o.captured_minor, o.held_minor, o.refunded_minor, o.charged_back_minor FROM orders o
    UNION ALL SELECT captured_minor, held_minor, refunded_minor, charged_back_minor FROM payments
    UNION ALL SELECT paid_minor, held_minor, refunded_minor, 0 FROM order_lines
    UNION ALL SELECT shipping_minor, shipping_held_minor, shipping_refunded_minor, 0 FROM order_lines
    UNION ALL SELECT worth_minor, held_minor, refunded_minor, 0 FROM case_lines
    UNION ALL SELECT shipping_minor, shipping_held_minor, shipping_refunded_minor, 0 FROM case_lines
"""
# What the refunds of a case line say, and its units' shares of the line by the one split.
SHARES = """
    SELECT l.id, l.quantity, l.paid_minor, l.shipping_minor, x.units, c.status, x.holding,
        CASE WHEN EXISTS (SELECT 1 FROM case_events e WHERE e.case_id = c.id AND e.type IN
            ('case_expired', 'case_declined', 'case_cancelled', 'case_overridden')) THEN x.quantity ELSE 0 END,
        CAST(coalesce((SELECT sum(p.goods_minor) FROM refund_lines p JOIN refunds r ON r.id = p.refund_id
            WHERE p.case_line_id = x.id AND r.status <> 'FAILED'), 0) AS BIGINT),
        CAST(coalesce((SELECT sum(p.shipping_minor) FROM refund_lines p JOIN refunds r ON r.id = p.refund_id
            WHERE p.case_line_id = x.id AND r.status <> 'FAILED'), 0) AS BIGINT)
    FROM case_lines x JOIN order_lines l ON l.id = x.order_line_id JOIN cases c ON c.id = x.case_id
"""
# Customers, from what was granted and paid and claimed; store credit, from what was put there.
OWED = """
    SELECT (SELECT coalesce(sum(amount_minor), 0) FROM refunds)
        - (SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE status = 'SUCCEEDED')
        - (SELECT coalesce(sum(t.amount_minor), 0) FROM refund_tenders t JOIN refunds r ON r.id = t.refund_id
            WHERE t.status = 'SUCCEEDED' AND r.status <> 'SUCCEEDED')
        - (SELECT coalesce(sum(clawed_back_minor), 0) FROM cases)
        - (SELECT coalesce(sum(difference_minor), 0) FROM exchanges
            WHERE difference_minor > 0 AND status IN ('SHIPPED', 'DELIVERED'))
        + (SELECT coalesce(sum(amount_minor), 0) FROM compensations WHERE kind <> 'STORE_CREDIT') AS customer,
    (SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE status = 'SUCCEEDED' AND method = 'STORE_CREDIT')
        + (SELECT coalesce(sum(t.amount_minor), 0) FROM refund_tenders t JOIN payments p ON p.id = t.payment_id
            WHERE t.status = 'SUCCEEDED' AND p.method IN ({credit}))
        + (SELECT coalesce(sum(amount_minor), 0) FROM compensations WHERE kind = 'STORE_CREDIT') AS credit
""".format(credit=CREDIT)  # noqa: UP032 - constants of ours
ENTRIES = "SELECT account, CAST(sum(amount_minor) AS BIGINT) AS n FROM ledger_entries GROUP BY account"


class _Kept(Struct, frozen=True):
    whole: int
    held: int
    refunded: int
    charged_back: int


class _Share(Struct, frozen=True):
    line: UUID
    quantity: int
    paid: int
    shipping: int
    units: Runs
    status: CaseStatus
    holding: bool
    spare: int  # a case that was over may hold other units than those that were refunded
    goods_back: int
    shipping_back: int


async def everything(world: World) -> None:
    """Holds the state that a walk has come to against every law that looks at states."""
    assert await audit.verify(world.database) == []
    for kept in await world.database.structs(_Kept, KEPT):
        assert min(kept.held, kept.refunded, kept.charged_back) >= 0
        assert kept.held + kept.refunded <= kept.whole
    await shares(world)
    await ledger(world)
    await shelves(world)
    await timelines(world)
    await provider(world)


async def shares(world: World) -> None:
    """No unit gives back more than its share, and all of a line no more than was paid for it."""
    goods: Counter[UUID] = Counter()
    whole: dict[UUID, int] = {}
    for one in await world.database.structs(_Share, SHARES):
        worth = sum(units_share(one.paid, one.quantity, first, count) for first, count in one.units)
        assert one.goods_back <= worth + one.spare
        assert one.shipping_back <= units.share(one.shipping, one.quantity, one.units) + one.spare
        assert one.holding == (one.status not in CASE_RELEASES_UNITS)
        goods[one.line] += one.goods_back
        whole[one.line] = one.paid
    assert all(goods[line] <= paid for line, paid in whole.items())


async def ledger(world: World) -> None:
    """Entries sum to zero, and each side is what the cases say."""
    found = {row["account"]: row["n"] for row in await world.database.rows(ENTRIES)}
    assert sum(found.values()) == 0
    (owed,) = await world.database.rows(OWED)
    assert (found.get("CUSTOMER", 0), found.get("STORE_CREDIT", 0)) == (int(owed["customer"]), int(owed["credit"]))


async def shelves(world: World) -> None:
    """What is put aside is what exchanges wait for, and is on the shelf."""
    rows = await world.database.rows(
        "SELECT v.stock, v.reserved, CAST(coalesce((SELECT sum(e.quantity) FROM exchanges e"
        " WHERE e.variant_id = v.id AND e.status = 'RESERVED'), 0) AS BIGINT) AS wanted FROM variants v"
    )
    assert all(row["reserved"] == row["wanted"] and row["reserved"] >= 0 for row in rows)


async def timelines(world: World) -> None:
    """Each case tells its events one after another, and each goes out once."""
    rows = await world.database.rows(
        "SELECT case_id, count(*) AS n, min(sequence) AS first, max(sequence) AS last FROM case_events"
        " GROUP BY case_id"
    )
    assert all((row["first"], row["last"]) == (1, row["n"]) for row in rows)
    (told,) = await world.database.rows("SELECT count(*) AS n FROM outbox WHERE topic = 'case_changed'")
    assert told["n"] == sum(row["n"] for row in rows)


class _Paid(Struct, frozen=True):
    key: str
    payment: str
    amount: int


PAID = """
    SELECT t.provider_key, p.external_id, t.amount_minor
    FROM refund_tenders t JOIN payments p ON p.id = t.payment_id
    WHERE t.status = 'SUCCEEDED' AND p.method NOT IN ({credit})
""".format(credit=CREDIT)  # noqa: UP032 - constants of ours


async def provider(world: World, *, is_quiet: bool = False) -> None:
    """What we call paid was paid, each key once; where nothing is under way, nothing else was paid."""
    if world.reports:
        return
    book = await world.paid_by_provider()
    ours = await world.database.structs(_Paid, PAID)
    for one in ours:
        payment, minor, status = book[one.key]
        assert (payment, minor) == (one.payment, one.amount)
        assert status == "succeeded" or not is_quiet
    captured = await world.database.rows("SELECT external_id, captured_minor FROM payments")
    left = Counter({row["external_id"]: row["captured_minor"] for row in captured})
    for payment, minor, status in book.values():
        left[payment] -= minor if status in {"succeeded", "accepted"} else 0
    assert all(amount >= 0 for amount in left.values())
    if is_quiet:
        assert {key for key, (_, _, status) in book.items() if status == "succeeded"} == {one.key for one in ours}


# ---- where cases may go ----------------------------------------------------------------------------

BY_ITSELF: frozenset[Trigger] = frozenset({CaseStep.COMPLETE})


def may_follow(before: CaseStatus | None, after: CaseStatus, triggers: frozenset[Trigger]) -> bool:
    """Whether the table leads there by those triggers, each as often as may be, and by what the system does."""
    reached = {CaseStatus.REQUESTED} if before is None else {before}
    rows = [row for row in TABLE if row.on in triggers | BY_ITSELF and row.target is not None]
    for _ in CaseStatus:
        reached |= {row.target for row in rows if row.target is not None and reached & row.sources}
    return after in reached


OPENS: frozenset[Trigger] = frozenset({CaseStep.AUTO_APPROVE})
DEADLINES: frozenset[Trigger] = frozenset(row.on for row in TABLE if Automaton.DEADLINE in row.by)
NEWS: frozenset[Trigger] = frozenset({CaseStep.HAND_OVER, CaseStep.DELIVER_EXCHANGE})


async def under_way(world: World) -> int:
    """How many refunds have not ended; one that failed in a case that was given up has: it was claimed back."""
    condition, payable = world.database.among("c.status", PAYABLE)
    (row,) = await world.database.rows(
        "SELECT count(*) AS n FROM refunds r JOIN cases c ON c.id = r.case_id"
        f" WHERE r.status IN ('PENDING', 'PROCESSING') OR (r.status = 'FAILED' AND {condition})",
        payable,
    )
    return int(row["n"])
