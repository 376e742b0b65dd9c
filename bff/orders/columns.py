"""Which columns does a flat file of orders have? One row a line, the order's own columns repeated on each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

import msgspec

from bff.orders.records import OrderRecord, UnreadableRecordError, read_record

ORDER_COLUMNS = (
    "number",
    "externalId",
    "market",
    "currency",
    "status",
    "placedAt",
    "deliveredAt",
    "updatedAt",
    "shippingFee",
    "channel",
)
CUSTOMER_COLUMNS = {
    "customerExternalId": "externalId",
    "customerDisplayName": "displayName",
    "customerEmail": "email",
}
SEGMENTS = "segments"  # separated by semicolons
# One tender in three columns, or any number of them as JSON in `payments`.
PAYMENT_COLUMNS = {"paymentMethod": "method", "paymentCaptured": "captured", "paymentLabel": "label"}
JSON_COLUMNS = ("payments", "shipments", "attributes")
LINE_COLUMNS = {
    "lineExternalId": "externalId",
    "merchantExternalId": "merchantExternalId",
    "merchantName": "merchantName",
    "sku": "sku",
    "title": "title",
    "variant": "variant",
    "category": "category",
    "quantity": "quantity",
    "unitPrice": "unitPrice",
    "discount": "discount",
    "tax": "tax",
    "paid": "paid",
    "imageUrl": "imageUrl",
    "productExternalId": "productExternalId",
}
LINE_ATTRIBUTES = "lineAttributes"  # JSON
REPEATED = (*ORDER_COLUMNS, *CUSTOMER_COLUMNS, SEGMENTS, *PAYMENT_COLUMNS, *JSON_COLUMNS)
KNOWN = {*REPEATED, *LINE_COLUMNS, LINE_ATTRIBUTES}
OPTIONAL = {
    "externalId",
    "deliveredAt",
    "channel",
    "customerEmail",
    SEGMENTS,
    *PAYMENT_COLUMNS,
    *JSON_COLUMNS,
    "variant",
    "imageUrl",
    "productExternalId",
    LINE_ATTRIBUTES,
}

Row = Mapping[str, Any]


class UnreadableFileError(ValueError):
    """A file that no order can be read from; the text says why and what would do."""


class FlatOrders:
    """Rows to orders, for a file with these columns.

    Raises UnreadableFileError, which names every column that lacks or that nobody knows.
    """

    def __init__(self, names: Iterable[str]) -> None:
        have = set(names)
        lacking, strange = sorted(KNOWN - OPTIONAL - have), sorted(have - KNOWN)
        if lacking or strange:
            parts = [f"lacks {', '.join(lacking)}"] if lacking else []
            parts += [f"has unknown {', '.join(strange)}"] if strange else []
            known = ", ".join(sorted(KNOWN))
            raise UnreadableFileError(f"the file {' and '.join(parts)}; known columns are {known}")
        self._repeated = [name for name in REPEATED if name in have]
        self._shared = itemgetter(*self._repeated)
        self._order = [(name, name) for name in ORDER_COLUMNS if name in have]
        self._customer, self._payment, self._line_columns = (
            [(column, name) for column, name in names.items() if column in have]
            for names in (CUSTOMER_COLUMNS, PAYMENT_COLUMNS, LINE_COLUMNS)
        )

    def order(self, rows: Sequence[Row]) -> OrderRecord:
        """The order that these rows (one a line) tell of. Raises UnreadableRecordError, which names the field."""
        first = rows[0]
        shared = self._shared(first)
        for row in rows:
            if self._shared(row) != shared:
                differing = [name for name in self._repeated if row[name] != first[name]]
                raise UnreadableRecordError(differing[0], "differs between the rows of the order")
        order = _present(first, self._order)
        order["customer"] = _present(first, self._customer)
        segments = [part.strip() for part in (first.get(SEGMENTS) or "").split(";")]
        order["customer"]["segments"] = [segment for segment in segments if segment]
        order |= {name: _parsed(name, first[name]) for name in JSON_COLUMNS if first.get(name)}
        if "payments" not in order:
            tender = _present(first, self._payment)
            order["payments"] = [{"externalId": "1", **tender}] if tender else []
        order["lines"] = [self._line(row) for row in rows]
        return read_record(order)

    def _line(self, row: Row) -> dict[str, Any]:
        line = _present(row, self._line_columns)
        quantity = line.get("quantity")
        if type(quantity) is str and quantity.isascii() and quantity.isdigit():
            line["quantity"] = int(quantity[:10])
        if row.get(LINE_ATTRIBUTES):
            line["attributes"] = _parsed(LINE_ATTRIBUTES, row[LINE_ATTRIBUTES])
        return line


def _present(row: Row, columns: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The cells that are not empty, under their names in the record."""
    return {
        name: value if type(value) is str else _cell(column, value)
        for column, name in columns
        if (value := row[column]) is not None and value != ""
    }


def _cell(column: str, value: Any) -> Any:
    """Decimals become decimal strings; a float is no amount and a naive instant no instant."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        raise UnreadableRecordError(column, "is a float; write amounts as text or decimals")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise UnreadableRecordError(column, "has no time zone")
    return value


def _parsed(column: str, text: Any) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, TypeError) as error:
        raise UnreadableRecordError(column, f"is not JSON: {error}") from None
