"""Who is asked, in which order, and what if somebody fails? Every hook is called by one guard.

pluggy finds and checks the implementations; the call is ours, in the order of the plugins' names, for pluggy
would stop at the first exception and give answers without a name. Of a plugin and hook the kernel takes all
or nothing. What fails becomes a Fault, and never an exception.
"""

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from bff.policy.admission import MisspokenError, check_contribution, permitted
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

    __slots__ = ("arguments", "breaker", "codes", "function", "hook", "may", "name", "plugin")

    def __init__(self, hook: str, plugin: Plugin, breaker: Breaker) -> None:
        self.hook = hook
        self.plugin = plugin
        self.name = plugin.name
        self.breaker = breaker
        self.function, self.arguments = plugin.hooks[hook]
        self.may: frozenset[type[Contribution]] = permitted(hook, plugin.granted)
        self.codes = plugin.codes


class Route:
    """Who is asked at one hook, and whether anybody there reads what was decided before."""

    __slots__ = ("calls", "reads_prior")

    def __init__(self, calls: tuple[Call, ...]) -> None:
        self.calls = calls
        self.reads_prior = any("prior" in call.arguments for call in calls)


class Dispatcher:
    """The implementations by hook, market and basis, and a breaker for each plugin.

    `clock` gives monotonic seconds; only breakers look at it, and a replay never does.
    """

    def __init__(self, registry: Registry, limits: BreakerLimits, clock: Callable[[], float]) -> None:
        self.now = clock
        self._plugins = registry.plugins
        self._breakers = {plugin.name: Breaker(limits) for plugin in registry.plugins}
        self._routes: dict[tuple[str, str, Basis | None], Route] = {}

    def route(self, hook: str, market: str, basis: Basis | None) -> Route:
        """Who is asked: by name, those that serve the market and own the basis or none at all."""
        key = (hook, market, basis)
        route = self._routes.get(key)
        if route is None:
            serving = [each for each in self._plugins if hook in each.hooks and each.serves(market, basis)]
            calls = tuple(Call(hook, plugin, self._breakers[plugin.name]) for plugin in serving)
            route = self._routes[key] = Route(calls)
        return route


def ask(call: Call, arguments: Mapping[str, Any], lines: Collection[str], now: float | None) -> list[Any] | Fault:
    """What the plugin says, without repetitions and in canonical order; or why there is no answer.

    With None for `now` the breaker is left alone: a replay neither heeds it nor counts.
    """
    if now is None:
        return answer_of(call, arguments, lines)
    breaker = call.breaker
    if not (breaker.is_closed or breaker.allows(now)):
        return Fault(call.name, call.hook, "breaker_open", "it failed too often and rests")
    answer = answer_of(call, arguments, lines)
    if type(answer) is list and breaker.is_closed:
        breaker.calls += 1
    else:
        breaker.record(now, failed=isinstance(answer, Fault) and answer.kind == "error")
    return answer


def answer_of(call: Call, arguments: Mapping[str, Any], lines: Collection[str]) -> list[Any] | Fault:
    """Calls one implementation; everything but an interrupt becomes a Fault."""
    try:
        return _admitted(call, call.function(*[arguments[name] for name in call.arguments]), lines)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except FactUnknown as error:
        return Fault(call.name, call.hook, "unknown_fact", describe(error))
    except BaseException as error:  # noqa: BLE001 - a plugin's SystemExit must not end the shop
        return Fault(call.name, call.hook, "error", describe(error))


def _admitted(call: Call, returned: Any, lines: Collection[str]) -> list[Any]:
    if returned is None:
        return []
    if not isinstance(returned, list | tuple):
        if inspect.iscoroutine(returned):
            returned.close()
        raise MisspokenError(f"a hook returns a list or tuple of contributions, not {type(returned).__name__}")
    for said in returned:
        check_contribution(said, call.hook, call.may, call.codes, lines)
    if len(returned) <= 1:
        return list(returned)
    by_text = {encode(said): said for said in returned}
    return [by_text[text] for text in sorted(by_text)]


def describe(error: BaseException) -> str:
    """An exception in one short line that is the same in every process."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - an exception's own __str__ may fail too
        text = type(error).__name__
    return ADDRESS.sub("0x", text)[:LONGEST_MESSAGE]
