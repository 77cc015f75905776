"""Lines that people write into 受注: by telephone, wholesale, on hold. They allocate like any order.

Such a line gets a number once it is complete and unchanged for a poll, and counts once that number was read back. What
its cells say from then on is a wanted value: its units, its location, how many were picked. A copied number is a new
line. To cancel one its units are set to 0, which ends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bridge.domain.booking import LineState
from bridge.domain.days import read_day
from bridge.domain.edit_book import Standing
from bridge.domain.numbering import floor
from bridge.domain.orders import LineKey, LineSnapshot
from bridge.domain.picks import HAND, ByHand, OrderRow, RowStage, to_pick
from bridge.domain.reading import Blank, Finding, Quantity
from bridge.domain.stock import Component
from bridge.flows.line_books import book_line, hand_listing
from bridge.flows.order_cells import Still, said_in
from bridge.flows.order_page import Page, ToWrite, states_of
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx
from bridge.sheet.order_lines import OrderLine


@dataclass(frozen=True)
class Want:
    """What a line comes to."""

    sku: str
    units: int
    picked: int
    at: str


def take_lines(tx: Tx, shop: Shop, page: Page, still: Still) -> list[ToWrite]:
    """One poll's lines; the numbers to be written beside those that have none."""
    for row in list(page.rows.values()):
        if row.key.channel != HAND:
            continue
        line = page.line(row.number) or _own(page, row)
        if line is None:
            _miss(tx, page, row, still)
        elif _awake(row, line):
            _take(tx, shop, page, row, line, still)
    return _number(tx, page, still) if page.live else []


def adopt(tx: Tx, page: Page) -> None:
    """Lines that an older copy of the ledger does not know, under the numbers they bear."""
    for number in page.at:
        line = page.line(number)
        if line is not None and line.kind and not line.done and number not in page.rows:
            key = LineKey(HAND, "", str(number), "1")
            page.keep(tx, OrderRow(number, key, page.sku(line.sku), line.month, kind=line.kind))


def copies(page: Page) -> set[tuple[str, int]]:
    """(month, position) of lines that bear the number of another: of a person's line, all but the one that says what
    was booked under it, or else the first; of a mall's row, those that were made a line of another kind."""
    found: set[tuple[str, int]] = set()
    for number, lines in page.at.items():
        row = page.rows.get(number)
        if row is None:
            continue
        if row.key.channel == HAND:
            own = _own(page, row) or lines[0]
            found |= {(line.month, line.position) for line in lines if line is not own}
        else:
            others = [line for line in lines if line.kind and line.order != row.key.order]
            found |= {(line.month, line.position) for line in others}
    return found


def problem(page: Page, line: OrderLine, row: OrderRow | None) -> str:
    """Why a line can't be booked as it stands, as the code of a sentence; "" where it can."""
    if line.blank:
        return "blank"
    if not isinstance(line.units, Quantity) or (row is None and not line.units.units):
        return "units"
    record = page.records.get(page.sku(line.sku))
    if record is None or record.standing in (Standing.GONE, Standing.RETIRED):
        return "no such sku"
    if record.standing is Standing.NEW:
        return "new sku"
    if isinstance(line.picked, Finding):
        return "picked unreadable"
    if read_day(line.until) is None:
        return "until"
    if page.place(line.at) is None:
        return "no such place"
    if row is None:
        return ""
    want = _want(page, row, line)
    if want.picked > want.units:
        return "fewer than picked" if row.picked > want.units else "too many picked"
    return "picked already" if row.picked and want.picked and want.sku != row.sku else ""


def _own(page: Page, row: OrderRow) -> OrderLine | None:
    """Of the lines that bear a number, the one that says what was booked under it, or else the first."""
    lines, state = page.at.get(row.number, []), page.states.get(row.key)
    units = state.snapshot.ordered if state is not None else 0
    same = (line for line in lines if page.sku(line.sku) == row.sku and line.units == Quantity(units))
    return next(same, lines[0] if lines else None)


def _awake(row: OrderRow, line: OrderLine) -> bool:
    """A line that is done may be taken back by its tick; a cancelled one is over."""
    if row.stage is RowStage.DONE:
        return said_in(row, line, row.said.at) != row.said
    return not row.stage.closed


def _want(page: Page, row: OrderRow, line: OrderLine) -> Want:
    assert isinstance(line.units, Quantity)
    place = page.place(line.at) or ""
    said = said_in(row, line, place)
    picked = row.picked if row.early else to_pick(row, said, line.units.units)
    return Want(page.sku(line.sku), line.units.units, picked, place)


def _take(tx: Tx, shop: Shop, page: Page, row: OrderRow, line: OrderLine, still: Still) -> None:
    stands = still(f"order row {row.number}", replace(line, position=0, shown={}))
    said = said_in(row, line, page.place(line.at) or "")
    pending = (said.tick, said.units) != (row.said.tick, row.said.units)
    row, before = replace(row, early=pending and (row.early or not page.live)), row
    if row != before:
        page.keep(tx, row)
    if not stands or not page.live or problem(page, line, row):
        return
    want, day = _want(page, row, line), read_day(line.until)
    row = replace(row, kind=line.kind or row.kind, until=None if isinstance(day, Blank) else day)
    state = page.states.get(row.key) or states_of(tx, [row]).get(row.key)
    if _says(state, row) != want:
        row = _book(tx, shop, page, row, state, want)
    if not row.early:
        row = replace(row, said=said)
    if row != before:
        page.keep(tx, row)


def _says(state: LineState | None, row: OrderRow) -> Want | None:
    """What a line has booked."""
    if state is None:
        return None
    return Want(row.sku, state.snapshot.ordered, state.shipped + state.ignored_shipped, state.hand(row.sku).at)


def _book(tx: Tx, shop: Shop, page: Page, row: OrderRow, state: LineState | None, want: Want) -> OrderRow:
    """What was picked before everything was opened anew lies in no number that the opening read."""
    placed_at, left_before = row.placed_at or tx.at, 0 if state is not None else row.picked
    if state is not None and want.picked < state.snapshot.shipped:  # first it is back on the shelf
        state = _book_counts(tx, shop, state, state.snapshot.ordered, want.picked, placed_at)
    if state is not None and want.sku != row.sku:
        page.states[row.key] = _book_counts(tx, shop, state, 0, 0, placed_at)
        state = None
    key = row.key if want.sku == row.sku else replace(row.key, line=str(int(row.key.line) + 1))
    snapshot = LineSnapshot(key, hand_listing(want.sku), want.units, want.units - want.picked, want.picked, 0, 0)
    by_hand = (ByHand(want.sku, at=want.at),) if want.at else ()
    components = (Component(want.sku, 1),)
    new = LineState(snapshot, _next(state), components, ignored_shipped=left_before, by_hand=by_hand)
    page.states[key] = book_line(tx, shop, state, new, placed_at)
    stage = RowStage.OPEN if snapshot.open else RowStage.DONE if want.picked else RowStage.CANCELLED
    return replace(
        row,
        key=key,
        sku=want.sku,
        stage=stage,
        picked=want.picked,
        placed_at=placed_at,
        picked_at=tx.at if want.picked else None,
        closed_at=tx.at if stage.closed else None,
    )


def cancel(tx: Tx, shop: Shop, row: OrderRow) -> None:
    """A person gave up what was not picked yet."""
    state, placed_at = states_of(tx, [row]).get(row.key), row.placed_at or tx.at
    if state is not None:
        _book_counts(tx, shop, state, row.picked, row.picked, placed_at)
        stage = RowStage.DONE if row.picked else RowStage.CANCELLED
        tx.order_rows.put([replace(row, stage=stage, closed_at=tx.at)])


def _book_counts(tx: Tx, shop: Shop, state: LineState, units: int, picked: int, placed_at: datetime) -> LineState:
    """The same line with other numbers."""
    counts = replace(state.snapshot, ordered=units, open=units - picked, shipped=picked)
    return book_line(tx, shop, state, replace(state, snapshot=counts, version=_next(state)), placed_at)


def _next(state: LineState | None) -> str:
    """Versions sort as text."""
    return f"{int(state.version) + 1 if state is not None else 1:09d}"


def _miss(tx: Tx, page: Page, row: OrderRow, still: Still) -> None:
    """A number that was never taken up: its line was deleted before it counted."""
    if row.stage is RowStage.OFFERED and row.key not in page.states and still(f"order row {row.number} left", True):
        page.keep(tx, replace(row, stage=RowStage.DROPPED, closed_at=tx.at))


def _number(tx: Tx, page: Page, still: Still) -> list[ToWrite]:
    """Lines that are to get a number: complete, unchanged for one poll, and without one, or with one that was copied
    along. One that has lost its number gets it back, and is not appended anew meanwhile."""
    lines = [line for line in _numberless(page) if not problem(page, line, None) and not lost_number(line)]
    steady = [line for line in lines if still(f"hand line at {(line.month, line.position)}", replace(line, shown={}))]
    own = _given_back(page, lines)
    for _, row in own:
        page.keep(tx, replace(row, sent_at=tx.at))
    back, known = [(line, row.number) for line, row in own if line in steady], [line for line, _ in own]
    fresh = [line for line in steady if line not in known]
    rows = tx.order_rows.offer([_new(page, line, at=tx.at) for line in fresh], floor(page.at, page.rows))
    tx.order_rows.put(replace(row, key=replace(row.key, order=str(row.number))) for row in rows)
    given = [*back, *zip(fresh, (row.number for row in rows), strict=True)]
    return [[line.month, line.position, line.number, number] for line, number in given]


def _numberless(page: Page) -> list[OrderLine]:
    copied = copies(page)
    return [line for line in page.lines if line.kind and (not line.number or (line.month, line.position) in copied)]


def _given_back(page: Page, lines: Iterable[OrderLine]) -> list[tuple[OrderLine, OrderRow]]:
    """Lines that lost their numbers, and the rows that these are of. Of lines that say the same each gets the one under
    which was picked what it shows: else what was picked in one would be picked once more in the other."""
    lost, without = _lost(page), [line for line in lines if not line.number]
    found: list[tuple[OrderLine, OrderRow]] = []
    for exactly in (True, False):
        for line in list(without):
            mine = (row for row in lost if _was(page, row, line) and (_shows_picked(row, line) or not exactly))
            if row := next(mine, None):
                lost.remove(row)
                without.remove(line)
                found.append((line, row))
    return found


def lost_number(line: OrderLine) -> bool:
    """Whether it was done under a number that was cleared: nothing in it counts again."""
    return line.done and not line.number


def _lost(page: Page) -> list[OrderRow]:
    """Rows whose number stands nowhere."""
    rows = [row for row in page.rows.values() if row.key.channel == HAND and not row.stage.closed]
    return [row for row in rows if row.number not in page.at and row.key in page.states]


def _was(page: Page, row: OrderRow, line: OrderLine) -> bool:
    """Whether a line says what stands in the books under a number."""
    units = Quantity(page.states[row.key].snapshot.ordered)
    return (row.kind, row.sku, units) == (line.kind, page.sku(line.sku), line.units)


def _shows_picked(row: OrderRow, line: OrderLine) -> bool:
    """Whether its cells say of its picking just what was acted on under a number."""
    units = line.picked.units if isinstance(line.picked, Quantity) else None
    return (bool(line.tick), units) == (row.said.tick, row.said.units)


def _new(page: Page, line: OrderLine, at: datetime) -> OrderRow:
    """What was ticked in a copy, or before its number was cleared, counts when it is ticked anew."""
    picked = bool(line.tick) or isinstance(line.picked, Quantity)
    known = bool(line.number) or line.shown["done"] is not None
    key = LineKey(HAND, "", "", "1")
    return OrderRow(0, key, page.sku(line.sku), line.month, kind=line.kind, early=known and picked, sent_at=at)
