"""How is a rule tried out? Builders of cases that differ from an ordinary one only in what is said.

For tests of plugins, wherever they live. Everything happens at NOW, in Singapore, unless a test says
otherwise; money is written as decimals of the case's currency.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bff.markets import market as market_of
from bff.money import parse_minor
from bff.policy.contributions import ENTITLEMENT, Capability, Contribution, Grant, Window
from bff.policy.decision import Decision
from bff.policy.facts import CaseFacts, FactProvider, Line, Purchase
from bff.policy.hookspecs import hookimpl
from bff.policy.kernel import Kernel
from bff.policy.manifest import Audience, Manifest, ReasonCode
from bff.policy.parameters import PolicySet, Record
from bff.policy.policy_files import PolicyError, check_records
from bff.policy.registry import load_plugins
from bff.vocabulary import (
    BASIS_OF,
    Basis,
    OrderStatus,
    Resolution,
    ReturnReason,
    RuleSource,
    ShipmentStatus,
    WindowAnchor,
)

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
EVERYTHING = ~Capability.EXPLAIN


def a_line(
    id: str = "line-1",  # noqa: A002 - the field's own name
    *,
    paid: str = "199.00",
    currency: str = "SGD",
    delivered_days_ago: int | None = 3,
    quantity: int = 1,
    **differing: Any,
) -> Line:
    """A line of one pair of shoes, delivered three days ago. `tax`, `shipping`, `discount` and `unit_price` are
    decimal texts as `paid` is; any other field of Line may be named. None days ago: not delivered yet.
    """
    for field in ("tax", "shipping", "discount", "unit_price"):
        if isinstance(differing.get(field), str):
            differing[field] = parse_minor(differing[field], currency)
    minor = parse_minor(paid, currency)
    delivered = None if delivered_days_ago is None else NOW - timedelta(days=delivered_days_ago)
    fields: dict[str, Any] = {
        "sku": "SHOE-42",
        "merchant": "merchant-1",
        "category": "apparel/shoes",
        "ordered": quantity,
        "unit_price": minor // quantity,
        "shipment": ShipmentStatus.IN_TRANSIT if delivered is None else ShipmentStatus.DELIVERED,
        "shipped_at": NOW - timedelta(days=(delivered_days_ago or 0) + 2),
        "delivered_at": delivered,
    }
    return Line(id=id, quantity=quantity, paid=minor, **(fields | differing))


def a_purchase(line: Line, **differing: Any) -> Purchase:
    """The same line as a part of the whole order."""
    fields: dict[str, Any] = {
        "id": line.id,
        "merchant": line.merchant,
        "category": line.category,
        "ordered": line.ordered,
        "held": line.held,
        "unit_price": line.unit_price,
        "paid": line.paid,
        "discount": line.discount,
        "attributes": line.attributes,
        "delivered_at": line.delivered_at,
    }
    return Purchase(**(fields | differing))


def a_case(
    *lines: Line, market: str = "SG", reason: ReturnReason = ReturnReason.CHANGE_OF_MIND, **differing: Any
) -> CaseFacts:
    """A request about those lines (or one ordinary line), placed a week before the first was delivered."""
    lines = lines or (a_line(),)
    delivered = [line.delivered_at for line in lines if line.delivered_at is not None]
    fields: dict[str, Any] = {
        "order": "order-1",
        "currency": market_of(market).currency,
        "customer": "customer-1",
        "basis": BASIS_OF[reason],
        "at": NOW,
        "placed_at": min(delivered, default=NOW) - timedelta(days=7),
        "order_status": OrderStatus.DELIVERED,
        "purchases": tuple(a_purchase(line) for line in lines),
    }
    return CaseFacts(market=market, reason=reason, lines=lines, **(fields | differing))


def a_window(*, days: int = 14, opened_days_ago: int = 3) -> Window:
    """A window of so many days, counted from an instant so many days ago."""
    opens = NOW - timedelta(days=opened_days_ago)
    return Window(opens_at=opens, closes_at=opens + timedelta(days=days), days=days, anchor=WindowAnchor.DELIVERED)


def a_grant(
    line: str = "line-1",
    *resolutions: Resolution,
    days: int = 14,
    basis: Basis = Basis.NO_REASON,
    code: str = "said",
) -> Grant:
    """A live grant of a return (or of those resolutions) under the code "said"."""
    offered = resolutions or (Resolution.RETURN_AND_REFUND,)
    return Grant(line=line, code=code, basis=basis, window=a_window(days=days), resolutions=offered)


def a_manifest(name: str, wants: Capability = EVERYTHING, **differing: Any) -> Manifest:
    """A manifest with one code, "said", in both languages."""
    texts = {locale: {Audience.CUSTOMER.value: f"{name} {locale}"} for locale in ("en", "zh")}
    fields: dict[str, Any] = {
        "version": "1.0.0",
        "title": {"en": name, "zh": name},
        "description": {"en": name, "zh": name},
        "codes": (ReasonCode(code="said", source=RuleSource.PLATFORM, texts=texts),),
    }
    return Manifest(name=name, wants=wants, **(fields | differing))


def a_plugin(name: str, manifest: Manifest | None = None, **hooks: Any) -> Any:
    """A plugin that says the same to everybody: `a_plugin("x", judge_eligibility=[a_grant()])`.

    A hook may also be a function, which is then the implementation itself.
    """
    plugin = SimpleNamespace(manifest=manifest or a_manifest(name))
    for hook, said in hooks.items():
        setattr(plugin, hook, hookimpl(said if callable(said) else _says(said)))
    return plugin


def an_entitlement(name: str, **hooks: Any) -> Any:
    """A plugin that can make no answer worse."""
    return a_plugin(name, a_manifest(name, ENTITLEMENT), **hooks)


def _says(said: Sequence[Contribution]) -> Callable[[], Sequence[Contribution]]:
    return lambda: said


def a_kernel(
    plugins: Iterable[Any],
    policies: Path | Sequence[Record] = (),
    *,
    segments: Sequence[str] = (),
    facts: Iterable[FactProvider] | None = None,
) -> Kernel:
    """A kernel of those plugins under the policy files of a directory, or under records.

    Raises RegistryError for plugins and PolicyError for policies that are refused.
    """
    registry = load_plugins(plugins, facts=facts)
    manifests = registry.manifests
    if isinstance(policies, Path):
        return Kernel(registry, PolicySet.load(policies, manifests))
    problems = list(check_records(policies, {each.name: each for each in manifests}, segments))
    if problems:
        raise PolicyError(problems)
    return Kernel(registry, PolicySet(policies, manifests, segments))


def decide_with(
    plugins: Iterable[Any], case: CaseFacts, policies: Path | Sequence[Record] = (), **settings: Any
) -> Decision:
    """What those plugins decide together; `settings` as in `a_kernel`."""
    return a_kernel(plugins, policies, **settings).decide(case)
