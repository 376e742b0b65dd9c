"""What did every plugin say about this request? One hearing: each phase is asked once, for all its lines."""

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any

from msgspec import Struct

from bff.markets import Market, market
from bff.policy.decision import Fault, Spoken
from bff.policy.dispatch import Call, Dispatcher, ask, describe
from bff.policy.facts import CaseFacts, FactView, Line
from bff.policy.manifest import Parameters
from bff.policy.parameters import Circumstances, Days, PolicySet, Record, Resolved
from bff.policy.prior import Prior
from bff.policy.registry import Plugin

NOTHING: Mapping[str, Sequence[Spoken]] = {}


class _Seat(Struct):
    """What one plugin may see of the case: its declared facts, and its parameters for each line."""

    view: FactView
    resolved: Mapping[str, Resolved]
    parameters: Parameters


class Hearing:
    """Asks the plugins about one case, phase by phase, and keeps what was said, read and missed.

    With `injected` faults it is a replay: those plugins and hooks are taken to have failed in the same way, and
    no breaker is looked at.
    """

    __slots__ = (
        "_arguments",
        "_injected",
        "_line_ids",
        "_now",
        "_places",
        "_policy",
        "_routes",
        "_said",
        "_seats",
        "case",
        "faults",
        "place",
    )

    def __init__(
        self,
        dispatcher: Dispatcher,
        policy: PolicySet,
        case: CaseFacts,
        faults: Sequence[Fault],
        injected: Sequence[Fault] | None,
    ) -> None:
        self.case = case
        self.place: Market = market(case.market)
        self.faults: list[Fault] = list(faults)
        self._routes = dispatcher.routes(case.market, case.basis)
        self._arguments: dict[str, Any] = {"case": case}
        self._policy = policy
        self._injected = None if injected is None else {(fault.plugin, fault.hook): fault for fault in injected}
        # One look at the clock: a decision takes far less than a breaker's rest.
        self._now = None if injected is not None else dispatcher.now()
        self._said: list[Spoken] = []
        self._line_ids = [line.id for line in case.lines]
        self._seats: dict[str, _Seat] = {}
        self._places: list[tuple[str, Circumstances, Days]] = []

    def hear(
        self, hook: str, lines: Sequence[Line], prior: Callable[[], Prior] = Prior
    ) -> Mapping[str, Sequence[Spoken]]:
        """What all plugins say to one hook, by line, in canonical order; faults are noted.

        `prior` is only called where an implementation reads it.
        """
        route = self._routes.get(hook)
        if route is None or not lines:
            return NOTHING
        by_line: dict[str, list[Spoken]] = {line.id: [] for line in lines}
        self._arguments["lines"] = tuple(lines)
        if route.reads_prior:
            self._arguments["prior"] = prior()
        for call in route.calls:
            answer = self._answer(call, by_line)
            if isinstance(answer, Fault):
                self.faults.append(answer)
            else:
                for said in answer:
                    by_line[said.line].append((call.name, said))
        for spoken in by_line.values():
            self._said += spoken
        return by_line

    def _answer(self, call: Call, lines: Collection[str]) -> list[Any] | Fault:
        name = call.name
        if self._injected is not None:
            fault = self._injected.get((name, call.hook))
            if fault is not None:
                return fault
        seat = self._seats.get(name)
        if seat is None:
            try:
                seat = self._seats[name] = self._seat(call.plugin)
            except Exception as error:  # noqa: BLE001 - a parameter Struct may check itself, and refuse
                return Fault(name, call.hook, "error", describe(error))
        arguments = self._arguments
        arguments["facts"] = seat.view
        arguments["parameters"] = seat.parameters
        return ask(call, arguments, lines, self._now)

    def _seat(self, plugin: Plugin) -> _Seat:
        name, policy = plugin.name, self._policy
        view = FactView(self.case.known, plugin.needs)
        if not policy.varies(name):
            defaults = policy.defaults(name)
            everywhere = Parameters(dict.fromkeys(self._line_ids, defaults.values))
            return _Seat(view, dict.fromkeys(self._line_ids, defaults), everywhere)
        places = self._places or self._find_places()
        resolved = {line: policy.resolve(name, here, days) for line, here, days in places}
        return _Seat(view, resolved, Parameters({line: each.values for line, each in resolved.items()}))

    def _find_places(self) -> list[tuple[str, Circumstances, Days]]:
        """For each line what scopes are held against, and the days from which parameters are dated."""
        case, local_day = self.case, self.place.local_day
        ordered, asked = local_day(case.placed_at), local_day(case.at)
        for line in case.lines:
            here = Circumstances(case.market, line.category, line.merchant, case.segments, case.channel)
            # A parcel that has not arrived is judged by the day of the request.
            delivered = asked if line.delivered_at is None else local_day(line.delivered_at)
            self._places.append((line.id, here, Days(ordered, delivered, asked)))
        return self._places

    def records(self, line: str, plugin: str) -> Mapping[str, Record]:
        """By key the records that gave a plugin its values for a line."""
        return self._seats[plugin].resolved[line].records

    @property
    def record_ids(self) -> tuple[str, ...]:
        """The ids of all parameter records that any plugin which was asked has used."""
        resolved = [each for seat in self._seats.values() for each in seat.resolved.values()]
        return tuple(sorted(frozenset().union(*[each.record_ids for each in resolved])))

    @property
    def reads(self) -> tuple[tuple[str, str], ...]:
        """The facts read, as id and key."""
        return tuple(sorted(frozenset().union(*[seat.view.reads for seat in self._seats.values()])))

    @property
    def contributions(self) -> tuple[Spoken, ...]:
        """Everything that was said: by plugin, then phase and line, then canonical text."""
        return tuple(sorted(self._said, key=itemgetter(0)))
