"""Who says so? Tokens: signed claims about one caller, checked in full, by the real clock.

A token's life is about the world outside: the machine's clock measures it, even where BFF_NOW stops the shop's.
"""

import binascii
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from msgspec import Struct

from bff.viewer import Viewer
from bff.vocabulary import Role

ALGORITHM = "HS256"
ISSUER = "aftersales"
AUDIENCE = "aftersales-bff"
LEEWAY = 30  # seconds that two clocks may differ
LONGEST_LIFE = 24 * 60 * 60
MOST_CHARACTERS = 4096

Clock = Callable[[], float]


class TokenError(ValueError):
    """A token that proves nothing; the text says what is wrong with it and repeats nothing of it."""


class Keyring(Struct, frozen=True):
    """The signing keys, the one in use first; an older one is still read, so that keys can be changed."""

    keys: tuple[str, ...]

    @property
    def signing(self) -> OctKey:
        """The key that new tokens are signed with."""
        return OctKey.import_key(self.keys[0])

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a token that one of the keys has signed. Raises TokenError."""
        for key in self.keys:
            try:
                return jwt.decode(token, OctKey.import_key(key), algorithms=[ALGORITHM]).claims
            except (JoseError, ValueError, TypeError, KeyError, AttributeError, binascii.Error):
                continue
        raise TokenError("it is malformed, or signed with no key of this server")


def mint(
    keyring: Keyring,
    role: Role,
    subject: str,
    *,
    seconds: int,
    order: UUID | None = None,
    clock: Clock = time.time,
) -> str:
    """A token for one caller: `subject` is the customer's or merchant's UUID, or a name for staff.

    With `order` it is a guest's: the customer's token, for that order alone.
    """
    now = int(clock())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "role": role.value,
        "iat": now,
        "exp": now + seconds,
    }
    if order is not None:
        claims["order"] = str(order)
    return jwt.encode({"alg": ALGORITHM}, claims, keyring.signing, algorithms=[ALGORITHM])


class Proof(Struct, frozen=True):
    """What a token proves, and until when, in seconds of the machine's clock."""

    viewer: Viewer
    expires_at: float


def viewer_of(keyring: Keyring, token: str, *, clock: Clock = time.time) -> Viewer:
    """The caller that a token proves. Raises TokenError."""
    return proof_of(keyring, token, clock=clock).viewer


def proof_of(keyring: Keyring, token: str, *, clock: Clock = time.time) -> Proof:
    """The caller that a token proves, and how long it does. Raises TokenError."""
    if len(token) > MOST_CHARACTERS:
        raise TokenError("it is too long")
    claims = keyring.verify(token)
    check_claims(claims, clock())
    try:
        role = Role(str(claims.get("role")))
        identity = UUID(claims["sub"]) if role in {Role.CUSTOMER, Role.MERCHANT} else None
    except ValueError:
        raise TokenError("its role or subject is none of this shop's") from None
    viewer = Viewer(
        role=role,
        subject=claims["sub"],
        customer_id=identity if role is Role.CUSTOMER else None,
        merchant_id=identity if role is Role.MERCHANT else None,
        order_id=order_of(claims, role),
    )
    return Proof(viewer, float(claims["exp"]))


def order_of(claims: dict[str, Any], role: Role) -> UUID | None:
    """The one order that a guest's token is for; None for any other token.

    A claim that cannot be read must not be passed over: without it the token would open everything.
    """
    if "order" not in claims:
        return None
    try:
        if role is Role.CUSTOMER and isinstance(claims["order"], str):
            return UUID(claims["order"])
    except ValueError:
        pass
    raise TokenError("its order is none of this shop's")


def check_claims(claims: dict[str, Any], now: float) -> None:
    """Issuer, audience, subject and both instants are required; a token of more than a day is refused."""
    if claims.get("iss") != ISSUER or claims.get("aud") not in (AUDIENCE, [AUDIENCE]):
        raise TokenError("it was issued by or for somebody else")
    issued, expires, subject = claims.get("iat"), claims.get("exp"), claims.get("sub")
    if issued is None or expires is None or not isinstance(subject, str) or not subject:
        raise TokenError("it lacks iat, exp or sub")
    for name, instant in (("iat", issued), ("exp", expires)):
        if type(instant) is not int:
            raise TokenError(f"its {name} must be a whole number of seconds")
    if expires - issued > LONGEST_LIFE:
        raise TokenError("it lives longer than 24 hours")
    if issued > now + LEEWAY or claims_not_before(claims) > now + LEEWAY:
        raise TokenError("it is from the future")
    if expires <= now - LEEWAY:
        raise TokenError("it has expired")


def claims_not_before(claims: dict[str, Any]) -> float:
    """The instant before which a token does not hold; one that is no number never comes."""
    begins = claims.get("nbf", 0)
    return begins if type(begins) in (int, float) else float("inf")
