"""How does Stripe write an amount? In minor units of its own reckoning, which is not ISO 4217's everywhere.

Source: docs.stripe.com/currencies, "Zero-decimal currencies", "Three-decimal currencies" and "Special cases".
"""

from bff.money import Money, MoneyError, exponent

# Stripe's decimal places where ISO 4217 has others. The ariary has fifths, which Stripe does not know. The króna
# and the Ugandan shilling lost their fractions, and Stripe still writes two places for them: 5 UGX is 500.
PLACES = {"MGA": 0, "ISK": 2, "UGX": 2}
THREE = 3  # of three places the last must be 0: 5.124 KWD cannot be paid, 5.120 can


class AmountNotPayable(ValueError):  # noqa: N818 - what it is
    """An amount that Stripe cannot express; `step` names the multiples that it can."""

    def __init__(self, amount: Money, step: int) -> None:
        super().__init__(f"{amount.amount} {amount.currency} is no multiple of {step} minor units")
        self.amount, self.step = amount, step


def places(currency: str) -> tuple[int, int]:
    """Our decimal places of a currency, and Stripe's. Raises MoneyError when it is unknown."""
    ours = exponent(currency)
    return ours, PLACES.get(currency, ours)


def step(currency: str) -> int:
    """Amounts must be whole multiples of this many of our minor units: KWD 10, MGA 100, else 1."""
    ours, theirs = places(currency)
    return 10 if theirs == THREE else int(10 ** max(ours - theirs, 0))


def to_stripe(amount: Money) -> int:
    """The amount as Stripe wants it: 199.90 SGD is 19990, 5 UGX is 500. Raises AmountNotPayable."""
    if amount.minor % step(amount.currency):
        raise AmountNotPayable(amount, step(amount.currency))
    ours, theirs = places(amount.currency)
    return int(amount.minor * 10**theirs // 10**ours)


def from_stripe(amount: int, currency: str) -> Money | None:
    """Stripe's amount and lower-case currency as ours; None for what ISO 4217 cannot express."""
    code = currency.upper()
    try:
        ours, theirs = places(code)
    except MoneyError:
        return None
    minor, fraction = divmod(amount * 10**ours, 10**theirs)
    return None if fraction else Money(minor, code)
