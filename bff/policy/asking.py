"""What do plugins say to a question that is about no line of any order? Each is asked alone, by one guard."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from bff.markets import market as market_of
from bff.policy.decision import Fault, Spoken
from bff.policy.dispatch import Call, Dispatcher, ask, describe
from bff.policy.facts import FactView
from bff.policy.manifest import Parameters
from bff.policy.parameters import Circumstances, Days, PolicySet

NO_LINE = ""


class Asker(Struct, frozen=True, kw_only=True):
    """About whom plugins are asked, and where and when. `known` as in CaseFacts."""

    customer: str
    market: str
    segments: tuple[str, ...]
    at: datetime
    known: Mapping[str, Mapping[str, Any]]


def ask_all(
    dispatcher: Dispatcher, policy: PolicySet, hook: str, asker: Asker, arguments: Mapping[str, Any]
) -> tuple[list[Spoken], list[Fault]]:
    """What was said, in the order of the plugins' names, and the faults of those that could not say.

    One failing hides none of the others. Beside `arguments` a hook is given facts and parameters. Raises
    UnknownMarketError.
    """
    day = market_of(asker.market).local_day(asker.at)
    here, days = Circumstances(asker.market, segments=asker.segments), Days(day, day, day)
    spoken: list[Spoken] = []
    faults: list[Fault] = []
    route = dispatcher.routes(asker.market, None).get(hook)
    for call in route.calls if route is not None else ():
        answer = _answer(dispatcher, call, policy, (here, days), asker, arguments)
        if isinstance(answer, Fault):
            faults.append(answer)
        else:
            spoken += [(call.name, said) for said in answer]
    return spoken, faults


def _answer(
    dispatcher: Dispatcher,
    call: Call,
    policy: PolicySet,
    place: tuple[Circumstances, Days],
    asker: Asker,
    arguments: Mapping[str, Any],
) -> list[Any] | Fault:
    try:
        values = policy.resolve(call.name, *place).values
    except Exception as error:  # noqa: BLE001 - a parameter Struct may check itself, and refuse
        return Fault(call.name, call.hook, "error", describe(error))
    given = {
        **arguments,
        "facts": FactView(asker.known, call.plugin.needs),
        "parameters": Parameters({NO_LINE: values}),
    }
    return ask(call, given, {NO_LINE}, dispatcher.now())
