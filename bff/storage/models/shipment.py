"""Where are the goods? Outbound parcels and the lines they carry."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds
from bff.vocabulary import ShipmentStatus


class Shipment(Model):
    """One parcel. A line travels in at most one: the lines are named by their external ids."""

    id = id_field()
    order = fields.ForeignKeyField("bff.Order", related_name="shipments", on_delete=fields.CASCADE)
    external_id = fields.CharField(max_length=100)
    carrier = fields.CharField(max_length=100)
    tracking_number = fields.CharField(max_length=100, null=True)
    status = fields.CharEnumField(ShipmentStatus, max_length=20)
    shipped_at = UtcDatetimeField(null=True)
    delivered_at = UtcDatetimeField(null=True)
    line_external_ids: fields.Field[list[str]] = fields.JSONField(default=list)

    class Meta:
        table = "shipments"
        unique_together = (("order_id", "external_id"),)
        constraints = (holds("shipments", "not_delivered_before_shipped", "delivered_at >= shipped_at"),)
