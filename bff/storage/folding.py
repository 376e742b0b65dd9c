"""Which letters count as the same in a search? Those that differ in case, width or composition only.

And which texts can be kept at all.
"""

from unicodedata import normalize


def folded(text: str) -> str:
    """The text as it is searched: "ÜBER" and "über", "Straße" and "STRASSE" are one.

    Written beside the text by whoever writes it, since SQLite lowers ASCII only and PostgreSQL by its locale.
    This is Unicode's compatibility caseless matching (The Unicode Standard, section 3.13, D146).
    """
    if text.isascii():
        return text.lower()
    return normalize("NFKC", normalize("NFKC", text).casefold())


def is_storable(text: str) -> bool:
    """Whether a database could hold it: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
