"""How does the embedded provider behave this time? As its script says: a payment's own name, or a seeded die."""

import random
from collections.abc import Callable, Mapping

from bff.payments.provider import RefundOrder
from bff.vocabulary import Word


class Behaviour(Word):
    """What can happen to one call."""

    PAYS = "pays"
    ACCEPTS = "accepts"  # and succeeds later
    DECLINES = "declines"
    FAILS_LATER = "fails-later"  # accepted, then declined
    COMES_BACK = "comes-back"  # paid, then sent back by the bank
    ANSWER_LOST = "answer-lost"  # paid, and the caller never hears of it
    REQUEST_LOST = "request-lost"  # never arrived, which looks the same
    BUSY = "busy"  # refused for now, with a time to wait


# The script answers for one call: the order, and how often its key has been sent, this time included.
Script = Callable[[RefundOrder, int], Behaviour]
PASSING = {Behaviour.ANSWER_LOST, Behaviour.REQUEST_LOST, Behaviour.BUSY}


def by_payment(order: RefundOrder, sent: int) -> Behaviour:
    """As the payment's own name says, "demo-17-declines", like a test card's number; otherwise it pays.

    Trouble on the way passes: it strikes the first sending of a key only.
    """
    found = next((each for each in Behaviour if order.payment.endswith(each)), Behaviour.PAYS)
    return Behaviour.PAYS if found in PASSING and sent > 1 else found


def seeded(seed: int, odds: Mapping[Behaviour, int]) -> Script:
    """A die with those odds, which falls alike for the same seed, key and sending."""

    def thrown(order: RefundOrder, sent: int) -> Behaviour:
        die = random.Random(f"{seed}/{order.key}/{sent}")  # noqa: S311 - a script, no secret
        return die.choices(list(odds), weights=list(odds.values()))[0]

    return thrown
