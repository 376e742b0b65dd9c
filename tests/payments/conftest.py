"""Whom do these tests pay through? A Stripe on loopback, fresh for each test."""

import ssl
from collections.abc import AsyncIterator

import httpx2
import pytest

from bff.payments.stripe import StripeProvider, stripe_client
from tests.payments.stripe_server import SECRET_KEY, StripeServer, listening

SECRET = "whsec_loopback"


@pytest.fixture
def server() -> StripeServer:
    """Stripe, with one card payment of 199.90 SGD."""
    stripe = StripeServer()
    stripe.payments["pi_1"] = (19990, "sgd")
    return stripe


@pytest.fixture(scope="session")
def trust() -> ssl.SSLContext:
    """No certificate at all: reading the machine's takes longer than a test."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
async def client(server: StripeServer, trust: ssl.SSLContext) -> AsyncIterator[httpx2.AsyncClient]:
    """Connections to it, as patient as in earnest: a busy machine must not look like trouble."""
    async with (
        listening(server) as address,
        stripe_client(SECRET_KEY, address=address, trust=trust) as connections,
    ):
        yield connections


@pytest.fixture
def stripe(client: httpx2.AsyncClient) -> StripeProvider:
    """Our adapter in front of it."""
    return StripeProvider(client, [SECRET])


@pytest.fixture
async def hasty(server: StripeServer, trust: ssl.SSLContext) -> AsyncIterator[StripeProvider]:
    """An adapter that waits no longer than 0.3 s, which is less than a slow answer takes."""
    async with (
        listening(server) as address,
        stripe_client(SECRET_KEY, address=address, seconds=0.3, trust=trust) as connections,
    ):
        yield StripeProvider(connections, [SECRET])
