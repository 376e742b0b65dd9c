"""Where do the migrations lie? In `migrations/` of a checkout, in `bff.migrations` of an installed package."""

from functools import cache
from importlib.util import find_spec


@cache
def history_module() -> str:
    """The importable name of the migration history; a wheel carries it inside the package."""
    return "bff.migrations" if find_spec("bff.migrations") else "migrations"
