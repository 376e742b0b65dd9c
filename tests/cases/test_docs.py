"""Is the life of a case documented as it is? Diagram, table and clocks of docs/cases.md, held to the code."""

import inspect
import re
from pathlib import Path

import pytest

from bff.calendars import Days, Duration, Minutes, OpenMinutes, WorkingDays
from bff.cases.clocks import CLOCKS, DEADLINES_FILE, duration
from bff.cases.conditions import always
from bff.cases.transitions import OPENING, TABLE, Condition, Transition
from bff.markets import market, markets
from bff.vocabulary import CaseAction, CaseStatus, DeadlineKind

DOCUMENT = Path(__file__).parents[2] / "docs" / "cases.md"


def diagram() -> str:
    """The moves between statuses, for Mermaid; an override, which leads anywhere, is left out."""
    moves: dict[tuple[CaseStatus, CaseStatus], list[str]] = {}
    for row in TABLE:
        for source in sorted(row.sources, key=list(CaseStatus).index):
            if row.target and row.target is not source:
                moves.setdefault((source, row.target), []).append(row.on)
    ordered = sorted(moves.items(), key=_by_status)
    lines = [f"    {a} --> {b}: {', '.join(dict.fromkeys(on))}" for (a, b), on in ordered]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {OPENING}: requestReturn", *lines, "```"])


def _by_status(move: tuple[tuple[CaseStatus, CaseStatus], list[str]]) -> tuple[int, int]:
    order = list(CaseStatus)
    return order.index(move[0][0]), order.index(move[0][1])


def table() -> str:
    """Every row of the table."""
    moves = [f"| `{row.on}` | {_names(row.by)} | {_sources(row)} | {_leads_to(row)} |" for row in TABLE]
    rows = [f"{move} {_words(row.when)} |" for move, row in zip(moves, TABLE, strict=True)]
    return "\n".join(["| on | by | from | to | when |", "| --- | --- | --- | --- | --- |", *rows])


def _names(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))


def _sources(row: Transition) -> str:
    return "any" if len(row.sources) == len(CaseStatus) else ", ".join(s for s in CaseStatus if s in row.sources)


def _leads_to(row: Transition) -> str:
    return "any" if row.on is CaseAction.OVERRIDE else row.target or "stays"


def _words(condition: Condition) -> str:
    text = (inspect.getdoc(condition) or "").split("\n")[0].rstrip(".")
    return "" if condition is always else text[0].lower() + text[1:]


def clocks() -> str:
    """Every clock, and its time in each market."""
    rows = [f"| `{one.kind}` | {_words(one.runs)} | {one.on_expiry} | {_times(one.kind)} |" for one in CLOCKS]
    return "\n".join(["| clock | runs while | on expiry | time |", "| --- | --- | --- | --- |", *rows])


def _times(kind: DeadlineKind) -> str:
    by_time: dict[str, list[str]] = {}
    for code in sorted(markets()):
        by_time.setdefault(_long(duration(market(code), kind)), []).append(code)
    if len(by_time) == 1:
        return next(iter(by_time))
    return "; ".join(f"{', '.join(codes)}: {time}" for time, codes in by_time.items())


def _long(time: Duration) -> str:
    match time:
        case Minutes(count):
            return f"{count // 60} hours"
        case OpenMinutes(count):
            return f"{count // 60} hours of business"
        case WorkingDays(count):
            return f"{count} working day{'s' * (count > 1)}"
        case Days(count, moves):
            return f"{count} day{'s' * (count > 1)}{', to a working day' if moves else ''}"


@pytest.mark.parametrize("part", [diagram, table, clocks])
def test_the_document_shows_it_as_it_is(part: object) -> None:
    assert callable(part)
    assert part() in DOCUMENT.read_text(encoding="utf-8")


def test_every_time_names_its_source() -> None:
    lines = DEADLINES_FILE.read_text(encoding="utf-8").splitlines()
    times = [line for line in lines if "unit =" in line]
    assert len(times) > 25
    assert [line for line in times if not re.search(r"\}\s*# \S", line)] == []


def test_every_condition_says_in_words_what_it_asks() -> None:
    words = [_words(row.when) for row in TABLE if row.when is not always]
    assert all(len(text) > 10 for text in words)
