"""Does every known defect have its test? The table of this folder's README, held to the tests that it names."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROW = re.compile(r"^\| (S?\d+) \| .+? \| (.*) \|$", re.MULTILINE)
NAME = re.compile(r"`([^`]+\.py)::(test_\w+)`")
EXPECTED = [str(row) for row in range(1, 18)] + [f"S{row}" for row in range(1, 23)]


def table() -> dict[str, list[tuple[str, str]]]:
    """By row the tests that it names: file and function."""
    text = (HERE / "README.md").read_text(encoding="utf-8")
    return {row: NAME.findall(cell) for row, cell in ROW.findall(text)}


def names_in(path: Path) -> set[str]:
    """The tests of a file."""
    parsed = ast.parse(path.read_text(encoding="utf-8"))
    functions = [one for one in parsed.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {one.name for one in functions if one.name.startswith("test_")}


def test_every_row_has_a_test() -> None:
    assert list(table()) == EXPECTED
    assert [row for row, tests in table().items() if not tests] == []


@pytest.mark.parametrize("row", EXPECTED)
def test_what_a_row_names_is_there(row: str) -> None:
    for file, name in table()[row]:
        assert name in names_in((HERE / file).resolve()), f"{file}::{name}"


def test_every_test_of_a_row_stands_in_it() -> None:
    named = {f"{file}::{name}": row for row, tests in table().items() for file, name in tests}
    found = {}
    for path in sorted(HERE.glob("test_*.py")):
        for name in names_in(path):
            if said := re.match(r"test_(row|security)_(\d\d)_", name):
                found[f"{path.name}::{name}"] = f"{'S' if said[1] == 'security' else ''}{int(said[2])}"

    assert len(found) > 80
    assert {name: row for name, row in named.items() if name in found} == found
