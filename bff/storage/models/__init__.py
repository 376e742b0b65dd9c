"""Which tables are there? One noun a file; Tortoise finds every model through this package."""

from bff.storage.models.case import Case, CaseLine
from bff.storage.models.catalogue import Product, Variant
from bff.storage.models.customer import Customer, QuotaUsage, SegmentMembership
from bff.storage.models.merchant import Merchant
from bff.storage.models.order import Order, OrderLine, Payment
from bff.storage.models.progress import ImportProgress
from bff.storage.models.shipment import Shipment

__all__ = [
    "Case",
    "CaseLine",
    "Customer",
    "ImportProgress",
    "Merchant",
    "Order",
    "OrderLine",
    "Payment",
    "Product",
    "QuotaUsage",
    "SegmentMembership",
    "Shipment",
    "Variant",
]
