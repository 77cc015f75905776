"""What a new channel touches: a module, a simulator, and the places where channels are listed. No logic knows a mall by
its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from bridge.channel_settings import FILES, Channels
from bridge.service import KINDS

BRIDGE = Path(__file__).parent.parent.parent / "bridge"
MALLS = tuple(each.name for each in fields(Channels) if each.name != FILES)  # files are no mall's, and a word of any
LISTED = {
    "channel_settings.py",  # its settings
    "channel_sections.py",  # what of them only makes sense together
    "service.py",  # its adapter
    "sandbox/server.py",  # its simulator
    "sandbox/malls/control.py",  # its dials
    "sandbox/malls/stalls.py",  # how products go on sale there, and the keys that its pages show
    "sandbox/malls/world.py",  # which of them are
}
DEMO = "demo/"  # tells its buyers and its seller's settings by mall
REDACTION = "channels/redaction.py"  # parameter names of more than one mall, which say whose they are


def _words(path: Path) -> Iterator[str]:
    """Names and texts of a module, but for its comments and docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def _naming(mall: str) -> set[str]:
    """Modules outside the mall's own folders that know its name."""
    found = set()
    for path in BRIDGE.rglob("*.py"):
        name = path.relative_to(BRIDGE).as_posix()
        if f"/{mall}/" in f"/{name}" or name.startswith(DEMO) or name == REDACTION:
            continue
        if any(mall in word.lower() for word in _words(path)):
            found.add(name)
    return found


@pytest.mark.parametrize("mall", MALLS)
def test_only_the_lists_of_channels_know_a_mall_by_name(mall: str) -> None:
    assert _naming(mall) <= LISTED


def test_every_section_of_the_settings_has_its_adapter() -> None:
    assert tuple(KINDS) == (*MALLS, FILES)
