"""月末在庫 as cells: what was frozen, and beside it what is known now. Plain values; the tab is the bridge's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest

from bridge.domain.costs import value_of
from bridge.domain.month_end import Corrected
from bridge.domain.stock import Cause
from bridge.sheet.layout import tab_spec
from bridge.sheet.months import closing_role
from bridge.sheet.requests import CellValue
from bridge.sheet.summary_cells import document

REASONS = 13  # the first column of the reasons
CLOSING_WIDTH = REASONS + 3


def closing_title(month: str, language: str) -> str:
    return tab_spec(closing_role(month)).title(language)


def closing_rows(
    lines: Sequence[Corrected],
    changes: Mapping[tuple[Cause, str], int],
    kind: Callable[[str], str],
    language: str,
) -> list[list[CellValue]]:
    """`kind`: of a location, a code of the words [closing]."""

    def say(code: str) -> str:
        return str(document()["closing"][code][language])

    names = ("sku", "location", "kind", "on_hand", "allocated", "cost", "value")
    later = ("on_hand_now", "cost_now", "value_now", "difference")
    headers: list[CellValue] = [*(say(name) for name in names), "", *(say(name) for name in later), ""]
    rows: list[list[CellValue]] = [headers]
    for each in lines:
        frozen: list[CellValue] = [each.line.sku, each.line.location, say(kind(each.line.location))]
        frozen += [each.line.on_hand, each.line.allocated, _number(each.cost), each.value, ""]
        rows.append([*frozen, each.on_hand_now, _number(each.cost_now), each.value_now, _difference(each), ""])
    beside: list[list[CellValue]] = [*_totals(lines, say), [""], *_reasons(lines, changes, say)]
    nothing: list[CellValue] = [""] * REASONS
    both = zip_longest(rows, beside, fillvalue=None)
    return [_whole([*(row or nothing), *(more or ())]) for row, more in both]


def _whole(row: Sequence[CellValue]) -> list[CellValue]:
    cells: list[CellValue] = ["" if each is None else each for each in row]
    return [*cells, *[""] * (CLOSING_WIDTH - len(cells))]


def _number(cost: Decimal | None) -> CellValue:
    return None if cost is None else float(cost)


def _difference(each: Corrected) -> int:
    return (each.value_now or 0) - (each.value or 0)


def _totals(lines: Sequence[Corrected], say: Callable[[str], str]) -> list[list[CellValue]]:
    value, now = sum(each.value or 0 for each in lines), sum(each.value_now or 0 for each in lines)
    unknown = sum(each.line.on_hand for each in lines if each.cost is None)
    return [
        [say("total"), sum(each.line.on_hand for each in lines), value],
        [say("total_now"), sum(each.on_hand_now for each in lines), now],
        [say("difference"), "", now - value],
        [say("unpriced"), unknown, ""],
    ]


def _reasons(
    lines: Sequence[Corrected], changes: Mapping[tuple[Cause, str], int], say: Callable[[str], str]
) -> list[list[CellValue]]:
    """What moved in the month by its reason, each SKU at its cost of the month's end."""
    costs = {each.line.sku: each.cost for each in lines if each.cost is not None}
    units: dict[str, int] = {}
    values: dict[str, int] = {}
    for (cause, sku), moved in changes.items():
        reason = reason_of(cause, moved)
        units[reason] = units.get(reason, 0) + moved
        values[reason] = values.get(reason, 0) + (value_of(moved, costs[sku]) if sku in costs else 0)
    rows: list[list[CellValue]] = [[say("reason"), say("units"), say("value")]]
    return rows + [[say(reason), units[reason], values[reason]] for reason in sorted(units, key=_REASONS.index)]


def reason_of(cause: Cause, moved: int) -> str:
    """The word for a cause as accounts know it. A stock-take that found less is a loss of its own."""
    if cause is Cause.STOCK_TAKEN:
        return "loss" if moved < 0 else "found"
    return _CAUSES.get(cause, "other")


_CAUSES: Mapping[Cause, str] = {
    Cause.OPENING: "opening",
    Cause.RECEIVED: "received",
    Cause.SHIPPED: "shipped",
    Cause.WITHDRAWN: "shipped",
    Cause.SOLD_HERE: "shipped",
    Cause.RETURNED: "returned",
    Cause.BROUGHT_BACK: "returned",
    Cause.DAMAGED: "damaged",
    Cause.SAMPLE: "sample",
    Cause.ASSEMBLED: "sets",
    Cause.TAKEN_APART: "sets",
    Cause.SENT: "moved",
    Cause.NOT_SENT: "moved",
    Cause.ARRIVED: "moved",
    Cause.LOST: "lost",
    Cause.COUNTED: "counted",
    Cause.AT_TILL: "counted",
    Cause.EDIT: "typed",
    Cause.LOWER_READING: "typed",
    Cause.ANSWER: "typed",
    Cause.UNDONE: "typed",
}
_REASONS = [*dict.fromkeys(["opening", "received", "shipped", "returned", "loss", "found", *_CAUSES.values()]), "other"]
