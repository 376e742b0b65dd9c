"""What does this plugin promise? Its benefits, its codes with their texts, and what it may ask for."""

from bff.policy.contributions import Capability
from bff.policy.facts import CUSTOMER_MEMBERSHIPS, CUSTOMER_QUOTAS
from bff.policy.manifest import Manifest, reason_codes
from bff.vocabulary import RuleSource
from premium_tier.parameters import DATED_BY, PremiumParameters

manifest = Manifest(
    name="premium_tier",
    version="1.0.0",
    title={"en": "Premium membership", "zh": "尊享会员"},
    description={
        "en": "Longer windows, free returns and instant refunds within quotas, and a desk of their own.",
        "zh": "更长的退货期限、限次免费退货、极速退款以及专属客服通道。",
    },
    wants=Capability.GRANT | Capability.RELIEVE | Capability.ROUTE,
    needs=(CUSTOMER_MEMBERSHIPS.id, CUSTOMER_QUOTAS.id),
    codes=reason_codes("premium_tier", {}, RuleSource.MEMBERSHIP),
    parameters=PremiumParameters,
    dated_by=DATED_BY,
)
