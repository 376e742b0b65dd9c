"""What is being talked about? Tickets, and the messages in them."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds
from bff.vocabulary import Priority, Role, TicketStatus


class Ticket(Model):
    """A conversation with a customer, about an order or a case where it is about one."""

    id = id_field()
    number = fields.CharField(max_length=40, unique=True)
    customer = fields.ForeignKeyField("bff.Customer", related_name="tickets", on_delete=fields.RESTRICT)
    merchant = fields.ForeignKeyField("bff.Merchant", related_name="tickets", on_delete=fields.RESTRICT, null=True)
    order = fields.ForeignKeyField("bff.Order", related_name="tickets", on_delete=fields.RESTRICT, null=True)
    case = fields.ForeignKeyField("bff.Case", related_name="tickets", on_delete=fields.RESTRICT, null=True)
    subject = fields.CharField(max_length=200)
    subject_folded = fields.TextField()  # what searches look at, as `folded` makes it
    status = fields.CharEnumField(TicketStatus, max_length=20)
    priority = fields.CharEnumField(Priority, max_length=10)
    queue = fields.CharField(max_length=100)
    channel = fields.CharField(max_length=100)
    created_at = UtcDatetimeField()
    updated_at = UtcDatetimeField()
    first_response_due_at = UtcDatetimeField(null=True)
    first_responded_at = UtcDatetimeField(null=True)
    resolved_at = UtcDatetimeField(null=True)
    messages_count = fields.IntField(db_default=0)
    version = fields.IntField(db_default=1)

    class Meta:
        table = "tickets"
        indexes = (
            ("customer_id", "created_at", "id"),
            ("merchant_id", "created_at", "id"),
            ("order_id", "created_at", "id"),
            ("case_id", "created_at", "id"),
            ("created_at", "id"),
            ("status", "resolved_at", "id"),
        )
        constraints = (
            holds("tickets", "version_counts_from_one", "version >= 1"),
            holds("tickets", "not_updated_before_created", "updated_at >= created_at"),
            holds("tickets", "messages_count_not_negative", "messages_count >= 0"),
        )


class TicketMessage(Model):
    """One thing said; `sequence` is its place in the conversation."""

    id = id_field()
    ticket = fields.ForeignKeyField("bff.Ticket", related_name="messages", on_delete=fields.CASCADE)
    sequence = fields.IntField()
    author = fields.CharEnumField(Role, max_length=20)
    author_subject = fields.CharField(max_length=200)
    body = fields.TextField()
    sent_at = UtcDatetimeField()

    class Meta:
        table = "ticket_messages"
        unique_together = (("ticket_id", "sequence"),)
        constraints = (holds("ticket_messages", "counts_from_one", "sequence >= 1"),)
