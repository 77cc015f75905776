"""The first start: shadow, the opening question, the open orders, going live by ticks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.world import World

MUTATIONS = ("bulk-upsert", "inventorySetQuantities", "inventoryAdjustQuantities", "inventoryActivate")


@pytest.fixture
def new(tmp_path: Path) -> World:
    """A shop on its first day: everything in shadow."""
    return World(tmp_path / "ledger.sqlite")


def staff_cells(world: World) -> list[tuple[str, ...]]:
    staff = ("商品名", "SKU", "ロック", "本社倉庫", "渋谷店", "検品待ち", "安全在庫", "編集中", "確認")
    return [tuple(row[header] for header in staff) for row in world.table("在庫表")]


def test_in_shadow_nothing_outside_is_written_but_the_preview(new: World) -> None:
    before = staff_cells(new)
    new.buy("rakuten", "A", 2)
    new.type("B", "本社倉庫", 3)
    before[1] = (*before[1][:3], "3", *before[1][4:])
    new.rounds(4)
    assert staff_cells(new) == before
    assert new.sandbox.rakuten.write_count == new.sandbox.shopify.write_count == 0
    assert not [call for call in new.mall_calls if any(name in str(vars(call)) for name in MUTATIONS)]
    listings = {(line["チャネル"], line["SKU構成"]): line for line in new.table("出品")}
    assert listings["shopify", "A"]["出したい数"] == "5"  # 7 on the shelf, 2 promised
    assert listings["rakuten", "B"]["出したい数"] == "3"
    assert "影" in listings["shopify", "A"]["状態"]


def test_a_live_bridge_with_its_channels_in_shadow_writes_no_mall(new: World) -> None:
    new.rounds(2)
    new.answer("棚にある数", "棚の数")
    new.rounds(2)
    new.set("bridge", True)
    new.rounds(2)
    new.buy("rakuten", "A", 2)
    new.rounds(4)
    assert new.row("A")["引当"] == "2"
    assert new.sandbox.rakuten.write_count == new.sandbox.shopify.write_count == 0
    assert new.shown("shopify", "A") == 7


def test_the_bridge_goes_live_only_after_the_questions_are_answered(new: World) -> None:
    new.rounds(2)
    new.set("bridge", True)
    new.rounds(3)
    assert "質問" in next(line["状態"] for line in new.table("設定") if line["名前"] == "bridge")
    new.answer("棚にある数", "棚の数")
    new.rounds(3)
    assert "本番" in next(line["状態"] for line in new.table("設定") if line["名前"] == "bridge")


def test_a_channel_waits_for_the_bridge(new: World) -> None:
    new.set("rakuten", True)
    new.rounds(3)
    assert "先に「全体」" in next(line["状態"] for line in new.table("設定") if line["名前"] == "rakuten")


def test_shelf_numbers_open_as_they_are(new: World) -> None:
    new.buy("rakuten", "A", 2)
    new.go_live()
    assert new.row("A")["本社倉庫"] == "5"
    assert new.row("A")["引当"] == "2"
    assert new.shown("shopify", "A") == 5


def test_where_open_orders_were_taken_off_they_are_added_back(new: World) -> None:
    order = new.buy("rakuten", "A", 2)
    new.type("A", "本社倉庫", 3)  # staff took the two off by hand
    new.rounds(3)
    new.answer("「本社倉庫」列", "引いた後の数")
    new.answer("「渋谷店」列", "棚の数")
    new.rounds(2)
    new.set("bridge", True)
    new.rounds(4)
    assert new.row("A")["本社倉庫"] == "5"
    assert (new.row("A")["引当"], new.row("A")["販売可能"]) == ("2", "5")
    new.sandbox.rakuten.ship(order)
    new.rounds(2)
    assert (new.row("A")["本社倉庫"], new.row("A")["引当"]) == ("3", "0")


def test_orders_shipped_before_the_start_are_ignored(new: World) -> None:
    order = new.buy("rakuten", "A", 2)
    new.sandbox.rakuten.ship(order)
    new.go_live()
    assert new.row("A")["本社倉庫"] == "5"
    assert new.row("A")["引当"] == "0"


def test_the_first_live_push_raises_only_what_the_preview_showed(new: World) -> None:
    new.sandbox.shopify.set_stock_by_hand(new.wire("shopify", "A"), 1)
    new.sandbox.rakuten.set_stock_by_hand(new.wire("rakuten", "B"), 90)
    new.go_live()
    new.settle()
    assert new.shown("shopify", "A") == 7
    assert new.shown("rakuten", "B") == 7


def test_going_back_to_shadow_stops_all_writes(new: World) -> None:
    new.go_live()
    new.set("rakuten", False)
    new.rounds(2)
    writes = new.sandbox.rakuten.write_count
    new.buy("shopify", "A", 2)
    new.rounds(4)
    assert new.sandbox.rakuten.write_count == writes
    assert new.shown("rakuten", "A") == 7
