"""Which failures may a caller expect? Those with a code; anything else is a fault, and stays masked."""

from collections.abc import Sequence
from enum import StrEnum

from graphql import GraphQLError


class ProblemCode(StrEnum):
    """The codes that `extensions.code` of an expected top-level error carries."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    RATE_LIMITED = "RATE_LIMITED"


class GraphProblem(GraphQLError):  # noqa: N818 - the trade calls it a problem, and callers may cause it
    """Something that the caller asked for and cannot have; its message is written for the caller.

    `path` leads to the argument or input field that is wrong: ("input", "lines", "1", "quantity"). `facts` stand
    beside the code.
    """

    def __init__(self, code: ProblemCode, message: str, path: Sequence[str] = (), **facts: object) -> None:
        extensions: dict[str, object] = {"code": code.value, **facts}
        if path:
            extensions["path"] = list(path)
        super().__init__(message, extensions=extensions)


def unauthenticated() -> GraphProblem:
    """Nobody is signed in where somebody must be."""
    return GraphProblem(ProblemCode.UNAUTHENTICATED, "Sign in first: this needs a bearer token")


def forbidden(roles: str) -> GraphProblem:
    """The viewer's role may never do this, whatever the object."""
    return GraphProblem(ProblemCode.FORBIDDEN, f"Only {roles} may do this")


def bad_input(message: str, *path: str) -> GraphProblem:
    """An argument that cannot mean anything; the path names it."""
    return GraphProblem(ProblemCode.BAD_USER_INPUT, message, path)


def not_found(noun: str, *path: str) -> GraphProblem:
    """Absent, or not the viewer's to see: nobody can tell which."""
    return GraphProblem(ProblemCode.NOT_FOUND, f"There is no such {noun}", path)


def rate_limited(seconds: int) -> GraphProblem:
    """Tried too often; after that many seconds it may be tried again."""
    message = f"That was tried too often: try again in {seconds} seconds"
    return GraphProblem(ProblemCode.RATE_LIMITED, message, retryAfter=seconds)
