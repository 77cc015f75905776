"""Which tests `make test` leaves to `make test-slow`: `make slow-list` chooses them by what each took.

The quickest test functions stay, as many as fit into BUDGET seconds with all their cases; the names of the others are
kept in slow.txt, which conftest reads. A test that is not in the list is not slow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

LIST = Path(__file__).with_name("slow.txt")
BUDGET = 400.0
"""Seconds of tests on one core: on two of them, with what pytest itself takes, less than four minutes."""


def function_of(node: str) -> str:
    """The name of a test without the case: what the list has."""
    return node.partition("[")[0]


def slow_tests() -> frozenset[str]:
    return frozenset(LIST.read_text(encoding="utf-8").split())


def beyond(took: Mapping[str, float], budget: float) -> list[str]:
    """Those that don't fit, the slowest ones; sorted. `took`: seconds by name, `budget`: seconds."""
    left, found = budget, []
    for name in sorted(took, key=lambda name: took[name]):
        left -= took[name]
        if left < 0:
            found.append(name)
    return sorted(found)


def choose(took: Mapping[str, float]) -> str:
    """Write the list anew; what came of it, in a line."""
    found = beyond(took, BUDGET)
    LIST.write_text("".join(f"{name}\n" for name in found), encoding="utf-8")
    left = sum(took.values()) - sum(took[name] for name in found)
    return f"{len(took)} tests, {sum(took.values()):.0f} s; {len(found)} are slow, the others take {left:.0f} s"
