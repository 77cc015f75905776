"""What came in stays what it was when it did."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import bridge.ledger
from bridge.domain.entries import Booking, Entry, Kind
from bridge.domain.stock import Cause, Movement
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.purchases import Arrival, Priced
from bridge.ledger.values import iso
from tests.support.virtual_clock import VirtualClock

DAY = 86_400


class Books:
    """A ledger in which one thing happens a day."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.began = self.clock.now()
        self.ledger = Ledger(None, self.clock, migrate=False)

    def day(self, number: int) -> datetime:
        return self.began + timedelta(days=number)

    def opened(self, sku: str, units: int, place: str = "本社倉庫", ref: str = "✓ 1") -> None:
        with self.ledger.write() as tx:
            tx.stock.book([Movement(sku, place, units, 0, Cause.OPENING, ref)])
        self._go_on()

    def received(self, number: int, sku: str, units: int) -> None:
        with self.ledger.write() as tx:
            _receive(tx, number, sku, units)
        self._go_on()

    def taken_back(self, number: int) -> None:
        with self.ledger.write() as tx:
            (booking,) = tx.entries.of([number]).values()
            said = booking.entry
            assert said is not None
            tx.stock.book([Movement(said.sku, said.target, -said.units, 0, Cause.RECEIVED, booking.ref)])
            tx.entries.put([Booking(number, said)])
        self._go_on()

    def opened_anew(self, *lying: tuple[str, int]) -> None:
        with self.ledger.write() as tx:
            tx.purchases.keep(tx.get("live_at", ""))
            tx.forget_everything()
            tx.stock.book(Movement(sku, "本社倉庫", units, 0, Cause.OPENING, "opening") for sku, units in lying)
            tx.put("live_at", iso(tx.at))
        self._go_on()

    def renamed(self, old: str, new: str) -> None:
        with self.ledger.write() as tx:
            tx.forget_sku(new)
            tx.rename_sku(old, new)
        self._go_on()

    def _go_on(self) -> None:
        """The next round keeps what came in."""
        with self.ledger.write() as tx:
            tx.purchases.keep(tx.get("live_at", ""))
        self.clock.sleep(DAY)

    def arrivals(self) -> list[Arrival]:
        with self.ledger.read() as tx:
            return tx.purchases.arrivals()


@pytest.fixture
def books() -> Books:
    return Books()


def _receive(tx: Tx, number: int, sku: str, units: int) -> None:
    tx.stock.book([Movement(sku, "本社倉庫", units, 0, Cause.RECEIVED, f"move {number}")])
    tx.entries.put([Booking(number, Entry(Kind.RECEIPT, sku, units, target="本社倉庫"), True, at=tx.at)])


def test_a_place_that_is_opened_later_adds_nothing(books: Books) -> None:
    books.opened("A", 7)
    books.opened("A", 5, "渋谷店")
    assert books.arrivals() == [Arrival("opening A", "A", 7, books.day(0))]


def test_going_live_anew_changes_nothing_that_came_in(books: Books) -> None:
    books.opened("A", 7)
    books.received(1, "A", 4)
    books.received(2, "B", 3)
    before = books.arrivals()
    assert [each.lying for each in before] == [0, 7, 0]
    books.opened_anew(("A", 9), ("B", 2), ("C", 1))
    assert books.arrivals() == [*before, Arrival("opening C", "C", 1, books.day(3))]  # of A and B, what came in before
    books.received(3, "B", 5)
    assert books.arrivals()[-1] == Arrival("move 3", "B", 5, books.day(4), 2)


def test_what_is_typed_in_shadow_is_no_arrival(books: Books) -> None:
    books.opened("A", 7, ref="shadow")
    assert books.arrivals() == []
    books.opened_anew(("A", 6))
    books.opened("A", -9, ref="shadow")
    assert books.arrivals() == [Arrival("opening A", "A", 6, books.day(1))]


def test_a_line_that_is_ticked_anew_comes_in_anew(books: Books) -> None:
    books.opened("A", 7)
    books.received(1, "A", 40)
    books.taken_back(1)
    assert [each.key for each in books.arrivals()] == ["opening A"]
    books.opened("A", 2, "渋谷店")
    books.received(1, "A", 4)
    assert books.arrivals()[1] == Arrival("move 1", "A", 4, books.day(4), 9)


def test_a_new_code_takes_along_what_came_in_under_the_old_one(books: Books) -> None:
    books.opened("A", 7)
    books.received(1, "A", 4)
    books.opened("B", 1)
    with books.ledger.write() as tx:
        tx.purchases.put([Priced("opening A", Decimal(100)), Priced("opening B", Decimal(90))])
    books.renamed("A", "B")
    assert books.arrivals() == [
        Arrival("opening B", "B", 7, books.day(0)),
        Arrival("move 1", "B", 4, books.day(1), 7),
    ]
    with books.ledger.read() as tx:
        assert {key: each.price for key, each in tx.purchases.all().items()} == {
            "opening B": Decimal(100),
            "move 1": None,
        }


def test_lines_of_an_older_ledger_stay_what_they_were(tmp_path: Path) -> None:
    path, clock = tmp_path / "ledger.sqlite", VirtualClock()
    began, (first, second, third) = clock.now(), (iso(clock.now() + timedelta(days=n)) for n in range(3))
    config = Config()
    config.set_main_option("script_location", str(Path(bridge.ledger.__path__[0]) / "migrations"))
    moved = "INSERT INTO movement (at, sku, location, on_hand, allocated, cause, ref) VALUES (?, ?, ?, ?, 0, ?, '')"
    booked = "INSERT INTO entry (number, kind, sku, units, source, target, booked, early, at) "
    with create_engine(f"sqlite:///{path}").connect() as conn, conn.begin():
        config.attributes["connection"] = conn
        command.upgrade(config, "0013")
        say = conn.exec_driver_sql
        say(moved, (first, "A", "本社倉庫", 7, "opening"))
        say(moved, (second, "A", "本社倉庫", 4, "received"))
        say(moved, (third, "A", "渋谷店", 5, "opening"))
        say(moved, (third, "B", "本社倉庫", -1, "opening"))
        say(booked + "VALUES (12, 'receipt', 'A', 4, '', '本社倉庫', 1, 0, ?)", (second,))
        say(booked + "VALUES (13, 'receipt', 'A', 9, '', '本社倉庫', 0, 0, NULL)")
        for key in ("opening A", "opening B", "move 12", "move 13"):
            say("INSERT INTO purchase (key, price) VALUES (?, '98.5')", (key,))
    with Ledger(path, clock).read() as tx:
        assert tx.purchases.arrivals() == [
            Arrival("opening A", "A", 12, began),
            Arrival("move 12", "A", 4, began + timedelta(days=1), 7),
        ]
        assert {each.price for each in tx.purchases.all().values()} == {Decimal("98.5")}
