"""What is sent instead? One exchange a case."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds
from bff.vocabulary import ExchangeStatus


class Exchange(Model):
    """Units that are sent: of a variant, reserved before; for a repair the customer's own, without a variant.

    A positive difference is the customer's to pay.
    """

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="exchanges", on_delete=fields.RESTRICT)
    variant = fields.ForeignKeyField("bff.Variant", related_name="exchanges", on_delete=fields.RESTRICT, null=True)
    sku = fields.CharField(max_length=100)
    quantity = fields.IntField()
    status = fields.CharEnumField(ExchangeStatus, max_length=20)
    difference_minor = fields.BigIntField(default=0)
    carrier = fields.CharField(max_length=100, null=True)
    tracking_number = fields.CharField(max_length=100, null=True)
    reserved_at = UtcDatetimeField()
    shipped_at = UtcDatetimeField(null=True)
    delivered_at = UtcDatetimeField(null=True)

    class Meta:
        table = "exchanges"
        unique_together = (("case_id",),)
        indexes = (("variant_id",),)
        constraints = (holds("exchanges", "has_units", "quantity > 0"),)
