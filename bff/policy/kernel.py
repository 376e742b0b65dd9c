"""What do all plugins together say to a request? The kernel asks them and combines what they say."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bff.policy.asking import Asker
from bff.policy.breaker import BreakerLimits
from bff.policy.contributions import Capability, Said
from bff.policy.deciding import decide_lines
from bff.policy.decision import Decision, Explanation, Fault, Routing
from bff.policy.dispatch import Dispatcher
from bff.policy.doubt import BLOCKING
from bff.policy.entitlements import Entitlement, list_entitlements
from bff.policy.explain import Voices
from bff.policy.facts import CaseFacts, FactProvider
from bff.policy.hearing import Hearing
from bff.policy.liability import KERNEL
from bff.policy.manifest import Texts, texts_of
from bff.policy.parameters import PolicySet
from bff.policy.registry import Plugin, Quarantined, Registry
from bff.policy.rendering import Phrasebook, Reader
from bff.policy.ticket_routing import route_ticket


class Kernel:
    """The admitted plugins under one policy set. Safe to share between requests; only breakers have a state.

    `clock` gives monotonic seconds for the breakers. No answer depends on any other clock. Raises ValueError
    for a policy set that was not made for these plugins.
    """

    def __init__(
        self,
        registry: Registry,
        policy: PolicySet,
        *,
        clock: Callable[[], float] = time.monotonic,
        breaker: BreakerLimits | None = None,
    ) -> None:
        strangers = sorted({plugin.name for plugin in registry.plugins} - policy.plugins)
        if strangers:
            raise ValueError(f"the policy set was made without the manifests of {', '.join(strangers)}")
        self.registry = registry
        self.policy = policy
        self.needs = registry.needs
        self._dispatcher = Dispatcher(registry, breaker or BreakerLimits(), clock)
        self._voices = Voices({plugin.name: plugin.codes for plugin in registry.plugins})
        self._phrasebook = Phrasebook(_texts(registry.plugins))
        self._granted = _granted(registry)
        self._versions = tuple((plugin.name, plugin.manifest.version) for plugin in registry.plugins)
        self._missing = tuple(_missing(each) for each in registry.quarantined)

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """The plugins that take part, by name."""
        return self.registry.plugins

    @property
    def providers(self) -> tuple[FactProvider, ...]:
        """The facts' sources that plugins bring; the host adds its own when it loads facts."""
        return self.registry.providers

    def decide(self, case: CaseFacts, replay: Sequence[Fault] | None = None) -> Decision:
        """The decision on every line of one request; no failure of a plugin escapes it.

        With `replay` those faults are taken as given, so that a recorded decision is made again as it was.
        Raises UnknownMarketError for a market that there is not.
        """
        hearing = Hearing(self._dispatcher, self.policy, case, self._missing, replay)
        lines = decide_lines(hearing, self._voices, self._granted)
        return Decision(
            order=case.order,
            at=case.at,
            time_zone=hearing.place.time_zone,
            currency=case.currency,
            policy=self.policy.digest,
            plugins=self._versions,
            records=hearing.record_ids,
            reads=hearing.reads,
            contributions=hearing.contributions,
            faults=tuple(dict.fromkeys(hearing.faults)),
            lines=lines,
        )

    def decide_many(self, cases: Iterable[CaseFacts]) -> list[Decision]:
        """The decisions on many requests, in their order."""
        return [self.decide(case) for case in cases]

    def entitlements(
        self,
        customer: str,
        market: str,
        segments: Sequence[str],
        at: datetime,
        known: Mapping[str, Mapping[str, Any]],
    ) -> list[Entitlement]:
        """The benefits that a customer has in a market at that instant; `known` as in CaseFacts."""
        asker = Asker(customer=customer, market=market, segments=tuple(segments), at=at, known=known)
        return list_entitlements(self._dispatcher, self.policy, asker)[0]

    def route_ticket(self, asker: Asker, subject: str) -> Routing:
        """Where a question goes that is about no case: the standard desk where no plugin has a word."""
        return route_ticket(self._dispatcher, self.policy, asker, subject)[0]

    def render(self, told: Explanation, reader: Reader) -> str:
        """An explanation in the reader's language."""
        return self._phrasebook.say(told.code, told.said, reader)

    def say(self, code: str, said: Sequence[tuple[str, Said]], reader: Reader) -> str:
        """Any declared code in the reader's language: an entitlement's description, or its "title"."""
        return self._phrasebook.say(code, said, reader)


def kernel_texts() -> Mapping[str, Texts]:
    """The kernel's own texts by code, without its name before it."""
    return texts_of("bff.policy")


def _texts(plugins: Iterable[Plugin]) -> dict[str, Texts]:
    own = {f"{KERNEL}.{code}": texts for code, texts in kernel_texts().items()}
    theirs = {f"{plugin.name}.{name}": code.texts for plugin in plugins for name, code in plugin.codes.items()}
    return own | theirs


def _granted(registry: Registry) -> dict[str, Capability]:
    """What each plugin could have said, had it not failed."""
    granted = {plugin.name: plugin.granted for plugin in registry.plugins}
    return granted | {each.name: _could_have_said(each) for each in registry.quarantined}


def _could_have_said(missing: Quarantined) -> Capability:
    # It stands for all hooks of the package: whatever could have blocked counts as a restriction.
    blocks = any(missing.missed & capability for capability in BLOCKING.values())
    return missing.missed | Capability.RESTRICT if blocks else missing.missed


def _missing(package: Quarantined) -> Fault:
    return Fault(package.name, "judge_eligibility", "error", package.error)
