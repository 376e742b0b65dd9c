"""Does money stay whole? Minor units by currency, splits that add up, and text that is read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.money import Money, MoneyError, decimal_text, exponent, parse_minor, portion, split, units_share

AMOUNTS = st.integers(min_value=0, max_value=10**15)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("199.90", "SGD", 19990),
        ("45000", "VND", 45000),
        ("45000.00", "VND", 45000),
        ("1.250", "KWD", 1250),
        ("-0.05", "EUR", -5),
        ("7", "USD", 700),
        (" 7.5 ", "USD", 750),
    ],
)
def test_an_amount_is_read_with_the_places_of_its_currency(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "complaint"),
    [
        ("NaN", "SGD", "'NaN' is not a plain decimal, such as \"199.90\""),
        ("1e3", "SGD", "'1e3' is not a plain decimal, such as \"199.90\""),
        ("", "SGD", "'' is not a plain decimal, such as \"199.90\""),
        (".5", "SGD", "'.5' is not a plain decimal, such as \"199.90\""),
        ("5.", "SGD", "'5.' is not a plain decimal, such as \"199.90\""),
        ("1,000.00", "SGD", "'1,000.00' is not a plain decimal, such as \"199.90\""),
        ("١", "SGD", "'١' is not a plain decimal, such as \"199.90\""),
        ("0.001", "SGD", "'0.001' has more decimal places than SGD, which has 2"),
        ("0.5", "VND", "'0.5' has more decimal places than VND, which has 0"),
        ("1" * 40, "VND", f"'{'1' * 40}' is larger than any amount can be"),
        ("1." + "0" * 40 + "1", "SGD", f"'1.{'0' * 40}1' has more decimal places than SGD, which has 2"),
    ],
)
def test_what_is_no_money_is_refused_with_the_reason(text: str, currency: str, complaint: str) -> None:
    with pytest.raises(MoneyError) as refused:
        parse_minor(text, currency)
    assert str(refused.value) == complaint


@pytest.mark.parametrize(("currency", "places"), [("VND", 0), ("JPY", 0), ("SGD", 2), ("IDR", 2), ("KWD", 3)])
def test_a_currency_has_its_iso_places(currency: str, places: int) -> None:
    assert exponent(currency) == places


@pytest.mark.parametrize("currency", ["XXQ", "sgd", "", "XAU"])
def test_what_nothing_can_be_priced_in_is_refused(currency: str) -> None:
    with pytest.raises(MoneyError):
        exponent(currency)


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(MoneyError, match="SGD and VND do not add up"):
        Money(1, "SGD") + Money(1, "VND")


def test_a_fee_in_basis_points_is_rounded_in_the_customers_favour() -> None:
    assert portion(999, 1000) == 99


def test_ten_dollars_over_three_units_lose_no_cent() -> None:
    assert [units_share(1000, 3, first, 1) for first in range(3)] == [334, 333, 333]


@given(AMOUNTS, st.sampled_from(["VND", "SGD", "KWD"]))
def test_text_and_minor_units_are_each_others_inverse(minor: int, currency: str) -> None:
    assert parse_minor(decimal_text(minor, currency), currency) == minor
    assert parse_minor(decimal_text(-minor, currency), currency) == -minor


@given(AMOUNTS, st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_a_split_adds_up_to_the_whole_and_takes_from_nobody(minor: int, weights: list[int]) -> None:
    parts = split(minor, weights)
    assert sum(parts) == minor
    assert all(part >= 0 for part in parts)


@given(AMOUNTS, st.lists(st.integers(1, 10**6), min_size=2, max_size=12))
def test_a_split_is_within_one_minor_unit_of_the_exact_share(minor: int, weights: list[int]) -> None:
    total = sum(weights)
    for part, weight in zip(split(minor, weights), weights, strict=True):
        assert abs(part * total - minor * weight) < total


@given(AMOUNTS, st.integers(1, 50), st.data())
def test_returns_in_any_pieces_give_what_one_return_gives(minor: int, units: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, units - 1))
    count = data.draw(st.integers(1, units - first))
    together = units_share(minor, units, first, count)
    assert together == sum(units_share(minor, units, first + i, 1) for i in range(count))
    assert units_share(minor, units, 0, units) == minor


@given(AMOUNTS, AMOUNTS, st.integers(1, 50), st.data())
def test_a_units_tax_never_passes_what_was_paid_for_it(
    one: int, other: int, units: int, data: st.DataObject
) -> None:
    tax, paid = sorted((one, other))
    first = data.draw(st.integers(0, units - 1))
    assert units_share(tax, units, first, 1) <= units_share(paid, units, first, 1)
