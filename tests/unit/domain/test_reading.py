"""What a cell holds, as people and Google put it there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.reading import (
    MOST,
    Blank,
    CellKind,
    Finding,
    FindingCode,
    Quantity,
    RawCell,
    needs_quotes,
    plain,
    read_components,
    read_quantity,
)
from bridge.domain.stock import Component


def text(value: str) -> RawCell:
    return RawCell(CellKind.TEXT, value, "TEXT")


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("12", 12),
        ("１２", 12),
        ("1,200", 1200),
        ("１，２００", 1200),
        ("1,234,567", 1_234_567),
        ("12個", 12),
        ("　１２ 個 ", 12),
        ("007", 7),
        ("0", 0),
        (f"{MOST:,}", MOST),
    ],
)
def test_text_that_can_mean_only_one_number_is_that_number(written: str, units: int) -> None:
    assert read_quantity(text(written)) == Quantity(units)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("abc", FindingCode.TEXT),
        ("1,2", FindingCode.TEXT),
        ("1,2000", FindingCode.TEXT),
        ("1 2", FindingCode.TEXT),
        ("個", FindingCode.TEXT),
        ("10²", FindingCode.TEXT),
        ("①", FindingCode.TEXT),
        ("十二", FindingCode.TEXT),
        ("٣", FindingCode.TEXT),
        ("1e3", FindingCode.TEXT),
        ("約12", FindingCode.TEXT),
        ("-3", FindingCode.NEGATIVE),
        ("−3", FindingCode.NEGATIVE),
        ("▲1,200", FindingCode.NEGATIVE),
        ("1.5", FindingCode.FRACTION),
        ("１．５個", FindingCode.FRACTION),
        ("50%", FindingCode.PERCENT),
        ("2026/11/23", FindingCode.DATE),
        ("11月23日", FindingCode.DATE),
        ("10:30", FindingCode.DATE),
        ("=A1", FindingCode.FORMULA),
        ("#REF!", FindingCode.ERROR),
        ("#N/A", FindingCode.ERROR),
        (str(MOST + 1), FindingCode.TOO_LARGE),
        ("9" * 5000, FindingCode.TOO_LARGE),
    ],
)
def test_any_other_text_is_a_finding_that_says_why(written: str, code: FindingCode) -> None:
    assert read_quantity(text(written)) == Finding(code)


@pytest.mark.parametrize("cell", [RawCell(CellKind.BLANK), text(""), text(" 　")])
def test_blank_is_blank_and_never_zero(cell: RawCell) -> None:
    assert read_quantity(cell) == Blank()


@pytest.mark.parametrize(
    ("cell", "reading"),
    [
        (RawCell(CellKind.NUMBER, 12.0, "NUMBER"), Quantity(12)),
        (RawCell(CellKind.NUMBER, 0, ""), Quantity(0)),
        (RawCell(CellKind.NUMBER, MOST), Quantity(MOST)),
        (RawCell(CellKind.NUMBER, MOST + 1), Finding(FindingCode.TOO_LARGE)),
        (RawCell(CellKind.NUMBER, 1e300), Finding(FindingCode.TOO_LARGE)),
        (RawCell(CellKind.NUMBER, -3), Finding(FindingCode.NEGATIVE, -3)),
        (RawCell(CellKind.NUMBER, 1.5), Finding(FindingCode.FRACTION)),
        (RawCell(CellKind.NUMBER, 46349, "DATE"), Finding(FindingCode.DATE)),
        (RawCell(CellKind.NUMBER, 0.5, "TIME"), Finding(FindingCode.DATE)),
        (RawCell(CellKind.NUMBER, 46349.5, "DATE_TIME"), Finding(FindingCode.DATE)),
        (RawCell(CellKind.NUMBER, 12, "PERCENT"), Finding(FindingCode.PERCENT)),
        (RawCell(CellKind.BOOLEAN, True), Finding(FindingCode.BOOLEAN)),
        (RawCell(CellKind.FORMULA, 12.0), Finding(FindingCode.FORMULA)),
        (RawCell(CellKind.ERROR, "REF"), Finding(FindingCode.ERROR)),
    ],
)
def test_what_google_says_a_cell_holds(cell: RawCell, reading: Quantity | Finding) -> None:
    assert read_quantity(cell) == reading


@given(st.integers(0, MOST), st.booleans(), st.booleans(), st.sampled_from(["", "個", " 個"]))
def test_however_a_number_is_written_it_is_read_as_itself(units: int, grouped: bool, wide: bool, unit: str) -> None:
    written = f"{units:,}" if grouped else str(units)
    if wide:
        written = "".join(chr(ord(char) + 0xFEE0) for char in written)
    assert read_quantity(text(written + unit)) == Quantity(units)


@given(st.text(max_size=20))
def test_no_text_is_ever_more_than_it_says(written: str) -> None:
    reading = read_quantity(text(written))
    if isinstance(reading, Quantity):
        assert str(reading.units) in plain(written).replace(",", "")


@pytest.mark.parametrize(
    ("written", "components"),
    [
        ("A×3+B×1", [("A", 3), ("B", 1)]),
        ("TEA-001", [("TEA-001", 1)]),
        ("0012", [("0012", 1)]),
        ("A*2", [("A", 2)]),
        ("Ａ＊３＋Ｂ", [("A", 3), ("B", 1)]),
        ("A × ３ + B", [("A", 3), ("B", 1)]),
        ("BOX x2", [("BOX", 2)]),
        ("BOX2", [("BOX2", 1)]),
        ("BOX2x3", [("BOX2x3", 1)]),
        ("A×1+A×2", [("A", 3)]),
        ("茶 大×2", [("茶 大", 2)]),
        ('"T+S"×2+B', [("T+S", 2), ("B", 1)]),
        ('B + "A×3" + 「10*20」', [("B", 1), ("A×3", 1), ("10*20", 1)]),
        ("＂Ｔ＋Ｓ＂×２", [("T+S", 2)]),
        ("“T+S”x3", [("T+S", 3)]),
        ('"T+S"+"T+S"×2', [("T+S", 3)]),
        ('"BOX x2"', [("BOX x2", 1)]),
        ('24"+B', [('24"', 1), ("B", 1)]),
        ("「限定」カップ×2", [("「限定」カップ", 2)]),
        ("", []),
        ("　", []),
    ],
)
def test_components(written: str, components: list[tuple[str, int]]) -> None:
    assert read_components(written) == tuple(Component(*each) for each in components)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("A×", FindingCode.COMPONENTS),
        ("A×two", FindingCode.COMPONENTS),
        ("×3", FindingCode.COMPONENTS),
        ("A++B", FindingCode.COMPONENTS),
        ("+", FindingCode.COMPONENTS),
        ("A××2", FindingCode.COMPONENTS),
        ('"T+S"+', FindingCode.COMPONENTS),
        ('""', FindingCode.COMPONENTS),
        ('" "', FindingCode.COMPONENTS),
        ('"T+S"×0', FindingCode.UNITS),
        ("A×0", FindingCode.UNITS),
        (f"A×{MOST + 1}", FindingCode.UNITS),
        (f"A×{MOST}+A×1", FindingCode.UNITS),
        (f"A×{'9' * 5000}", FindingCode.UNITS),
    ],
)
def test_components_that_mean_nothing(written: str, code: FindingCode) -> None:
    assert read_components(written) == Finding(code)


codes = st.text(st.sampled_from("ABx 0123+×*-「」"), min_size=1, max_size=12).map(plain).filter(bool)


@given(st.lists(st.tuples(codes, st.integers(1, 99)), min_size=1, max_size=4, unique_by=lambda each: each[0]))
def test_every_code_can_be_named_in_quotes(parts: list[tuple[str, int]]) -> None:
    written = "+".join(f'"{sku}"×{units}' for sku, units in parts)
    assert read_components(written) == tuple(Component(*part) for part in parts)


@pytest.mark.parametrize(
    ("code", "needed"), [("TEA-001", False), ("BOX2x3", False), ("T+S", True), ("A×3", True), ("A*B", True)]
)
def test_which_codes_need_quotes(code: str, needed: bool) -> None:
    assert needs_quotes(code) == needed
