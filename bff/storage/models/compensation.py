"""What is given beside a refund, and how content is the customer? Compensations and ratings."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds
from bff.vocabulary import CompensationKind, LiableParty


class Compensation(Model):
    """Something given for the trouble; it is no refund and has no part in what was paid."""

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="compensations", on_delete=fields.RESTRICT)
    kind = fields.CharEnumField(CompensationKind, max_length=20)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)
    born_by = fields.CharEnumField(LiableParty, max_length=20)
    reason = fields.TextField()
    granted_by = fields.CharField(max_length=200)
    granted_at = UtcDatetimeField()

    class Meta:
        table = "compensations"
        indexes = (("case_id", "granted_at", "id"),)
        constraints = (
            holds("compensations", "gives_something", "amount_minor > 0"),
            holds("compensations", "currency_has_three_letters", "length(currency) = 3"),
        )


class Rating(Model):
    """What the customer says of how a case was handled: satisfied 1 to 5, would recommend 0 to 10."""

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="ratings", on_delete=fields.CASCADE)
    satisfaction = fields.IntField()
    recommend = fields.IntField(null=True)
    comment = fields.TextField(null=True)
    rated_at = UtcDatetimeField()

    class Meta:
        table = "ratings"
        unique_together = (("case_id",),)
        constraints = (
            holds("ratings", "satisfaction_from_one_to_five", "1 <= satisfaction AND satisfaction <= 5"),
            holds("ratings", "recommend_from_zero_to_ten", "0 <= recommend AND recommend <= 10"),
        )
