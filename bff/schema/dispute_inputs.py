"""What do the mutations of disputes and appeals take?"""

import strawberry

from bff.schema.case_inputs import ABOUT_KEYS, ABOUT_VERSIONS, MoneyInput
from bff.schema.enums import LiableParty
from bff.schema.evidence_input import EvidenceInput
from bff.schema.upsert_orders import given, listed, optional


@strawberry.input(description="A customer's claim against how a case went.")
class OpenDisputeInput:
    case_id: strawberry.ID = given("The case; it is disputed once at most.")
    version: int = given(ABOUT_VERSIONS)
    claim: str = given("What is wrong, in the customer's own words; 1 to 10,000 characters.")
    evidence: list[EvidenceInput] = listed("What shows it; at most 20 things.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="The platform's decision of a dispute.")
class RuleDisputeInput:
    case_id: strawberry.ID = given("The case whose dispute is decided.")
    version: int = given(ABOUT_VERSIONS)
    liable_party: LiableParty = given("Who bears the loss, for good; not UNDETERMINED.")
    refund: MoneyInput | None = optional(
        "What the customer gets beside what the case has refunded or owes already; nothing when left out or 0."
        " More than may still be refunded for the case's lines is AMOUNT_EXCEEDED."
    )
    rationale: str = given("Why, for both sides; 1 to 10,000 characters.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="A merchant's appeal against a ruling.")
class OpenAppealInput:
    case_id: strawberry.ID = given("The case whose ruling is contested, once at most.")
    version: int = given(ABOUT_VERSIONS)
    grounds: str = given("Why the ruling is wrong; 1 to 10,000 characters.")
    evidence: list[EvidenceInput] = listed("What shows it; at most 20 things.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="The platform's answer to an appeal.")
class ResolveAppealInput:
    appeal_id: strawberry.ID = given("The appeal.")
    uphold: bool = given(
        "True: the ruling was wrong; the customer keeps what it gave, and the platform makes it good to whom it"
        " named. False: the ruling stands."
    )
    rationale: str = given("Why, for both sides; 1 to 10,000 characters.")
    idempotency_key: str = given(ABOUT_KEYS)
