"""How do the goods travel back? One parcel a case, and what its carrier says of it."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds
from bff.vocabulary import ReturnMethod, ReverseShipmentStatus


class ReverseShipment(Model):
    """The parcel in which a case's goods come back."""

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="reverse_shipments", on_delete=fields.CASCADE)
    method = fields.CharEnumField(ReturnMethod, max_length=20)
    status = fields.CharEnumField(ReverseShipmentStatus, max_length=20)
    carrier = fields.CharField(max_length=100)
    tracking_number = fields.CharField(max_length=100, null=True, unique=True)
    pickup_from = UtcDatetimeField(null=True)
    pickup_until = UtcDatetimeField(null=True)
    label_url = fields.CharField(max_length=2000, null=True)
    booked_at = UtcDatetimeField()

    class Meta:
        table = "reverse_shipments"
        unique_together = (("case_id",),)
        constraints = (holds("reverse_shipments", "slot_ends_after_it_starts", "pickup_until > pickup_from"),)


class ReverseShipmentEvent(Model):
    """One scan. `event_id` is the carrier's own: the same scan told twice is one."""

    id = id_field()
    shipment = fields.ForeignKeyField("bff.ReverseShipment", related_name="events", on_delete=fields.CASCADE)
    event_id = fields.CharField(max_length=200, unique=True)
    status = fields.CharEnumField(ReverseShipmentStatus, max_length=20)
    at = UtcDatetimeField()
    place = fields.CharField(max_length=200, null=True)
    description = fields.CharField(max_length=1000, null=True)

    class Meta:
        table = "reverse_shipment_events"
        indexes = (("shipment_id", "at", "id"),)
