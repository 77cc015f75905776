"""One tab as a browser draws it: texts, colours (conditional ones too), notes, tick boxes, lists, what is protected.

The API keeps the looks and draws nothing; here stands what a person sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from .book import Book
from .cells import Cell, Format, Formula
from .errors import Json
from .protection import forbids
from .references import in_one_row, translated
from .sheet import Area, Row, Sheet
from .view import View

SPARE_ROWS = 12  # blank rows shown below the last one with a text, to be typed into


@dataclass(frozen=True)
class Line:
    """One row. `colours`: of the cells that are not white, #RRGGBB · `ticks`: the columns with a tick box · `lists`:
    the columns with a list to choose from, each with the number of its list · `notes`: column → note."""

    row: int
    texts: list[str]
    colours: dict[int, str] = field(default_factory=dict)
    ticks: list[int] = field(default_factory=list)
    lists: dict[int, int] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Screen:
    """`frozen`: how many rows stay at the top · `widths`: pixels of each column, 0 where it is hidden · `warned`: the
    columns that are protected as a whole · `lists`: what may be chosen, by number."""

    frozen: int
    widths: list[int]
    warned: list[int]
    lists: list[list[str]]
    lines: list[Line]

    def as_json(self) -> Json:
        return {**vars(self), "lines": [vars(line) for line in self.lines]}


def tabs(book: Book) -> list[Json]:
    """The tabs that people see, in their order."""
    shown = (sheet for sheet in book.sheets if not sheet.properties.get("hidden"))
    return [{"id": sheet.id, "title": sheet.title} for sheet in shown]


def draw(view: View, sheet: Sheet) -> Screen:
    lists: dict[tuple[str, ...], int] = {}
    rules = [_Rule(view, sheet, rule) for rule in sheet.conditional_formats]
    shown = range(min(_last_text(sheet) + SPARE_ROWS, len(sheet.rows)))
    lines = [_line(row, _look(view, sheet, row, rules), lists) for row in shown if not _hidden(sheet, row)]
    widths = [0 if column.hidden_by_user else column.pixels for column in sheet.columns]
    frozen = int(sheet.properties.get("gridProperties", {}).get("frozenRowCount", 0))
    return Screen(frozen, widths, list(_warned(sheet)), [list(one) for one in lists], lines)


def _last_text(sheet: Sheet) -> int:
    """How many rows up to the last one that says something; a tick box without a tick says nothing."""
    count = sheet.last_value_row()
    while count and all(cell.entered in (None, False) for cell in sheet.rows[count - 1].cells):
        count -= 1
    return count


def _hidden(sheet: Sheet, row: int) -> bool:
    return sheet.rows[row].hidden_by_user or sheet.rows[row].hidden_by_filter


@dataclass(frozen=True)
class _Look:
    """A row wherever it stands."""

    texts: list[str]
    colours: dict[int, str]
    ticks: list[int]
    choices: dict[int, tuple[str, ...]]
    notes: dict[int, str]


_looks: dict[tuple[int, int, str, tuple[int, ...]], tuple[Row, list[Json], _Look]] = {}
"""Rows as they were drawn, with what their key names by its id, which is theirs as long as they are kept here"""
MOST_LOOKS = 8192


def _look(view: View, sheet: Sheet, row: int, rules: list[_Rule]) -> _Look:
    """A row never changes, and it looks the same as long as nothing outside of it decides how."""
    own, mine = sheet.rows[row], [rule for rule in rules if rule.reaches(row)]
    key = (id(own), len(sheet.columns), view.locale, tuple(id(rule.source) for rule in mine))
    known = _looks.get(key)
    if known is not None:
        return known[2]
    made = _drawn(view, sheet, row, mine)
    if all(rule.local for rule in mine) and not any(isinstance(cell.entered, Formula) for cell in own.cells):
        if len(_looks) >= MOST_LOOKS:
            _looks.clear()
        _looks[key] = own, [rule.source for rule in mine], made
    return made


def _drawn(view: View, sheet: Sheet, row: int, rules: list[_Rule]) -> _Look:
    look = _Look([view.text(sheet, row, column) for column in range(len(sheet.columns))], {}, [], {}, {})
    for column in range(len(sheet.columns)):
        cell = sheet.cell(row, column)
        colour = next((rule.colour for rule in rules if rule.colours(row, column)), None) or _background(cell.format)
        if colour:
            look.colours[column] = colour
        if cell.note:
            look.notes[column] = cell.note
        kind, words = _choice(cell)
        if kind == "BOOLEAN":
            look.ticks.append(column)
        elif kind == "ONE_OF_LIST":
            look.choices[column] = words
    return look


def _line(row: int, look: _Look, lists: dict[tuple[str, ...], int]) -> Line:
    chosen = {column: lists.setdefault(words, len(lists)) for column, words in look.choices.items()}
    return Line(row, look.texts, look.colours, look.ticks, chosen, look.notes)


def _choice(cell: Cell) -> tuple[str, tuple[str, ...]]:
    condition = (cell.validation or {}).get("condition", {})
    words = tuple(str(value.get("userEnteredValue", "")) for value in condition.get("values", ()))
    return str(condition.get("type", "")), words


def _warned(sheet: Sheet) -> Iterator[int]:
    """Columns of which no cell may be written without a warning."""
    height = len(sheet.rows)
    for column in range(len(sheet.columns)):
        last = Area(sheet, height - 1, column, height, column + 1)  # the headers are protected besides
        if height and any(forbids(held, last) for held in sheet.protected_ranges):
            yield column


class _Rule:
    """One conditional format. `source`: as the API has it · `local`: it looks at nothing but the row it colours."""

    def __init__(self, view: View, sheet: Sheet, source: Json) -> None:
        boolean: Json = source.get("booleanRule", {})
        condition: Json = boolean.get("condition", {})
        values = condition.get("values", [])
        custom = condition.get("type") == "CUSTOM_FORMULA" and values
        self.source, self.colour = source, _background(boolean.get("format", {}))
        self._view, self._sheet = view, sheet
        self._areas = [view.book.area(each) for each in source.get("ranges", [])]
        self._formula = str(values[0].get("userEnteredValue", "")) if custom else ""
        self._whole_row = translated(self._formula, 0, 1) == self._formula
        self.local = in_one_row(self._formula) and "NOW(" not in self._formula.upper()
        self._known: dict[tuple[int, int], bool] = {}

    def reaches(self, row: int) -> bool:
        """Whether it may colour a cell of the row. A condition of another kind than a formula is drawn by nobody."""
        return bool(self._formula and self.colour) and any(area.top <= row < area.bottom for area in self._areas)

    def colours(self, row: int, column: int) -> bool:
        """Whether the cell has this rule's colour."""
        if not any(_inside(area, row, column) for area in self._areas):
            return False
        first = self._areas[0]
        down, right = row - first.top, 0 if self._whole_row else column - first.left
        if (down, right) not in self._known:
            self._known[down, right] = self._view.holds(self._sheet, translated(self._formula, down, right))
        return self._known[down, right]


def _inside(area: Area, row: int, column: int) -> bool:
    return area.top <= row < area.bottom and area.left <= column < area.right


def _background(look: Format) -> str | None:
    """#RRGGBB; None for white, and where there is none."""
    style = look.get("backgroundColorStyle", {}).get("rgbColor", look.get("backgroundColor"))
    if style is None:
        return None
    text = "#" + "".join(f"{round(255 * style.get(part, 0)):02X}" for part in ("red", "green", "blue"))
    return None if text == "#FFFFFF" else text
