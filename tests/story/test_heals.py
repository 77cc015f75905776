"""What the bridge owns, staff may overwrite as often as they like: every such cell of every tab shows again what it
showed. The columns are those of the template that say `by = "bridge"`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.sheet.layout import TABS, tab_spec
from tests.support.transfers import write
from tests.support.world import Moment, World

UNTOUCHED = ("history",)  # its rows stay as they are: one that was changed says so when it is to be taken back
TITLES = {role: tab_spec(role).ja for role in TABS if tab_spec(role).columns and role not in UNTOUCHED}
BY_HAND = {("要対応", "番号"), ("入出庫", "番号")}  # what a line is known by: below
OWNED = [
    (TITLES[role], column.ja)
    for role in TITLES
    for column in tab_spec(role).columns
    if column.by == "bridge" and not column.channel and (TITLES[role], column.ja) not in BY_HAND
]


@pytest.fixture(scope="module")
def busy_shop(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    """A number was typed, an order is open, a transfer is on its way, a question is open and others are closed."""
    world = World(tmp_path_factory.mktemp("busy") / "ledger.sqlite")
    world.go_live()
    world.type("A", "渋谷店", 3)
    world.buy("rakuten", "A", 2)
    write(world, 1, "A", 1, "本社倉庫", "渋谷店", 発送=True)
    world.settle()
    world.delete_row(world.rows("B")[0][0])
    world.settle()
    return world.moment()


@pytest.fixture
def shop(tmp_path: Path, busy_shop: Moment) -> World:
    return World(tmp_path / "ledger.sqlite", since=busy_shop)


def shown(shop: World, tab: str) -> list[dict[str, str]]:
    return [{h: text for h, text in row.items() if not h.startswith("✓")} for row in shop.table(tab)]


def lines_of(shop: World, tab: str, header: str) -> list[int]:
    """Where something of the bridge's stands: of 要対応 the lines that are still open, whatever stands there."""
    if tab == "要対応":
        return [at for at, row in enumerate(shown(shop, tab), 1) if row["内容"] and not row["結果"]]
    return [at for at, row in enumerate(shown(shop, tab), 1) if row[header]]


@pytest.mark.parametrize("rubbish", ["メモ: 確認済み", ""], ids=["words", "nothing"])
@pytest.mark.parametrize(("tab", "header"), OWNED, ids=lambda word: word)
def test_a_cell_of_the_bridges_heals(shop: World, tab: str, header: str, rubbish: str) -> None:
    before = shown(shop, tab)
    lines = lines_of(shop, tab, header)
    assert lines, "nothing stands there that could heal"
    for line in lines:
        shop.put(tab, line, {header: rubbish})
    shop.rounds(2)
    after = shown(shop, tab)
    if header == "ロック":  # another token
        before, after = ([{**row, header: row[header][:1]} for row in rows] for rows in (before, after))
    assert after == before


def test_a_line_on_its_way_gets_its_number_back(shop: World) -> None:
    before = shown(shop, "入出庫")
    shop.put("入出庫", 1, {"番号": ""})
    shop.rounds(3)
    assert shown(shop, "入出庫") == before
    shop.put("入出庫", 1, {"番号": "メモ"})
    shop.rounds(3)
    assert "番号" in shown(shop, "入出庫")[0]["状態"]  # what to do about it stands there
    assert shop.balance("A")["本社倉庫"] == 4


def test_a_question_that_lost_its_number_is_asked_in_a_new_line(shop: World) -> None:
    (line,) = lines_of(shop, "要対応", "番号")
    shop.put("要対応", line, {"番号": ""})
    shop.rounds(2)
    (again,) = [row for row in shown(shop, "要対応") if row["番号"] and row["内容"] and not row["結果"]]
    assert again["内容"] == shown(shop, "要対応")[line - 1]["内容"]
    shop.answer("在庫表から行が消えました", "戻す")
    shop.settle()
    assert shop.row("B")["本社倉庫"] == "7"
