"""Who is asked, in which order, and what if somebody fails? Every hook is called by one guard.

pluggy finds and checks the implementations; the call is ours, in the order of the plugins' names, for pluggy
would stop at the first exception and give answers without a name. Of a plugin and hook the kernel takes all
or nothing. What fails becomes a Fault, and never an exception.
"""

import inspect
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from bff.policy.admission import SPEAKS, MisspokenError, check_contributions, permitted
from bff.policy.breaker import Breaker, BreakerLimits
from bff.policy.contributions import Contribution
from bff.policy.decision import Fault
from bff.policy.facts import FactUnknown, encode
from bff.policy.registry import Plugin, Registry
from bff.vocabulary import Basis

LONGEST_MESSAGE = 200
# An object's address in a message would make every process's record differ.
ADDRESS = re.compile(r"0x[0-9a-fA-F]+")


class Call:
    """One plugin's implementation of one hook, and the plugin's breaker."""

    __slots__ = ("breaker", "codes", "function", "hook", "may", "name", "pick", "plugin", "reads_prior")

    def __init__(self, hook: str, plugin: Plugin, breaker: Breaker) -> None:
        self.hook = hook
        self.plugin = plugin
        self.name = plugin.name
        self.breaker = breaker
        self.function, names = plugin.hooks[hook]
        self.pick = _picker(names)
        self.reads_prior = "prior" in names
        self.may: frozenset[type[Contribution]] = permitted(hook, plugin.granted)
        self.codes = plugin.codes


def _picker(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """Takes from all arguments those that an implementation asks for, in its order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda arguments: tuple(map(arguments.__getitem__, names))


class Route:
    """Who is asked at one hook, and whether anybody there reads what was decided before."""

    __slots__ = ("calls", "reads_prior")

    def __init__(self, calls: tuple[Call, ...]) -> None:
        self.calls = calls
        self.reads_prior = any(call.reads_prior for call in calls)


class Dispatcher:
    """The implementations by hook, market and basis, and a breaker for each plugin.

    `clock` gives monotonic seconds; only breakers look at it, and a replay never does.
    """

    def __init__(self, registry: Registry, limits: BreakerLimits, clock: Callable[[], float]) -> None:
        self.now = clock
        self._plugins = registry.plugins
        self._breakers = {plugin.name: Breaker(limits) for plugin in registry.plugins}
        self._routes: dict[tuple[str, Basis | None], Mapping[str, Route]] = {}

    def routes(self, market: str, basis: Basis | None) -> Mapping[str, Route]:
        """Who is asked at each hook: by name, those that serve the market and own the basis or none at all.

        A hook at which nobody is asked has no route.
        """
        key = (market, basis)
        routes = self._routes.get(key)
        if routes is None:
            serving = [plugin for plugin in self._plugins if plugin.serves(market, basis)]
            hooks = {hook for plugin in serving for hook in plugin.hooks}
            routes = self._routes[key] = {hook: self._route(hook, serving) for hook in hooks if hook in SPEAKS}
        return routes

    def _route(self, hook: str, serving: Iterable[Plugin]) -> Route:
        asked = [plugin for plugin in serving if hook in plugin.hooks]
        return Route(tuple(Call(hook, plugin, self._breakers[plugin.name]) for plugin in asked))


def ask(call: Call, arguments: Mapping[str, Any], lines: Collection[str], now: float | None) -> list[Any] | Fault:
    """What the plugin says, without repetitions and on each line in canonical order; or why there is no answer.

    With None for `now` the breaker is left alone: a replay neither heeds it nor counts. Everything but an
    interrupt becomes a Fault.
    """
    breaker = call.breaker
    if now is not None and not (breaker.is_closed or breaker.allows(now)):
        return Fault(call.name, call.hook, "breaker_open", "it failed too often and rests")
    answer: list[Any] | Fault
    try:
        answer = _admitted(call, call.function(*call.pick(arguments)), lines)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except FactUnknown as error:
        answer = Fault(call.name, call.hook, "unknown_fact", describe(error))
    except BaseException as error:  # noqa: BLE001 - a plugin's SystemExit must not end the shop
        answer = Fault(call.name, call.hook, "error", describe(error))
    if now is None:
        return answer
    if type(answer) is list and breaker.is_closed:
        breaker.calls += 1
    else:
        breaker.record(now, failed=isinstance(answer, Fault) and answer.kind == "error")
    return answer


def _admitted(call: Call, returned: Any, lines: Collection[str]) -> list[Any]:
    if not isinstance(returned, (list, tuple)):
        if returned is None:
            return []
        if inspect.iscoroutine(returned):
            returned.close()
        raise MisspokenError(f"a hook returns a list or tuple of contributions, not {type(returned).__name__}")
    if not returned:
        return []
    check_contributions(returned, call.hook, call.may, call.codes, lines)
    if len(returned) <= 1 or len({said.line for said in returned}) == len(returned):
        return list(returned)  # there is an order only among what is said about the same line
    by_text = {encode(said): said for said in returned}
    return [by_text[text] for text in sorted(by_text)]


def describe(error: BaseException) -> str:
    """An exception in one short line that is the same in every process."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - an exception's own __str__ may fail too
        text = type(error).__name__
    return ADDRESS.sub("0x", text)[:LONGEST_MESSAGE]
