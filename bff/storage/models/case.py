"""What went wrong after the sale? One case a problem, with the units it concerns."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds, not_negative
from bff.vocabulary import CaseStatus, LiableParty, Resolution, ReturnReason


class Case(Model):
    """One customer problem on one order, with one merchant."""

    id = id_field()
    number = fields.CharField(max_length=40, unique=True)
    order = fields.ForeignKeyField("bff.Order", related_name="cases", on_delete=fields.RESTRICT)
    customer = fields.ForeignKeyField("bff.Customer", related_name="cases", on_delete=fields.RESTRICT)
    merchant = fields.ForeignKeyField("bff.Merchant", related_name="cases", on_delete=fields.RESTRICT)
    status = fields.CharEnumField(CaseStatus, max_length=20)
    resolution = fields.CharEnumField(Resolution, max_length=20)
    liable_party = fields.CharEnumField(LiableParty, max_length=20)
    liability_basis = fields.CharField(max_length=100)
    liability_final = fields.BooleanField(default=False)
    requested_at = UtcDatetimeField()
    updated_at = UtcDatetimeField()
    version = fields.IntField(default=1)

    class Meta:
        table = "cases"
        indexes = (
            ("order_id",),
            ("customer_id", "requested_at", "id"),
            ("merchant_id", "requested_at", "id"),
            ("requested_at", "id"),
        )
        constraints = (
            holds("cases", "version_counts_from_one", "version >= 1"),
            holds("cases", "not_updated_before_requested", "updated_at >= requested_at"),
        )


class CaseLine(Model):
    """Some units of one order line in a case; a case names a line once."""

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="lines", on_delete=fields.CASCADE)
    order_line = fields.ForeignKeyField("bff.OrderLine", related_name="case_lines", on_delete=fields.RESTRICT)
    quantity = fields.IntField()
    reason = fields.CharEnumField(ReturnReason, max_length=20)
    note = fields.TextField(null=True)
    refundable_minor = fields.BigIntField(default=0)
    refunded_minor = fields.BigIntField(default=0)

    class Meta:
        table = "case_lines"
        unique_together = (("case_id", "order_line_id"),)
        indexes = (("order_line_id",),)
        constraints = (
            holds("case_lines", "has_units", "quantity > 0"),
            *not_negative("case_lines", "refundable_minor", "refunded_minor"),
        )
