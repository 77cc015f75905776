"""What the random broken layouts of tests/abuse/ uncovered, told one by one."""

from __future__ import annotations

import pytest

from tests.support.world import World


def name_place(shop: World, old: str, new: str) -> None:
    """Retype the name of a place in 設定."""
    for number, line in enumerate(shop.table("設定"), 1):
        if line["種類"] == "場所" and line["名前"] == old:
            shop.spreadsheet.type(shop.tab("設定"), number, shop.column("設定", "名前"), new)


@pytest.mark.parametrize("header", ["SKU", "引当", "ｓｋｕ", "安全在庫"])
def test_a_place_named_like_another_column_of_the_table_is_no_place(shop: World, header: str) -> None:
    name_place(shop, "検品待ち", header)
    shop.rounds(2)
    assert any("ほかの列と同じ名前" in line["状態"] for line in shop.table("設定"))
    assert header not in shop.balance("A")
    name_place(shop, header, "検品待ち")
    shop.settle()
    assert shop.open_questions() == ""
    assert shop.row("A")["SKU"] == "A"
    assert not any("ほかの列と同じ名前" in line["状態"] for line in shop.table("設定"))


def setting(shop: World, name: str) -> tuple[int, dict[str, str]]:
    ((row, line),) = [(i, line) for i, line in enumerate(shop.table("設定"), 1) if line["名前"] == name]
    return row, line


def listing_line(shop: World, mall: str, sku: str) -> int:
    (row,) = [i for i, line in enumerate(shop.table("出品"), 1) if (line["チャネル"], line["SKU構成"]) == (mall, sku)]
    return row


def said(shop: World) -> str:
    """What stands open in 要対応, as people see it."""
    return "\n".join(line["内容"] for line in shop.table("要対応") if line["内容"] and not line["結果"])


# --- a protection against the bridge ---------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["ロック", "本社倉庫"])
def test_a_protected_column_is_told_and_the_malls_go_on(shop: World, header: str) -> None:
    column = shop.column("在庫表", header)
    area = {"sheetId": shop.tab("在庫表"), "startColumnIndex": column, "endColumnIndex": column + 1}
    held = {"range": area, "editors": {"users": []}}
    (reply,) = shop.spreadsheet.apply([{"addProtectedRange": {"protectedRange": held}}])
    order = shop.buy("rakuten", "A", 2)
    shop.rounds(1)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(4)
    assert "書き込みを続けて断っています" in said(shop)
    assert "protected cell" in said(shop)
    assert shop.shown("shopify", "A") == 5
    number = reply["addProtectedRange"]["protectedRange"]["protectedRangeId"]
    shop.spreadsheet.apply([{"deleteProtectedRange": {"protectedRangeId": number}}])
    shop.settle()
    assert said(shop) == ""
    assert (shop.row("A")["本社倉庫"], shop.row("A")["販売可能"]) == ("3", "5")


# --- lines of 出品 ---------------------------------------------------------------------------------------------------


def test_a_listing_whose_line_is_gone_stays_in_step_until_a_person_says_stop(shop: World) -> None:
    row = listing_line(shop, "shopify", "A")
    gone = shop.spreadsheet.delete_rows(shop.tab("出品"), row, row + 1)
    shop.buy("rakuten", "A", 2)
    shop.rounds(3)
    assert "この出品の行が消えました" in said(shop)
    assert shop.shown("shopify", "A") == 5
    shop.answer("この出品の行が消えました", "やめる")
    shop.rounds(3)
    assert (shop.shown("shopify", "A"), shop.shown("rakuten", "A")) == (0, 5)
    assert said(shop) == ""
    shop.spreadsheet.undo(gone)
    shop.settle()
    assert shop.shown("shopify", "A") == 5
    assert said(shop) == ""


def test_a_line_that_is_put_back_settles_its_question_and_one_that_is_kept_is_not_asked_about_again(
    shop: World,
) -> None:
    row = listing_line(shop, "shopify", "A")
    gone = shop.spreadsheet.delete_rows(shop.tab("出品"), row, row + 1)
    shop.rounds(3)
    shop.spreadsheet.undo(gone)
    shop.rounds(2)
    assert said(shop) == ""
    shop.spreadsheet.delete_rows(shop.tab("出品"), row, row + 1)
    shop.rounds(3)
    shop.answer("この出品の行が消えました", "そのまま")
    shop.rounds(4)
    assert said(shop) == ""
    shop.type("A", "本社倉庫", 1)
    shop.settle()
    assert shop.shown("shopify", "A") == 3


def test_a_slip_in_a_listings_id_that_no_mall_knows_is_not_asked_about_once_it_is_mended(shop: World) -> None:
    row = listing_line(shop, "shopify", "A")
    column = shop.column("出品", "出品ID")
    right = shop.spreadsheet.shown(shop.tab("出品"), row, column)
    shop.spreadsheet.type(shop.tab("出品"), row, column, right.replace("40001", "4001"))
    shop.rounds(3)
    assert said(shop).count("この出品の行が消えました") == 1
    shop.spreadsheet.type(shop.tab("出品"), row, column, right)
    shop.rounds(3)
    assert said(shop) == ""


def test_a_line_that_is_cut_and_pasted_elsewhere_is_not_asked_about(shop: World) -> None:
    row = listing_line(shop, "shopify", "A")
    source = {"sheetId": shop.tab("出品"), "startRowIndex": row, "endRowIndex": row + 1}
    corner = {"sheetId": shop.tab("出品"), "rowIndex": 9, "columnIndex": 0}
    shop.spreadsheet.apply([{"cutPaste": {"source": source, "destination": corner}}])
    shop.rounds(3)
    assert said(shop) == ""


def test_many_lines_that_go_at_once_are_one_question(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.flows.gone.MANY_LINES", 1)
    area = {"sheetId": shop.tab("出品"), "startRowIndex": 1}
    before = shop.spreadsheet.book
    shop.spreadsheet.apply([{"updateCells": {"range": area, "fields": "userEnteredValue"}}])
    shop.rounds(3)
    assert said(shop).count("2件の行が一度に消えました") == 2  # one a mall
    assert (shop.shown("shopify", "A"), shop.shown("rakuten", "B")) == (7, 7)
    shop.answer("2件の行が一度に消えました", "そのまま")
    shop.rounds(3)
    assert said(shop) == ""
    shop.spreadsheet.restore(before)
    shop.rounds(3)
    assert (said(shop), shop.shown("shopify", "A")) == ("", 7)


def test_blanked_components_stay_in_force_and_the_line_says_so(shop: World) -> None:
    row = listing_line(shop, "shopify", "A")
    shop.spreadsheet.type(shop.tab("出品"), row, shop.column("出品", "SKU構成"), "")
    shop.buy("rakuten", "A", 2)
    shop.rounds(2)
    assert "SKU構成が空欄です" in shop.table("出品")[row - 1]["状態"]
    assert shop.shown("shopify", "A") == 5


# --- 設定 and 要対応 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bridge", "rakuten", "本社倉庫"])
def test_a_setting_whose_line_is_gone_stays_as_it_was_and_is_told(shop: World, name: str) -> None:
    row, _ = setting(shop, name)
    gone = shop.spreadsheet.delete_rows(shop.tab("設定"), row, row + 1)
    shop.type("A", "本社倉庫", 6)
    shop.settle()
    assert f"「設定」に「{name}」の行がありません" in said(shop)
    assert (shop.shown("rakuten", "A"), shop.shown("shopify", "A")) == (8, 8)
    shop.spreadsheet.undo(gone)
    shop.rounds(2)
    assert said(shop) == ""


@pytest.mark.parametrize("name", ["bridge", "rakuten", "本社倉庫"])
def test_a_tick_that_was_typed_over_is_no_answer_and_the_line_says_so(shop: World, name: str) -> None:
    row, _ = setting(shop, name)
    shop.spreadsheet.type(shop.tab("設定"), row, shop.column("設定", "オン"), "はい")
    shop.rounds(2)
    assert "チェックボックスではなくなりました" in setting(shop, name)[1]["状態"]
    shop.set(name, True)
    shop.rounds(2)
    assert "チェックボックス" not in setting(shop, name)[1]["状態"]


def test_what_is_wrong_with_the_questions_is_told_elsewhere(shop: World) -> None:
    before = shop.spreadsheet.book
    shop.spreadsheet.type(shop.tab("要対応"), 0, shop.column("要対応", "回答"), "")
    shop.rounds(2)
    assert "見出し「回答」がありません" in setting(shop, "bridge")[1]["状態"]
    shop.spreadsheet.apply([{"deleteSheet": {"sheetId": shop.tab("要対応")}}])
    shop.rounds(2)
    assert "「要対応」タブがありません" in setting(shop, "bridge")[1]["状態"]
    shop.spreadsheet.restore(before)
    shop.rounds(3)
    assert "本番です" in setting(shop, "bridge")[1]["状態"]


# --- headers sorted into the table -----------------------------------------------------------------------------------


def test_an_answer_above_a_header_that_was_sorted_into_the_table_counts(shop: World) -> None:
    shop.type("A", "ロック", "")
    shop.type("A", "本社倉庫", 3)
    shop.rounds(2)
    lines = [line["内容"] for line in shop.table("要対応") if line["内容"]]
    assert "ロック欄が消えた" in lines[-1]
    tab = shop.tab("要対応")
    columns = {"startColumnIndex": 0, "endColumnIndex": shop.column("要対応", "結果") + 1}
    area = {"sheetId": tab, "startRowIndex": 0, "endRowIndex": 30, **columns}
    order = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]
    shop.spreadsheet.apply([{"sortRange": {"range": area, "sortSpecs": order}}])
    rows = shop.spreadsheet.table(tab)
    header = rows[len(lines)]
    assert header[0] == "番号"
    shop.rounds(2)
    assert [row[0] for row in shop.spreadsheet.table(tab)] == [row[0] for row in rows]  # nothing is asked twice
    shop.spreadsheet.type(tab, len(lines) - 1, header.index("回答"), "はい")
    shop.settle()
    assert shop.shown("rakuten", "A") == 5
    assert shop.open_questions() == ""
    assert "「はい」で処理しました" in shop.spreadsheet.table(tab)[len(lines) - 1][header.index("結果")]
