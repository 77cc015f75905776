"""What a basic filter hides: the rows whose cells fail its criteria, judged when the filter is set, as Google does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .errors import Json, invalid, unimplemented
from .formula import Value
from .sheet import Area, Sheet
from .view import View

Test = Callable[[Value, str], bool]
"""(effective value, displayed text) → is the row kept?"""


def hide_rows(view: View, sheet: Sheet) -> None:
    """Set every row's flag from the sheet's basic filter; the first row of its range is the header and stays."""
    held = sheet.basic_filter
    area = view.book.area(held["range"]) if held else None
    tests = _tests(held) if held else {}
    for index, row in enumerate(sheet.rows):
        inside = area is not None and area.top < index < area.bottom
        hidden = inside and not _kept(view, sheet, index, tests)
        if hidden != row.hidden_by_filter:
            sheet.rows[index] = replace(row, hidden_by_filter=hidden)


def data_rows(area: Area) -> Area | None:
    """A filter's range without its header."""
    return Area(area.sheet, area.top + 1, area.left, area.bottom, area.right) if area.height > 1 else None


def both_forms(held: Json) -> Json:
    """The criteria as Google gives them back: in the old map and in the new list alike."""
    specs = held.get("filterSpecs")
    if specs is None:
        criteria: Json = held.get("criteria", {})
        specs = [{"columnIndex": int(column), "filterCriteria": one} for column, one in criteria.items()]
    result = {name: value for name, value in held.items() if name not in ("criteria", "filterSpecs")}
    if not specs:
        return result
    old = {str(spec.get("columnIndex", 0)): spec.get("filterCriteria", {}) for spec in specs}
    return {**result, "criteria": old, "filterSpecs": specs}


def _tests(held: Json) -> dict[int, list[Test]]:
    return {
        spec.get("columnIndex", 0): list(_criteria(spec.get("filterCriteria", {})))
        for spec in held.get("filterSpecs", [])
    }


def _kept(view: View, sheet: Sheet, row: int, tests: dict[int, list[Test]]) -> bool:
    for column, wanted in tests.items():
        value, text = view.value(sheet, row, column), view.text(sheet, row, column)
        if not all(test(value, text) for test in wanted):
            return False
    return True


def _criteria(criteria: Json) -> list[Test]:
    tests: list[Test] = []
    for name in criteria:
        if name not in ("hiddenValues", "condition"):
            raise unimplemented(f"filtering by '{name}'")
    hidden = frozenset(criteria.get("hiddenValues", []))
    if hidden:
        tests.append(lambda _, text: text not in hidden)
    if "condition" in criteria:
        tests.append(_condition(criteria["condition"]))
    return tests


def _condition(condition: Json) -> Test:
    kind = condition.get("type", "")
    values = [str(one.get("userEnteredValue", "")) for one in condition.get("values", [])]
    if kind == "BLANK":
        return lambda value, _: value is None or value == ""
    if kind == "NOT_BLANK":
        return lambda value, _: value is not None and value != ""
    if kind in _TEXT_TESTS and values:
        matches, wanted = _TEXT_TESTS[kind], values[0].lower()
        return lambda _, text: matches(text.lower(), wanted)
    if kind in _NUMBER_TESTS and values:
        holds, numbers = _NUMBER_TESTS[kind], _numbers(values)
        return lambda value, _: isinstance(value, float) and holds(value, numbers)
    raise unimplemented(f"the filter condition '{kind}'")


def _numbers(values: list[str]) -> list[float]:
    try:
        return [float(value) for value in values]
    except ValueError:
        raise invalid(f"A number condition needs numbers, not {values}.") from None


_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "TEXT_CONTAINS": lambda text, wanted: wanted in text,
    "TEXT_NOT_CONTAINS": lambda text, wanted: wanted not in text,
    "TEXT_STARTS_WITH": str.startswith,
    "TEXT_ENDS_WITH": str.endswith,
    "TEXT_EQ": str.__eq__,
    "TEXT_NOT_EQ": str.__ne__,
}
_NUMBER_TESTS: dict[str, Callable[[float, list[float]], bool]] = {
    "NUMBER_GREATER": lambda value, wanted: value > wanted[0],
    "NUMBER_GREATER_THAN_EQ": lambda value, wanted: value >= wanted[0],
    "NUMBER_LESS": lambda value, wanted: value < wanted[0],
    "NUMBER_LESS_THAN_EQ": lambda value, wanted: value <= wanted[0],
    "NUMBER_EQ": lambda value, wanted: value == wanted[0],
    "NUMBER_NOT_EQ": lambda value, wanted: value != wanted[0],
    "NUMBER_BETWEEN": lambda value, wanted: wanted[0] <= value <= wanted[-1],
    "NUMBER_NOT_BETWEEN": lambda value, wanted: not wanted[0] <= value <= wanted[-1],
}
