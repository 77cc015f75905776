"""Mapping: lines are proposed from what the malls have on sale; one tick makes them the staff's own."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from bridge import cli, commands
from bridge.errors import TryAgain
from bridge.flows.mapping import Mapped
from bridge.sandbox.faults import Delay, Fault, Instead, Late, Lost, ReplyLost, path_contains
from bridge.sandbox.malls.shopify.records import gid
from bridge.sandbox.malls.shopify.shop import FIRST_LOCATION
from bridge.sheet.build import build
from tests.support.more_malls import AllMalls
from tests.support.world import World

PLACE = FIRST_LOCATION.rsplit("/", 1)[1]
NEW = ("new-item", "v-9")


def lines(shop: World, listing: str) -> list[dict[str, str]]:
    return [line for line in shop.table("出品") if line["出品ID"] == listing]


def line(shop: World, listing: str) -> dict[str, str]:
    [found] = lines(shop, listing)
    return found


def put(shop: World, listing: str, **cells: object) -> None:
    """Type into the one line of a listing."""
    [position] = [n for n, each in enumerate(shop.table("出品"), 1) if each["出品ID"] == listing]
    shop.put("出品", position, cells)


def propose(shop: World) -> None:
    shop.service.map()
    shop.rounds(2)


def test_a_proposal_says_nothing_until_it_is_ticked(shop: World) -> None:
    shop.sandbox.rakuten.add_product(NEW, "A", 3)
    propose(shop)
    proposed = line(shop, "new-item/v-9")
    assert (proposed["チャネル"], proposed["SKU構成"], proposed["採用"]) == ("rakuten", "A", "FALSE")
    assert "「採用」にチェック" in proposed["状態"]
    shop.settle()
    assert shop.sandbox.rakuten.stock()[NEW] == 3
    put(shop, "new-item/v-9", 採用=True)
    shop.settle()
    assert shop.sandbox.rakuten.stock()[NEW] == shop.shown("rakuten", "A") == 7
    shop.buy("shopify", "A", 2)
    shop.rounds(3)
    assert shop.sandbox.rakuten.stock()[NEW] == 5
    assert line(shop, "new-item/v-9")["状態"].startswith("✓")


def test_a_tick_that_is_taken_away_again_changes_nothing(shop: World) -> None:
    shop.sandbox.rakuten.add_product(NEW, "A", 3)
    propose(shop)
    put(shop, "new-item/v-9", 採用=True)
    shop.settle()
    put(shop, "new-item/v-9", 採用=False)
    shop.buy("shopify", "A", 2)
    shop.rounds(3)
    assert shop.sandbox.rakuten.stock()[NEW] == 5
    assert "消え" not in shop.open_questions()


def test_what_stands_in_the_table_is_neither_changed_nor_proposed_again(shop: World) -> None:
    before = [each for each in shop.table("出品") if each["出品ID"]]
    propose(shop)
    propose(shop)
    assert [each for each in shop.table("出品") if each["出品ID"]] == before


@pytest.mark.parametrize("fault", [ReplyLost(), Late(), Lost()])
def test_a_proposal_whose_reply_was_lost_is_written_once(shop: World, fault: Fault) -> None:
    """Also where the call is carried out only after the table was looked at again."""
    shop.sandbox.rakuten.add_product(NEW, "A", 3)
    shop.service.mappers["rakuten"].whole()
    sheets = shop.sandbox.faults["sheets"]
    sheets.next(fault, path_contains("batchUpdate"))
    with pytest.raises(TryAgain):
        shop.service.cycle.run()
    shop.clock.sleep(30)
    shop.rounds(2)
    sheets.deliver_late()
    shop.clock.sleep(200)
    shop.rounds(3)
    assert len(lines(shop, "new-item/v-9")) == 1


def test_a_deleted_proposal_is_not_made_again_by_itself(shop: World) -> None:
    shop.sandbox.rakuten.add_product(NEW, "A", 3)
    propose(shop)
    [position] = [n for n, each in enumerate(shop.table("出品"), 1) if each["出品ID"] == "new-item/v-9"]
    shop.spreadsheet.delete_rows(shop.tab("出品"), position, position + 1)
    mapper = shop.service.mappers["rakuten"]
    mapper.begin()
    mapper.go_on()
    shop.clock.sleep(200)
    shop.rounds(2)
    assert lines(shop, "new-item/v-9") == []
    propose(shop)  # a person asked
    assert len(lines(shop, "new-item/v-9")) == 1


def test_a_proposal_that_is_no_longer_true_is_withdrawn(shop: World) -> None:
    shop.sandbox.rakuten.add_product(NEW, "A", 3)
    propose(shop)
    shop.sandbox.rakuten.state.items["new-item"].variants["v-9"].sku = "another"
    propose(shop)
    assert "取り下げ" in line(shop, "new-item/v-9")["状態"]
    assert line(shop, "new-item/v-9")["SKU構成"] == "A"


def test_a_line_that_staff_write_themselves_wins_over_a_proposal(shop: World) -> None:
    shop.sandbox.rakuten.add_product(NEW, "A", 3)
    propose(shop)
    shop.list_for_sale("rakuten", "new-item/v-9", "B")
    shop.settle()
    own, proposed = sorted(lines(shop, "new-item/v-9"), key=lambda each: each["SKU構成"], reverse=True)
    assert own["状態"].startswith("✓")
    assert "ほかにもあります" in proposed["状態"]
    assert shop.sandbox.rakuten.stock()[NEW] == shop.shown("rakuten", "B")


def test_unmatched_doubled_and_trapped_listings_are_told_until_they_are_mended(shop: World) -> None:
    item = gid("InventoryItem", 50_001)
    shop.sandbox.shopify.add_product((item, FIRST_LOCATION), "B", 3, policy="CONTINUE")
    shop.sandbox.shopify.add_product((gid("InventoryItem", 50_002), FIRST_LOCATION), "B", 3)
    shop.sandbox.rakuten.add_product(NEW, "unknown", 3)
    propose(shop)
    told = shop.open_questions()
    assert "rakutenの1件の出品は、在庫表のどの商品か分かりません（new-item/v-9）" in told
    assert f"shopifyでは、1個のSKUのコードが2つ以上の出品に付いています（B (40002@{PLACE}, 50001@{PLACE}" in told
    assert f"在庫切れの場合でも販売を続ける」設定の商品です。売り越しになります。 (50001@{PLACE})" in told
    assert "売り越しになります" in line(shop, f"50001@{PLACE}")["状態"]
    shop.list_for_sale("rakuten", "new-item/v-9", "A")
    for number in (50_001, 50_002):
        put(shop, f"{number}@{PLACE}", 採用=True)
    shop.rounds(3)
    assert "分かりません" not in shop.open_questions()
    shop.sandbox.shopify.state.items[item].policy = "DENY"
    propose(shop)
    assert "shopify" not in shop.open_questions()


def test_nightly_reading_goes_on_by_itself(shop: World) -> None:
    shop.sandbox.rakuten.add_product(NEW, "A", 3)
    mapper = shop.service.mappers["rakuten"]
    mapper.go_on()
    shop.rounds(2)
    assert lines(shop, "new-item/v-9") == []
    mapper.begin()
    mapper.go_on()
    shop.rounds(2)
    assert len(lines(shop, "new-item/v-9")) == 1


def test_on_the_first_day_the_lines_need_not_be_typed(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite")
    for row in range(1, 5):
        shop.put("出品", row, {"チャネル": "", "出品ID": "", "SKU構成": ""})
    found = shop.service.map()
    assert {name: (each.proposed, each.unmatched) for name, each in found.items() if isinstance(each, Mapped)} == {
        "rakuten": (2, 0),
        "shopify": (2, 0),
    }
    for row in range(1, 5):
        shop.put("出品", row, {"採用": True})
    shop.go_live()
    shop.buy("rakuten", "A", 2)
    shop.settle()
    assert (shop.shown("rakuten", "A"), shop.shown("shopify", "A"), shop.shown("shopify", "B")) == (5, 5, 7)


def test_a_mall_that_lists_nothing_at_all_is_not_believed(shop: World) -> None:
    shop.sandbox.rakuten.add_product(NEW, "A", 3)
    propose(shop)
    empty = Instead(200, '{"numFound": 0, "offset": 0, "nextCursorMark": "*", "results": []}')
    shop.sandbox.faults["rakuten"].next(empty, path_contains("items/search"))
    found = shop.service.map()
    assert "nothing at all" in str(found["rakuten"])
    shop.rounds(1)
    assert "取り下げ" not in line(shop, "new-item/v-9")["状態"]
    assert isinstance(shop.service.map()["rakuten"], Mapped)


def test_half_a_catalogue_is_not_taken_for_the_whole(shop: World) -> None:
    """A reading that broke off begins anew, and waits a while before."""
    for number in range(150):
        shop.sandbox.rakuten.add_product((f"new-{number:03d}", "v"), f"unknown-{number}", 3)
    faults = shop.sandbox.faults["rakuten"]
    faults.next(Delay(10.0), path_contains("items/search"))
    mapper = shop.service.mappers["rakuten"]
    mapper.begin()
    mapper.go_on()  # the first page took its time
    for _ in range(10):
        faults.next(Instead(200, "<html>", "text/html"), path_contains("items/search"))
    with pytest.raises(TryAgain):
        mapper.go_on()
    faults.clear()
    mapper.go_on()
    assert "分かりません" not in shop.open_questions()
    shop.clock.sleep(1801)
    mapper.go_on()
    assert "rakutenの150件の出品" in shop.open_questions()


def test_amazon_and_yahoo_are_mapped_too(tmp_path: Path) -> None:
    shop = AllMalls(tmp_path / "ledger.sqlite", stock={"A": (5, 2, None), "tea-9": (4, 0, None)})
    [row] = [
        n for n, each in enumerate(shop.table("出品"), 1) if (each["チャネル"], each["SKU構成"]) == ("amazon", "tea-9")
    ]
    shop.put("出品", row, {"チャネル": "", "出品ID": "", "SKU構成": ""})
    shop.sandbox.yahoo.add_product(("Tea-9", ""), "tea-9", 1)
    shop.go_live()
    propose(shop)
    proposed = {
        (each["チャネル"], each["出品ID"], each["SKU構成"]) for each in shop.table("出品") if each["採用"] == "FALSE"
    }
    assert proposed == {("amazon", "tea-9", "tea-9"), ("yahoo", "Tea-9", "tea-9")}
    assert "amazonの1件の出品は、在庫表のどの商品か分かりません（A-FBA）" in shop.open_questions()
    for listing in ("Tea-9", "tea-9"):
        put(shop, listing, 採用=True)
    shop.settle()
    assert shop.sandbox.yahoo.stock()["Tea-9", ""] == 4
    shop.buy("rakuten", "tea-9", 1)
    shop.rounds(3)
    assert shop.sandbox.yahoo.stock()["Tea-9", ""] == 3
    assert shop.shown("amazon", "tea-9") == 3


def test_a_table_without_the_column_is_told_of_and_mended_by_init(
    shop: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As an earlier version made it. What was found meanwhile is proposed as soon as the column is there."""
    monkeypatch.setattr(commands, "_service", lambda _options: nullcontext(shop.service))
    shop.sandbox.rakuten.add_product(NEW, "A", 3)
    at = shop.column("出品", "採用")
    area = {"sheetId": shop.tab("出品"), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    shop.spreadsheet.apply([{"deleteDimension": {"range": area}}])
    assert cli.main(["map"]) == 1
    told = capsys.readouterr().out
    assert "✓ rakuten: 出品 / listings 3 · 提案 / proposed 1 · 不明 / unmatched 0 · 重複 / doubled 1" in told
    assert "bridge init" in told
    assert lines(shop, "new-item/v-9") == []
    build(shop.service.gateway, "ja", ["rakuten", "shopify"], shop.config.sheet.journal_lines)
    shop.rounds(2)
    assert line(shop, "new-item/v-9")["採用"] == "FALSE"
    assert cli.main(["map"]) == 0


def test_proposals_may_be_sorted_and_accepted_all_the_same(shop: World) -> None:
    for number, sku in enumerate("BAAB"):
        shop.sandbox.rakuten.add_product((f"new-{number}", "v"), sku, 3)
    propose(shop)
    area = {"sheetId": shop.tab("出品"), "startRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 20}
    order = [{"dimensionIndex": shop.column("出品", "出品ID"), "sortOrder": "DESCENDING"}]
    shop.spreadsheet.apply([{"sortRange": {"range": area, "sortSpecs": order}}])
    put(shop, "new-1/v", 採用=True)
    shop.settle()
    shown = {number: shop.sandbox.rakuten.stock()[f"new-{number}", "v"] for number in range(4)}
    assert shown == {0: 3, 1: 7, 2: 3, 3: 3}
    assert "「採用」にチェック" in line(shop, "new-0/v")["状態"]
    assert line(shop, "new-1/v")["状態"].startswith("✓")
