"""What does a merchant offer instead? Partial refunds, with or without the goods."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds
from bff.vocabulary import OfferStatus


class Offer(Model):
    """One offer; `round` counts those of a case. At most one is open: a partial UNIQUE of the migration."""

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="offers", on_delete=fields.CASCADE)
    round = fields.IntField()
    amount_minor = fields.BigIntField()
    keeps_goods = fields.BooleanField()
    message = fields.TextField(null=True)
    status = fields.CharEnumField(OfferStatus, max_length=20)
    made_at = UtcDatetimeField()
    expires_at = UtcDatetimeField()
    answered_at = UtcDatetimeField(null=True)

    class Meta:
        table = "offers"
        unique_together = (("case_id", "round"),)
        constraints = (
            holds("offers", "counts_from_one", "round >= 1"),
            holds("offers", "offers_something", "amount_minor > 0"),
            holds("offers", "ends_after_it_is_made", "expires_at > made_at"),
        )
