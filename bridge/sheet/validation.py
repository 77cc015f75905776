"""What a cell lets in, by the kind of its column."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from functools import partial
from typing import Any

from bridge.sheet.layout import ColumnSpec, hand_titles, move_titles, stop_titles, tab_spec
from bridge.sheet.requests import one_of

_LISTS: Mapping[str, Callable[[str], list[str]]] = {
    "stop": stop_titles,
    "life": partial(stop_titles, life=True),
    "move": move_titles,
    "hand": hand_titles,
}
WHOLE_COLUMNS = ("tick", *_LISTS)  # the kinds whose every cell has it; a tick of `accept` only where it is proposed


def validation(column: ColumnSpec, language: str) -> dict[str, Any]:
    """A tick box; or a list of words, which refuses nothing: what isn't understood is answered."""
    if column.kind in ("tick", "accept"):
        return {"condition": {"type": "BOOLEAN"}, "strict": True}
    return one_of(_LISTS[column.kind](language))


def new_row(tab: str, at: Mapping[str, int], language: str, kinds: Container[str]) -> dict[int, Mapping[str, Any]]:
    """What a new row of a tab lets in, by column: those of these kinds. `at`: the columns by their roles."""
    columns = [column for column in tab_spec(tab).columns if column.kind in kinds and column.role in at]
    return {at[column.role]: validation(column, language) for column in columns}


def same_validation(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two let in the same; what else Google says of them is no matter of ours."""
    return _essence(one) == _essence(other)


def _essence(rule: Mapping[str, Any]) -> tuple[object, ...]:
    condition = rule.get("condition", {})
    values = tuple(value.get("userEnteredValue") for value in condition.get("values", ()))
    return condition.get("type"), values, rule.get("strict", False)
