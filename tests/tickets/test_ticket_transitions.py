"""Whom does a ticket wait for, and who may move it? Every step from every status, by everybody."""

from datetime import UTC, datetime, timedelta

import pytest

from bff.cases.state import Actor, Automaton
from bff.tickets.transitions import (
    TABLE,
    TicketState,
    TicketStep,
    may_ever,
    sources_of,
    state_of,
    target,
)
from bff.vocabulary import Role, TicketStatus

OPEN, PENDING_CUSTOMER, PENDING_MERCHANT = (
    TicketStatus.OPEN,
    TicketStatus.PENDING_CUSTOMER,
    TicketStatus.PENDING_MERCHANT,
)
RESOLVED, CLOSED = TicketStatus.RESOLVED, TicketStatus.CLOSED
REPLY, RESOLVE, CLOSE = TicketStep.REPLY, TicketStep.RESOLVE, TicketStep.CLOSE
EVERYBODY: list[Actor] = [*Role, Automaton.SYSTEM]
AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def led_to(
    on: TicketStep, by: Actor, *, merchants: bool = False, late: bool = False
) -> dict[TicketStatus, TicketStatus]:
    """Where it leads from each status from which it is possible."""
    found = {status: target(TicketState(status, merchants, late), on, by) for status in TicketStatus}
    return {status: to for status, to in found.items() if to is not None}


def test_a_customers_word_waits_for_the_platform() -> None:
    assert led_to(REPLY, Role.CUSTOMER) == {
        OPEN: OPEN,
        PENDING_CUSTOMER: OPEN,
        PENDING_MERCHANT: OPEN,
        RESOLVED: OPEN,
    }


def test_a_customers_word_on_a_merchants_ticket_waits_for_the_merchant() -> None:
    assert led_to(REPLY, Role.CUSTOMER, merchants=True) == {
        OPEN: OPEN,
        PENDING_CUSTOMER: PENDING_MERCHANT,
        PENDING_MERCHANT: PENDING_MERCHANT,
        RESOLVED: PENDING_MERCHANT,
    }


@pytest.mark.parametrize("by", [Role.MERCHANT, Role.AGENT])
@pytest.mark.parametrize("merchants", [True, False])
def test_an_answer_waits_for_the_customer_and_reopens_nothing(by: Role, merchants: bool) -> None:  # noqa: FBT001
    assert led_to(REPLY, by, merchants=merchants) == {
        OPEN: PENDING_CUSTOMER,
        PENDING_CUSTOMER: PENDING_CUSTOMER,
        PENDING_MERCHANT: PENDING_CUSTOMER,
        RESOLVED: RESOLVED,
    }


@pytest.mark.parametrize("by", [Role.MERCHANT, Role.AGENT])
def test_what_is_not_settled_yet_may_be_resolved(by: Role) -> None:
    assert led_to(RESOLVE, by) == {OPEN: RESOLVED, PENDING_CUSTOMER: RESOLVED, PENDING_MERCHANT: RESOLVED}


def test_who_does_what() -> None:
    assert {step: {by for by in EVERYBODY if may_ever(step, by)} for step in TicketStep} == {
        REPLY: {Role.CUSTOMER, Role.MERCHANT, Role.AGENT},
        RESOLVE: {Role.MERCHANT, Role.AGENT},
        CLOSE: {Automaton.SYSTEM},
    }


def test_closed_is_final() -> None:
    found = [
        target(TicketState(CLOSED, merchants, late), step, by)
        for merchants in (True, False)
        for late in (True, False)
        for step in TicketStep
        for by in EVERYBODY
    ]
    assert found == [None] * len(found)


def test_after_a_week_a_customer_reopens_nothing_and_it_is_closed() -> None:
    assert RESOLVED not in led_to(REPLY, Role.CUSTOMER, late=True)
    assert RESOLVED not in led_to(REPLY, Role.CUSTOMER, late=True, merchants=True)
    assert led_to(CLOSE, Automaton.SYSTEM, late=True) == {RESOLVED: CLOSED}
    assert led_to(CLOSE, Automaton.SYSTEM) == {}
    assert sources_of(CLOSE) == {RESOLVED}


@pytest.mark.parametrize(
    ("after", "late"), [(timedelta(days=7, microseconds=-1), False), (timedelta(days=7), True)]
)
def test_the_week_ends_to_the_microsecond(after: timedelta, late: bool) -> None:  # noqa: FBT001
    assert state_of(RESOLVED, AT, AT + after, is_a_merchants=False).is_past_reopening is late
    assert not state_of(OPEN, AT, AT + after, is_a_merchants=False).is_past_reopening


def test_every_status_is_reached_and_every_one_but_closed_is_left() -> None:
    assert {row.target for row in TABLE} - {None} | {OPEN} == set(TicketStatus)
    assert {status for row in TABLE for status in row.sources} == set(TicketStatus) - {CLOSED}


def test_no_step_leads_to_two_places() -> None:
    for status in TicketStatus:
        for merchants in (True, False):
            state = TicketState(status, merchants)
            for step in TicketStep:
                for by in EVERYBODY:
                    rows = [
                        r for r in TABLE if r.on is step and by in r.by and status in r.sources and r.when(state)
                    ]
                    assert len(rows) <= 1
