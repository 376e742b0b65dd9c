"""Who is right? A dispute with its one ruling, and the one appeal against it."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds
from bff.vocabulary import AppealStatus, DisputeStatus, LiableParty


class Dispute(Model):
    """A customer's claim against how a case went; its ruling stands in the same row, so there is one."""

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="disputes", on_delete=fields.RESTRICT)
    status = fields.CharEnumField(DisputeStatus, max_length=20)
    claim = fields.TextField()
    opened_at = UtcDatetimeField()
    ruled_at = UtcDatetimeField(null=True)
    liable_party = fields.CharEnumField(LiableParty, max_length=20, null=True)
    refund_minor = fields.BigIntField(null=True)
    rationale = fields.TextField(null=True)
    ruled_by = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "disputes"
        unique_together = (("case_id",),)
        indexes = (("status", "opened_at", "id"),)
        constraints = (
            holds(
                "disputes",
                "ruled_with_all_it_takes",
                "(status = 'RULED') = (ruled_at IS NOT NULL AND liable_party IS NOT NULL AND rationale IS NOT NULL"
                " AND ruled_by IS NOT NULL)",
            ),
            holds("disputes", "refund_minor_not_negative", "refund_minor >= 0"),
        )


class Appeal(Model):
    """A merchant's appeal against a ruling; one a dispute."""

    id = id_field()
    dispute = fields.ForeignKeyField("bff.Dispute", related_name="appeals", on_delete=fields.RESTRICT)
    merchant = fields.ForeignKeyField("bff.Merchant", related_name="appeals", on_delete=fields.RESTRICT)
    status = fields.CharEnumField(AppealStatus, max_length=20)
    grounds = fields.TextField()
    opened_at = UtcDatetimeField()
    resolved_at = UtcDatetimeField(null=True)
    resolved_by = fields.CharField(max_length=200, null=True)
    rationale = fields.TextField(null=True)

    class Meta:
        table = "appeals"
        unique_together = (("dispute_id",),)
        indexes = (("merchant_id", "opened_at", "id"), ("status", "opened_at", "id"), ("opened_at", "id"))
        constraints = (holds("appeals", "resolved_when_it_is_over", "(resolved_at IS NULL) = (status = 'OPEN')"),)
