"""What does this plugin promise? Its benefits, its codes with their texts, and what it may ask for."""

import tomllib
from importlib.resources import files

from bff.policy.contributions import Capability
from bff.policy.facts import CUSTOMER_MEMBERSHIPS, CUSTOMER_QUOTAS
from bff.policy.manifest import Manifest, ReasonCode, texts_by_code
from bff.vocabulary import RuleSource
from premium_tier.parameters import DATED_BY, PremiumParameters

LOCALES = ("en", "zh")


def _codes() -> tuple[ReasonCode, ...]:
    texts = files(__package__ or "premium_tier") / "texts"
    tables = {locale: tomllib.loads((texts / f"{locale}.toml").read_text("utf-8")) for locale in LOCALES}
    return tuple(
        ReasonCode(code=code, source=RuleSource.MEMBERSHIP, texts=by_locale)
        for code, by_locale in texts_by_code(tables).items()
    )


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
    codes=_codes(),
    parameters=PremiumParameters,
    dated_by=DATED_BY,
)
