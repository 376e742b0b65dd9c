"""How is a statement put together? From constant text and its arguments, which never part and never mix."""

from typing import Any

from msgspec import Struct


class Fragment(Struct, frozen=True):
    """A piece of SQL with one `?` an argument. The text is always written in this folder, never by a caller."""

    text: str
    args: tuple[Any, ...] = ()

    def __and__(self, other: "Fragment") -> "Fragment":
        """Both conditions; TRUE says nothing and is left out."""
        if not self.text:
            return other
        if not other.text:
            return self
        return Fragment(f"{self.text} AND {other.text}", self.args + other.args)

    @property
    def where(self) -> str:
        """As a WHERE clause, or nothing where there is no condition."""
        return f" WHERE {self.text}" if self.text else ""


TRUE = Fragment("")
FALSE = Fragment("1 = 0")


def among(condition: tuple[str, Any]) -> Fragment:
    """What `Database.among` gives, as a fragment."""
    text, argument = condition
    return Fragment(text, (argument,))
