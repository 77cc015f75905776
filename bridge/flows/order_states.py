"""What the bridge writes into 受注: numbers beside people's lines, new rows, and its own cells of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bridge.domain.booking import LineState
from bridge.domain.numbering import number_in
from bridge.domain.picks import HAND, OrderRow, RowStage
from bridge.domain.reading import Quantity
from bridge.domain.stock import Balance
from bridge.flows import handwritten, order_cells
from bridge.flows.desk import Look
from bridge.flows.order_page import TURN, TURNS, Page, page_of
from bridge.flows.orders_tab import TO_WRITE, newest
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx
from bridge.sheet.gateway import Request
from bridge.sheet.layout import hand_title, hand_titles, processed_title, tab_spec
from bridge.sheet.looks import formats_of
from bridge.sheet.months import ROLE
from bridge.sheet.order_lines import OrderLine
from bridge.sheet.requests import CellValue, append_rows, replace_one
from bridge.sheet.texts import headers, listed, say
from bridge.sheet.validation import new_row

SENT_AGAIN = timedelta(minutes=2)  # an append whose reply was lost may still be carried out until then
AT_A_TIME = 200  # rows in one call
Cells = Mapping[str, CellValue]
Line = tuple[int, Cells, Cells]  # position, what the bridge's cells should show, what they show


@dataclass(frozen=True)
class Writing:
    """`requests`: numbers and new rows · `lines`: by month, the cells of the rows that stand there."""

    requests: list[Request]
    lines: Mapping[str, list[Line]]


def writing(tx: Tx, shop: Shop, look: Look, stamp: Callable[[datetime], str]) -> Writing:
    """Everything of one look."""
    page = page_of(tx, shop, look)
    if page is None:
        return Writing([], {})
    sayings = _Sayings(tx, shop, page, stamp, handwritten.copies(page))
    lines: dict[str, list[Line]] = {month: [] for month in look.orders}
    for line in page.lines:
        lines[line.month].append((line.position, sayings.cells(line), line.shown))
    tx.put(TURN, (tx.get(TURN, 0) + 1) % TURNS)
    return Writing([*_numbers(tx, look), *_appended(tx, shop, look, page, sayings)], lines)


def _numbers(tx: Tx, look: Look) -> Iterator[Request]:
    """Each only where the cell still shows what it showed."""
    for month, position, old, number in tx.get(TO_WRITE, []):
        if month in look.orders:
            tab = look.orders[month]
            yield replace_one(tab.tab.sheet_id, tab.columns.at["number"], position, old, str(number))


def _appended(tx: Tx, shop: Shop, look: Look, page: Page, sayings: _Sayings) -> list[Request]:
    """Rows that neither the tabs nor a call of a moment ago has."""
    if not page.live:
        return []
    due = [
        row
        for row in page.rows.values()
        if row.stage is RowStage.OFFERED
        and row.number not in page.at
        and row.key in page.states
        and (row.sent_at is None or tx.at - row.sent_at > SENT_AGAIN)
    ]
    due = sorted(due, key=lambda row: row.number)[:AT_A_TIME]
    tx.order_rows.sent(due, tx.at)
    tab = look.orders[newest(look)]
    rows = [{tab.columns.at[role]: value for role, value in _row(shop, row, page, sayings).items()} for row in due]
    rules = new_row(ROLE, tab.columns.at, shop.language, ("tick",))
    grown = tab.tab.last_row + len(rows) > tab.tab.row_count
    return append_rows(tab.tab.sheet_id, rows, [rules] * len(rows), formats_of(ROLE, tab.columns.at) if grown else {})


def _row(shop: Shop, row: OrderRow, page: Page, sayings: _Sayings) -> dict[str, CellValue]:
    state = page.states[row.key]
    mall = hand_title(row.kind, shop.language) if row.kind else row.key.channel
    units = state.snapshot.ordered if row.kind else state.progress(row.sku).ordered
    return {
        "number": str(row.number),
        "mall": mall,
        "order": "" if row.kind else row.key.order,
        "sku": row.sku,
        "units": units,
        "at": row.said.at or None,
        "tick": row.said.tick,
        "picked": row.said.units,
        "until": row.until.isoformat() if row.until else None,
        **sayings.open_row(row, state, None),
    }


@dataclass(frozen=True)
class _Sayings:
    """What is said beside a row."""

    tx: Tx
    shop: Shop
    page: Page
    stamp: Callable[[datetime], str]
    copies: Set[tuple[str, int]]

    def cells(self, line: OrderLine) -> Cells:
        if self.page.quiet(line) or line in self.page.wrong:
            return {}
        row = self.page.rows.get(number_in(line.number))
        copied = (line.month, line.position) in self.copies
        if row is None or copied:
            return {"state": self._unnumbered(line, copied=copied)}
        if len(self.page.at[row.number]) > 1 and row.key.channel != HAND:
            return {"state": self._say("doubled")}
        if row.key.channel != HAND and not self.page.shows(line, row):
            return {"state": self._say("not its own", order=row.key.order, sku=row.sku)}
        if row.stage.closed:
            return self._closed(row, line)
        state = self.page.states.get(row.key)
        if state is None:
            return {"state": self._unbooked(line, row)} if row.key.channel == HAND else {}
        return self.open_row(row, state, line)

    def open_row(self, row: OrderRow, state: LineState, line: OrderLine | None) -> dict[str, CellValue]:
        """The bridge's cells of a row that is not closed."""
        held = [share for share in state.shares if share.sku == row.sku and share.allocated]
        return {
            "done": processed_title(self.shop.language, done=False),
            "from": "、".join(f"{share.location} {share.allocated}" for share in held) or None,
            "age": self._age(row),
            "state": self._open(row, state, line),
        }

    def _closed(self, row: OrderRow, line: OrderLine) -> Cells:
        by_hand = row.key.channel == HAND
        time = self.stamp(row.closed_at) if row.closed_at else ""
        said = [self._say(("hand " if by_hand else "") + row.stage.value, time=time)]
        if by_hand and row.stage is RowStage.DONE and line.units != Quantity(row.picked):
            said.append(self._say("units done", total=row.picked))
        done = processed_title(self.shop.language, done=True)
        return {"done": done, "from": None, "age": None, "state": " ".join(filter(None, said)) or None}

    def _open(self, row: OrderRow, state: LineState, line: OrderLine | None) -> str:
        progress = state.progress(row.sku)
        values: dict[str, object] = {
            "units": progress.open,
            "picked": max(progress.picked, progress.reported),
            "total": progress.ordered,
        }
        values |= {"time": self.stamp(row.picked_at) if row.picked_at else ""}
        if line is not None and (code := self._wrong(row, state, line)):
            return self._say(code, **values, **self._names(line, row))
        by_hand = row.key.channel == HAND
        if progress.excess:
            return self._say("box out", **{**values, "units": progress.excess})
        if progress.open and (progress.picked or state.shipped):
            said = self._say("partly", **values)
        elif progress.open:
            said = self._say("accepted" if by_hand else "to pick", **values)
        else:
            said = self._say("picked", **values)
        retyped = line is not None and not by_hand and line.units != Quantity(progress.ordered)
        return f"{said} {self._say('units of the mall', **values)}" if retyped else said

    def _wrong(self, row: OrderRow, state: LineState, line: OrderLine) -> str:
        if row.key.channel == HAND:
            wrong = handwritten.problem(self.page, line, row)
        else:
            wrong = order_cells.problem(self.tx, self.page, row, line, state)
        if not self.page.live:
            return "shadow"
        return "early" if row.early else wrong

    def _unnumbered(self, line: OrderLine, *, copied: bool) -> str | None:
        if line.number and not copied and number_in(line.number) not in self.page.rows:
            return self._say("strange number")
        if not line.kind:
            unwritten = not (line.mall or line.order or line.sku)
            return None if unwritten else self._say("kind", **self._names(line, None))
        return self._say("lost number") if handwritten.lost_number(line) else self._unbooked(line, None)

    def _unbooked(self, line: OrderLine, row: OrderRow | None) -> str | None:
        """Why a person's line is not in the books yet; None where it will be by the next look."""
        if not self.page.live:
            return self._say("shadow")
        units = line.units.units if isinstance(line.units, Quantity) else 0
        code = handwritten.problem(self.page, line, row)
        return self._say(code, total=units, **self._names(line, row)) if code else None

    def _names(self, line: OrderLine, row: OrderRow | None) -> dict[str, object]:
        """Whatever a sentence may name besides."""
        language = self.shop.language
        titles = {column.role: column.title(language) for column in tab_spec(ROLE).columns}
        place = self.page.place(line.at) or line.at
        free = self.tx.stock.balances([row.sku]).get((row.sku, place), Balance()).free if row else 0
        return {
            "sku": line.sku,
            "at": place,
            "free": free,
            "places": listed(self.page.places, language),
            "kinds": listed(hand_titles(language), language),
            "header": headers((titles[role] for role in line.blank), language),
        }

    def _age(self, row: OrderRow) -> str | None:
        if row.placed_at is None:
            return None
        days = (_day(self.tx.at, self.shop) - _day(row.placed_at, self.shop)).days
        return self._say("age", days=days) if days > 0 else self._say("age today")

    def _say(self, code: str, **values: object) -> str:
        return say("orders", code, self.shop.language, **values)


def _day(at: datetime, shop: Shop) -> date:
    return at.astimezone(shop.zone).date()
