"""Is the tree easy to find one's way in? Small files with one question each, and plugins that look alike."""

import ast
import re

import pytest

from tests.tree.sources import ROOT, modules, name_of, tracked, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}
CODE = modules("bff", "plugins")
EVERYWHERE = modules("bff", "plugins", "tests")


@pytest.mark.parametrize("path", EVERYWHERE, ids=name_of)
def test_a_file_asks_its_question_in_the_first_line(path: object) -> None:
    module = ROOT / str(path)
    question = (ast.get_docstring(tree(module)) or "").split("\n\n")[0]
    assert "?" in question


@pytest.mark.parametrize("path", EVERYWHERE, ids=name_of)
def test_a_file_is_short(path: object) -> None:
    assert len((ROOT / str(path)).read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_a_function_is_short(path: object) -> None:
    functions = [
        n for n in ast.walk(tree(ROOT / str(path))) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions if f.end_lineno is not None}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_a_file_has_a_telling_name(path: object) -> None:
    assert not VAGUE & set((ROOT / str(path)).relative_to(ROOT).with_suffix("").parts)


PLUGINS = sorted({path.relative_to(ROOT).parts[1] for path in tracked() if path.match("plugins/*/pyproject.toml")})
PLUGIN_FILES = (
    "README.md",
    "pyproject.toml",
    "{name}/__init__.py",
    "{name}/manifest.py",
    "{name}/parameters.py",
    "{name}/texts/en.toml",
    "{name}/texts/zh.toml",
)


def test_there_are_plugins_to_look_at() -> None:
    assert {"no_reason_return", "premium_tier", "quality_claim"} <= set(PLUGINS)


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_folder_looks_like_every_other(name: str) -> None:
    folder = ROOT / "plugins" / name
    assert [f for f in PLUGIN_FILES if not (folder / f.format(name=name)).is_file()] == []
    assert list((folder / "tests").glob("test_*.py"))
    assert f'{name} = "{name}"' in (folder / "pyproject.toml").read_text(encoding="utf-8")


# Split, so that this file does not name what it looks for.
FORBIDDEN = {
    "a registry's host": re.compile(
        "|".join(["pypi" + r"\.org", "python" + "hosted", r"registry\.npm" + "js", "index" + "-url"])
    ),
    "a path of one machine": re.compile(r"(?<![\w.])/(?:work|home/\w+|Users/\w+|root)/\w+"),
}
TEXTS = [
    path for path in tracked() if path.suffix not in {".parquet", ".png"} and "node_modules" not in path.parts
]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    pattern = FORBIDDEN[what]
    found = [name_of(path) for path in TEXTS if pattern.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert found == []


def test_every_dependency_is_pinned_exactly() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
