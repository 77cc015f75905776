"""What a run of the suite counted is said at its end: tests note it with `record_property("counted …", n)`.

KEEP_FIGURES=name keeps it for `make reliability`, too. CHOOSE_SLOW=1 has tests/slow.txt written by what each took."""

from __future__ import annotations

import gc
import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import settings

from tests.slow import choose, function_of, slow_tests
from tests.support.figures import keep

settings.register_profile("whatever the machine's load", deadline=None)
settings.load_profile("whatever the machine's load")


@pytest.hookimpl(tryfirst=True)  # before the marks choose
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow = slow_tests()
    for item in items:
        if function_of(item.nodeid) in slow:
            item.add_marker("slow")


def pytest_collection_finish() -> None:
    """What was imported stays; looking through it for garbage again and again is a tenth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    counted: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name.startswith("counted "):
                counted[name.removeprefix("counted ")] += value
    for name, total in sorted(counted.items()):
        terminalreporter.write_line(f"{name}: {total:,}")
    if name := os.environ.get("KEEP_FIGURES"):
        keep(name, {**dict(sorted(counted.items())), "failed": len(terminalreporter.stats.get("failed", []))})
    if os.environ.get("CHOOSE_SLOW"):
        took: Counter[str] = Counter()
        for report in (report for reports in terminalreporter.stats.values() for report in reports):
            if hasattr(report, "duration"):
                took[function_of(report.nodeid)] += report.duration
        terminalreporter.write_line(choose(took))
