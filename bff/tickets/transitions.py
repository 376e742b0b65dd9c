"""Whom does a ticket wait for after that, and who may do it? The one table that knows.

The guards of the mutations, the worker's closing and docs/tickets.md derive from TABLE. A target of None lets the
ticket stay as it is. A new ticket is OPEN.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from bff.cases.state import Actor, Automaton
from bff.vocabulary import Role, TicketStatus, Word

REOPENS_FOR = timedelta(days=7)  # after that a resolved ticket is closed for good


class TicketStep(Word):
    """What moves a ticket."""

    REPLY = "REPLY"
    RESOLVE = "RESOLVE"
    CLOSE = "CLOSE"


class TicketState(Struct, frozen=True):
    """A ticket as its transitions look at it."""

    status: TicketStatus
    is_a_merchants: bool
    is_past_reopening: bool = False


Condition = Callable[[TicketState], bool]


class Transition(Struct, frozen=True):
    """From any of `sources` to `target`, when one of `by` does `on` and `when` holds."""

    on: TicketStep
    by: frozenset[Actor]
    sources: frozenset[TicketStatus]
    target: TicketStatus | None
    when: Condition


def always(_: TicketState) -> bool:
    """Whatever the ticket."""
    return True


def waits_for_the_platform(state: TicketState) -> bool:
    """A customer's word is the platform's to answer, and there is still time for one."""
    return not state.is_a_merchants and not state.is_past_reopening


def waits_for_a_merchant(state: TicketState) -> bool:
    """A customer's word is a merchant's to answer, and there is still time for one."""
    return state.is_a_merchants and not state.is_past_reopening


def is_past_reopening(state: TicketState) -> bool:
    """It was resolved a week ago."""
    return state.is_past_reopening


OPEN, PENDING_CUSTOMER, PENDING_MERCHANT = (
    TicketStatus.OPEN,
    TicketStatus.PENDING_CUSTOMER,
    TicketStatus.PENDING_MERCHANT,
)
RESOLVED, CLOSED = TicketStatus.RESOLVED, TicketStatus.CLOSED
UNRESOLVED = frozenset({OPEN, PENDING_CUSTOMER, PENDING_MERCHANT})
CUSTOMER, ANSWERING = frozenset({Role.CUSTOMER}), frozenset({Role.MERCHANT, Role.AGENT})
SYSTEM = frozenset({Automaton.SYSTEM})


def _row(
    on: TicketStep,
    by: frozenset[Actor],
    sources: frozenset[TicketStatus],
    target: TicketStatus | None,
    when: Condition = always,
) -> Transition:
    return Transition(on, by, sources, target, when)


ANSWERED = frozenset({PENDING_CUSTOMER, PENDING_MERCHANT, RESOLVED})
TABLE: tuple[Transition, ...] = (
    _row(TicketStep.REPLY, CUSTOMER, frozenset({OPEN}), None),  # nobody has answered yet
    _row(TicketStep.REPLY, CUSTOMER, ANSWERED, OPEN, waits_for_the_platform),
    _row(TicketStep.REPLY, CUSTOMER, ANSWERED, PENDING_MERCHANT, waits_for_a_merchant),
    _row(TicketStep.REPLY, ANSWERING, UNRESOLVED, PENDING_CUSTOMER),
    _row(TicketStep.REPLY, ANSWERING, frozenset({RESOLVED}), None),  # a last word reopens nothing
    _row(TicketStep.RESOLVE, ANSWERING, UNRESOLVED, RESOLVED),
    _row(TicketStep.CLOSE, SYSTEM, frozenset({RESOLVED}), CLOSED, is_past_reopening),
)


def state_of(
    status: TicketStatus, resolved_at: datetime | None, at: datetime, *, is_a_merchants: bool
) -> TicketState:
    """The state at an instant; it is half-open: at the week's end it is too late."""
    late = status is RESOLVED and resolved_at is not None and at >= resolved_at + REOPENS_FOR
    return TicketState(status, is_a_merchants, late)


def target(state: TicketState, on: TicketStep, by: Actor) -> TicketStatus | None:
    """The status that the ticket has after it, often the one that it has; None where it is not possible."""
    for row in TABLE:
        if row.on is on and by in row.by and state.status in row.sources and row.when(state):
            return row.target or state.status
    return None


def may_ever(on: TicketStep, by: Actor) -> bool:
    """Whether that role does it to any ticket at all."""
    return any(row.on is on and by in row.by for row in TABLE)


def sources_of(on: TicketStep) -> frozenset[TicketStatus]:
    """Every status from which that may happen."""
    return frozenset(status for row in TABLE if row.on is on for status in row.sources)
