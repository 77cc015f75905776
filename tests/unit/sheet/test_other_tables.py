"""Files as sellers have them, read into rows of cells; and the sentences that go with them."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.domain.import_cells import Damage, read_code
from bridge.domain.reading import CellKind, FindingCode
from bridge.errors import Refused
from bridge.sheet.other_tables import MOST_ROWS, read_file
from bridge.sheet.texts import known
from tests.support.tables import csv_file, excel_file, texts

ROWS = [["品番", "品名", "在庫"], ["00012", "りんご, 赤", "1,200"], ["A;7", "改行\nあり", "5"], ["", "", ""]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_any_csv_reads_the_same(tmp_path: Path, encoding: str, delimiter: str) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(ROWS)
    assert texts(csv_file(tmp_path / "t.csv", file.getvalue(), encoding)) == [
        [cell.replace("\n", "\r\n") for cell in row] for row in ROWS
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(data)
    with suppress(Refused):
        assert isinstance(read_file(path), list)


def test_an_excel_file_says_what_its_cells_hold(tmp_path: Path) -> None:
    row = [4901234567894, "0012", 12.0, 1.5, date(2026, 2, 1), True, "=A1*2", "=B1", None, "#N/A"]
    [found] = read_file(excel_file(tmp_path / "t.xlsx", [row], {"G1": 9}))
    assert [cell.text for cell in found[:4]] == ["4901234567894", "0012", "12", "1.5"]
    assert read_code(found[4]) is Damage.DATE
    assert [cell.raw.kind for cell in found[5:8]] == [CellKind.BOOLEAN, CellKind.NUMBER, CellKind.FORMULA]
    assert all(cell.blank for cell in found[8:9])
    assert found[9].raw.kind is CellKind.ERROR


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (12, "General", "12"),
        (12, "@", "12"),
        (12, "0_ ", "12"),
        (1200, "#,##0_);[Red]\\(#,##0\\)", "1200"),
        (4901234567894, "0.00E+00", "4901234567894"),
        (12, "0.00", "12"),
        (12, "00000", "00012"),
        (12, "00000;@", "00012"),
        (12, "[Red]00000_ ", "00012"),
        (12, '"A-"0000', "A-0012"),
        (12, "\\A0000", "A0012"),
        (12345, "000-000", "012-345"),
        (1234567, "000-0000", "123-4567"),
        (12345, '"a;b"0', "a;b12345"),
        (1200, "[$¥-411]#,##0", "¥1200"),
        (12, '0"個入"', "12個入"),
        (1234567, "[<=999]000;[<=9999]000-00;000-0000", "[<=999]1234567"),  # which of them holds is not judged
    ],
)
def test_a_number_is_read_as_its_format_shows_it(tmp_path: Path, value: int, form: str, shown: str) -> None:
    from openpyxl import load_workbook

    path = excel_file(tmp_path / "t.xlsx", [[value]])
    book = load_workbook(path)
    book.active["A1"].number_format = form  # type: ignore[index]
    book.save(path)
    assert texts(path) == [[shown]]


def test_a_formula_that_comes_to_nothing_is_blank(tmp_path: Path) -> None:
    path = excel_file(tmp_path / "t.xlsx", [["A", '=IF(A1="","",1)', "=A1"]])
    with ZipFile(path) as saved:
        parts = {name: saved.read(name) for name in saved.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'<c r="B1">', b'<c r="B1" t="str">')  # as Excel saves ""
    with ZipFile(path, "w") as changed:
        for name, data in parts.items():
            changed.writestr(name, data)
    [[_, nothing, unsaved]] = read_file(path)
    assert nothing.blank
    assert unsaved.raw.kind is CellKind.FORMULA


def test_a_sheet_is_chosen_by_its_title(tmp_path: Path) -> None:
    path = excel_file(tmp_path / "t.xlsx", [["a"]])
    assert [[cell.text for cell in row] for row in read_file(path, "Sheet")] == [["a"]]
    with pytest.raises(Refused, match="Sheet"):
        read_file(path, "棚卸")


def test_too_large_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=str(MOST_ROWS)):
        read_file(csv_file(tmp_path / "t.csv", "a\n" * (MOST_ROWS + 1)))


def test_every_reason_has_its_sentence() -> None:
    codes = {*Damage, *FindingCode} - {FindingCode.BLANK, FindingCode.COMPONENTS, FindingCode.UNITS}
    assert [code for code in codes if not known("import_why", code.value)] == []
