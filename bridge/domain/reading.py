"""What a cell holds that should hold a quantity or the components of a listing, as data (DESIGN §4).

A person writes numbers in more ways than one: `１２`, `1,200`, `12 個`. What can mean only one whole number is read as
that number; everything else is a finding with its own code, and the last good value stays in force.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import lru_cache

from bridge.domain.stock import Component

MOST = 1_000_000_000
"""The greatest quantity a cell may hold, in units."""


class CellKind(Enum):
    """What was entered into a cell (Google's userEnteredValue)."""

    BLANK = "blank"
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    FORMULA = "formula"
    ERROR = "error"


class FindingCode(StrEnum):
    """What is wrong with a cell."""

    BLANK = "blank"  # nothing stands where there was a number
    TEXT = "text"  # no number at all
    NEGATIVE = "negative"
    FRACTION = "fraction"
    TOO_LARGE = "too large"  # more than MOST
    DATE = "date"  # a date or a time
    PERCENT = "percent"
    BOOLEAN = "boolean"
    FORMULA = "formula"
    ERROR = "error"  # #REF! and its like
    COMPONENTS = "components"  # not of the form A×3+B×1
    UNITS = "units"  # a component of 0, or of more than MOST units


@dataclass(frozen=True)
class RawCell:
    """A cell as read. `value`: what it holds in the end (of a formula: its result; None where it has none);
    `format_type`: Google's numberFormat.type (NUMBER, DATE, TIME, PERCENT, TEXT…), "" where there is none."""

    kind: CellKind
    value: float | str | bool | None = None
    format_type: str = ""


@dataclass(frozen=True)
class Quantity:
    """A good number: 0…MOST units."""

    units: int


@dataclass(frozen=True)
class Blank:
    """Nothing stands there. Never a zero."""


NOTHING = Blank()


@dataclass(frozen=True)
class Finding:
    """No good number; `code` says why. `units`: the whole number below zero that stands there. A person may not type
    one, but the bridge shows one where more was sold than there is."""

    code: FindingCode
    units: int | None = None


@dataclass(frozen=True)
class Delta:
    """So many more (or fewer, below zero) than the stock cell shows."""

    units: int


Reading = Quantity | Blank | Finding
Entry = Delta | Blank | Finding

_BY_KIND = {
    CellKind.BOOLEAN: FindingCode.BOOLEAN,
    CellKind.FORMULA: FindingCode.FORMULA,
    CellKind.ERROR: FindingCode.ERROR,
}
_BY_FORMAT = {
    "DATE": FindingCode.DATE,
    "TIME": FindingCode.DATE,
    "DATE_TIME": FindingCode.DATE,
    "PERCENT": FindingCode.PERCENT,
}
_WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(,[0-9]{3})+")
# What text means that is no whole number, in the order it is tried.
_BY_TEXT = (
    (re.compile(r"[-−‐–▲△][0-9,.]+"), FindingCode.NEGATIVE),
    (re.compile(r"[0-9,]*\.[0-9]+"), FindingCode.FRACTION),
    (re.compile(r"[0-9,.]+%"), FindingCode.PERCENT),
    (re.compile(r"[0-9]+[-/.年月:][0-9]+([-/.月:][0-9]+)?日?"), FindingCode.DATE),
    (re.compile(r"=.+"), FindingCode.FORMULA),
    (re.compile(r"#[A-Z/0]+[!?]?|#N/A"), FindingCode.ERROR),
)
# The letter x counts only after a blank: BOX2 is a code, "BOX x2" is two of BOX.
_TIMES = re.compile(r"(?P<sku>.*?\S)(?:\s*[×*✕✖]|\s+[xX])\s*(?P<units>[0-9]+)")
# A code in quotes means itself, whatever signs are in it: "T+S"×2. Anything else behind the quotes: they are its own.
_QUOTED = re.compile(
    r"""\s*(?:"(?P<a>[^"]*)"|“(?P<b>[^”]*)”|「(?P<c>[^」]*)」)\s*(?:[×*✕✖xX]\s*(?P<units>[0-9]+)\s*)?(?P<more>\+|$)"""
)


def read_quantity(cell: RawCell) -> Reading:
    """The quantity a stock cell holds."""
    if cell.kind is CellKind.BLANK:
        return Blank()
    if cell.kind in _BY_KIND:
        return Finding(_BY_KIND[cell.kind])
    if cell.kind is CellKind.TEXT:
        return _read_text(plain(str(cell.value)))
    if cell.format_type in _BY_FORMAT:
        return Finding(_BY_FORMAT[cell.format_type])
    return _read_number(float(cell.value or 0))


def shown_units(reading: Reading) -> int | None:
    """The whole number that stands there, one below zero too; None where there is none."""
    return None if isinstance(reading, Blank) else reading.units


def read_components(text: str) -> tuple[Component, ...] | Finding:
    """The components of a listing from `A×3+B×1`; a plain SKU is one unit of it, a SKU that stands twice counts
    together. A SKU that could be misread stands in quotes: `"T+S"×2`. Blank text has none."""
    if not plain(text):
        return ()
    units: dict[str, int] = {}
    for sku, digits in _parts(plain(text)):
        count = _count(digits)
        if not sku:
            return Finding(FindingCode.COMPONENTS)
        units[sku] = units.get(sku, 0) + count
        if not 1 <= count <= MOST or units[sku] > MOST:
            return Finding(FindingCode.UNITS)
    return tuple(Component(sku, count) for sku, count in units.items())


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """(SKU, digits of its units) of what stands between the plus signs; "" where there is no SKU."""
    at, more = 0, True
    while more:
        if quoted := _QUOTED.match(text, at):
            sku = next(text for text in quoted.group("a", "b", "c") if text is not None)
            yield sku.strip(), quoted["units"] or "1"
            at, more = quoted.end(), bool(quoted["more"])
            continue
        end = text.find("+", at)
        part = (text[at:] if end < 0 else text[at:end]).strip()
        found = _TIMES.fullmatch(part)
        sku, digits = (found["sku"], found["units"]) if found else (part, "1")
        yield ("" if {"×", "*"} & set(sku) else sku), digits
        at, more = end + 1, end >= 0


@lru_cache(8192)
def needs_quotes(sku: str) -> bool:
    """Whether a code, written as it is, would be read as something else."""
    return read_components(sku) != (Component(sku, 1),)


def plain(text: str) -> str:
    """Full-width letters, digits and signs as their usual ones, no blanks around. Nothing else is folded: NFKC alone
    would read `10²` as 102 and `①` as 1."""
    narrow = (
        unicodedata.normalize("NFKC", char) if unicodedata.east_asian_width(char) == "F" else char for char in text
    )
    return "".join(narrow).strip()


def _count(digits: str) -> int:
    """As a number; anything above MOST as MOST + 1, since Python refuses to read thousands of digits."""
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= len(str(MOST)) else MOST + 1


def _read_number(value: float) -> Reading:
    if value < 0:
        return Finding(FindingCode.NEGATIVE, int(value) if -MOST <= value == int(value) else None)
    if value > MOST:
        return Finding(FindingCode.TOO_LARGE)
    if value != int(value):
        return Finding(FindingCode.FRACTION)
    return Quantity(int(value))


def _read_text(text: str) -> Reading:
    if not text:
        return Blank()
    number = text.removesuffix("個").rstrip()
    if _WHOLE.fullmatch(number):
        return _read_number(_count(number.replace(",", "")))
    return Finding(next((code for form, code in _BY_TEXT if form.fullmatch(number)), FindingCode.TEXT))
