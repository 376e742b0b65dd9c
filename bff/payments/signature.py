"""Did the provider write this? A time and an HMAC-SHA256 over time and body, as Stripe signs its webhooks.

Source: docs.stripe.com/webhooks, "Verify webhook signatures manually".
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bff.payments.provider import NotificationRefused

TOLERANCE = timedelta(minutes=5)  # a captured request cannot be sent again later


def sign(secret: str, at: datetime, body: bytes) -> str:
    """The header's value: "t=1760000000,v1=5257a8..."."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={digest(secret, seconds, body)}"


def digest(secret: str, seconds: int, body: bytes) -> str:
    """The signature over one body, signed at that second of the Unix epoch."""
    return hmac.digest(secret.encode(), b"%d." % seconds + body, "sha256").hex()


def check(header: str, body: bytes, secrets: Sequence[str], now: datetime) -> None:
    """Raises NotificationRefused unless one of the secrets signed the body within five minutes of `now`.

    Several secrets and several signatures are read, so that a secret can be changed while requests are in flight.
    """
    pairs = [part.strip().split("=", 1) for part in header.split(",") if "=" in part]
    times = [value for name, value in pairs if name == "t"]
    signatures = [value.encode() for name, value in pairs if name == "v1"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit()) or len(times[0]) > len("9999999999"):
        raise NotificationRefused("there is no signature, or it names no time")
    seconds = int(times[0])
    if abs(now - datetime.fromtimestamp(seconds, UTC)) > TOLERANCE:
        raise NotificationRefused("it was signed too long ago, or by another clock")
    expected = [digest(secret, seconds, body).encode() for secret in secrets]
    if not any(hmac.compare_digest(ours, theirs) for ours in expected for theirs in signatures):
        raise NotificationRefused("none of our secrets has signed it")


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value whatever its case, or nothing."""
    return next((value for key, value in headers.items() if key.lower() == name), "")


def usable(secrets: Sequence[str]) -> tuple[str, ...]:
    """The secrets, if there are any. Raises ValueError: an empty secret would let anybody sign."""
    if not secrets or not all(secrets):
        raise ValueError("notifications need a secret that is not empty")
    return tuple(secrets)
