"""What went wrong after the sale? One case a problem, with the units it concerns."""

from typing import Any

from tortoise import Model, fields

from bff.storage.fields import FOREVER_BY_DEFAULT, UtcDatetimeField, id_field
from bff.storage.models.checks import holds, not_negative
from bff.vocabulary import CaseStatus, LiableParty, Priority, RefundMethod, Resolution, ReturnReason


class Case(Model):
    """One customer problem on one order, with one merchant."""

    id = id_field()
    number = fields.CharField(max_length=40, unique=True)
    order = fields.ForeignKeyField("bff.Order", related_name="cases", on_delete=fields.RESTRICT)
    customer = fields.ForeignKeyField("bff.Customer", related_name="cases", on_delete=fields.RESTRICT)
    merchant = fields.ForeignKeyField("bff.Merchant", related_name="cases", on_delete=fields.RESTRICT)
    status = fields.CharEnumField(CaseStatus, max_length=20)
    resolution = fields.CharEnumField(Resolution, max_length=20)
    liable_party = fields.CharEnumField(LiableParty, max_length=20)
    liability_basis = fields.CharField(max_length=100)
    liability_final = fields.BooleanField(default=False)
    requested_at = UtcDatetimeField()
    updated_at = UtcDatetimeField()
    version = fields.IntField(default=1)
    currency = fields.CharField(max_length=3, db_default="")  # the CHECK refuses the default: say it
    refund_method = fields.CharEnumField(RefundMethod, max_length=20, db_default=RefundMethod.ORIGINAL_PAYMENT)
    instant_refund = fields.BooleanField(db_default=False)
    goods_travel = fields.BooleanField(db_default=True)  # the goods are to come back, or were
    clawed_back_minor = fields.BigIntField(db_default=0)  # claimed back of what was refunded; the ledger has each
    exchange_sku = fields.CharField(max_length=100, null=True)
    note = fields.TextField(null=True)
    queue = fields.CharField(max_length=100, db_default="standard")
    priority = fields.CharEnumField(Priority, max_length=10, db_default=Priority.NORMAL)
    channel = fields.CharField(max_length=100, db_default="standard")
    warehouse = fields.CharField(max_length=100, null=True)
    carrier = fields.CharField(max_length=100, null=True)
    requires_inspection = fields.BooleanField(db_default=False)
    policy = fields.CharField(max_length=64, db_default="")  # digest of the policy set; empty: decided elsewhere
    decision: fields.Field[dict[str, Any]] = fields.JSONField(null=True)  # the kernel's whole answer
    terms: fields.Field[dict[str, Any]] = fields.JSONField(
        null=True
    )  # what was agreed: refund a line, in components
    events = fields.IntField(db_default=0)  # how many stand on its timeline
    due_at = UtcDatetimeField(db_default=FOREVER_BY_DEFAULT)  # its earliest open deadline, kept by triggers

    class Meta:
        table = "cases"
        indexes = (
            ("order_id",),
            ("customer_id", "requested_at", "id"),
            ("merchant_id", "requested_at", "id"),
            ("requested_at", "id"),
            ("merchant_id", "due_at", "id"),
            ("due_at", "id"),
        )
        constraints = (
            holds("cases", "version_counts_from_one", "version >= 1"),
            holds("cases", "not_updated_before_requested", "updated_at >= requested_at"),
            holds("cases", "currency_has_three_letters", "length(currency) = 3"),
            *not_negative("cases", "events", "clawed_back_minor"),
        )


class CaseLine(Model):
    """Some units of one order line in a case; a case names a line once.

    `units` are their positions in the line, [[first, count], ...], for ever; `holding` says that the line still
    counts them as held by this case. `worth_minor` and `shipping_minor` are those units' shares of the line's
    paid and shipping: nothing that is paid back for them, by whatever name, passes these.
    """

    id = id_field()
    case = fields.ForeignKeyField("bff.Case", related_name="lines", on_delete=fields.CASCADE)
    order_line = fields.ForeignKeyField("bff.OrderLine", related_name="case_lines", on_delete=fields.RESTRICT)
    quantity = fields.IntField()
    reason = fields.CharEnumField(ReturnReason, max_length=20)
    note = fields.TextField(null=True)
    refundable_minor = fields.BigIntField(default=0)  # as agreed, shipping included and fees taken off
    refunded_minor = fields.BigIntField(default=0)  # of the goods; shipping stands beside
    units = fields.TextField(db_default="[]")
    holding = fields.BooleanField(db_default=True)
    worth_minor = fields.BigIntField(db_default=0)
    held_minor = fields.BigIntField(db_default=0)
    shipping_minor = fields.BigIntField(db_default=0)
    shipping_held_minor = fields.BigIntField(db_default=0)
    shipping_refunded_minor = fields.BigIntField(db_default=0)
    received_quantity = fields.IntField(db_default=0)
    short_quantity = fields.IntField(db_default=0)
    lost_quantity = fields.IntField(db_default=0)
    surplus_quantity = fields.IntField(db_default=0)  # came back though nobody asked for it
    accepted_quantity = fields.IntField(db_default=0)
    rejected_quantity = fields.IntField(db_default=0)
    breakdown: fields.Field[list[dict[str, Any]]] = fields.JSONField(null=True)  # the refund's components
    # For how many units what was agreed, before less was made of it for what did not come, or is worn; else null.
    agreed: fields.Field[dict[str, Any]] = fields.JSONField(null=True)

    class Meta:
        table = "case_lines"
        unique_together = (("case_id", "order_line_id"),)
        indexes = (("order_line_id",),)
        constraints = (
            holds("case_lines", "has_units", "quantity > 0"),
            *not_negative("case_lines", "refundable_minor", "refunded_minor"),
            holds("case_lines", "refunds_what_was_paid", "refunded_minor + held_minor <= worth_minor"),
            holds(
                "case_lines",
                "refunds_what_shipping_was_paid",
                "shipping_refunded_minor + shipping_held_minor <= shipping_minor",
            ),
            holds(
                "case_lines",
                "receives_what_was_sent",
                "received_quantity + short_quantity + lost_quantity <= quantity",
            ),
            holds(
                "case_lines",
                "judges_what_was_received",
                "accepted_quantity + rejected_quantity <= received_quantity",
            ),
            *not_negative("case_lines", "held_minor", "shipping_held_minor", "shipping_refunded_minor"),
            *not_negative(
                "case_lines", "received_quantity", "short_quantity", "lost_quantity", "surplus_quantity"
            ),
            *not_negative("case_lines", "accepted_quantity", "rejected_quantity"),
        )
