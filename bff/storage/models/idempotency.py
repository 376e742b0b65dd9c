"""Has this been asked before? Keys of mutations, with the answer that they got."""

from typing import Any

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds


class IdempotencyKey(Model):
    """One key of one principal for one operation; digests only, so that no key can be read from the table."""

    id = id_field()
    principal = fields.CharField(max_length=200)
    operation = fields.CharField(max_length=60)
    key_sha256 = fields.CharField(max_length=64)
    request_sha256 = fields.CharField(max_length=64)
    response: fields.Field[dict[str, Any]] = fields.JSONField(null=True)
    created_at = UtcDatetimeField()

    class Meta:
        table = "idempotency_keys"
        unique_together = (("principal", "operation", "key_sha256"),)
        indexes = (("created_at",),)
        constraints = (
            holds(
                "idempotency_keys", "digests_are_whole", "length(key_sha256) = 64 AND length(request_sha256) = 64"
            ),
        )
