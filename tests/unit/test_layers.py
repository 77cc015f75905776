"""What import-linter can't say (the layers themselves stand in pyproject.toml)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BRIDGE = Path(__file__).parents[2] / "bridge"
PURE = {  # what the domain may use of the standard library: no I/O, no clock, no chance
    "__future__",
    "abc",
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "itertools",
    "math",
    "operator",
    "re",
    "types",
    "typing",
    "unicodedata",
}


def _modules(folder: str) -> list[Path]:
    found = sorted((BRIDGE / folder).rglob("*.py"))
    assert found
    return found


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module or ""


@pytest.mark.parametrize("path", _modules("domain"), ids=lambda path: path.stem)
def test_the_domain_is_pure(path: Path) -> None:
    strange = {
        name for name in _imports(path) if name.split(".")[0] not in PURE and not name.startswith("bridge.domain")
    }
    assert not strange


@pytest.mark.parametrize("folder", ["domain", "flows", "ledger", "sheet", "channels"])
def test_time_comes_from_the_injected_clock(folder: str) -> None:
    """Nothing below the service asks the machine what time it is."""
    asking = {
        f"{path.name}:{node.lineno}"
        for path in _modules(folder)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr)
        in {("datetime", "now"), ("datetime", "utcnow"), ("time", "time"), ("time", "monotonic"), ("time", "sleep")}
    }
    assert not asking
