"""What did ingest tell about goods and parcel? Untrusted JSON: a value of the wrong type counts as absent."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bff.markets import market

# A parcel that is 100 years in repair is a mistake, and no calendar should break on it.
DAYS_AT_MOST = 36_500


def count(attributes: Mapping[str, Any], name: str) -> int:
    """A whole number of zero or more; 0 for anything else, for `true` too."""
    value = attributes.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return min(max(value, 0), DAYS_AT_MOST)


def promised_end(attributes: Mapping[str, Any], market_code: str) -> datetime | None:
    """When a promised delivery is late: by `promisedBy`, an instant with offset or a day of the market.

    A day ("2026-11-20") counts whole.
    """
    value = attributes.get("promisedBy")
    if not isinstance(value, str):
        return None
    try:
        if len(value) == len("2026-11-20"):
            return market(market_code).start_of_day(date.fromisoformat(value) + timedelta(days=1))
        instant = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        return None
    return instant if instant.tzinfo is not None else None
