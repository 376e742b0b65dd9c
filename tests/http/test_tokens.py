"""Which tokens prove who is asking? Those that one of our keys signed, for us, for now and for less than a day."""

from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from bff.http.tokens import Keyring, TokenError, mint, viewer_of
from bff.vocabulary import Role
from tests.http.small_shop import KEY, ask, codes, small_shop

NOW = 1_800_000_000
OLD_KEY = "the-key-before-which-is-32-bytes-long"
CUSTOMER = "0198f000-0000-7000-8000-000000000001"
KEYRING = Keyring((KEY, OLD_KEY))


def token(key: str = KEY, algorithm: str = "HS256", **changes: Any) -> str:
    """A token as it should be, but for the changes; None takes a claim away."""
    claims = {
        "iss": "aftersales",
        "aud": "aftersales-bff",
        "sub": CUSTOMER,
        "role": "CUSTOMER",
        "iat": NOW,
        "exp": NOW + 900,
    }
    kept = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode({"alg": algorithm}, kept, OctKey.import_key(key), algorithms=[algorithm])


def test_a_customer_is_known_by_their_id() -> None:
    viewer = viewer_of(KEYRING, token(), clock=lambda: NOW)
    assert (viewer.role, viewer.customer_id, viewer.merchant_id) == (Role.CUSTOMER, UUID(CUSTOMER), None)


def test_a_merchant_is_known_by_their_id() -> None:
    viewer = viewer_of(KEYRING, token(role="MERCHANT"), clock=lambda: NOW)
    assert (viewer.role, viewer.customer_id, viewer.merchant_id) == (Role.MERCHANT, None, UUID(CUSTOMER))


@pytest.mark.parametrize("role", ["AGENT", "OPS", "INGEST"])
def test_staff_are_known_by_a_name(role: str) -> None:
    viewer = viewer_of(KEYRING, token(role=role, sub="kim"), clock=lambda: NOW)
    assert (viewer.role, viewer.subject, viewer.customer_id, viewer.merchant_id) == (Role(role), "kim", None, None)


ORDER = "0198f000-0000-7000-8000-000000000002"


def test_a_guest_is_known_by_the_customer_and_the_one_order() -> None:
    guest = viewer_of(KEYRING, token(order=ORDER), clock=lambda: NOW)
    assert (guest.role, guest.customer_id, guest.order_id) == (Role.CUSTOMER, UUID(CUSTOMER), UUID(ORDER))


def test_a_minted_guests_token_names_its_order_and_another_names_none() -> None:
    minted = mint(KEYRING, Role.CUSTOMER, CUSTOMER, seconds=900, order=UUID(ORDER), clock=lambda: NOW)
    plain = mint(KEYRING, Role.CUSTOMER, CUSTOMER, seconds=900, clock=lambda: NOW)
    orders = [viewer_of(KEYRING, one, clock=lambda: NOW).order_id for one in (minted, plain)]
    assert orders == [UUID(ORDER), None]


@pytest.mark.parametrize(
    ("role", "sub", "order"),
    [
        ("CUSTOMER", CUSTOMER, "all"),
        ("CUSTOMER", CUSTOMER, ""),
        ("CUSTOMER", CUSTOMER, 7),
        ("CUSTOMER", CUSTOMER, [ORDER]),
        ("MERCHANT", CUSTOMER, ORDER),
        ("AGENT", "kim", ORDER),
    ],
)
def test_an_order_that_cannot_be_read_opens_nothing(role: str, sub: str, order: Any) -> None:
    with pytest.raises(TokenError):
        viewer_of(KEYRING, token(role=role, sub=sub, order=order), clock=lambda: NOW)


def test_a_token_of_the_key_before_is_still_good() -> None:
    assert viewer_of(KEYRING, token(OLD_KEY), clock=lambda: NOW).subject == CUSTOMER


@pytest.mark.parametrize(("at", "good"), [(-31, False), (-30, True), (929, True), (930, False)])
def test_clocks_may_differ_by_half_a_minute(at: int, good: bool) -> None:  # noqa: FBT001
    if good:
        assert viewer_of(KEYRING, token(), clock=lambda: NOW + at)
        return
    with pytest.raises(TokenError):
        viewer_of(KEYRING, token(), clock=lambda: NOW + at)


BAD = {
    "signed with another key": token("x" * 40),
    "signed with another algorithm": token(algorithm="HS512"),
    "unsigned": "eyJhbGciOiJub25lIn0.e30.",
    "no token at all": "x.y.z",
    "not even ASCII": "é.é.é",
    "empty parts": "..",
    "too long": "x" * 5000,
    "of another issuer": token(iss="other"),
    "for another audience": token(aud="other"),
    "for us and another": token(aud=["aftersales-bff", "other"]),
    "without an audience": token(aud=None),
    "without an issuer": token(iss=None),
    "without an expiry": token(exp=None),
    "without an issue time": token(iat=None),
    "without a subject": token(sub=None),
    "with an empty subject": token(sub=""),
    "without a role": token(role=None),
    "of an unknown role": token(role="ADMIN"),
    "of a customer who is no id": token(sub="kim"),
    "of a life of more than a day": token(exp=NOW + 24 * 3600 + 1),
    "not valid yet": token(nbf=NOW + 60),
    "with a text as expiry": token(exp=str(NOW + 900)),
    "with a boolean as expiry": token(exp=True, iat=True),
}


@pytest.mark.parametrize("name", BAD)
def test_a_token_proves_nothing_when_it_is(name: str) -> None:
    with pytest.raises(TokenError) as refusal:
        viewer_of(KEYRING, BAD[name], clock=lambda: NOW)
    assert CUSTOMER not in str(refusal.value)


def test_a_token_may_live_for_a_whole_day() -> None:
    assert viewer_of(KEYRING, token(exp=NOW + 24 * 3600), clock=lambda: NOW)


async def test_without_a_token_the_caller_is_nobody() -> None:
    async with small_shop() as client:
        assert (await ask(client, "{ who }")).json()["data"] == {"who": "nobody"}


async def test_a_minted_token_is_accepted() -> None:
    minted = mint(Keyring((KEY,)), Role.OPS, "kim", seconds=60)
    async with small_shop() as client:
        assert (await ask(client, "{ who }", authorization=f"Bearer {minted}")).json()["data"] == {
            "who": "OPS:kim"
        }


@pytest.mark.parametrize("header", ["Bearer x.y.z", "Bearer", "Basic dTpw", "x"])
async def test_a_bad_token_is_refused_with_a_challenge(header: str) -> None:
    async with small_shop() as client:
        response = await ask(client, "{ who }", authorization=header)
    assert response.status_code == 401
    assert codes(response) == ["UNAUTHENTICATED"]
    assert response.headers["www-authenticate"].startswith("Bearer ")
    assert "data" not in response.json()


async def test_two_authorization_headers_prove_nothing() -> None:
    minted = mint(Keyring((KEY,)), Role.OPS, "kim", seconds=60)
    headers = [("authorization", f"Bearer {minted}"), ("authorization", f"Bearer {minted}")]
    async with small_shop() as client:
        response = await client.post("/graphql", json={"query": "{ who }"}, headers=headers)
    assert response.status_code == 401
    assert response.json()["errors"][0]["message"] == "Send one Authorization header"


@pytest.mark.parametrize(("name", "signed"), [("exp", token(exp=NOW + 0.5)), ("iat", token(iat=NOW + 0.5))])
def test_an_instant_that_is_no_whole_number_is_told_by_its_name(name: str, signed: str) -> None:
    with pytest.raises(TokenError) as refusal:
        viewer_of(KEYRING, signed, clock=lambda: NOW)
    assert str(refusal.value) == f"its {name} must be a whole number of seconds"
