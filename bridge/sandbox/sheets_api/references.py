"""Cell references inside a formula's text: moved with a copied cell, mended when rows or columns come and go."""

from __future__ import annotations

import re
from collections.abc import Callable

from .a1 import column_index, column_name
from .cells import Cell, Formula

_REFERENCE = re.compile(
    r'"(?:[^"]|"")*"'
    r"|(?P<title>'(?:[^']|'')+'!|[^\W\d][\w.]*!)?"
    r"(?:(?P<c1>\$?[A-Za-z]{1,3})(?P<r1>\$?[1-9][0-9]*)(?::(?P<c2>\$?[A-Za-z]{1,3})(?P<r2>\$?[1-9][0-9]*)?)?"
    r"|(?P<oc1>\$?[A-Za-z]{1,3}):(?P<oc2>\$?[A-Za-z]{1,3}))(?![\w(!])"
)

Span = tuple[int, int]
"""first and last index of a reference, both inclusive"""
Mend = Callable[[Span], Span | None]
"""where a span of rows (or columns) is afterwards; None where it is gone"""


def moved(cell: Cell, rows: int, columns: int) -> Cell:
    """The cell as it reads at its new place."""
    entered = cell.entered
    return cell.with_value(Formula(translated(entered.text, rows, columns))) if isinstance(entered, Formula) else cell


def translated(formula: str, rows: int, columns: int) -> str:
    """As a copy `rows` down and `columns` to the right reads: what has no $ moves along."""

    def move(match: re.Match[str]) -> str:
        if match[0].startswith('"'):
            return match[0]
        parts = [_column(match["c1"], columns), _row(match["r1"], rows)]
        if match["oc1"]:
            parts = [_column(match["oc1"], columns), ":", _column(match["oc2"], columns)]
        elif match["c2"]:
            parts += [":", _column(match["c2"], columns), _row(match["r2"], rows)]
        return "#REF!" if None in parts else (match["title"] or "") + "".join(part or "" for part in parts)

    return _REFERENCE.sub(move, formula)


def in_one_row(formula: str) -> bool:
    """Whether every cell it looks at stands in the same row of its own tab, which moves along with a copy."""
    rows = set()
    for match in _REFERENCE.finditer(formula):
        if not match[0].startswith('"'):
            if match["title"] or match["oc1"] or match["c2"] or match["r1"].startswith("$"):
                return False
            rows.add(match["r1"])
    return len(rows) == 1


def _column(text: str | None, by: int) -> str | None:
    if not text or text.startswith("$"):
        return text or ""
    index = column_index(text) + by
    return column_name(index) if index >= 0 else None


def _row(text: str | None, by: int) -> str | None:
    if not text or text.startswith("$"):
        return text or ""
    return str(int(text) + by) if int(text) + by >= 1 else None


def mended(formula: str, same_sheet: bool, title: str, rows: Mend, columns: Mend) -> str:
    """The formula after the sheet called `title` changed its shape; `same_sheet`: the formula stands on it."""

    def mend(match: re.Match[str]) -> str:
        if match[0].startswith('"') or not _meant(match["title"], same_sheet, title):
            return match[0]
        if match["oc1"]:
            return _joined(match, _mend_columns(match["oc1"], match["oc2"], columns), None)
        row_part = _mend_rows(match["r1"], match["r2"] or (match["r1"] if not match["c2"] else None), rows)
        return _joined(match, _mend_columns(match["c1"], match["c2"] or match["c1"], columns), row_part)

    return _REFERENCE.sub(mend, formula)


def _meant(title: str | None, same_sheet: bool, wanted: str) -> bool:
    if title is None:
        return same_sheet
    name = title[:-1]
    return (name[1:-1].replace("''", "'") if name.startswith("'") else name).lower() == wanted.lower()


def _joined(match: re.Match[str], columns: tuple[str, str] | None, rows: tuple[str, str] | None) -> str:
    if columns is None or (rows is None and match["r1"]):
        return "#REF!"
    first, last = columns
    top, bottom = rows or ("", "")
    title = match["title"] or ""
    return f"{title}{first}{top}:{last}{bottom}" if match["c2"] or match["oc1"] else f"{title}{first}{top}"


def _mend_columns(first: str, last: str, mend: Mend) -> tuple[str, str] | None:
    span = mend((column_index(first.lstrip("$")), column_index(last.lstrip("$"))))
    if span is None:
        return None
    return _kept(first) + column_name(span[0]), _kept(last) + column_name(span[1])


def _mend_rows(first: str, last: str | None, mend: Mend) -> tuple[str, str] | None:
    top = int(first.lstrip("$")) - 1
    bottom = int(last.lstrip("$")) - 1 if last else 10**9
    span = mend((top, bottom))
    if span is None:
        return None
    return f"{_kept(first)}{span[0] + 1}", f"{_kept(last)}{span[1] + 1}" if last else ""


def _kept(part: str) -> str:
    return "$" if part.startswith("$") else ""
