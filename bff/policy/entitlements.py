"""Which benefits does this customer have now? Whatever plugins list, in the order of their codes."""

from datetime import datetime

from msgspec import Struct

from bff.policy.asking import Asker, ask_all
from bff.policy.contributions import Benefit, Said
from bff.policy.decision import Fault
from bff.policy.dispatch import Dispatcher
from bff.policy.parameters import PolicySet

HOOK = "list_entitlements"


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


def list_entitlements(
    dispatcher: Dispatcher, policy: PolicySet, asker: Asker
) -> tuple[list[Entitlement], list[Fault]]:
    """The benefits, and the faults of plugins that could not say."""
    arguments = {"customer": asker.customer, "market": asker.market, "at": asker.at}
    spoken, faults = ask_all(dispatcher, policy, HOOK, asker, arguments)
    # Stable: benefits stay with their plugin, in the order of its codes.
    spoken.sort(key=lambda each: (each[0], each[1].code))
    return [_entitlement(plugin, said) for plugin, said in spoken if isinstance(said, Benefit)], faults


def _entitlement(plugin: str, said: Benefit) -> Entitlement:
    return Entitlement(
        plugin=plugin,
        code=f"{plugin}.{said.code}",
        said=said.said,
        limit=said.limit,
        used=said.used,
        resets_at=said.resets_at,
        expires_at=said.expires_at,
    )
