"""Headers renamed, tabs deleted, the table emptied: that part pauses with a sentence, the rest goes on."""

from __future__ import annotations

from tests.support.world import World


def rename_header(shop: World, title: str, old: str, new: str) -> None:
    shop.spreadsheet.type(shop.tab(title), 0, shop.column(title, old), new)


def test_a_renamed_header_pauses_its_tab_and_says_so(shop: World) -> None:
    rename_header(shop, "在庫表", "本社倉庫", "本社")
    shop.type("A", "渋谷店", 9)
    shop.rounds(2)
    assert "見出し「本社倉庫」がありません" in shop.open_questions()
    assert shop.shown("rakuten", "A") == 7
    shop.buy("rakuten", "A", 3)
    shop.rounds(2)
    assert shop.shown("shopify", "A") == 4  # cuts are pushed
    rename_header(shop, "在庫表", "本社", "本社倉庫")
    shop.settle()
    assert "見出し" not in shop.open_questions()
    assert shop.row("A")["渋谷店"] == "9"
    assert shop.shown("shopify", "A") == 11


def test_a_doubled_header_pauses_its_tab(shop: World) -> None:
    rename_header(shop, "在庫表", "商品名", "本社倉庫")
    shop.rounds(2)
    assert "見出し「本社倉庫」が2つあります" in shop.open_questions()


def test_moved_columns_are_found_by_their_headers(shop: World) -> None:
    tab = shop.tab("在庫表")
    source = {"sheetId": tab, "dimension": "COLUMNS", "startIndex": shop.column("在庫表", "渋谷店")}
    source["endIndex"] = source["startIndex"] + 1
    shop.spreadsheet.apply([{"moveDimension": {"source": source, "destinationIndex": 0}}])
    shop.type("A", "渋谷店", 4)
    order = shop.buy("shopify", "A", 1)
    shop.rounds(2)
    shop.sandbox.shopify.ship(order)
    shop.settle()
    assert (shop.row("A")["本社倉庫"], shop.row("A")["渋谷店"]) == ("4", "4")
    assert shop.shown("rakuten", "A") == 8


def test_a_renamed_tab_goes_on(shop: World) -> None:
    properties = {"sheetId": shop.tab("在庫表"), "title": "在庫"}
    shop.spreadsheet.apply([{"updateSheetProperties": {"properties": properties, "fields": "title"}}])
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    assert shop.shown("shopify", "A") == 6
    assert shop.table("在庫")[0]["引当"] == "1"


def test_a_deleted_tab_is_asked_about_and_orders_go_on(shop: World) -> None:
    shop.spreadsheet.apply([{"deleteSheet": {"sheetId": shop.tab("在庫表")}}])
    shop.rounds(2)
    assert "「在庫表」タブがありません" in shop.open_questions()
    shop.buy("rakuten", "A", 3)
    shop.rounds(2)
    assert shop.shown("shopify", "A") == 4


def test_other_tabs_may_be_deleted_too(shop: World) -> None:
    for title in ("出品", "要対応"):
        shop.spreadsheet.apply([{"deleteSheet": {"sheetId": shop.tab(title)}}])
    shop.buy("rakuten", "A", 3)
    shop.type("B", "本社倉庫", 5)
    shop.settle()
    assert shop.row("A")["引当"] == "3"
    assert shop.shown("shopify", "A") == 4
    assert shop.shown("shopify", "B") == 5


def test_an_emptied_table_raises_and_zeroes_nothing(tmp_path) -> None:  # type: ignore[no-untyped-def]
    shop = World(tmp_path / "ledger.sqlite", stock={f"S{n}": (n + 1, 0, None) for n in range(8)})
    shop.go_live()
    before = shop.spreadsheet.table(shop.tab("在庫表"))
    gone = shop.spreadsheet.delete_rows(shop.tab("在庫表"), 1, 9)
    shop.rounds(4)
    assert "8行が消えました" in shop.open_questions()
    assert "在庫表から行が消えました" not in shop.open_questions()
    assert shop.shown("rakuten", "S5") == 6
    shop.buy("shopify", "S5", 2)
    shop.rounds(2)
    assert shop.shown("rakuten", "S5") == 4
    shop.spreadsheet.undo(gone)
    shop.settle()
    assert "消えました" not in shop.open_questions()
    assert len(shop.spreadsheet.table(shop.tab("在庫表"))) == len(before)
    assert shop.row("S5")["販売可能"] == "4"
