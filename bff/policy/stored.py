"""How is an explanation kept? As JSON that says of every value what it is, so that it comes back the same."""

from datetime import UTC, datetime
from typing import Any

from bff.money import Money
from bff.policy.contributions import Said
from bff.policy.decision import Explanation
from bff.vocabulary import Effect, RuleSource

INSTANT, AMOUNT = "instant", "amount"  # the tags; texts and whole numbers are what JSON says they are


def kept(explanation: Explanation) -> dict[str, Any]:
    """The statement as JSON; instants in UTC, money in minor units."""
    return {
        "plugin": explanation.plugin,
        "code": explanation.code,
        "effect": explanation.effect.value,
        "source": explanation.source.value,
        "citation": explanation.citation,
        "said": [[name, _kept(value)] for name, value in explanation.said],
        "overruled": explanation.overruled,
    }


def told(stored: dict[str, Any]) -> Explanation:
    """The statement again. Raises KeyError or ValueError for what `kept` has not written."""
    return Explanation(
        plugin=stored["plugin"],
        code=stored["code"],
        effect=Effect(stored["effect"]),
        source=RuleSource(stored["source"]),
        citation=stored["citation"],
        said=tuple((name, _told(value)) for name, value in stored["said"]),
        overruled=stored["overruled"],
    )


def _kept(value: Said) -> Any:
    if isinstance(value, datetime):
        return {INSTANT: value.astimezone(UTC).isoformat()}
    if isinstance(value, Money):
        return {AMOUNT: value.minor, "currency": value.currency}
    return str(value) if isinstance(value, str) else value


def _told(value: Any) -> Said:
    if not isinstance(value, dict):
        plain: str | int = value
        return plain
    if INSTANT in value:
        return datetime.fromisoformat(value[INSTANT])
    return Money(value[AMOUNT], value["currency"])
