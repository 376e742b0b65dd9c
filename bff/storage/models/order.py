"""What was bought? Orders, their lines and payments; amounts are minor units of the order's currency."""

from typing import Any

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds, not_negative
from bff.vocabulary import OrderStatus, PaymentMethod


class Order(Model):
    """One purchase by one customer in one currency. `source_updated_at` is what ingest compares."""

    id = id_field()
    number = fields.CharField(max_length=100, unique=True)
    number_folded = fields.TextField()  # what searches look at, as `folded` makes it
    external_id = fields.CharField(max_length=100, null=True)
    customer = fields.ForeignKeyField("bff.Customer", related_name="orders", on_delete=fields.RESTRICT)
    market = fields.CharField(max_length=2)
    currency = fields.CharField(max_length=3)
    channel = fields.CharField(max_length=30, default="web")
    status = fields.CharEnumField(OrderStatus, max_length=20)
    placed_at = UtcDatetimeField()
    delivered_at = UtcDatetimeField(null=True)
    total_minor = fields.BigIntField()  # lines' paid + shipping fee
    shipping_fee_minor = fields.BigIntField(default=0)
    captured_minor = fields.BigIntField(default=0)
    held_minor = fields.BigIntField(default=0)  # promised to refunds that have not settled
    refunded_minor = fields.BigIntField(default=0)
    attributes: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)
    source_updated_at = UtcDatetimeField()
    source_digest = fields.CharField(max_length=64)  # of the record as ingested: the same again changes nothing
    charged_back_minor = fields.BigIntField(db_default=0)  # taken back through the customer's bank

    class Meta:
        table = "orders"
        indexes = (("customer_id", "placed_at", "id"), ("placed_at", "id"))
        constraints = (
            holds("orders", "market_has_two_letters", "length(market) = 2"),
            holds("orders", "currency_has_three_letters", "length(currency) = 3"),
            holds("orders", "not_delivered_before_placed", "delivered_at >= placed_at"),
            holds("orders", "captures_its_total_at_most", "captured_minor <= total_minor"),
            holds("orders", "refunds_what_was_captured", "refunded_minor + held_minor <= captured_minor"),
            *not_negative("orders", "shipping_fee_minor", "captured_minor", "held_minor", "refunded_minor"),
            *not_negative("orders", "charged_back_minor"),
        )


class OrderLine(Model):
    """One variant in one order. `discount_minor` is its share of all discounts; `paid_minor` includes tax."""

    id = id_field()
    order = fields.ForeignKeyField("bff.Order", related_name="lines", on_delete=fields.CASCADE)
    merchant = fields.ForeignKeyField("bff.Merchant", related_name="order_lines", on_delete=fields.RESTRICT)
    position = fields.IntField()
    external_id = fields.CharField(max_length=100)
    sku = fields.CharField(max_length=100)
    title = fields.CharField(max_length=300)
    title_folded = fields.TextField()  # may be longer than the title
    variant = fields.CharField(max_length=200, null=True)
    category = fields.CharField(max_length=200)
    image_url = fields.CharField(max_length=1000, null=True)
    quantity = fields.IntField()
    quantity_held = fields.IntField(default=0)  # units in open or completed cases
    unit_price_minor = fields.BigIntField()
    discount_minor = fields.BigIntField(default=0)
    tax_minor = fields.BigIntField(default=0)
    paid_minor = fields.BigIntField()
    shipping_minor = fields.BigIntField(default=0)  # its share of the order's fee, split once
    held_minor = fields.BigIntField(default=0)
    refunded_minor = fields.BigIntField(default=0)
    attributes: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)
    held_units = fields.TextField(db_default="[]")  # the positions of the held units, [[first, count], ...]
    shipping_held_minor = fields.BigIntField(db_default=0)
    shipping_refunded_minor = fields.BigIntField(db_default=0)

    class Meta:
        table = "order_lines"
        unique_together = (("order_id", "external_id"),)
        indexes = (("merchant_id", "order_id"),)
        constraints = (
            holds("order_lines", "has_units", "quantity > 0"),
            holds("order_lines", "holds_its_units_at_most", "0 <= quantity_held AND quantity_held <= quantity"),
            holds("order_lines", "taxes_what_was_paid", "tax_minor <= paid_minor"),
            holds("order_lines", "refunds_what_was_paid", "refunded_minor + held_minor <= paid_minor"),
            *not_negative("order_lines", "unit_price_minor", "discount_minor", "tax_minor", "paid_minor"),
            *not_negative("order_lines", "shipping_minor", "held_minor", "refunded_minor"),
            holds(
                "order_lines",
                "refunds_what_shipping_was_paid",
                "shipping_refunded_minor + shipping_held_minor <= shipping_minor",
            ),
            *not_negative("order_lines", "shipping_held_minor", "shipping_refunded_minor"),
        )


class Payment(Model):
    """One tender of an order. Refunds return to each in its share."""

    id = id_field()
    order = fields.ForeignKeyField("bff.Order", related_name="payments", on_delete=fields.CASCADE)
    external_id = fields.CharField(max_length=100)
    method = fields.CharEnumField(PaymentMethod, max_length=20)
    captured_minor = fields.BigIntField()
    refunded_minor = fields.BigIntField(default=0)
    label = fields.CharField(max_length=100)
    held_minor = fields.BigIntField(db_default=0)  # promised to refunds that have not settled
    charged_back_minor = fields.BigIntField(db_default=0)  # taken back through the customer's bank

    class Meta:
        table = "payments"
        unique_together = (("order_id", "external_id"),)
        indexes = (("external_id",),)  # providers tell of a payment and know no order
        constraints = (
            holds("payments", "refunds_what_was_captured", "refunded_minor <= captured_minor"),
            *not_negative("payments", "captured_minor", "refunded_minor"),
            holds("payments", "holds_what_was_captured", "refunded_minor + held_minor <= captured_minor"),
            *not_negative("payments", "held_minor", "charged_back_minor"),
        )
