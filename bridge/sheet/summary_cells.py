"""集計 as cells: the parts of a Summary, each at its place in the template. Plain values, never a formula."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from bridge.domain.summary import TREND, ChannelRow, Latency, Product, Sales, State, Summary
from bridge.sheet.layout import templates
from bridge.sheet.requests import CellValue

Rows = list[list[CellValue]]
WIDTH = 17  # columns of the tab
GAP = 2  # free rows above the products


@cache
def document() -> dict[str, Any]:
    return tomllib.loads((templates() / "summary.toml").read_text(encoding="utf-8"))


def place(part: str) -> tuple[int, int]:
    """(row, column) of a part."""
    found = document()["places"][part]
    return found["row"], found["column"]


def word(code: str, language: str) -> str:
    return str(document()["words"][code][language])


def seller(channel: str, language: str) -> str:
    """A channel as people call it."""
    return str(document()["sellers"].get(channel, {}).get(language, channel))


@dataclass(frozen=True)
class Part:
    """A rectangle of cells. The rows may be of different lengths."""

    row: int
    column: int
    rows: Rows


def parts(summary: Summary, made: str, stamp: Callable[[datetime], str], language: str) -> list[Part]:
    """`made`: when, as people read it · `stamp`: does the same to any other time."""

    def say(code: str) -> str:
        return word(code, language)

    above = [
        _at("figures", _figures(summary, say)),
        _at("edits", _edits(summary, say)),
        _at("places", _places(summary, say)),
        _at("sales", _sales(summary.sales, say, language)),
        _at("channels", _channels(summary.channels, say, stamp)),
        _at("trend", _trend(summary, say)),
        Part(0, 0, [[say("made"), made, say("day"), summary.today.isoformat()]]),
    ]
    filled = max(part.row + len(part.rows) for part in above if part.column < place("trend")[1])
    row, column = place("products")
    return [*above, Part(max(row, filled + GAP), column, _products(summary, say))]


def _at(part: str, rows: Rows) -> Part:
    return Part(*place(part), rows)


def grid(found: Sequence[Part], height: int) -> Rows:
    """All of them in one rectangle of WIDTH columns, at least `height` rows. What is blank is written as blank, so that
    nothing of a longer list of before is left, and no cell is ever cleared first."""
    height = max([height, *(part.row + len(part.rows) for part in found)])
    cells: Rows = [[""] * WIDTH for _ in range(height)]
    for part in found:
        for at, row in enumerate(part.rows, part.row):
            cells[at][part.column : part.column + len(row)] = ["" if each is None else each for each in row]
    return cells


Say = Callable[[str], str]


def _figures(summary: Summary, say: Say) -> Rows:
    rows: Rows = [[say("figures")], [say("products"), len(summary.products)]]
    rows.append([say("on_hand"), sum(each.on_hand for each in summary.products)])
    rows.append([say("allocated"), sum(each.allocated for each in summary.products)])
    rows.append([say("sellable"), sum(each.sellable or 0 for each in summary.products)])
    rows += [[say(state.value), summary.count(state)] for state in (State.OUT, State.LOW, State.DEAD)]
    rows.append([say("questions"), summary.questions])
    if summary.unpriced is not None:
        rows += [[say("value"), summary.value], [say("unpriced"), summary.unpriced]]
    return rows


def _edits(summary: Summary, say: Say) -> Rows:
    account = summary.edits
    rows: Rows = [[say("edits")]]
    rows += [[say(name), getattr(account, name)] for name in ("seen", "applied", "refused", "superseded", "waiting")]
    return rows


def _places(summary: Summary, say: Say) -> Rows:
    told = summary.unpriced is not None
    rows: Rows = [[say("place"), say("on_hand"), say("allocated"), *([say("value")] if told else [])]]
    rows += [[each.location, each.on_hand, each.allocated, each.value] for each in summary.places]
    return rows


def _sales(sales: Sequence[Sales], say: Say, language: str) -> Rows:
    rows: Rows = [[say("sales"), say("today"), say("week"), say("month")]]
    rows += [[seller(each.channel, language), each.today, each.week, each.month] for each in sales]
    rows.append([say("total"), *(sum(getattr(each, span) for each in sales) for span in ("today", "week", "month"))])
    return rows


def _channels(channels: Sequence[ChannelRow], say: Say, stamp: Callable[[datetime], str]) -> Rows:
    names = ("channel", "mode", "heard_at", "count", "p50", "p95", "behind", "matters")
    rows: Rows = [[say(name) for name in names]]
    return rows + [_channel(each, say, stamp) for each in channels]


def _channel(each: ChannelRow, say: Say, stamp: Callable[[datetime], str]) -> list[CellValue]:
    mode = say(each.contact) if each.live else say("shadow")
    heard = stamp(each.heard_at) if each.heard_at else say("never")
    return [each.name, mode, heard, *_seconds(each.latency), each.waiting, each.matters]


def _seconds(latency: Latency) -> Iterator[CellValue]:
    yield latency.count
    yield from (None if each is None else round(each, 1) for each in (latency.p50, latency.p95))


def _trend(summary: Summary, say: Say) -> Rows:
    """As many rows as it may have days, whether the ledger knows of them all or not: the charts are made of them."""
    rows: Rows = [[say("trend_day"), say("trend_on_hand"), say("trend_sold")]]
    rows += [[None, None, None] for _ in range(TREND - len(summary.trend))]
    rows += [[each.day.isoformat(), each.on_hand, each.sold] for each in summary.trend]
    return rows


_PRODUCT: Mapping[str, Callable[[Product], CellValue]] = {
    "sku": lambda each: each.sku,
    "state": lambda each: each.state.value,
    "on_hand": lambda each: each.on_hand,
    "allocated": lambda each: each.allocated,
    "sellable": lambda each: each.sellable,
    "sold_week": lambda each: each.week,
    "sold_month": lambda each: each.month,
    "cover": lambda each: each.cover,
    "idle": lambda each: each.idle,
}
STATE_COLUMN = list(_PRODUCT).index("state")
PRODUCT_WIDTH = len(_PRODUCT) + 2  # with cost and value


def _products(summary: Summary, say: Say) -> Rows:
    told = summary.unpriced is not None
    names = [*_PRODUCT, *(("cost", "value") if told else ())]
    states = {state.value: say(state.value) for state in State}
    rows: Rows = [[say(name) for name in names]]
    for each in summary.products:
        row = [figure(each) for figure in _PRODUCT.values()]
        row[STATE_COLUMN] = states[each.state.value]
        rows.append([*row, *([None if each.cost is None else float(each.cost), each.value] if told else [])])
    return rows
