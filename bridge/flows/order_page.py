"""One poll's rows of 受注, and what the ledger knows of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bridge.domain.booking import LineState
from bridge.domain.numbering import misplaced, number_in
from bridge.domain.orders import LineKey
from bridge.domain.picks import HAND, OrderRow
from bridge.flows.desk import Look
from bridge.flows.shop import Shop, bridge_live, code_now, places
from bridge.ledger.ledger import Tx
from bridge.ledger.sheet import SkuRecord
from bridge.sheet.layout import fold
from bridge.sheet.order_lines import OrderLine

GIVEN_BACK = "order numbers given back"  # what the row said each was meant for, until it stands there
TURN = "order rows looked at"  # which of the rows that are done are held against the books at this look
TURNS = 20  # looks until all of them were: a minute
ToWrite = list[str | int]
"""A number to be written: month, position, what stands there, the number."""


@dataclass
class Page:
    """`lines`: every row of the tabs that were read · `wrong`: those of them beside which another's number stands ·
    `at`: the others, by the number they bear · `records`: the products, where
    people wrote lines of their own · `places`: the stock columns · `live`: whether anything may be booked

    Kept up to date as rows are booked: `rows`: those that are not closed, those of lines still to be shipped, and what
    else may have something to say · `states`: the order lines of all that is not closed."""

    lines: tuple[OrderLine, ...]
    wrong: Sequence[OrderLine]
    at: Mapping[int, list[OrderLine]]
    records: Mapping[str, SkuRecord]
    aliases: Mapping[str, str]
    places: tuple[str, ...]
    live: bool
    rows: dict[int, OrderRow]
    states: dict[LineKey, LineState]

    def keep(self, tx: Tx, row: OrderRow) -> None:
        tx.order_rows.put([row])
        self.rows[row.number] = row

    def quiet(self, line: OrderLine) -> bool:
        """Whether it is done and nothing in it says otherwise, as most rows of a month, nor is it its turn to be held
        against the books: it may show the sentence of another row that is done."""
        number = number_in(line.number)
        return line.settled and bool(number) and number not in self.rows

    def line(self, number: int) -> OrderLine | None:
        """The one that bears this number; None where there is none, or more."""
        found = self.at.get(number, [])
        return found[0] if len(found) == 1 else None

    def sku(self, text: str) -> str:
        """The code that is meant: one that was renamed goes on under its new name."""
        return code_now(text, self.records, self.aliases)

    def place(self, text: str) -> str | None:
        """The stock column that a cell names; "" where it names none, None where there is no such column."""
        return next((name for name in self.places if fold(name) == fold(text)), None) if text else ""

    def shows(self, line: OrderLine, row: OrderRow) -> bool:
        """Whether a line says what its row was written for."""
        return line.order == row.key.order and row.sku in (line.sku, self.sku(line.sku))


def page_of(tx: Tx, shop: Shop, look: Look) -> Page | None:
    """None where there is no tab of 受注, or the headers of one can't be read: then they all pause."""
    tabs = look.orders.values()
    if not tabs or not all(tab.columns.usable for tab in tabs):
        return None
    lines = tuple(line for tab in tabs for line in tab.lines)
    given_back = {int(number): said for number, said in tx.get(GIVEN_BACK, {}).items()}
    wrong = misplaced(given_back, lines, lambda line: line.number, said_of)
    at: defaultdict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        if (number := number_in(line.number)) and line not in wrong:
            at[number].append(line)
    channels = (*shop.channels, HAND)
    found = (*tx.order_rows.open(), *tx.order_rows.closed_of_open_lines(channels))
    rows = {row.number: row for row in found}
    turn = tx.get(TURN, 0)
    looked_at = (number for number, mine in at.items() if number % TURNS == turn or _may_say(mine))
    rows |= tx.order_rows.of(number for number in looked_at if number not in rows)
    states = tx.orders.open_lines(channels)
    states |= states_of(tx, (row for row in rows.values() if not row.stage.closed and row.key not in states))
    by_hand = any(line.kind for line in lines) or any(row.key.channel == HAND for row in rows.values())
    records = tx.sheet.skus() if by_hand else {}
    return Page(
        lines, wrong, at, records, tx.get("aliases", {}), tuple(places(tx).sells), bridge_live(tx), rows, states
    )


def said_of(line: OrderLine) -> list[str]:
    """What it says, but for the bridge's own cells and how far it was picked."""
    return [line.mall, line.order, line.sku, str(line.units), line.at]


def _may_say(lines: Sequence[OrderLine]) -> bool:
    """Whether the row of these may have something to say though it is closed: one that was copied, or unticked, or
    beside which something else stands."""
    return len(lines) > 1 or any(not line.settled or (line.kind and not line.tick) for line in lines)


def states_of(tx: Tx, rows: Iterable[OrderRow]) -> dict[LineKey, LineState]:
    """The order lines of these rows, as far as they are in the books."""
    orders: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        orders[row.key.channel, row.key.shop].add(row.key.order)
    found: dict[LineKey, LineState] = {}
    for (channel, name), numbers in orders.items():
        found |= tx.orders.of_orders(channel, name, numbers)
    return found
