"""What do the closed sets mean to a client? The trade's words, each with what its name does not say."""

from bff.schema.case_enums import (
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
from bff.schema.described import described
from bff.storage.reads.cases import CaseSort
from bff.user_errors import UserErrorCode
from bff.vocabulary import (
    CaseStatus,
    Effect,
    EligibilityStatus,
    EvidenceKind,
    LiableParty,
    OrderStatus,
    PaymentMethod,
    RefundComponentKind,
    RefundMethod,
    Resolution,
    ReturnMethod,
    ReturnReason,
    Role,
    RuleSource,
    ShipmentStatus,
    WindowAnchor,
)

__all__ = [
    "AccountKind",
    "AppealStatus",
    "CaseAction",
    "CaseSort",
    "CaseStatus",
    "CompensationKind",
    "CostKind",
    "DeadlineKind",
    "Disposition",
    "DisputeStatus",
    "Effect",
    "EligibilityStatus",
    "EvidenceKind",
    "ExchangeStatus",
    "Grade",
    "LiableParty",
    "OfferStatus",
    "OrderStatus",
    "PaymentMethod",
    "Priority",
    "RefundComponentKind",
    "RefundMethod",
    "RefundStatus",
    "Resolution",
    "ReturnMethod",
    "ReturnReason",
    "ReverseShipmentStatus",
    "Role",
    "RuleSource",
    "ShipmentStatus",
    "TicketStatus",
    "TransactionKind",
    "UserErrorCode",
    "WindowAnchor",
]


described(
    Role,
    "Who is asking; the role decides which rows and fields exist for a viewer.",
    CUSTOMER="Sees only their own orders and cases.",
    MERCHANT="Sees orders that hold its lines, only those lines, and cases against it.",
    AGENT="The platform's customer service: sees everything, settles disputes.",
    OPS="The platform's operations: sees everything, publishes policies.",
    INGEST="The order, logistics and payment systems that feed the graph.",
)
described(
    OrderStatus,
    "How far an order has come, as the order system last said.",
    PLACED="Not paid yet: nothing can be returned.",
    PAID="Paid, nothing sent.",
    SHIPPED="At least one parcel is on its way.",
    DELIVERED="Every parcel has arrived.",
    COMPLETED="Delivered and closed by the shop; return windows run on all the same.",
    CANCELLED="Will not be delivered: nothing can be returned.",
)
described(
    PaymentMethod,
    "How money was paid in.",
    CARD="A credit or debit card.",
    WALLET="A digital wallet.",
    BANK_TRANSFER="A transfer from a bank account.",
    CASH_ON_DELIVERY="Cash handed to the carrier; a refund of it becomes store credit.",
    STORE_CREDIT="Credit that the shop had granted.",
    GIFT_CARD="A prepaid card of the shop.",
    INSTALMENT="Paid in parts through a lender.",
)
described(
    ShipmentStatus,
    "Where an outbound parcel is.",
    PENDING="Not handed to the carrier yet.",
    IN_TRANSIT="With the carrier.",
    DELIVERED="Handed over to the customer.",
    LOST="The carrier has given it up.",
)
described(
    ReturnReason,
    "Why goods come back, in the customer's terms. The reason decides which rules answer, who is liable and who"
    " pays the freight.",
    CHANGE_OF_MIND="Nothing is wrong with the goods.",
    SIZE_OR_FIT="Nothing is wrong with the goods, but they do not fit.",
    QUALITY_DEFECT="The goods are faulty.",
    NOT_AS_DESCRIBED="The goods differ from what was offered.",
    WRONG_ITEM="Something else was sent.",
    MISSING_PARTS="Something that belongs to it is not there.",
    COUNTERFEIT="The goods are not genuine.",
    PRODUCT_EXPIRED="Past its date when it arrived.",
    DAMAGED_IN_TRANSIT="Broken on the way to the customer.",
    NOT_RECEIVED="The parcel never arrived.",
    LATE_DELIVERY="The parcel came after the promised day.",
)
described(
    Resolution,
    "How a request is settled.",
    RETURN_AND_REFUND="The goods travel back, the money is refunded.",
    REFUND_ONLY="The money is refunded, the customer keeps whatever arrived.",
    EXCHANGE="The goods travel back, another variant is sent.",
    REPAIR="The goods travel back, are repaired and returned.",
)
described(
    EligibilityStatus,
    "The answer of the policies.",
    ELIGIBLE="Yes. Where a claim has to be looked at, the merchant is asked first; silence is consent.",
    REVIEW="A request may be made; a person decides.",
    INELIGIBLE="No; the explanations say why.",
)
described(
    EvidenceKind,
    "What a customer can show.",
    PHOTO="A picture of the goods.",
    VIDEO="A recording of the goods.",
    SERIAL_NUMBER="The number on the goods.",
    INSPECTION_REPORT="The finding of a qualified third party.",
    TEXT="An account in the customer's own words.",
)
described(
    LiableParty,
    "Who bears a cost.",
    CUSTOMER="The buyer.",
    MERCHANT="The seller of the line.",
    CARRIER="The carrier of the outbound parcel.",
    PLATFORM="The marketplace itself.",
    UNDETERMINED="Not settled yet: an inspection or a person decides.",
)
described(
    RefundMethod,
    "Where refunded money goes.",
    ORIGINAL_PAYMENT="Back to every tender of the order, each in its share; cash, gift cards and store credit come"
    " back as store credit.",
    STORE_CREDIT="To the customer's credit with the shop, at once.",
)
described(
    ReturnMethod,
    "How goods travel back.",
    PICKUP="A courier collects them.",
    DROP_OFF="The customer brings them to a collection point.",
    MAIL="The customer posts them.",
)
described(
    WindowAnchor,
    "The event that a window is counted from.",
    PLACED="The order was placed.",
    SHIPPED="The parcel left.",
    DELIVERED="The parcel arrived.",
)
described(
    Effect,
    "What a rule that spoke did to the answer; an overruled rule keeps the effect it wanted.",
    GRANTS="It allows, or spares the customer a cost.",
    DENIES="It refuses, or found no ground to allow.",
    REQUIRES_REVIEW="It asks for a person to look.",
    LIMITS="It allows less: a fee, an earlier end, evidence to be shown.",
    INFORMS="It changes nothing for the customer: routing, liability.",
)
described(
    RuleSource,
    "On whose authority a rule speaks.",
    STATUTE="The law; the citation names the article.",
    PLATFORM="The marketplace's own terms.",
    MERCHANT="The seller's terms.",
    MEMBERSHIP="A benefit of a membership.",
    GOODWILL="Nothing obliges anyone: it is a kindness.",
    RISK="A sign of abuse.",
)
described(
    RefundComponentKind,
    "What a refund is made of: ITEM + TAX + SHIPPING - fees = total. A BONUS is paid beside it.",
    ITEM="The goods' share of what was paid, without tax.",
    TAX="The tax that was paid on them.",
    SHIPPING="The refunded share of the order's shipping fee.",
    RESTOCKING_FEE="Subtracted: for taking the goods back into stock.",
    RETURN_FREIGHT="Subtracted: the customer's share of the way back.",
    DEDUCTION="Subtracted: any other cost that the customer bears, such as a promotion that no longer holds.",
    BONUS="Added beside the total: a compensation.",
)
described(
    CaseStatus,
    "How far a case has come.",
    REQUESTED="Waits for the merchant's answer.",
    APPROVED="Accepted; the goods have not left yet, if they must.",
    DECLINED="Refused by a person; a dispute may follow.",
    IN_TRANSIT="The goods are on their way back.",
    RECEIVED="The goods are back and not looked at yet.",
    INSPECTED="The goods have been graded.",
    COMPLETED="Everything is refunded or exchanged.",
    CANCELLED="Withdrawn by the customer.",
    EXPIRED="The goods were not handed over in time.",
)
described(
    CaseSort,
    "In which order cases are listed; ties by id, so a page never repeats a case.",
    DEADLINE="By the earliest open deadline, the next first; cases that wait for nothing last.",
    PRIORITY="The most urgent first; among equals the one requested first.",
    NEWEST="Requested last, first. The order when none is asked for.",
    OLDEST="Requested first, first.",
)


described(
    UserErrorCode,
    "What was wrong with a mutation's input; stable, so that clients may branch on it.",
    NOT_FOUND="It names something that is not there, or not the viewer's.",
    FORBIDDEN="The viewer may see it but not do this to it.",
    INVALID_INPUT="A value that cannot mean anything; the path leads to it.",
    INELIGIBLE="The policies refuse; the explanations say why.",
    INVALID_STATE="Not from the state that it is in.",
    VERSION_CONFLICT="It has changed since the caller looked: read it again.",
    IDEMPOTENCY_CONFLICT="The idempotency key was used for another input.",
    QUANTITY_EXCEEDED="More units than are left.",
    AMOUNT_EXCEEDED="More money than is left.",
    EVIDENCE_REQUIRED="Something has to be shown first.",
    QUOTE_EXPIRED="The quote's time is over: ask for a new one.",
    OUT_OF_STOCK="The variant has been sold meanwhile.",
    DEADLINE_PASSED="Too late.",
    QUOTA_EXHAUSTED="The benefit is used up for this period.",
)
