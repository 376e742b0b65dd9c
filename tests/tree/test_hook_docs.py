"""Is every hook documented as it is? A heading with its exact signature, and the question that it asks."""

import inspect
import re
from pathlib import Path

from bff.policy.contributions import Capability
from bff.policy.hookspecs import HookSpecs

DOCUMENT = Path(__file__).parents[2] / "docs" / "plugins.md"


def heading(name: str) -> str:
    """A hook's heading: its name, its arguments and what it may return."""
    signature = inspect.signature(getattr(HookSpecs, name))
    arguments = ", ".join(list(signature.parameters)[1:])
    result = signature.return_annotation
    members = re.sub(r"bff\.policy\.contributions\.|collections\.abc\.|typing\.", "", str(result))
    return f"### {name}({arguments}) -> {'None' if result is None else members}"


def test_every_hook_has_its_heading_and_its_question() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    hooks = [name for name in vars(HookSpecs) if not name.startswith("_")]
    assert len(hooks) == 11
    for name in hooks:
        question = inspect.getdoc(getattr(HookSpecs, name))
        assert f"{heading(name)}\n{question}" in text


def test_every_capability_is_explained() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert [name for name in Capability.__members__ if f"| `{name}` |" not in text] == []
