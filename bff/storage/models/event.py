"""What happened, and who is told? Timelines, what is to be sent from them, and what has been taken in."""

from typing import Any

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds, not_negative
from bff.vocabulary import Role


class CaseEvent(Model):
    """One entry of a case's timeline, written in the transaction that made it true; `sequence` has no gaps."""

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="timeline", on_delete=fields.CASCADE)
    sequence = fields.IntField()
    type = fields.CharField(max_length=60)  # "case_approved"
    at = UtcDatetimeField()
    actor = fields.CharEnumField(Role, max_length=20)
    subject = fields.CharField(max_length=200)  # who of that role
    data: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)

    class Meta:
        table = "case_events"
        unique_together = (("case_id", "sequence"),)
        constraints = (holds("case_events", "counts_from_one", "sequence >= 1"),)


class OutboxMessage(Model):
    """What a worker has yet to send, at least once; `id` is the event's, by which a receiver knows it again."""

    id = id_field()
    topic = fields.CharField(max_length=60)  # "case_changed"
    subject_id = fields.UUIDField()  # what changed: the case, the ticket
    sequence = fields.IntField()  # in that order for one subject
    payload: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)
    attempts = fields.IntField(db_default=0)
    next_at = UtcDatetimeField()
    done_at = UtcDatetimeField(null=True)

    class Meta:
        table = "outbox"
        unique_together = (("topic", "subject_id", "sequence"),)
        indexes = (("done_at", "next_at", "id"),)
        constraints = not_negative("outbox", "attempts")


class InboxMessage(Model):
    """Something that another system told us, once: the second telling finds the first."""

    id = id_field()
    source = fields.CharField(max_length=60)  # "stripe", "carrier:dhl"
    external_id = fields.CharField(max_length=200)
    payload: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)
    received_at = UtcDatetimeField()
    done_at = UtcDatetimeField(null=True)

    class Meta:
        table = "inbox"
        unique_together = (("source", "external_id"),)
