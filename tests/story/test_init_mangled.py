"""Whatever staff did to the spreadsheet: `bridge init` puts its own right in one go, and nothing of theirs changes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.sandbox.sheets_api.cells import Cell
from bridge.sandbox.sheets_api.sheet import Sheet
from bridge.sheet.build import Built, build
from bridge.sheet.layout import TABS, fold, tab_spec
from bridge.sheet.looks import look
from bridge.sheet.overlays import OURS, own_id
from tests.support.world import World

Json = dict[str, Any]
Act = Callable[["Staff"], None]

BRIDGE_TABS = tuple(range(7001, 7001 + len(TABS)))
WITH_HEADERS = tuple(7001 + number for number, role in enumerate(TABS) if tab_spec(role).columns)
HEADERS = {fold(text) for role in TABS for column in tab_spec(role).columns for text in (column.ja, column.en)}
PLACES = {fold(name) for name in ("本社倉庫", "渋谷店", "検品待ち")}
SETTINGS = settings(max_examples=40, deadline=None)


class Staff:
    """People who do what they like, by one dice. What they add says so, that it may be told from the bridge's."""

    def __init__(self, shop: World, dice: random.Random) -> None:
        self.book, self.dice, self.count = shop.spreadsheet, dice, 0

    def tab(self) -> Sheet:
        """One of the bridge's tabs with headers."""
        return self.dice.choice([sheet for sheet in self.book.book.sheets if sheet.id in WITH_HEADERS])

    def any_tab(self) -> Sheet:
        return self.dice.choice(self.book.book.sheets)

    def do(self, kind: str, **body: Any) -> None:
        self.book.apply([{kind: body}])

    def name(self) -> str:
        self.count += 1
        return f"田中{self.count}"

    def area(self, sheet: Sheet) -> Json:
        rows, columns = (self._span(len(sheet.rows)), self._span(len(sheet.columns)))
        edges = {"startRowIndex": rows[0], "endRowIndex": rows[1], "startColumnIndex": columns[0]}
        return {"sheetId": sheet.id, **edges, "endColumnIndex": columns[1]}

    def _span(self, size: int) -> tuple[int, int]:
        start = self.dice.randrange(size)
        return start, self.dice.randint(start + 1, size)

    def line(self, sheet: Sheet, dimension: str) -> Json:
        size = len(sheet.rows) if dimension == "ROWS" else len(sheet.columns)
        at = self.dice.randrange(1, size)
        return {"sheetId": sheet.id, "dimension": dimension, "startIndex": at, "endIndex": at + 1}


def lose_looks(staff: Staff) -> None:
    """Notes, number formats, lists of a random area."""
    sheet = staff.tab()
    area, what = staff.area(sheet), staff.dice.choice(["note", "dataValidation", "userEnteredFormat"])
    staff.do("repeatCell", range=area, cell={}, fields=what)


def paste_formats(staff: Staff) -> None:
    sheet = staff.tab()
    look = {"numberFormat": {"type": staff.dice.choice(["DATE", "TEXT", "PERCENT", "NUMBER"])}}
    staff.do("repeatCell", range=staff.area(sheet), cell={"userEnteredFormat": look}, fields="userEnteredFormat")


def own_lists(staff: Staff) -> None:
    values = [{"userEnteredValue": staff.name()}]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": values}}
    staff.do("setDataValidation", range=staff.area(staff.tab()), rule=rule)


def delete_rule(staff: Staff) -> None:
    sheet = staff.tab()
    if sheet.conditional_formats:
        index = staff.dice.randrange(len(sheet.conditional_formats))
        staff.do("deleteConditionalFormatRule", sheetId=sheet.id, index=index)


def delete_view(staff: Staff) -> None:
    views = staff.tab().filter_views
    if views:
        staff.do("deleteFilterView", filterId=staff.dice.choice(views)["filterViewId"])


def change_view(staff: Staff) -> None:
    sheet = staff.tab()
    if sheet.filter_views:
        view = {"filterViewId": staff.dice.choice(sheet.filter_views)["filterViewId"], "range": staff.area(sheet)}
        staff.do("updateFilterView", filter={**view, "title": staff.name()}, fields="range,title")


def delete_protection(staff: Staff) -> None:
    held = staff.tab().protected_ranges
    if held:
        staff.do("deleteProtectedRange", protectedRangeId=staff.dice.choice(held)["protectedRangeId"])


def unfreeze(staff: Staff) -> None:
    frozen = {"sheetId": staff.tab().id, "gridProperties": {"frozenRowCount": staff.dice.randrange(4)}}
    staff.do("updateSheetProperties", properties=frozen, fields="gridProperties.frozenRowCount")


def hide_or_uncover(staff: Staff) -> None:
    sheet = staff.any_tab()
    visible = [each for each in staff.book.book.sheets if not each.properties.get("hidden")]
    hide = not sheet.properties.get("hidden") and len(visible) > 1
    staff.do("updateSheetProperties", properties={"sheetId": sheet.id, "hidden": hide}, fields="hidden")


def rename_tab(staff: Staff) -> None:
    staff.do("updateSheetProperties", properties={"sheetId": staff.any_tab().id, "title": staff.name()}, fields="title")


def copy_tab(staff: Staff) -> None:
    staff.do("duplicateSheet", sourceSheetId=staff.tab().id, newSheetName=staff.name())


def own_tab(staff: Staff) -> None:
    staff.do("addSheet", properties={"title": staff.name(), "tabColor": {"red": 1}})
    sheet = staff.book.book.sheets[-1]
    staff.book.type(sheet.id, 0, 0, staff.name())


def delete_tab(staff: Staff) -> None:
    visible = [each for each in staff.book.book.sheets if not each.properties.get("hidden")]
    if len(visible) > 3:
        staff.do("deleteSheet", sheetId=staff.tab().id)


def add_lines(staff: Staff) -> None:
    dimension = staff.dice.choice(["ROWS", "COLUMNS"])
    staff.do("insertDimension", range=staff.line(staff.tab(), dimension), inheritFromBefore=staff.dice.random() < 0.5)


def delete_line(staff: Staff) -> None:
    sheet = staff.tab()
    if len(sheet.columns) > 5 and len(sheet.rows) > 5:
        staff.do("deleteDimension", range=staff.line(sheet, staff.dice.choice(["ROWS", "COLUMNS"])))


def move_column(staff: Staff) -> None:
    sheet = staff.tab()
    staff.do("moveDimension", source=staff.line(sheet, "COLUMNS"), destinationIndex=0)


def rows_above(staff: Staff) -> None:
    area = {"sheetId": staff.tab().id, "dimension": "ROWS", "startIndex": 0, "endIndex": 1}
    staff.do("insertDimension", range=area, inheritFromBefore=False)


def write(staff: Staff) -> None:
    """A text of their own with a colour and a note, where nothing of the bridge's stands."""
    sheet = staff.tab()
    row, column = staff.dice.randrange(len(sheet.rows)), staff.dice.randrange(len(sheet.columns))
    if sheet.cell(row, column).entered is None:
        staff.book.type(sheet.id, row, column, staff.name())
    look = {"backgroundColor": {"red": 1}, "textFormat": {"italic": True}}
    where = {"sheetId": sheet.id, "startRowIndex": row, "endRowIndex": row + 1}
    where |= {"startColumnIndex": column, "endColumnIndex": column + 1}
    fields = "userEnteredFormat(backgroundColor,textFormat),note"
    staff.do("repeatCell", range=where, cell={"userEnteredFormat": look, "note": staff.name()}, fields=fields)


def widths(staff: Staff) -> None:
    line = staff.line(staff.tab(), staff.dice.choice(["ROWS", "COLUMNS"]))
    staff.do("updateDimensionProperties", range=line, properties={"pixelSize": 33}, fields="pixelSize")


def own_rule(staff: Staff) -> None:
    sheet = staff.tab()
    condition = {"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": staff.name()}]}
    rule = {"ranges": [staff.area(sheet)], "booleanRule": {"condition": condition, "format": {}}}
    staff.do("addConditionalFormatRule", rule=rule, index=staff.dice.randint(0, len(sheet.conditional_formats)))


def own_view(staff: Staff) -> None:
    staff.do("addFilterView", filter={"title": staff.name(), "range": staff.area(staff.tab())})


def own_protection(staff: Staff) -> None:
    held = {"range": staff.area(staff.tab()), "description": staff.name(), "warningOnly": True}
    staff.do("addProtectedRange", protectedRange=held)


def hide_rows(staff: Staff) -> None:
    sheet = staff.tab()
    hidden = {"columnIndex": 0, "filterCriteria": {"hiddenValues": [""]}}
    staff.do("setBasicFilter", filter={"range": {"sheetId": sheet.id}, "filterSpecs": [hidden]})


def shrink(staff: Staff) -> None:
    sheet = staff.tab()
    size = {"sheetId": sheet.id, "gridProperties": {"rowCount": max(2, len(sheet.rows) - 3)}}
    staff.do("updateSheetProperties", properties=size, fields="gridProperties.rowCount")


ACTS: list[Act] = [
    lose_looks, paste_formats, own_lists, delete_rule, delete_view, change_view, delete_protection, unfreeze,
    hide_or_uncover, rename_tab, copy_tab, own_tab, delete_tab, add_lines, delete_line, move_column, rows_above, write,
    widths, own_rule, own_view, own_protection, hide_rows, shrink,
]  # fmt: skip


class Start:
    """A spreadsheet as `bridge init` built it: every story begins there."""

    def __init__(self, shop: World) -> None:
        init(shop)
        self._shop, self._book = shop, shop.spreadsheet.book

    def again(self) -> World:
        self._shop.spreadsheet.restore(self._book.copy())
        return self._shop


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    return Start(World(tmp_path_factory.mktemp("init") / "ledger.sqlite"))


def init(shop: World) -> Built:
    return build(shop.service.gateway, "ja", ("rakuten", "shopify"), shop.config.sheet.journal_lines)


@given(acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=12), seed=st.integers(0, 10**6))
@SETTINGS
def test_the_second_run_writes_nothing_and_all_that_is_theirs_is_as_it_was(
    start: Start, acts: list[Act], seed: int
) -> None:
    shop = start.again()
    staff = Staff(shop, random.Random(seed))
    for act in acts:
        act(staff)
    before = shop.spreadsheet.book.copy()
    came = init(shop)
    after = shop.spreadsheet.book
    for sheet in before.sheets:
        now = after.sheet(sheet.id)
        if sheet.id not in BRIDGE_TABS:
            assert now == sheet
        elif sheet.id in WITH_HEADERS:
            assert list(theirs(now, came)) == list(theirs(sheet, came))
    again = init(shop)
    assert (again.mended, again.added, again.columns, again.writes) == ({}, (), (), 0)
    assert shop.spreadsheet.book is after


def theirs(sheet: Sheet, came: Built) -> Iterator[object]:
    """Everything in a tab of the bridge's that is not the bridge's."""
    yield sheet.title, sheet.properties.get("hidden", False), sheet.basic_filter, sheet.merges
    yield [(row.pixels, row.hidden_by_user, row.hidden_by_filter) for row in sheet.rows]
    rules, found, held = (sheet.conditional_formats, sheet.filter_views, sheet.protected_ranges)
    if any(tab == sheet.title for tab, _ in came.columns):  # a new column widens, as it ought to, what it stands in
        rules, found, held = ([without_range(item) for item in items] for items in (rules, found, held))
    yield [rule for rule in rules if not OURS.search(str(rule)) and "⚠" not in str(rule)]
    views = {own_id(sheet.id, f"view {view.name}") for role in TABS for view in look(role).views}
    yield [view for view in found if view["filterViewId"] not in views]
    yield {view["filterViewId"]: view["title"] for view in found if "田中" in view["title"]}
    yield [each for each in held if "田中" in each["description"]]
    added = {fold(header) for tab, header in came.columns if tab == sheet.title}
    columns = [column for column in range(len(sheet.columns)) if not added & headers(sheet, column)]
    while columns and all(blank(sheet.cell(row, columns[-1])) for row in range(len(sheet.rows))):
        columns.pop()
    yield [sheet.columns[column] for column in columns]
    for row in range(len(sheet.rows)):
        yield [kept(sheet, row, column) for column in columns]


def without_range(item: Json) -> Json:
    return {name: value for name, value in item.items() if name not in ("range", "ranges")}


def headers(sheet: Sheet, column: int) -> set[str]:
    texts = (sheet.cell(row, column).entered for row in range(5))
    return {fold(text) for text in texts if isinstance(text, str)}


def kept(sheet: Sheet, row: int, column: int) -> Cell | None:
    """What of a cell is the staff's: all of it, but under a header of ours neither list nor number format, and of a
    header's note what they added."""
    cell = sheet.cell(row, column)
    if blank(cell):
        return None
    if not headers(sheet, column) & (HEADERS | PLACES):
        return cell
    own_look = {name: value for name, value in cell.format.items() if name != "numberFormat"}
    note = "".join(line for line in cell.note.splitlines() if "田中" in line)
    own = replace(cell, format=own_look, validation=None, note=note)
    return None if blank(own) else own


def blank(cell: Cell) -> bool:
    """Nothing there, or the banner."""
    return cell == Cell() or "NOW()" in str(cell.entered)
