"""What is it called in the viewer's language? Words of the host itself; plugins bring their own."""

import tomllib
from functools import cache
from pathlib import Path

TEXTS = Path(__file__).with_name("texts")
FALLBACK = "en"


@cache
def tables(locale: str) -> dict[str, dict[str, str]]:
    """Section -> key -> text of one locale, read once; FileNotFoundError for a locale without a file."""
    return tomllib.loads((TEXTS / f"{locale}.toml").read_text(encoding="utf-8"))


@cache
def locales() -> frozenset[str]:
    """The locales that there are texts for."""
    return frozenset(path.stem for path in TEXTS.glob("*.toml"))


def text(locale: str, section: str, key: str) -> str:
    """The word for a key. KeyError for one that nobody has written; an unknown locale falls back to English."""
    return tables(locale if locale in locales() else FALLBACK)[section][key]
