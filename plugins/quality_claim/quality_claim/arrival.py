"""Has the parcel come, and in time? Lost and overdue parcels are refunded; one on its way is waited for."""

from collections.abc import Iterator
from datetime import datetime

from bff.markets import market
from bff.policy.contributions import Grant, Hold, NoGrant, Window, say
from bff.policy.facts import CaseFacts, Line
from bff.vocabulary import Resolution, ReturnReason, ShipmentStatus, WindowAnchor
from quality_claim.attributes import promised_end
from quality_claim.ladder import delivery
from quality_claim.parameters import QualityParameters

Arrival = Grant | NoGrant | Hold


def judge_arrival(case: CaseFacts, line: Line, p: QualityParameters) -> Iterator[Arrival]:
    """What NOT_RECEIVED and LATE_DELIVERY come to; a late parcel that has not come is one not received."""
    if line.shipment is ShipmentStatus.LOST:
        yield _refund(case, line, "parcel_lost", "")
    elif line.shipment is not ShipmentStatus.DELIVERED and delivery(case, line) is None:
        yield _waited_for(case, line, p)
    elif case.reason is ReturnReason.LATE_DELIVERY:
        yield from _late(case, line, p)
    else:
        yield from _disputed(case, line, p)


def _refund(case: CaseFacts, line: Line, code: str, rule: str, until: datetime | None = None) -> Grant:
    return Grant(
        line=line.id,
        code=code,
        rule=rule,
        said=say(until=until) if until else (),
        basis=case.basis,
        window=None,
        resolutions=(Resolution.REFUND_ONLY,),
    )


def _waited_for(case: CaseFacts, line: Line, p: QualityParameters) -> Arrival:
    """Money back once the parcel is overdue, counted from shipping or, before that, from the order."""
    shipped = line.shipped_at is not None and line.shipped_at <= case.at
    calendar = market(case.market)
    if shipped and line.shipped_at is not None:
        due, rule = calendar.window_end(line.shipped_at, p.overdue_days), "overdue_days"
    else:
        due, rule = calendar.window_end(case.placed_at, p.unshipped_days), "unshipped_days"
    if case.at >= due:
        return _refund(case, line, "parcel_overdue" if shipped else "never_shipped", rule, due)
    return NoGrant(
        line=line.id,
        code="still_on_its_way" if shipped else "not_shipped_yet",
        rule=rule,
        said=say(until=due),
        basis=case.basis,
        unmet="days_until_overdue",
        actual=(calendar.local_day(due) - calendar.local_day(case.at)).days,
    )


def _disputed(case: CaseFacts, line: Line, p: QualityParameters) -> Iterator[Arrival]:
    """The carrier says delivered, the customer says no: a person looks, if it is said in time."""
    window = _since_delivery(case, line, p.delivery_dispute_days)
    if window is not None and case.at >= window.closes_at:
        yield _lapsed(case, line, window, "delivery_dispute_closed", "delivery_dispute_days")
        return
    yield Grant(
        line=line.id,
        code="delivery_disputed",
        rule="delivery_dispute_days",
        said=say(until=window.closes_at) if window else (),
        basis=case.basis,
        window=window,
        resolutions=(Resolution.REFUND_ONLY,),
    )
    yield Hold(line=line.id, code="delivery_checked", rule="delivery_dispute_days", basis=case.basis)


def _late(case: CaseFacts, line: Line, p: QualityParameters) -> Iterator[Arrival]:
    due = promised(case, line, p)
    window = _since_delivery(case, line, p.late_claim_days)
    arrived = case.at if window is None else window.opens_at  # by now at the latest, where the day is unknown
    if arrived < due:
        yield NoGrant(
            line=line.id,
            code="delivered_in_time",
            rule="delivery_days",
            said=say(until=due),
            basis=case.basis,
            unmet="late",
            wanted=1,
        )
    elif window is not None and case.at >= window.closes_at:
        yield _lapsed(case, line, window, "late_claim_closed", "late_claim_days")
    else:
        yield _came_late(case, line, due, window)
        if window is None:
            yield Hold(line=line.id, code="delivery_checked", rule="delivery_days", basis=case.basis)


def _came_late(case: CaseFacts, line: Line, due: datetime, window: Window | None) -> Grant:
    return Grant(
        line=line.id,
        code="delivered_late",
        rule="late_claim_days",
        said=say(until=due),
        basis=case.basis,
        window=window,
        resolutions=(Resolution.RETURN_AND_REFUND,),
    )


def promised(case: CaseFacts, line: Line, p: QualityParameters) -> datetime:
    """From when a delivery is late: what was promised for the line or the order, else the market's days."""
    for attributes in (line.attributes, case.order_attributes):
        end = promised_end(attributes, case.market)
        if end is not None:
            return end
    return market(case.market).window_end(case.placed_at, p.delivery_days)


def _since_delivery(case: CaseFacts, line: Line, days: int) -> Window | None:
    delivered = delivery(case, line)
    if delivered is None:
        return None
    closes = market(case.market).window_end(delivered, days)
    return Window(opens_at=delivered, closes_at=closes, days=days, anchor=WindowAnchor.DELIVERED)


def _lapsed(case: CaseFacts, line: Line, window: Window, code: str, rule: str) -> NoGrant:
    calendar = market(case.market)
    age = (calendar.local_day(case.at) - calendar.local_day(window.opens_at)).days
    return NoGrant(
        line=line.id,
        code=code,
        rule=rule,
        said=say(until=window.closes_at, days=window.days),
        basis=case.basis,
        unmet="days_since_delivery",
        wanted=window.days,
        actual=age,
        window=window,
    )
