"""販売停止, 連携停止 and 再開: for a listing, a SKU, a mall, and all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bridge.channels.port import Pushed, PushItem
from bridge.domain.rules import Halt
from bridge.errors import Hint, TryAgain
from bridge.flows.answer_cells import Answers, gather
from bridge.flows.rules import take_rules
from bridge.ledger.ledger import Tx
from bridge.ledger.rules import Scope
from tests.support.world import LAG, World


def line_of(shop: World, mall: str, sku: str) -> int:
    lines = enumerate(shop.table("出品"), 1)
    return next(at for at, line in lines if line["チャネル"] == mall and line["SKU構成"] == sku)


def listing(shop: World, mall: str, sku: str) -> dict[str, str]:
    return shop.table("出品")[line_of(shop, mall, sku) - 1]


def setting(shop: World, name: str) -> tuple[int, dict[str, str]]:
    return next((at, line) for at, line in enumerate(shop.table("設定"), 1) if line["名前"] == name)


def say(shop: World, scope: str, word: str) -> None:
    """Write a word into 停止: of a SKU, of a line of 設定, or of a listing as mall/SKU."""
    if "/" in scope:
        shop.put("出品", line_of(shop, *scope.split("/")), {"停止": word})
    elif scope in shop.stock:
        shop.type(scope, "停止", word)
    else:
        shop.put("設定", setting(shop, scope)[0], {"停止": word})


def shown(shop: World) -> dict[str, int]:
    return {f"{mall}/{sku}": shop.shown(mall, sku) for mall in ("rakuten", "shopify") for sku in ("A", "B")}


def mall_of(shop: World, name: str) -> Any:
    return next(each for each in shop.service.channels if each.name == name)


EVERYTHING = {"rakuten/A", "rakuten/B", "shopify/A", "shopify/B"}
SCOPES = [
    ("rakuten/A", {"rakuten/A"}),
    ("A", {"rakuten/A", "shopify/A"}),
    ("shopify", {"shopify/A", "shopify/B"}),
    ("bridge", EVERYTHING),
]


@pytest.mark.parametrize(("scope", "stopped"), SCOPES)
def test_sales_stop_at_zero_and_come_back_by_resume(shop: World, scope: str, stopped: set[str]) -> None:
    say(shop, scope, "販売停止")
    shop.rounds(3)
    assert shown(shop) == {name: 0 if name in stopped else 7 for name in EVERYTHING}
    say(shop, scope, "")  # a blank raises nothing
    shop.settle()
    assert {name for name, units in shown(shop).items() if not units} == stopped
    for name in stopped:
        assert "0を確認しました。再開すると7個にします" in listing(shop, *name.split("/"))["状態"]
    say(shop, scope, "再開")
    shop.settle()
    assert shown(shop) == dict.fromkeys(EVERYTHING, 7)
    assert {line["状態"] for line in shop.table("出品")[:4]} == {"✓ 表示が揃っています"}


@pytest.mark.parametrize(("scope", "alone"), SCOPES)
def test_sync_stops_with_the_numbers_as_they_are_and_orders_are_booked(
    shop: World, scope: str, alone: set[str]
) -> None:
    say(shop, scope, "連携停止")
    shop.rounds(2)
    assert shop.buy("rakuten", "A", 2)
    shop.settle()
    assert shop.row("A")["引当"] == "2"
    after = shown(shop)
    assert after["rakuten/A"] == 5  # lowered by the mall itself
    assert after["shopify/A"] == (7 if "shopify/A" in alone else 5)
    for name in alone & {"rakuten/A", "shopify/A"}:
        assert "連携停止" in listing(shop, *name.split("/"))["状態"]
        assert "再開すると5個にします" in listing(shop, *name.split("/"))["状態"]
    say(shop, scope, "再開")
    shop.settle()
    assert shown(shop) == {"rakuten/A": 5, "shopify/A": 5, "rakuten/B": 7, "shopify/B": 7}


def test_a_number_that_people_change_under_sync_stop_is_theirs(shop: World) -> None:
    say(shop, "shopify", "連携停止")
    shop.rounds(3)
    questions = shop.open_questions()
    shop.sandbox.shopify.set_stock_by_hand(shop.wire("shopify", "A"), 3)
    shop.settle()
    assert shop.shown("shopify", "A") == 3
    assert shop.shown("rakuten", "A") == 7  # no sale, nothing is held back for it
    shop.sandbox.shopify.set_stock_by_hand(shop.wire("shopify", "A"), 30)
    shop.settle()
    assert shop.shown("shopify", "A") == 30
    shop.clock.sleep(900)  # nor is it a number that could not be lowered
    shop.settle()
    assert shop.shown("rakuten", "A") == 7
    assert shop.open_questions() == questions
    assert shop.service.health().unconfirmed_since is None
    assert not [drift for channel in shop.service.channels for drift in shop.service.reconcile_channel(channel)]


def test_a_number_left_alone_is_none_that_could_not_be_lowered(shop: World) -> None:
    say(shop, "shopify", "連携停止")
    shop.rounds(3)
    for _ in range(3):
        shop.buy("shopify", "A", 1)  # it sells well there
        shop.rounds(1)
    shop.buy("rakuten", "A", 1)
    shop.settle()
    shop.clock.sleep(900)
    shop.settle()
    assert shown(shop) == {"rakuten/A": 3, "shopify/A": 4, "rakuten/B": 7, "shopify/B": 7}
    assert "減らせていません" not in shop.open_questions()


def test_how_many_of_how_many_show_zero_is_told_where_the_word_stands(shop: World) -> None:
    say(shop, "A", "販売停止")
    say(shop, "bridge", "販売停止")
    shop.rounds(4)
    assert "4件中4件で0を確認" in setting(shop, "bridge")[1]["状態"]
    assert "2件中2件で0を確認" in shop.row("A")["状態"]
    assert "本番です" in setting(shop, "bridge")[1]["状態"]
    assert "設定の全体" in listing(shop, "rakuten", "A")["状態"]
    say(shop, "bridge", "再開")
    shop.settle()
    assert shown(shop) == {"rakuten/A": 0, "shopify/A": 0, "rakuten/B": 7, "shopify/B": 7}  # A's own word stands
    assert "在庫表のA" in listing(shop, "rakuten", "A")["状態"]


def test_where_both_are_set_sales_stop(shop: World) -> None:
    say(shop, "shopify", "連携停止")
    shop.rounds(3)
    say(shop, "A", "販売停止")
    shop.rounds(3)
    assert shown(shop) == {"rakuten/A": 0, "shopify/A": 0, "rakuten/B": 7, "shopify/B": 7}


@pytest.mark.parametrize("trouble", ["held", "wrong number", "doubled", "wrong mapping"])
def test_nothing_withholds_a_stop(shop: World, trouble: str) -> None:
    if trouble == "held":
        shop.put("在庫表", shop.rows("A")[0][0], {"編集中": True})
    elif trouble == "wrong number":
        shop.type("A", "本社倉庫", "abc")
    elif trouble == "doubled":
        shop.copy_row("A")
    elif trouble == "wrong mapping":
        shop.put("出品", line_of(shop, "rakuten", "A"), {"SKU構成": "A××"})
    shop.rounds(3)
    shop.put("在庫表", shop.rows("A")[0][0], {"停止": "販売停止"})
    shop.rounds(3)
    assert (shop.shown("rakuten", "A"), shop.shown("shopify", "A")) == (0, 0)


def test_what_has_no_number_yet_can_be_stopped(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite", {"A": (5, 2, None), "B": (7, 0, None), "C": (None, None, None)})
    shop.go_live()
    for mall in ("rakuten", "shopify"):
        getattr(shop.sandbox, mall).set_stock_by_hand(shop.wire(mall, "C"), 4)
    shop.clock.sleep(60)
    shop.settle()
    assert shop.shown("shopify", "C") == 4  # a blank cell is no zero
    say(shop, "C", "販売停止")
    shop.rounds(3)
    assert (shop.shown("rakuten", "C"), shop.shown("shopify", "C")) == (0, 0)
    say(shop, "C", "再開")
    shop.settle()
    assert (shop.shown("rakuten", "C"), shop.shown("shopify", "C")) == (0, 0)  # there is nothing to go up to


def test_resume_is_a_draft_while_the_row_is_held(shop: World) -> None:
    say(shop, "A", "販売停止")
    shop.rounds(3)
    shop.put("在庫表", shop.rows("A")[0][0], {"停止": "再開", "編集中": True})
    shop.settle()
    assert shop.shown("shopify", "A") == 0
    assert "販売停止" in listing(shop, "shopify", "A")["状態"]
    shop.put("在庫表", shop.rows("A")[0][0], {"編集中": False})
    shop.settle()
    assert shop.shown("shopify", "A") == 7


def test_resume_waits_for_its_preview_and_for_time_that_ran_backwards(shop: World) -> None:
    say(shop, "A", "販売停止")
    shop.rounds(3)
    say(shop, "A", "再開")
    look = shop.service.cycle.run()

    def taken(tx: Tx) -> Halt:
        take_rules(tx, shop.service.shop, look, lambda *_: True)
        return tx.rules.get(Scope.sku("A")).stop

    with shop.service.ledger.write() as tx:
        opened_at = tx.channels.get("shopify").opened_at
        tx.channels.change("shopify", opened_at=None)  # its open orders are not in the books yet
        assert taken(tx) is Halt.SALES
        assert "再開待ち" in Answers(shop.service.shop, ZoneInfo("Asia/Tokyo"), gather(tx, shop.service.shop)).stop(
            Scope.sku("A")
        )
        tx.channels.change("shopify", opened_at=opened_at)
        tx.put("restored ledger", {})  # an older ledger reads the orders again
        assert taken(tx) is Halt.SALES
        tx.put("restored ledger", None)
        assert taken(tx) is Halt.NONE


def test_a_stop_of_a_line_that_can_not_be_read_counts(shop: World) -> None:
    at = line_of(shop, "rakuten", "A")
    shop.put("出品", at, {"停止": "販売停止", "SKU構成": "A××"})
    shop.rounds(3)
    assert (shop.shown("rakuten", "A"), shop.shown("shopify", "A")) == (0, 7)
    state = shop.table("出品")[at - 1]["状態"]
    assert "読めません" in state
    assert "0を確認しました" in state


def test_a_stop_reaches_a_mall_of_which_nothing_can_be_read(shop: World) -> None:
    def fails(*_: Any) -> Any:
        raise TryAgain(Hint("返事がありません。", "No answer."), 1.0)

    mall = mall_of(shop, "rakuten")
    mall.orders = mall.read = fails
    say(shop, "A", "販売停止")
    for _ in range(3):
        shop.service.cycle.run()
        shop.service.guarded_round(mall)
        shop.clock.sleep(3)
    assert shop.shown("rakuten", "A") == 0
    del mall.orders, mall.read
    shop.rounds(6)
    assert "2件中2件で0を確認" in shop.row("A")["状態"]


def test_a_stop_goes_out_before_all_else(shop: World) -> None:
    pushed: list[list[tuple[str, int]]] = []
    mall = mall_of(shop, "rakuten")
    push = mall.push

    def recorded(items: Sequence[PushItem], key: str) -> Sequence[Pushed]:
        pushed.append([(item.listing.id, item.quantity) for item in items])
        return push(items, key)  # type: ignore[no-any-return]

    mall.push = recorded
    say(shop, "B", "販売停止")
    shop.rounds(1)
    shop.type("A", "本社倉庫", 0)  # 2 are left
    shop.rounds(2)
    assert pushed == [[("item-0002/v-0002", 0)], [("item-0001/v-0001", 2)]]


def test_an_order_under_sales_stop_is_booked_and_a_restock_by_the_mall_is_taken_back(shop: World) -> None:
    order = shop.buy("shopify", "A", 2)
    shop.rounds(2)
    say(shop, "bridge", "販売停止")
    shop.rounds(3)
    shop.sandbox.shopify.cancel(order, restock=True)
    shop.settle()
    assert shop.row("A")["引当"] == "0"
    assert set(shown(shop).values()) == {0}


def test_a_hand_that_raises_a_stopped_number_is_overwritten(shop: World) -> None:
    say(shop, "A", "販売停止")
    shop.rounds(3)
    shop.sandbox.shopify.set_stock_by_hand(shop.wire("shopify", "A"), 9)
    shop.clock.sleep(60)
    shop.rounds(2)
    assert shop.shown("shopify", "A") == 0


def test_resumed_the_first_push_raises_no_further_than_the_preview(shop: World) -> None:
    say(shop, "A", "販売停止")
    shop.settle()
    assert "再開すると7個にします" in listing(shop, "shopify", "A")["状態"]
    say(shop, "A", "再開")
    shop.rounds(2)
    shop.type("A", "本社倉庫", 50)
    most = 0
    for _ in range(12):
        shop.rounds(1)
        most = most or shop.shown("shopify", "A")
    assert most == 7
    shop.settle()
    assert shop.shown("shopify", "A") == 52


def test_a_raise_after_resume_waits_for_the_malls_orders(shop: World) -> None:
    say(shop, "shopify", "連携停止")
    shop.settle()
    shop.sandbox.shopify.visible_after = LAG - 1
    say(shop, "shopify", "再開")
    shop.buy("shopify", "A", 2)
    for _ in range(10):
        shop.rounds(1)
        assert shop.shown("shopify", "A") <= 5
    shop.settle()
    assert shown(shop)["rakuten/A"] == 5


def test_in_shadow_people_are_told_where_to_stop(shop: World) -> None:
    shop.set("shopify", False)
    shop.rounds(2)
    say(shop, "A", "販売停止")
    shop.rounds(4)
    assert (shop.shown("rakuten", "A"), shop.shown("shopify", "A")) == (0, 7)
    assert "bridgeから0を送れません" in listing(shop, "shopify", "A")["状態"]
    assert "下書き" in listing(shop, "shopify", "A")["状態"]
    assert "2件中1件で0を確認" in shop.row("A")["状態"]
    assert "shopifyの1件の出品にはbridgeから0を送れません" in shop.open_questions()
    shop.answer("0を送れません", "確認済み")
    shop.rounds(4)
    assert "0を送れません" not in shop.open_questions()  # nor is it asked again
    shop.sandbox.shopify.set_stock_by_hand(shop.wire("shopify", "A"), 0)
    shop.clock.sleep(60)
    shop.rounds(3)
    assert "2件中2件で0を確認" in shop.row("A")["状態"]


@pytest.mark.parametrize("scope", ["A", "rakuten/A", "shopify", "bridge"])
def test_a_word_that_is_none_is_told_and_changes_nothing(shop: World, scope: str) -> None:
    say(shop, scope, "ていし")
    shop.settle()
    assert shown(shop) == dict.fromkeys(EVERYTHING, 7)
    told = [shop.row("A")["状態"], listing(shop, "rakuten", "A")["状態"]]
    told += [setting(shop, name)[1]["状態"] for name in ("shopify", "bridge")]
    assert sum("「停止」が読めません" in text for text in told) == 1


def test_english_words_are_understood(shop: World) -> None:
    say(shop, "A", "Stop Sales")
    shop.rounds(3)
    assert shop.shown("shopify", "A") == 0
    say(shop, "A", "RESUME")
    shop.settle()
    assert shop.shown("shopify", "A") == 7


def test_a_stop_outlives_a_restart_a_renamed_sku_and_a_line_that_is_gone(shop: World) -> None:
    say(shop, "A", "販売停止")
    say(shop, "rakuten/B", "販売停止")
    shop.rounds(3)
    at = line_of(shop, "rakuten", "B")
    shop.spreadsheet.delete_rows(shop.tab("出品"), at, at + 1)
    shop.service.close()
    shop.start()
    shop.put("在庫表", shop.rows("A")[0][0], {"停止": "", "SKU": "A2"})
    shop.rounds(3)
    shop.answer("書き換えられました", "改名")
    shop.settle()
    assert shown(shop) == {"rakuten/A": 0, "shopify/A": 0, "rakuten/B": 0, "shopify/B": 7}
    shop.type("A2", "停止", "再開")
    shop.settle()
    assert shown(shop) == {"rakuten/A": 7, "shopify/A": 7, "rakuten/B": 0, "shopify/B": 7}


def test_a_mall_that_goes_live_under_a_stop_goes_live_at_zero(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite")
    shop.rounds(2)
    say(shop, "bridge", "販売停止")
    shop.go_live()
    assert set(shown(shop).values()) == {0}
