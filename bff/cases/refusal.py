"""Why was nothing done? What the caller did wrong, found while a change was being carried out."""

from collections.abc import Sequence

from bff.policy.decision import Explanation
from bff.user_errors import UserErrorCode

# What one attempt settles for good: an idempotency key is bound to these as it is to success. The others say
# that the question itself was wrong, and may be put right under the same key.
BINDING = frozenset(UserErrorCode) - {
    UserErrorCode.NOT_FOUND,
    UserErrorCode.FORBIDDEN,
    UserErrorCode.INVALID_INPUT,
    UserErrorCode.VERSION_CONFLICT,
    UserErrorCode.IDEMPOTENCY_CONFLICT,
}


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """Nothing is changed. `path` leads to what is wrong inside the input; `explanations` are rules that refuse,
    with dates in `time_zone`.
    """

    def __init__(
        self,
        code: UserErrorCode,
        message: str,
        *path: str,
        explanations: Sequence[Explanation] = (),
        time_zone: str = "UTC",
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.path = code, message, path
        self.explanations, self.time_zone = tuple(explanations), time_zone

    @property
    def binds(self) -> bool:
        """Whether the idempotency key keeps this answer."""
        return self.code in BINDING


def invalid(message: str, *path: str) -> Refusal:
    """A value that cannot mean anything."""
    return Refusal(UserErrorCode.INVALID_INPUT, message, *path)


def absent(noun: str, *path: str) -> Refusal:
    """Not there, or not the viewer's: nobody can tell which."""
    return Refusal(UserErrorCode.NOT_FOUND, f"There is no such {noun}", *path)
