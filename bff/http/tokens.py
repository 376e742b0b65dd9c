"""Who sends this request? What the Authorization header proves; what tokens are is told in `bff.tokens`."""

import time
from collections.abc import Sequence

from bff.http.refusal import Refusal, refuse
from bff.tokens import LEEWAY, LONGEST_LIFE, Clock, Keyring, Proof, TokenError, mint, proof_of, viewer_of
from bff.viewer import Viewer

__all__ = [
    "LEEWAY",
    "LONGEST_LIFE",
    "BearerAuthentication",
    "Clock",
    "Keyring",
    "Proof",
    "TokenError",
    "mint",
    "unauthenticated",
    "viewer_of",
]


class BearerAuthentication:
    """Reads the Authorization headers: none is an anonymous caller, a bad one or a second one is refused (401).

    RFC 6750 has the challenge; of two headers a proxy before this server may have read the other one.
    """

    def __init__(self, keys: Sequence[str], *, clock: Clock = time.time) -> None:
        self._keyring = Keyring(tuple(keys))
        self._clock = clock

    def __call__(self, headers: Sequence[str]) -> Viewer | None:
        """The caller, or None for nobody. Raises a Refusal."""
        proof = self.proof(headers)
        return proof.viewer if proof else None

    def proof(self, headers: Sequence[str]) -> Proof | None:
        """The caller and until when, or None for nobody. Raises a Refusal."""
        if len(headers) > 1:
            raise unauthenticated("Send one Authorization header")
        header = headers[0] if headers else ""
        if not header.strip():
            return None
        scheme, _, token = header.strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise unauthenticated("Send Authorization: Bearer followed by a token")
        try:
            return proof_of(self._keyring, token.strip(), clock=self._clock)
        except TokenError as error:
            raise unauthenticated(f"The token is not accepted: {error}") from None


def unauthenticated(message: str) -> Refusal:
    """A 401 with the challenge that RFC 6750 asks for."""
    return refuse(
        401, "UNAUTHENTICATED", message, WWW_Authenticate='Bearer realm="aftersales", error="invalid_token"'
    )
