"""In which form and language does the caller want the answer? Accept, Accept-Language, q-values (RFC 9110)."""

from collections.abc import Sequence

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"


def quality(parameters: Sequence[str]) -> float:
    """The q of one listed item: 1 unless told, 0 when it is no number between 0 and 1."""
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name.strip().lower() == "q":
            try:
                q = float(value)
            except ValueError:
                return 0.0
            return q if 0.0 <= q <= 1.0 else 0.0
    return 1.0


def speaks_utf8(parameters: Sequence[str]) -> bool:
    """Whether a media range allows UTF-8, the one encoding that there is."""
    wanted = [
        p.partition("=")[2].strip().strip('"').lower()
        for p in parameters
        if p.strip().lower().startswith("charset=")
    ]
    return all(charset in {"utf-8", "utf8"} for charset in wanted)


def ranges(header: str) -> dict[str, float]:
    """Every listed range in lower case, with its q. The last of two equal ones counts."""
    listed: dict[str, float] = {}
    for item in header.split(","):
        name, *parameters = item.split(";")
        if name.strip() and speaks_utf8(parameters):
            listed[name.strip().lower()] = quality(parameters)
    return listed


def media_quality(media: str, listed: dict[str, float]) -> float:
    """How much a media type is wanted: the most specific range that covers it decides."""
    for candidate in (media, f"{media.partition('/')[0]}/*", "*/*"):
        if candidate in listed:
            return listed[candidate]
    return 0.0


def best_media(accept: str | None, offered: Sequence[str]) -> str | None:
    """The offered media type that is wanted most, the first of equals; None when none is acceptable.

    Without an Accept header the first is given.
    """
    if accept is None or not accept.strip():
        return offered[0]
    listed = ranges(accept)
    wanted = max(offered, key=lambda media: media_quality(media, listed))
    return wanted if media_quality(wanted, listed) > 0 else None


def best_locale(accept_language: str | None, locales: Sequence[str]) -> str:
    """The locale that is wanted most ("zh" for zh-CN, zh-Hant;q=0.9), the first of equals and the fallback."""
    listed = ranges(accept_language or "")

    def wanted(locale: str) -> float:
        exact = [q for name, q in listed.items() if name.partition("-")[0] == locale]
        return max(exact) if exact else listed.get("*", 0.0)

    return max(locales, key=wanted)
