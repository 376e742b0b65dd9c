"""Which tables are there? One noun a file; Tortoise finds every model through this package."""

from bff.storage.models.case import Case, CaseLine
from bff.storage.models.catalogue import Product, Variant
from bff.storage.models.compensation import Compensation, Rating
from bff.storage.models.customer import Customer, QuotaUsage, SegmentMembership
from bff.storage.models.deadline import Deadline
from bff.storage.models.dispute import Appeal, Dispute
from bff.storage.models.event import CaseEvent, InboxMessage, OutboxMessage
from bff.storage.models.evidence import Evidence
from bff.storage.models.exchange import Exchange
from bff.storage.models.idempotency import IdempotencyKey
from bff.storage.models.inspection import Inspection, InspectionLine
from bff.storage.models.ledger import LedgerEntry, LedgerTransaction, StoreCredit
from bff.storage.models.merchant import Merchant
from bff.storage.models.notice import Notice
from bff.storage.models.offer import Offer
from bff.storage.models.order import Order, OrderLine, Payment
from bff.storage.models.progress import ImportProgress
from bff.storage.models.refund import Refund, RefundLine, RefundTender
from bff.storage.models.reverse_shipment import ReverseShipment, ReverseShipmentEvent
from bff.storage.models.shipment import Shipment
from bff.storage.models.ticket import Ticket, TicketMessage

__all__ = [
    "Appeal",
    "Case",
    "CaseEvent",
    "CaseLine",
    "Compensation",
    "Customer",
    "Deadline",
    "Dispute",
    "Evidence",
    "Exchange",
    "IdempotencyKey",
    "ImportProgress",
    "InboxMessage",
    "Inspection",
    "InspectionLine",
    "LedgerEntry",
    "LedgerTransaction",
    "Merchant",
    "Notice",
    "Offer",
    "Order",
    "OrderLine",
    "OutboxMessage",
    "Payment",
    "Product",
    "QuotaUsage",
    "Rating",
    "Refund",
    "RefundLine",
    "RefundTender",
    "ReverseShipment",
    "ReverseShipmentEvent",
    "SegmentMembership",
    "Shipment",
    "StoreCredit",
    "Ticket",
    "TicketMessage",
    "Variant",
]
