"""Tables as sellers have them, made for `bridge import`."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from bridge.domain.import_cells import SourceCell
from bridge.sheet.other_tables import read_file


def csv_file(path: Path, text: str, encoding: str = "cp932") -> Path:
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def excel_file(path: Path, rows: Sequence[Sequence[object]], results: Mapping[str, object] | None = None) -> Path:
    """`results`: what Excel saved beside the formulas, by cell; openpyxl itself saves none."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(path)
    for cell, result in (results or {}).items():
        _save_result(path, cell, result)
    return path


def _save_result(path: Path, cell: str, result: object) -> None:
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    text = parts[name].decode()
    kind = ' t="str"' if isinstance(result, str) else ""
    form = rf'<c r="{cell}"(?P<rest>[^>]*)>(?P<formula><f>[^<]*</f>)<v ?/?>(</v>)?'
    changed = re.sub(form, rf'<c r="{cell}"\g<rest>{kind}>\g<formula><v>{result}</v>', text)
    assert changed != text
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in parts.items():
            archive.writestr(each, changed.encode() if each == name else data)


def texts(path: Path) -> list[list[str]]:
    """What a file shows, cell by cell."""
    return [[cell.text for cell in row] for row in read_file(path)]


def cells(*rows: Sequence[str]) -> list[list[SourceCell]]:
    """Rows of text."""
    from bridge.sheet.other_tables import text_cell

    return [[text_cell(value) for value in row] for row in rows]
