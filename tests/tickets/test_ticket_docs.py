"""Is the life of a ticket written down as it is? Every row of the table, and every target."""

from pathlib import Path

from bff.calendars import OpenMinutes
from bff.tickets.targets import _targets
from bff.tickets.transitions import TABLE, Transition
from bff.vocabulary import TicketStatus

TEXT = (Path(__file__).parents[2] / "docs" / "tickets.md").read_text(encoding="utf-8")


def written(row: Transition) -> str:
    """A row of the table as the page has it."""
    by, sources = ", ".join(sorted(row.by)), ", ".join(one for one in TicketStatus if one in row.sources)
    when = (row.when.__doc__ or "").rstrip(".")
    return f"| `{row.on}` | {by} | {sources} | {row.target or 'stays'} | {when[0].lower()}{when[1:]} |"


def test_the_page_has_the_table_and_no_other_rows() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith(("| `REPLY`", "| `RESOLVE`", "| `CLOSE`"))]
    assert rows == [written(row) for row in TABLE]


def test_the_page_has_the_targets() -> None:
    targets = {priority: target for priority, target in _targets().items() if isinstance(target, OpenMinutes)}
    assert len(targets) == 4
    assert f"{', '.join(f'{priority} {target.count}' for priority, target in targets.items())}." in " ".join(
        TEXT.split()
    )
