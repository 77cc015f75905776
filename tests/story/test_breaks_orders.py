"""Orders and mappings at odds; questions that must close."""

from __future__ import annotations

from bridge.channels.port import OrdersRead
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot
from bridge.errors import Hint
from bridge.flows import reconcile
from bridge.flows.intake import book_orders
from tests.support.world import World


def test_an_order_without_listing_that_is_cancelled_asks_no_more(shop: World) -> None:
    shop.sandbox.shopify.add_product(("gid://shopify/InventoryItem/49999", shop.wire("shopify", "A")[1]), "SET", 3)
    order = shop.sandbox.shopify.buy(("gid://shopify/InventoryItem/49999", shop.wire("shopify", "A")[1]), 2)
    shop.rounds(2)
    assert "対応づけのない注文" in shop.open_questions()
    shop.sandbox.shopify.cancel(order, restock=True)
    shop.rounds(3)
    assert "対応づけのない注文" not in shop.open_questions()


def test_an_order_that_can_be_read_again_asks_no_more(shop: World) -> None:
    facts = shop.service.shop.channels["rakuten"]
    now = shop.clock.now()
    with shop.service.ledger.write() as tx:
        book_orders(tx, shop.service.shop, facts, OrdersRead((), now, {"X1": Hint("読めません", "unreadable")}))
    assert "読み取れません" in shop.open_questions()
    shop.hears("rakuten", "A", order="X1", version="1", open=1, shipped=0)
    assert "読み取れません" not in shop.open_questions()


def test_a_listing_mapped_to_a_code_that_does_not_exist_goes_on_lowering(shop: World) -> None:
    shop.put("出品", 1, {"SKU構成": "AA"})  # a slip: A on Rakuten
    shop.rounds(3)
    line = shop.table("出品")[0]
    assert "AAが在庫表にありません" in line["状態"]
    shop.buy("shopify", "A", 4)
    shop.rounds(3)
    assert shop.shown("rakuten", "A") == 3


def test_an_order_of_a_listing_taken_out_of_the_tab_is_booked(shop: World) -> None:
    for header in ("チャネル", "出品ID", "SKU構成"):
        shop.spreadsheet.type(shop.tab("出品"), 1, shop.column("出品", header), "")
    shop.rounds(3)
    order = shop.buy("rakuten", "A", 2)
    shop.rounds(2)
    assert shop.row("A")["引当"] == "2"
    assert shop.shown("shopify", "A") == 5
    shop.sandbox.rakuten.ship(order)
    shop.rounds(2)
    assert shop.row("A")["本社倉庫"] == "3"


def test_a_listing_mapped_anew_while_its_order_is_open(shop: World) -> None:
    order = shop.buy("rakuten", "A", 2)
    shop.rounds(2)
    shop.put("出品", 1, {"SKU構成": "B"})
    shop.rounds(3)
    shop.sandbox.rakuten.ship(order)
    shop.settle()
    assert (shop.row("A")["本社倉庫"], shop.row("A")["引当"]) == ("3", "0")
    assert (shop.row("B")["本社倉庫"], shop.row("B")["引当"]) == ("7", "0")
    assert shop.shown("rakuten", "A") == 7  # B's number now
    assert shop.open_questions() == ""


def test_two_listings_of_one_sku_in_one_mall(shop: World) -> None:
    shop.sandbox.rakuten.add_product(("twin", "v-1"), "A", 0)
    shop.put("出品", 5, {"チャネル": "rakuten", "出品ID": "twin/v-1", "SKU構成": "A"})
    shop.settle()
    assert shop.sandbox.rakuten.stock()["twin", "v-1"] == 7
    shop.sandbox.rakuten.visible_after = 30.0
    shop.sandbox.rakuten.buy(("twin", "v-1"), 6)
    shop.rounds(2)
    assert shop.shown("rakuten", "A") <= 7
    shop.clock.sleep(61)
    shop.sandbox.rakuten.visible_after = 0.0
    shop.settle()
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 1


def test_copied_question_lines(shop: World) -> None:
    shop.delete_row(shop.rows("A")[0][0])
    shop.rounds(3)
    (number, line) = next((n, x) for n, x in enumerate(shop.table("要対応"), 1) if "消えました" in x["内容"])
    shop.put("要対応", number + 3, {"番号": line["番号"], "回答": "戻す"})
    shop.put("要対応", number, {"回答": "廃番"})
    shop.rounds(3)
    assert shop.shown("rakuten", "A") == 7
    assert "消えました" in shop.open_questions()
    shop.put("要対応", number, {"回答": "戻す"})
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "5"
    assert shop.open_questions() == ""


def test_a_retired_product_that_comes_back_sells_again(shop: World) -> None:
    gone = shop.spreadsheet.delete_rows(shop.tab("在庫表"), shop.rows("A")[0][0], shop.rows("A")[0][0] + 1)
    shop.rounds(3)
    shop.answer("在庫表から行が消えました", "廃番")
    shop.settle()
    assert shop.shown("rakuten", "A") == 0
    shop.spreadsheet.undo(gone)
    shop.settle()
    assert shop.shown("rakuten", "A") == 7
    assert shop.row("A")["販売可能"] == "7"


def test_goods_that_a_person_said_came_back_come_back_once(shop: World) -> None:
    shop.type("B", "検品待ち", 0)
    shop.rounds(2)
    shop.hears("rakuten", "B", order="1", version="1", open=0, shipped=2)
    shop.hears("rakuten", "B", order="1", version="2", open=0, shipped=0)
    shop.rounds(2)
    shop.answer("戻ってきましたか", "戻った")
    shop.rounds(3)
    assert shop.row("B")["検品待ち"] == "2"
    facts = shop.service.shop.channels["rakuten"]
    now, key = shop.clock.now(), LineKey("rakuten", facts.shop, "1", "1")
    line = LineSnapshot(key, ListingKey("rakuten", "/".join(shop.wire("rakuten", "B"))), 2, 0, 2, 2, 0)
    read = OrdersRead((OrderSnapshot("rakuten", facts.shop, "1", "3", now, (line,)),), now, {})
    with shop.service.ledger.write() as tx:  # the mall says so too, later
        book_orders(tx, shop.service.shop, facts, read)
    shop.rounds(2)
    assert (shop.row("B")["検品待ち"], shop.row("B")["本社倉庫"]) == ("2", "5")
    with shop.service.ledger.read() as tx:
        assert reconcile.books(tx) == []


def test_an_order_told_several_times_in_one_answer_is_booked_once_by_its_newest_message(shop: World) -> None:
    facts = shop.service.shop.channels["rakuten"]
    key = LineKey("rakuten", facts.shop, "X1", "1")
    listing, now = ListingKey("rakuten", "/".join(shop.wire("rakuten", "A"))), shop.clock.now()

    def told(version: str, open: int, shipped: int) -> OrderSnapshot:
        line = LineSnapshot(key, listing, open + shipped, open, shipped, 0, open + shipped)
        return OrderSnapshot("rakuten", facts.shop, "X1", version, now, (line,))

    def heard(*messages: OrderSnapshot) -> tuple[int, int]:
        with shop.service.ledger.write() as tx:
            book_orders(tx, shop.service.shop, facts, OrdersRead(messages, now, {}))
            shelf = tx.stock.balances(["A"])["A", "本社倉庫"]
        return shelf.on_hand, shelf.allocated

    assert heard(told("1", 3, 0)) == (5, 3)
    assert heard(told("4", 1, 2), told("2", 3, 0), told("3", 2, 1), told("4", 1, 2)) == (3, 1)
    assert heard(told("6", 1, 2), told("5", 0, 3), told("7", 0, 3), told("6", 1, 2)) == (2, 0)
    assert heard(told("6", 1, 2)) == (2, 0)
