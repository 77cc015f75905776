"""A day with a till and malls, at random: sales, voids, counts, deliveries, orders, numbers typed, lost calls, kills.
In the end sheet, ledger and till are one, and every unit is accounted for once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from bridge.domain.invariants import exactly_once
from bridge.errors import TryAgain
from bridge.sandbox.faults import Late, Lost, Refuse, ReplyLost
from tests.story.test_tills import TILLS
from tests.support.tills import WithTill

STOCK = (9, 6, 0)
SHELF, WAREHOUSE, INSPECT = "渋谷店", "本社倉庫", "検品待ち"
ACTS = 24


class Day:
    """`units`: what must lie in all places together."""

    def __init__(self, shop: WithTill, seed: int) -> None:
        self.shop, self.random, self.units = shop, Random(seed), sum(STOCK)
        self.till = shop.sandbox.malls[shop.more]
        self.thing = shop.wire(shop.more, "A")
        self.sales: list[str] = []

    def at_till(self, act: str) -> None:
        """Something in the shop: the till's own number tells by how much."""
        if act == "count":
            self.quiet()
        units, before = self.random.randint(1, 3), self.shop.at_till("A")
        match act:
            case "sale":
                self.sales.append(self.shop.sell("A", units))
            case "void" if self.sales:
                self.till.cancel(self.sales.pop(self.random.randrange(len(self.sales))))
            case "return":
                self.till.give_back(self.thing, units)  # type: ignore[attr-defined]
            case "count":
                self.till.set_stock_by_hand(self.thing, self.random.randint(0, 9))
            case "delivery":
                self.till.receive(self.thing, units)  # type: ignore[attr-defined]
            case "loss":
                self.till.lose(self.thing, units)  # type: ignore[attr-defined]
        self.units += self.shop.at_till("A") - before

    def quiet(self) -> None:
        """Long enough for everything to reach the till: a count beside something on its way has two readings, which are
        a story of their own."""
        self.shop.sandbox.faults[self.shop.more].clear()
        for pause in (3, 30, 60, 60):
            self.look()
            self.shop.clock.sleep(pause)
        self.look()

    def types(self) -> None:
        """A number over what the cell shows."""
        shown, new = int(self.shop.row("A")[SHELF]), self.random.randint(0, 12)
        self.shop.type("A", SHELF, new)
        self.units += new - shown

    def order(self) -> None:
        mall = self.random.choice(("rakuten", "shopify"))
        number = self.shop.buy(mall, "A", self.random.randint(1, 2))
        if number is not None and self.random.random() < 0.6:
            self.units -= getattr(self.shop.sandbox, mall).ship(number)

    def trouble(self) -> None:
        fault = self.random.choice([Lost(), ReplyLost(), Refuse(429), Refuse(503), Late()])
        writes = self.random.random() < 0.7
        self.shop.sandbox.faults[self.shop.more].next(
            fault, (lambda env: env["REQUEST_METHOD"] != "GET") if writes else (lambda _: True)
        )

    def one(self) -> None:
        kinds = ("sale", "sale", "sale", "void", "return", "count", "delivery", "loss")
        kind = self.random.choice((*kinds, "type", "order", "order", "trouble", "trouble", "late", "kill", "wait"))
        if kind in kinds:
            self.at_till(kind)
        elif kind == "type":
            self.types()
        elif kind == "order":
            self.order()
        elif kind == "trouble":
            self.trouble()
        elif kind == "late":
            self.till.visible_after = self.random.choice([0.0, 4.0, 8.0])
        elif kind == "kill":
            self.shop.service.ledger.close()
            self.shop.start()
        else:
            self.shop.clock.sleep(self.random.choice([20, 700, 90_000]))

    def look(self) -> None:
        with suppress(TryAgain):
            self.shop.service.once()
        self.shop.clock.sleep(3)


@pytest.mark.parametrize("kind", TILLS.values(), ids=TILLS)
@pytest.mark.parametrize("seed", range(6))
def test_everything_is_accounted_for_once(tmp_path: Path, kind: type[WithTill], seed: int) -> None:
    shop = kind(tmp_path / "ledger.sqlite", {"A": STOCK})
    shop.go_live()
    day = Day(shop, seed)
    for _ in range(ACTS):
        day.one()
        if day.random.random() < 0.7:
            day.look()
    shop.sandbox.faults[shop.more].deliver_late()
    shop.sandbox.faults[shop.more].clear()
    day.till.visible_after = 0.0
    shop.clock.sleep(4000)
    shop.settle()
    shop.settle()
    with shop.service.ledger.read() as tx:
        assert [broken for state in tx.orders.all().values() for broken in exactly_once(state)] == []
    lying, row = shop.balance("A"), shop.row("A")
    assert sum(lying.values()) == day.units
    assert {place: str(units) for place, units in lying.items()} == {place: row[place] for place in lying}
    assert shop.at_till("A") == max(0, lying[SHELF])
    assert shop.service.reconcile() == []
