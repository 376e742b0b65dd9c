"""What do the mutations take and answer that say yes or no to a request, or add to it?"""

import strawberry
from msgspec import Struct

from bff.schema.case_inputs import ABOUT_KEYS, ABOUT_VERSIONS
from bff.schema.case_payload import CasePayload, CasePayloadSource
from bff.schema.evidence_input import EvidenceInput
from bff.schema.fields import attribute
from bff.schema.upsert_orders import given
from bff.schema.user_error import Payload, UserErrorSource


@strawberry.input(description="A refusal of a request.")
class DeclineCaseInput:
    case_id: strawberry.ID = given("The case.")
    version: int = given(ABOUT_VERSIONS)
    reason: str = given("Why, in words that the customer reads; kept on the timeline.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="One case of several, as the caller saw it.")
class CaseVersionInput:
    case_id: strawberry.ID = given("The case; each at most once.")
    version: int = given(ABOUT_VERSIONS)


@strawberry.input(description="Cases to approve together.")
class ApproveCasesInput:
    cases: list[CaseVersionInput] = given("1 to 100 cases; each is approved or refused on its own.")
    idempotency_key: str = given(ABOUT_KEYS)


@strawberry.input(description="What a customer shows of a case.")
class AddEvidenceInput:
    case_id: strawberry.ID = given("The case, at any version: evidence is only ever added.")
    evidence: list[EvidenceInput] = given("1 to 20 things; a case takes 100.")
    idempotency_key: str = given(ABOUT_KEYS)


class ApproveCasesSource(Struct, frozen=True, eq=False):
    """What became of each case, in the order of the input."""

    results: list[CasePayloadSource]
    user_errors: list[UserErrorSource]


@strawberry.type(description="What became of cases that were approved together.")
class ApproveCasesPayload(Payload):
    results: list[CasePayload] = attribute(
        "One a case, in the order of the input; empty where `userErrors` says what is wrong with the whole."
    )

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Sources are outcomes."""
        return isinstance(source, ApproveCasesSource)
