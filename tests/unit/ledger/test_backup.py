"""Copies of the ledger: whole or not there, the newest kept, and back again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bridge import commands
from bridge.cli import main
from bridge.errors import NeedsPerson, Refused
from bridge.flows.backups import Backups
from bridge.ledger.backup import back_up, copies, damage, newest, restore
from bridge.ledger.ledger import Ledger
from bridge.private import open_to_others
from tests.support.virtual_clock import VirtualClock
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ledger")
AT = datetime(2026, 11, 30, 3, 15, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "在庫 #1 50%?" / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    ledger = Ledger(path, VirtualClock(AT))
    say(ledger, "first")
    yield ledger
    ledger.close()


def say(ledger: Ledger, word: str) -> None:
    with ledger.write() as tx:
        tx.put("said", word)


def said(path: Path) -> str:
    ledger = Ledger(path, VirtualClock(AT))
    with ledger.read() as tx:
        word = str(tx.get("said"))
    ledger.close()
    return word


def test_a_copy_of_a_ledger_in_use_holds_what_was_committed_and_nothing_else(
    path: Path, ledger: Ledger, tmp_path: Path
) -> None:
    with ledger.write() as tx:
        tx.put("said", "not yet committed")
        copy = back_up(path, tmp_path / "copies", AT, 14)
    assert [each.name for each in (tmp_path / "copies").iterdir()] == ["ledger-20261130-031500.sqlite"]
    assert not open_to_others(copy)
    assert damage(copy) is None
    assert said(copy) == "first"


def test_the_newest_are_kept_and_a_strangers_file_is_left_alone(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    made = [back_up(path, folder, AT + timedelta(days=n), 3) for n in range(5)]
    (folder / "ledger-of-before-the-move.sqlite").touch()
    back_up(path, folder, AT + timedelta(days=5), 3)
    assert sorted(each for each, _ in copies(folder))[:2] == made[3:]
    assert newest(folder, AT + timedelta(days=6)) == AT + timedelta(days=5)
    assert (folder / "ledger-of-before-the-move.sqlite").exists()


def test_a_copy_comes_back_and_the_ledger_before_it_is_kept(path: Path, ledger: Ledger, tmp_path: Path) -> None:
    copy = back_up(path, tmp_path / "copies", AT, 14)
    say(ledger, "later")
    aside = restore(copy, path, AT)  # what the log beside it holds goes with it
    assert said(path) == "first"
    assert aside is not None
    assert said(aside) == "later"
    assert copy.exists()


def test_a_copy_comes_back_where_nothing_was(path: Path, tmp_path: Path) -> None:
    copy = back_up(path, tmp_path / "copies", AT, 14)
    there = tmp_path / "another server.sqlite"
    assert restore(copy, there, AT) is None
    assert said(there) == "first"


@pytest.mark.parametrize("cut", [0, 100, 4096, -1, -4096])
def test_what_is_no_whole_ledger_takes_nobodys_place(path: Path, tmp_path: Path, cut: int) -> None:
    copy = back_up(path, tmp_path / "copies", AT, 14)
    copy.write_bytes(copy.read_bytes()[:cut])
    with pytest.raises(Refused, match=copy.name):
        restore(copy, path, AT)
    assert said(path) == "first"


def test_another_database_is_no_ledger(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "photos.sqlite"
    with closing(sqlite3.connect(other)) as file:
        file.execute("CREATE TABLE photo (name)")
    with pytest.raises(Refused, match="no ledger"):
        restore(other, path, AT)
    with pytest.raises(Refused, match="no file"):
        restore(tmp_path / "typo.sqlite", path, AT)


def test_a_copy_that_can_t_be_made_leaves_no_half_one(path: Path, tmp_path: Path) -> None:
    """A ledger that is damaged itself, say; the good copies of before stay."""
    folder = tmp_path / "copies"
    good = back_up(path, folder, AT, 1)
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(good.read_bytes()[:8192])
    with pytest.raises(NeedsPerson, match="copies"):
        back_up(broken, folder, AT + timedelta(days=1), 1)
    assert list(folder.iterdir()) == [good]


def test_a_ledger_that_isn_t_there_yet(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no ledger"):
        back_up(tmp_path / "typo.sqlite", tmp_path / "copies", AT, 1)


def test_one_a_day_also_where_the_server_sleeps_at_night(path: Path, ledger: Ledger, tmp_path: Path) -> None:
    clock = VirtualClock(AT)
    daily = Backups(ledger, path, tmp_path / "copies", 14, clock)
    for _ in range(40):  # on for 10 hours, off for 14
        for _ in range(10):
            daily.run()
            clock.sleep(3600)
        clock.sleep(14 * 3600)
    times = sorted(at for _, at in copies(tmp_path / "copies"))
    assert len(times) == 14
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(days=1)}


def test_a_copy_of_a_clock_that_was_put_right_since_ends_no_others(path: Path, ledger: Ledger, tmp_path: Path) -> None:
    folder, clock = tmp_path / "copies", VirtualClock(AT)
    ahead = back_up(path, folder, AT + timedelta(days=900), 3)
    for _ in range(5):
        Backups(ledger, path, folder, 3, clock).run()
        clock.sleep(24 * 3600)
    assert sorted(at for _, at in copies(folder))[:3] == [AT + timedelta(days=n) for n in (2, 3, 4)]
    assert newest(folder, clock.now()) == AT + timedelta(days=4)
    assert ahead.exists()  # it may be all that is left of something


def test_none_where_none_are_wanted(path: Path, ledger: Ledger, tmp_path: Path) -> None:
    Backups(ledger, path, tmp_path / "copies", 0, VirtualClock(AT)).run()
    assert not (tmp_path / "copies").exists()


def test_bridge_once_by_a_timetable_of_ones_own_keeps_copies_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path / "ledger.sqlite")
    monkeypatch.setattr(commands, "_service", lambda _options: nullcontext(world.service))
    assert main(["once"]) == 0
    assert [at for _, at in copies(world.service.config.bridge.backups)] == [world.clock.now().replace(microsecond=0)]
