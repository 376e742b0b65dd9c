"""When does a breaker open, and when does it close again? By count and rate, on a clock that is handed in."""

from bff.policy.breaker import Breaker, BreakerLimits

LIMITS = BreakerLimits(calls=4, failures_bps=5_000, rest=10.0)


def tripped(at: float = 0.0) -> Breaker:
    breaker = Breaker(LIMITS)
    for _ in range(4):
        breaker.record(at, failed=True)
    return breaker


def test_a_few_failures_are_no_reason_to_rest() -> None:
    breaker = Breaker(LIMITS)
    for _ in range(3):
        breaker.record(0.0, failed=True)
    assert breaker.allows(0.0)


def test_it_opens_when_half_of_enough_calls_have_failed() -> None:
    breaker = Breaker(LIMITS)
    for failed in (False, True, False, True):
        breaker.record(0.0, failed=failed)
    assert not breaker.allows(0.0)


def test_a_rate_below_the_limit_keeps_it_closed() -> None:
    breaker = Breaker(LIMITS)
    for failed in (True, False, False, False) * 50:
        breaker.record(0.0, failed=failed)
    assert breaker.allows(0.0)


def test_it_rests_until_the_rest_is_over_and_then_lets_one_call_through() -> None:
    breaker = tripped()
    assert not breaker.allows(9.9)
    assert breaker.allows(10.0)
    assert not breaker.allows(10.0)


def test_a_probe_that_works_closes_it() -> None:
    breaker = tripped()
    assert breaker.allows(10.0)
    breaker.record(10.0, failed=False)
    assert breaker.allows(10.0)
    assert breaker.allows(10.0)


def test_a_probe_that_fails_opens_it_for_another_rest() -> None:
    breaker = tripped()
    assert breaker.allows(10.0)
    breaker.record(10.5, failed=True)
    assert not breaker.allows(20.4)
    assert breaker.allows(20.5)


def test_a_plugin_that_worked_all_day_is_noticed_soon_after_it_breaks() -> None:
    breaker = Breaker(LIMITS)
    for _ in range(100_000):
        breaker.record(0.0, failed=False)
    failures = 0
    while breaker.allows(0.0):
        breaker.record(0.0, failed=True)
        failures += 1
    assert failures <= 40
