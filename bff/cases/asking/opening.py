"""How does a case begin? With a decision on facts read under the order's lock, and terms that stay its own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from bff.cases.asking import evidence, quotas
from bff.cases.asking.guards import check_decision, check_evidence, check_quantities, check_quote, lacking
from bff.cases.asking.judging import Known, RequestedLine, Rules, gather_again, judge
from bff.cases.asking.quote import VALIDITY, LineTerms, Terms, worst
from bff.cases.asking.summary import Summary, summed_up
from bff.cases.asking.terms import CaseTerms
from bff.cases.change import open_clocks
from bff.cases.deciding import approving
from bff.cases.money.agreement import Agreement
from bff.cases.money.held_units import Held, hold_units
from bff.cases.money.holds import lock_order
from bff.cases.money.settling import event
from bff.cases.numbers import next_number
from bff.cases.standing import Author
from bff.cases.timeline import record
from bff.storage.case_facts import OrderMaterial
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.vocabulary import GOODS_TRAVEL_BACK, CaseStatus, EligibilityStatus, RefundMethod, Resolution


class Wanted(Struct, frozen=True, kw_only=True):
    """A request that is in order by itself. `quote` are the terms that it names; `withdraws` says that it is
    a declaration of withdrawal, with the `statement` that was made: nothing need be shown for it. `claims_right`
    says that a law gives that right, so that no rule of a shop stops it.
    """

    order: UUID
    merchant: UUID
    lines: tuple[RequestedLine, ...]
    resolution: Resolution
    method: RefundMethod = RefundMethod.ORIGINAL_PAYMENT
    exchange_sku: str | None = None
    note: str | None = None
    shown: tuple[evidence.Evidence, ...] = ()
    quote: Terms | None = None
    withdraws: bool = False
    statement: str | None = None
    claims_right: bool = False


class _Opening(Struct, frozen=True):
    """What a case is written from."""

    wanted: Wanted
    material: OrderMaterial
    terms: tuple[LineTerms, ...]
    agreed: tuple[Agreement, ...]
    kept: CaseTerms
    summary: Summary


async def open_case(
    tx: Connection, rules: Rules, wanted: Wanted, known: Known, author: Author, at: datetime
) -> UUID:
    """The case, approved at once where no person has to look and the merchant need not be asked.

    `known` are the facts as gathered before. Raises a Refusal: QUANTITY_EXCEEDED, INELIGIBLE, EVIDENCE_REQUIRED,
    OUT_OF_STOCK, QUOTA_EXHAUSTED or AMOUNT_EXCEEDED.
    """
    await lock_order(tx, "?", wanted.order)
    await quotas.lock(tx, wanted.order)
    material, known = await gather_again(rules, wanted.order, at, known)
    check_quantities(material, wanted.lines)
    asked_at = wanted.quote.expires_at - VALIDITY if wanted.quote else at
    terms = judge(rules.kernel, material, known, wanted.lines, wanted.resolution, asked_at)
    check_decision(wanted, terms)
    if not wanted.withdraws:
        check_evidence(terms, wanted.shown)
    summary = summed_up(wanted, terms)
    opening = _Opening(wanted, material, tuple(terms), *_money(wanted, terms), summary)
    case = await _write(tx, opening, author, at)
    await _use_quotas(tx, rules, opening, known, at)
    await open_clocks(tx, case, at)
    asks = summary.routing.asks_merchant or worst(terms) is not EligibilityStatus.ELIGIBLE
    if wanted.claims_right or not (asks or lacking(terms, wanted.shown)):
        await approving.approve_unasked(tx, case, approving.BY_POLICY, at)
    return case


def _money(wanted: Wanted, terms: Sequence[LineTerms]) -> tuple[tuple[Agreement, ...], CaseTerms]:
    """What each line is to be paid, and what else is agreed."""
    refunds = [Agreement.of(one.refund) for one in terms]
    if wanted.quote:
        quotas.must_cover(wanted.quote.quotas, quotas.used_by(terms, wanted.resolution))
        check_quote(wanted.quote, wanted.lines, terms, refunds)
        quoted = {line.line: line.refund for line in wanted.quote.lines}
        refunds = [one.paying(quoted[line.line]) for one, line in zip(refunds, wanted.lines, strict=True)]
    kept, difference = CaseTerms.of(wanted.lines, terms), 0
    if wanted.resolution is Resolution.EXCHANGE:
        each = [_difference(one, wanted.exchange_sku) * one.line.quantity for one in terms]
        difference = sum(each)
        refunds = _spread(max(0, -difference), each)
    elif wanted.resolution is Resolution.REPAIR:
        refunds = [Agreement(()) for _ in terms]
    return tuple(refunds), msgspec.structs.replace(kept, difference=difference)


def _difference(terms: LineTerms, sku: str | None) -> int:
    """What one unit more, or less, costs in exchange."""
    return next((offer.difference for offer in terms.line.exchanges if offer.sku == sku), 0)


def _spread(total: int, differences: Sequence[int]) -> list[Agreement]:
    """What comes back of a cheaper exchange, line by line, from those that are cheaper."""
    parts = []
    for one in differences:
        part = min(total, max(0, -one))
        total -= part
        parts.append(Agreement.plain(part))
    return parts


async def _write(tx: Connection, opening: _Opening, author: Author, at: datetime) -> UUID:
    wanted, order, summary = opening.wanted, opening.material.order, opening.summary
    case = new_id()
    await tx.execute(
        "INSERT INTO cases (id, number, order_id, customer_id, merchant_id, status, resolution, liable_party,"
        " liability_basis, liability_final, requested_at, updated_at, currency, refund_method, instant_refund,"
        " goods_travel, exchange_sku, note, queue, priority, channel, warehouse, requires_inspection, policy,"
        " decision, terms, version) VALUES"
        " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
        *(case, await next_number(tx, "C", at), order.id, order.customer_id, wanted.merchant),
        *(CaseStatus.REQUESTED, wanted.resolution, summary.liability.party, summary.liability.basis),
        *(summary.liability.final, at, at, order.currency, wanted.method, summary.instant),
        *(wanted.resolution in GOODS_TRAVEL_BACK, wanted.exchange_sku, wanted.note, summary.routing.queue),
        *(summary.routing.priority, summary.routing.channel, summary.warehouse),
        *(summary.routing.requires_inspection, summary.policy, summary.decision),
        msgspec.to_builtins(opening.kept),
    )
    await _write_lines(tx, case, opening)
    await evidence.keep(tx, wanted.shown, author, at, case=case)
    data: dict[str, object] = {"statement": wanted.statement} if wanted.statement else {}
    name = "withdrawal_declared" if wanted.withdraws else "case_requested"
    await record(tx, event(case, name, at, author, data))
    return case


async def _write_lines(tx: Connection, case: UUID, opening: _Opening) -> None:
    """Holds the units and writes the lines; in order of their ids, as every lock is taken."""
    together = zip(opening.wanted.lines, opening.agreed, strict=True)
    for line, agreed in sorted(together, key=lambda each: each[0].line):
        held: Held = await hold_units(tx, line.line, line.quantity)
        total = min(agreed.total, held.worth + held.shipping)
        paid = agreed.paying(total)
        await tx.execute(
            "INSERT INTO case_lines (id, case_id, order_line_id, quantity, reason, note, refundable_minor, units,"
            " worth_minor, shipping_minor, breakdown, refunded_minor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            *(new_id(), case, line.line, line.quantity, line.reason, line.note, total, held.text),
            *(held.worth, held.shipping, paid.text),
        )


async def _use_quotas(tx: Connection, rules: Rules, opening: _Opening, known: Known, at: datetime) -> None:
    wanted, order = opening.wanted, opening.material.order
    used = quotas.used_by(opening.terms, wanted.resolution)
    if used:
        segments = opening.material.segments
        benefits = rules.kernel.entitlements(str(order.customer_id), order.market, segments, at, known)
        await quotas.use(tx, order.customer_id, used, benefits, at)
