"""Never sell back what was just sold: `push` against two tiny malls, in any order of events (DESIGN §5).

Each mall lowers its own number at the order. Its feed shows the order later, in any order, twice, or as it was; a
cancellation puts units back on sale or not. We read and write in between, each at its own instant: one mall takes
absolute writes, one compares and sets; answers get lost. The second mall sells a set of two.

After every step: **what is held ≥ what readings showed as sold and the feed hides**. At every write: no more goes on
sale than there is, beyond what no reading can show: sales between the last reading and now, and sales in an interval in
which the mall put units back (its number only tells the sum). In the end: held = 0 and shown = wanted = what is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bridge.domain import push
from bridge.domain.availability import sellable, wanted
from bridge.domain.booking import LineState, book_order
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot
from bridge.domain.push import ListingState
from bridge.domain.stock import Balance, Component
from tests.unit.domain.lines import NOON, moved

LAG = timedelta(seconds=20)
STOCK = 14
SHELF = ("A", "main")


@dataclass
class Sale:
    """An order in a mall: every version of it that the feed may still show, the newest last."""

    mall: Mall
    number: int
    units: int
    placed_at: datetime
    versions: list[OrderSnapshot] = field(default_factory=list)
    live: bool = True
    seen: bool = False  # a reading of the mall's number showed it

    @property
    def key(self) -> LineKey:
        return LineKey(self.mall.name, "shop", str(self.number), "1")

    def say(self, open: int, taken: int, now: datetime) -> None:
        line = LineSnapshot(self.key, self.mall.listing, self.units, open, 0, 0, taken)
        version = f"{now:%H:%M:%S}"
        self.versions.append(OrderSnapshot(self.mall.name, "shop", str(self.number), version, self.placed_at, (line,)))


@dataclass
class Mall:
    """A mall as it is, and what we know of it."""

    name: str
    per_unit: int
    keeps_sales: bool
    number: int = STOCK - 3  # not what it should show
    sales: list[Sale] = field(default_factory=list)
    since_reading: list[Sale] = field(default_factory=list)
    touched: int = 0  # counts what happened to the number
    touched_at_reading: int = 0
    put_back: list[Sale] = field(default_factory=list)  # restocked, and not yet told by both feed and number
    put_back_since_reading: bool = False

    @property
    def listing(self) -> ListingKey:
        return ListingKey(self.name, "a")


class Gaps(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.malls = (Mall("absolute", 1, False), Mall("comparing", 2, True))
        self.states = {mall.name: ListingState(mall.listing) for mall in self.malls}
        self.balances = {SHELF: Balance(typed=STOCK)}
        self.lines: dict[LineKey, LineState] = {}
        for mall in self.malls:
            self._read(mall)

    # What happens out there.

    @rule(which=st.integers(0, 1), units=st.integers(1, 3))
    def buy(self, which: int, units: int) -> None:
        mall = self.malls[which]
        if units > mall.number:
            return
        self._tick()
        sale = Sale(mall, len(mall.sales), units, self.now)
        sale.say(units, units, self.now)
        mall.sales.append(sale)
        mall.since_reading.append(sale)
        mall.number -= units
        mall.touched += 1

    @rule(which=st.integers(0, 1), pick=st.integers(0, 20), restock=st.booleans())
    def cancel(self, which: int, pick: int, restock: bool) -> None:
        mall = self.malls[which]
        # An order that is cancelled and restocked before the feed ever showed it leaves no trace to reason from.
        open_ones = [sale for sale in mall.sales if sale.live and (not restock or sale.key in self.lines)]
        if not open_ones:
            return
        self._tick()
        sale = open_ones[pick % len(open_ones)]
        sale.live = False
        sale.say(0, 0 if restock else sale.units, self.now)
        if restock:
            mall.number += sale.units
            mall.touched += 1
            mall.put_back.append(sale)
            mall.put_back_since_reading = True

    # What we do.

    @rule(which=st.integers(0, 1), pick=st.integers(0, 20), version=st.integers(0, 1))
    def hear(self, which: int, pick: int, version: int) -> None:
        """The feed shows some order, as it is or as it was."""
        sales = self.malls[which].sales
        if sales:
            sale = sales[pick % len(sales)]
            self._book(sale, sale.versions[min(version, len(sale.versions) - 1)])

    @rule(which=st.integers(0, 1))
    def poll(self, which: int) -> None:
        self._tick()
        self._poll(self.malls[which])

    @rule(which=st.integers(0, 1))
    def read(self, which: int) -> None:
        self._tick()
        self._read(self.malls[which])

    @rule(which=st.integers(0, 1), answered=st.sampled_from((True, True, True, False)), arrives=st.booleans())
    def write(self, which: int, answered: bool, arrives: bool) -> None:
        self._tick()
        self._write(self.malls[which], answered=answered, arrives=answered or arrives)

    @rule(which=st.integers(0, 1), bought=st.integers(0, 2))
    def read_and_write_with_a_sale_between(self, which: int, bought: int) -> None:
        mall = self.malls[which]
        self._tick()
        self._read(mall)
        if bought:
            self.buy(which, bought)
        self._tick()
        self._write(mall, answered=True, arrives=True)

    # What must hold.

    @invariant()
    def what_readings_showed_as_sold_is_held(self) -> None:
        for mall in self.malls:
            shown = sum(sale.units for sale in mall.sales if sale.live and sale.seen and sale.key not in self.lines)
            doubtful = sum(sale.units for sale in mall.put_back)
            assert push.gap(self.states[mall.name]) >= shown - doubtful, mall.name

    def teardown(self) -> None:
        """Nobody buys any more: everything comes to rest, and nothing stays held."""
        for _ in range(3):
            self.now += LAG * 2
            for mall in self.malls:
                self._read(mall)
            self.now += LAG * 2
            for mall in self.malls:
                self._poll(mall)
            for mall in self.malls:
                self._write(mall, answered=True, arrives=True)
        there = STOCK - self._sold()
        for mall in self.malls:
            assert push.gap(self.states[mall.name]) == 0
            assert mall.number == max(0, there // mall.per_unit) == self.states[mall.name].wanted

    # How it works.

    def _tick(self) -> None:
        self.now += timedelta(seconds=1)

    def _sold(self) -> int:
        return sum(sale.units * mall.per_unit for mall in self.malls for sale in mall.sales if sale.live)

    def _book(self, sale: Sale, order: OrderSnapshot) -> None:
        components = (Component("A", sale.mall.per_unit),)
        booked = book_order(
            self.lines,
            order,
            components_of=lambda _: components,
            balances=self.balances,
            locations=("main",),
            inspect="inspection",
        )
        self.lines |= booked.states
        self.balances = moved(self.balances, booked.movements)
        for units in booked.taken.values():
            state = self.states[sale.mall.name]
            self.states[sale.mall.name] = push.taken(state, units, order.placed_at)

    def _poll(self, mall: Mall) -> None:
        """The feed, complete up to now but for its lag."""
        for sale in mall.sales:
            ripe = [order for order in sale.versions if order.version <= f"{self.now - LAG:%H:%M:%S}"]
            if ripe:
                self._book(sale, ripe[-1])
        self.states[mall.name], _ = push.expire(self.states[mall.name], self.now, LAG)

    def _read(self, mall: Mall) -> None:
        self.states[mall.name], _ = push.observed(self.states[mall.name], mall.number, self.now)
        for sale in mall.since_reading:
            sale.seen = not mall.put_back_since_reading
        mall.put_back = [sale for sale in mall.put_back if not self._told(sale)]
        self._forget(mall)

    def _told(self, sale: Sale) -> bool:
        return self.lines[sale.key].snapshot.open == 0

    def _forget(self, mall: Mall) -> None:
        mall.since_reading = []
        mall.put_back_since_reading = False
        mall.touched_at_reading = mall.touched

    def _want(self, mall: Mall) -> None:
        held = sum(push.gap(self.states[each.name]) * each.per_unit for each in self.malls)
        left = sellable({"main": self.balances[SHELF]}, ["main"], 0, held)
        quantity = wanted([Component("A", mall.per_unit)], {"A": left}, 99_999)
        self.states[mall.name] = replace(self.states[mall.name], wanted=quantity)

    def _write(self, mall: Mall, *, answered: bool, arrives: bool) -> None:
        self._want(mall)
        due = push.decide(self.states[mall.name], may_raise=True, sku_blocked=False, live=True)
        if due is None or (mall.keeps_sales and mall.touched != mall.touched_at_reading):
            return
        self._check_nothing_is_sold_back(mall, due.quantity)
        if arrives:
            mall.number = due.quantity
            self._forget(mall)
        settle = push.pushed if answered else push.unanswered
        keeps_sales = mall.keeps_sales
        self.states[mall.name] = settle(self.states[mall.name], due.quantity, self.now, keeps_sales=keeps_sales)

    def _check_nothing_is_sold_back(self, mall: Mall, quantity: int) -> None:
        unseeable = sum(
            sale.units * each.per_unit
            for each in self.malls
            for sale in each.sales
            if sale.live and not sale.seen and sale.key not in self.lines
        )
        doubtful = sum(sale.units * each.per_unit for each in self.malls for sale in each.put_back)
        assert quantity * mall.per_unit <= max(0, STOCK - self._sold() + unseeable + doubtful)


TestGaps = Gaps.TestCase
TestGaps.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
