"""What came back, and in which state? One inspection a case, a line for each grade and disposition."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds, not_negative
from bff.vocabulary import Disposition, Grade


class Inspection(Model):
    """The look that a warehouse took at a case's goods."""

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="inspections", on_delete=fields.RESTRICT)
    inspected_at = UtcDatetimeField()
    inspected_by = fields.CharField(max_length=200)
    note = fields.TextField(null=True)

    class Meta:
        table = "inspections"
        unique_together = (("case_id",),)


class InspectionLine(Model):
    """So many units of a case line in one state. `defect_confirmed` None: no defect was claimed."""

    id = id_field()
    inspection = fields.ForeignKeyField("bff.Inspection", related_name="lines", on_delete=fields.CASCADE)
    case_line = fields.ForeignKeyField("bff.CaseLine", related_name="inspected", on_delete=fields.RESTRICT)
    quantity = fields.IntField()
    grade = fields.CharEnumField(Grade, max_length=20)
    disposition = fields.CharEnumField(Disposition, max_length=30)
    deduction_minor = fields.BigIntField(default=0)
    defect_confirmed = fields.BooleanField(null=True)

    class Meta:
        table = "inspection_lines"
        indexes = (("inspection_id",), ("case_line_id",))
        constraints = (
            holds("inspection_lines", "has_units", "quantity > 0"),
            *not_negative("inspection_lines", "deduction_minor"),
        )
