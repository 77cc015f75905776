"""A code is text, always; what has lost something is never brought."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.import_cells import Damage, SourceCell, is_jan, lost_zeros, read_code, read_units, zeros_expected
from bridge.domain.reading import Blank, CellKind, Finding, Quantity, RawCell


def text(value: str) -> SourceCell:
    return SourceCell(RawCell(CellKind.TEXT, value), value)


def number(value: float, shown: str = "", form: str = "") -> SourceCell:
    return SourceCell(RawCell(CellKind.NUMBER, value, form), shown or str(value))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (text("00012"), "00012"),
        (text("　Ａ－１２ "), "A-12"),
        (text('="0012"'), "0012"),
        (text("'0012"), "0012"),
        (text("1E5"), "1E5"),
        (text("MAY-01"), "MAY-01"),
        (text("2024-001"), "2024-001"),
        (number(4901234567894, "4.90123E+12"), "4901234567894"),
        (number(12, "00012"), "00012"),
        (number(1200, "1,200"), "1200"),
        (number(12, "12.00"), "12"),
        (number(12, "A-0012"), Damage.FORMAT),
        (number(12345, "012-345"), Damage.FORMAT),
        (number(12, "0,012"), Damage.FORMAT),
        (text(""), ""),
        (text("4.90123E+12"), Damage.EXPONENT),
        (text("１．２Ｅ＋１１"), Damage.EXPONENT),
        (text("1-Feb"), Damage.DATE),
        (text("Feb-01"), Damage.DATE),
        (text("2月1日"), Damage.DATE),
        (text("2026/2/1"), Damage.DATE),
        (number(46054, "2026-02-01", "DATE"), Damage.DATE),
        (number(1234567890123456), Damage.DIGITS),
        (number(1.5), Damage.FRACTION),
        (number(-3), Damage.NEGATIVE),
        (SourceCell(RawCell(CellKind.ERROR, "#N/A"), "#N/A"), Damage.ERROR),
        (SourceCell(RawCell(CellKind.FORMULA), "=A1"), Damage.FORMULA),
        (SourceCell(RawCell(CellKind.BOOLEAN, True), "TRUE"), Damage.BOOLEAN),
    ],
)
def test_codes(cell: SourceCell, code: str | Damage) -> None:
    assert read_code(cell) == code


@given(st.integers(0, 10**15 - 1))
def test_digits_come_through_whole(value: int) -> None:
    assert read_code(number(float(value))) == str(value)
    assert read_code(text(f"{value:015d}")) == f"{value:015d}"


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_makes_no_jan(digits: str, place: int, by: int) -> None:
    [code] = [digits + last for last in "0123456789" if is_jan(digits + last)]
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert not is_jan(wrong)


def test_a_number_among_codes_of_one_length_has_lost_its_zeros() -> None:
    column = [text("00012"), text("00345"), number(7), number(12345), text("X")]
    assert [lost_zeros(cell, str(read_code(cell)), zeros_expected(column)) for cell in column] == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert zeros_expected([text("12"), text("345"), number(7)]) == 0


@pytest.mark.parametrize(
    ("cell", "reading"),
    [
        (text("１，２００"), Quantity(1200)),
        (text("12個"), Quantity(12)),
        (text("12.0"), Quantity(12)),
        (number(12.0), Quantity(12)),
        (text('="12"'), Quantity(12)),
        (text("-"), Blank()),
        (text("ー"), Blank()),
    ],
)
def test_quantities(cell: SourceCell, reading: object) -> None:
    assert read_units(cell) == reading


@pytest.mark.parametrize("value", ["1.000", "12.5", "-3", "4.9E+12", "たくさん", "2026/1/2", "５０％"])
def test_what_may_mean_something_else_is_no_quantity(value: str) -> None:
    assert isinstance(read_units(text(value)), Finding)
