"""The server is given up: its ledger's newest backup is put on a new one, while the old one, forgotten, still runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.sandbox.sheets_api.batch import Edit
from bridge.sandbox.staff_table import Table
from tests.crash.shop import Begun, Bridge, Shop, opened

ASKED = "台帳の数に書き直しますか"


def command(shop: Shop, *words: str) -> str:
    """One that ends, and what it said."""
    done = shop.start(None, *words)
    assert done.end() == 0, done.words()
    return done.words()


def on_a_new_server(shop: Shop) -> None:
    """The same settings in a folder of their own, without a ledger."""
    home = shop.folder / "new server"
    home.mkdir()
    shop.config = home / "bridge.toml"
    text = (shop.folder / "bridge.toml").read_text().replace(str(shop.ledger), str(home / "ledger.sqlite"))
    shop.config.write_text(text)
    shop.ledger, shop.restored = home / "ledger.sqlite", True


def answer(shop: Shop, question: str, text: str) -> bool:
    """Whether it was there to be answered."""
    found: list[int] = []

    def work(edit: Edit) -> None:
        table = Table(edit, "要対応", "内容")
        for row in table.rows():
            if question in table.text(row, "内容") and not table.text(row, "回答"):
                found.append(row)
                table.type(row, "回答", text)

    shop.book.change(work)
    return bool(found)


def goods(shop: Shop) -> tuple[int, int]:
    """Units on the shelves as the table has them, and as people and malls left them."""
    evidence = shop.look()
    shown = sum(int(text) for row in evidence.rows for text in row.cells.values())
    return shown, sum(evidence.meant.values()) - sum(evidence.units("shipped").values())


@pytest.mark.long
def test_the_old_one_ends_nothing_goes_out_twice_and_the_numbers_are_the_tables(
    tmp_path: Path, live_shop: Begun
) -> None:
    with opened(tmp_path, live_shop, seed=8) as shop:
        shop.shorten_the_lease()
        old: Bridge = shop.start()
        shop.live_on(lambda: len(shop.typed) > 5 and len(shop.orders) > 2)
        made = command(shop, "backup", "--to", str(shop.folder / "elsewhere"))
        shop.live_on(lambda: len(shop.typed) > 12)  # what no backup knows of
        assert shop.settled(old) == []
        [copy] = (shop.folder / "elsewhere").iterdir()
        assert copy.name in made
        on_a_new_server(shop)
        assert "読み直し" in command(shop, "restore", str(copy))
        new = shop.start()
        assert old.end() == 1
        assert "別のサーバー" in old.words().strip().splitlines()[-1]
        assert shop.live_on(lambda: answer(shop, ASKED, "表の数")), new.words()
        shop.live_on(lambda: len(shop.typed) > 18)
        assert shop.settled(new) == []
        assert goods(shop)[0] == goods(shop)[1]
        assert shop.integrity() == "ok"
        assert new.terminate() == 0
