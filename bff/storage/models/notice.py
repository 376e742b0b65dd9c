"""Which plugin has heard of which change? One row for each, made when the change is told to the world."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds, not_negative


class Notice(Model):
    """That a plugin is to be told of an event of a case. It is done once it was told, or given up."""

    id = id_field()
    event = fields.ForeignKeyField("bff.CaseEvent", related_name="notices", on_delete=fields.CASCADE)
    plugin = fields.CharField(max_length=100)
    attempts = fields.IntField(db_default=0)
    next_at = UtcDatetimeField()
    done_at = UtcDatetimeField(null=True)
    given_up = fields.BooleanField(db_default=False)

    class Meta:
        table = "notices"
        unique_together = (("event_id", "plugin"),)
        indexes = (("plugin", "done_at", "next_at", "id"), ("done_at", "id"))
        constraints = (
            *not_negative("notices", "attempts"),
            holds("notices", "given_up_in_the_end", "NOT given_up OR done_at IS NOT NULL"),
        )
