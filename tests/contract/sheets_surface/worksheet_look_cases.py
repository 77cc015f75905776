"""gspread.Worksheet: formats, colours, merges, notes, filters, validations."""

from __future__ import annotations

from gspread.utils import MergeType, ValidationConditionType

from tests.contract.sheets_surface.desk import Desk, refused
from tests.contract.sheets_surface.register import tries


@tries("Worksheet.format", "Worksheet.batch_format")
def _formatted(desk: Desk) -> None:
    desk.fill(["0.5"])
    desk.tab.format("A1", {"numberFormat": {"type": "PERCENT", "pattern": "0.0%"}, "horizontalAlignment": "CENTER"})
    assert desk.values() == [["50.0%"]]
    half = {"red": 1, "green": 0, "blue": 0.5}
    formats = [
        {"range": "A1:B1", "format": {"backgroundColor": half, "textFormat": {"bold": True}}},
        {"range": "B1", "format": {"borders": {"top": {"style": "SOLID"}, "left": {"style": "NONE"}}}},
        {"range": "C1", "format": {"backgroundColorStyle": {"themeColor": "ACCENT1"}}},
    ]
    desk.tab.batch_format(formats)
    kept = {"red": 1, "blue": 0.49803922}  # as Google keeps it: eight bits a channel, zeros left out
    assert desk.cell("A1")["userEnteredFormat"] == {
        "numberFormat": {"type": "PERCENT", "pattern": "0.0%"},
        "horizontalAlignment": "CENTER",
        "backgroundColor": kept,
        "backgroundColorStyle": {"rgbColor": kept},
        "textFormat": {"bold": True},
    }
    line = {"style": "SOLID", "width": 1, "color": {}, "colorStyle": {"rgbColor": {}}}
    assert desk.cell("B1")["userEnteredFormat"]["borders"] == {"top": line}
    assert desk.cell("C1")["userEnteredFormat"]["backgroundColor"] == {
        "red": 0.25882354,
        "green": 0.52156866,
        "blue": 0.95686275,
    }
    assert refused(desk.tab.format, "Z1", {"wrapStrategy": "WRAP"})[0] == 400


@tries("Worksheet.tab_color", "Worksheet.get_tab_color", "Worksheet.update_tab_color", "Worksheet.clear_tab_color")
def _tab_colour(desk: Desk) -> None:
    assert desk.tab.get_tab_color() is None
    desk.tab.update_tab_color("#ff0080")
    properties = desk.outline()["properties"]
    assert properties["tabColor"] == properties["tabColorStyle"]["rgbColor"] == {"red": 1, "blue": 0.5019608}
    desk.tab.update_tab_color("#1155CC")
    assert desk.book.sheet1.tab_color == desk.book.sheet1.get_tab_color() == "#1155CC"
    desk.tab.clear_tab_color()
    assert not {"tabColor", "tabColorStyle"} & desk.outline()["properties"].keys()


def _area(top: int, left: int, bottom: int, right: int) -> dict[str, int]:
    return {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left, "endColumnIndex": right}


@tries("Worksheet.merge_cells", "Worksheet.unmerge_cells", "Worksheet.batch_merge")
def _merged(desk: Desk) -> None:
    desk.fill(["a", "b"], ["c", "d"])
    desk.tab.merge_cells("A1:B2", MergeType.merge_rows)
    assert (desk.values(), desk.outline()["merges"]) == ([["a"], ["c"]], [_area(0, 0, 1, 2), _area(1, 0, 2, 2)])
    desk.tab.merge_cells("A1:B2")
    assert (desk.values(), desk.outline()["merges"]) == ([["a"]], [_area(0, 0, 2, 2)])
    told = "You must select all cells in a merged range to merge or unmerge them."
    assert refused(desk.tab.unmerge_cells, "A1")[1].endswith(told)
    assert refused(desk.tab.merge_cells, "B2:C3")[1].endswith(told)
    desk.tab.batch_merge([{"range": "D1:E1"}, {"range": "D3:E4", "mergeType": MergeType.merge_columns}])
    assert desk.outline()["merges"][1:] == [_area(0, 3, 1, 5), _area(2, 3, 4, 4), _area(2, 4, 4, 5)]
    desk.tab.unmerge_cells("A1:H20")
    assert "merges" not in desk.outline()


@tries(
    *("Worksheet.update_note", "Worksheet.update_notes", "Worksheet.insert_note", "Worksheet.insert_notes"),
    *("Worksheet.get_note", "Worksheet.get_notes", "Worksheet.clear_note", "Worksheet.clear_notes"),
)
def _noted(desk: Desk) -> None:
    assert (desk.tab.get_note("A1"), desk.tab.get_notes()) == ("", [[]])
    desk.tab.update_note("A1", "count")
    desk.tab.insert_note("B2", "again")
    desk.tab.update_notes({"C1": "x"})
    desk.tab.insert_notes({"C2": "y"})
    assert desk.tab.get_note("B2") == "again"
    assert desk.tab.get_notes() == [["count", "", "x"], ["", "again", "y"]]
    desk.tab.clear_note("A1")
    desk.tab.clear_notes(["C1", "C2"])
    assert [line for line in desk.tab.get_notes() if any(line)] == [["", "again"]]


@tries("Worksheet.set_basic_filter", "Worksheet.clear_basic_filter")
def _filtered(desk: Desk) -> None:
    desk.tab.set_basic_filter()
    assert desk.outline()["basicFilter"] == {"range": _area(0, 0, 20, 8)}
    desk.tab.set_basic_filter("A1:C5")
    assert desk.outline()["basicFilter"] == {"range": _area(0, 0, 5, 3)}
    desk.tab.clear_basic_filter()
    assert "basicFilter" not in desk.outline()


@tries("Worksheet.add_validation")
def _validated(desk: Desk) -> None:
    kind = ValidationConditionType.one_of_list
    desk.tab.add_validation("A1:A2", kind, ["yes", "no"], strict=True, showCustomUi=True, inputMessage="choose")
    rule = desk.cell("A2")["dataValidation"]
    assert rule == {
        "condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "yes"}, {"userEnteredValue": "no"}]},
        "inputMessage": "choose",
        "strict": True,
        "showCustomUi": True,
    }
    desk.tab.add_validation("B1", ValidationConditionType.boolean, [], showCustomUi=True)
    assert desk.cell("B1")["dataValidation"]["condition"]["type"] == "BOOLEAN"
    desk.tab.update([["maybe"]], "A1")  # what the API writes passes, whatever a rule says
    assert desk.values("A1") == [["maybe"]]
