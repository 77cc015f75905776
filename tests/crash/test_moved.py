"""The folder was copied to another server and the bridge started there, while the old one still runs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.shop import Begun, opened


@pytest.mark.long
def test_the_old_process_ends_and_the_new_one_goes_on(tmp_path: Path, live_shop: Begun) -> None:
    with opened(tmp_path, live_shop, seed=5) as shop:
        shop.shorten_the_lease()
        old = shop.start()
        shop.live_on(lambda: len(shop.typed) > 5 and len(shop.orders) > 2)
        assert shop.settled(old) == []  # a copy that lacks what came after it is a restored ledger, another story
        with closing(sqlite3.connect(shop.ledger)) as file:
            file.execute("VACUUM INTO ?", (str(shop.folder / "moved.sqlite"),))
        shop.config.write_text(shop.config.read_text().replace(str(shop.ledger), str(shop.folder / "moved.sqlite")))
        shop.ledger = shop.folder / "moved.sqlite"
        new = shop.start()
        assert old.end() == 1
        assert old.words().strip().splitlines()[-1].startswith("✗ このスプレッドシートは、台帳を移した先の別のサーバー")
        shop.live_on(lambda: len(shop.typed) > 10)
        assert shop.settled(new) == []
        assert shop.lost_and_doubled() == (0, 0)
        assert shop.integrity() == "ok"
        assert new.terminate() == 0


@pytest.mark.long
def test_taking_over_with_the_command(tmp_path: Path, live_shop: Begun) -> None:
    """A new server with a ledger of its own, told on purpose that the spreadsheet is its."""
    with opened(tmp_path, live_shop, seed=6) as shop:
        old = shop.start()
        shop.live_on(lambda: len(shop.typed) > 5 and len(shop.orders) > 2)
        assert shop.settled(old) == []
        shop.config.write_text(shop.config.read_text().replace(str(shop.ledger), str(shop.folder / "new.sqlite")))
        tab = shop.book.sheet("_bridge_marks").id
        before = shop.book.shown(tab, 0, 1)
        refused = shop.start()
        assert refused.end() == 1
        assert "別の台帳" in refused.words()
        assert "bridge init --take-over" in refused.words()
        assert shop.book.shown(tab, 0, 1) == before
        taken = shop.start(None, "init", "--take-over")
        assert taken.end() == 0, taken.words()
        assert "引き継ぎました" in taken.words()
        assert old.end() == 1
        assert "別の台帳" in old.words()
