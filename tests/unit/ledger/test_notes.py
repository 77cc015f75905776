"""A channel's notes: each channel has its own, and they are the same after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.ledger.ledger import Ledger
from bridge.ledger.remembered import Remembered
from bridge.remembered import InMind, Remembers
from tests.support.virtual_clock import VirtualClock


@pytest.fixture(params=["in mind", "in the ledger"])
def notes(request: pytest.FixtureRequest) -> Remembers:
    return InMind() if request.param == "in mind" else Remembered(Ledger(None, VirtualClock(), migrate=False), "a")


def test_a_value_is_the_callers_own(notes: Remembers) -> None:
    notes.put(x={"a": [1]}, y=None)
    notes.get("x")["a"].append(2)
    assert notes.get("x") == {"a": [1]}
    assert (notes.get("y", 5), notes.get("z", 5)) == (None, 5)


def test_they_outlive_a_restart_and_each_channel_has_its_own(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    first = Ledger(path, VirtualClock())
    Remembered(first, "a").put(x=1)
    Remembered(first, "a").put(x=2)
    first.close()
    again = Ledger(path, VirtualClock())
    assert Remembered(again, "a").get("x") == 2
    assert Remembered(again, "b").get("x") is None
