"""`bridge init` on an empty spreadsheet, on it again, and on one that staff have mangled: what is the bridge's is put
right, nothing of theirs is touched, and where nothing is amiss nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.sandbox.latency import Latency
from bridge.sandbox.server import Sandbox
from bridge.sheet.build import Built, build, new_tab, told
from bridge.sheet.frame import Wanted
from bridge.sheet.gateway import Gateway
from bridge.sheet.guide import guide_lines
from bridge.sheet.http import SheetHttp
from bridge.sheet.layout import TABS, tab_spec
from bridge.sheet.overlays import OURS
from bridge.sheet.requests import box
from tests.support.discovery import Strict
from tests.support.sheets_client import authorized_session, service_account
from tests.support.virtual_clock import VirtualClock
from tests.support.world import LOCATIONS, World

Json = dict[str, Any]
STAFF_TABS = ("在庫表", "出品", "要対応", "設定", "入出庫")


def init(shop: World, language: str = "ja", channels: tuple[str, ...] = ("rakuten", "shopify")) -> Built:
    return build(shop.service.gateway, language, channels, shop.config.sheet.journal_lines)


def nothing(built: Built) -> bool:
    return not (built.writes or built.requests or built.mended or built.added or built.columns)


def area(shop: World, title: str, rows: tuple[int, int], columns: tuple[int, int]) -> dict[str, int]:
    return box(shop.tab(title), rows, columns)


def repeat(shop: World, where: Json, cell: Json, fields: str) -> None:
    shop.spreadsheet.apply([{"repeatCell": {"range": where, "cell": cell, "fields": fields}}])


# --- the three runs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_empty_spreadsheet_is_built_in_two_batches_and_then_nothing_is_left_to_do(language: str) -> None:
    clock = VirtualClock()
    sandbox = Sandbox(clock, service_account(), quota=None, latency=Latency.none())
    book = sandbox.sheets.store.create("空", locale="ja_JP", zone="Asia/Tokyo")
    gateway = Gateway(SheetHttp(authorized_session(Strict(sandbox), service_account()), clock), book.id)

    def run() -> Built:
        return build(gateway, language, ("rakuten", "shopify"), 200)

    built = run()
    assert built.added == tuple(tab_spec(role).title(language) for role in TABS)
    assert (built.reads, built.writes) == (3, 2)
    assert set(built.mended) == {("", "clock")}  # what was built just now was not mended
    again = run()
    assert nothing(again)
    assert again.reads == 2
    assert any("直すところはありません" in line for line in told(again, "ja"))
    assert any("Nothing to mend" in line for line in told(again, "en"))


def test_a_tab_that_the_bridge_makes_while_it_runs_is_as_init_makes_it(shop: World) -> None:
    init(shop)
    shop.spreadsheet.apply([{"deleteSheet": {"sheetId": shop.tab("入出庫")}}])
    wanted = Wanted("ja", ("rakuten", "shopify"), shop.config.sheet.journal_lines)
    shop.service.gateway.write(new_tab("moves", 7007, wanted))
    assert nothing(init(shop))


def test_init_after_a_lively_day_has_nothing_to_do(shop: World) -> None:
    shop.go_live()
    shop.buy("rakuten", "A", 1)
    shop.type("B", "本社倉庫", 9)
    shop.settle()
    init(shop)  # the tests' small tabs
    shop.type("A", "渋谷店", 4)
    shop.settle()
    assert nothing(init(shop))


# --- what is mended ---------------------------------------------------------------------------------------------------


def mangled(shop: World, what: str) -> None:
    column = shop.column("在庫表", "SKU")
    rows = len(shop.spreadsheet.sheet("在庫表").rows)
    sheet = shop.spreadsheet.sheet("在庫表")
    whole = area(shop, "在庫表", (1, rows), (0, len(sheet.columns)))
    if what == "note":
        repeat(shop, area(shop, "在庫表", (0, 1), (0, len(sheet.columns))), {}, "note")
    elif what == "validation":
        shop.spreadsheet.apply([{"setDataValidation": {"range": whole}}])
    elif what == "format":
        repeat(shop, area(shop, "在庫表", (1, rows), (column, column + 1)), {}, "userEnteredFormat.numberFormat")
    elif what == "rules":
        shop.spreadsheet.apply([{"deleteConditionalFormatRule": {"sheetId": sheet.id, "index": 2}}])
    elif what == "view":
        shop.spreadsheet.apply([{"deleteFilterView": {"filterId": sheet.filter_views[0]["filterViewId"]}}])
    elif what == "protection":
        number = sheet.protected_ranges[1]["protectedRangeId"]
        shop.spreadsheet.apply([{"deleteProtectedRange": {"protectedRangeId": number}}])
    elif what == "a list of their own":
        values = [{"userEnteredValue": "やめ"}]
        rule = {"condition": {"type": "ONE_OF_LIST", "values": values}}
        at = shop.column("在庫表", "停止")
        where = area(shop, "在庫表", (3, 5), (at, at + 1))
        shop.spreadsheet.apply([{"setDataValidation": {"range": where, "rule": rule}}])
    elif what == "a date's format":
        at = shop.column("在庫表", "引当")
        date = {"userEnteredFormat": {"numberFormat": {"type": "DATE"}}}
        repeat(shop, area(shop, "在庫表", (3, 5), (at, at + 1)), date, "userEnteredFormat.numberFormat")
    elif what == "a narrower view":
        view = {"filterViewId": sheet.filter_views[0]["filterViewId"], "range": area(shop, "在庫表", (0, 3), (0, 3))}
        shop.spreadsheet.apply([{"updateFilterView": {"filter": view, "fields": "range"}}])
    elif what == "a narrower protection":
        number = sheet.protected_ranges[1]["protectedRangeId"]
        held = {"protectedRangeId": number, "range": area(shop, "在庫表", (1, 2), (0, 1))}
        shop.spreadsheet.apply([{"updateProtectedRange": {"protectedRange": held, "fields": "range"}}])
    elif what == "a narrower rule":
        rule = {**sheet.conditional_formats[2], "ranges": [area(shop, "在庫表", (1, 2), (0, 1))]}
        shop.spreadsheet.apply([{"updateConditionalFormatRule": {"sheetId": sheet.id, "index": 2, "rule": rule}}])
    elif what == "banner":
        frozen = {"sheetId": sheet.id, "gridProperties": {"frozenRowCount": 0}}
        change = {"properties": frozen, "fields": "gridProperties.frozenRowCount"}
        shop.spreadsheet.apply([{"updateSheetProperties": change}])


KINDS = {
    **{what: what for what in ("note", "validation", "format", "rules", "view", "protection", "banner")},
    "a list of their own": "validation",
    "a date's format": "format",
    "a narrower view": "view",
    "a narrower protection": "protection",
    "a narrower rule": "rules",
}


@pytest.mark.parametrize("what", KINDS)
def test_what_was_dropped_or_bent_comes_back_as_it_was(shop: World, what: str) -> None:
    init(shop)
    before = shop.spreadsheet.book.copy()
    mangled(shop, what)
    built = init(shop)
    assert {kind for _, kind in built.mended} == {KINDS[what]}
    assert {tab for tab, _ in built.mended} == {"在庫表"}
    assert built.writes == 1
    for title in STAFF_TABS:
        was, now = before.titled(title), shop.spreadsheet.sheet(title)
        assert was is not None
        assert [row.cells for row in now.rows] == [row.cells for row in was.rows] or what == "a date's format"
        assert now.conditional_formats == was.conditional_formats
        assert by_id(now.filter_views, "filterViewId") == by_id(was.filter_views, "filterViewId")
        assert by_id(now.protected_ranges, "protectedRangeId") == by_id(was.protected_ranges, "protectedRangeId")
        assert now.properties["gridProperties"] == was.properties["gridProperties"]
    assert nothing(init(shop))


def by_id(items: list[Json], name: str) -> list[Json]:
    return sorted(items, key=lambda item: int(item[name]))


def test_a_renamed_tab_is_known_and_keeps_its_name(shop: World) -> None:
    init(shop)
    properties = {"sheetId": shop.tab("要対応"), "title": "やること"}
    shop.spreadsheet.apply([{"updateSheetProperties": {"properties": properties, "fields": "title"}}])
    repeat(shop, area(shop, "やること", (0, 1), (0, 4)), {}, "note")
    init(shop)
    assert nothing(init(shop))
    assert "要対応" not in [sheet.title for sheet in shop.spreadsheet.book.sheets]


def test_a_deleted_tab_and_a_deleted_column_of_the_bridge_come_back(shop: World) -> None:
    init(shop)
    at = shop.column("在庫表", "状態")
    gone = {"sheetId": shop.tab("在庫表"), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    shop.spreadsheet.apply([{"deleteSheet": {"sheetId": shop.tab("要対応")}}, {"deleteDimension": {"range": gone}}])
    built = init(shop)
    assert built.added == ("要対応",)
    assert built.columns == (("在庫表", "状態"),)
    assert nothing(init(shop))
    shop.go_live()
    shop.type("A", "本社倉庫", 8)
    shop.settle()
    assert "8個" in shop.row("A")["状態"]


def test_a_key_column_that_was_renamed_is_nobodys_to_add(shop: World) -> None:
    """It may be there under another header: the bridge asks, see test_tabs."""
    init(shop)
    shop.spreadsheet.type(shop.tab("在庫表"), 0, shop.column("在庫表", "SKU"), "品番")
    built = init(shop)
    assert built.columns == ()
    assert nothing(init(shop))


def test_a_channel_without_a_line_in_settings_gets_one_that_changes_nothing_until_it_is_ticked(shop: World) -> None:
    init(shop)
    position = next(n for n, line in enumerate(shop.table("設定"), 1) if line["名前"] == "rakuten")
    shop.spreadsheet.delete_rows(shop.tab("設定"), position, position + 1)
    shop.rounds(2)
    assert "「設定」に「rakuten」の行がありません" in shop.open_questions()
    assert init(shop).lines == (("設定", "rakuten"),)
    assert nothing(init(shop))
    shop.rounds(2)
    assert "「設定」に「rakuten」の行がありません" not in shop.open_questions()
    shop.type("A", "本社倉庫", 1)
    shop.settle()
    assert shop.shown("rakuten", "A") == 3  # it was live and is
    shop.set("rakuten", False)
    shop.rounds(2)
    assert "影" in next(line["状態"] for line in shop.table("設定") if line["名前"] == "rakuten")


def test_a_hidden_tab_that_was_uncovered_is_hidden_again(shop: World) -> None:
    init(shop)
    properties = {"sheetId": shop.tab("_bridge_journal"), "hidden": False}
    shop.spreadsheet.apply([{"updateSheetProperties": {"properties": properties, "fields": "hidden"}}])
    assert init(shop).mended == {("_bridge_journal", "hidden"): 1}
    assert nothing(init(shop))


def test_the_number_that_staff_type_keeps_no_format_so_that_a_date_stays_one(shop: World) -> None:
    init(shop)
    shop.type("A", "本社倉庫", "3/4")
    shop.go_live()
    assert "日付" in shop.row("A")["状態"]
    init(shop)
    assert "/" in shop.row("A")["本社倉庫"]
    assert nothing(init(shop))


# --- colours and filter views, by Google's own formulas ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "rules", "views"),
    [
        ({"ロック": "✓ 3", "販売可能": "9", "状態": "✓10:31 9個 → 4/4"}, set(), set()),
        ({"ロック": "🔒 4", "販売可能": "9", "状態": ""}, {"locked"}, set()),
        ({"ロック": "✓ 3", "販売可能": "9", "状態": "本社倉庫が空欄です。"}, {"finding"}, {"気になる状態"}),
        ({"ロック": "✓ 3", "販売可能": "0", "状態": "✓"}, {"out", "low"}, {"品切れ"}),
        ({"ロック": "✓ 3", "販売可能": "-1", "状態": "✓"}, {"out", "low"}, {"品切れ"}),
        ({"ロック": "✓ 3", "販売可能": "3", "状態": "✓"}, {"low"}, {"少ない（3個以下）"}),
        ({"ロック": "", "販売可能": "", "状態": ""}, set(), set()),
    ],
)
def test_what_a_row_of_stock_looks_like_and_which_views_show_it(
    shop: World, cells: dict[str, str], rules: set[str], views: set[str]
) -> None:
    init(shop)
    blank = {"ロック": "", "販売可能": "", "状態": ""}
    shop.put("在庫表", 1, {**blank, **cells})
    sheet = shop.spreadsheet.sheet("在庫表")
    own = {name: rule for rule in sheet.conditional_formats for name in OURS.findall(str(rule))}
    assert {name for name, rule in own.items() if holds(shop, rule["booleanRule"]["condition"])} == rules
    conditions = {view["title"]: view["filterSpecs"][0]["filterCriteria"]["condition"] for view in sheet.filter_views}
    assert {title for title, condition in conditions.items() if holds(shop, condition)} == views


@pytest.mark.parametrize(
    ("sent", "arrived", "shown"), [(False, False, set()), (True, False, {"途中"}), (True, True, set())]
)
def test_the_moves_under_way_have_a_view(shop: World, sent: bool, arrived: bool, shown: set[str]) -> None:
    init(shop)
    shop.put("入出庫", 1, {"発送": sent, "到着": arrived})
    views = shop.spreadsheet.sheet("入出庫").filter_views
    conditions = {view["title"]: view["filterSpecs"][0]["filterCriteria"]["condition"] for view in views}
    assert {title for title, condition in conditions.items() if holds(shop, condition, "入出庫")} == shown


def holds(shop: World, condition: Json, title: str = "在庫表") -> bool:
    """What Google makes of a condition in the first row under the headers."""
    sheet = shop.spreadsheet.sheet(title)
    aside = len(sheet.columns)
    shop.spreadsheet.type(sheet.id, 1, aside, condition["values"][0]["userEnteredValue"])
    found = shop.spreadsheet.shown(sheet.id, 1, aside)
    assert found in ("TRUE", "FALSE"), found
    return found == "TRUE"


# --- what is theirs ---------------------------------------------------------------------------------------------------


def test_their_words_in_a_note_stay_below_ours(shop: World) -> None:
    init(shop)
    where = area(shop, "在庫表", (0, 1), (shop.column("在庫表", "SKU"), shop.column("在庫表", "SKU") + 1))
    repeat(shop, where, {"note": "新商品は田中さんに聞く"}, "note")
    init(shop)
    note = shop.spreadsheet.sheet("在庫表").cell(0, shop.column("在庫表", "SKU")).note
    assert note.startswith("自社の商品コード。")
    assert note.endswith("新商品は田中さんに聞く")
    assert nothing(init(shop))


def test_their_rules_views_and_protections_are_never_touched(shop: World) -> None:
    init(shop)
    tab = shop.tab("在庫表")
    everywhere = {"sheetId": tab, "startRowIndex": 1}
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$A2=1"}]}
    rule = {"ranges": [everywhere], "booleanRule": {"condition": condition, "format": {"textFormat": {"bold": True}}}}
    view = {"title": "田中", "range": everywhere}
    held = {"range": area(shop, "在庫表", (1, 2), (0, 1)), "description": "田中", "warningOnly": True}
    shop.spreadsheet.apply(
        [
            {"addConditionalFormatRule": {"rule": rule, "index": 3}},
            {"addFilterView": {"filter": view}},
            {"addProtectedRange": {"protectedRange": held}},
        ]
    )
    sheet = shop.spreadsheet.sheet("在庫表")
    theirs = (sheet.conditional_formats[3], sheet.filter_views[-1], sheet.protected_ranges[-1])
    mangled(shop, "rules")
    mangled(shop, "view")
    mangled(shop, "protection")
    init(shop)
    sheet = shop.spreadsheet.sheet("在庫表")
    assert theirs[0] in sheet.conditional_formats
    assert theirs[1] in sheet.filter_views
    assert theirs[2] in sheet.protected_ranges
    assert nothing(init(shop))


def test_the_colour_that_they_gave_a_rule_of_ours_stays(shop: World) -> None:
    init(shop)
    sheet = shop.spreadsheet.sheet("在庫表")
    blue = {"backgroundColor": {"blue": 1.0}}
    rule = {**sheet.conditional_formats[1]}
    rule["booleanRule"] = {**rule["booleanRule"], "format": blue}
    shop.spreadsheet.apply([{"updateConditionalFormatRule": {"sheetId": sheet.id, "index": 1, "rule": rule}}])
    assert nothing(init(shop))
    mangled(shop, "rules")
    init(shop)
    formats = [each["booleanRule"]["format"] for each in shop.spreadsheet.sheet("在庫表").conditional_formats]
    assert blue in formats


def test_a_view_of_theirs_that_bears_our_title_is_left_alone(shop: World) -> None:
    init(shop)
    sheet = shop.spreadsheet.sheet("在庫表")
    ours = sheet.filter_views[0]
    mine = {"title": ours["title"], "range": {"sheetId": sheet.id}}
    shop.spreadsheet.apply(
        [{"deleteFilterView": {"filterId": ours["filterViewId"]}}, {"addFilterView": {"filter": mine}}]
    )
    assert nothing(init(shop))


def test_every_mark_is_known_after_columns_were_moved(shop: World) -> None:
    """Rules, views and protections follow; none is made twice."""
    init(shop)
    tab = shop.tab("在庫表")
    source = {"sheetId": tab, "dimension": "COLUMNS", "startIndex": shop.column("在庫表", "状態")}
    source["endIndex"] = source["startIndex"] + 1
    counts = amounts(shop)
    shop.spreadsheet.apply([{"moveDimension": {"source": source, "destinationIndex": 0}}])
    init(shop)
    assert amounts(shop) == counts
    finding = next(rule for rule in shop.spreadsheet.sheet("在庫表").conditional_formats if "finding" in str(rule))
    assert "$A2" in finding["booleanRule"]["condition"]["values"][0]["userEnteredValue"]
    assert nothing(init(shop))


def amounts(shop: World) -> tuple[int, int, int]:
    sheet = shop.spreadsheet.sheet("在庫表")
    return len(sheet.conditional_formats), len(sheet.filter_views), len(sheet.protected_ranges)


# --- the guide --------------------------------------------------------------------------------------------------------


def test_the_guide_tells_every_question_and_how_to_answer(shop: World) -> None:
    init(shop)
    text = "\n".join(" ".join(row) for row in shop.spreadsheet.table(shop.tab("使い方")))
    for words in ("棚にある数", "棚の数 / 引いた後の数", "廃番 / 戻す / 改名", "同じSKUが2行以上"):
        assert words in text
    assert "{" not in text


def test_a_guide_that_was_scribbled_in_is_mended_and_what_stands_below_it_stays(shop: World) -> None:
    init(shop)
    tab, last = shop.tab("使い方"), len(guide_lines("ja"))
    shop.spreadsheet.apply([{"appendDimension": {"sheetId": tab, "dimension": "ROWS", "length": 3}}])
    shop.spreadsheet.type(tab, 1, 1, "？？")
    shop.spreadsheet.type(tab, 3, 2, "右は自由")
    shop.spreadsheet.type(tab, last, 0, "うちのメモ")
    gone = {"sheetId": tab, "dimension": "ROWS", "startIndex": 5, "endIndex": 8}  # the guide is shorter now
    shop.spreadsheet.apply([{"deleteDimension": {"range": gone}}])
    assert init(shop).mended[("使い方", "guide")] == 1
    table = shop.spreadsheet.table(tab)
    assert [(row[0], row[1]) for row in table[:last]] == [(line.left, line.right) for line in guide_lines("ja")]
    assert table[3][2] == "右は自由"
    assert table[last][0] == "うちのメモ"
    assert nothing(init(shop))


def test_a_guide_of_their_own_stays_beside_ours(shop: World) -> None:
    shop.spreadsheet.apply([{"deleteSheet": {"sheetId": shop.tab("使い方")}}])
    shop.spreadsheet.apply([{"addSheet": {"properties": {"title": "使い方"}}}])
    tab = shop.tab("使い方")
    shop.spreadsheet.type(tab, 0, 0, "うちのやり方")
    init(shop)
    assert shop.spreadsheet.table(tab) == [["うちのやり方", *[""] * 25]]
    assert shop.spreadsheet.table(shop.tab("使い方 (bridge)"))[0][0] == guide_lines("ja")[0].left
    assert nothing(init(shop))


# --- the list for phones ----------------------------------------------------------------------------------------------


def test_the_list_for_phones_shows_no_header_of_a_place_that_is_no_more(shop: World) -> None:
    init(shop)
    tab = shop.tab("スマホ・店舗")
    line = next(n for n, row in enumerate(shop.table("設定"), 1) if row["名前"] == "検品待ち")
    shop.spreadsheet.delete_rows(shop.tab("設定"), line, line + 1)
    init(shop)
    places = [name for name in LOCATIONS if name != "検品待ち"]
    assert [text for text in shop.spreadsheet.table(tab)[2] if text] == ["商品名", "販売可能", *places, "状態", "SKU"]
    assert nothing(init(shop))


def test_a_place_called_like_another_column_is_no_stock_column(shop: World) -> None:
    init(shop)
    free = len([row for row in shop.table("設定") if row["種類"]]) + 1
    shop.put("設定", free, {"種類": "場所", "名前": "引当", "オン": True})
    init(shop)
    assert nothing(init(shop))


def test_the_list_for_phones_follows_the_stock_tab_and_leaves_what_was_typed_to_look_for(shop: World) -> None:
    init(shop)
    tab = shop.tab("スマホ・店舗")
    heads = shop.spreadsheet.table(tab)[2]
    assert [text for text in heads if text] == ["商品名", "販売可能", *LOCATIONS, "状態", "SKU"]
    shop.spreadsheet.type(tab, 1, 1, "りんご")
    shop.spreadsheet.type(tab, 3, 0, "こわした")
    at = shop.column("在庫表", "状態")
    source = {"sheetId": shop.tab("在庫表"), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    shop.spreadsheet.apply([{"moveDimension": {"source": source, "destinationIndex": 0}}])
    assert init(shop).mended[("スマホ・店舗", "phone")] == 1
    assert [text for text in shop.spreadsheet.table(tab)[2] if text] == [text for text in heads if text]
    assert shop.spreadsheet.shown(tab, 1, 1) == "りんご"
    formula = shop.spreadsheet.sheet("スマホ・店舗").cell(3, 0).entered.text
    assert "HSTACK('在庫表'!$B$2:$B," in formula  # the product's name moved one to the right
    assert nothing(init(shop))
