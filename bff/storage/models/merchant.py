"""Who sells? Merchants, each in one or more markets."""

from tortoise import Model, fields

from bff.storage.fields import id_field


class Merchant(Model):
    """A seller. `external_id` is the name that policy records and ingest use."""

    id = id_field()
    external_id = fields.CharField(max_length=100, unique=True)
    name = fields.CharField(max_length=200)
    markets: fields.Field[list[str]] = fields.JSONField(default=list)

    class Meta:
        table = "merchants"
