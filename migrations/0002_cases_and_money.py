"""What does a case need from request to money? Its children, the ledger, and room to hold money and units."""

from bff.storage.operations import AddChecks, CreateTable, DeferForeignKey, RunOn
from tortoise import migrations
from tortoise.migrations import operations as ops
from bff.storage.fields import FOREVER, FOREVER_BY_DEFAULT, UtcDatetimeField, new_id
from bff.vocabulary import AccountKind, AppealStatus, CompensationKind, DeadlineKind, Disposition, DisputeStatus, EvidenceKind, ExchangeStatus, Grade, LiableParty, OfferStatus, Priority, RefundMethod, RefundStatus, ReturnMethod, ReverseShipmentStatus, Role, TicketStatus, TransactionKind
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

RELEASED = "'DECLINED', 'CANCELLED', 'EXPIRED'"

# Cases that stand already hold the earliest units of their lines, in the order in which they were requested,
# which is what their amounts were worked out from. Those that gave their units back hold none.
FILL = [
    "UPDATE cases SET goods_travel = (resolution <> 'REFUND_ONLY')",
    "UPDATE cases SET currency = (SELECT o.currency FROM orders o WHERE o.id = cases.order_id)",
    "UPDATE order_lines SET held_units = '[[0,' || quantity_held || ']]' WHERE quantity_held > 0",
    f"""
    UPDATE case_lines SET holding = (place.first + case_lines.quantity <= place.held),
        units = '[[' || CASE WHEN place.first + case_lines.quantity <= place.held THEN place.first ELSE 0 END
            || ',' || case_lines.quantity || ']]'
    FROM (
        SELECT x.id, l.quantity_held AS held, sum(x.quantity) OVER (
            PARTITION BY x.order_line_id
            ORDER BY CASE WHEN c.status IN ({RELEASED}) THEN 1 ELSE 0 END, c.requested_at, x.id
            ROWS UNBOUNDED PRECEDING
        ) - x.quantity AS first
        FROM case_lines x JOIN cases c ON c.id = x.case_id JOIN order_lines l ON l.id = x.order_line_id
    ) AS place
    WHERE place.id = case_lines.id
    """,
]


def share(column: str) -> str:
    """The units' share of a line's amount by its one split: the earliest units carry the remainder."""
    return f"""(l.{column} / l.quantity) * x.quantity + CASE
        WHEN l.{column} % l.quantity <= place.first THEN 0
        WHEN l.{column} % l.quantity >= place.first + x.quantity THEN x.quantity
        ELSE l.{column} % l.quantity - place.first END"""


def worth(first: str) -> str:
    """What each case line's units are worth; never less than what has been refunded for them."""
    return f"""
    UPDATE case_lines SET worth_minor = CASE
            WHEN shares.goods < case_lines.refunded_minor THEN case_lines.refunded_minor ELSE shares.goods END,
        shipping_minor = shares.shipping
    FROM (
        SELECT x.id, {share("paid_minor")} AS goods, {share("shipping_minor")} AS shipping
        FROM case_lines x JOIN order_lines l ON l.id = x.order_line_id
        JOIN (SELECT id, {first} AS first FROM case_lines) AS place ON place.id = x.id
    ) AS shares
    WHERE shares.id = case_lines.id
    """


# Goods of cases that are past their receipt came back whole, as far as anybody wrote down.
CAME_BACK = """
    UPDATE case_lines SET received_quantity = quantity WHERE case_id IN (
        SELECT id FROM cases WHERE status IN ('RECEIVED', 'INSPECTED', 'COMPLETED') AND resolution <> 'REFUND_ONLY')
"""
ACCEPTED = """
    UPDATE case_lines SET accepted_quantity = received_quantity
    WHERE case_id IN (SELECT id FROM cases WHERE status = 'COMPLETED')
"""

ONE_OPEN = [
    "CREATE UNIQUE INDEX uid_deadlines_one_open ON deadlines (case_id, kind) WHERE settled_at IS NULL",
    "CREATE UNIQUE INDEX uid_offers_one_open ON offers (case_id) WHERE status = 'OPEN'",
]

# Work lists ask for the case that is due first, and for the one that matters most: they read these in order.
RANK = "(CASE priority WHEN 'URGENT' THEN 0 WHEN 'HIGH' THEN 1 WHEN 'NORMAL' THEN 2 ELSE 3 END)"
BY_PRIORITY = [
    f"CREATE INDEX idx_cases_by_priority ON cases ({RANK}, requested_at, id)",
    f"CREATE INDEX idx_cases_merchants_by_priority ON cases (merchant_id, {RANK}, requested_at, id)",
]


def due(row: str) -> str:
    """Writes down when a deadline's case is due next, from the deadlines that are open."""
    return f"""UPDATE cases SET due_at = coalesce((SELECT min(d.due_at) FROM deadlines d
        WHERE d.case_id = {row}.case_id AND d.settled_at IS NULL), '{FOREVER.isoformat(" ")}')
        WHERE id = {row}.case_id"""


DEADLINE_CHANGES = {"INSERT": "NEW", "UPDATE OF due_at, settled_at": "NEW", "DELETE": "OLD"}
SQLITE_DUE = [
    f"CREATE TRIGGER deadlines_due_on_{event.split()[0].lower()} AFTER {event} ON deadlines BEGIN {due(row)}; END"
    for event, row in DEADLINE_CHANGES.items()
]
POSTGRES_DUE = [
    f"CREATE FUNCTION case_is_due_{row.lower()}() RETURNS trigger LANGUAGE plpgsql"
    f" AS $$ BEGIN {due(row)}; RETURN NULL; END $$"
    for row in ("NEW", "OLD")
] + [
    f"CREATE TRIGGER deadlines_due_on_{event.split()[0].lower()} AFTER {event} ON deadlines"
    f" FOR EACH ROW EXECUTE FUNCTION case_is_due_{row.lower()}()"
    for event, row in DEADLINE_CHANGES.items()
]

# A transaction of the ledger is closed by its own row, which comes last: it finds its entries there and in
# balance, and no entry may follow. The deferred foreign key lets no entry be committed without that row.
UNBALANCED = """(SELECT count(*) FROM ledger_entries WHERE transaction_id = NEW.id) < 2
    OR EXISTS (SELECT 1 FROM ledger_entries WHERE transaction_id = NEW.id GROUP BY currency HAVING sum(amount_minor) <> 0)"""
CLOSED = "EXISTS (SELECT 1 FROM ledger_transactions WHERE id = NEW.transaction_id)"
KEPT = "'the ledger is only added to'"
BALANCES = "'the entries of a ledger transaction sum to zero in each currency'"
SHUT = "'a ledger transaction that is closed takes no further entries'"

SQLITE_TRIGGERS = [
    f"CREATE TRIGGER {table}_{event.lower()}_refused BEFORE {event} ON {table}"
    f" BEGIN SELECT RAISE(ABORT, {KEPT}); END"
    for table in ("ledger_entries", "ledger_transactions")
    for event in ("UPDATE", "DELETE")
] + [
    f"CREATE TRIGGER ledger_entries_open BEFORE INSERT ON ledger_entries WHEN {CLOSED}"
    f" BEGIN SELECT RAISE(ABORT, {SHUT}); END",
    f"CREATE TRIGGER ledger_transactions_balance BEFORE INSERT ON ledger_transactions WHEN {UNBALANCED}"
    f" BEGIN SELECT RAISE(ABORT, {BALANCES}); END",
]


def refusing(name: str, when: str, why: str) -> str:
    """A PL/pgSQL trigger function that breaks a constraint when the condition holds."""
    return f"""
    CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF {when} THEN RAISE EXCEPTION USING MESSAGE = {why}, ERRCODE = 'check_violation'; END IF;
        RETURN NEW;
    END $$
    """


POSTGRES_TRIGGERS = [
    refusing("ledger_is_kept", "true", KEPT),
    refusing("ledger_entry_is_in_time", CLOSED, SHUT),
    refusing("ledger_transaction_balances", UNBALANCED, BALANCES),
    "CREATE TRIGGER ledger_entries_open BEFORE INSERT ON ledger_entries"
    " FOR EACH ROW EXECUTE FUNCTION ledger_entry_is_in_time()",
    "CREATE TRIGGER ledger_transactions_balance BEFORE INSERT ON ledger_transactions"
    " FOR EACH ROW EXECUTE FUNCTION ledger_transaction_balances()",
] + [
    f"CREATE TRIGGER {table}_{event.lower()}_refused BEFORE {event} ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION ledger_is_kept()"
    for table in ("ledger_entries", "ledger_transactions")
    for event in ("UPDATE", "DELETE")
]


class Migration(migrations.Migration):
    dependencies = [("bff", "0001_initial")]

    operations = [
        CreateTable(
            name='CaseEvent',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='timeline', on_delete=OnDelete.CASCADE)),
                ('sequence', fields.IntField()),
                ('type', fields.CharField(max_length=60)),
                ('at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('actor', fields.CharEnumField(description='CUSTOMER: CUSTOMER\nMERCHANT: MERCHANT\nAGENT: AGENT\nOPS: OPS\nINGEST: INGEST', enum_type=Role, max_length=20)),
                ('subject', fields.CharField(max_length=200)),
                ('data', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'case_events', 'app': 'bff', 'unique_together': (('case_id', 'sequence'),), 'constraints': [CheckConstraint(check='sequence >= 1', name='ck_case_events_counts_from_one')], 'pk_attr': 'id', 'table_description': "One entry of a case's timeline, written in the transaction that made it true; `sequence` has no gaps."},
            bases=['Model'],
        ),
        CreateTable(
            name='Compensation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='compensations', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='STORE_CREDIT: STORE_CREDIT\nVOUCHER: VOUCHER\nCASH: CASH', enum_type=CompensationKind, max_length=20)),
                ('amount_minor', fields.BigIntField()),
                ('currency', fields.CharField(max_length=3)),
                ('born_by', fields.CharEnumField(description='CUSTOMER: CUSTOMER\nMERCHANT: MERCHANT\nCARRIER: CARRIER\nPLATFORM: PLATFORM\nUNDETERMINED: UNDETERMINED', enum_type=LiableParty, max_length=20)),
                ('reason', fields.TextField(unique=False)),
                ('granted_by', fields.CharField(max_length=200)),
                ('granted_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'compensations', 'app': 'bff', 'constraints': [CheckConstraint(check='amount_minor > 0', name='ck_compensations_gives_something'), CheckConstraint(check='length(currency) = 3', name='ck_compensations_currency_has_three_letters')], 'indexes': [Index(fields=['case_id', 'granted_at', 'id'])], 'pk_attr': 'id', 'table_description': 'Something given for the trouble; it is no refund and has no part in what was paid.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Deadline',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='deadlines', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='MERCHANT_RESPONSE: MERCHANT_RESPONSE\nOFFER_RESPONSE: OFFER_RESPONSE\nCUSTOMER_SHIPMENT: CUSTOMER_SHIPMENT\nRETURN_TRANSIT: RETURN_TRANSIT\nWAREHOUSE_INSPECTION: WAREHOUSE_INSPECTION\nREFUND: REFUND\nEXCHANGE_ARRIVAL: EXCHANGE_ARRIVAL\nDISPUTE_WINDOW: DISPUTE_WINDOW\nAPPEAL_WINDOW: APPEAL_WINDOW\nRULING: RULING', enum_type=DeadlineKind, max_length=30)),
                ('due_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('on_expiry', fields.CharField(max_length=60)),
                ('settled_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'deadlines', 'app': 'bff', 'indexes': [Index(fields=['case_id']), Index(fields=['settled_at', 'due_at', 'id'])], 'pk_attr': 'id', 'table_description': 'One wait of a case. At most one of a kind is open, `settled_at` empty: a partial UNIQUE of the migration.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Dispute',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='disputes', on_delete=OnDelete.RESTRICT)),
                ('status', fields.CharEnumField(description='OPEN: OPEN\nUNDER_REVIEW: UNDER_REVIEW\nRULED: RULED\nWITHDRAWN: WITHDRAWN', enum_type=DisputeStatus, max_length=20)),
                ('claim', fields.TextField(unique=False)),
                ('opened_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('ruled_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('liable_party', fields.CharEnumField(null=True, description='CUSTOMER: CUSTOMER\nMERCHANT: MERCHANT\nCARRIER: CARRIER\nPLATFORM: PLATFORM\nUNDETERMINED: UNDETERMINED', enum_type=LiableParty, max_length=20)),
                ('refund_minor', fields.BigIntField(null=True)),
                ('rationale', fields.TextField(null=True, unique=False)),
                ('ruled_by', fields.CharField(null=True, max_length=200)),
            ],
            options={'table': 'disputes', 'app': 'bff', 'unique_together': (('case_id',),), 'constraints': [CheckConstraint(check="(status = 'RULED') = (ruled_at IS NOT NULL AND liable_party IS NOT NULL AND rationale IS NOT NULL AND ruled_by IS NOT NULL)", name='ck_disputes_ruled_with_all_it_takes'), CheckConstraint(check='refund_minor >= 0', name='ck_disputes_refund_minor_not_negative')], 'indexes': [Index(fields=['status', 'opened_at', 'id'])], 'pk_attr': 'id', 'table_description': "A customer's claim against how a case went; its ruling stands in the same row, so there is one."},
            bases=['Model'],
        ),
        CreateTable(
            name='Appeal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('dispute', fields.ForeignKeyField('bff.Dispute', source_field='dispute_id', db_constraint=True, to_field='id', related_name='appeals', on_delete=OnDelete.RESTRICT)),
                ('merchant', fields.ForeignKeyField('bff.Merchant', source_field='merchant_id', db_constraint=True, to_field='id', related_name='appeals', on_delete=OnDelete.RESTRICT)),
                ('status', fields.CharEnumField(description='OPEN: OPEN\nUPHELD: UPHELD\nREJECTED: REJECTED\nWITHDRAWN: WITHDRAWN', enum_type=AppealStatus, max_length=20)),
                ('grounds', fields.TextField(unique=False)),
                ('opened_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('resolved_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('resolved_by', fields.CharField(null=True, max_length=200)),
                ('rationale', fields.TextField(null=True, unique=False)),
            ],
            options={'table': 'appeals', 'app': 'bff', 'unique_together': (('dispute_id',),), 'constraints': [CheckConstraint(check="(resolved_at IS NULL) = (status = 'OPEN')", name='ck_appeals_resolved_when_it_is_over')], 'indexes': [Index(fields=['merchant_id', 'opened_at', 'id']), Index(fields=['status', 'opened_at', 'id']), Index(fields=['opened_at', 'id'])], 'pk_attr': 'id', 'table_description': "A merchant's appeal against a ruling; one a dispute."},
            bases=['Model'],
        ),
        CreateTable(
            name='Exchange',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='exchanges', on_delete=OnDelete.RESTRICT)),
                ('variant', fields.ForeignKeyField('bff.Variant', source_field='variant_id', null=True, db_constraint=True, to_field='id', related_name='exchanges', on_delete=OnDelete.RESTRICT)),
                ('sku', fields.CharField(max_length=100)),
                ('quantity', fields.IntField()),
                ('status', fields.CharEnumField(description='RESERVED: RESERVED\nSHIPPED: SHIPPED\nDELIVERED: DELIVERED\nCANCELLED: CANCELLED', enum_type=ExchangeStatus, max_length=20)),
                ('difference_minor', fields.BigIntField(default=0)),
                ('carrier', fields.CharField(null=True, max_length=100)),
                ('tracking_number', fields.CharField(null=True, max_length=100)),
                ('reserved_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('shipped_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('delivered_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'exchanges', 'app': 'bff', 'unique_together': (('case_id',),), 'constraints': [CheckConstraint(check='quantity > 0', name='ck_exchanges_has_units')], 'indexes': [Index(fields=['variant_id'])], 'pk_attr': 'id', 'table_description': "Units that are sent: of a variant, reserved before; for a repair the customer's own, without a variant."},
            bases=['Model'],
        ),
        CreateTable(
            name='IdempotencyKey',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('principal', fields.CharField(max_length=200)),
                ('operation', fields.CharField(max_length=60)),
                ('key_sha256', fields.CharField(max_length=64)),
                ('request_sha256', fields.CharField(max_length=64)),
                ('response', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('created_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'idempotency_keys', 'app': 'bff', 'unique_together': (('principal', 'operation', 'key_sha256'),), 'constraints': [CheckConstraint(check='length(key_sha256) = 64 AND length(request_sha256) = 64', name='ck_idempotency_keys_digests_are_whole')], 'indexes': [Index(fields=['created_at'])], 'pk_attr': 'id', 'table_description': 'One key of one principal for one operation; digests only, so that no key can be read from the table.'},
            bases=['Model'],
        ),
        CreateTable(
            name='InboxMessage',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('source', fields.CharField(max_length=60)),
                ('external_id', fields.CharField(max_length=200)),
                ('payload', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('received_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('done_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'inbox', 'app': 'bff', 'unique_together': (('source', 'external_id'),), 'pk_attr': 'id', 'table_description': 'Something that another system told us, once: the second telling finds the first.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Inspection',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='inspections', on_delete=OnDelete.RESTRICT)),
                ('inspected_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('inspected_by', fields.CharField(max_length=200)),
                ('note', fields.TextField(null=True, unique=False)),
            ],
            options={'table': 'inspections', 'app': 'bff', 'unique_together': (('case_id',),), 'pk_attr': 'id', 'table_description': "The look that a warehouse took at a case's goods."},
            bases=['Model'],
        ),
        CreateTable(
            name='InspectionLine',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('inspection', fields.ForeignKeyField('bff.Inspection', source_field='inspection_id', db_constraint=True, to_field='id', related_name='lines', on_delete=OnDelete.CASCADE)),
                ('case_line', fields.ForeignKeyField('bff.CaseLine', source_field='case_line_id', db_constraint=True, to_field='id', related_name='inspected', on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.IntField()),
                ('grade', fields.CharEnumField(description='AS_NEW: AS_NEW\nOPENED: OPENED\nUSED: USED\nDAMAGED: DAMAGED\nNOT_OURS: NOT_OURS\nMISSING: MISSING', enum_type=Grade, max_length=20)),
                ('disposition', fields.CharEnumField(description='RESTOCK: RESTOCK\nREFURBISH: REFURBISH\nLIQUIDATE: LIQUIDATE\nDESTROY: DESTROY\nRETURN_TO_CUSTOMER: RETURN_TO_CUSTOMER', enum_type=Disposition, max_length=30)),
                ('deduction_minor', fields.BigIntField(default=0)),
                ('defect_confirmed', fields.BooleanField(null=True)),
            ],
            options={'table': 'inspection_lines', 'app': 'bff', 'constraints': [CheckConstraint(check='quantity > 0', name='ck_inspection_lines_has_units'), CheckConstraint(check='deduction_minor >= 0', name='ck_inspection_lines_deduction_minor_not_negative')], 'indexes': [Index(fields=['inspection_id']), Index(fields=['case_line_id'])], 'pk_attr': 'id', 'table_description': 'So many units of a case line in one state. `defect_confirmed` None: no defect was claimed.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Offer',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='offers', on_delete=OnDelete.CASCADE)),
                ('round', fields.IntField()),
                ('amount_minor', fields.BigIntField()),
                ('keeps_goods', fields.BooleanField()),
                ('message', fields.TextField(null=True, unique=False)),
                ('status', fields.CharEnumField(description='OPEN: OPEN\nACCEPTED: ACCEPTED\nREJECTED: REJECTED\nEXPIRED: EXPIRED', enum_type=OfferStatus, max_length=20)),
                ('made_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('answered_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'offers', 'app': 'bff', 'unique_together': (('case_id', 'round'),), 'constraints': [CheckConstraint(check='round >= 1', name='ck_offers_counts_from_one'), CheckConstraint(check='amount_minor > 0', name='ck_offers_offers_something'), CheckConstraint(check='expires_at > made_at', name='ck_offers_ends_after_it_is_made')], 'pk_attr': 'id', 'table_description': 'One offer; `round` counts those of a case. At most one is open: a partial UNIQUE of the migration.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Notice',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('event', fields.ForeignKeyField('bff.CaseEvent', source_field='event_id', db_constraint=True, to_field='id', related_name='notices', on_delete=OnDelete.CASCADE)),
                ('plugin', fields.CharField(max_length=100)),
                ('attempts', fields.IntField(db_default=0)),
                ('next_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('done_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('given_up', fields.BooleanField(db_default=False)),
            ],
            options={'table': 'notices', 'app': 'bff', 'unique_together': (('event_id', 'plugin'),), 'constraints': [CheckConstraint(check='attempts >= 0', name='ck_notices_attempts_not_negative'), CheckConstraint(check='NOT given_up OR done_at IS NOT NULL', name='ck_notices_given_up_in_the_end')], 'indexes': [Index(fields=['plugin', 'done_at', 'next_at', 'id']), Index(fields=['done_at', 'id'])], 'pk_attr': 'id', 'table_description': 'That a plugin is to be told of an event of a case. It is done once it was told, or given up.'},
            bases=['Model'],
        ),
        CreateTable(
            name='OutboxMessage',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('topic', fields.CharField(max_length=60)),
                ('subject_id', fields.UUIDField()),
                ('sequence', fields.IntField()),
                ('payload', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('attempts', fields.IntField(db_default=0)),
                ('next_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('done_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'outbox', 'app': 'bff', 'unique_together': (('topic', 'subject_id', 'sequence'),), 'constraints': [CheckConstraint(check='attempts >= 0', name='ck_outbox_attempts_not_negative')], 'indexes': [Index(fields=['done_at', 'next_at', 'id'])], 'pk_attr': 'id', 'table_description': "What a worker has yet to send, at least once; `id` is the event's, by which a receiver knows it again."},
            bases=['Model'],
        ),
        CreateTable(
            name='Rating',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='ratings', on_delete=OnDelete.CASCADE)),
                ('satisfaction', fields.IntField()),
                ('recommend', fields.IntField(null=True)),
                ('comment', fields.TextField(null=True, unique=False)),
                ('rated_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ratings', 'app': 'bff', 'unique_together': (('case_id',),), 'constraints': [CheckConstraint(check='1 <= satisfaction AND satisfaction <= 5', name='ck_ratings_satisfaction_from_one_to_five'), CheckConstraint(check='0 <= recommend AND recommend <= 10', name='ck_ratings_recommend_from_zero_to_ten')], 'pk_attr': 'id', 'table_description': 'What the customer says of how a case was handled: satisfied 1 to 5, would recommend 0 to 10.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Refund',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='refunds', on_delete=OnDelete.RESTRICT)),
                ('amount_minor', fields.BigIntField()),
                ('currency', fields.CharField(max_length=3)),
                ('method', fields.CharEnumField(description='ORIGINAL_PAYMENT: ORIGINAL_PAYMENT\nSTORE_CREDIT: STORE_CREDIT', enum_type=RefundMethod, max_length=20)),
                ('status', fields.CharEnumField(description='PENDING: PENDING\nPROCESSING: PROCESSING\nSUCCEEDED: SUCCEEDED\nFAILED: FAILED', enum_type=RefundStatus, max_length=20)),
                ('provider_key', fields.CharField(unique=True, max_length=100)),
                ('provider_reference', fields.CharField(null=True, unique=True, max_length=200)),
                ('breakdown', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('requested_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('settled_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('expected_by', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('failure', fields.CharField(null=True, max_length=500)),
                ('attempts', fields.IntField(db_default=0)),
            ],
            options={'table': 'refunds', 'app': 'bff', 'constraints': [CheckConstraint(check='amount_minor > 0', name='ck_refunds_pays_something'), CheckConstraint(check='length(currency) = 3', name='ck_refunds_currency_has_three_letters'), CheckConstraint(check="(settled_at IS NOT NULL) = (status IN ('SUCCEEDED', 'FAILED'))", name='ck_refunds_settles_when_it_is_over'), CheckConstraint(check='attempts >= 0', name='ck_refunds_attempts_not_negative')], 'indexes': [Index(fields=['case_id', 'requested_at', 'id']), Index(fields=['status', 'requested_at', 'id'])], 'pk_attr': 'id', 'table_description': 'One payment back. It is written, and its money held, before any provider hears of it.'},
            bases=['Model'],
        ),
        CreateTable(
            name='LedgerTransaction',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=200)),
                ('kind', fields.CharEnumField(description='REFUND: REFUND\nPAYOUT: PAYOUT\nRESTOCKING_FEE: RESTOCKING_FEE\nEXCHANGE_DIFFERENCE: EXCHANGE_DIFFERENCE\nCLAW_BACK: CLAW_BACK\nCREDIT_SPENT: CREDIT_SPENT\nREVERSAL: REVERSAL\nFREIGHT: FREIGHT\nLABEL: LABEL\nINSPECTION: INSPECTION\nWRITE_DOWN: WRITE_DOWN\nCOMPENSATION: COMPENSATION\nPAYMENT_FEE: PAYMENT_FEE\nHANDLING: HANDLING', enum_type=TransactionKind, max_length=30)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', null=True, db_constraint=True, to_field='id', related_name='ledger', on_delete=OnDelete.RESTRICT)),
                ('refund', fields.ForeignKeyField('bff.Refund', source_field='refund_id', null=True, db_constraint=True, to_field='id', related_name='ledger', on_delete=OnDelete.RESTRICT)),
                ('at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ledger_transactions', 'app': 'bff', 'indexes': [Index(fields=['case_id', 'at', 'id']), Index(fields=['refund_id'])], 'pk_attr': 'id', 'table_description': 'One reason for which money moved. Its row closes it: triggers of the migration let it in only when its'},
            bases=['Model'],
        ),
        CreateTable(
            name='LedgerEntry',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('transaction', fields.ForeignKeyField('bff.LedgerTransaction', source_field='transaction_id', db_constraint=True, to_field='id', related_name='entries', on_delete=OnDelete.RESTRICT)),
                ('account', fields.CharEnumField(description='CUSTOMER: CUSTOMER\nMERCHANT: MERCHANT\nCARRIER: CARRIER\nPLATFORM: PLATFORM\nINSURER: INSURER\nPROVIDER: PROVIDER\nSTORE_CREDIT: STORE_CREDIT', enum_type=AccountKind, max_length=20)),
                ('owner', fields.CharField(max_length=100)),
                ('amount_minor', fields.BigIntField()),
                ('currency', fields.CharField(max_length=3)),
            ],
            options={'table': 'ledger_entries', 'app': 'bff', 'constraints': [CheckConstraint(check='amount_minor <> 0', name='ck_ledger_entries_moves_something'), CheckConstraint(check='length(currency) = 3', name='ck_ledger_entries_currency_has_three_letters')], 'indexes': [Index(fields=['transaction_id']), Index(fields=['account', 'owner', 'currency'])], 'pk_attr': 'id', 'table_description': 'What one account gained, or lost where negative, in a transaction. Never changed, never deleted.'},
            bases=['Model'],
        ),
        CreateTable(
            name='RefundLine',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('refund', fields.ForeignKeyField('bff.Refund', source_field='refund_id', db_constraint=True, to_field='id', related_name='lines', on_delete=OnDelete.RESTRICT)),
                ('case_line', fields.ForeignKeyField('bff.CaseLine', source_field='case_line_id', db_constraint=True, to_field='id', related_name='refund_lines', on_delete=OnDelete.RESTRICT)),
                ('goods_minor', fields.BigIntField()),
                ('shipping_minor', fields.BigIntField(db_default=0)),
            ],
            options={'table': 'refund_lines', 'app': 'bff', 'unique_together': (('refund_id', 'case_line_id'),), 'constraints': [CheckConstraint(check='goods_minor + shipping_minor > 0', name='ck_refund_lines_pays_something'), CheckConstraint(check='goods_minor >= 0', name='ck_refund_lines_goods_minor_not_negative'), CheckConstraint(check='shipping_minor >= 0', name='ck_refund_lines_shipping_minor_not_negative')], 'indexes': [Index(fields=['case_line_id'])], 'pk_attr': 'id', 'table_description': 'What a refund pays for one case line: of its goods, and of its share of the shipping fee.'},
            bases=['Model'],
        ),
        CreateTable(
            name='RefundTender',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('refund', fields.ForeignKeyField('bff.Refund', source_field='refund_id', db_constraint=True, to_field='id', related_name='tenders', on_delete=OnDelete.RESTRICT)),
                ('payment', fields.ForeignKeyField('bff.Payment', source_field='payment_id', db_constraint=True, to_field='id', related_name='refund_tenders', on_delete=OnDelete.RESTRICT)),
                ('amount_minor', fields.BigIntField()),
                ('status', fields.CharEnumField(description='PENDING: PENDING\nPROCESSING: PROCESSING\nSUCCEEDED: SUCCEEDED\nFAILED: FAILED', enum_type=RefundStatus, max_length=20)),
                ('provider_key', fields.CharField(unique=True, max_length=100)),
                ('provider_reference', fields.CharField(null=True, unique=True, max_length=200)),
                ('failure', fields.CharField(null=True, max_length=500)),
                ('settled_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('declined', fields.BooleanField(db_default=False)),
                ('runs', fields.IntField(db_default=0)),
            ],
            options={'table': 'refund_tenders', 'app': 'bff', 'unique_together': (('refund_id', 'payment_id'),), 'constraints': [CheckConstraint(check='amount_minor > 0', name='ck_refund_tenders_pays_something'), CheckConstraint(check="(settled_at IS NOT NULL) = (status IN ('SUCCEEDED', 'FAILED'))", name='ck_refund_tenders_settles_when_it_is_over'), CheckConstraint(check='runs >= 0', name='ck_refund_tenders_runs_not_negative')], 'indexes': [Index(fields=['payment_id'])], 'pk_attr': 'id', 'table_description': 'The part of a refund that returns to one tender: one order to a provider, under a key of its own.'},
            bases=['Model'],
        ),
        CreateTable(
            name='ReverseShipment',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='reverse_shipments', on_delete=OnDelete.CASCADE)),
                ('method', fields.CharEnumField(description='PICKUP: PICKUP\nDROP_OFF: DROP_OFF\nMAIL: MAIL', enum_type=ReturnMethod, max_length=20)),
                ('status', fields.CharEnumField(description='BOOKED: BOOKED\nPICKED_UP: PICKED_UP\nIN_TRANSIT: IN_TRANSIT\nDELIVERED: DELIVERED\nLOST: LOST\nCANCELLED: CANCELLED', enum_type=ReverseShipmentStatus, max_length=20)),
                ('carrier', fields.CharField(max_length=100)),
                ('tracking_number', fields.CharField(null=True, unique=True, max_length=100)),
                ('pickup_from', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('pickup_until', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('label_url', fields.CharField(null=True, max_length=2000)),
                ('booked_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'reverse_shipments', 'app': 'bff', 'unique_together': (('case_id',),), 'constraints': [CheckConstraint(check='pickup_until > pickup_from', name='ck_reverse_shipments_slot_ends_after_it_starts')], 'pk_attr': 'id', 'table_description': "The parcel in which a case's goods come back."},
            bases=['Model'],
        ),
        CreateTable(
            name='ReverseShipmentEvent',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('shipment', fields.ForeignKeyField('bff.ReverseShipment', source_field='shipment_id', db_constraint=True, to_field='id', related_name='events', on_delete=OnDelete.CASCADE)),
                ('event_id', fields.CharField(unique=True, max_length=200)),
                ('status', fields.CharEnumField(description='BOOKED: BOOKED\nPICKED_UP: PICKED_UP\nIN_TRANSIT: IN_TRANSIT\nDELIVERED: DELIVERED\nLOST: LOST\nCANCELLED: CANCELLED', enum_type=ReverseShipmentStatus, max_length=20)),
                ('at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('place', fields.CharField(null=True, max_length=200)),
                ('description', fields.CharField(null=True, max_length=1000)),
            ],
            options={'table': 'reverse_shipment_events', 'app': 'bff', 'indexes': [Index(fields=['shipment_id', 'at', 'id'])], 'pk_attr': 'id', 'table_description': "One scan. `event_id` is the carrier's own: the same scan told twice is one."},
            bases=['Model'],
        ),
        CreateTable(
            name='StoreCredit',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('bff.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='store_credits', on_delete=OnDelete.RESTRICT)),
                ('currency', fields.CharField(max_length=3)),
                ('balance_minor', fields.BigIntField(default=0)),
            ],
            options={'table': 'store_credits', 'app': 'bff', 'unique_together': (('customer_id', 'currency'),), 'constraints': [CheckConstraint(check='length(currency) = 3', name='ck_store_credits_currency_has_three_letters'), CheckConstraint(check='balance_minor >= 0', name='ck_store_credits_balance_minor_not_negative')], 'pk_attr': 'id', 'table_description': "A customer's credit in one currency: the sum of its entries, kept so that it cannot be overspent."},
            bases=['Model'],
        ),
        CreateTable(
            name='Ticket',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=40)),
                ('customer', fields.ForeignKeyField('bff.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='tickets', on_delete=OnDelete.RESTRICT)),
                ('merchant', fields.ForeignKeyField('bff.Merchant', source_field='merchant_id', null=True, db_constraint=True, to_field='id', related_name='tickets', on_delete=OnDelete.RESTRICT)),
                ('order', fields.ForeignKeyField('bff.Order', source_field='order_id', null=True, db_constraint=True, to_field='id', related_name='tickets', on_delete=OnDelete.RESTRICT)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', null=True, db_constraint=True, to_field='id', related_name='tickets', on_delete=OnDelete.RESTRICT)),
                ('subject', fields.CharField(max_length=200)),
                ('subject_folded', fields.TextField(unique=False)),
                ('status', fields.CharEnumField(description='OPEN: OPEN\nPENDING_CUSTOMER: PENDING_CUSTOMER\nPENDING_MERCHANT: PENDING_MERCHANT\nRESOLVED: RESOLVED\nCLOSED: CLOSED', enum_type=TicketStatus, max_length=20)),
                ('priority', fields.CharEnumField(description='LOW: LOW\nNORMAL: NORMAL\nHIGH: HIGH\nURGENT: URGENT', enum_type=Priority, max_length=10)),
                ('queue', fields.CharField(max_length=100)),
                ('channel', fields.CharField(max_length=100)),
                ('created_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('updated_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('first_response_due_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('first_responded_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('resolved_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('messages_count', fields.IntField(db_default=0)),
                ('version', fields.IntField(db_default=1)),
            ],
            options={'table': 'tickets', 'app': 'bff', 'constraints': [CheckConstraint(check='version >= 1', name='ck_tickets_version_counts_from_one'), CheckConstraint(check='updated_at >= created_at', name='ck_tickets_not_updated_before_created'), CheckConstraint(check='messages_count >= 0', name='ck_tickets_messages_count_not_negative')], 'indexes': [Index(fields=['customer_id', 'created_at', 'id']), Index(fields=['merchant_id', 'created_at', 'id']), Index(fields=['order_id', 'created_at', 'id']), Index(fields=['case_id', 'created_at', 'id']), Index(fields=['created_at', 'id']), Index(fields=['status', 'resolved_at', 'id'])], 'pk_attr': 'id', 'table_description': 'A conversation with a customer, about an order or a case where it is about one.'},
            bases=['Model'],
        ),
        CreateTable(
            name='TicketMessage',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('ticket', fields.ForeignKeyField('bff.Ticket', source_field='ticket_id', db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE)),
                ('sequence', fields.IntField()),
                ('author', fields.CharEnumField(description='CUSTOMER: CUSTOMER\nMERCHANT: MERCHANT\nAGENT: AGENT\nOPS: OPS\nINGEST: INGEST', enum_type=Role, max_length=20)),
                ('author_subject', fields.CharField(max_length=200)),
                ('body', fields.TextField(unique=False)),
                ('sent_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ticket_messages', 'app': 'bff', 'unique_together': (('ticket_id', 'sequence'),), 'constraints': [CheckConstraint(check='sequence >= 1', name='ck_ticket_messages_counts_from_one')], 'pk_attr': 'id', 'table_description': 'One thing said; `sequence` is its place in the conversation.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Evidence',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', null=True, db_constraint=True, to_field='id', related_name='evidence', on_delete=OnDelete.CASCADE)),
                ('message', fields.ForeignKeyField('bff.TicketMessage', source_field='message_id', null=True, db_constraint=True, to_field='id', related_name='attachments', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='PHOTO: PHOTO\nVIDEO: VIDEO\nSERIAL_NUMBER: SERIAL_NUMBER\nINSPECTION_REPORT: INSPECTION_REPORT\nTEXT: TEXT', enum_type=EvidenceKind, max_length=20)),
                ('url', fields.CharField(null=True, max_length=2000)),
                ('text', fields.TextField(null=True, unique=False)),
                ('added_by', fields.CharEnumField(description='CUSTOMER: CUSTOMER\nMERCHANT: MERCHANT\nAGENT: AGENT\nOPS: OPS\nINGEST: INGEST', enum_type=Role, max_length=20)),
                ('added_subject', fields.CharField(max_length=200)),
                ('added_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'evidence', 'app': 'bff', 'constraints': [CheckConstraint(check='(case_id IS NULL) <> (message_id IS NULL)', name='ck_evidence_belongs_to_one_thing'), CheckConstraint(check='url IS NOT NULL OR text IS NOT NULL', name='ck_evidence_shows_something')], 'indexes': [Index(fields=['case_id', 'added_at', 'id']), Index(fields=['message_id', 'added_at', 'id'])], 'pk_attr': 'id', 'table_description': "One thing shown. It belongs to a case or is attached to a ticket's message, never both."},
            bases=['Model'],
        ),
        ops.AddField('Case', 'carrier', fields.CharField(null=True, max_length=100)),
        ops.AddField('Case', 'channel', fields.CharField(db_default='standard', max_length=100)),
        ops.AddField('Case', 'currency', fields.CharField(db_default='', max_length=3)),
        ops.AddField('Case', 'decision', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
        ops.AddField('Case', 'events', fields.IntField(db_default=0)),
        ops.AddField('Case', 'due_at', UtcDatetimeField(db_default=FOREVER_BY_DEFAULT, auto_now=False, auto_now_add=False)),
        ops.AddField('Case', 'exchange_sku', fields.CharField(null=True, max_length=100)),
        ops.AddField('Case', 'goods_travel', fields.BooleanField(db_default=True)),
        ops.AddField('Case', 'clawed_back_minor', fields.BigIntField(db_default=0)),
        ops.AddField('Case', 'instant_refund', fields.BooleanField(db_default=False)),
        ops.AddField('Case', 'note', fields.TextField(null=True, unique=False)),
        ops.AddField('Case', 'policy', fields.CharField(db_default='', max_length=64)),
        ops.AddField('Case', 'priority', fields.CharEnumField(description='LOW: LOW\nNORMAL: NORMAL\nHIGH: HIGH\nURGENT: URGENT', db_default=Priority.NORMAL, enum_type=Priority, max_length=10)),
        ops.AddField('Case', 'queue', fields.CharField(db_default='standard', max_length=100)),
        ops.AddField('Case', 'refund_method', fields.CharEnumField(description='ORIGINAL_PAYMENT: ORIGINAL_PAYMENT\nSTORE_CREDIT: STORE_CREDIT', db_default=RefundMethod.ORIGINAL_PAYMENT, enum_type=RefundMethod, max_length=20)),
        ops.AddField('Case', 'requires_inspection', fields.BooleanField(db_default=False)),
        ops.AddField('Case', 'terms', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
        ops.AddField('Case', 'warehouse', fields.CharField(null=True, max_length=100)),
        ops.AddField('CaseLine', 'accepted_quantity', fields.IntField(db_default=0)),
        ops.AddField('CaseLine', 'agreed', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
        ops.AddField('CaseLine', 'breakdown', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
        ops.AddField('CaseLine', 'held_minor', fields.BigIntField(db_default=0)),
        ops.AddField('CaseLine', 'holding', fields.BooleanField(db_default=True)),
        ops.AddField('CaseLine', 'lost_quantity', fields.IntField(db_default=0)),
        ops.AddField('CaseLine', 'received_quantity', fields.IntField(db_default=0)),
        ops.AddField('CaseLine', 'rejected_quantity', fields.IntField(db_default=0)),
        ops.AddField('CaseLine', 'shipping_held_minor', fields.BigIntField(db_default=0)),
        ops.AddField('CaseLine', 'shipping_minor', fields.BigIntField(db_default=0)),
        ops.AddField('CaseLine', 'shipping_refunded_minor', fields.BigIntField(db_default=0)),
        ops.AddField('CaseLine', 'short_quantity', fields.IntField(db_default=0)),
        ops.AddField('CaseLine', 'surplus_quantity', fields.IntField(db_default=0)),
        ops.AddField('CaseLine', 'units', fields.TextField(db_default='[]', unique=False)),
        ops.AddField('CaseLine', 'worth_minor', fields.BigIntField(db_default=0)),
        ops.AddField('OrderLine', 'held_units', fields.TextField(db_default='[]', unique=False)),
        ops.AddField('OrderLine', 'shipping_held_minor', fields.BigIntField(db_default=0)),
        ops.AddField('OrderLine', 'shipping_refunded_minor', fields.BigIntField(db_default=0)),
        ops.AddField('Order', 'charged_back_minor', fields.BigIntField(db_default=0)),
        ops.AddField('Payment', 'held_minor', fields.BigIntField(db_default=0)),
        ops.AddField('Payment', 'charged_back_minor', fields.BigIntField(db_default=0)),
        ops.AddIndex('Case', Index(fields=['merchant_id', 'due_at', 'id'])),
        ops.AddIndex('Case', Index(fields=['due_at', 'id'])),
        ops.AddIndex('Payment', Index(fields=['external_id'])),
        RunOn(sqlite=FILL, postgres=FILL),
        RunOn(
            sqlite=[worth("json_extract(units, '$[0][0]')"), CAME_BACK, ACCEPTED, *ONE_OPEN],
            postgres=[worth("CAST(CAST(units AS jsonb) -> 0 ->> 0 AS BIGINT)"), CAME_BACK, ACCEPTED, *ONE_OPEN],
        ),
        AddChecks('Case', [
            CheckConstraint(check='length(currency) = 3', name='ck_cases_currency_has_three_letters'),
            CheckConstraint(check='events >= 0', name='ck_cases_events_not_negative'),
            CheckConstraint(check='clawed_back_minor >= 0', name='ck_cases_clawed_back_minor_not_negative'),
        ]),
        AddChecks('CaseLine', [
            CheckConstraint(check='refunded_minor + held_minor <= worth_minor', name='ck_case_lines_refunds_what_was_paid'),
            CheckConstraint(check='shipping_refunded_minor + shipping_held_minor <= shipping_minor', name='ck_case_lines_refunds_what_shipping_was_paid'),
            CheckConstraint(check='received_quantity + short_quantity + lost_quantity <= quantity', name='ck_case_lines_receives_what_was_sent'),
            CheckConstraint(check='accepted_quantity + rejected_quantity <= received_quantity', name='ck_case_lines_judges_what_was_received'),
            CheckConstraint(check='held_minor >= 0', name='ck_case_lines_held_minor_not_negative'),
            CheckConstraint(check='shipping_held_minor >= 0', name='ck_case_lines_shipping_held_minor_not_negative'),
            CheckConstraint(check='shipping_refunded_minor >= 0', name='ck_case_lines_shipping_refunded_minor_not_negative'),
            CheckConstraint(check='received_quantity >= 0', name='ck_case_lines_received_quantity_not_negative'),
            CheckConstraint(check='short_quantity >= 0', name='ck_case_lines_short_quantity_not_negative'),
            CheckConstraint(check='lost_quantity >= 0', name='ck_case_lines_lost_quantity_not_negative'),
            CheckConstraint(check='surplus_quantity >= 0', name='ck_case_lines_surplus_quantity_not_negative'),
            CheckConstraint(check='accepted_quantity >= 0', name='ck_case_lines_accepted_quantity_not_negative'),
            CheckConstraint(check='rejected_quantity >= 0', name='ck_case_lines_rejected_quantity_not_negative'),
        ]),
        AddChecks('Order', [
            CheckConstraint(check='charged_back_minor >= 0', name='ck_orders_charged_back_minor_not_negative'),
        ]),
        AddChecks('OrderLine', [
            CheckConstraint(check='shipping_refunded_minor + shipping_held_minor <= shipping_minor', name='ck_order_lines_refunds_what_shipping_was_paid'),
            CheckConstraint(check='shipping_held_minor >= 0', name='ck_order_lines_shipping_held_minor_not_negative'),
            CheckConstraint(check='shipping_refunded_minor >= 0', name='ck_order_lines_shipping_refunded_minor_not_negative'),
        ]),
        AddChecks('Payment', [
            CheckConstraint(check='refunded_minor + held_minor <= captured_minor', name='ck_payments_holds_what_was_captured'),
            CheckConstraint(check='held_minor >= 0', name='ck_payments_held_minor_not_negative'),
            CheckConstraint(check='charged_back_minor >= 0', name='ck_payments_charged_back_minor_not_negative'),
        ]),
        DeferForeignKey("LedgerEntry", "transaction_id"),
        RunOn(
            sqlite=[*BY_PRIORITY, *SQLITE_DUE, *SQLITE_TRIGGERS],
            postgres=[*BY_PRIORITY, *POSTGRES_DUE, *POSTGRES_TRIGGERS],
        ),
    ]
