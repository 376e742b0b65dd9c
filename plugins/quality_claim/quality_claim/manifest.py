"""What does this plugin promise? Its bases, its codes with their texts, and what it may ask for."""

from bff.policy.contributions import Capability
from bff.policy.facts import CATALOGUE_SIBLINGS
from bff.policy.manifest import Floor, Manifest, reason_codes
from bff.vocabulary import Basis, RuleSource
from quality_claim.parameters import DATED_BY, RESERVED, QualityParameters

# On whose word a code is said where no record's law says otherwise; what is not named here is the platform's.
SOURCES = {
    "refund_right": RuleSource.STATUTE,
    "exchange_right": RuleSource.STATUTE,
    "guarantee_right": RuleSource.STATUTE,
    "exchange_after_repairs": RuleSource.STATUTE,
    "refund_after_repairs": RuleSource.STATUTE,
    "refund_at_once": RuleSource.STATUTE,
    "refund_as_nothing_else": RuleSource.STATUTE,
    "exchange_as_no_repair": RuleSource.STATUTE,
    "guarantee_closed": RuleSource.STATUTE,
    "seller_proves": RuleSource.STATUTE,
    "customer_proves": RuleSource.STATUTE,
    "customer_proves_to_reject": RuleSource.STATUTE,
    "cheaper_than_return": RuleSource.GOODWILL,
}


manifest = Manifest(
    name="quality_claim",
    version="1.0.0",
    title={"en": "Quality and delivery claims", "zh": "质量与物流售后"},
    description={
        "en": "Guarantees and their ladder of remedies, evidence, liability, lost and late parcels.",
        "zh": "法定质保与补救顺序、举证材料与举证责任、责任承担方以及包裹丢失和延误。",
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
    bases=(Basis.QUALITY, Basis.LOGISTICS),
    needs=(CATALOGUE_SIBLINGS.id,),
    codes=reason_codes("quality_claim", SOURCES),
    parameters=QualityParameters,
    dated_by=DATED_BY,
    reserved=RESERVED,
    floors={"unshipped_days": Floor.AT_MOST},
)
