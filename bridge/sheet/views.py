"""What the tabs say, as data: rows of 在庫表, lines of 出品, answers of 要対応, ticks of 設定."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from bridge.domain.days import read_day
from bridge.domain.deltas import read_delta
from bridge.domain.entries import RULES, Kind
from bridge.domain.reading import Blank, CellKind, Reading, plain, read_quantity
from bridge.domain.rules import PARTS, RuleReading, StopWord, read_part
from bridge.domain.table import Line, Row, View
from bridge.sheet.grid import Tab, rows_below, tick_of, value_of
from bridge.sheet.layout import Columns, find_columns, kind_of, move_kind, none_words, stop_word

T = TypeVar("T")

MOST_QUESTIONS = 2**31  # a greater number is none of ours
# The bridge-owned cells of a row beside its lock; the first two not everywhere.
OWNED = ("fba", "in_transit", "allocated", "sellable", "state")


@dataclass(frozen=True)
class StockTab:
    """在庫表 as a reply carried it. `view` is None where its headers can't be read: that part pauses."""

    tab: Tab
    columns: Columns
    view: View | None

    def owned(self, position: int) -> dict[str, int | str | None]:
        """What the bridge-owned cells of a row show now."""
        at = self.columns.at
        return {role: value_of(self.tab.cell(position, at[role])) for role in OWNED if role in at}

    def safety(self, position: int) -> Reading:
        return read_quantity(self.tab.cell(position, self.columns.at["safety"]).raw)

    def stop(self, position: int, *, held: bool = False) -> StopWord:
        """`held`: the row is a person's draft, of which only a stop counts already."""
        word = _stop(self.tab, position, self.columns.at, life=True)
        return StopWord.BLANK if held and word is StopWord.RESUME else word


def read_stock(tab: Tab, locations: Sequence[str], lines: Iterable[Line] = (), places: Iterable[str] = ()) -> StockTab:
    """`locations`: the stock columns named in 設定; their order here is that of the sheet. `places`: the same in the
    ledger's order, those for sale first: 増減 changes the first that is there."""
    columns = find_columns("stock", tab.texts(), locations)
    if not columns.usable:
        return StockTab(tab, columns, None)
    rows = tuple(
        row
        for row in (_stock_row(tab, columns, position) for position, _ in rows_below(tab, columns.header_row))
        if row
    )
    delta_at = next((name for name in places if name in columns.locations), "")
    view = View(tuple(columns.locations), rows, tuple(lines), delta_at if "delta" in columns.at else "")
    return StockTab(tab, columns, view)


def _stock_row(tab: Tab, columns: Columns, position: int) -> Row | None:
    at = columns.at
    sku, token = plain(tab.text(position, at["sku"])), tab.text(position, at["lock"])
    cells = tuple(read_quantity(tab.cell(position, column).raw) for column in columns.locations.values())
    if not sku and not token and all(isinstance(cell, Blank) for cell in cells):
        return None
    return Row(
        position=position,
        sku=sku,
        token=token,
        cells=cells,
        hold=tab.cell(position, at["hold"]).ticked,
        confirm=tab.cell(position, at["confirm"]).ticked,
        hidden=position in tab.hidden,
        delta=read_delta(tab.cell(position, at["delta"]).raw) if "delta" in at else Blank(),
    )


@dataclass(frozen=True)
class Said:
    """What a line says of rules and stops. `rules` by part; blank where its column isn't there."""

    rules: Mapping[str, RuleReading] = field(default_factory=dict)
    stop: StopWord = StopWord.BLANK

    @property
    def nothing(self) -> bool:
        return self.stop is StopWord.BLANK and all(isinstance(reading, Blank) for reading in self.rules.values())


@dataclass(frozen=True)
class ListingLine:
    """One line of 出品."""

    position: int
    channel: str
    listing: str
    components: str
    shown: Mapping[str, int | str | None]  # the bridge-owned cells
    said: Said = Said()
    accepted: bool | None = None  # None: no tick box, as in lines that people wrote themselves


@dataclass(frozen=True)
class AnswerLine:
    """One line of 要対応: the id is the bridge's, the answer a person's."""

    position: int
    id: int
    answer: str
    shown: Mapping[str, int | str | None]


@dataclass(frozen=True)
class SettingLine:
    """One line of 設定. `kind`: bridge | channel | location | command …, "" where it can't be read · `on`: None where
    the cell holds no tick."""

    position: int
    kind: str
    name: str
    on: bool | None
    state: int | str | None
    said: Said = Said()


@dataclass(frozen=True)
class MoveLine:
    """One line of 入出庫. `number`: the bridge's own, as it stands there · `sent`, `arrived`, `started`: None where the
    cell holds no tick at all · `components`: None where the tab has no such column · `expected`: the text of that cell,
    and the `day` it means, if any."""

    position: int
    number: str
    kind: str
    sku: str
    units: Reading
    source: str
    target: str
    sent: bool | None
    arrived: bool | None
    state: int | str | None
    components: str | None = ""
    expected: str = ""
    day: date | None = None
    started: bool | None = None

    @property
    def what(self) -> Kind | None:
        """None where its kind can't be read."""
        return move_kind(self.kind)

    @property
    def begins_count(self) -> bool:
        """A stock-take begins with a line that names a place and no SKU."""
        return self.what is Kind.COUNT and not self.sku

    @property
    def blank(self) -> tuple[str, ...]:
        """The roles of what is not filled in yet."""
        return tuple(role for role in self._needs() if not self._written(role))

    @property
    def incomplete(self) -> bool:
        """Whether it is too early for a number of its own. The line of a count has one before it is counted."""
        return bool(set(self.blank) - ({"units"} if self.what is Kind.COUNT else set()))

    @property
    def empty(self) -> bool:
        """Whether people wrote nothing but ticks."""
        return not any(self._written(role) for role in (*_MOVE, "components"))

    def _needs(self) -> tuple[str, ...]:
        if self.begins_count:
            return () if self.target else ("source",)  # either column names its place
        if self.what is Kind.COUNT:
            return ("sku", "units") if self.target else ("sku", "source", "units")
        if not self.kind or self.what is Kind.TRANSFER:
            return _MOVE
        rule = RULES[self.what] if self.what is not None else None
        return ("sku", *(rule.needs if rule else ()), "units")

    def _written(self, role: str) -> bool:
        return not isinstance(self.units, Blank) if role == "units" else getattr(self, role) != ""


_MOVE = ("kind", "sku", "source", "target", "units")


@dataclass(frozen=True)
class HistoryLine:
    """One row of 履歴. `change`: Δ on hand · `undo`: None where the cell holds no tick at all."""

    position: int
    number: int
    sku: str
    location: str
    change: int | str | None
    undo: bool | None
    state: int | str | None

    @property
    def says(self) -> tuple[str, str, int | str]:
        """What was booked, as it stands there."""
        return self.sku, self.location, self.change or 0


@dataclass(frozen=True)
class Lines(Generic[T]):
    """The lines of a tab and where its columns stand. Without usable headers there are none."""

    tab: Tab
    columns: Columns
    lines: tuple[T, ...]


def read_listings(tab: Tab) -> Lines[ListingLine]:
    def line(position: int, at: Mapping[str, int]) -> ListingLine | None:
        channel, listing = tab.text(position, at["channel"]).lower(), tab.text(position, at["listing"])
        if not channel and not listing:
            return None
        shown = {role: value_of(tab.cell(position, at[role])) for role in ("wanted", "sent", "confirmed", "state")}
        components = tab.text(position, at["components"])
        accepted = tick_of(tab.cell(position, at["accept"])) if "accept" in at else None
        return ListingLine(position, channel, listing, components, shown, _said(tab, position, at), accepted)

    return _lines("listings", tab, line)


def read_answers(tab: Tab) -> Lines[AnswerLine]:
    """A line is known by its number, also above a header that was sorted into the table."""

    def line(position: int, at: Mapping[str, int]) -> AnswerLine | None:
        number = value_of(tab.cell(position, at["id"]))
        if not isinstance(number, int) or not 0 < number < MOST_QUESTIONS:
            return None
        roles = ("severity", "done", "at", "age", "subject", "question", "choices", "result")
        shown = {role: value_of(tab.cell(position, at[role])) for role in roles if role in at}
        return AnswerLine(position, number, tab.text(position, at["answer"]), shown)

    return _lines("questions", tab, line, above=True)


def read_settings(tab: Tab) -> Lines[SettingLine]:
    def line(position: int, at: Mapping[str, int]) -> SettingLine | None:
        kind, name = kind_of(tab.text(position, at["kind"])) or "", tab.text(position, at["name"])
        if not kind and not name and not tab.text(position, at["kind"]):
            return None
        state = value_of(tab.cell(position, at["state"]))
        return SettingLine(position, kind, name, tick_of(tab.cell(position, at["on"])), state, _said(tab, position, at))

    return _lines("settings", tab, line)


def read_moves(tab: Tab) -> Lines[MoveLine]:
    def line(position: int, at: Mapping[str, int]) -> MoveLine | None:
        def text(role: str) -> str:
            return tab.text(position, at[role]) if role in at else ""

        def tick(role: str) -> bool | None:
            return tick_of(tab.cell(position, at[role])) if role in at else None

        day = read_day(tab.cell(position, at["expected"]).raw) if "expected" in at else None
        found = MoveLine(
            position,
            plain(text("number")),
            text("kind"),
            plain(text("sku")),
            read_quantity(tab.cell(position, at["units"]).raw),
            text("source"),
            text("target"),
            tick("sent"),
            tick("arrived"),
            value_of(tab.cell(position, at["state"])),
            components=text("components") if "components" in at else None,
            expected=text("expected"),
            day=day if isinstance(day, date) else None,
            started=tick("start"),
        )
        ticked = found.sent or found.arrived or found.started
        nothing = found.empty and not found.number and found.state is None and not ticked
        return None if nothing else found

    return _lines("moves", tab, line)


def read_history(tab: Tab) -> Lines[HistoryLine]:
    """A row is known by its number."""

    def line(position: int, at: Mapping[str, int]) -> HistoryLine | None:
        number = value_of(tab.cell(position, at["number"]))
        if not isinstance(number, int) or not 0 < number < MOST_QUESTIONS:
            return None
        sku, location = plain(tab.text(position, at["sku"])), tab.text(position, at["location"])
        change, state = (value_of(tab.cell(position, at[role])) for role in ("change", "state"))
        return HistoryLine(position, number, sku, location, change, tick_of(tab.cell(position, at["undo"])), state)

    return _lines("history", tab, line)


_SILENT = Said(dict.fromkeys(PARTS, Blank()))


def _said(tab: Tab, position: int, at: Mapping[str, int]) -> Said:
    cells = {part: tab.cell(position, at[part]).raw for part in PARTS if part in at}
    stop = _stop(tab, position, at)
    if stop is StopWord.BLANK and all(cell.kind is CellKind.BLANK for cell in cells.values()):
        return _SILENT  # as nearly every line
    return Said({**_SILENT.rules, **{part: read_part(part, cell, none_words()) for part, cell in cells.items()}}, stop)


def _stop(tab: Tab, position: int, at: Mapping[str, int], *, life: bool = False) -> StopWord:
    text = tab.text(position, at["stop"]) if "stop" in at else ""
    return stop_word(text, life=life) if text else StopWord.BLANK


def _lines(role: str, tab: Tab, line: Callable[[int, Mapping[str, int]], T | None], *, above: bool = False) -> Lines[T]:
    columns = find_columns(role, tab.texts())
    if not columns.usable:
        return Lines(tab, columns, ())
    rows = rows_below(tab, -1 if above else columns.header_row)
    found = (line(position, columns.at) for position, _ in rows)
    return Lines(tab, columns, tuple(each for each in found if each is not None))
