"""What does this plugin promise? Its basis, its codes with their texts, and what it may ask for."""

from bff.policy.contributions import Capability
from bff.policy.facts import CATALOGUE_SIBLINGS
from bff.policy.manifest import Floor, Manifest, reason_codes
from bff.vocabulary import Basis, RuleSource
from no_reason_return.parameters import DATED_BY, RESERVED, NoReasonParameters

# On whose word a code is said where no record's law says otherwise; what is not named here is the platform's.
SOURCES = {
    "withdrawal_right": RuleSource.STATUTE,
    "withdrawal_right_last_parcel": RuleSource.STATUTE,
    "withdrawal_right_not_begun": RuleSource.STATUTE,
    "uninformed_pays_return": RuleSource.STATUTE,
    "withdrawal_closed": RuleSource.STATUTE,
    "no_restocking_fee": RuleSource.STATUTE,
    "promotion_kept": RuleSource.STATUTE,
    "final_sale": RuleSource.MERCHANT,
    "not_returnable": RuleSource.MERCHANT,
    "restocking_fee": RuleSource.MERCHANT,
}


manifest = Manifest(
    name="no_reason_return",
    version="1.0.0",
    title={"en": "Returns without a reason", "zh": "无理由退货"},
    description={
        "en": "Withdrawal rights, voluntary return windows, goods that never come back, fees and freight.",
        "zh": "法定撤回权、自愿退货期限、不适用退货的商品、费用与运费。",
    },
    wants=(
        Capability.GRANT
        | Capability.RESTRICT
        | Capability.MANDATE
        | Capability.CHARGE
        | Capability.RELIEVE
        | Capability.ASSIGN
        | Capability.ROUTE
    ),
    bases=(Basis.NO_REASON,),
    needs=(CATALOGUE_SIBLINGS.id,),
    codes=reason_codes("no_reason_return", SOURCES),
    parameters=NoReasonParameters,
    dated_by=DATED_BY,
    reserved=RESERVED,
    floors={"expected_days": Floor.AT_MOST},
    ceilings=frozenset({"return_freight"}),
)
