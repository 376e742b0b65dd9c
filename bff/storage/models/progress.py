"""How far has an import come? One row a file, moved on in the transaction of each batch."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField
from bff.storage.models.checks import not_negative


class ImportProgress(Model):
    """`done` records of the file with that digest are in the database."""

    source = fields.CharField(max_length=64, primary_key=True)  # digest of the file's content and its mapping
    done = fields.BigIntField(default=0)
    updated_at = UtcDatetimeField()

    class Meta:
        table = "import_progress"
        constraints = not_negative("import_progress", "done")
