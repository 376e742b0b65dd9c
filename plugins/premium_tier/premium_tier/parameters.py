"""What may a manager set? Every figure of the benefits; without a record there is none of them."""

from msgspec import Struct

from bff.policy.manifest import Amounts, BasisPoints, Count, Dating, Minutes, WholeDays
from bff.vocabulary import ReturnMethod


class PremiumParameters(Struct, frozen=True):
    """The benefits of one market. Days are calendar days, quotas uses a calendar month of the market."""

    tiers: tuple[str, ...] = ("premium",)
    window_days: WholeDays = 0
    free_returns_a_month: Count = 0
    free_return_bps: BasisPoints = 10_000
    merchant_funds_free_returns: bool = False
    instant_refunds_a_month: Count = 0
    instant_refund_limit: Amounts = Amounts({})
    supports: bool = True
    queue: str = "premium"
    channel: str = "premium_care"
    first_response_minutes: Minutes = 60
    return_methods: tuple[ReturnMethod, ...] = (ReturnMethod.PICKUP,)


# A longer window is bought with the order; what a member has now is as it is on the day of asking.
DATED_BY = {
    field: Dating.ORDER if field == "window_days" else Dating.REQUEST
    for field in PremiumParameters.__struct_fields__
}
