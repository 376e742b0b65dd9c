"""Why is a request not carried out? One class for every request error, with the status and the code it has."""

from collections.abc import Mapping, Sequence
from typing import Any

ErrorBody = dict[str, Any]


def error_body(message: str, code: str, **facts: Any) -> ErrorBody:
    """One GraphQL error without a path: the request itself is at fault, so there is no `data`."""
    return {"message": message, "extensions": {"code": code, **facts}}


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """A request error: the HTTP status, the GraphQL errors, each with a code, and the headers of that status."""

    def __init__(self, status: int, errors: Sequence[ErrorBody], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(errors[0]["message"])
        self.status = status
        self.errors = list(errors)
        self.headers = dict(headers or {})


def refuse(status: int, code: str, message: str, **headers: str) -> Refusal:
    """A refusal with one error. Header names are written with underscores: `Retry_After="1"`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refusal(status, [error_body(message, code)], named)
