"""A till in the shop, beside the malls: what it does comes into the books once, and its number is what lies there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.config import Config
from bridge.domain.transfers import IN_TRANSIT
from bridge.errors import TryAgain
from bridge.sandbox.faults import Lost, ReplyLost
from tests.story.test_stocktaking import count, line_of
from tests.support.tills import WithSmaregi, WithSquare, WithTill
from tests.support.transfers import lying, told, write
from tests.support.world import LAG, Moment

TILLS: dict[str, type[WithTill]] = {kind.more: kind for kind in (WithSmaregi, WithSquare)}


@pytest.fixture(scope="module", params=TILLS)
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[type[WithTill], Moment]:
    kind = TILLS[request.param]
    world = kind(tmp_path_factory.mktemp(kind.more) / "ledger.sqlite")
    world.go_live()
    return kind, world.moment()


@pytest.fixture
def shop(tmp_path: Path, live: tuple[type[WithTill], Moment]) -> WithTill:
    """A: 5 in the warehouse, 2 in the shop; the malls sell both, the till what lies in the shop."""
    kind, moment = live
    return kind(tmp_path / "ledger.sqlite", since=moment)


def stands(shop: WithTill, warehouse: int, shelf: int, malls: int, sku: str = "A") -> None:
    """Everything is at rest at these numbers, nobody is asked anything, and nothing differs anywhere."""
    assert (shop.row(sku)["本社倉庫"], shop.row(sku)["渋谷店"]) == (str(warehouse), str(shelf))
    assert (shop.at_till(sku), shop.in_malls(sku)) == (shelf, {malls})
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def test_a_sale_in_the_shop_lowers_its_column_and_the_malls(shop: WithTill) -> None:
    stands(shop, 5, 2, 7)
    shop.sell("A", 1)
    shop.settle()
    stands(shop, 5, 1, 6)


def test_an_order_in_a_mall_touches_the_till_only_when_it_leaves_its_shelf(shop: WithTill) -> None:
    """The till shows what lies there, though it is promised."""
    order = shop.buy("rakuten", "A", 7)
    assert order is not None
    shop.settle()
    stands(shop, 5, 2, 0)
    shop.sandbox.rakuten.ship(order)
    shop.settle()
    stands(shop, 0, 0, 0)


@pytest.mark.parametrize("late", [0.0, 20.0])
@pytest.mark.parametrize(("what", "units"), [("sale", 1), ("loss", 1), ("receipt", 5), ("recount", 4)])
def test_what_a_till_did_before_a_stock_take_is_in_its_count(
    shop: WithTill, what: str, units: int, late: float
) -> None:
    """Told after the beginning: the till was not looked at since, or its history is late."""
    till, tea = getattr(shop.sandbox, shop.more), shop.wire(shop.more, "A")
    acts: dict[str, Callable[[], object]] = {
        "sale": lambda: till.place([(tea, 1)]),
        "loss": lambda: till.lose(tea, 1),
        "receipt": lambda: till.receive(tea, 3),
        "recount": lambda: till.recount(tea, 4),
    }
    shop.put("入出庫", 1, {"種類": "棚卸", "から": "渋谷店"})
    shop.rounds(2)
    till.visible_after = late
    acts[what]()
    shop.clock.sleep(5)
    shop.put("入出庫", 1, {"開始": True})
    for _ in range(3):  # the table is looked at every 3 seconds, the till every 15 or 30
        shop.service.look()
        shop.clock.sleep(3)
    shop.sell("A", 1)  # and this is since
    shop.settle()
    count(shop, "A", units)
    stands(shop, 5, units - 1, 4 + units)
    assert f"帳簿では{units}個でした" in told(shop, line_of(shop, "A"))


@pytest.mark.parametrize("what", ["sale", "loss"])
def test_what_the_till_did_before_the_opening_is_in_the_column_though_it_is_told_later(
    shop: WithTill, what: str
) -> None:
    """One leaves the shelf and staff type 1; then everything is opened anew. The till's history tells of it after the
    first look. What happens after the opening counts, also that it is given back."""
    shop.set("bridge", False)
    shop.rounds(3)
    shop.answer("棚にある数", "棚の数")
    shop.rounds(2)
    till, wire = getattr(shop.sandbox, shop.more), shop.wire(shop.more, "A")
    till.visible_after = 20.0
    acts: dict[str, Callable[[], object]] = {
        "sale": lambda: till.place([(wire, 1)]),
        "loss": lambda: till.lose(wire, 1),
    }
    acts[what]()
    shop.type("A", "渋谷店", 1)
    shop.set("bridge", True)
    shop.settle()
    shop.set(shop.more, True)
    shop.clock.sleep(60)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 5, "渋谷店": 1}
    assert shop.at_till("A") == 1
    acts[what]()
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 5}
    if what == "sale":
        till.give_back(wire, 1)
        shop.settle()
        assert lying(shop, "A") == {"本社倉庫": 5, "検品待ち": 1}


def test_a_number_typed_reaches_the_till_and_a_sale_slips_in(shop: WithTill) -> None:
    """The till sells one in the very moment of the write: the difference is written, and the sale stays."""
    shop.type("A", "渋谷店", 8)
    sold: list[str] = []

    def buyer(environ: dict[str, object]) -> None:
        if environ["REQUEST_METHOD"] != "GET" and "token" not in str(environ["PATH_INFO"]) and not sold:
            sold.append(shop.sell("A", 1))

    shop.sandbox.faults[shop.more].before = buyer
    shop.settle()
    assert sold
    stands(shop, 5, 7, 12)


@pytest.mark.parametrize("fault", [Lost(), ReplyLost()], ids=str)
def test_a_write_without_an_answer_is_made_once(shop: WithTill, fault: Lost | ReplyLost) -> None:
    shop.type("A", "渋谷店", 8)
    shop.sandbox.faults[shop.more].next(fault, lambda environ: environ["REQUEST_METHOD"] in ("POST", "PATCH"))
    shop.settle()
    stands(shop, 5, 8, 13)


def test_a_count_at_the_till_comes_in_as_one(shop: WithTill) -> None:
    shop.sandbox.malls[shop.more].set_stock_by_hand(shop.wire(shop.more, "A"), 6)
    shop.settle()
    stands(shop, 5, 6, 11)


def test_a_count_at_the_till_while_a_mall_sells(shop: WithTill) -> None:
    """Both count: the mall's order is taken from the warehouse, the shelf is what was counted."""
    shop.sandbox.malls[shop.more].visible_after = 0.0
    shop.sandbox.malls[shop.more].set_stock_by_hand(shop.wire(shop.more, "A"), 1)
    order = shop.buy("shopify", "A", 2)
    assert order is not None
    shop.rounds(1)
    shop.sell("A", 1)
    shop.settle()
    stands(shop, 5, 0, 3)
    shop.sandbox.shopify.ship(order)
    shop.settle()
    stands(shop, 3, 0, 3)


@pytest.mark.parametrize(("typed", "counted", "holds"), [(10, 9, 9), (4, 1, 1), (1, 9, 8), (0, 2, 0)])
def test_a_count_at_the_till_while_a_typed_number_is_on_its_way(
    shop: WithTill, typed: int, counted: int, holds: int
) -> None:
    """The count has it in already, or has not: the lower number holds, and people are asked."""
    shop.type("A", "渋谷店", typed)
    shop.sandbox.malls[shop.more].set_stock_by_hand(shop.wire(shop.more, "A"), counted)
    shop.settle()
    if counted != 2:  # the number that the till had: no row tells of such a count
        assert "棚を数えたとき" in shop.open_questions()
        shop.choose("counted meanwhile", "seen")
        shop.settle()
    stands(shop, 5, holds, 5 + holds)


def test_a_count_right_before_the_number_is_read_is_no_puzzle(shop: WithTill) -> None:
    """Its row comes with the next look at the history: nobody is asked who raised it there, and it is not undone."""
    till, wire = shop.sandbox.malls[shop.more], shop.wire(shop.more, "A")
    shop.type("A", "本社倉庫", 4)
    shop.rounds(1)
    till.set_stock_by_hand(wire, 8)
    shop.service.pushers[shop.more].read_everything()
    shop.service.push(next(each for each in shop.service.channels if each.name == shop.more))
    assert (till.stock()[wire], shop.open_questions()) == (8, "")
    shop.settle()
    stands(shop, 4, 8, 12)


def test_what_comes_back_waits_to_be_inspected(shop: WithTill) -> None:
    """The till would sell it at once: its number goes back to what may be sold there."""
    shop.sandbox.malls[shop.more].give_back(shop.wire(shop.more, "A"), 1)  # type: ignore[attr-defined]
    shop.settle()
    assert shop.row("A")["検品待ち"] == "1"
    stands(shop, 5, 2, 7)


def test_the_void_of_an_old_receipt(shop: WithTill) -> None:
    sale = shop.sell("A", 2)
    shop.settle()
    stands(shop, 5, 0, 5)
    shop.clock.sleep(10 * 86_400)
    shop.settle()
    shop.sandbox.malls[shop.more].cancel(sale)
    shop.settle()
    assert shop.row("A")["検品待ち"] == "2"
    stands(shop, 5, 0, 5)


def test_a_till_that_was_offline(shop: WithTill) -> None:
    """Its sale comes hours later, with the time at which it was made."""
    at = shop.clock.now()
    shop.clock.sleep(5 * 3600)
    shop.settle()
    stands(shop, 5, 2, 7)
    shop.sandbox.malls[shop.more].place([(shop.wire(shop.more, "A"), 2)], till_at=at)  # type: ignore[call-arg]
    shop.settle()
    stands(shop, 5, 0, 5)


def test_more_was_sold_than_the_books_had(shop: WithTill) -> None:
    """It lay there, so the books are wrong: the shop is asked to count, and no order is said to be oversold."""
    shop.sell("A", 3)
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.in_malls("A")) == ("-1", {4})
    assert not shop.asked("oversold")
    assert "帳簿にない1個が売れました" in shop.open_questions()
    shop.type("A", "渋谷店", 1)
    shop.choose("sold unknown", "seen")
    shop.settle()
    stands(shop, 5, 1, 6)


def test_what_was_sold_while_the_bridge_was_dead(shop: WithTill) -> None:
    shop.service.close()
    shop.sell("A", 1)
    shop.clock.sleep(3 * 86_400)
    shop.sandbox.malls[shop.more].set_stock_by_hand(shop.wire(shop.more, "A"), 4)
    shop.start()
    shop.settle()
    stands(shop, 5, 4, 9)


def test_goods_sent_to_the_shop_are_booked_in_by_the_till(shop: WithTill) -> None:
    """People send them off in 入出庫; in the shop they are booked at the till."""
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店", 発送=True)
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 2, "渋谷店": 2, IN_TRANSIT: 3}
    shop.sandbox.malls[shop.more].receive(shop.wire(shop.more, "A"), 3)  # type: ignore[attr-defined]
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 2, "渋谷店": 5}
    stands(shop, 2, 5, 7)


def test_shadow_sends_nothing_and_hears_everything(tmp_path: Path, live: tuple[type[WithTill], Moment]) -> None:
    """Before the till is live its sales count, and its number is left alone."""
    kind, _ = live
    shop = kind(tmp_path / "ledger.sqlite")
    super(WithTill, shop).go_live()
    shop.sell("A", 1)
    shop.type("A", "渋谷店", 9)
    shop.settle()
    assert (shop.row("A")["渋谷店"], shop.at_till("A"), shop.in_malls("A")) == ("8", 1, {13})
    assert shop.sandbox.malls[shop.more].write_count == 0
    shop.set(shop.more, True)
    shop.settle()
    stands(shop, 5, 8, 13)


def test_the_malls_hold_back_what_the_till_is_seen_to_have_sold(shop: WithTill) -> None:
    """Its history is late, its number is not."""
    shop.sandbox.malls[shop.more].visible_after = LAG - 2
    shop.sell("A", 2)
    shop.service.pushers[shop.more].read_everything()
    shop.rounds(1, seconds=1)
    shop.rounds(1, seconds=1)
    assert shop.in_malls("A") == {5}
    assert shop.at_till("A") == 0
    shop.settle()
    stands(shop, 5, 0, 5)


class Apart(WithSmaregi):
    """The malls sell from the warehouse alone."""

    def _config(self) -> Config:
        config = super()._config()
        rakuten, shopify = config.channels.rakuten, config.channels.shopify
        assert rakuten is not None
        assert shopify is not None
        alone = ("本社倉庫",)
        channels = replace(config.channels, rakuten=replace(rakuten, locations=alone),
                           shopify=replace(shopify, locations=alone))  # fmt: skip
        return replace(config, channels=channels)


@pytest.mark.parametrize(("kind", "malls"), [(WithSmaregi, 5), (Apart, 5)])
def test_a_till_that_can_not_be_heard(kind: type[WithTill], malls: int, tmp_path: Path) -> None:
    """The others hold back what may have been sold of its shelf; who doesn't sell from there holds back nothing."""
    shop = kind(tmp_path / "ledger.sqlite")
    shop.go_live()
    shop.sell("A", 1)
    shop.settle()
    assert shop.in_malls("A") == {malls + (1 if kind is WithSmaregi else 0)}
    faults = shop.sandbox.faults[shop.more]
    for _ in range(2000):
        faults.next(Lost())
    for _ in range(60):
        with suppress(TryAgain):
            shop.service.once()
        shop.clock.sleep(60)
    assert shop.in_malls("A") == {malls}
    faults.clear()
    shop.settle()
    assert shop.in_malls("A") == {malls + (1 if kind is WithSmaregi else 0)}
