"""Each numbered trap of a mall's specification has tests that stand, or a reason why it has none (traps/*.toml)."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
COUNTS = {"yahoo": 32}  # as many as the specification numbers


def traps(mall: str) -> dict[str, dict[str, object]]:
    return tomllib.loads((HERE / "traps" / f"{mall}.toml").read_text(encoding="utf-8"))


@cache
def standing_in(file: str) -> frozenset[str]:
    path = HERE.parent / file
    return frozenset(node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef))


def test_every_list_is_counted() -> None:
    assert {path.stem for path in (HERE / "traps").glob("*.toml")} == COUNTS.keys()


@pytest.mark.parametrize("mall", COUNTS)
def test_no_trap_is_left_out(mall: str) -> None:
    assert list(traps(mall)) == [f"T{number}" for number in range(1, COUNTS[mall] + 1)]


@pytest.mark.parametrize(("mall", "number"), [(mall, number) for mall in COUNTS for number in traps(mall)])
def test_a_trap_has_tests_that_stand_or_a_reason(mall: str, number: str) -> None:
    entry = traps(mall)[number]
    assert entry["trap"]
    assert ("tests" in entry) != ("none" in entry)
    named = entry.get("tests") or []
    assert isinstance(named, list)
    assert named or entry["none"]
    for name in named:
        file, _, function = name.partition("::")
        assert function in standing_in(file), name
