"""What did the shop start with? Customers, merchants, the catalogue, orders and the skeleton of cases."""

from tortoise import migrations
from bff.storage.operations import CreateTable
from bff.storage.fields import UtcDatetimeField, new_id
from bff.vocabulary import CaseStatus, LiableParty, OrderStatus, PaymentMethod, Resolution, ReturnReason, ShipmentStatus
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        CreateTable(
            name='Customer',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('external_id', fields.CharField(unique=True, max_length=100)),
                ('display_name', fields.CharField(max_length=200)),
                ('email', fields.CharField(null=True, max_length=320)),
                ('market', fields.CharField(max_length=2)),
            ],
            options={'table': 'customers', 'app': 'bff', 'constraints': [CheckConstraint(check='length(market) = 2', name='ck_customers_market_has_two_letters')], 'pk_attr': 'id', 'table_description': 'A person or company that places orders, in one home market.'},
            bases=['Model'],
        ),
        CreateTable(
            name='ImportProgress',
            fields=[
                ('source', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('done', fields.BigIntField(default=0)),
                ('updated_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'import_progress', 'app': 'bff', 'constraints': [CheckConstraint(check='done >= 0', name='ck_import_progress_done_not_negative')], 'pk_attr': 'source', 'table_description': '`done` records of the file with that digest are in the database.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Merchant',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('external_id', fields.CharField(unique=True, max_length=100)),
                ('name', fields.CharField(max_length=200)),
                ('markets', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'merchants', 'app': 'bff', 'pk_attr': 'id', 'table_description': 'A seller. `external_id` is the name that policy records and ingest use.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Order',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=100)),
                ('number_folded', fields.TextField(unique=False)),
                ('external_id', fields.CharField(null=True, max_length=100)),
                ('customer', fields.ForeignKeyField('bff.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='orders', on_delete=OnDelete.RESTRICT)),
                ('market', fields.CharField(max_length=2)),
                ('currency', fields.CharField(max_length=3)),
                ('channel', fields.CharField(default='web', max_length=30)),
                ('status', fields.CharEnumField(description='PLACED: PLACED\nPAID: PAID\nSHIPPED: SHIPPED\nDELIVERED: DELIVERED\nCOMPLETED: COMPLETED\nCANCELLED: CANCELLED', enum_type=OrderStatus, max_length=20)),
                ('placed_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('delivered_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('total_minor', fields.BigIntField()),
                ('shipping_fee_minor', fields.BigIntField(default=0)),
                ('captured_minor', fields.BigIntField(default=0)),
                ('held_minor', fields.BigIntField(default=0)),
                ('refunded_minor', fields.BigIntField(default=0)),
                ('attributes', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('source_updated_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('source_digest', fields.CharField(max_length=64)),
            ],
            options={'table': 'orders', 'app': 'bff', 'constraints': [CheckConstraint(check='length(market) = 2', name='ck_orders_market_has_two_letters'), CheckConstraint(check='length(currency) = 3', name='ck_orders_currency_has_three_letters'), CheckConstraint(check='delivered_at >= placed_at', name='ck_orders_not_delivered_before_placed'), CheckConstraint(check='captured_minor <= total_minor', name='ck_orders_captures_its_total_at_most'), CheckConstraint(check='refunded_minor + held_minor <= captured_minor', name='ck_orders_refunds_what_was_captured'), CheckConstraint(check='shipping_fee_minor >= 0', name='ck_orders_shipping_fee_minor_not_negative'), CheckConstraint(check='captured_minor >= 0', name='ck_orders_captured_minor_not_negative'), CheckConstraint(check='held_minor >= 0', name='ck_orders_held_minor_not_negative'), CheckConstraint(check='refunded_minor >= 0', name='ck_orders_refunded_minor_not_negative')], 'indexes': [Index(fields=['customer_id', 'placed_at', 'id']), Index(fields=['placed_at', 'id'])], 'pk_attr': 'id', 'table_description': 'One purchase by one customer in one currency. `source_updated_at` is what ingest compares.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Case',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=40)),
                ('order', fields.ForeignKeyField('bff.Order', source_field='order_id', db_constraint=True, to_field='id', related_name='cases', on_delete=OnDelete.RESTRICT)),
                ('customer', fields.ForeignKeyField('bff.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='cases', on_delete=OnDelete.RESTRICT)),
                ('merchant', fields.ForeignKeyField('bff.Merchant', source_field='merchant_id', db_constraint=True, to_field='id', related_name='cases', on_delete=OnDelete.RESTRICT)),
                ('status', fields.CharEnumField(description='REQUESTED: REQUESTED\nAPPROVED: APPROVED\nDECLINED: DECLINED\nIN_TRANSIT: IN_TRANSIT\nRECEIVED: RECEIVED\nINSPECTED: INSPECTED\nCOMPLETED: COMPLETED\nCANCELLED: CANCELLED\nEXPIRED: EXPIRED', enum_type=CaseStatus, max_length=20)),
                ('resolution', fields.CharEnumField(description='RETURN_AND_REFUND: RETURN_AND_REFUND\nREFUND_ONLY: REFUND_ONLY\nEXCHANGE: EXCHANGE\nREPAIR: REPAIR', enum_type=Resolution, max_length=20)),
                ('liable_party', fields.CharEnumField(description='CUSTOMER: CUSTOMER\nMERCHANT: MERCHANT\nCARRIER: CARRIER\nPLATFORM: PLATFORM\nUNDETERMINED: UNDETERMINED', enum_type=LiableParty, max_length=20)),
                ('liability_basis', fields.CharField(max_length=100)),
                ('liability_final', fields.BooleanField(default=False)),
                ('requested_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('updated_at', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField(default=1)),
            ],
            options={'table': 'cases', 'app': 'bff', 'constraints': [CheckConstraint(check='version >= 1', name='ck_cases_version_counts_from_one'), CheckConstraint(check='updated_at >= requested_at', name='ck_cases_not_updated_before_requested')], 'indexes': [Index(fields=['order_id']), Index(fields=['customer_id', 'requested_at', 'id']), Index(fields=['merchant_id', 'requested_at', 'id']), Index(fields=['requested_at', 'id'])], 'pk_attr': 'id', 'table_description': 'One customer problem on one order, with one merchant.'},
            bases=['Model'],
        ),
        CreateTable(
            name='OrderLine',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('bff.Order', source_field='order_id', db_constraint=True, to_field='id', related_name='lines', on_delete=OnDelete.CASCADE)),
                ('merchant', fields.ForeignKeyField('bff.Merchant', source_field='merchant_id', db_constraint=True, to_field='id', related_name='order_lines', on_delete=OnDelete.RESTRICT)),
                ('position', fields.IntField()),
                ('external_id', fields.CharField(max_length=100)),
                ('sku', fields.CharField(max_length=100)),
                ('title', fields.CharField(max_length=300)),
                ('title_folded', fields.TextField(unique=False)),
                ('variant', fields.CharField(null=True, max_length=200)),
                ('category', fields.CharField(max_length=200)),
                ('image_url', fields.CharField(null=True, max_length=1000)),
                ('quantity', fields.IntField()),
                ('quantity_held', fields.IntField(default=0)),
                ('unit_price_minor', fields.BigIntField()),
                ('discount_minor', fields.BigIntField(default=0)),
                ('tax_minor', fields.BigIntField(default=0)),
                ('paid_minor', fields.BigIntField()),
                ('shipping_minor', fields.BigIntField(default=0)),
                ('held_minor', fields.BigIntField(default=0)),
                ('refunded_minor', fields.BigIntField(default=0)),
                ('attributes', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'order_lines', 'app': 'bff', 'unique_together': (('order_id', 'external_id'),), 'constraints': [CheckConstraint(check='quantity > 0', name='ck_order_lines_has_units'), CheckConstraint(check='0 <= quantity_held AND quantity_held <= quantity', name='ck_order_lines_holds_its_units_at_most'), CheckConstraint(check='tax_minor <= paid_minor', name='ck_order_lines_taxes_what_was_paid'), CheckConstraint(check='refunded_minor + held_minor <= paid_minor', name='ck_order_lines_refunds_what_was_paid'), CheckConstraint(check='unit_price_minor >= 0', name='ck_order_lines_unit_price_minor_not_negative'), CheckConstraint(check='discount_minor >= 0', name='ck_order_lines_discount_minor_not_negative'), CheckConstraint(check='tax_minor >= 0', name='ck_order_lines_tax_minor_not_negative'), CheckConstraint(check='paid_minor >= 0', name='ck_order_lines_paid_minor_not_negative'), CheckConstraint(check='shipping_minor >= 0', name='ck_order_lines_shipping_minor_not_negative'), CheckConstraint(check='held_minor >= 0', name='ck_order_lines_held_minor_not_negative'), CheckConstraint(check='refunded_minor >= 0', name='ck_order_lines_refunded_minor_not_negative')], 'indexes': [Index(fields=['merchant_id', 'order_id'])], 'pk_attr': 'id', 'table_description': 'One variant in one order. `discount_minor` is its share of all discounts; `paid_minor` includes tax.'},
            bases=['Model'],
        ),
        CreateTable(
            name='CaseLine',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('case', fields.ForeignKeyField('bff.Case', source_field='case_id', db_constraint=True, to_field='id', related_name='lines', on_delete=OnDelete.CASCADE)),
                ('order_line', fields.ForeignKeyField('bff.OrderLine', source_field='order_line_id', db_constraint=True, to_field='id', related_name='case_lines', on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.IntField()),
                ('reason', fields.CharEnumField(description='CHANGE_OF_MIND: CHANGE_OF_MIND\nSIZE_OR_FIT: SIZE_OR_FIT\nQUALITY_DEFECT: QUALITY_DEFECT\nNOT_AS_DESCRIBED: NOT_AS_DESCRIBED\nWRONG_ITEM: WRONG_ITEM\nMISSING_PARTS: MISSING_PARTS\nCOUNTERFEIT: COUNTERFEIT\nPRODUCT_EXPIRED: PRODUCT_EXPIRED\nDAMAGED_IN_TRANSIT: DAMAGED_IN_TRANSIT\nNOT_RECEIVED: NOT_RECEIVED\nLATE_DELIVERY: LATE_DELIVERY', enum_type=ReturnReason, max_length=20)),
                ('note', fields.TextField(null=True, unique=False)),
                ('refundable_minor', fields.BigIntField(default=0)),
                ('refunded_minor', fields.BigIntField(default=0)),
            ],
            options={'table': 'case_lines', 'app': 'bff', 'unique_together': (('case_id', 'order_line_id'),), 'constraints': [CheckConstraint(check='quantity > 0', name='ck_case_lines_has_units'), CheckConstraint(check='refundable_minor >= 0', name='ck_case_lines_refundable_minor_not_negative'), CheckConstraint(check='refunded_minor >= 0', name='ck_case_lines_refunded_minor_not_negative')], 'indexes': [Index(fields=['order_line_id'])], 'pk_attr': 'id', 'table_description': 'Some units of one order line in a case; a case names a line once.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Payment',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('bff.Order', source_field='order_id', db_constraint=True, to_field='id', related_name='payments', on_delete=OnDelete.CASCADE)),
                ('external_id', fields.CharField(max_length=100)),
                ('method', fields.CharEnumField(description='CARD: CARD\nWALLET: WALLET\nBANK_TRANSFER: BANK_TRANSFER\nCASH_ON_DELIVERY: CASH_ON_DELIVERY\nSTORE_CREDIT: STORE_CREDIT\nGIFT_CARD: GIFT_CARD\nINSTALMENT: INSTALMENT', enum_type=PaymentMethod, max_length=20)),
                ('captured_minor', fields.BigIntField()),
                ('refunded_minor', fields.BigIntField(default=0)),
                ('label', fields.CharField(max_length=100)),
            ],
            options={'table': 'payments', 'app': 'bff', 'unique_together': (('order_id', 'external_id'),), 'constraints': [CheckConstraint(check='refunded_minor <= captured_minor', name='ck_payments_refunds_what_was_captured'), CheckConstraint(check='captured_minor >= 0', name='ck_payments_captured_minor_not_negative'), CheckConstraint(check='refunded_minor >= 0', name='ck_payments_refunded_minor_not_negative')], 'pk_attr': 'id', 'table_description': 'One tender of an order. Refunds return to each in its share.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Product',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('merchant', fields.ForeignKeyField('bff.Merchant', source_field='merchant_id', db_constraint=True, to_field='id', related_name='products', on_delete=OnDelete.RESTRICT)),
                ('external_id', fields.CharField(max_length=100)),
                ('title', fields.CharField(max_length=300)),
                ('category', fields.CharField(max_length=200)),
            ],
            options={'table': 'products', 'app': 'bff', 'unique_together': (('merchant_id', 'external_id'),), 'pk_attr': 'id', 'table_description': 'One thing in all its sizes and colours.'},
            bases=['Model'],
        ),
        CreateTable(
            name='QuotaUsage',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('bff.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='quota_usages', on_delete=OnDelete.CASCADE)),
                ('code', fields.CharField(max_length=100)),
                ('period_start', UtcDatetimeField(auto_now=False, auto_now_add=False)),
                ('resets_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('used', fields.IntField(default=0)),
            ],
            options={'table': 'quota_usages', 'app': 'bff', 'unique_together': (('customer_id', 'code', 'period_start'),), 'constraints': [CheckConstraint(check='resets_at > period_start', name='ck_quota_usages_resets_after_it_starts'), CheckConstraint(check='used >= 0', name='ck_quota_usages_used_not_negative')], 'pk_attr': 'id', 'table_description': "How much of an entitlement's quota was used in the period that starts then. Counted up by condition."},
            bases=['Model'],
        ),
        CreateTable(
            name='SegmentMembership',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('bff.Customer', source_field='customer_id', db_constraint=True, to_field='id', related_name='memberships', on_delete=OnDelete.CASCADE)),
                ('segment', fields.CharField(max_length=50)),
                ('since', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('until', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'segment_memberships', 'app': 'bff', 'unique_together': (('customer_id', 'segment'),), 'constraints': [CheckConstraint(check='until > since', name='ck_segment_memberships_ends_after_it_starts')], 'pk_attr': 'id', 'table_description': 'A segment that a customer belongs to while it runs; `until` None is without end.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Shipment',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('bff.Order', source_field='order_id', db_constraint=True, to_field='id', related_name='shipments', on_delete=OnDelete.CASCADE)),
                ('external_id', fields.CharField(max_length=100)),
                ('carrier', fields.CharField(max_length=100)),
                ('tracking_number', fields.CharField(null=True, max_length=100)),
                ('status', fields.CharEnumField(description='PENDING: PENDING\nIN_TRANSIT: IN_TRANSIT\nDELIVERED: DELIVERED\nLOST: LOST', enum_type=ShipmentStatus, max_length=20)),
                ('shipped_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('delivered_at', UtcDatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('line_external_ids', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'shipments', 'app': 'bff', 'unique_together': (('order_id', 'external_id'),), 'constraints': [CheckConstraint(check='delivered_at >= shipped_at', name='ck_shipments_not_delivered_before_shipped')], 'pk_attr': 'id', 'table_description': 'One parcel. A line travels in at most one: the lines are named by their external ids.'},
            bases=['Model'],
        ),
        CreateTable(
            name='Variant',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('product', fields.ForeignKeyField('bff.Product', source_field='product_id', db_constraint=True, to_field='id', related_name='variants', on_delete=OnDelete.CASCADE)),
                ('merchant', fields.ForeignKeyField('bff.Merchant', source_field='merchant_id', db_constraint=True, to_field='id', related_name='variants', on_delete=OnDelete.RESTRICT)),
                ('sku', fields.CharField(max_length=100)),
                ('variant', fields.CharField(null=True, max_length=200)),
                ('currency', fields.CharField(max_length=3)),
                ('price_minor', fields.BigIntField()),
                ('stock', fields.IntField(default=0)),
                ('reserved', fields.IntField(default=0)),
                ('image_url', fields.CharField(null=True, max_length=1000)),
            ],
            options={'table': 'variants', 'app': 'bff', 'unique_together': (('merchant_id', 'sku', 'currency'),), 'constraints': [CheckConstraint(check='0 <= reserved AND reserved <= stock', name='ck_variants_reserves_what_is_there'), CheckConstraint(check='length(currency) = 3', name='ck_variants_currency_has_three_letters'), CheckConstraint(check='price_minor >= 0', name='ck_variants_price_minor_not_negative')], 'indexes': [Index(fields=['product_id'])], 'pk_attr': 'id', 'table_description': 'One size and colour, with its list price in minor units and its stock.'},
            bases=['Model'],
        ),
    ]
