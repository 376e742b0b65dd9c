"""Which money goes back? Refunds, what of each line they pay, and through which tenders."""

from typing import Any

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds, not_negative
from bff.vocabulary import RefundMethod, RefundStatus


class Refund(Model):
    """One payment back. It is written, and its money held, before any provider hears of it."""

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="refunds", on_delete=fields.RESTRICT)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    method = fields.CharEnumField(RefundMethod, max_length=20)
    status = fields.CharEnumField(RefundStatus, max_length=20)
    provider_key = fields.CharField(max_length=100, unique=True)  # the same at every try
    provider_reference = fields.CharField(max_length=200, null=True, unique=True)
    breakdown: fields.Field[list[dict[str, Any]]] = fields.JSONField(null=True)
    requested_at = UtcDatetimeField()
    settled_at = UtcDatetimeField(null=True)
    expected_by = UtcDatetimeField(null=True)
    failure = fields.CharField(max_length=500, null=True)
    attempts = fields.IntField(db_default=0)

    class Meta:
        table = "refunds"
        indexes = (("case_id", "requested_at", "id"), ("status", "requested_at", "id"))
        constraints = (
            holds("refunds", "pays_something", "amount_minor > 0"),
            holds("refunds", "currency_has_three_letters", "length(currency) = 3"),
            holds(
                "refunds",
                "settles_when_it_is_over",
                "(settled_at IS NOT NULL) = (status IN ('SUCCEEDED', 'FAILED'))",
            ),
            *not_negative("refunds", "attempts"),
        )


class RefundLine(Model):
    """What a refund pays for one case line: of its goods, and of its share of the shipping fee."""

    id = id_field()
    refund = fields.ForeignKeyField("bff.Refund", related_name="lines", on_delete=fields.RESTRICT)
    case_line = fields.ForeignKeyField("bff.CaseLine", related_name="refund_lines", on_delete=fields.RESTRICT)
    goods_minor = fields.BigIntField()
    shipping_minor = fields.BigIntField(db_default=0)

    class Meta:
        table = "refund_lines"
        unique_together = (("refund_id", "case_line_id"),)
        indexes = (("case_line_id",),)
        constraints = (
            holds("refund_lines", "pays_something", "goods_minor + shipping_minor > 0"),
            *not_negative("refund_lines", "goods_minor", "shipping_minor"),
        )


class RefundTender(Model):
    """The part of a refund that returns to one tender: one order to a provider, under a key of its own."""

    id = id_field()
    refund = fields.ForeignKeyField("bff.Refund", related_name="tenders", on_delete=fields.RESTRICT)
    payment = fields.ForeignKeyField("bff.Payment", related_name="refund_tenders", on_delete=fields.RESTRICT)
    amount_minor = fields.BigIntField()
    status = fields.CharEnumField(RefundStatus, max_length=20)
    provider_key = fields.CharField(max_length=100, unique=True)
    provider_reference = fields.CharField(max_length=200, null=True, unique=True)
    failure = fields.CharField(max_length=500, null=True)
    settled_at = UtcDatetimeField(null=True)
    declined = fields.BooleanField(db_default=False)  # the provider has said no under this key, for ever
    runs = fields.IntField(db_default=0)  # which run of it this is: each has one workflow

    class Meta:
        table = "refund_tenders"
        unique_together = (("refund_id", "payment_id"),)
        indexes = (("payment_id",),)
        constraints = (
            holds("refund_tenders", "pays_something", "amount_minor > 0"),
            holds(
                "refund_tenders",
                "settles_when_it_is_over",
                "(settled_at IS NOT NULL) = (status IN ('SUCCEEDED', 'FAILED'))",
            ),
            *not_negative("refund_tenders", "runs"),
        )
