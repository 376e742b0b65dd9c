"""What may a caller know of an error? What they can mend, with a code; of all else a reference into the log."""

from uuid import uuid4

import structlog
from graphql import GraphQLError

from bff.http.refusal import ErrorBody, error_body
from bff.incidents import places
from bff.storage.failures import DatabaseUnavailableError

log = structlog.get_logger("bff.http")
MASKED = "Something went wrong"


def request_error(error: GraphQLError, code: str) -> ErrorBody:
    """An error of the request itself, found before anything ran."""
    body: ErrorBody = {"message": error.message}
    if error.locations:
        body["locations"] = [location.formatted for location in error.locations]
    body["extensions"] = {**(error.extensions or {}), "code": code}
    return body


def cause(error: GraphQLError) -> BaseException:
    """What went wrong at first, under the wrappings that execution puts around it."""
    found: BaseException = error
    while isinstance(found, GraphQLError) and found.original_error is not None:
        found = found.original_error
    return found


def code_of(error: BaseException) -> str | None:
    """The code of an expected error: one that carries its own, or an argument that did not fit; None for a fault.

    Execution raises GraphQLErrors without nodes for values that a resolver returned wrongly: faults of ours.
    """
    if isinstance(error, DatabaseUnavailableError):
        return "UNAVAILABLE"
    if not isinstance(error, GraphQLError):
        return None
    code = (error.extensions or {}).get("code")
    if isinstance(code, str):
        return code
    return "BAD_USER_INPUT" if error.nodes else None


def execution_error(error: GraphQLError, operation: str | None) -> ErrorBody:
    """One error of an executed operation as the caller sees it; a fault is logged under its reference."""
    first = cause(error)
    code = code_of(first)
    body = masked(first, operation) if code is None else told(error, first, code)
    if error.locations:
        body["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        body["path"] = error.path
    return body


def told(error: GraphQLError, first: BaseException, code: str) -> ErrorBody:
    """An expected error in its own words, with what it says beside its code."""
    if not isinstance(first, GraphQLError):
        return error_body("The database cannot answer now; try again", code, retryable=True)
    facts = {name: value for name, value in (first.extensions or {}).items() if name != "code"}
    return error_body(error.message, code, **facts)


def masked(error: BaseException, operation: str | None) -> ErrorBody:
    """A fault: the caller gets a reference, the log gets the kind and the place, and neither gets data."""
    reference = uuid4().hex
    log.error(
        "fault",
        reference=reference,
        kind=f"{type(error).__module__}.{type(error).__qualname__}",
        at=places(error),
        operation=operation,
    )
    return error_body(MASKED, "INTERNAL", reference=reference)
