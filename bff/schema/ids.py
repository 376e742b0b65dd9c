"""What is an id in the graph? Type and key, opaque to clients: base64url of "Order:018f...", without padding."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from uuid import UUID

import strawberry


def global_id(type_name: str, key: UUID) -> strawberry.ID:
    """The id of an object, unique over all types."""
    return strawberry.ID(urlsafe_b64encode(f"{type_name}:{key}".encode()).decode().rstrip("="))


def parse_id(text: str) -> tuple[str, UUID] | None:
    """Type and key of an id, or None for what no id of ours looks like: it then stands for nothing."""
    try:
        decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        type_name, _, key = decoded.partition(":")
        parsed = UUID(key)
    except (ValueError, binascii.Error):
        return None
    return (type_name, parsed) if global_id(type_name, parsed) == text else None


def key_of(type_name: str, text: str) -> UUID | None:
    """The key of an id of that type; None for another type's id or none at all."""
    parsed = parse_id(text)
    return parsed[1] if parsed is not None and parsed[0] == type_name else None


def id_of(type_name: str) -> Callable[..., strawberry.ID]:
    """A resolver for the `id` of rows whose key is their attribute `id`."""

    def resolve(root: Any) -> strawberry.ID:
        return global_id(type_name, root.id)

    return resolve
