"""How long is a refund tried, and with what patience? Until it is known, a day at most, under one key."""

from bff.money import Money
from bff.payments.provider import Accepted, Declined, Outcome, RefundOrder, Succeeded, Unknown
from bff.payments.sending import TRIES, pause, send_until_known

ORDER = RefundOrder("rf-1/pi_1/1", "pi_1", Money(100, "SGD"))


class Told:
    """A provider that gives the outcomes in line, and then the last one again; and a clock that it moves."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.keys: list[str] = []
        self.slept: list[float] = []

    async def send(self, order: RefundOrder) -> Outcome:
        self.keys.append(order.key)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


async def test_what_is_known_at_once_is_sent_once() -> None:
    for outcome in (Accepted("r"), Succeeded("r"), Declined("x.closed")):
        told = Told(outcome)
        assert await send_until_known(told.send, ORDER, sleep=told.sleep) == outcome
        assert (told.keys, told.slept) == ([ORDER.key], [])


async def test_what_is_unknown_is_sent_again_with_the_same_key() -> None:
    told = Told(Unknown("x.timeout"), Unknown("x.busy", 90), Succeeded("r"))
    assert await send_until_known(told.send, ORDER, sleep=told.sleep) == Succeeded("r")
    assert told.keys == [ORDER.key] * 3
    assert told.slept == [pause(ORDER.key, 1), 90]


async def test_what_stays_unknown_for_a_day_is_left_so() -> None:
    told = Told(Unknown("x.timeout"))
    assert await send_until_known(told.send, ORDER, sleep=told.sleep) == Unknown("x.timeout")
    assert len(told.keys) == TRIES == 34
    assert 22 * 3600 < sum(told.slept) < 27 * 3600


def test_pauses_double_from_two_seconds_to_an_hour_and_are_always_the_same() -> None:
    pauses = [pause("k", tries) for tries in range(1, 20)]
    assert pauses == [pause("k", tries) for tries in range(1, 20)]
    wholes = [min(2**tries, 3600) for tries in range(1, 20)]
    assert all(whole * 3 // 4 <= waited <= whole * 5 // 4 for waited, whole in zip(pauses, wholes, strict=True))


def test_refunds_do_not_all_come_back_at_once() -> None:
    assert len({pause(f"rf-{number}", 10) for number in range(50)}) > 40


def test_a_provider_that_asks_for_patience_gets_it() -> None:
    assert pause("k", 1, 600) == 600
    assert pause("k", 12, 1) >= 2700
