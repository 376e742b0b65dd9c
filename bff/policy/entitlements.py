"""Which benefits does this customer have now? Whatever plugins list, in the order of their codes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct

from bff.markets import market as market_of
from bff.policy.contributions import Benefit, Said
from bff.policy.decision import Fault
from bff.policy.dispatch import Dispatcher, ask
from bff.policy.facts import FactView
from bff.policy.manifest import Parameters
from bff.policy.parameters import Circumstances, Days, PolicySet

HOOK = "list_entitlements"
NO_LINE = ""


class Entitlement(Struct, frozen=True, kw_only=True):
    """One benefit as it stands. `limit` None: without a quota; `code` has the plugin's name before it."""

    plugin: str
    code: str
    said: tuple[tuple[str, Said], ...] = ()
    limit: int | None = None
    used: int = 0
    resets_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def remaining(self) -> int | None:
        """How often it may still be used; None: without a quota."""
        return None if self.limit is None else max(self.limit - self.used, 0)


class Asker(Struct, frozen=True, kw_only=True):
    """Whose benefits are asked for, and where and when. `known` as in CaseFacts."""

    customer: str
    market: str
    segments: tuple[str, ...]
    at: datetime
    known: Any


def list_entitlements(
    dispatcher: Dispatcher, policy: PolicySet, asker: Asker
) -> tuple[list[Entitlement], list[Fault]]:
    """The benefits, and the faults of plugins that could not say. One failing hides none of the others."""
    day = market_of(asker.market).local_day(asker.at)
    here = Circumstances(asker.market, segments=asker.segments)
    found: list[Entitlement] = []
    faults: list[Fault] = []
    route = dispatcher.routes(asker.market, None).get(HOOK)
    for call in route.calls if route is not None else ():
        arguments = {
            "customer": asker.customer,
            "market": asker.market,
            "at": asker.at,
            "facts": FactView(asker.known, call.plugin.needs),
            "parameters": Parameters(
                {NO_LINE: policy.resolve(call.plugin.name, here, Days(day, day, day)).values}
            ),
        }
        answer = ask(call, arguments, {NO_LINE}, dispatcher.now())
        if isinstance(answer, Fault):
            faults.append(answer)
        else:
            found += _entitlements(call.plugin.name, answer)
    return found, faults


def _entitlements(plugin: str, benefits: Iterable[Benefit]) -> list[Entitlement]:
    return [
        Entitlement(
            plugin=plugin,
            code=f"{plugin}.{said.code}",
            said=said.said,
            limit=said.limit,
            used=said.used,
            resets_at=said.resets_at,
            expires_at=said.expires_at,
        )
        for said in sorted(benefits, key=lambda each: each.code)
    ]
