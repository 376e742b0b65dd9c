"""What may a rule know? The frozen facts of one request, all read before the first rule speaks."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from bff.units import Runs, share
from bff.vocabulary import Basis, OrderStatus, PaymentMethod, ReturnReason, ShipmentStatus


class Line(Struct, frozen=True, kw_only=True):
    """One order line as it is asked about. Amounts are minor units of the case's currency.

    `paid`, `tax`, `discount` and `shipping` are the shares of the `quantity` units asked about, from the one
    split of the line that is made for ever; `shipping` is their share of the order's shipping fee. `paid`
    includes tax and is what is left after every discount.
    """

    id: str
    sku: str
    merchant: str  # the merchant's external id, the name that policy records use
    category: str  # path, "apparel/shoes"
    ordered: int  # units bought
    held: int = 0  # units that open and completed cases hold already
    quantity: int  # units asked about
    units: Runs = ()  # their places in the line's one split; none named: those after the held ones
    unit_price: int  # list price of one unit
    paid: int
    tax: int = 0
    discount: int = 0
    shipping: int = 0
    ceiling: int | None = None  # the most that may still be paid back for these units; None: all they are worth
    attributes: Mapping[str, Any] = {}  # what ingest was told: {"finalSale": true, "brand": "..."}
    shipment: ShipmentStatus | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None

    def share(self, minor: int) -> int:
        """The asked units' part of an amount for the whole line, from the one split that is made for ever."""
        return share(minor, self.ordered, self.units or ((self.held, self.quantity),))


class Purchase(Struct, frozen=True, kw_only=True):
    """One line of the whole order, asked about or not; amounts are of all its units."""

    id: str
    merchant: str
    category: str
    ordered: int
    held: int = 0
    unit_price: int
    paid: int
    discount: int = 0
    attributes: Mapping[str, Any] = {}
    delivered_at: datetime | None = None


class CaseFacts(Struct, frozen=True, kw_only=True):
    """One request: some lines of one order, one reason, one customer, at one instant.

    `known` holds the declared facts by id and key; a rule reads them through its `FactView`. An absent key
    is unknown, which is not the same as no.
    """

    order: str
    market: str
    currency: str
    channel: str = "web"
    customer: str
    segments: tuple[str, ...] = ()
    reason: ReturnReason
    basis: Basis
    at: datetime  # when the request is made: the clock is a fact
    placed_at: datetime
    order_status: OrderStatus
    order_attributes: Mapping[str, Any] = {}
    shipping_fee: int = 0
    payment_methods: tuple[PaymentMethod, ...] = ()
    purchases: tuple[Purchase, ...] = ()  # every line of the order
    captured: int | None = None  # what was captured of the whole order; None: not known, so no reason to refuse
    lines: tuple[Line, ...]
    request: tuple[Line, ...] = ()  # every line that is asked about at once, on whatever ground; see `together`
    known: Mapping[str, Mapping[str, Any]] = {}

    @property
    def together(self) -> tuple[Line, ...]:
        """All that the customer gives back at once: these lines, and those of the same request on other grounds.

        What depends on the whole (a threshold, a limit on an amount) must look at these.
        """
        return self.request or self.lines


class Scope(StrEnum):
    """What a fact is keyed by."""

    CUSTOMER = "customer"
    ORDER = "order"
    LINE = "line"
    MERCHANT = "merchant"


Load = Callable[[Sequence[str]], Awaitable[Mapping[str, Any]]]


class FactDeclaration(Struct, frozen=True, kw_only=True):
    """A fact's name and shape: `id` ends in its version ("customer.quotas@1"); values are checked on loading."""

    id: str
    scope: Scope
    type: Any  # a msgspec-convertible type
    timeout: float = 1.0  # seconds; a fact that is late is unknown, and what it bears on becomes a review


class FactProvider(Struct, frozen=True, kw_only=True):
    """Where a fact comes from: one batch call for all keys of a request. Keys it leaves out are unknown.

    Aggregates, never histories ("returns in 90 days: 4"). `as_of` says that the value is read anew under the
    lock when a decision is carried out. `after` names facts that must be loaded in an earlier wave.
    """

    fact: FactDeclaration
    load: Load
    as_of: str = "request"  # or "commit" for volatile facts
    after: tuple[str, ...] = ()


class FactUnknown(LookupError):  # noqa: N818 - it reports a state of knowledge, not a mistake of its reader
    """The fact was not loaded for that key. The kernel turns it into a review where it matters."""


class FactNotDeclaredError(PermissionError):
    """A plugin read a fact that its manifest does not declare: a bug in the plugin."""


class FactView:
    """The declared facts of one plugin; every read is noted for the decision record."""

    __slots__ = ("_declared", "_known", "reads")

    def __init__(self, known: Mapping[str, Mapping[str, Any]], declared: frozenset[str]) -> None:
        self._known = known
        self._declared = declared
        self.reads: set[tuple[str, str]] = set()

    def get(self, fact: str, key: str) -> Any:
        """The value of a declared fact. Raises FactUnknown if absent, FactNotDeclaredError if undeclared."""
        if fact not in self._declared:
            raise FactNotDeclaredError(f"{fact!r} is not among the manifest's `needs`")
        self.reads.add((fact, key))
        values = self._known.get(fact)
        if values is None or key not in values:
            raise FactUnknown(f"{fact}[{key}]")
        return values[key]


# ---- the facts that the product itself provides -------------------------------------------------


class QuotaUse(Struct, frozen=True):
    """How much of one quota a customer has used in the period that runs now."""

    used: int
    resets_at: datetime | None = None


class Sibling(Struct, frozen=True):
    """A variant of the same product, with its list price in minor units and what is in stock."""

    sku: str
    title: str
    variant: str | None
    price: int
    currency: str
    available: int
    image_url: str | None = None


class Membership(Struct, frozen=True):
    """One segment that a customer belongs to, and since and until when."""

    segment: str
    since: datetime | None = None
    until: datetime | None = None


# Entitlement code -> use; keyed by customer.
CUSTOMER_QUOTAS = FactDeclaration(id="customer.quotas@1", scope=Scope.CUSTOMER, type=dict[str, QuotaUse])
# Every segment in force; keyed by customer.
CUSTOMER_MEMBERSHIPS = FactDeclaration(
    id="customer.memberships@1", scope=Scope.CUSTOMER, type=tuple[Membership, ...]
)
# The variants of the line's product in its currency, its own among them (for a replacement); keyed by line.
CATALOGUE_SIBLINGS = FactDeclaration(id="catalogue.siblings@1", scope=Scope.LINE, type=tuple[Sibling, ...])

CORE_FACTS: tuple[FactDeclaration, ...] = (CUSTOMER_QUOTAS, CUSTOMER_MEMBERSHIPS, CATALOGUE_SIBLINGS)


_canonical = msgspec.json.Encoder(order="deterministic")


def encode(value: Any) -> bytes:
    """Canonical JSON of facts and contributions: the same value is the same bytes in every process."""
    return _canonical.encode(value)
