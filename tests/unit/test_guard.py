"""What a guard lets through to the service."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.errors import Hint, NeedsPerson, Stop
from bridge.guard import Guard, Watchers
from bridge.ledger.ledger import Ledger
from tests.support.virtual_clock import VirtualClock

HINT = Hint("止まりました。", "It stopped.")


def test_a_trouble_that_can_not_be_written_down_ends_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full while a channel fails: its thread must not just end, leaving the service running without it."""
    clock = VirtualClock()
    ledger = Ledger(tmp_path / "ledger.sqlite", clock)
    failures: list[Stop] = []
    orders, _ = Guard.pair(Watchers(clock, ledger, failures.append), "rakuten")

    def refuse() -> None:
        raise NeedsPerson(HINT)

    def full() -> None:
        raise Stop(HINT)

    monkeypatch.setattr(ledger, "write", full)
    orders.run(refuse)
    assert len(failures) == 1
