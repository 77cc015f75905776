"""A warehouse's count as of a moment, whatever was booked before and after it: the place is brought to the count and
what moved since, once, however often the same count is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bridge.channels.warehouses import CountTaken
from bridge.domain.edit_book import Standing
from bridge.domain.orders import ListingKey
from bridge.domain.push import ListingState
from bridge.domain.stock import Cause, Component, Movement
from bridge.flows.count_as_of import take_last_count
from bridge.flows.shop import ChannelFacts, Shop
from bridge.ledger.ledger import Ledger
from bridge.ledger.listings import ListingRecord
from tests.support.virtual_clock import VirtualClock

PLACE, LISTING = "外部倉庫", ListingKey("warehouse", "W-A")
FACTS = ChannelFacts(
    "warehouse", "soko", (PLACE,), 999, timedelta(0), timedelta(days=60), keeps_sales=False, counts_at=PLACE
)
SHOP = Shop({"warehouse": FACTS})
MOVED = st.lists(
    st.tuples(
        st.sampled_from([Cause.EDIT, Cause.SHIPPED, Cause.PLACED, Cause.RECEIVED, Cause.ARRIVED]),
        st.integers(-5, 5),
        st.integers(-3, 3),
    ),
    max_size=6,
)


class Warehouse:
    """A channel that has but a last count."""

    name, place = "warehouse", PLACE

    def __init__(self, count: CountTaken | None) -> None:
        self.count = count

    def last_count(self) -> CountTaken | None:
        return self.count


class Books:
    def __init__(self, opening: int | None) -> None:
        self.clock = VirtualClock()
        self.ledger = Ledger(None, self.clock, migrate=False)
        with self.ledger.write() as tx:
            tx.put("places", {"sells": {PLACE: True}, "inspect": ""})
            tx.sheet.greet("A", Standing.KNOWN)
            tx.listings.put([ListingRecord(ListingState(LISTING), (Component("A", 2),))])
        self.clock.sleep(60)
        if opening is not None:
            self.type_first(opening)

    def type_first(self, units: int) -> None:
        """The product's cell gets its first number."""
        with self.ledger.write() as tx:
            tx.stock.book([Movement("A", PLACE, units, 0, Cause.OPENING, "test")])
        self.clock.sleep(60)

    def book(self, moved: list[tuple[Cause, int, int]], ref: str = "rakuten/shop/1/1") -> None:
        for cause, on_hand, allocated in moved:
            with self.ledger.write() as tx:
                tx.stock.book([Movement("A", PLACE, on_hand, allocated, cause, ref)])
            self.clock.sleep(60)

    def count(self, units: int, has: Callable[[str], bool] = lambda _: False, *, net: bool = False) -> Warehouse:
        taken = Warehouse(CountTaken(self.clock.now(), {LISTING: units}, net, has))
        self.clock.sleep(60)
        return taken

    def take(self, warehouse: Warehouse) -> int:
        take_last_count(self.ledger, SHOP, warehouse)
        self.clock.sleep(60)
        return self.balance()[0]

    def balance(self) -> tuple[int, int]:
        with self.ledger.read() as tx:
            balance = tx.stock.balances(["A"])["A", PLACE]
            return balance.on_hand, balance.allocated


@given(st.integers(0, 50), MOVED, st.integers(0, 30), MOVED, MOVED)
def test_the_count_and_what_moved_since_and_nothing_twice(
    opening: int,
    before: list[tuple[Cause, int, int]],
    units: int,
    after: list[tuple[Cause, int, int]],
    later: list[tuple[Cause, int, int]],
) -> None:
    books = Books(opening)
    books.book(before)
    warehouse = books.count(units)
    books.book(after)
    since = sum(on_hand for _, on_hand, _ in after)
    assert books.take(warehouse) == 2 * units + since
    assert books.take(warehouse) == 2 * units + since
    books.book(later)
    since += sum(on_hand for _, on_hand, _ in later)
    assert books.take(warehouse) == 2 * units + since


@given(st.integers(0, 30), MOVED, MOVED)
def test_where_promised_units_are_taken_off_already_they_are_added_back(
    units: int, before: list[tuple[Cause, int, int]], after: list[tuple[Cause, int, int]]
) -> None:
    books = Books(20)
    books.book(before)
    _, promised = books.balance()
    warehouse = books.count(units, net=True)
    books.book(after)
    assert books.take(warehouse) == 2 * units + promised + sum(on_hand for _, on_hand, _ in after)


def test_what_the_partner_told_before_its_count_is_in_the_count_though_it_was_booked_later() -> None:
    books = Books(10)
    warehouse = books.count(4, lambda ref: ref.startswith("warehouse/soko/W-1/"))
    books.book([(Cause.SHIPPED, -2, 0)], ref="warehouse/soko/W-1/1")
    books.book([(Cause.SHIPPED, -1, 0)], ref="warehouse/soko/W-2/1")
    assert books.take(warehouse) == 8 - 1


def test_a_count_from_before_everything_was_opened_is_in_the_column_already() -> None:
    books = Books(10)
    warehouse = books.count(1)
    with books.ledger.write() as tx:
        tx.put("live_at", books.clock.now().isoformat())
    assert books.take(warehouse) == 10
    assert books.take(books.count(3)) == 6


@given(st.integers(1, 30), st.integers(0, 30), MOVED)
def test_a_first_number_typed_after_the_count_is_not_added_to_it(
    typed: int, units: int, after: list[tuple[Cause, int, int]]
) -> None:
    """The morning's file has a product that gets its row at noon. What was typed then holds until the next count."""
    books = Books(None)
    warehouse = books.count(units)
    books.type_first(typed)
    books.book(after)
    now = typed + sum(on_hand for _, on_hand, _ in after)
    assert books.take(warehouse) == now
    assert books.take(warehouse) == now
    assert books.take(books.count(3)) == 6


def test_without_a_count_nothing_moves_and_a_code_without_a_line_is_nobodys() -> None:
    books = Books(10)
    assert books.take(Warehouse(None)) == 10
    strange = CountTaken(books.clock.now(), {ListingKey("warehouse", "W-B"): 5}, False, lambda _: False)
    assert books.take(Warehouse(strange)) == 10
