"""What did every plugin say about this request? One hearing: each phase is asked once, for all its lines."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from bff.markets import Market, market
from bff.policy.decision import Fault, Spoken
from bff.policy.dispatch import Call, Dispatcher
from bff.policy.facts import CaseFacts, FactView, Line
from bff.policy.manifest import Parameters
from bff.policy.parameters import Circumstances, Days, PolicySet, Resolved
from bff.policy.prior import Prior
from bff.policy.registry import Plugin

NO_RECORDS: Mapping[str, Any] = {}


class Hearing:
    """Asks the plugins about one case, phase by phase, and keeps what was said, read and missed.

    With `injected` faults it is a replay: those plugins and hooks are taken to have failed in the same way, and
    no breaker is looked at.
    """

    __slots__ = (
        "_dispatcher",
        "_injected",
        "_parameters",
        "_policy",
        "_said",
        "_views",
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
        self._dispatcher = dispatcher
        self._policy = policy
        self._injected = None if injected is None else {(fault.plugin, fault.hook): fault for fault in injected}
        self._said: list[Spoken] = []
        self._views: dict[str, FactView] = {}
        self._parameters: dict[str, tuple[Parameters, Mapping[str, Resolved]]] = {}

    def hear(
        self, hook: str, lines: Sequence[Line], prior: Callable[[], Prior] = Prior
    ) -> dict[str, list[Spoken]]:
        """What all plugins say to one hook, by line, in canonical order; faults are noted.

        `prior` is only called where an implementation reads it.
        """
        by_line: dict[str, list[Spoken]] = {}
        calls = self._dispatcher.calls(hook, self.case.market, self.case.basis)
        if not calls or not lines:
            return by_line
        ids = {line.id for line in lines}
        earlier = prior() if any("prior" in call.arguments for call in calls) else None
        for call in calls:
            answer = self._answer(call, lines, ids, earlier)
            if isinstance(answer, Fault):
                self.faults.append(answer)
                continue
            name = call.plugin.name
            for said in answer:
                spoken = (name, said)
                self._said.append(spoken)
                by_line.setdefault(said.line, []).append(spoken)
        return by_line

    def _answer(self, call: Call, lines: Sequence[Line], ids: set[str], prior: Prior | None) -> list[Any] | Fault:
        if self._injected is not None:
            fault = self._injected.get((call.plugin.name, call.hook))
            if fault is not None:
                return fault
        arguments = {
            "case": self.case,
            "lines": lines,
            "prior": prior,
            "facts": self._view(call.plugin),
            "parameters": self._parameters_of(call.plugin)[0],
        }
        return self._dispatcher.ask(call, arguments, ids, guarded=self._injected is None)

    def _view(self, plugin: Plugin) -> FactView:
        view = self._views.get(plugin.name)
        if view is None:
            view = self._views[plugin.name] = FactView(self.case.known, frozenset(plugin.manifest.needs))
        return view

    def _parameters_of(self, plugin: Plugin) -> tuple[Parameters, Mapping[str, Resolved]]:
        found = self._parameters.get(plugin.name)
        if found is None:
            resolved = {line.id: self._resolve(plugin.name, line) for line in self.case.lines}
            values = Parameters({line: each.values for line, each in resolved.items()})
            found = self._parameters[plugin.name] = (values, resolved)
        return found

    def _resolve(self, plugin: str, line: Line) -> Resolved:
        case = self.case
        here = Circumstances(case.market, line.category, line.merchant, case.segments, case.channel)
        return self._policy.resolve(plugin, here, self._days(line))

    def _days(self, line: Line) -> Days:
        # A parcel that has not arrived is judged by the day of the request.
        delivered = line.delivered_at or self.case.at
        return Days(self._day(self.case.placed_at), self._day(delivered), self._day(self.case.at))

    def _day(self, at: datetime) -> date:
        return self.place.local_day(at)

    def records(self, plugin: str, line: str) -> Mapping[str, Any]:
        """By key the records that gave a plugin its values for a line."""
        found = self._parameters.get(plugin)
        return found[1][line].records if found is not None else NO_RECORDS

    @property
    def record_ids(self) -> tuple[str, ...]:
        """The ids of all parameter records that any plugin which was asked has used."""
        resolved = [each for _, by_line in self._parameters.values() for each in by_line.values()]
        return tuple(sorted({record.id for each in resolved for record in each.records.values()}))

    @property
    def reads(self) -> tuple[tuple[str, str], ...]:
        """The facts read, as id and key."""
        return tuple(sorted({read for view in self._views.values() for read in view.reads}))

    @property
    def contributions(self) -> tuple[Spoken, ...]:
        """Everything that was said: by plugin, then phase, then canonical text."""
        return tuple(sorted(self._said, key=itemgetter(0)))
