"""What a spreadsheet looks like as a file of another kind."""

from __future__ import annotations

import io

from gspread.utils import ExportFormat
from openpyxl import load_workbook

from tests.contract.sheets_surface.desk import Desk


def check_exports(desk: Desk) -> None:
    desk.fill(["SKU", "price", "note"], ["0012", "1,200", 'a "b", c'], ["", "=B2*2", "x\ty"], ["", "50%", True])
    desk.tab.format("A2", {"backgroundColor": {"red": 1}, "textFormat": {"bold": True}})
    desk.tab.format("B1", {"borders": {"bottom": {"style": "SOLID_MEDIUM"}}, "horizontalAlignment": "CENTER"})
    desk.tab.merge_cells("E1:F2")
    desk.tab.freeze(rows=1)
    desk.tab.hide_columns(6, 7)
    desk.tab.add_dimension_group_rows(1, 3)
    desk.tab.update_note("A1", "seller's code")
    desk.tab.define_named_range("B2:B3", "prices")
    other = desk.book.add_worksheet("二枚目", 5, 5)
    other.update([["=1+1"]], "A1")  # RAW: a text
    assert desk.book.export(ExportFormat.CSV).decode() == (
        'SKU,price,note\r\n12,"1,200","a ""b"", c"\r\n,2400,x\ty\r\n,50%,TRUE'
    )
    assert desk.book.export(ExportFormat.TSV).decode() == (
        'SKU\tprice\tnote\r\n12\t1,200\ta "b", c\r\n\t2400\tx y\r\n\t50%\tTRUE'
    )
    content = desk.book.export(ExportFormat.EXCEL)
    read, typed = load_workbook(io.BytesIO(content), data_only=True), load_workbook(io.BytesIO(content))
    assert read.sheetnames == ["Sheet1", "二枚目"]
    sheet, asked = read["Sheet1"], typed["Sheet1"]
    assert [[cell.value for cell in row[:3]] for row in sheet.iter_rows(max_row=4)] == [
        ["SKU", "price", "note"],
        [12, 1200, 'a "b", c'],
        [None, 2400, "x\ty"],
        [None, 0.5, True],
    ]
    assert (asked["B3"].value, sheet["B2"].number_format, sheet["B4"].number_format) == ("=B2*2", "#,##0", "0%")
    assert (sheet["A2"].fill.fgColor.rgb, sheet["A2"].font.bold) == ("00FF0000", True)
    assert (sheet["B1"].border.bottom.style, sheet["B1"].alignment.horizontal) == ("medium", "center")
    assert ([str(merge) for merge in sheet.merged_cells.ranges], sheet.freeze_panes) == (["E1:F2"], "A2")
    assert (sheet.column_dimensions["G"].hidden, sheet.row_dimensions[2].outlineLevel) == (True, 1)
    assert (sheet["A1"].comment.text, read.defined_names["prices"].attr_text) == ("seller's code", "Sheet1!$B$2:$B$3")
    assert (typed["二枚目"]["A1"].value, typed["二枚目"]["A1"].data_type) == ("=1+1", "s")
