"""Each numbered trap of a mall's specification has tests that stand, or a reason why it has none (traps/*.toml)."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE, ROOT = Path(__file__).parent, Path(__file__).resolve().parents[3]
SPECIFICATIONS = ROOT.parent / "shared" / "channels"
OWN_SHOPS = "own_shops_and_files"
CHAPTERS = {
    "amazon": ("amazon", r"^## 11\. ", r"^(\d+)\. "),
    "colorme": (OWN_SHOPS, r"^## 3\. [\s\S]*?^### Traps", r"\bT(\d+) "),
    "eccube": (OWN_SHOPS, r"^## 1\. [\s\S]*?^### Traps", r"\bT(\d+) "),
    "files": (OWN_SHOPS, r"^## 6\. [\s\S]*?^### 6\.1", r"^(\d+)\. "),
    "rakuten": ("rakuten", r"^## 10\. ", r"^T(\d+) "),
    "smaregi": ("pos", r"^## 3\.2 ", r"\bT(1?\d|2[0-3]) "),
    "shopify": ("shopify", r"^## 10\. ", r"^(\d+)\. "),
    "square": ("pos", r"^## 3\.2 ", r"\bT((?:2[4-9]|[34]\d)) "),
    "woocommerce": (OWN_SHOPS, r"^## 2\. [\s\S]*?^### Traps", r"\bT(\d+) "),
    "yahoo": ("yahoo", r"^## 8\. ", r"^T(\d+)\. "),
}
"""Where the traps are numbered: the specification, the beginning of the chapter, and how a number stands there."""


@cache
def traps(mall: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / "traps" / f"{mall}.toml").read_text(encoding="utf-8"))


@cache
def standing_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_list_has_its_chapter() -> None:
    assert {path.stem for path in (HERE / "traps").glob("*.toml")} == CHAPTERS.keys()


@pytest.mark.skipif(not SPECIFICATIONS.is_dir(), reason="the specifications lie beside the repository only")
@pytest.mark.parametrize("mall", CHAPTERS)
def test_no_trap_is_left_out(mall: str) -> None:
    specification, beginning, numbered = CHAPTERS[mall]
    text = (SPECIFICATIONS / f"{specification}.md").read_text(encoding="utf-8")
    found = re.search(rf"(?m){beginning}.*\n([\s\S]*?)(?=^## |\Z)", text)
    assert found is not None
    assert re.findall(numbered, found[1], re.MULTILINE) == list(traps(mall))


@pytest.mark.parametrize(("mall", "number"), [(mall, number) for mall in CHAPTERS for number in traps(mall)])
def test_a_trap_has_tests_that_stand_or_a_reason(mall: str, number: str) -> None:
    entry = traps(mall)[number]
    assert entry["trap"]
    assert ("tests" in entry) != ("none" in entry)
    assert entry.get("tests") or entry.get("none")
    for name in entry.get("tests", []):
        file, _, function = name.partition("::")
        assert function in standing_in(file), name
