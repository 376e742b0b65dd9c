"""Do the shares of units add up? Of goods, shipping and fees alike, however many come back and in which order."""

from hypothesis import given
from hypothesis import strategies as st

from bff.cases.money.agreement import Agreement, Component, together
from bff.money import units_share
from bff.vocabulary import RefundComponentKind

ITEM, TAX, SHIPPING = RefundComponentKind.ITEM, RefundComponentKind.TAX, RefundComponentKind.SHIPPING
FREIGHT, FEE = RefundComponentKind.RETURN_FREIGHT, RefundComponentKind.RESTOCKING_FEE


def an_agreement(item: int = 0, tax: int = 0, shipping: int = 0, fee: int = 0, freight: int = 0) -> Agreement:
    """Components of these amounts; what is nothing is left out."""
    parts = ((ITEM, item), (TAX, tax), (SHIPPING, shipping), (FEE, fee), (FREIGHT, freight))
    return Agreement(tuple(Component(kind, amount) for kind, amount in parts if amount))


def test_two_of_three_get_exactly_the_shares_of_two_units() -> None:
    # 100.00 is 33.34 + 33.33 + 33.33, and 5.00 of shipping is 1.67 + 1.67 + 1.66.
    two = an_agreement(item=9100, tax=900, shipping=500).of_units(3, 2)

    assert two == an_agreement(item=6067, tax=600, shipping=334)
    assert two.total == 7001


def test_a_fee_is_rounded_down_for_the_customer() -> None:
    assert an_agreement(item=10_000, fee=350).of_units(3, 1) == an_agreement(item=3334, fee=116)


def test_the_way_back_costs_what_it_costs_and_no_more_than_there_is() -> None:
    whole = an_agreement(item=1000, freight=650)

    assert whole.of_units(3, 2) == an_agreement(item=667, freight=650)
    assert whole.of_units(3, 1) == an_agreement(item=334, freight=334)
    assert whole.of_units(3, 0).total == 0


AMOUNTS = st.integers(0, 10_000)


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.integers(0, 10_000), st.integers(1, 12), st.data())
def test_units_get_their_fixed_shares_and_never_less_than_nothing(
    item: int, tax: int, shipping: int, fee: int, quantity: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, quantity))
    whole = an_agreement(item, tax, shipping, min(fee, item + tax + shipping))
    some = whole.of_units(quantity, count)

    assert some.gross == units_share(item + tax, quantity, 0, count) + units_share(shipping, quantity, 0, count)
    assert some.fees == whole.fees * count // quantity
    assert all(one.amount > 0 for one in some.components)
    assert some.total * quantity >= whole.total * count
    assert whole.of_units(quantity, quantity).total == whole.total


@given(AMOUNTS, AMOUNTS, st.integers(0, 30_000))
def test_a_deduction_takes_what_there_is_and_no_more(item: int, shipping: int, amount: int) -> None:
    whole = an_agreement(item, 0, shipping)

    assert whole.less(amount).total == max(0, whole.total - amount)


def test_agreements_together_are_as_much_as_each_for_itself() -> None:
    one, other = an_agreement(item=100, tax=5, freight=10), an_agreement(item=50, freight=1)

    assert together((one, other)) == an_agreement(item=150, tax=5, freight=11)


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.integers(0, 10_000), st.lists(st.integers(1, 4000), min_size=1, max_size=9))
def test_parts_that_are_paid_apart_add_up_to_the_whole(
    item: int, tax: int, shipping: int, fee: int, parts: list[int]
) -> None:
    whole = an_agreement(item, tax, shipping, fee=min(fee, item + tax + shipping))
    earlier, paid = 0, []
    for part in parts:
        amount = min(part, whole.total - earlier)
        if amount:
            paid.append(whole.after(earlier, amount))
            earlier += amount
            assert paid[-1].total == amount
            assert all(one.amount > 0 for one in paid[-1].components)
    if left := whole.total - earlier:
        paid.append(whole.after(earlier, left))

    if whole.total:
        assert together(paid).total == whole.total
        assert {one.same: one.amount for one in together(paid).components} == {
            one.same: one.amount for one in whole.components
        }


def test_a_thousand_in_three_parts_has_the_tax_of_the_whole() -> None:
    whole = an_agreement(item=840, tax=160, freight=50)
    parts = [whole.after(earlier, amount) for earlier, amount in ((0, 317), (317, 317), (634, 316))]

    assert together(parts) == whole
