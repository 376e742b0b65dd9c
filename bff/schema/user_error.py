"""What did the caller of a mutation do wrong? Errors as data, each with the path to what is wrong."""

import strawberry
from msgspec import Struct

from bff.schema.enums import UserErrorCode
from bff.schema.explanation import Explanation, ExplanationSource
from bff.schema.fields import attribute


class UserErrorSource(Struct, frozen=True, eq=False):
    """One mistake."""

    code: UserErrorCode
    message: str
    path: list[str]
    explanations: list[ExplanationSource] = []


@strawberry.type(description="Something that the caller did wrong.")
class UserError:
    code: UserErrorCode = attribute("Stable; clients may branch on it.")
    message: str = attribute("For people.")
    path: list[str] = attribute('Leads to it inside the input: ["orders", "3", "lines", "1", "paid"].')
    explanations: list[Explanation] = attribute("The rules that refuse, where rules do; else empty.")


@strawberry.interface(description="What every mutation answers.")
class Payload:
    user_errors: list[UserError] = attribute("What the caller did wrong; empty when everything was done.")
