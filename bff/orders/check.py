"""Does an order add up? Every problem of a record at once, with its place, and the amounts in minor units."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from msgspec import Struct

from bff.markets import UnknownMarketError, market
from bff.money import LARGEST_MINOR, MoneyError, decimal_text, exponent, parse_minor, split
from bff.orders.records import LineRecord, OrderRecord
from bff.vocabulary import OrderStatus, PaymentMethod, ShipmentStatus

PAID_FOR = {OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED}
ON_THE_WAY = {OrderStatus.PAID, OrderStatus.SHIPPED}
EARLIEST_YEAR, LATEST_YEAR = 1970, 9998  # what both databases and every time zone can keep
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # PostgreSQL cannot keep the character NUL


class Problem(Struct, frozen=True):
    """What is wrong with one field; `field` is its path inside the order, such as `lines[1].paid`."""

    field: str
    reason: str


class LineAmounts(Struct, frozen=True):
    """One line's money in minor units; `shipping` is its share of the order's fee."""

    unit_price: int
    discount: int
    tax: int
    paid: int
    shipping: int = 0


class OrderAmounts(Struct, frozen=True):
    """An order's money in minor units; `total` is what the lines cost with shipping."""

    lines: list[LineAmounts]
    captured: list[int]
    shipping_fee: int

    @property
    def total(self) -> int:
        """All that the customer owes for the order."""
        return sum(line.paid for line in self.lines) + self.shipping_fee


class BadOrderError(ValueError):
    """An order that cannot be taken; `problems` says everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.reason}" for problem in problems))
        self.problems = problems


def check(record: OrderRecord, encoded: bytes = b"") -> OrderAmounts:
    """The record's amounts in minor units. Raises BadOrderError with every problem that it has.

    `encoded` is the record as canonical JSON, where the caller has it already.
    """
    problems = list(_word_problems(record, encoded or msgspec.json.encode(record)))
    amounts = _amounts(record, problems)
    if amounts is not None and not problems:
        problems.extend(_sum_problems(record, amounts))
    if problems or amounts is None:
        raise BadOrderError(problems)
    return amounts


def _word_problems(record: OrderRecord, encoded: bytes) -> Iterator[Problem]:
    if b"\\u0000" in encoded and NUL.search(encoded):
        yield Problem("", "contains the character NUL, which cannot be kept")
    try:
        market(record.market)
    except UnknownMarketError as error:
        yield Problem("market", str(error))
    if not record.lines:
        yield Problem("lines", "is empty")
    yield from _twice("lines", (line.external_id for line in record.lines))
    yield from _twice("payments", (payment.external_id for payment in record.payments))
    yield from _twice("shipments", (parcel.external_id for parcel in record.shipments))
    yield from _date_problems(record)
    yield from _parcel_problems(record)


def _twice(field: str, ids: Iterable[str]) -> Iterator[Problem]:
    for name, count in Counter(ids).items():
        if count > 1:
            yield Problem(field, f"externalId {name!r} stands there {count} times")


def _date_problems(record: OrderRecord) -> Iterator[Problem]:
    yield from _instant("placedAt", record.placed_at)
    yield from _instant("updatedAt", record.updated_at)
    yield from _instant("deliveredAt", record.delivered_at)
    if record.delivered_at and record.delivered_at < record.placed_at:
        yield Problem("deliveredAt", "is before placedAt")


def _instant(field: str, at: datetime | None) -> Iterator[Problem]:
    if at is not None and not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        yield Problem(field, f"is not between the years {EARLIEST_YEAR} and {LATEST_YEAR}")


def _parcel_problems(record: OrderRecord) -> Iterator[Problem]:
    if not record.shipments:
        return
    ids = {line.external_id for line in record.lines}
    travels = Counter(name for parcel in record.shipments for name in parcel.lines)
    for i, parcel in enumerate(record.shipments):
        place = f"shipments[{i}]"
        yield from _instant(f"{place}.shippedAt", parcel.shipped_at)
        yield from _instant(f"{place}.deliveredAt", parcel.delivered_at)
        if parcel.shipped_at and parcel.delivered_at and parcel.delivered_at < parcel.shipped_at:
            yield Problem(f"{place}.deliveredAt", "is before shippedAt")
        if parcel.status is ShipmentStatus.DELIVERED and not parcel.delivered_at:
            yield Problem(f"{place}.deliveredAt", "is missing, though the parcel is DELIVERED")
        for name in parcel.lines:
            if name not in ids:
                yield Problem(f"{place}.lines", f"{name!r} is no line of this order")
            elif travels[name] > 1:
                yield Problem(f"{place}.lines", f"{name!r} travels in more than one parcel")


def _amounts(record: OrderRecord, problems: list[Problem]) -> OrderAmounts | None:
    """Reads every amount; those that are not amounts become problems, and then there is no result."""
    currency = record.currency
    try:
        fee = parse_minor(record.shipping_fee, currency)
        captured = [parse_minor(payment.captured, currency) for payment in record.payments]
        read = [[parse_minor(text, currency) for _, text in _priced(line)] for line in record.lines]
    except MoneyError:
        problems.extend(_amount_problems(record))
        return None
    if fee < 0 or any(minor < 0 for minors in (captured, *read) for minor in minors):
        problems.extend(_amount_problems(record))
        return None
    shares = split(fee, [minors[-1] for minors in read])
    lines = [
        LineAmounts(price, discount, tax, paid, share)
        for (price, discount, tax, paid), share in zip(read, shares, strict=True)
    ]
    return OrderAmounts(lines, captured, fee)


def _priced(line: LineRecord) -> tuple[tuple[str, str], ...]:
    """A line's amounts as written, under their names, in the sequence of LineAmounts."""
    return (
        ("unitPrice", line.unit_price),
        ("discount", line.discount),
        ("tax", line.tax),
        ("paid", line.paid),
    )


def _amount_problems(record: OrderRecord) -> Iterator[Problem]:
    """What is wrong with each amount; asked only where something is, since naming places takes its time."""
    try:
        exponent(record.currency)
    except MoneyError as error:
        yield Problem("currency", str(error))
        return
    written = [("shippingFee", record.shipping_fee)]
    written += [(f"payments[{i}].captured", one.captured) for i, one in enumerate(record.payments)]
    written += [
        (f"lines[{i}].{name}", text) for i, line in enumerate(record.lines) for name, text in _priced(line)
    ]
    for field, text in written:
        try:
            minor = parse_minor(text, record.currency)
        except MoneyError as error:
            yield Problem(field, str(error))
        else:
            if minor < 0:
                yield Problem(field, f"{text!r} is negative")


def _sum_problems(record: OrderRecord, amounts: OrderAmounts) -> Iterator[Problem]:
    for i, (line, money) in enumerate(zip(record.lines, amounts.lines, strict=True)):
        yield from _line_problems(f"lines[{i}]", line, money, record.currency)
    total, captured = amounts.total, sum(amounts.captured)
    if total > LARGEST_MINOR:
        yield Problem("lines", "cost more than any order can")
    exact = record.status in PAID_FOR and not _pays_at_the_door(record)
    if captured > total or (exact and captured != total):
        wanted = f"{decimal_text(total, record.currency)} that the lines and shipping cost"
        reason = f"add up to {decimal_text(captured, record.currency)}, not to the {wanted}"
        yield Problem("payments", reason)


def _pays_at_the_door(record: OrderRecord) -> bool:
    cash = any(payment.method is PaymentMethod.CASH_ON_DELIVERY for payment in record.payments)
    return cash and record.status in ON_THE_WAY


def _line_problems(place: str, line: LineRecord, money: LineAmounts, currency: str) -> Iterator[Problem]:
    """List prices hold tax in most markets and stand before it in some: the line must add up in either way."""
    price = money.unit_price * line.quantity
    if price > LARGEST_MINOR:
        yield Problem(f"{place}.unitPrice", "times quantity is larger than any amount can be")
    left = price - money.discount
    if money.paid not in {left, left + money.tax}:
        added = f" or, with tax added, {decimal_text(left + money.tax, currency)}" if money.tax else ""
        wanted = f"unitPrice x quantity - discount is {decimal_text(left, currency)}{added}"
        yield Problem(f"{place}.paid", f"is {decimal_text(money.paid, currency)}, but {wanted}")
    if money.tax > money.paid:
        yield Problem(f"{place}.tax", "is more than paid, which includes it")
