"""Are amounts what Stripe takes them for? Each exception of its currency pages, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.money import Money
from bff.payments.stripe_amounts import AmountNotPayable, from_stripe, step, to_stripe

# docs.stripe.com/currencies, "Zero-decimal currencies", without the special cases below.
ZERO_DECIMAL = ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
THREE_DECIMAL = ["BHD", "JOD", "KWD", "OMR", "TND"]


@pytest.mark.parametrize(
    ("amount", "currency", "wanted"),
    [
        ("199.90", "SGD", 19990),
        ("45000", "VND", 45000),
        ("500", "JPY", 500),
        ("5.120", "KWD", 5120),
        ("5", "UGX", 500),  # special case: two places that are always 00
        ("5", "ISK", 500),  # special case, since 14 April 2023
        ("10.45", "HUF", 1045),  # whole forints are asked of payouts, not of refunds
        ("800.45", "TWD", 80045),
        ("1500.00", "MGA", 1500),  # ISO 4217 gives it two places, Stripe none
    ],
)
def test_an_amount_is_written_as_stripe_reads_it(amount: str, currency: str, wanted: int) -> None:
    money = Money.parse(amount, currency)
    assert to_stripe(money) == wanted
    assert from_stripe(wanted, currency.lower()) == money


@pytest.mark.parametrize(
    ("amount", "currency", "multiple"), [("5.124", "KWD", 10), ("0.001", "TND", 10), ("0.50", "MGA", 100)]
)
def test_an_amount_that_stripe_cannot_pay_is_refused_and_never_rounded(
    amount: str, currency: str, multiple: int
) -> None:
    with pytest.raises(AmountNotPayable) as caught:
        to_stripe(Money.parse(amount, currency))
    assert caught.value.step == multiple


@pytest.mark.parametrize("currency", ZERO_DECIMAL)
def test_a_zero_decimal_currency_is_written_as_it_is(currency: str) -> None:
    assert to_stripe(Money(500, currency)) == 500


@pytest.mark.parametrize("currency", THREE_DECIMAL)
def test_of_three_decimals_the_last_is_zero(currency: str) -> None:
    assert step(currency) == 10
    assert to_stripe(Money(5120, currency)) == 5120


@pytest.mark.parametrize(("amount", "currency"), [(150, "isk"), (1, "ugx"), (500, "usdc")])
def test_an_amount_that_our_currency_cannot_express_is_none(amount: int, currency: str) -> None:
    assert from_stripe(amount, currency) is None


@given(
    st.integers(1, 10**12),
    st.sampled_from(["SGD", "USD", "UGX", "ISK", "MGA", "HUF", *ZERO_DECIMAL, *THREE_DECIMAL]),
)
def test_every_multiple_of_the_step_goes_there_and_back(count: int, currency: str) -> None:
    money = Money(count * step(currency), currency)
    assert from_stripe(to_stripe(money), currency.lower()) == money
