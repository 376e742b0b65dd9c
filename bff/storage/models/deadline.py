"""Until when does a case wait? Absolute instants, counted once in the market's calendar."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.vocabulary import DeadlineKind


class Deadline(Model):
    """One wait of a case. At most one of a kind is open, `settled_at` empty: a partial UNIQUE of the migration."""

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="deadlines", on_delete=fields.CASCADE)
    kind = fields.CharEnumField(DeadlineKind, max_length=30)
    due_at = UtcDatetimeField()
    on_expiry = fields.CharField(max_length=60)  # the transition that its passing makes: "approve"
    settled_at = UtcDatetimeField(null=True)

    class Meta:
        table = "deadlines"
        indexes = (("case_id",), ("settled_at", "due_at", "id"))
