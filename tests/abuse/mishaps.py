"""What happens to a spreadsheet that people live in: a table of small accidents, each drawn anew from its own seed.

A mishap finds its way by what the sheet shows at that moment, since others may have happened before it; one that finds
nothing to spoil does nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.sandbox.sheets_api import Spreadsheet

Json = dict[str, Any]
STOCK_COLUMNS = ("本社倉庫", "渋谷店", "検品待ち")
HEADERS = {
    "在庫表": ("SKU", "ロック", *STOCK_COLUMNS, "引当", "販売可能", "状態", "安全在庫", "編集中", "確認"),
    "出品": ("チャネル", "出品ID", "SKU構成", "出したい数", "送った数", "モールの表示", "状態"),
    "要対応": ("番号", "重要度", "処理", "日時", "経過", "対象", "内容", "答え方", "回答", "結果"),
    "設定": ("種類", "名前", "オン", "状態"),
}
TABLES = ("在庫表", "在庫表", "在庫表", "出品", "要対応", "設定")  # how often which tab is hit
NO_NUMBER = (
    *("", "abc", "-3", "1.5", "=1+1", "=1/0", "=A1", "#REF!", "#N/A", "2026-11-23", "11月23日", "10:30", "50%", "TRUE"),
    *(
        "99999999999",
        "9" * 40,
        "😀",
        "個",
        "なし",
        "10²",
        "①",
        "1,2,3",
        "五",
        "-",
        "ー",
        "?",
        "12 13",
        "約10",
        "10〜12",
    ),
)
GOOD_NUMBERS = ("9", "１２", "1,200", "12個", " 7 ", "0012", "'5", "3 個", "0", "1000000000", "1e3", "6.0")
NO_CODE = ("", " ", "=A1", "#REF!", "😀", "見本", "1/2", "007x", "Ａ Ｂ", "小計", "TRUE", "x" * 300)
NO_COMPONENTS = ("A×0", "A×", "×2", "A++B", "A×1.5", "nothing", "A×9999999999999", "=1+1", "A×-1", "😀")
NOTHING_SAID = ("はい？", "???", "OK!!", "あとで", "1", "😀", "廃番かも")


@dataclass
class Hand:
    """A person's hand on the spreadsheet. `tabs`: sheetId by the title each tab had when all was well."""

    sheet: Spreadsheet
    tabs: Mapping[str, int]
    dice: random.Random

    def there(self, title: str) -> bool:
        return any(sheet.id == self.tabs[title] for sheet in self.sheet.book.sheets)

    def any_table(self) -> str | None:
        title = self.dice.choice(TABLES)
        return title if self.there(title) else None

    def apply(self, *requests: Json) -> None:
        self.sheet.apply(list(requests))

    def texts(self, title: str) -> list[list[str]]:
        return self.sheet.table(self.tabs[title])

    def header_row(self, title: str) -> int:
        rows = self.texts(title)[:9]
        return max(range(len(rows)), key=lambda i: sum(text in HEADERS[title] for text in rows[i]), default=0)

    def column(self, title: str, header: str) -> int:
        """Where a header stands; any column where it stands nowhere."""
        rows = self.texts(title)
        header_row = rows[self.header_row(title)] if rows else []
        return header_row.index(header) if header in header_row else self.dice.randrange(max(1, len(header_row)))

    def row(self, title: str) -> int:
        """A row that holds something, below the header; the one under the header where there is none."""
        rows, top = self.texts(title), self.header_row(title)
        filled = [i for i in range(top + 1, len(rows)) if any(rows[i])]
        return self.dice.choice(filled) if filled else top + 1

    def type(self, title: str, row: int, column: int, text: str) -> None:
        self.sheet.type(self.tabs[title], row, column, text)

    def box(self, title: str, rows: tuple[int, int], columns: tuple[int, int]) -> Json:
        edges = {"startRowIndex": rows[0], "endRowIndex": rows[1]}
        return {"sheetId": self.tabs[title], **edges, "startColumnIndex": columns[0], "endColumnIndex": columns[1]}

    def lines(self, title: str, dimension: str, start: int, count: int = 1) -> Json:
        return {"sheetId": self.tabs[title], "dimension": dimension, "startIndex": start, "endIndex": start + count}

    def size(self, title: str) -> tuple[int, int]:
        sheet = self.sheet.book.sheet(self.tabs[title])
        return len(sheet.rows), len(sheet.columns)


Do = Callable[[Hand, str], None]


@dataclass(frozen=True)
class Mishap:
    """`do` spoils the tab it is given; `table` names it, or None where any will do. `tells`: the tabs in which, where
    nothing else has happened, the bridge must say something that it did not say before."""

    do: Do
    table: str | None = None
    tells: Sequence[str] = ()


# --- headers ---------------------------------------------------------------------------------------------------------


def _some_header(hand: Hand, title: str) -> tuple[int, int]:
    return hand.header_row(title), hand.column(title, hand.dice.choice(HEADERS[title]))


def header_retyped(hand: Hand, title: str) -> None:
    hand.type(
        title, *_some_header(hand, title), hand.dice.choice(["在庫(新)", "メモ", "1", "=A1", "🙂", "ＳＫＵコード"])
    )


def header_blanked(hand: Hand, title: str) -> None:
    hand.type(title, *_some_header(hand, title), "")


def header_doubled(hand: Hand, title: str) -> None:
    top = hand.header_row(title)
    hand.type(title, top, hand.size(title)[1], hand.dice.choice(HEADERS[title]))


def header_merged_away(hand: Hand, title: str) -> None:
    top, column = _some_header(hand, title)
    left = max(0, column - 1)
    hand.apply({"mergeCells": {"range": hand.box(title, (top, top + 1), (left, left + 2))}})


def header_pushed_down(hand: Hand, title: str) -> None:
    """A title line or three above the table."""
    hand.sheet.insert_rows(hand.tabs[title], 0, hand.dice.randint(1, 3))


def header_pushed_out_of_sight(hand: Hand, title: str) -> None:
    hand.sheet.insert_rows(hand.tabs[title], 0, 7)


def header_row_deleted(hand: Hand, title: str) -> None:
    top = hand.header_row(title)
    hand.sheet.delete_rows(hand.tabs[title], top, top + 1)


def headers_sorted_into_the_table(hand: Hand, title: str) -> None:
    rows, columns = hand.size(title)
    specs = [{"dimensionIndex": hand.column(title, HEADERS[title][0]), "sortOrder": "ASCENDING"}]
    area = hand.box(title, (hand.header_row(title), rows), (0, columns))
    hand.apply({"sortRange": {"range": area, "sortSpecs": specs}})


# --- columns ---------------------------------------------------------------------------------------------------------


def column_inserted(hand: Hand, title: str) -> None:
    at = hand.dice.randrange(hand.size(title)[1])
    hand.apply({"insertDimension": {"range": hand.lines(title, "COLUMNS", at), "inheritFromBefore": False}})


def column_moved(hand: Hand, title: str) -> None:
    width = hand.size(title)[1]
    source = hand.lines(title, "COLUMNS", hand.dice.randrange(width))
    hand.apply({"moveDimension": {"source": source, "destinationIndex": hand.dice.choice([0, width])}})


def column_deleted(hand: Hand, title: str) -> None:
    column = hand.column(title, hand.dice.choice([h for h in HEADERS[title] if h != "検品待ち"]))
    hand.apply({"deleteDimension": {"range": hand.lines(title, "COLUMNS", column)}})


def column_hidden(hand: Hand, title: str) -> None:
    column = hand.lines(title, "COLUMNS", hand.dice.randrange(hand.size(title)[1]))
    update = {"range": column, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    hand.apply({"updateDimensionProperties": update})


def _sorted_apart(hand: Hand, title: str, headers: Sequence[str]) -> None:
    """One column is sorted, the others stay."""
    column = hand.column(title, hand.dice.choice(headers))
    area = hand.box(title, (hand.header_row(title) + 1, hand.size(title)[0]), (column, column + 1))
    order = hand.dice.choice(["ASCENDING", "DESCENDING"])
    hand.apply({"sortRange": {"range": area, "sortSpecs": [{"dimensionIndex": column, "sortOrder": order}]}})


def codes_sorted_apart(hand: Hand, title: str) -> None:
    _sorted_apart(hand, title, ["SKU"])


def tokens_sorted_apart(hand: Hand, title: str) -> None:
    _sorted_apart(hand, title, ["ロック"])


def numbers_sorted_apart(hand: Hand, title: str) -> None:
    _sorted_apart(hand, title, STOCK_COLUMNS[:2])


def headers_swapped(hand: Hand, title: str) -> None:
    """Two stock columns exchange their names: their numbers now mean another place."""
    top = hand.header_row(title)
    one, two = (hand.column(title, name) for name in STOCK_COLUMNS[:2])
    texts = [hand.sheet.shown(hand.tabs[title], top, column) for column in (one, two)]
    hand.type(title, top, one, texts[1])
    hand.type(title, top, two, texts[0])


# --- tabs ------------------------------------------------------------------------------------------------------------


def tab_renamed(hand: Hand, title: str) -> None:
    name = f"{title} ({hand.dice.randrange(99)})"
    properties = {"sheetId": hand.tabs[title], "title": name}
    hand.apply({"updateSheetProperties": {"properties": properties, "fields": "title"}})


def tab_deleted(hand: Hand, title: str) -> None:
    hand.apply({"deleteSheet": {"sheetId": hand.tabs[title]}})


def tab_doubled(hand: Hand, title: str) -> None:
    hand.apply({"duplicateSheet": {"sourceSheetId": hand.tabs[title], "insertSheetIndex": 0}})


def tab_emptied(hand: Hand, title: str) -> None:
    rows, columns = hand.size(title)
    area = hand.box(title, (0, rows), (0, columns))
    hand.apply({"updateCells": {"range": area, "fields": "userEnteredValue"}})


def tabs_names_exchanged(hand: Hand, title: str) -> None:
    """The copy takes the place of the original, which becomes 旧."""
    hand.apply({"duplicateSheet": {"sourceSheetId": hand.tabs[title], "newSheetName": "写し"}})
    copy = hand.sheet.book.titled("写し")
    assert copy is not None
    shown = hand.sheet.book.sheet(hand.tabs[title]).title
    for number, name in ((hand.tabs[title], f"旧{hand.dice.randrange(999)}"), (copy.id, shown)):
        hand.apply({"updateSheetProperties": {"properties": {"sheetId": number, "title": name}, "fields": "title"}})


# --- rows ------------------------------------------------------------------------------------------------------------


def rows_inserted(hand: Hand, title: str) -> None:
    hand.sheet.insert_rows(hand.tabs[title], hand.row(title), hand.dice.randint(1, 2))


def row_deleted(hand: Hand, title: str) -> None:
    row = hand.row(title)
    hand.sheet.delete_rows(hand.tabs[title], row, row + 1)


def table_cleared(hand: Hand, title: str) -> None:
    """Everything below the header."""
    rows, columns = hand.size(title)
    area = hand.box(title, (hand.header_row(title) + 1, rows), (0, columns))
    hand.apply({"updateCells": {"range": area, "fields": "userEnteredValue"}})


def row_copied(hand: Hand, title: str) -> None:
    row, rows, columns = hand.row(title), len(hand.texts(title)), hand.size(title)[1]
    target = hand.dice.choice([rows, hand.row(title)])
    source, there = hand.box(title, (row, row + 1), (0, columns)), hand.box(title, (target, target + 1), (0, columns))
    hand.apply({"copyPaste": {"source": source, "destination": there}})


def row_cut_elsewhere(hand: Hand, title: str) -> None:
    row, columns = hand.row(title), hand.size(title)[1]
    corner = {"sheetId": hand.tabs[title], "rowIndex": len(hand.texts(title)), "columnIndex": 0}
    hand.apply({"cutPaste": {"source": hand.box(title, (row, row + 1), (0, columns)), "destination": corner}})


def row_moved(hand: Hand, title: str) -> None:
    top = hand.header_row(title) + 1
    source = hand.lines(title, "ROWS", hand.row(title))
    hand.apply({"moveDimension": {"source": source, "destinationIndex": top}})


def table_sorted(hand: Hand, title: str) -> None:
    rows, columns = hand.size(title)
    specs = [
        {"dimensionIndex": hand.dice.randrange(columns), "sortOrder": hand.dice.choice(["ASCENDING", "DESCENDING"])}
    ]
    area = hand.box(title, (hand.header_row(title) + 1, rows), (0, columns))
    hand.apply({"sortRange": {"range": area, "sortSpecs": specs}})


def row_hidden(hand: Hand, title: str) -> None:
    update = {"range": hand.lines(title, "ROWS", hand.row(title)), "properties": {"hiddenByUser": True}}
    hand.apply({"updateDimensionProperties": {**update, "fields": "hiddenByUser"}})


def row_blanked(hand: Hand, title: str) -> None:
    row, columns = hand.row(title), hand.size(title)[1]
    area = hand.box(title, (row, row + 1), (0, columns))
    hand.apply({"updateCells": {"range": area, "fields": "userEnteredValue"}})


def filter_set(hand: Hand, title: str) -> None:
    rows, columns = hand.size(title)
    column, top = hand.column(title, HEADERS[title][0]), hand.header_row(title)
    hidden = [hand.sheet.shown(hand.tabs[title], hand.row(title), column)]
    held = {"range": hand.box(title, (top, rows), (0, columns)), "criteria": {str(column): {"hiddenValues": hidden}}}
    hand.apply({"setBasicFilter": {"filter": held}})


def rows_merged(hand: Hand, title: str) -> None:
    row, column = hand.row(title), hand.dice.randrange(hand.size(title)[1])
    hand.apply({"mergeCells": {"range": hand.box(title, (row, row + 2), (column, column + 1))}})


# --- codes, tokens, numbers ------------------------------------------------------------------------------------------


def _in(header: str, texts: Sequence[str]) -> Do:
    def do(hand: Hand, title: str) -> None:
        hand.type(title, hand.row(title), hand.column(title, header), hand.dice.choice(texts))

    return do


def _in_stock_cell(texts: Sequence[str], often: int = 1) -> Do:
    def do(hand: Hand, title: str) -> None:
        for _ in range(hand.dice.randint(1, often)):
            column = hand.column(title, hand.dice.choice(STOCK_COLUMNS[:2]))
            hand.type(title, hand.row(title), column, hand.dice.choice(texts))

    return do


def code_of_another_row(hand: Hand, title: str) -> None:
    column = hand.column(title, "SKU")
    hand.type(title, hand.row(title), column, hand.sheet.shown(hand.tabs[title], hand.row(title), column))


def code_in_full_width(hand: Hand, title: str) -> None:
    row, column = hand.row(title), hand.column(title, "SKU")
    code = hand.sheet.shown(hand.tabs[title], row, column)
    wide = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in code)
    hand.type(title, row, column, hand.dice.choice([f"　{wide}", f" {code} ", f"{wide} "]))


def leading_zeros_lost(hand: Hand, title: str) -> None:
    """The column's format is cleared and the codes typed again."""
    column, rows = hand.column(title, "SKU"), range(hand.header_row(title) + 1, len(hand.texts(title)))
    area = hand.box(title, (1, hand.size(title)[0]), (column, column + 1))
    hand.apply({"repeatCell": {"range": area, "cell": {}, "fields": "userEnteredFormat"}})
    for row in rows:
        hand.type(title, row, column, hand.sheet.shown(hand.tabs[title], row, column))


def column_wiped(header: str) -> Do:
    def do(hand: Hand, title: str) -> None:
        column = hand.column(title, header)
        area = hand.box(title, (hand.header_row(title) + 1, hand.size(title)[0]), (column, column + 1))
        hand.apply({"updateCells": {"range": area, "fields": "userEnteredValue"}})

    return do


def number_column_wiped(hand: Hand, title: str) -> None:
    column_wiped(hand.dice.choice(STOCK_COLUMNS[:2]))(hand, title)


def token_copied(hand: Hand, title: str) -> None:
    column = hand.column(title, "ロック")
    hand.type(title, hand.row(title), column, hand.sheet.shown(hand.tabs[title], hand.row(title), column))


def formats_of_numbers(hand: Hand, title: str) -> None:
    """A whole column is shown as dates or percentages."""
    column = hand.column(title, hand.dice.choice(STOCK_COLUMNS[:2]))
    area = hand.box(title, (1, hand.size(title)[0]), (column, column + 1))
    look = {"userEnteredFormat": {"numberFormat": {"type": hand.dice.choice(["DATE", "PERCENT", "TIME"])}}}
    hand.apply({"repeatCell": {"range": area, "cell": look, "fields": "userEnteredFormat.numberFormat"}})


def values_pasted_from_below(hand: Hand, title: str) -> None:
    """A block of stock cells slips by one row, as a paste at the wrong place does."""
    column, row = hand.column(title, STOCK_COLUMNS[0]), hand.row(title)
    source, target = (hand.box(title, (top, top + 3), (column, column + 2)) for top in (row, row + 1))
    hand.apply({"copyPaste": {"source": source, "destination": target, "pasteType": "PASTE_VALUES"}})


# --- what only looks different ---------------------------------------------------------------------------------------


def note_left(hand: Hand, title: str) -> None:
    start = {"sheetId": hand.tabs[title], "rowIndex": hand.row(title), "columnIndex": 0}
    hand.apply({"updateCells": {"start": start, "rows": [{"values": [{"note": "見てね"}]}], "fields": "note"}})


def rows_frozen(hand: Hand, title: str) -> None:
    properties = {"sheetId": hand.tabs[title], "gridProperties": {"frozenRowCount": hand.dice.randint(0, 3)}}
    hand.apply({"updateSheetProperties": {"properties": properties, "fields": "gridProperties.frozenRowCount"}})


def protected(hand: Hand, title: str) -> None:
    """Somebody protects a column for the owner alone."""
    column = hand.column(title, hand.dice.choice(HEADERS[title]))
    held = {"range": hand.box(title, (0, hand.size(title)[0]), (column, column + 1)), "editors": {"users": []}}
    hand.apply({"addProtectedRange": {"protectedRange": held}})


def _setting_row(hand: Hand, title: str) -> int:
    """Not that of a place where nothing is and nothing is sold, nor that of 今すぐ同期, which bridge init makes anew:
    these may go without a word."""
    rows = [
        i for i, row in enumerate(hand.texts(title)) if i and any(row) and not {"検品待ち", "今すぐ同期"} & set(row)
    ]
    return hand.dice.choice(rows) if rows else 1


def setting_deleted(hand: Hand, title: str) -> None:
    row = _setting_row(hand, title)
    hand.sheet.delete_rows(hand.tabs[title], row, row + 1)


def setting_of_no_kind(hand: Hand, title: str) -> None:
    hand.type(title, _setting_row(hand, title), hand.column(title, "種類"), hand.dice.choice(["", "場", "全部"]))


def _line_of(kind: str, header: str, texts: Sequence[str]) -> Do:
    """A cell of the 設定 lines of one kind."""

    def do(hand: Hand, title: str) -> None:
        rows = [i for i, row in enumerate(hand.texts(title)) if row and row[0] == kind]
        if rows:
            hand.type(title, hand.dice.choice(rows), hand.column(title, header), hand.dice.choice(texts))

    return do


STOCK, LISTINGS, SETTINGS, EVERYWHERE = ("在庫表",), ("出品",), ("設定",), tuple(HEADERS)
SORTED = (*STOCK, *LISTINGS, *SETTINGS)  # the lines of 要対応 are known by their numbers, wherever they stand
MISHAPS: Mapping[str, Mishap] = {
    "header retyped": Mishap(header_retyped, tells=EVERYWHERE),
    "header blanked": Mishap(header_blanked, tells=EVERYWHERE),
    "header doubled": Mishap(header_doubled, tells=EVERYWHERE),
    "header merged away": Mishap(header_merged_away, tells=EVERYWHERE),
    "header pushed down": Mishap(header_pushed_down),
    "header pushed out of sight": Mishap(header_pushed_out_of_sight, tells=EVERYWHERE),
    "header row deleted": Mishap(header_row_deleted, tells=EVERYWHERE),
    "headers sorted into the table": Mishap(headers_sorted_into_the_table, tells=SORTED),
    "headers swapped": Mishap(headers_swapped, "在庫表"),
    "column inserted": Mishap(column_inserted),
    "column moved": Mishap(column_moved),
    "column deleted": Mishap(column_deleted, tells=EVERYWHERE),
    "column hidden": Mishap(column_hidden),
    "codes sorted apart": Mishap(codes_sorted_apart, "在庫表", STOCK),
    "tokens sorted apart": Mishap(tokens_sorted_apart, "在庫表"),
    "numbers sorted apart": Mishap(numbers_sorted_apart, "在庫表"),
    "tab renamed": Mishap(tab_renamed),
    "tab deleted": Mishap(tab_deleted, tells=EVERYWHERE),
    "tab doubled": Mishap(tab_doubled),
    "tab emptied": Mishap(tab_emptied, tells=EVERYWHERE),
    "tabs' names exchanged": Mishap(tabs_names_exchanged),
    "rows inserted": Mishap(rows_inserted),
    "row deleted": Mishap(row_deleted, "在庫表", STOCK),
    "line deleted": Mishap(row_deleted, "出品", LISTINGS),
    "question deleted": Mishap(row_deleted, "要対応"),
    "setting deleted": Mishap(setting_deleted, "設定", SETTINGS),
    "table cleared": Mishap(table_cleared, tells=("在庫表", "出品", "設定")),
    "row copied": Mishap(row_copied),
    "row cut elsewhere": Mishap(row_cut_elsewhere),
    "row moved": Mishap(row_moved),
    "table sorted": Mishap(table_sorted),
    "row hidden": Mishap(row_hidden),
    "row blanked": Mishap(row_blanked, tells=("在庫表", "出品")),
    "filter set": Mishap(filter_set),
    "rows merged": Mishap(rows_merged),
    "no code": Mishap(_in("SKU", NO_CODE), "在庫表", STOCK),
    "code of another row": Mishap(code_of_another_row, "在庫表"),
    "code in full width": Mishap(code_in_full_width, "在庫表"),
    "leading zeros lost": Mishap(leading_zeros_lost, "在庫表", STOCK),
    "token typed over": Mishap(_in("ロック", ["", "x", "✓ 5", "🔒 9", "✓ 99999", "🔒 99999999999999"]), "在庫表"),
    "token copied": Mishap(token_copied, "在庫表"),
    "tokens wiped": Mishap(column_wiped("ロック"), "在庫表"),
    "no number": Mishap(_in_stock_cell(NO_NUMBER), "在庫表", STOCK),
    "many cells without a number": Mishap(_in_stock_cell(NO_NUMBER, often=6), "在庫表", STOCK),
    "good number": Mishap(_in_stock_cell(GOOD_NUMBERS, often=2), "在庫表"),
    "numbers wiped": Mishap(number_column_wiped, "在庫表", STOCK),
    "numbers shown as dates": Mishap(formats_of_numbers, "在庫表", STOCK),
    "block pasted a row too low": Mishap(values_pasted_from_below, "在庫表"),
    "no safety stock": Mishap(_in("安全在庫", [t for t in NO_NUMBER if t]), "在庫表", STOCK),
    "safety stock": Mishap(_in("安全在庫", ["1", "２", "0"]), "在庫表"),
    "row held": Mishap(_in("編集中", ["TRUE"]), "在庫表"),
    "tick box typed over": Mishap(_in("編集中", ["はい", "x", ""]), "在庫表"),
    "bridge's cell typed over": Mishap(_in("引当", ["99", "abc", ""]), "在庫表"),
    "bridge's other cell typed over": Mishap(_in("状態", ["OK", ""]), "在庫表"),
    "columns of the bridge wiped": Mishap(column_wiped("引当"), "在庫表"),
    "no channel": Mishap(_in("チャネル", ["", "amazn", "楽天", "123"]), "出品", LISTINGS),
    "no listing": Mishap(_in("出品ID", ["", "x/y", "=A1", "99@1"]), "出品", LISTINGS),
    "no components": Mishap(_in("SKU構成", NO_COMPONENTS), "出品", LISTINGS),
    "components blanked": Mishap(_in("SKU構成", [""]), "出品", LISTINGS),
    "nonsense answered": Mishap(_in("回答", NOTHING_SAID), "要対応"),
    "question's number changed": Mishap(_in("番号", ["", "7", "99999", "x", "-1", "1.5", "9" * 30]), "要対応"),
    "setting of no kind": Mishap(setting_of_no_kind, "設定", SETTINGS),
    "place of another name": Mishap(_line_of("場所", "名前", ["", "大阪店", "本社", "SKU", "引当"]), "設定", SETTINGS),
    "channel of another name": Mishap(_line_of("チャネル", "名前", ["", "yahoo", "楽天市場"]), "設定", SETTINGS),
    "tick typed over": Mishap(_line_of("場所", "オン", ["はい", "", "1"]), "設定", SETTINGS),
    "switch typed over": Mishap(_line_of("チャネル", "オン", ["はい", "", "x"]), "設定", SETTINGS),
    "main switch typed over": Mishap(_line_of("全体", "オン", ["はい", "", "x"]), "設定", SETTINGS),
    "note left": Mishap(note_left),
    "rows frozen": Mishap(rows_frozen),
    "column protected": Mishap(protected),
}
