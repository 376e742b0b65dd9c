"""What do the words of a case's life mean to a client? Each closed set, with what its names do not say."""

from bff.schema.described import described
from bff.vocabulary import (
    AccountKind,
    AppealStatus,
    CaseAction,
    CompensationKind,
    CostKind,
    DeadlineKind,
    Disposition,
    DisputeStatus,
    ExchangeStatus,
    Grade,
    OfferStatus,
    Priority,
    RefundStatus,
    ReverseShipmentStatus,
    TicketStatus,
    TransactionKind,
)

__all__ = [
    "AccountKind",
    "AppealStatus",
    "CaseAction",
    "CompensationKind",
    "CostKind",
    "DeadlineKind",
    "Disposition",
    "DisputeStatus",
    "ExchangeStatus",
    "Grade",
    "OfferStatus",
    "Priority",
    "RefundStatus",
    "ReverseShipmentStatus",
    "TicketStatus",
    "TransactionKind",
]

described(
    CaseAction,
    "What people do to a case. `allowedActions` lists those that the viewer may take now.",
    CANCEL="Withdraw it; the customer.",
    ADD_EVIDENCE="Show something more; the customer.",
    SCHEDULE_RETURN="Book the way back, or tell which parcel it is; the customer.",
    ACCEPT_OFFER="Accept the open offer, or reject it; the customer.",
    OPEN_DISPUTE="Ask the platform to judge; the customer.",
    RATE="Say how content they are; the customer.",
    APPROVE="Accept the request; the merchant or an agent.",
    DECLINE="Refuse the request, with a reason; the merchant or an agent.",
    PROPOSE_OFFER="Offer an amount; the merchant.",
    RECORD_RECEIPT="Say what arrived; the merchant.",
    RECORD_INSPECTION="Say in which state it arrived; the merchant.",
    ISSUE_REFUND="Pay back what is owed; the merchant.",
    SHIP_EXCHANGE="Send the goods that replace or were repaired; the merchant.",
    APPEAL="Contest the ruling, once; the merchant.",
    RULE="Decide the dispute; an agent.",
    GRANT_COMPENSATION="Give something beside a refund; an agent.",
    OVERRIDE="Put it into any status, with a reason that stays on the timeline; an agent.",
)
described(
    DeadlineKind,
    "What a case waits for.",
    MERCHANT_RESPONSE="The merchant's answer to the request.",
    OFFER_RESPONSE="The customer's answer to an offer.",
    CUSTOMER_SHIPMENT="The customer's handing over of the goods.",
    RETURN_TRANSIT="The parcel's arrival.",
    EXCHANGE_ARRIVAL="News that what was sent instead has arrived.",
    WAREHOUSE_INSPECTION="The merchant's look at goods that have arrived.",
    REFUND="The money or goods that are due to the customer.",
    DISPUTE_WINDOW="Nothing: until then the customer may dispute the outcome.",
    APPEAL_WINDOW="Nothing: until then the merchant may appeal against the ruling.",
    RULING="An agent's ruling on a dispute or an appeal.",
)
described(
    Priority,
    "How soon a person should look.",
    LOW="When there is time.",
    NORMAL="In turn.",
    HIGH="Before the others.",
    URGENT="Now.",
)
described(
    ReverseShipmentStatus,
    "Where goods that travel back are.",
    BOOKED="Still with the customer; the way is arranged.",
    PICKED_UP="Handed to the carrier.",
    IN_TRANSIT="On their way.",
    DELIVERED="With the merchant.",
    LOST="The carrier has given them up.",
    CANCELLED="They will not travel.",
)
described(
    Grade,
    "In which state a unit came back.",
    AS_NEW="It can be sold as new.",
    OPENED="Unpacked, not used.",
    USED="It shows use.",
    DAMAGED="Broken.",
    NOT_OURS="Something else was in the parcel.",
    MISSING="Not in the parcel.",
)
described(
    Disposition,
    "What becomes of a unit that came back.",
    RESTOCK="Sold again as new.",
    REFURBISH="Repaired, then sold.",
    LIQUIDATE="Sold off for what it brings.",
    DESTROY="Thrown away.",
    RETURN_TO_CUSTOMER="Sent back to the customer.",
)
described(
    RefundStatus,
    "How far money has come on its way back.",
    PENDING="Promised and set aside; no provider has been asked yet.",
    PROCESSING="A provider has it in hand.",
    SUCCEEDED="Paid.",
    FAILED="A provider refused; it can be tried again.",
)
described(
    ExchangeStatus,
    "Where the goods are that are sent instead.",
    RESERVED="Set aside for the customer.",
    SHIPPED="On their way.",
    DELIVERED="With the customer.",
    CANCELLED="They will not be sent.",
)
described(
    OfferStatus,
    "What became of an offer.",
    OPEN="Waits for the customer's answer.",
    ACCEPTED="Taken: it binds both.",
    REJECTED="Refused by the customer.",
    EXPIRED="Not answered in time, or overtaken by how the case went.",
)
described(
    DisputeStatus,
    "How far a dispute has come.",
    OPEN="Nobody has looked yet.",
    UNDER_REVIEW="An agent looks into it.",
    RULED="Decided.",
    WITHDRAWN="Taken back by the customer.",
)
described(
    AppealStatus,
    "What became of an appeal.",
    OPEN="Waits for an agent.",
    UPHELD="The merchant was right.",
    REJECTED="The ruling stands.",
    WITHDRAWN="Taken back by the merchant.",
)
described(
    CompensationKind,
    "What a customer is given beside a refund.",
    STORE_CREDIT="Credit with the shop.",
    VOUCHER="A voucher for the next order.",
    CASH="Money.",
)
described(
    CostKind,
    "What a case costs beside what is refunded.",
    FREIGHT="Carrying the goods.",
    LABEL="A carrier's label.",
    INSPECTION="Looking at the goods.",
    WRITE_DOWN="What the goods lost in value.",
    COMPENSATION="What the customer was given for the trouble.",
    PAYMENT_FEE="What a payment provider took.",
    HANDLING="People's work.",
)
described(
    TicketStatus,
    "Whom a conversation waits for.",
    OPEN="Nobody has answered yet.",
    PENDING_CUSTOMER="The customer is to answer.",
    PENDING_MERCHANT="The merchant or the platform is to answer.",
    RESOLVED="Answered for good; a reply opens it again.",
    CLOSED="Over.",
)
described(
    AccountKind,
    "Whose account the ledger moves.",
    CUSTOMER="The customer: what is granted and not paid out yet, or negative, what they have too much.",
    MERCHANT="The seller.",
    CARRIER="Who carries the goods back.",
    PLATFORM="The marketplace.",
    INSURER="An insurer.",
    PROVIDER="The payment provider, who paid on the shop's behalf.",
    STORE_CREDIT="The customer's credit with the shop.",
)
described(
    TransactionKind,
    "Why money moved.",
    REFUND="A refund was granted: owed to the customer from now on.",
    PAYOUT="It was paid: by a provider, or as store credit.",
    RESTOCKING_FEE="What the customer, or whoever relieved them, pays for taking goods back.",
    EXCHANGE_DIFFERENCE="What dearer goods cost more.",
    CLAW_BACK="What was paid too much is owed back; the other way round, such a claim was given up.",
    CREDIT_SPENT="Store credit was used.",
    REVERSAL="Somebody else bears it after all.",
    FREIGHT="The way back.",
    LABEL="A label for it.",
    INSPECTION="Looking at the goods.",
    WRITE_DOWN="What goods lost of their worth.",
    COMPENSATION="Something given for the trouble.",
    PAYMENT_FEE="What a provider takes.",
    HANDLING="Any other cost.",
)
