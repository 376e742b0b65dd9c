"""Who is liable for the goods? Whoever a rule names; without a word it depends on the ground of the request."""

from bff.policy.contributions import GOODS, Bear, Strength
from bff.policy.decision import Liability
from bff.policy.liability import fold_liability, liability
from bff.vocabulary import Basis, LiableParty


def test_a_customer_without_a_reason_answers_for_the_own_choice() -> None:
    assert liability({}, Basis.NO_REASON) == Liability(party=LiableParty.CUSTOMER, basis="no_reason", final=True)


def test_a_fault_that_no_rule_has_placed_is_nobodys_yet() -> None:
    assert liability({}, Basis.QUALITY) == Liability(party=LiableParty.UNDETERMINED, basis="quality", final=False)


def test_the_strongest_statement_places_the_loss_under_its_own_code() -> None:
    said = [
        ("a", Bear(line="1", code="x", kind=GOODS, party=LiableParty.CARRIER, strength=Strength.POLICY)),
        (
            "b",
            Bear(line="1", code="y", kind=GOODS, party=LiableParty.MERCHANT, strength=Strength.FAULT, final=False),
        ),
    ]
    assert liability(fold_liability(said), Basis.QUALITY) == Liability(
        party=LiableParty.MERCHANT, basis="b.y", final=False
    )
