"""Where did the money go? A double-entry ledger that is only ever added to."""

from tortoise import Model, fields

from bff.storage.fields import UtcDatetimeField, id_field
from bff.storage.models.checks import holds, not_negative
from bff.vocabulary import AccountKind, TransactionKind


class LedgerTransaction(Model):
    """One reason for which money moved. Its row closes it: triggers of the migration let it in only when its
    entries are there and sum to zero in each currency, and let no entry follow.
    """

    id = id_field()
    key = fields.CharField(max_length=200, unique=True)  # "refund:<id>:paid": the same is booked once
    kind = fields.CharEnumField(TransactionKind, max_length=30)
    case = fields.ForeignKeyField("bff.Case", related_name="ledger", on_delete=fields.RESTRICT, null=True)
    refund = fields.ForeignKeyField("bff.Refund", related_name="ledger", on_delete=fields.RESTRICT, null=True)
    at = UtcDatetimeField()

    class Meta:
        table = "ledger_transactions"
        indexes = (("case_id", "at", "id"), ("refund_id",))


class LedgerEntry(Model):
    """What one account gained, or lost where negative, in a transaction. Never changed, never deleted."""

    id = id_field()
    transaction = fields.ForeignKeyField(
        "bff.LedgerTransaction", related_name="entries", on_delete=fields.RESTRICT
    )
    account = fields.CharEnumField(AccountKind, max_length=20)
    owner = fields.CharField(max_length=100)  # the id or name of the party
    amount_minor = fields.BigIntField()
    currency = fields.CharField(max_length=3)

    class Meta:
        table = "ledger_entries"
        indexes = (("transaction_id",), ("account", "owner", "currency"))
        constraints = (
            holds("ledger_entries", "moves_something", "amount_minor <> 0"),
            holds("ledger_entries", "currency_has_three_letters", "length(currency) = 3"),
        )


class StoreCredit(Model):
    """A customer's credit in one currency: the sum of its entries, kept so that it cannot be overspent."""

    id = id_field()
    customer = fields.ForeignKeyField("bff.Customer", related_name="store_credits", on_delete=fields.RESTRICT)
    currency = fields.CharField(max_length=3)
    balance_minor = fields.BigIntField(default=0)

    class Meta:
        table = "store_credits"
        unique_together = (("customer_id", "currency"),)
        constraints = (
            holds("store_credits", "currency_has_three_letters", "length(currency) = 3"),
            *not_negative("store_credits", "balance_minor"),
        )
