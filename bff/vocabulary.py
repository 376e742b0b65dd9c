"""Which words does the trade use? The closed sets that the graph, the rules and the tables share.

Each value is the name that the GraphQL enum of the same kind prints, so one word serves every layer.
"""

from enum import StrEnum


class Word(StrEnum):
    """A value that equals its text hashes like it, so that sets and mappings find one by the other.

    Enum's own hash is of the name, in Python: a lookup of "no_reason" would miss Basis.NO_REASON, and every
    lookup would cost a call.
    """

    __hash__ = str.__hash__


class Role(Word):
    """Who is asking."""

    CUSTOMER = "CUSTOMER"
    MERCHANT = "MERCHANT"
    AGENT = "AGENT"
    OPS = "OPS"
    INGEST = "INGEST"


class OrderStatus(Word):
    """How far an order has come."""

    PLACED = "PLACED"
    PAID = "PAID"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class PaymentMethod(Word):
    """How the customer paid."""

    CARD = "CARD"
    WALLET = "WALLET"
    BANK_TRANSFER = "BANK_TRANSFER"
    CASH_ON_DELIVERY = "CASH_ON_DELIVERY"
    STORE_CREDIT = "STORE_CREDIT"
    GIFT_CARD = "GIFT_CARD"
    INSTALMENT = "INSTALMENT"


class ShipmentStatus(Word):
    """Where an outbound parcel is."""

    PENDING = "PENDING"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    LOST = "LOST"


class ReturnReason(Word):
    """Why the customer wants to give the goods back, in the customer's own terms."""

    CHANGE_OF_MIND = "CHANGE_OF_MIND"
    SIZE_OR_FIT = "SIZE_OR_FIT"
    QUALITY_DEFECT = "QUALITY_DEFECT"
    NOT_AS_DESCRIBED = "NOT_AS_DESCRIBED"
    WRONG_ITEM = "WRONG_ITEM"
    MISSING_PARTS = "MISSING_PARTS"
    COUNTERFEIT = "COUNTERFEIT"
    PRODUCT_EXPIRED = "PRODUCT_EXPIRED"
    DAMAGED_IN_TRANSIT = "DAMAGED_IN_TRANSIT"
    NOT_RECEIVED = "NOT_RECEIVED"
    LATE_DELIVERY = "LATE_DELIVERY"


class Basis(Word):
    """The legal ground that a reason rests on. Exactly one plugin owns each."""

    NO_REASON = "no_reason"
    QUALITY = "quality"
    LOGISTICS = "logistics"


BASIS_OF: dict[ReturnReason, Basis] = {
    ReturnReason.CHANGE_OF_MIND: Basis.NO_REASON,
    ReturnReason.SIZE_OR_FIT: Basis.NO_REASON,
    ReturnReason.QUALITY_DEFECT: Basis.QUALITY,
    ReturnReason.NOT_AS_DESCRIBED: Basis.QUALITY,
    ReturnReason.WRONG_ITEM: Basis.QUALITY,
    ReturnReason.MISSING_PARTS: Basis.QUALITY,
    ReturnReason.COUNTERFEIT: Basis.QUALITY,
    ReturnReason.PRODUCT_EXPIRED: Basis.QUALITY,
    ReturnReason.DAMAGED_IN_TRANSIT: Basis.LOGISTICS,
    ReturnReason.NOT_RECEIVED: Basis.LOGISTICS,
    ReturnReason.LATE_DELIVERY: Basis.LOGISTICS,
}


class Resolution(Word):
    """What the customer gets."""

    RETURN_AND_REFUND = "RETURN_AND_REFUND"
    REFUND_ONLY = "REFUND_ONLY"
    EXCHANGE = "EXCHANGE"
    REPAIR = "REPAIR"


GOODS_TRAVEL_BACK = frozenset({Resolution.RETURN_AND_REFUND, Resolution.EXCHANGE, Resolution.REPAIR})


class EligibilityStatus(Word):
    """May this come back? Yes, a person decides, or no."""

    ELIGIBLE = "ELIGIBLE"
    REVIEW = "REVIEW"
    INELIGIBLE = "INELIGIBLE"


class EvidenceKind(Word):
    """What a customer can show."""

    PHOTO = "PHOTO"
    VIDEO = "VIDEO"
    SERIAL_NUMBER = "SERIAL_NUMBER"
    INSPECTION_REPORT = "INSPECTION_REPORT"
    TEXT = "TEXT"


class LiableParty(Word):
    """Who bears a cost."""

    CUSTOMER = "CUSTOMER"
    MERCHANT = "MERCHANT"
    CARRIER = "CARRIER"
    PLATFORM = "PLATFORM"
    UNDETERMINED = "UNDETERMINED"


class RefundMethod(Word):
    """Where refunded money goes."""

    ORIGINAL_PAYMENT = "ORIGINAL_PAYMENT"
    STORE_CREDIT = "STORE_CREDIT"


class ReturnMethod(Word):
    """How goods travel back."""

    PICKUP = "PICKUP"
    DROP_OFF = "DROP_OFF"
    MAIL = "MAIL"


class WindowAnchor(Word):
    """The event that a window is counted from."""

    PLACED = "PLACED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"


class Effect(Word):
    """What a rule that spoke did to the answer."""

    GRANTS = "GRANTS"
    DENIES = "DENIES"
    REQUIRES_REVIEW = "REQUIRES_REVIEW"
    LIMITS = "LIMITS"
    INFORMS = "INFORMS"


class RuleSource(Word):
    """On whose authority a rule speaks."""

    STATUTE = "STATUTE"
    PLATFORM = "PLATFORM"
    MERCHANT = "MERCHANT"
    MEMBERSHIP = "MEMBERSHIP"
    GOODWILL = "GOODWILL"
    RISK = "RISK"


class RefundComponentKind(Word):
    """What a refund is made of: items + tax + shipping, less the fees. A bonus is paid beside it."""

    ITEM = "ITEM"
    TAX = "TAX"
    SHIPPING = "SHIPPING"
    RESTOCKING_FEE = "RESTOCKING_FEE"
    RETURN_FREIGHT = "RETURN_FREIGHT"
    DEDUCTION = "DEDUCTION"
    BONUS = "BONUS"


class Priority(Word):
    """How soon a person should look; later members outrank earlier ones."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    URGENT = "URGENT"


class CaseStatus(Word):
    """How far a case has come."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    IN_TRANSIT = "IN_TRANSIT"
    RECEIVED = "RECEIVED"
    INSPECTED = "INSPECTED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


# A case in one of these gives its units back to the line: nothing went, or will go, back.
CASE_RELEASES_UNITS = frozenset({CaseStatus.DECLINED, CaseStatus.CANCELLED, CaseStatus.EXPIRED})


class CaseAction(Word):
    """What people do to a case: the customer's actions first, then the merchant's, then the agent's."""

    CANCEL = "CANCEL"
    ADD_EVIDENCE = "ADD_EVIDENCE"
    SCHEDULE_RETURN = "SCHEDULE_RETURN"
    ACCEPT_OFFER = "ACCEPT_OFFER"
    OPEN_DISPUTE = "OPEN_DISPUTE"
    RATE = "RATE"
    APPROVE = "APPROVE"
    DECLINE = "DECLINE"
    PROPOSE_OFFER = "PROPOSE_OFFER"
    RECORD_RECEIPT = "RECORD_RECEIPT"
    RECORD_INSPECTION = "RECORD_INSPECTION"
    ISSUE_REFUND = "ISSUE_REFUND"
    SHIP_EXCHANGE = "SHIP_EXCHANGE"
    APPEAL = "APPEAL"
    RULE = "RULE"
    GRANT_COMPENSATION = "GRANT_COMPENSATION"
    OVERRIDE = "OVERRIDE"


class DeadlineKind(Word):
    """What a case waits for, with a day on which the waiting ends."""

    MERCHANT_RESPONSE = "MERCHANT_RESPONSE"
    OFFER_RESPONSE = "OFFER_RESPONSE"
    CUSTOMER_SHIPMENT = "CUSTOMER_SHIPMENT"
    RETURN_TRANSIT = "RETURN_TRANSIT"
    WAREHOUSE_INSPECTION = "WAREHOUSE_INSPECTION"
    REFUND = "REFUND"
    EXCHANGE_ARRIVAL = "EXCHANGE_ARRIVAL"
    DISPUTE_WINDOW = "DISPUTE_WINDOW"
    APPEAL_WINDOW = "APPEAL_WINDOW"
    RULING = "RULING"


class ReverseShipmentStatus(Word):
    """Where goods that travel back are."""

    BOOKED = "BOOKED"
    PICKED_UP = "PICKED_UP"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    LOST = "LOST"
    CANCELLED = "CANCELLED"


class Grade(Word):
    """In which state a unit came back."""

    AS_NEW = "AS_NEW"
    OPENED = "OPENED"
    USED = "USED"
    DAMAGED = "DAMAGED"
    NOT_OURS = "NOT_OURS"
    MISSING = "MISSING"


class Disposition(Word):
    """What becomes of a unit that came back."""

    RESTOCK = "RESTOCK"
    REFURBISH = "REFURBISH"
    LIQUIDATE = "LIQUIDATE"
    DESTROY = "DESTROY"
    RETURN_TO_CUSTOMER = "RETURN_TO_CUSTOMER"


class RefundStatus(Word):
    """How far money has come on its way back."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class ExchangeStatus(Word):
    """Where the goods are that are sent instead."""

    RESERVED = "RESERVED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"


class OfferStatus(Word):
    """What became of a merchant's offer."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


class DisputeStatus(Word):
    """How far a dispute has come."""

    OPEN = "OPEN"
    UNDER_REVIEW = "UNDER_REVIEW"
    RULED = "RULED"
    WITHDRAWN = "WITHDRAWN"


class AppealStatus(Word):
    """What became of a merchant's appeal."""

    OPEN = "OPEN"
    UPHELD = "UPHELD"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class CompensationKind(Word):
    """What a customer is given beside a refund."""

    STORE_CREDIT = "STORE_CREDIT"
    VOUCHER = "VOUCHER"
    CASH = "CASH"


class CostKind(Word):
    """What a case costs beside what is refunded."""

    FREIGHT = "FREIGHT"
    LABEL = "LABEL"
    INSPECTION = "INSPECTION"
    WRITE_DOWN = "WRITE_DOWN"
    COMPENSATION = "COMPENSATION"
    PAYMENT_FEE = "PAYMENT_FEE"
    HANDLING = "HANDLING"


class TicketStatus(Word):
    """Whom a conversation waits for."""

    OPEN = "OPEN"
    PENDING_CUSTOMER = "PENDING_CUSTOMER"
    PENDING_MERCHANT = "PENDING_MERCHANT"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


class AccountKind(Word):
    """Whose money a ledger entry moves."""

    CUSTOMER = "CUSTOMER"
    MERCHANT = "MERCHANT"
    CARRIER = "CARRIER"
    PLATFORM = "PLATFORM"
    INSURER = "INSURER"
    PROVIDER = "PROVIDER"
    STORE_CREDIT = "STORE_CREDIT"


class TransactionKind(Word):
    """Why the ledger moved money. The kinds of cost are kinds of transaction too."""

    REFUND = "REFUND"
    PAYOUT = "PAYOUT"
    RESTOCKING_FEE = "RESTOCKING_FEE"
    EXCHANGE_DIFFERENCE = "EXCHANGE_DIFFERENCE"
    CLAW_BACK = "CLAW_BACK"
    CREDIT_SPENT = "CREDIT_SPENT"
    REVERSAL = "REVERSAL"
    FREIGHT = "FREIGHT"
    LABEL = "LABEL"
    INSPECTION = "INSPECTION"
    WRITE_DOWN = "WRITE_DOWN"
    COMPENSATION = "COMPENSATION"
    PAYMENT_FEE = "PAYMENT_FEE"
    HANDLING = "HANDLING"
