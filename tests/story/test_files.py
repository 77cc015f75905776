"""Two partners who are reached by files, in one bridge with the malls: what a whole day of theirs comes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.files.files_in import changes, shipments, stock
from tests.support.with_files import MALL, PLACE, WAREHOUSE, WithFiles
from tests.support.world import Moment


@pytest.fixture(scope="module")
def live_with_files(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = WithFiles(tmp_path_factory.mktemp("files") / "ledger.sqlite")
    world.go_live()
    world.settle_with_mall()
    assert world.mall == {"item-A": 7, "item-B": 7}
    assert not world.open_questions()
    return world.moment()


@pytest.fixture
def shop(tmp_path: Path, live_with_files: Moment) -> WithFiles:
    return WithFiles(tmp_path / "ledger.sqlite", since=live_with_files, mall={"item-A": 7, "item-B": 7})


def count(shop: WithFiles, a: int, b: int, minutes: float = 0) -> None:
    at = f"{shop.japan(minutes):%Y/%m/%d %H:%M:%S}"
    shop.drop("zaiko_{time}.csv", stock({"W-A": a, "W-B": b}, at), minutes)


def test_a_sale_elsewhere_reaches_the_mall_by_its_file(shop: WithFiles) -> None:
    assert shop.buy("rakuten", "A", 3)
    shop.settle()
    assert shop.stock_csv() == {"item-A": 4}, "only what changed"
    shop.settle_with_mall()
    assert shop.mall == {"item-A": 4, "item-B": 7}
    line = next(line for line in shop.table("出品") if line["チャネル"] == MALL and line["出品ID"] == "item-A")
    assert (line["出したい数"], line["送った数"], line["モールの表示"]) == ("4", "4", "4")
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def test_a_file_that_waits_holds_up_nobody_else_and_the_newest_number_goes_out(shop: WithFiles) -> None:
    shop.type("A", "本社倉庫", 15)
    shop.settle()
    shop.type("A", "本社倉庫", 1)
    shop.settle()
    assert {shop.shown(mall, "A") for mall in ("rakuten", "shopify")} == {3}
    shop.settle_with_mall()
    assert shop.mall["item-A"] == 3


def test_a_raise_that_was_taken_is_lowered_at_once_by_the_next_sale(shop: WithFiles) -> None:
    """The mall took 8, of which it has told nobody yet; then one is sold, and the books leave what it showed before."""
    shop.type("A", "本社倉庫", 6)
    shop.settle()
    assert shop.import_stock_csv() == {"item-A": 8}
    assert shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    assert shop.stock_csv() == {"item-A": 7}
    shop.settle_with_mall()
    assert shop.mall["item-A"] == 7


def test_a_lowering_that_was_taken_is_not_undone_without_proof(shop: WithFiles) -> None:
    """The mall took 4, of which it has told nobody yet. 6 is less than it was last known to show, and a raise."""
    assert shop.buy("rakuten", "A", 3)
    shop.settle()
    assert shop.import_stock_csv() == {"item-A": 4}
    shop.type("A", "本社倉庫", 7)
    shop.service.cycle.run()
    shop.service.push(next(each for each in shop.service.channels if each.name == MALL))
    assert shop.stock_csv() == {}
    shop.settle_with_mall()
    assert shop.mall["item-A"] == 6


def test_an_item_for_which_the_mall_refuses_whole_files_holds_up_no_other(shop: WithFiles) -> None:
    shop.refuses = {"item-B"}
    assert shop.buy("rakuten", "A", 3)
    assert shop.buy("rakuten", "B", 2)
    shop.settle_with_mall()
    assert shop.mall == {"item-A": 4, "item-B": 7}
    assert "stock.csv" in shop.open_questions()
    line = next(line for line in shop.table("出品") if line["チャネル"] == MALL and line["出品ID"] == "item-B")
    assert "stock.csv" in line["状態"]
    assert shop.buy("rakuten", "A", 1)
    assert shop.buy("rakuten", "B", 1)
    shop.settle_with_mall()
    assert shop.mall == {"item-A": 3, "item-B": 7}
    shop.refuses.clear()
    shop.clock.sleep(3600)
    shop.settle_with_mall()
    assert shop.mall == {"item-A": 3, "item-B": 4}
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def test_a_file_that_comes_after_a_quiet_hour_is_put_away(shop: WithFiles) -> None:
    """No number was looked at since; what is put away is what lies there now."""
    warehouse = next(each for each in shop.service.channels if each.name == WAREHOUSE)
    shop.clock.sleep(3600)
    shop.drop("chosei_{time}.csv", changes({"W-A": 3}))
    for _ in range(2):
        shop.service.intakes[WAREHOUSE].run()
        shop.clock.sleep(3)
    assert not [path for path in (shop.share(WAREHOUSE) / "out").iterdir() if path.is_file()]
    assert warehouse.orders(shop.clock.now()).rows


def test_a_count_of_the_warehouse_stands_in_its_column_and_is_sold_everywhere(shop: WithFiles) -> None:
    count(shop, a=6, b=4)
    shop.settle_with_mall()
    assert (shop.row("A")[PLACE], shop.row("B")[PLACE]) == ("6", "4")
    assert {shop.shown(mall, "A") for mall in ("rakuten", "shopify")} == {11}
    assert shop.mall == {"item-A": 11, "item-B": 11}
    lines = [line for line in shop.table("出品") if line["チャネル"] == WAREHOUSE]
    assert [line["モールの表示"] for line in lines] == ["6", "4"]
    assert "在庫ファイルの数" in lines[0]["状態"]
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def test_what_was_booked_after_the_count_is_added_to_it(shop: WithFiles) -> None:
    at = f"{shop.japan():%Y/%m/%d %H:%M:%S}"
    shop.clock.sleep(60)
    shop.type("A", PLACE, 5)  # three more came in, and somebody typed it
    shop.settle()
    shop.drop("zaiko_{time}.csv", stock({"W-A": 10, "W-B": 0}, at))
    shop.settle_with_mall()
    assert shop.row("A")[PLACE] == "13"
    shop.settle_with_mall()
    assert shop.row("A")[PLACE] == "13", "once"


def test_shipments_and_changes_of_the_warehouse_count_once_and_not_again_in_the_count(shop: WithFiles) -> None:
    shop.drop("shukka_{time}.csv", shipments(("W-77", "1", "W-A", 1)), minutes=-3)
    shop.drop("chosei_{time}.csv", changes({"W-B": 5}), minutes=-2)
    count(shop, a=1, b=5, minutes=-1)
    shop.settle_with_mall()
    assert (shop.row("A")[PLACE], shop.row("B")[PLACE]) == ("1", "5")
    assert shop.mall == {"item-A": 6, "item-B": 12}
    assert not shop.open_questions()


def test_a_part_shipped_after_the_count_takes_nothing_more_of_what_was_in_it(shop: WithFiles) -> None:
    shop.drop("shukka_{time}.csv", shipments(("W-77", "1", "W-A", 1)), minutes=-3)
    count(shop, a=5, b=5, minutes=-1)
    shop.settle_with_mall()
    shop.drop("shukka_{time}.csv", shipments(("W-77", "2", "W-B", 1)))
    shop.settle_with_mall()
    assert (shop.row("A")[PLACE], shop.row("B")[PLACE]) == ("5", "4")


def test_a_shipment_of_an_order_of_a_mall_is_not_booked_twice(shop: WithFiles) -> None:
    order = shop.buy("rakuten", "A", 1)
    assert order is not None
    shop.settle()
    shop.drop("shukka_{time}.csv", shipments((order, "1", "W-A", 1)))
    shop.settle_with_mall()
    assert shop.row("A")["引当"] == "1"
    shop.sandbox.rakuten.ship(order)
    shop.settle_with_mall()
    assert sum(int(shop.row("A")[place] or 0) for place in ("本社倉庫", PLACE)) == 6


@pytest.mark.parametrize("shipped", [False, True])
@pytest.mark.parametrize("minutes", [1, 30])
def test_a_shipment_that_is_told_before_the_mall_tells_of_its_order_is_taken_back(
    shop: WithFiles, minutes: int, shipped: bool
) -> None:
    """The mall's word books it. Killed in between, the bridge still knows."""
    order = shop.buy("rakuten", "A", 1)
    assert order is not None
    if shipped:
        shop.sandbox.rakuten.ship(order)
    shop.drop("shukka_{time}.csv", shipments((order, "1", "W-A", 1)))
    for _ in range(3):
        shop.service.intakes[WAREHOUSE].run()
        shop.clock.sleep(minutes * 20)
    shop.service.cycle.run()
    assert on_hand(shop) == 6, "the goods are gone"
    shop.service.close()
    shop.start()
    shop.settle_with_mall()
    assert (on_hand(shop), shop.row("A")["引当"]) == ((6, "0") if shipped else (7, "1"))
    assert shop.mall["item-A"] == 6
    shop.drop("shukka_{time}.csv", shipments((order, "2", "W-A", 1)))
    shop.settle_with_mall()
    shop.sandbox.rakuten.ship(order)
    shop.settle_with_mall()
    assert (on_hand(shop), shop.row("A")["引当"]) == (6, "0")
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def on_hand(shop: WithFiles) -> int:
    return sum(int(shop.row("A")[place] or 0) for place in ("本社倉庫", PLACE))


def test_a_file_that_does_not_fit_is_told_in_plain_words_and_moves_nothing(shop: WithFiles) -> None:
    before = [shop.row("A")[header] for header in ("本社倉庫", PLACE, "販売可能")]
    shop.drop("zaiko_{time}.csv", stock({"W-A": 999, "1E+13": 1}, f"{shop.japan():%Y/%m/%d %H:%M:%S}"))
    shop.settle()
    assert [shop.row("A")[header] for header in ("本社倉庫", PLACE, "販売可能")] == before
    [line] = [line for line in shop.table("要対応") if line["処理"] == "未"]
    assert "Excel" in line["内容"]
    [file] = [path for path in (shop.ledger.parent / "quarantine" / WAREHOUSE).iterdir() if path.suffix == ".csv"]
    file.unlink()
    shop.settle()
    assert not shop.open_questions()


def test_no_number_goes_to_the_warehouse(shop: WithFiles) -> None:
    lines = [line for line in shop.table("出品") if line["チャネル"] == WAREHOUSE]
    assert {line["出したい数"] for line in lines} == {""}
    assert list(shop.share(WAREHOUSE).rglob("*.csv")) == []


def test_a_bridge_that_was_killed_goes_on_where_it_was(shop: WithFiles) -> None:
    assert shop.buy("rakuten", "A", 3)
    shop.settle()
    shop.service.close()
    shop.import_stock_csv()
    shop.start()
    shop.settle_with_mall()
    assert shop.mall == {"item-A": 4, "item-B": 7}
    assert not shop.open_questions()


def test_goods_of_a_code_that_nobody_has_named_yet_wait_for_its_line(shop: WithFiles) -> None:
    shop.drop("chosei_{time}.csv", changes({"W-NEW": 3}))
    shop.settle()
    assert "W-NEW" in shop.open_questions()
    shop.list_for_sale(WAREHOUSE, "W-NEW", "B")
    shop.settle_with_mall()
    assert shop.row("B")[PLACE] == "3"
    shop.settle_with_mall()
    assert shop.row("B")[PLACE] == "3"
    assert "増減ファイル" not in shop.open_questions()


def test_a_product_that_gets_its_row_after_the_count_is_not_counted_twice(shop: WithFiles) -> None:
    """The warehouse's file of the morning has 10 of it; at noon its row is written with those 10, and then its line."""
    shop.drop("zaiko_{time}.csv", stock({"W-A": 2, "W-C": 10}, f"{shop.japan():%Y/%m/%d %H:%M:%S}"))
    shop.settle_with_mall()
    shop.clock.sleep(3600)
    shop.put("在庫表", 1 + sum(bool(row["SKU"]) for row in shop.table("在庫表")), {"SKU": "C", PLACE: 10})
    shop.rounds(4)
    shop.list_for_sale(WAREHOUSE, "W-C", "C")
    shop.settle_with_mall()
    assert shop.row("C")[PLACE] == "10"


def test_every_channel_has_its_lines_of_the_check(shop: WithFiles) -> None:
    files = [channel for channel in shop.service.channels if channel.name in (MALL, WAREHOUSE)]
    lines = {line.name: line for channel in files for line in channel.check()}
    assert list(lines) == ["aupay_stock", "write", "3pl_stock", "3pl_shipments", "3pl_changes"]
    assert lines["aupay_stock"].ok
    assert "no folder out" in lines["3pl_stock"].hint.en
