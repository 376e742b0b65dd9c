"""Is everything paid exactly once, whatever is lost, killed, late or repeated? Random sequences against both."""

import asyncio
import tempfile
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from bff.money import Money
from bff.payments.behaviour import Behaviour
from bff.payments.book import Book
from bff.payments.embedded import Manner
from bff.payments.provider import Outcome, RefundOrder, Succeeded, Unknown, further
from bff.payments.sending import send_until_known
from bff.payments.stripe import StripeProvider
from tests.payments.embedded_kit import HandClock, Killed, embedded
from tests.payments.stripe_server import StripeServer, Trouble

law = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
amounts = st.lists(st.integers(1, 5000), min_size=1, max_size=3)
behaviours = st.lists(st.sampled_from(list(Behaviour)), max_size=8)
kills = st.lists(st.integers(0, 6), max_size=5)


def scripted(behaviours: list[Behaviour]) -> Manner:
    """Each call behaves as the list says, then pays; what is accepted ends within ten seconds."""

    def script(_: RefundOrder, sent: int) -> Behaviour:
        return behaviours[sent - 1] if sent <= len(behaviours) else Behaviour.PAYS

    return Manner(script=script)


@law
@given(amounts, behaviours, kills)
def test_a_workflow_that_is_killed_anywhere_pays_each_refund_once_and_learns_of_it(
    minors: list[int], behaviours: list[Behaviour], kills: list[int]
) -> None:
    orders = [RefundOrder(f"rf-{i}", "card", Money(minor, "SGD")) for i, minor in enumerate(minors)]

    async def life(path: Path) -> tuple[list[Outcome | None], dict[tuple[str, str], int], bool]:
        clock, learnt = HandClock(), dict[str, Outcome]()
        for kill in [*kills, None]:  # each start finds the book as the last one left it; the last is not killed
            book = Book(path)
            provider = embedded(clock, scripted(behaviours), book=book)
            clock.kill_in = kill
            with suppress(Killed):
                for order in orders:
                    outcome = await send_until_known(provider.refund, order, sleep=clock.sleep)
                    learnt[order.key] = further(learnt.get(order.key, outcome), outcome)
            clock.kill_in = None
            book.close()
        book = Book(path)
        provider = embedded(clock, book=book)
        clock.now += 60
        ends = [await provider.look_up(order) for order in orders]
        paid = await provider.paid()
        agrees = all(further(learnt[o.key], end) == end for o, end in zip(orders, ends, strict=True) if end)
        book.close()
        return ends, paid, agrees

    with tempfile.TemporaryDirectory() as folder:
        ends, paid, agrees = asyncio.run(life(Path(folder) / "book.sqlite3"))
    assert all(end is not None and not isinstance(end, Unknown) for end in ends)
    succeeded = sum(minor for minor, end in zip(minors, ends, strict=True) if isinstance(end, Succeeded))
    assert paid == ({("card", "SGD"): succeeded} if succeeded else {})
    assert agrees


class Start(Struct, frozen=True):
    """How one try begins, and after how many seconds its process is killed."""

    a_day_later: bool
    killed_after: float | None


troubles = st.lists(st.sampled_from([*set(Trouble) - {Trouble.SLOW}, *[None] * 6]), max_size=8)
starts = st.lists(
    st.builds(Start, st.booleans(), st.sampled_from([None, None, 0, 0.001, 0.003, 0.006])), max_size=8
)
number = iter(range(10**9))  # each example has a payment of its own on the one server


@law
@given(minors=amounts, troubles=troubles, starts=starts)
async def test_through_stripe_each_refund_is_paid_once(
    stripe: StripeProvider,
    server: StripeServer,
    minors: list[int],
    troubles: list[Trouble | None],
    starts: list[Start],
) -> None:
    payment = f"pi_{next(number)}"
    server.payments[payment] = (10**9, "sgd")
    server.trouble.clear()
    server.trouble.extend(troubles)
    orders = [RefundOrder(f"{payment}/{i}", payment, Money(minor, "SGD")) for i, minor in enumerate(minors)]
    line = chain(starts, repeat(Start(a_day_later=True, killed_after=None)))
    for order in orders:
        outcome: Outcome = Unknown("not sent")
        while isinstance(outcome, Unknown):
            start = next(line)
            if start.a_day_later:  # a saved 500 is repeated until then
                server.a_day_passes()
            sending = asyncio.create_task(stripe.refund(order))
            if start.killed_after is not None:
                await asyncio.sleep(start.killed_after)
                sending.cancel()
            with suppress(asyncio.CancelledError):
                outcome = await sending
        assert isinstance(outcome, Succeeded)

    assert sorted(server.paid(payment)) == sorted(minors)
    # And a restart long after, which remembers nothing, finds them all.
    server.trouble.clear()
    server.a_day_passes()
    found = [await stripe.refund(order) for order in orders]
    assert found == [await stripe.look_up(order) for order in orders]
    assert sorted(server.paid(payment)) == sorted(minors)
