"""配分%, バッファ, 売り止め数 and 上限, written into 出品 and 設定."""

from __future__ import annotations

import pytest

from bridge.sheet.build import build
from bridge.sheet.layout import tab_spec
from tests.support.world import LAG, World

TITLES = {"在庫表": "stock", "出品": "listings", "設定": "settings"}


def line_of(shop: World, mall: str, sku: str) -> int:
    """The row of 出品 that maps a SKU in a mall."""
    lines = enumerate(shop.table("出品"), 1)
    return next(at for at, line in lines if line["チャネル"] == mall and line["SKU構成"] == sku)


def state(shop: World, mall: str, sku: str) -> str:
    return shop.table("出品")[line_of(shop, mall, sku) - 1]["状態"]


def rule(shop: World, mall: str, sku: str, **cells: object) -> None:
    shop.put("出品", line_of(shop, mall, sku), cells)


def setting(shop: World, name: str, **cells: object) -> None:
    for number, line in enumerate(shop.table("設定"), 1):
        if line["名前"] == name:
            shop.put("設定", number, cells)


def setting_state(shop: World, name: str) -> str:
    return next(line["状態"] for line in shop.table("設定") if line["名前"] == name)


def shown(shop: World, sku: str) -> tuple[int, int]:
    return shop.shown("rakuten", sku), shop.shown("shopify", sku)


def test_two_malls_share_what_there_is_and_the_last_unit_goes_to_the_first(shop: World) -> None:
    setting(shop, "rakuten", **{"配分%": "50%"})
    setting(shop, "shopify", **{"配分%": 50})
    shop.settle()
    assert shown(shop, "A") == (4, 3)  # of 7
    shop.buy("shopify", "A", 1)
    shop.settle()
    assert shown(shop, "A") == (3, 3)
    shop.buy("rakuten", "A", 3)
    shop.buy("shopify", "A", 2)
    shop.settle()
    assert shown(shop, "A") == (1, 0)


@pytest.mark.parametrize(
    ("header", "entry", "left"),
    [("バッファ", 2, 5), ("上限", "３個", 3), ("売り止め数", 7, 0), ("売り止め数", 6, 7), ("配分%", 60, 4)],
)
def test_a_listings_rule_holds_for_it_alone(shop: World, header: str, entry: object, left: int) -> None:
    rule(shop, "rakuten", "A", **{header: entry})
    shop.settle()
    assert shown(shop, "A") == (left, 7)
    assert shown(shop, "B") == (7, 7)


def test_a_listings_own_entry_stands_before_its_channels(shop: World) -> None:
    setting(shop, "rakuten", バッファ=4, 上限=5)
    rule(shop, "rakuten", "A", バッファ=1)
    shop.settle()
    assert (shop.shown("rakuten", "A"), shop.shown("rakuten", "B")) == (5, 3)
    rule(shop, "rakuten", "A", バッファ="なし")  # the channel's again
    shop.settle()
    assert shop.shown("rakuten", "A") == 3


def test_a_rule_never_raises_above_what_can_be_sold(shop: World) -> None:
    rule(shop, "rakuten", "A", 上限=500)
    setting(shop, "shopify", **{"配分%": 150})
    shop.settle()
    assert shown(shop, "A") == (7, 7)
    assert "「配分%」が読めません" in setting_state(shop, "shopify")
    assert "設定なしのまま" in setting_state(shop, "shopify")


@pytest.mark.parametrize("entry", ["たくさん", "-1", "1.5", "=1+1"])
def test_what_can_not_be_read_is_told_beside_it_and_the_last_good_value_stays(shop: World, entry: str) -> None:
    rule(shop, "rakuten", "A", 上限=3)
    shop.settle()
    rule(shop, "rakuten", "A", 上限=entry)
    shop.settle()
    assert shop.shown("rakuten", "A") == 3
    assert "「上限」が読めません" in state(shop, "rakuten", "A")
    assert "3のまま" in state(shop, "rakuten", "A")
    rule(shop, "rakuten", "A", 上限=4)
    shop.settle()
    assert shop.shown("rakuten", "A") == 4
    assert "上限" not in state(shop, "rakuten", "A")


def test_a_cell_that_became_a_date_tells_how_to_mend_it(shop: World) -> None:
    rule(shop, "rakuten", "A", 上限="2026/11/23")
    shop.settle()
    assert "表示形式を「数値」に" in state(shop, "rakuten", "A")
    assert shown(shop, "A") == (7, 7)


def test_a_blanked_rule_raises_nothing(shop: World) -> None:
    rule(shop, "rakuten", "A", 上限=3)
    shop.settle()
    rule(shop, "rakuten", "A", 上限="")
    shop.settle()
    assert shop.shown("rakuten", "A") == 3
    assert "「上限」が空欄です（3のままです）" in state(shop, "rakuten", "A")
    rule(shop, "rakuten", "A", 上限="なし")
    shop.settle()
    assert shop.shown("rakuten", "A") == 7


def test_a_line_or_a_column_that_is_gone_leaves_its_rule_in_force(shop: World) -> None:
    rule(shop, "rakuten", "A", 上限=3)
    setting(shop, "shopify", バッファ=2)
    shop.settle()
    for title, header in (("出品", "上限"), ("設定", "バッファ")):
        shop.spreadsheet.type(shop.tab(title), 0, shop.column(title, header), "")
    shop.settle()
    assert shown(shop, "A") == (3, 5)
    at = line_of(shop, "rakuten", "A")
    shop.spreadsheet.delete_rows(shop.tab("出品"), at, at + 1)
    shop.settle()
    assert shown(shop, "A") == (3, 5)


def test_a_raise_that_a_rule_allows_waits_for_its_proof(shop: World) -> None:
    rule(shop, "shopify", "A", 上限=3)
    shop.settle()
    shop.sandbox.shopify.visible_after = LAG - 1
    shop.buy("shopify", "A", 2)  # the feed hides it for a while
    rule(shop, "shopify", "A", 上限="なし")
    for _ in range(10):
        shop.rounds(1)
        assert shop.shown("shopify", "A") <= 5  # never sold back
    shop.settle()
    assert shown(shop, "A") == (5, 5)


def test_a_rule_in_a_line_that_knows_none_is_told(shop: World) -> None:
    setting(shop, "本社倉庫", バッファ=2)
    shop.settle()
    assert "ここでは使いません" in setting_state(shop, "本社倉庫")
    assert shown(shop, "A") == (7, 7)


@pytest.mark.parametrize("language", ["en"])
def test_the_reasons_are_told_in_english_too(desk: World) -> None:
    rule(desk, "rakuten", "A", 上限="lots")
    desk.settle()
    assert "Cap can't be read" in state(desk, "rakuten", "A")
    assert "there is no rule here" in state(desk, "rakuten", "A")


def without_the_columns(shop: World) -> None:
    for title, role in TITLES.items():
        shop.built_before(title, *(column.ja for column in tab_spec(role).columns if column.optional))


def test_a_sheet_of_before_that_lacks_the_columns_goes_on(shop: World) -> None:
    without_the_columns(shop)
    shop.buy("rakuten", "A", 2)
    shop.settle()
    assert shown(shop, "A") == (5, 5)
    assert "見出し" not in shop.open_questions()


def test_init_adds_the_columns_that_a_sheet_of_before_lacks(shop: World) -> None:
    without_the_columns(shop)
    before = {title: shop.table(title) for title in TITLES}
    for _ in range(2):
        build(shop.service.gateway, "ja", ["rakuten", "shopify"], shop.config.sheet.journal_lines)
    for title, role in TITLES.items():
        header = shop.spreadsheet.table(shop.tab(title))[0]
        optional = [column.ja for column in tab_spec(role).columns if column.optional]
        assert header[-1 - len(optional) : -1] == optional  # the banner comes last
        assert [{k: v for k, v in line.items() if k not in optional} for line in shop.table(title)] == before[title]
    shop.settle()
    rule(shop, "rakuten", "A", 上限=3)
    shop.settle()
    assert shown(shop, "A") == (3, 7)
