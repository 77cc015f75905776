"""受注 in any order of what malls, people, the network and a dying process do to it: no line ships more than was
ordered, no tick ships twice, and the books add up. The real flow over an in-memory ledger, on a tab made of rows.

Malls take orders, ship and cancel them; people write lines, tick, untick, type, move, copy, delete and bring back rows,
sort them between a look and a write, and clear their numbers; what the bridge writes is lost or carried out late; the
process dies before a commit or after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from bridge.channels.port import OrdersRead
from bridge.domain.edit_book import Standing
from bridge.domain.invariants import allocated_to_lines, conservation, exactly_once
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot
from bridge.domain.picks import HAND
from bridge.domain.push import ListingState
from bridge.domain.stock import Cause, Component, Movement
from bridge.flows.desk import Look
from bridge.flows.intake import book_orders
from bridge.flows.order_states import writing
from bridge.flows.orders_tab import take_orders
from bridge.flows.shop import ChannelFacts, Shop
from bridge.ledger.listings import ListingRecord
from bridge.sheet.grid import Tab
from bridge.sheet.layout import tab_spec
from bridge.sheet.order_lines import read_orders
from tests.support.polled_tab import Died, PolledTab, cell, fates, polls, which

SHELVES = ("本社倉庫", "渋谷店")
FACTS = ChannelFacts("mall", "shop", SHELVES, 999, timedelta(0), timedelta(days=60), keeps_sales=False)
SHOP = Shop({"mall": FACTS})
LISTING = ListingKey("mall", "A-listing")
OPENING = 100  # on each shelf
MONTH = "2026-11"
COLUMNS = tab_spec("orders").columns
HEADER = [column.ja for column in COLUMNS]
ROLES = [column.role for column in COLUMNS]

Row = dict[str, Any]  # what a row's cells hold, by role


@dataclass
class Order:
    """One order as its mall has it."""

    name: str
    open: int
    shipped: int = 0
    most: int = 0  # ever ordered
    version: int = field(default=0)


class Orders(PolledTab):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row]
        self.gone: list[Row]
        self.orders: list[Order] = []
        self.written = 0  # lines that people wrote, or made of another
        self.picks = 0  # times that people said that something was picked
        self.cleared = False  # a number was taken away: it may come back only to a line that says the same
        with self.ledger.write() as tx:
            tx.put("live", True)
            tx.put("places", {"sells": dict.fromkeys(SHELVES, True), "inspect": ""})
            tx.sheet.greet("A", Standing.KNOWN)
            tx.stock.book([Movement("A", shelf, OPENING, 0, Cause.OPENING, "test") for shelf in SHELVES])
            tx.listings.put([ListingRecord(ListingState(LISTING), (Component("A", 2),))])

    # --- the mall ----------------------------------------------------------------------------------------------------

    @rule(units=st.integers(1, 3), polls=polls)
    def place(self, units: int, polls: int) -> None:
        self.orders.append(Order(f"o{len(self.orders)}", units, most=units))
        self.hear(self.orders[-1])
        self.let_pass(polls)

    @precondition(lambda self: self.orders)
    @rule(n=which, what=st.sampled_from(["ship", "ship one", "cancel", "again", "more"]), polls=polls)
    def change(self, n: int, what: str, polls: int) -> None:
        order = self.orders[n % len(self.orders)]
        if what == "more" and order.open:
            order.open += 1
            order.most = max(order.most, order.open + order.shipped)
        elif what.startswith("ship"):
            units = order.open if what == "ship" else min(1, order.open)
            order.open, order.shipped = order.open - units, order.shipped + units
        elif what == "cancel":
            order.open = 0
        self.hear(order)
        self.let_pass(polls)

    def hear(self, order: Order) -> None:
        order.version += 1
        key = LineKey("mall", "shop", order.name, "1")
        line = LineSnapshot(key, LISTING, order.most, order.open, order.shipped, 0, order.most)
        seen = OrderSnapshot("mall", "shop", order.name, f"{order.version:04}", self.clock.now(), (line,))
        with self.ledger.write() as tx:
            book_orders(tx, SHOP, FACTS, OrdersRead((seen,), self.clock.now(), {}))

    # --- people ------------------------------------------------------------------------------------------------------

    @rule(units=st.integers(1, 4), tick=st.sampled_from([True, None]), polls=polls)
    def write(self, units: int, tick: bool | None, polls: int) -> None:
        self.rows.append({"mall": "電話", "sku": "A", "units": units, "tick": tick})
        self.written += 1
        self.picks += bool(tick)
        self.let_pass(polls)

    @precondition(lambda self: self.rows)
    @rule(n=which, polls=polls)
    def tick(self, n: int, polls: int) -> None:
        row = self.rows[n % len(self.rows)]
        row["tick"] = not row.get("tick")
        self.picks += row["tick"]
        self.let_pass(polls)

    @precondition(lambda self: self.rows)
    @rule(n=which, units=st.sampled_from([None, 0, 1, 2, 7]), polls=polls)
    def type_picked(self, n: int, units: int | None, polls: int) -> None:
        self.rows[n % len(self.rows)]["picked"] = units
        self.picks += bool(units)
        self.let_pass(polls)

    @precondition(lambda self: self.rows)
    @rule(n=which, at=st.sampled_from([*SHELVES, "", "大阪"]), polls=polls)
    def move(self, n: int, at: str, polls: int) -> None:
        self.rows[n % len(self.rows)]["at"] = at
        self.let_pass(polls)

    @precondition(lambda self: self.rows and not self.cleared)
    @rule(n=which, units=st.integers(0, 4), polls=polls)
    def edit(self, n: int, units: int, polls: int) -> None:
        self.rows[n % len(self.rows)]["units"] = units
        self.let_pass(polls)

    @precondition(lambda self: self.rows)
    @rule(n=which, at=which, polls=polls)
    def copy(self, n: int, at: int, polls: int) -> None:
        row = self.rows[n % len(self.rows)]
        self.written += row.get("mall") == "電話"
        self.picks += not row.get("number") and bool(row.get("tick") or row.get("picked"))
        self.rows.insert(at % (len(self.rows) + 1), dict(row))
        self.let_pass(polls)

    @precondition(lambda self: self.rows)
    @rule(n=which, polls=polls)
    def delete(self, n: int, polls: int) -> None:
        self.gone.append(self.rows.pop(n % len(self.rows)))
        self.let_pass(polls)

    @precondition(lambda self: self.gone)
    @rule(n=which, polls=polls)
    def undo(self, n: int, polls: int) -> None:
        row = self.gone.pop(n % len(self.gone))
        self.written += row.get("mall") == "電話"  # its number may stand there again by now: then it is a copy
        self.rows.append(row)
        self.let_pass(polls)

    @precondition(lambda self: self.rows)
    @rule(n=which, polls=polls)
    def clear_number(self, n: int, polls: int) -> None:
        row = self.rows[n % len(self.rows)]
        self.written += row.get("mall") == "電話"  # a bad line, a copy or a finished one that is bettered later is new
        copy = [each.get("number") for each in self.rows].count(row.get("number")) > 1
        self.picks += copy and not row.get("done") and bool(row.get("tick") or row.get("picked"))  # as if written so
        row["number"], self.cleared = "", True
        self.let_pass(polls)

    # --- the bridge --------------------------------------------------------------------------------------------------

    @rule(
        seconds=st.sampled_from([3, 3, 150]),
        fate=fates,
        order=st.randoms(),
    )
    def poll(self, seconds: float, fate: str, order: Any) -> None:
        self.clock.sleep(seconds)
        self.go(fate, order)

    def take_in(self, *, dies: bool = False) -> list[Any]:
        rows = (tuple(map(cell, HEADER)), *(tuple(cell(row.get(role)) for role in ROLES) for row in self.rows))
        look = Look(orders={MONTH: read_orders(Tab(1, "受注", 100, len(HEADER), rows), MONTH)})
        with self.ledger.write() as tx:
            take_orders(tx, SHOP, look, self.still)
            if dies:
                raise Died
        with self.ledger.write() as tx:
            found = writing(tx, SHOP, look, lambda at: at.strftime("%H:%M"))
        cells = [(position - 1, wanted) for position, wanted, _ in found.lines[MONTH]]
        return [*cells, *found.requests]

    def carry_out(self, write: Any) -> None:
        if isinstance(write, tuple):
            position, wanted = write
            if position < len(self.rows):
                self.rows[position].update(wanted)
            return
        if "appendCells" in write:
            for data in write["appendCells"]["rows"]:
                values = (next(iter(each.get("userEnteredValue", {"": None}).values())) for each in data["values"])
                self.rows.append(dict(zip(ROLES, values, strict=False)))
            return
        body = write["findReplace"]
        position, old = body["range"]["startRowIndex"] - 1, "" if body["find"] == "^$" else body["find"]
        if position < len(self.rows) and (self.rows[position].get("number") or "") == old:
            self.rows[position]["number"] = body["replacement"]

    # --- what must hold ----------------------------------------------------------------------------------------------

    @invariant()
    def the_books_add_up(self) -> None:
        with self.ledger.read() as tx:
            balances = tx.stock.balances()
            movements = [movement for _, movement in tx.stock.movements()]
            lines = tx.orders.all()
        assert conservation({}, movements, balances) == ()
        assert allocated_to_lines(balances, lines.values()) == ()
        assert [violation for line in lines.values() for violation in exactly_once(line)] == []
        left = sum(share.shipped for line in lines.values() for share in line.shares)
        assert sum(balance.on_hand for balance in balances.values()) == len(SHELVES) * OPENING - left

    @invariant()
    def no_line_ships_more_than_was_ordered(self) -> None:
        most = {order.name: 2 * order.most for order in self.orders}
        with self.ledger.read() as tx:
            lines = tx.orders.all()
        for key, line in lines.items():
            shipped = sum(share.shipped for share in line.shares)
            assert shipped <= (line.snapshot.ordered if key.channel == HAND else most[key.order]), (key, line)

    @invariant()
    def no_line_of_a_person_counts_twice_and_no_tick_ships_twice(self) -> None:
        with self.ledger.read() as tx:
            lines = [line for key, line in tx.orders.all().items() if key.channel == HAND]
        assert len(lines) <= self.written
        assert sum(line.shipped > 0 for line in lines) <= self.picks

    @invariant()
    def no_mall_line_has_two_rows(self) -> None:
        with self.ledger.read() as tx:
            rows = [row for row in tx.order_rows.open() if row.key.channel != HAND]
        assert len({(row.key, row.sku) for row in rows}) == len(rows)


TestOrders = Orders.TestCase
TestOrders.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
