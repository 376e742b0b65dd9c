"""What exactly is promised? The terms of a request, worked out from decisions and sealed until they expire."""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from msgspec import Struct

from bff.policy.decision import Decision, LineDecision, Refund, ResolutionOffer
from bff.vocabulary import EligibilityStatus, RefundMethod, Resolution, ReturnReason

VALIDITY = timedelta(minutes=15)
ALGORITHM = "HS256"
SEVERITY = [EligibilityStatus.ELIGIBLE, EligibilityStatus.REVIEW, EligibilityStatus.INELIGIBLE]


class QuoteExpired(ValueError):  # noqa: N818 - what happened to it
    """The terms held until `expired_at`."""

    def __init__(self, expired_at: datetime) -> None:
        super().__init__(f"the quote expired at {expired_at.isoformat()}")
        self.expired_at = expired_at


class NotAQuote(ValueError):  # noqa: N818 - what it is
    """A text that this server never sealed."""


class QuotedLine(Struct, frozen=True):
    """Some units of a line, in minor units of the quote's currency: what is refunded, after what is taken off."""

    line: UUID
    quantity: int
    reason: ReturnReason
    refund: int
    fees: int = 0


class Terms(Struct, frozen=True, kw_only=True):
    """Everything that a request which names the quote gets, and for whom."""

    order: UUID
    customer: UUID
    lines: tuple[QuotedLine, ...]
    resolution: Resolution
    method: RefundMethod
    currency: str
    total: int
    status: EligibilityStatus
    policy: str  # digest of the policy set that decided
    expires_at: datetime
    quotas: tuple[str, ...] = ()  # of benefits that the terms count on, one use of each


class LineTerms(Struct, frozen=True):
    """What one line gets under the resolution asked for; `offer` is None where it is not to be had."""

    decided: Decision
    line: LineDecision
    offer: ResolutionOffer | None

    @classmethod
    def of(cls, decided: Decision, line: LineDecision, resolution: Resolution) -> "LineTerms":
        """Finds the resolution among the line's options."""
        offers = (offer for offer in line.options if offer.resolution is resolution)
        return cls(decided, line, next(offers, None))

    @property
    def status(self) -> EligibilityStatus:
        """The line's own status, but INELIGIBLE where the resolution is not among its options."""
        return EligibilityStatus.INELIGIBLE if self.offer is None else self.line.status

    @property
    def refund(self) -> Refund | None:
        """What is paid back for it, if anything is."""
        return self.offer.refund if self.offer else None


def worst(lines: Sequence[LineTerms]) -> EligibilityStatus:
    """The status of the whole: one line that a person must see holds up all, one refused line refuses all."""
    return max((line.status for line in lines), key=SEVERITY.index)


def seal(terms: Terms, key: bytes) -> str:
    """The terms as a compact JWS; whoever holds it can read it, nobody can change it."""
    return jws.serialize_compact({"alg": ALGORITHM, "typ": "quote"}, msgspec.json.encode(terms), _key(key))


def unseal(token: str, key: bytes, older_keys: Sequence[bytes] = ()) -> Terms:
    """The terms of a token that one of the keys has sealed, expired or not. Raises NotAQuote for a forged one."""
    terms = next((found for one in (key, *older_keys) if (found := _opened(token, one))), None)
    if terms is None:
        raise NotAQuote("this is no quote of this server")
    return terms


def must_hold(terms: Terms, now: datetime) -> None:
    """Raises QuoteExpired for terms that are too old."""
    if now >= terms.expires_at:
        raise QuoteExpired(terms.expires_at)


def _opened(token: str, key: bytes) -> Terms | None:
    try:
        opened = jws.deserialize_compact(token, _key(key), algorithms=[ALGORITHM])
        return msgspec.json.decode(opened.payload, type=Terms)
    except (JoseError, ValueError):
        return None


def expiry(now: datetime) -> datetime:
    """Until when a quote that is given now holds, to the second."""
    return (now + VALIDITY).astimezone(UTC).replace(microsecond=0)


def _key(key: bytes) -> OctKey:
    """A key for quotes alone: a quote is no bearer token, whatever it is sent as."""
    return OctKey.import_key(hmac.digest(key, b"quote", "sha256"))
