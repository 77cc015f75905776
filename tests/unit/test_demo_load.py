"""What the demo says of the bridge's process, where /proc tells it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridge.demo import load
from bridge.demo.load import MB, Load, Meter, load_of

STAT = "77 (a (strange) name) S 1 77 77 0 -1 4194560 4567 0 0 0 {user} {system} 0 0 20 0 14 0 1 1 1\n"
STATUS = "Name:\tbridge\nVmHWM:\t   92160 kB\nVmRSS:\t   81920 kB\n"


def test_cpu_seconds_and_memory_are_read_from_proc(tmp_path: Path) -> None:
    ticks = os.sysconf("SC_CLK_TCK")
    (tmp_path / "77").mkdir()
    (tmp_path / "77" / "stat").write_text(STAT.format(user=3 * ticks, system=ticks))
    (tmp_path / "77" / "status").write_text(STATUS)
    assert load_of(77, tmp_path) == Load(4.0, 80 * MB, 90 * MB)


def test_a_process_that_has_ended_says_nothing(tmp_path: Path) -> None:
    assert load_of(77, tmp_path) is None
    (tmp_path / "77").mkdir()
    (tmp_path / "77" / "stat").write_text(STAT.format(user=1, system=1))
    (tmp_path / "77" / "status").write_text("Name:\tbridge\nState:\tZ (zombie)\n")
    assert load_of(77, tmp_path) is None


def test_what_it_took_before_trade_does_not_count_but_a_restart_does(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {1: Load(20.0, 80 * MB, 95 * MB)}
    monkeypatch.setattr(load, "load_of", told.get)
    meter = Meter()
    meter.look(1)
    told[1] = Load(26.0, 82 * MB, 95 * MB)
    meter.look(1)
    del told[1]  # kill -9
    meter.look(1)
    told[2] = Load(3.0, 70 * MB, 71 * MB)
    meter.look(2)
    assert meter.told(60.0) == "RSS 70 MB (most 95) · CPU 9.0 s in 60 s of trade, 15 % of one core (Linux)"


def test_elsewhere_it_says_that_nothing_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "load_of", {}.get)
    meter = Meter()
    meter.look(1)
    assert "Linux" in meter.told(60.0)
