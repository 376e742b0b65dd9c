"""What if plugins said exactly this? Plugins that read their lines from the case, for laws over anything said."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from bff.policy.admission import SPEAKS
from bff.policy.contributions import (
    ALL_COSTS,
    ANY_BASIS,
    ENTITLEMENT,
    OUTBOUND_FREIGHT,
    RESTOCKING,
    RETURN_FREIGHT,
    Advance,
    Bear,
    Bonus,
    BuyerCap,
    Capability,
    Cost,
    Exclude,
    Forbid,
    Grant,
    Hold,
    Mandate,
    NoGrant,
    Option,
    Require,
    Route,
    Strength,
    Waive,
    WindowCap,
)
from bff.policy.decision import Decision, Fault, Spoken
from bff.policy.facts import CaseFacts
from bff.policy.kernel import Kernel
from bff.policy.testing import EVERYTHING, a_case, a_grant, a_kernel, a_line, a_manifest, a_plugin, a_window
from bff.vocabulary import Basis, EvidenceKind, LiableParty, Priority, Resolution, ReturnMethod

FIRM = ("ann", "bob", "cyd")  # may say anything
KIND = "zoe"  # may only make things better
HOOKS = tuple(hook for hook in SPEAKS if hook not in {"list_entitlements", "route_ticket"})
HOOK_OF = {kind: hook for hook in HOOKS for kind in SPEAKS[hook]}
PAID_BACK = (Resolution.RETURN_AND_REFUND, Resolution.REFUND_ONLY)
LINES = ("line-1", "line-2")

Failing = frozenset[tuple[str, str]]


def actor(name: str, wants: Capability = EVERYTHING) -> Any:
    """A plugin that says what the case's attributes have for it, and fails where they say so."""

    def performance(hook: str) -> Any:
        def perform(case: CaseFacts, lines: Sequence[Any]) -> list[Any]:
            if (name, hook) in case.order_attributes["failing"]:
                raise RuntimeError("as the script says")
            said = case.order_attributes["said"].get((name, hook), [])
            open_ = {line.id for line in lines}
            return [each for each in said if each.line in open_]

        return perform

    return a_plugin(name, a_manifest(name, wants), **{hook: performance(hook) for hook in HOOKS})


def cast() -> list[Any]:
    return [*(actor(name) for name in FIRM), actor(KIND, ENTITLEMENT)]


KERNEL = a_kernel(cast())
REVERSED = a_kernel(reversed(cast()))


def perform(
    spoken: Iterable[Spoken],
    case: CaseFacts,
    failing: Failing = frozenset(),
    kernel: Kernel = KERNEL,
    replay: Sequence[Fault] = (),
) -> Decision:
    """What is decided when those things are said; no breaker is in play."""
    script: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for plugin, said in spoken:
        script[plugin, HOOK_OF[type(said)]].append(said)
    attributes = {"said": script, "failing": failing}
    fields = {name: getattr(case, name) for name in case.__struct_fields__}
    return kernel.decide(CaseFacts(**(fields | {"order_attributes": attributes})), replay=replay)


def a_mandate(line: str, floor_bps: int) -> Mandate:
    return Mandate(
        line=line,
        code="said",
        basis=Basis.NO_REASON,
        window=a_window(),
        resolutions=PAID_BACK,
        floor_bps=floor_bps,
        law="a law",
    )


# ---- anything that may be said ------------------------------------------------------------------

lines = st.sampled_from(LINES)
bases = st.sampled_from([Basis.NO_REASON, Basis.NO_REASON, Basis.NO_REASON, Basis.QUALITY])
any_bases = st.sampled_from([Basis.NO_REASON, Basis.QUALITY, ANY_BASIS])
windows = st.builds(
    lambda days, ago: a_window(days=days, opened_days_ago=ago), st.integers(0, 40), st.integers(0, 20)
)
instants = windows.map(lambda window: window.closes_at)
resolutions = st.lists(st.sampled_from(Resolution), min_size=1, max_size=4, unique=True).map(tuple)
others = st.sampled_from([party for party in LiableParty if party is not LiableParty.CUSTOMER])
kinds = st.sampled_from([RETURN_FREIGHT, RESTOCKING, OUTBOUND_FREIGHT, "wear"])
amounts = st.integers(0, 3_000)
rates = st.integers(0, 10_000)


def saying(kind: type, /, **fields: Any) -> st.SearchStrategy[Any]:
    return st.builds(kind, line=lines, code=st.just("said"), **fields)


grants = saying(Grant, basis=bases, window=st.none() | windows, resolutions=resolutions)
mandates = saying(
    Mandate, basis=bases, window=windows, resolutions=resolutions, floor_bps=rates, law=st.just("a law")
)
forbids = saying(Forbid, basis=any_bases, kind=st.sampled_from(["policy", "fraud", "safety"]))
eligibility = st.one_of(
    grants,
    grants,
    mandates,
    forbids,
    saying(NoGrant, basis=bases, unmet=st.just("days"), window=st.none() | windows),
    saying(WindowCap, basis=any_bases, until=instants),
    saying(Hold, basis=any_bases),
    saying(Advance, basis=bases),
)
costs = saying(Cost, kind=kinds, amount=amounts, pool=st.sampled_from(["", "", "parcel"]))
caps = saying(BuyerCap, kind=kinds | st.just(ALL_COSTS), amount=amounts, shift_to=others)
waivers = saying(Waive, kind=kinds, bps=rates, funder=others)
bears = saying(Bear, kind=kinds, party=st.sampled_from(LiableParty), strength=st.sampled_from(Strength))
bonuses = saying(Bonus, group=st.sampled_from("gh"), amount=amounts, funder=others)
options = saying(
    Option,
    sku=st.sampled_from(["sku-1", "sku-2"]),
    title=st.just("Shoe"),
    variant=st.none(),
    difference=st.integers(-500, 500),
    available=st.integers(0, 3),
)
routes = saying(
    Route,
    queue=st.sampled_from(["", "vip", "quality"]),
    priority=st.sampled_from(Priority),
    methods=st.lists(st.sampled_from(ReturnMethod), max_size=2).map(tuple),
    expected_days=st.none() | st.integers(0, 9),
    deny=st.sampled_from([(), ("w1",)]),
    prefer=st.sampled_from([(), (("w1", 1), ("w2", 2))]),
)
rest = st.one_of(
    options,
    saying(Exclude, sku=st.sampled_from(["sku-1", "sku-2"])),
    routes,
    saying(Require, basis=bases, kind=st.sampled_from(EvidenceKind), minimum=st.integers(1, 3)),
)
# Most scripts open with something live, for a closed line says little about money.
OPENINGS: Sequence[Sequence[Spoken]] = (
    (),
    (("ann", a_grant("line-1", *Resolution)),),
    (("ann", a_grant("line-1", *Resolution)), ("bob", a_grant("line-2", *Resolution))),
    (("ann", a_grant("line-1", *PAID_BACK)), ("bob", a_mandate("line-2", floor_bps=9_000))),
    (("cyd", a_mandate("line-1", floor_bps=10_000)),),
)
actors = st.sampled_from(FIRM)


def said_by_any(*sayings: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Spoken]]:
    return st.lists(st.tuples(actors, st.one_of(*sayings)), max_size=most)


spoken = st.builds(
    lambda *parts: [each for part in parts for each in part],
    st.sampled_from(OPENINGS),
    said_by_any(eligibility, most=4),
    said_by_any(costs, bears, most=6),
    said_by_any(caps, waivers, bonuses, most=5),
    said_by_any(rest, most=4),
)
kind_words = st.one_of(grants, caps, waivers, bonuses, options, routes)
kindness = st.lists(st.tuples(st.just(KIND), kind_words), min_size=1, max_size=4)
failures: st.SearchStrategy[Failing] = st.frozensets(
    st.tuples(st.sampled_from(FIRM), st.sampled_from(HOOKS)), max_size=3
)


@st.composite
def cases(draw: st.DrawFn) -> CaseFacts:
    """One or two lines, with tax and shipping, at any price."""
    chosen = draw(st.sampled_from([LINES[:1], LINES]))
    return a_case(
        *(
            a_line(
                line,
                paid=f"{(paid := draw(st.integers(0, 9_999))) // 100}.{paid % 100:02d}",
                quantity=draw(st.integers(1, 3)),
                tax=draw(st.integers(0, paid)),
                shipping=draw(st.integers(0, 900)),
            )
            for line in chosen
        )
    )
