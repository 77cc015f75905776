"""One cell of a table from elsewhere: a code, a quantity, or what a spreadsheet program has made of them.

A code is text, always; a program that took it for a number or a date has damaged it. What is certainly whole is brought
(4901234567894 kept as a number is the same JAN), what may have lost something is refused: a code that is wrong by one
zero would be another product.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bridge.domain.reading import (
    Blank,
    CellKind,
    Finding,
    FindingCode,
    RawCell,
    Reading,
    plain,
    read_quantity,
)

EXACT = 10**15  # a spreadsheet program keeps fifteen digits of a number; zeros stand for the others


@dataclass(frozen=True)
class SourceCell:
    """`raw`: what it holds, of a formula its result · `shown`: what it displays."""

    raw: RawCell
    shown: str = ""

    @property
    def text(self) -> str:
        return plain(self.shown)

    @property
    def blank(self) -> bool:
        return self.raw.kind is CellKind.BLANK or (self.raw.kind is CellKind.TEXT and not self.text)


NOTHING = SourceCell(RawCell(CellKind.BLANK))


class Damage(StrEnum):
    """Why what stands in a cell is no code."""

    EXPONENT = "exponent"  # 4.90123E+12
    DATE = "code date"  # 1-Feb, 2026/2/1
    DIGITS = "digits"  # more digits than a number can hold
    ZEROS = "zeros"  # likely had zeros in front
    FORMAT = "format"  # a number that its format shows as a code: 12 as A-0012
    FRACTION = "code fraction"
    NEGATIVE = "code negative"
    BOOLEAN = "code boolean"
    FORMULA = "formula"  # without a result
    ERROR = "error"


_EXPONENT = re.compile(r"[0-9](\.[0-9]+)?E[+-][0-9]{2,}")
_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE = re.compile(
    rf"[0-9]{{1,2}}-({_MONTH})(-[0-9]{{2,4}})?|({_MONTH})-[0-9]{{2}}"
    r"|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}( [0-9:]+)?|([0-9]{4}年)?[0-9]{1,2}月([0-9]{1,2}日)?"
)
_KEPT = re.compile(r'="(.*)"|\'([0-9].*)', re.DOTALL)  # how people save a code from Excel: ="0012", '0012
_IDLE_ZEROS = re.compile(r"(?<=[0-9])\.0{1,2}$")  # 12.0
_DAMAGED = {
    CellKind.BOOLEAN: Damage.BOOLEAN,
    CellKind.FORMULA: Damage.FORMULA,
    CellKind.ERROR: Damage.ERROR,
}


def read_code(cell: SourceCell) -> str | Damage:
    """The code in a cell, "" where it is blank."""
    if cell.raw.kind in _DAMAGED:
        return _DAMAGED[cell.raw.kind]
    if cell.raw.kind is CellKind.NUMBER:
        return _code_of_number(cell)
    text = cell.text
    if kept := _KEPT.fullmatch(text):
        return plain(kept[1] if kept[1] is not None else kept[2])
    if _EXPONENT.fullmatch(text):
        return Damage.EXPONENT
    return Damage.DATE if _DATE.fullmatch(text) else text


def _code_of_number(cell: SourceCell) -> str | Damage:
    if cell.raw.format_type in ("DATE", "TIME", "DATE_TIME"):
        return Damage.DATE
    value = float(cell.raw.value or 0)
    if value != int(value):
        return Damage.FRACTION
    if value < 0:
        return Damage.NEGATIVE
    if value >= EXACT:
        return Damage.DIGITS
    digits, shown = str(int(value)), cell.text
    if shown.isdecimal() and int(shown) == int(value):
        return shown  # 00012: zeros by the number's format
    plain_number = _IDLE_ZEROS.sub("", shown.replace(",", "")) == digits
    return digits if plain_number or _EXPONENT.fullmatch(shown) else Damage.FORMAT


def zeros_expected(cells: list[SourceCell]) -> int:
    """How many digits the codes of a column have, where those kept as text are all as long and some begin with 0; else
    0. A shorter one kept as a number has likely lost its own."""
    texts = [cell.text for cell in cells if cell.raw.kind is CellKind.TEXT and cell.text.isdecimal()]
    lengths = {len(text) for text in texts}
    return lengths.pop() if len(lengths) == 1 and any(text.startswith("0") for text in texts) else 0


def lost_zeros(cell: SourceCell, code: str, expected: int) -> bool:
    """`expected`: of `zeros_expected`."""
    return cell.raw.kind is CellKind.NUMBER and len(code) < expected


def is_jan(code: str) -> bool:
    """A JAN (EAN, UPC, GTIN) with its check digit right."""
    if len(code) not in (8, 12, 13, 14) or not (code.isascii() and code.isdecimal()):
        return False
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code)))
    return weighed % 10 == 0


def read_units(cell: SourceCell) -> Reading:
    """The quantity in a cell; of a formula its result."""
    if cell.raw.kind is not CellKind.TEXT:
        return read_quantity(cell.raw)
    text = cell.text
    if kept := _KEPT.fullmatch(text):
        text = plain(kept[1] if kept[1] is not None else kept[2])
    if _EXPONENT.fullmatch(text):
        return Finding(FindingCode.TEXT)
    if text in ("-", "−", "–", "―", "ー"):  # how tables say that there is none here
        return Blank()
    return read_quantity(RawCell(CellKind.TEXT, _IDLE_ZEROS.sub("", text)))
