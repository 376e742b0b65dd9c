"""Which shop do the graph's tests ask about? Orders built from what differs and ingested as real ones are."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.money import decimal_text, parse_minor
from bff.orders.records import OrderRecord, read_record
from bff.orders.upsert import upsert
from bff.schema.ids import global_id
from bff.storage.database import Connection, Database
from bff.storage.fields import new_id
from bff.viewer import Viewer
from bff.vocabulary import CaseStatus, Resolution, ReturnReason, Role

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def days_ago(days: float) -> datetime:
    """That many days before the tests' present."""
    return NOW - timedelta(days=days)


def written(at: datetime | None) -> str | None:
    """An instant as ingest reads it."""
    return at.isoformat() if at else None


def a_line(external_id: str = "1", *, paid: str = "100.00", quantity: int = 1, **differing: Any) -> dict[str, Any]:
    """A pair of shoes from the Shoe House."""
    price = decimal_text(-(-parse_minor(paid, "SGD") // quantity), "SGD")
    spare = decimal_text(parse_minor(price, "SGD") * quantity - parse_minor(paid, "SGD"), "SGD")
    return {
        "externalId": external_id,
        "merchantExternalId": "shoe-house",
        "merchantName": "Shoe House",
        "sku": "SHOE-42",
        "title": "Running shoe",
        "variant": "42",
        "category": "apparel/shoes",
        "quantity": quantity,
        "unitPrice": price,
        "discount": spare,
        "tax": "0.00",
        "paid": paid,
        "productExternalId": "shoe",
    } | differing


def a_tea(external_id: str = "2", **differing: Any) -> dict[str, Any]:
    """A tin of tea from the Tea Corner."""
    tea = {
        "merchantExternalId": "tea-corner",
        "merchantName": "Tea Corner",
        "sku": "TEA-1",
        "title": "Oolong tea",
        "variant": None,
        "category": "kitchen/teaware",
        "productExternalId": "tea",
    }
    return a_line(external_id, **(tea | {"paid": "30.00"} | differing))


def an_order(
    number: str,
    *lines: dict[str, Any],
    customer: str = "ada",
    delivered_days_ago: float | None = 3,
    **differing: Any,
) -> OrderRecord:
    """An order of one pair of shoes, paid by card and delivered three days ago."""
    bought = list(lines) or [a_line()]
    fee = differing.get("shippingFee", "0.00")
    total = sum(parse_minor(line["paid"], "SGD") for line in bought) + parse_minor(fee, "SGD")
    delivered = None if delivered_days_ago is None else days_ago(delivered_days_ago)
    placed = days_ago((delivered_days_ago or 0) + 4)
    record = {
        "number": number,
        "market": "SG",
        "currency": "SGD",
        "status": "DELIVERED" if delivered else "SHIPPED",
        "placedAt": written(placed),
        "deliveredAt": written(delivered),
        "updatedAt": written(days_ago(1)),
        "customer": {
            "externalId": customer,
            "displayName": customer.capitalize(),
            "email": f"{customer}@example.test",
            "segments": ["premium"] if customer == "ada" else [],
        },
        "lines": bought,
        "shippingFee": fee,
        "payments": [
            {"externalId": "p1", "method": "CARD", "captured": decimal_text(total, "SGD"), "label": "Visa 4242"}
        ],
        "shipments": [
            {
                "externalId": "s1",
                "carrier": "Quick Post",
                "trackingNumber": f"QP{number}",
                "status": "DELIVERED" if delivered else "IN_TRANSIT",
                "shippedAt": written(placed + timedelta(days=1)),
                "deliveredAt": written(delivered),
                "lines": [line["externalId"] for line in bought],
            }
        ],
    }
    return read_record(record | differing)


class Shop(Struct, frozen=True):
    """A filled database; ids are looked up by what people would call a thing."""

    database: Database

    async def key(self, table: str, column: str, value: str) -> UUID:
        """The key of the row with that value."""
        found = await self.database.structs(Key, f"SELECT id FROM {table} WHERE {column} = ?", value)
        return found[0].id

    async def customer(self, external_id: str) -> Viewer:
        """A customer who is signed in."""
        return Viewer(
            Role.CUSTOMER, external_id, customer_id=await self.key("customers", "external_id", external_id)
        )

    async def merchant(self, external_id: str) -> Viewer:
        """A merchant who is signed in."""
        return Viewer(
            Role.MERCHANT, external_id, merchant_id=await self.key("merchants", "external_id", external_id)
        )

    async def order_id(self, number: str) -> str:
        """The global id of an order."""
        return global_id("Order", await self.key("orders", "number", number))

    async def case_id(self, number: str) -> str:
        """The global id of a case."""
        return global_id("Case", await self.key("cases", "number", number))

    async def line_id(self, number: str, external_id: str = "1") -> str:
        """The global id of a line of an order."""
        return global_id("OrderLine", await self.line_key(number, external_id))

    async def line_key(self, number: str, external_id: str = "1") -> UUID:
        """The key of a line of an order."""
        found = await self.database.structs(
            Key,
            "SELECT l.id FROM order_lines l JOIN orders o ON o.id = l.order_id"
            " WHERE o.number = ? AND l.external_id = ?",
            number,
            external_id,
        )
        return found[0].id

    async def take(self, *orders: OrderRecord) -> None:
        """Ingests orders, all of which must be good."""
        outcome = await upsert(self.database, orders)
        assert outcome.rejected == []

    async def stock(self, sku: str, units: int) -> None:
        """Puts units of a variant on the shelf."""
        await self.change("UPDATE variants SET stock = ? WHERE sku = ?", units, sku)

    async def change(self, sql: str, *args: Any) -> None:
        """Changes rows as a process elsewhere would."""
        await self.database.run_tx(lambda connection: connection.execute(sql, *args))

    async def open_case(
        self,
        number: str,
        order: str,
        line: str = "1",
        *,
        quantity: int = 1,
        status: CaseStatus = CaseStatus.REQUESTED,
        requested_days_ago: float = 1,
    ) -> None:
        """A case about some units of a line; it holds them, whatever its status."""
        line_key = await self.line_key(order, line)
        sold = await self.database.structs(
            Sold,
            "SELECT o.id, o.customer_id, l.merchant_id, o.currency, l.quantity_held FROM orders o"
            " JOIN order_lines l ON l.order_id = o.id"
            " WHERE l.id = ?",
            line_key,
        )
        case, at, held = new_id(), days_ago(requested_days_ago), sold[0].held

        async def write(connection: Connection) -> None:
            row = (case, number, sold[0].id, sold[0].customer_id, sold[0].merchant_id, status)
            await connection.execute(
                "INSERT INTO cases (id, number, order_id, customer_id, merchant_id, status, resolution,"
                " liable_party, liability_basis, liability_final, requested_at, updated_at, currency, version)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 'CUSTOMER', 'no_reason', TRUE, ?, ?, ?, 1)",
                *row,
                Resolution.RETURN_AND_REFUND,
                at,
                at,
                sold[0].currency,
            )
            await connection.execute(
                "INSERT INTO case_lines (id, case_id, order_line_id, quantity, reason, refundable_minor,"
                " refunded_minor, worth_minor, units) VALUES (?, ?, ?, ?, ?, 10000, 0, 10000, ?)",
                new_id(),
                case,
                line_key,
                quantity,
                ReturnReason.CHANGE_OF_MIND,
                f"[[{held},{quantity}]]",
            )
            await connection.execute(
                "UPDATE order_lines SET quantity_held = ?, held_units = ? WHERE id = ?",
                *(held + quantity, f"[[0,{held + quantity}]]", line_key),
            )

        await self.database.run_tx(write)


class Key(Struct, frozen=True):
    """A row's key."""

    id: UUID


class Sold(Struct, frozen=True):
    """Who sold what to whom, and how many units cases hold."""

    id: UUID
    customer_id: UUID
    merchant_id: UUID
    currency: str
    held: int


AGENT = Viewer(Role.AGENT, "agent-1")
OPS = Viewer(Role.OPS, "ops-1")
INGEST = Viewer(Role.INGEST, "ingest-1")


async def fill(database: Database) -> Shop:
    """Two customers, two merchants, three orders, one case."""
    shop = Shop(database)
    await shop.take(
        an_order("A-1", a_line("1", paid="200.00", quantity=2), a_tea(), shippingFee="5.00"),
        an_order("A-2", delivered_days_ago=200),
        an_order("B-1", a_line("1", sku="SHOE-43", variant="43"), customer="ben"),
    )
    await shop.open_case("C-1", "A-1")
    return shop
