"""`bridge import`: three tables that look like real ones, each laid out in its own way, and what is wrong in them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bridge import cli, commands
from bridge.errors import Refused
from bridge.importing import Importer, Wish
from bridge.mall_stock import mall_stock
from bridge.sheet.build import build
from bridge.sheet.gateway import Gateway
from tests.story.test_places import PlacesWorld
from tests.support.tables import csv_file, excel_file
from tests.support.world import World

JANS = ("4901234567894", "4901085190005", "4902102072618")


@dataclass
class Person:
    """Sits at the terminal: answers each question by what it is about, and sees what is said."""

    answers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def __call__(self, prompt: str) -> str:
        self.asked.append(prompt)
        about = next((words for words in self.answers if words in prompt), "")
        wanted = self.answers[about] if about else ""
        if "y を入れてください" in prompt and not about:
            return "y"
        numbers = {
            title: n for n, title in (line.strip().split(") ", 1) for line in prompt.split("\n") if ") " in line)
        }
        return numbers.get(wanted, wanted)

    @property
    def told(self) -> str:
        return "\n".join(self.seen)


def bring(shop: World, source: object, *maps: str, ask: Person | None = None, yes: bool = False) -> tuple[bool, str]:
    """Whether all was brought, and what was said."""
    person = ask or Person()
    importer = Importer(
        shop.service.gateway,
        lambda name: Gateway(shop.service.http, name),
        "ja",
        person.seen.append,
        ask and person,
        {channel.name: partial(mall_stock, channel) for channel in shop.service.channels},
    )
    return importer.run(Wish(str(source), maps=maps, yes=yes)), person.told


def stock(shop: World, *skus: str) -> list[tuple[str, ...]]:
    return [tuple(shop.row(sku)[title] for title in ("商品名", "JANコード", "本社倉庫", "渋谷店")) for sku in skus]


def everything(shop: World) -> list[list[str]]:
    return shop.spreadsheet.table(shop.tab("在庫表"))


MALL = f"""商品管理表,,,,
2026年11月29日現在,,,,
,,,,
商品コード,商品名,JANコード,販売価格(税込),在庫数
00012,りんごジュース　1L,{JANS[0]},"1,280",12
00345,みかんジュース,{JANS[1]},980,"1,200"
A-7,ぶどう（巨峰）,{JANS[2]},"2,400",０
合計,,,,"1,212"
"""


def test_a_csv_as_japanese_excel_saves_it(shop: World, tmp_path: Path) -> None:
    person = Person({"「在庫数」の列": "本社倉庫の数"})
    done, told = bring(shop, csv_file(tmp_path / "在庫.csv", MALL), ask=person)
    assert done
    assert "商品コード → SKU" in told
    assert "在庫数 → 本社倉庫の数" in told
    assert "取り込まない列: 販売価格(税込)" in told
    assert "✓ 3行を在庫表に加えました。" in told
    assert len(person.asked) == 2  # of where the number is, and whether to write
    assert stock(shop, "00012", "00345", "A-7") == [
        ("りんごジュース　1L", JANS[0], "12", ""),
        ("みかんジュース", JANS[1], "1200", ""),
        ("ぶどう（巨峰）", JANS[2], "0", ""),
    ]


def test_new_rows_on_a_live_bridge_are_as_if_typed(shop: World, tmp_path: Path) -> None:
    bring(shop, csv_file(tmp_path / "在庫.csv", MALL), "在庫数=本社倉庫", yes=True)
    shop.settle()
    assert shop.balance("00012") == {"本社倉庫": 12}
    assert shop.balance("A") == {"本社倉庫": 5, "渋谷店": 2}
    assert shop.row("00345")["販売可能"] == "1200"
    assert shop.row("00012")["ロック"].startswith("✓")
    assert shop.open_questions() == ""


def test_again_changes_nothing(shop: World, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "在庫.csv", MALL)
    bring(shop, path, "在庫数=本社倉庫", yes=True)
    before, calls = everything(shop), len(shop.sheet_calls)
    done, told = bring(shop, path, "在庫数=渋谷店", yes=True)
    assert done
    assert everything(shop) == before
    assert not any(call.writes for call in shop.sheet_calls[calls:])
    assert "そのままにしました（3件）: 00012、00345、A-7" in told


def test_what_is_doubtful_is_not_taken_by_yes(shop: World, tmp_path: Path) -> None:
    before = everything(shop)
    done, told = bring(shop, csv_file(tmp_path / "在庫.csv", MALL), yes=True)
    assert not done
    assert '--map "在庫数=本社倉庫"' in told
    assert "何も取り込んでいません。" in told
    assert everything(shop) == before


def test_without_a_terminal_nothing_is_written_unless_said(shop: World, tmp_path: Path) -> None:
    before = everything(shop)
    done, told = bring(shop, csv_file(tmp_path / "在庫.csv", MALL), "在庫数=本社倉庫")
    assert not done
    assert "3行を在庫表の下に加えられます" in told
    assert everything(shop) == before


def test_an_excel_file_with_codes_of_both_kinds(shop: World, tmp_path: Path) -> None:
    rows = [
        ["No.", "品番", "品名", "JAN", "倉庫A", "在庫（渋谷店）", "売価"],
        [1, "0042", "皿", int(JANS[0]), 3, 1, 800],
        [2, 90017, "碗", int(JANS[1]), "=E2*4", 2, 900],
        [3, "X-1", '=C2&"セット"', JANS[2], 5, 0, 700],
    ]
    path = excel_file(tmp_path / "棚卸.xlsx", rows, {"E3": 12, "C4": "皿セット"})
    person = Person({"「倉庫A」の列": "本社倉庫の数"})
    done, told = bring(shop, path, ask=person)
    assert done
    assert "在庫（渋谷店） → 渋谷店の数" in told
    assert len(person.asked) == 2
    assert stock(shop, "0042", "90017", "X-1") == [
        ("皿", JANS[0], "3", "1"),
        ("碗", JANS[1], "12", "2"),
        ("皿セット", JANS[2], "5", "0"),
    ]


def test_what_excel_has_damaged_is_refused_row_by_row(shop: World, tmp_path: Path) -> None:
    text = f"""SKU,商品名,JAN,本社倉庫
OK-1,よい,{JANS[0]},3
OK-2,桁落ち,4.90123E+12,４個
1-Feb,日付,{JANS[1]},5
4.90E+12,指数,{JANS[2]},5
OK-3,検査数字,4901234567895,-2
OK-4,文字,,たくさん
,なし,,1
OK-5,重複,,1
OK-5,重複,,2
"""
    done, told = bring(shop, csv_file(tmp_path / "t.csv", text, "utf-8-sig"), yes=True)
    assert not done
    assert stock(shop, "OK-1", "OK-2", "OK-3", "OK-4") == [
        ("よい", JANS[0], "3", ""),
        ("桁落ち", "", "4", ""),
        ("検査数字", "", "", ""),
        ("文字", "", "", ""),
    ]
    for sentence in (
        "4行を在庫表に加えました",
        "4行目 SKU「1-Feb」: Excelが日付に変えてしまったコードのようです",
        "5行目 SKU「4.90E+12」: Excelが数に変えてしまい",
        "3行目（OK-2）JAN「4.90123E+12」: Excelが数に変えてしまい",
        "6行目（OK-3）JAN「4901234567895」: JANコードとして正しくありません",
        "6行目（OK-3）本社倉庫「-2」: マイナスです",
        "7行目（OK-4）本社倉庫「たくさん」: 数ではありません",
        "8行目 SKU「」: 商品コードが空欄です",
        "OK-5が9、10行目にあります",
    ):
        assert sentence in told
    assert not shop.rows("OK-5")


def add_tab(shop: World, title: str, rows: list[list[str]], merges: list[tuple[int, int, int, int]]) -> None:
    shop.spreadsheet.apply([{"addSheet": {"properties": {"title": title}}}])
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            if text:
                shop.spreadsheet.type(shop.tab(title), i, j, text)
    for top, bottom, left, right in merges:
        area = {"sheetId": shop.tab(title), "startRowIndex": top, "endRowIndex": bottom}
        area |= {"startColumnIndex": left, "endColumnIndex": right}
        shop.spreadsheet.apply([{"mergeCells": {"range": area, "mergeType": "MERGE_ALL"}}])


def test_a_tab_with_merged_titles_and_two_stock_columns(shop: World) -> None:
    rows = [
        ["株式会社サンプル　在庫一覧"],
        [],
        ["管理番号", "商品名", "在庫", "", "備考"],
        ["", "", "本社", "渋谷店", ""],
        ["'007", "ネジ", "10", "=C5/2", "特価"],
        ["'012", "釘", "1,500", "0", ""],
        ["B", "在庫表にある品", "99", "99", ""],
    ]
    add_tab(shop, "旧在庫", rows, [(0, 1, 0, 5), (2, 4, 0, 1), (2, 4, 1, 2), (2, 3, 2, 4), (2, 4, 4, 5)])
    person = Person({"「在庫 本社」の列": "本社倉庫の数"})
    done, told = bring(shop, "旧在庫", ask=person)
    assert done
    assert "在庫 渋谷店 → 渋谷店の数" in told
    assert "管理番号 → SKU" in told
    assert "1) 本社倉庫の数" in person.asked[0]  # the likeliest first
    assert stock(shop, "007", "012") == [("ネジ", "", "10", "5"), ("釘", "", "1500", "0")]
    assert shop.row("B")["本社倉庫"] == "7"  # what stands there is never changed
    assert "そのままにしました（1件）: B" in told


def test_one_line_for_each_location(shop: World, tmp_path: Path) -> None:
    text = """品番\t品名\t倉庫名\t数量
P1\t帽子\t本社倉庫\t4
P1\t帽子\t渋谷店\t6
P2\t手袋\t渋谷店\t1
P3\t靴\t大阪\t2
"""
    done, told = bring(shop, csv_file(tmp_path / "t.txt", text, "utf-8"), yes=True)
    assert stock(shop, "P1", "P2", "P3") == [("帽子", "", "4", "6"), ("手袋", "", "", "1"), ("靴", "", "", "")]
    assert not done
    assert "5行目（P3）倉庫名「大阪」: 在庫表にない場所です" in told


def test_places_that_the_stock_tab_lacks_stay_blank_and_refuse_no_product(shop: World, tmp_path: Path) -> None:
    text = "品番,品名,倉庫名,数量\nP1,帽子,本社倉庫,4\nP1,帽子,大阪,3\nP1,帽子,福岡,2\nP2,靴,大阪,1\nP2,靴,大阪,2\n"
    _, told = bring(shop, csv_file(tmp_path / "t.csv", text), yes=True)
    assert stock(shop, "P1") == [("帽子", "", "4", "")]
    assert "3行目（P1）倉庫名「大阪」: 在庫表にない場所です" in told
    assert "4行目（P1）倉庫名「福岡」: 在庫表にない場所です" in told
    assert "P2が5、6行目にあります" in told


def test_a_code_that_only_a_number_format_shows_is_refused(shop: World, tmp_path: Path) -> None:
    path = excel_file(
        tmp_path / "t.xlsx", [["商品コード", "商品名", "本社倉庫"], [12, "茶", 5], [13, "茶", 6], ["X", "碗", 1]]
    )
    book = load_workbook(path)
    for row in (2, 3):
        book.active.cell(row, 1).number_format = '"A-"0000'  # type: ignore[union-attr]
    book.save(path)
    _, told = bring(shop, path, "商品コード=SKU", yes=True)
    assert not shop.rows("12")
    assert not shop.rows("13")
    assert shop.rows("X")
    assert "2行目 商品コード「A-0012」: 表示形式で見えているだけのコード" in told


def test_a_jan_code_that_a_number_format_divides_is_brought_whole(shop: World, tmp_path: Path) -> None:
    path = excel_file(tmp_path / "t.xlsx", [["SKU", "JANコード", "本社倉庫"], ["X", 4901234567894, 1]])
    book = load_workbook(path)
    book.active.cell(2, 2).number_format = "0-000000-000000"  # type: ignore[union-attr]
    book.save(path)
    bring(shop, path, yes=True)
    assert shop.row("X")["JANコード"] == "4901234567894"


def test_a_column_of_places_may_be_named_by_hand(shop: World, tmp_path: Path) -> None:
    text = "品番,どこ,いくつ\nP1,本社倉庫,4\nP1,渋谷店,6\n"
    path = csv_file(tmp_path / "t.csv", text)
    assert bring(shop, path, "品番=SKU", "どこ=場所の名前", "いくつ=その行の場所の数", yes=True)[0]
    assert stock(shop, "P1") == [("", "", "4", "6")]


def test_which_code_is_ours_is_asked_once(shop: World, tmp_path: Path) -> None:
    text = """商品番号;管理番号;品名;本社倉庫
R-1;K-1;傘;1
R-2;K-2;靴;2
"""
    path = csv_file(tmp_path / "t.csv", text, "utf-8")
    person = Person({"「商品番号」の列": "0"})
    bring(shop, path, ask=person)
    assert stock(shop, "K-1") == [("傘", "", "1", "")]
    person = Person({"「商品番号」の列": "SKU"})
    bring(shop, path, ask=person)
    assert stock(shop, "R-2") == [("靴", "", "2", "")]
    assert len(person.asked) == 2  # which one, and whether to write


@pytest.mark.parametrize(
    ("maps", "sentence"),
    [
        ("在庫数", "読めません"),
        ("在庫=本社倉庫", "ちょうど1つありません"),
        ("在庫数=大阪", "商品名"),
    ],
)
def test_a_map_that_says_nothing_is_refused(shop: World, tmp_path: Path, maps: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        bring(shop, csv_file(tmp_path / "t.csv", MALL), maps, yes=True)


def test_what_is_no_table_is_refused_with_a_sentence(shop: World, tmp_path: Path) -> None:
    old, broken, headless = tmp_path / "old.xls", tmp_path / "broken.xlsx", tmp_path / "headless.csv"
    old.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(100))
    broken.write_bytes(b"PK\x03\x04" + bytes(100))
    csv_file(headless, "00012,5\n00345,8\n")
    for source, sentence in (
        (old, "古いExcel形式"),
        (broken, "読めません"),
        (headless, "見出しの行が見つかりません"),
        (tmp_path / "none.csv", "ファイルもタブもありません"),
    ):
        with pytest.raises(Refused, match=sentence):
            bring(shop, source, yes=True)


def test_somebody_who_types_there_meanwhile_loses_nothing(shop: World, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "在庫.csv", MALL)
    ours = shop.service.gateway

    class Slow(Gateway):
        def write(self, requests, answer_with=()):  # type: ignore[no-untyped-def]
            shop.put("在庫表", 3, {"SKU": "STAFF", "本社倉庫": 8})
            return super().write(requests, answer_with)

    slow = Slow(shop.service.http, ours.spreadsheet_id)
    Importer(slow, lambda _: slow, "ja", lambda _: None).run(Wish(str(path), maps=("在庫数=本社倉庫",), yes=True))
    shop.settle()
    assert shop.balance("STAFF") == {"本社倉庫": 8}
    assert shop.balance("00345") == {"本社倉庫": 1200}


def test_columns_that_moved_meanwhile_refuse_the_whole_batch(shop: World, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "在庫.csv", MALL)

    class Moved(Gateway):
        def write(self, requests, answer_with=()):  # type: ignore[no-untyped-def]
            column = {"sheetId": shop.tab("在庫表"), "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}
            shop.spreadsheet.apply([{"moveDimension": {"source": column, "destinationIndex": 6}}])
            return super().write(requests, answer_with)

    moved = Moved(shop.service.http, shop.service.gateway.spreadsheet_id)
    with pytest.raises(Refused):
        Importer(moved, lambda _: moved, "ja", lambda _: None).run(Wish(str(path), maps=("在庫数=本社倉庫",), yes=True))
    assert not shop.rows("00012")


def test_before_the_first_start_the_numbers_are_asked_about_as_any(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite")
    text = "SKU,商品名,本社倉庫\nA,もうある,90\nN-1,新しい,30\nN-2,新しい,40\n"
    assert bring(shop, csv_file(tmp_path / "t.csv", text), yes=True)[0]
    shop.rounds(2)
    assert "82" in shop.open_questions()  # 5 + 7 + 30 + 40
    shop.answer("棚にある数", "棚の数")
    shop.rounds(2)
    shop.set("bridge", True)
    shop.rounds(3)
    assert shop.balance("A") == {"本社倉庫": 5, "渋谷店": 2}
    assert shop.balance("N-2") == {"本社倉庫": 40}


def without_products(shop: World) -> None:
    area = {"sheetId": shop.tab("在庫表"), "dimension": "ROWS"}
    first = shop.rows("A")[0][0]
    shop.spreadsheet.apply([{"deleteDimension": {"range": {**area, "startIndex": first, "endIndex": first + 2}}}])


@pytest.mark.parametrize("mall", ["rakuten", "shopify"])
def test_what_a_mall_shows_where_there_is_no_table(tmp_path: Path, mall: str) -> None:
    """What is promised already is off these numbers; the opening question is for that."""
    shop = World(tmp_path / "ledger.sqlite")
    shop.buy(mall, "A", 2)
    without_products(shop)
    before = len([call for call in shop.mall_calls if call.writes])
    done, told = bring(shop, mall, "在庫数=本社倉庫", yes=True)
    assert done, told
    assert {sku: shop.row(sku)["本社倉庫"] for sku in "AB"} == {sku: str(shop.shown(mall, sku)) for sku in "AB"}
    assert len([call for call in shop.mall_calls if call.writes]) == before


def test_each_place_of_a_channel_that_keeps_them_apart(tmp_path: Path) -> None:
    shop = PlacesWorld(tmp_path / "ledger.sqlite")
    there = {sku: [str(units) for units in shop.at(sku)] for sku in "AB"}
    without_products(shop)
    done, told = bring(shop, "shopify", yes=True)
    assert done, told
    assert {sku: [shop.row(sku)[column] for column in ("本社倉庫", "渋谷店")] for sku in "AB"} == there


def test_a_table_without_a_blank_row_grows(shop: World, tmp_path: Path) -> None:
    last = max(n for n, row in enumerate(shop.table("在庫表"), 1) if row["SKU"])
    area = {"sheetId": shop.tab("在庫表"), "dimension": "ROWS", "startIndex": last + 1}
    shop.spreadsheet.apply([{"deleteDimension": {"range": area}}])
    bring(shop, csv_file(tmp_path / "t.csv", MALL), "在庫数=本社倉庫", yes=True)
    shop.settle()
    assert shop.balance("00012") == {"本社倉庫": 12}
    assert shop.row("00012")["編集中"] == ""  # made like the row above, without what stands there


def test_new_rows_have_tick_boxes_and_text_for_codes(shop: World, tmp_path: Path) -> None:
    bring(shop, csv_file(tmp_path / "t.csv", MALL), "在庫数=本社倉庫", yes=True)
    shop.type("00345", "SKU", "00346")  # typed over: still text
    assert shop.row("00346")["JANコード"] == JANS[1]
    shop.rounds(2)
    shop.type("A-7", "編集中", "TRUE")
    shop.type("A-7", "本社倉庫", 4)
    shop.rounds(2)
    assert shop.balance("A-7") == {"本社倉庫": 0}


def test_another_spreadsheet_is_read_by_its_address(shop: World) -> None:
    other = shop.sandbox.sheets.store.create("去年の在庫", locale="ja_JP", zone="Asia/Tokyo")
    [first] = Gateway(shop.service.http, other.id).tabs().values()
    for i, row in enumerate([["SKU", "品名", "渋谷店"], ["'0012", "皿", "3"]]):
        for j, text in enumerate(row):
            other.type(first.sheet_id, i, j, text)
    done, _ = bring(shop, f"https://docs.google.com/spreadsheets/d/{other.id}/edit#gid={first.sheet_id}", yes=True)
    assert done
    assert stock(shop, "0012") == [("皿", "", "", "3")]


def test_an_older_spreadsheet_has_no_column_for_the_jan_until_init(shop: World, tmp_path: Path) -> None:
    at = shop.column("在庫表", "JANコード")
    area = {"sheetId": shop.tab("在庫表"), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    shop.spreadsheet.apply([{"deleteDimension": {"range": area}}])
    path = csv_file(tmp_path / "t.csv", MALL)
    done, told = bring(shop, path, "在庫数=本社倉庫")
    assert not done
    assert "bridge init を実行すると列が加わります" in told
    build(shop.service.gateway, "ja", ["rakuten", "shopify"], shop.config.sheet.journal_lines)
    bring(shop, path, "在庫数=本社倉庫", yes=True)
    assert shop.row("00345")["JANコード"] == JANS[1]
    shop.settle()
    assert shop.balance("00345") == {"本社倉庫": 1200}


def test_the_command_says_it_in_the_language_of_the_sheet(
    shop: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    english = replace(shop.config, bridge=replace(shop.config.bridge, language="en"))
    monkeypatch.setattr(commands, "load", lambda _path: english)
    monkeypatch.setattr(commands, "sheet_http", lambda _config, _outside: shop.service.http)
    path = csv_file(tmp_path / "t.csv", MALL)
    assert cli.main(["import", str(path), "--yes"]) == 1
    assert "The column 在庫数 (for example 12、1,200、0) may be any of: number at 本社倉庫" in capsys.readouterr().out
    assert cli.main(["import", str(path), "--yes", "--map", "在庫数=本社倉庫"]) == 0
    assert "✓ 3 rows were added to the Stock tab." in capsys.readouterr().out
    assert cli.main(["import", "no such file.csv", "--yes"]) == 1
    assert "neither a file nor a tab called no such file.csv" in capsys.readouterr().err
