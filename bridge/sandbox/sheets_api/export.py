"""files.export: a spreadsheet as a file of another kind. CSV and TSV are its first tab, as at Google; Excel is all."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from .call import Call
from .drive_access import spreadsheet
from .errors import DriveError, unimplemented
from .view import View

LARGEST = 10 * 1024 * 1024
"""bytes that an export may have"""
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DRAWN = {
    "application/pdf": "PDF",
    "application/zip": "zipped HTML",
    "application/vnd.oasis.opendocument.spreadsheet": "OpenDocument",
    "application/x-vnd.oasis.opendocument.spreadsheet": "OpenDocument",
}


@dataclass(frozen=True)
class Download:
    content: bytes
    mime_type: str


def export(call: Call, file_id: str) -> Download:
    wanted = call.query.get("mimeType")
    if not wanted:
        raise DriveError(400, "required", "Required parameter: mimeType", "mimeType")
    content = _converted(spreadsheet(call, file_id).view(), wanted)
    if len(content) > LARGEST:
        raise DriveError(403, "exportSizeLimitExceeded", "This file is too large to be exported.")
    return Download(content, wanted)


def _converted(view: View, wanted: str) -> bytes:
    if wanted == "text/csv":
        return _separated(view, ",").encode()
    if wanted == "text/tab-separated-values":
        return _separated(view, "\t").encode()
    if wanted == _EXCEL:
        from .workbook import workbook  # openpyxl takes half a second that only an export needs

        return workbook(view)
    if wanted in _DRAWN:
        raise unimplemented(f"the export as {_DRAWN[wanted]}: CSV, TSV and Excel are served")
    raise DriveError(400, "badRequest", "The requested conversion is not supported.", "convertTo")


def _separated(view: View, mark: str) -> str:
    """The texts of the first tab up to its last value, lines ended but the last. TSV knows no quotes: what would need
    them becomes a space."""
    sheet = view.book.sheets[0]
    height = sheet.last_value_row()
    filled = [at for row in sheet.rows[:height] for at, cell in enumerate(row.cells, 1) if cell.entered is not None]
    width = max(filled, default=0)
    lines = [[view.text(sheet, row, column) for column in range(width)] for row in range(height)]
    if mark == "\t":
        return "\r\n".join(mark.join(re.sub(r"[\t\r\n]+", " ", text) for text in line) for line in lines)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in lines:
        writer.writerow(line if line != [""] else [])  # which csv would quote
    return out.getvalue().removesuffix("\r\n")
