"""Who buys? Customers, the segments they belong to, and what they have used of each entitlement."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds, not_negative


class Customer(Model):
    """A person or company that places orders, in one home market."""

    id = id_field()
    external_id = fields.CharField(max_length=100, unique=True)
    display_name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=320, null=True)
    market = fields.CharField(max_length=2)

    class Meta:
        table = "customers"
        constraints = (holds("customers", "market_has_two_letters", "length(market) = 2"),)


class SegmentMembership(Model):
    """A segment that a customer belongs to while it runs; `until` None is without end."""

    id = id_field()
    customer = fields.ForeignKeyField("bff.Customer", related_name="memberships", on_delete=fields.CASCADE)
    segment = fields.CharField(max_length=50)
    since = UtcDatetimeField(null=True)
    until = UtcDatetimeField(null=True)

    class Meta:
        table = "segment_memberships"
        unique_together = (("customer_id", "segment"),)
        constraints = (holds("segment_memberships", "ends_after_it_starts", "until > since"),)


class QuotaUsage(Model):
    """How much of an entitlement's quota was used in the period that starts then. Counted up by condition."""

    id = id_field()
    customer = fields.ForeignKeyField("bff.Customer", related_name="quota_usages", on_delete=fields.CASCADE)
    code = fields.CharField(max_length=100)  # "premium_tier.instant_refund"
    period_start = UtcDatetimeField()
    resets_at = UtcDatetimeField(null=True)
    used = fields.IntField(default=0)

    class Meta:
        table = "quota_usages"
        unique_together = (("customer_id", "code", "period_start"),)
        constraints = (
            holds("quota_usages", "resets_after_it_starts", "resets_at > period_start"),
            *not_negative("quota_usages", "used"),
        )
