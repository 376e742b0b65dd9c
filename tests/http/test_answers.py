"""Which headers and languages do answers have? Those that protect, and the one that the caller asked for."""

import pytest

from bff.http.negotiation import best_locale
from tests.http.small_shop import ask, small_shop


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "en"),
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB, zh;q=0.9", "en"),
        ("en;q=0.4, zh-Hant;q=0.5", "zh"),
        ("de, zh;q=0.1", "zh"),
        ("de", "en"),
        ("*", "en"),
        ("en;q=0, *", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=nonsense", "en"),
        ("ZH", "zh"),
    ],
)
def test_the_wanted_language_is_chosen(header: str | None, locale: str) -> None:
    assert best_locale(header, ("en", "zh")) == locale


async def test_the_language_reaches_resolvers_and_is_told() -> None:
    async with small_shop() as client:
        response = await ask(client, "{ locale }", accept_language="zh-CN")
    assert response.json()["data"] == {"locale": "zh"}
    assert response.headers["content-language"] == "zh"
    assert response.headers["vary"] == "Accept, Accept-Language, Authorization"


async def test_every_answer_is_protected() -> None:
    async with small_shop() as client:
        for response in (
            await ask(client, "{ hello }"),
            await client.get("/nowhere"),
            await client.put("/graphql"),
        ):
            assert response.headers["x-content-type-options"] == "nosniff"
            assert response.headers["referrer-policy"] == "no-referrer"
            assert response.headers["cache-control"] == "no-store"
            assert response.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
            assert response.headers["cross-origin-resource-policy"] == "same-origin"
            assert "strict-transport-security" not in response.headers
