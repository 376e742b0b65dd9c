"""What was shown? Photos, numbers and texts, of a case or of a message."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds
from bff.vocabulary import EvidenceKind, Role


class Evidence(Model):
    """One thing shown. It belongs to a case or is attached to a ticket's message, never both."""

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="evidence", on_delete=fields.CASCADE, null=True)
    message = fields.ForeignKeyField(
        "bff.TicketMessage", related_name="attachments", on_delete=fields.CASCADE, null=True
    )
    kind = fields.CharEnumField(EvidenceKind, max_length=20)
    url = fields.CharField(max_length=2000, null=True)
    text = fields.TextField(null=True)
    added_by = fields.CharEnumField(Role, max_length=20)
    added_subject = fields.CharField(max_length=200)
    added_at = UtcDatetimeField()

    class Meta:
        table = "evidence"
        indexes = (("case_id", "added_at", "id"), ("message_id", "added_at", "id"))
        constraints = (
            holds("evidence", "belongs_to_one_thing", "(case_id IS NULL) <> (message_id IS NULL)"),
            holds("evidence", "shows_something", "url IS NOT NULL OR text IS NOT NULL"),
        )
