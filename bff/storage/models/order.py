"""What was bought? Orders, their lines and payments; amounts are minor units of the order's currency."""

from typing import Any

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.vocabulary import OrderStatus, PaymentMethod


class Order(Model):
    """One purchase by one customer in one currency. `source_updated_at` is what ingest compares."""

    id = id_field()
    number = fields.CharField(max_length=100, unique=True)
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

    class Meta:
        table = "orders"
        indexes = (("customer_id", "placed_at", "id"), ("placed_at", "id"))


class OrderLine(Model):
    """One variant in one order. `discount_minor` is its share of all discounts; `paid_minor` includes tax."""

    id = id_field()
    order = fields.ForeignKeyField("bff.Order", related_name="lines", on_delete=fields.CASCADE)
    merchant = fields.ForeignKeyField("bff.Merchant", related_name="order_lines", on_delete=fields.RESTRICT)
    position = fields.IntField()
    external_id = fields.CharField(max_length=100)
    sku = fields.CharField(max_length=100)
    title = fields.CharField(max_length=300)
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

    class Meta:
        table = "order_lines"
        unique_together = (("order", "external_id"),)


class Payment(Model):
    """One tender of an order. Refunds return to each in its share."""

    id = id_field()
    order = fields.ForeignKeyField("bff.Order", related_name="payments", on_delete=fields.CASCADE)
    external_id = fields.CharField(max_length=100)
    method = fields.CharEnumField(PaymentMethod, max_length=20)
    captured_minor = fields.BigIntField()
    refunded_minor = fields.BigIntField(default=0)
    label = fields.CharField(max_length=100)

    class Meta:
        table = "payments"
        unique_together = (("order", "external_id"),)
