"""Each numbered trap of amazon.md has a test, or says why it has none."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
TRAPS: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "traps" / "amazon.toml").read_text(encoding="utf-8")
)["traps"]
SPECIFICATION = ROOT.parent / "shared" / "channels" / "amazon.md"


def functions_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("number", TRAPS)
def test_a_trap_has_a_test_or_says_why_not(number: str) -> None:
    trap = TRAPS[number]
    assert trap["trap"]
    assert ("test" in trap) != ("none" in trap)
    if "test" in trap:
        path, _, name = trap["test"].partition("::")
        assert name in functions_in(path)
    else:
        assert trap["none"]


@pytest.mark.skipif(not SPECIFICATION.is_file(), reason="the specification lies beside the repository only")
def test_the_list_is_that_of_the_specification() -> None:
    chapter = re.split(r"^## ", SPECIFICATION.read_text(encoding="utf-8"), flags=re.MULTILINE)
    [traps] = [part for part in chapter if part.startswith("11. ")]
    assert re.findall(r"^(\d+)\. ", traps[4:], re.MULTILINE) == list(TRAPS)
