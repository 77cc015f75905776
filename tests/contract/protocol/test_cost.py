"""What a cycle of the sheet costs: calls by rows touched, never by order lines; and Google's time by the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from bridge.channels.port import OrdersRead
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot
from bridge.flows.intake import book_orders
from bridge.sandbox.latency import Latency
from tests.support.world import World

ROWS = 250
STOCK = (10_000, 20, 0)


@dataclass
class Cost:
    calls: int
    seconds: float


class Shop:
    """A live world of 250 products under the latency model, whose orders are booked straight. Its channels stay in
    shadow: what is counted is the sheet's side."""

    def __init__(self) -> None:
        settings = {"journal_lines": 5_000}
        self.world = world = World(cast(Path, None), stock={}, latency=Latency(), sheet_settings=settings)
        self.orders = 0
        numbers = range(1, ROWS + 1)
        for tab in (world.tab("在庫表"), world.tab("出品")):
            more = {"sheetId": tab, "dimension": "ROWS", "length": ROWS}
            world.spreadsheet.apply([{"appendDimension": more}])
        self._write("在庫表", "SKU", [[sku(n)] for n in numbers])
        self._write("在庫表", world.locations[0], [STOCK for _ in numbers])
        self._write("出品", "チャネル", [["rakuten", f"item-{n:04d}/v-{n:04d}", sku(n)] for n in numbers])
        for _ in range(2):
            world.service.cycle.run()
        world.answer("棚にある数", "棚の数")
        world.set("bridge", True)
        for _ in range(4):
            world.service.cycle.run()
        for intake in world.service.intakes.values():
            intake.run()
        world.service.cycle.run()

    def _write(self, title: str, header: str, rows: Sequence[Sequence[object]]) -> None:
        kinds = {int: "numberValue", str: "stringValue"}
        cells = [[{"userEnteredValue": {kinds[type(value)]: value}} for value in row] for row in rows]
        start = {"sheetId": self.world.tab(title), "rowIndex": 1, "columnIndex": self.world.column(title, header)}
        written = {"start": start, "rows": [{"values": row} for row in cells], "fields": "userEnteredValue"}
        self.world.spreadsheet.apply([{"updateCells": written}])

    def scatter(self) -> None:
        """A blank row between any two: no two rows that are touched are neighbours."""
        for row in range(ROWS, 1, -1):
            self.world.spreadsheet.insert_rows(self.world.tab("在庫表"), row)

    def book(self, rows: int, lines: int, *, shipped: bool) -> None:
        """So many order lines, spread evenly over the first rows."""
        world = self.world
        read = OrdersRead(tuple(self._order(i % rows + 1, shipped) for i in range(lines)), world.clock.now(), {})
        with world.service.ledger.write() as tx:
            assert book_orders(tx, world.service.shop, world.service.shop.channels["rakuten"], read) == lines

    def _order(self, number: int, shipped: bool) -> OrderSnapshot:
        self.orders += 1
        facts = self.world.service.shop.channels["rakuten"]
        key = LineKey(facts.name, facts.shop, f"order-{self.orders:06d}", "1")
        listing = ListingKey(facts.name, f"item-{number:04d}/v-{number:04d}")
        line = LineSnapshot(key, listing, 1, 0 if shipped else 1, 1 if shipped else 0, 0, 1)
        now = self.world.clock.now()
        return OrderSnapshot(facts.name, facts.shop, key.order, now.isoformat(), now, (line,))

    def cycle(self, after: float = 60) -> Cost:
        """One cycle; a minute passes first, so that no quota is waited for."""
        self.world.clock.sleep(after)
        calls, began = len(self.world.sheet_calls), self.world.clock.elapsed
        self.world.service.cycle.run()
        assert self.sheet() == self.ledger()
        return Cost(len(self.world.sheet_calls) - calls, self.world.clock.elapsed - began)

    def sheet(self) -> dict[str, tuple[str, str]]:
        """(本社倉庫, 引当) of every product."""
        return {row["SKU"]: (row["本社倉庫"], row["引当"]) for row in self.world.table("在庫表") if row["SKU"]}

    def ledger(self) -> dict[str, tuple[str, str]]:
        with self.world.service.ledger.read() as tx:
            balances = tx.stock.balances()
        mine = {sku(n): balances[sku(n), "本社倉庫"] for n in range(1, ROWS + 1)}
        return {code: (str(balance.on_hand), str(balance.allocated)) for code, balance in mine.items()}


def sku(number: int) -> str:
    return f"S{number:04d}"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def scattered() -> Shop:
    shop = Shop()
    shop.scatter()
    shop.cycle()
    return shop


@pytest.mark.parametrize("shipped", [True, False], ids=["shipped", "placed only"])
def test_a_cycle_makes_three_calls_however_many_order_lines_touch_250_rows(shop: Shop, shipped: bool) -> None:
    calls = {}
    for lines in (1, 100, 1_000):
        shop.book(ROWS, lines, shipped=shipped)
        calls[lines] = shop.cycle().calls
    assert calls == {1: 3, 100: 3, 1_000: 3}


def test_rows_beyond_what_one_call_takes_wait_for_the_next_cycle(shop: Shop) -> None:
    apply = shop.world.service.cycle.apply
    shop.world.service.cycle.apply = replace(apply, rows_per_call=100)
    try:
        shop.book(ROWS, 1_000, shipped=True)
        shop.world.service.cycle.run()
        shop.world.service.cycle.run()
        assert shop.cycle().calls == 3
        assert shop.cycle(after=3).calls == 1
    finally:
        shop.world.service.cycle.apply = apply


def test_a_cycle_that_finds_nothing_to_do_is_one_read_and_once_a_minute_a_heartbeat(shop: Shop) -> None:
    shop.cycle()
    assert [shop.cycle(after=3).calls for _ in range(3)] == [1, 1, 1]
    assert shop.cycle().calls == 2


@pytest.mark.parametrize(("rows", "most"), [(10, 1.5), (250, 10.0)])
@pytest.mark.parametrize("where", ["shop", "scattered"])
def test_an_update_takes_google_no_longer_than(
    where: str, rows: int, most: float, request: pytest.FixtureRequest
) -> None:
    shop: Shop = request.getfixturevalue(where)
    shop.book(rows, rows, shipped=True)
    cost = shop.cycle()
    assert cost.calls == 3
    assert cost.seconds <= most
