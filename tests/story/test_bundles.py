"""Sets and multi-unit listings, written in 出品 as A×3+B×1, over the malls."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.channel_settings import Amazon
from bridge.config import Config
from bridge.sandbox.malls.amazon.records import MERCHANT
from bridge.sandbox.malls.shopify.records import gid
from bridge.sandbox.malls.shopify.shop import FIRST_LOCATION
from bridge.settings import Secret
from tests.story.test_yahoo import WithYahoo
from tests.support.world import LAG, Moment

MALLS = ("rakuten", "shopify", "amazon", "yahoo")
PLACE = FIRST_LOCATION.rsplit("/", 1)[1]
# Beside its single listings each mall sells a set of A×2+B and packs of three A. The mall's key, and how 出品 names it.
SET = {
    "rakuten": (("set-1", "v-set"), "set-1/v-set"),
    "shopify": ((gid("InventoryItem", 50_001), FIRST_LOCATION), f"50001@{PLACE}"),
    "amazon": (("SET", MERCHANT), "SET"),
    "yahoo": (("set-1", "s1"), "set-1:s1"),
}
PACK = {
    "rakuten": (("pack-3", "v-pack"), "pack-3/v-pack"),
    "shopify": ((gid("InventoryItem", 50_002), FIRST_LOCATION), f"50002@{PLACE}"),
    "amazon": (("PACK", MERCHANT), "PACK"),
    "yahoo": (("pack-3", "s1"), "pack-3:s1"),
}


class FourMalls(WithYahoo):
    """All four malls, each with singles, the set and the pack."""

    made = ("A×2+B×1", "A×3")  # the set, the pack

    def _config(self) -> Config:
        config, mall = super()._config(), self.sandbox.amazon
        mall.visible_after = mall.switches.update_delay = 0.0
        mall.switches.order_search_rate = 1.0
        root = "https://sandbox/malls/amazon"
        amazon = Amazon(
            mall.seller, mall.client_id, Secret(mall.client_secret), Secret(mall.refresh_token), self.locations,
            base_url=root, token_url=f"{root}/auth/o2/token", lag_seconds=LAG,
        )  # fmt: skip
        return replace(config, channels=replace(config.channels, amazon=amazon))

    def _trim(self) -> None:
        super()._trim()
        self.spreadsheet.apply([{"appendDimension": {"sheetId": self.tab("出品"), "dimension": "ROWS", "length": 20}}])

    def _fill(self) -> None:
        super()._fill()
        filled = len([line for line in self.table("出品") if line["チャネル"]])
        lines = [("amazon", self.wire("amazon", sku), sku, sku) for sku in self.stock]
        for kind, made in zip((SET, PACK), self.made, strict=True):
            lines += [(mall, wire, listing, made) for mall, (wire, listing) in kind.items()]
        for at, (mall, wire, listing, made) in enumerate(lines, filled + 1):
            getattr(self.sandbox, mall).add_product(wire, listing, 1)
            self.put("出品", at, {"チャネル": mall, "出品ID": listing, "SKU構成": made})

    def wire(self, mall: str, sku: str) -> tuple[str, str]:
        return (sku, MERCHANT) if mall == "amazon" else super().wire(mall, sku)

    def set(self, name: str, on: bool) -> None:
        super().set(name, on)
        if name == "shopify":
            super().set("amazon", on)

    def shown_of(self, mall: str, wire: tuple[str, str]) -> int:
        return int(getattr(self.sandbox, mall).stock()[wire])

    def everything(self) -> set[tuple[int, int, int, int]]:
        """What the malls show of A, B, the set and the pack: one entry where all agree."""
        return {
            (
                self.shown(mall, "A"),
                self.shown(mall, "B"),
                self.shown_of(mall, SET[mall][0]),
                self.shown_of(mall, PACK[mall][0]),
            )
            for mall in MALLS
        }


@pytest.fixture(scope="module")
def live_malls(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = FourMalls(tmp_path_factory.mktemp("bundles") / "ledger.sqlite", judge_once=True)
    world.go_live()
    world.settle()
    return world.moment()


@pytest.fixture
def shop(tmp_path: Path, live_malls: Moment) -> FourMalls:
    """A: 7, B: 7."""
    return FourMalls(tmp_path / "ledger.sqlite", since=live_malls, judge_once=True)


def test_every_listing_of_a_sku_shows_what_its_scarcest_component_makes(shop: FourMalls) -> None:
    assert shop.everything() == {(7, 7, 3, 2)}
    shop.type("B", "本社倉庫", 1)
    shop.settle()
    assert shop.everything() == {(7, 1, 1, 2)}


@pytest.mark.parametrize("mall", MALLS)
def test_a_component_shared_by_several_lines_of_one_order_is_counted_across_them(shop: FourMalls, mall: str) -> None:
    sandbox = getattr(shop.sandbox, mall)
    order = sandbox.place([(SET[mall][0], 1), (PACK[mall][0], 1), (shop.wire(mall, "A"), 1)])
    assert order
    shop.settle()
    assert (shop.row("A")["引当"], shop.row("B")["引当"]) == ("6", "1")  # 2 + 3 + 1
    assert shop.everything() == {(1, 6, 0, 0)}
    sandbox.ship(order)
    shop.settle()
    on_hand = shop.row("A")
    assert (on_hand["本社倉庫"], on_hand["渋谷店"], on_hand["引当"]) in {("0", "1", "0"), ("1", "0", "0")}
    assert shop.row("B")["本社倉庫"] == "6"
    assert "多く注文を受けました" not in shop.open_questions()


@pytest.mark.parametrize("mall", MALLS)
def test_one_sku_under_many_listings_of_a_mall_is_pushed_to_all_of_them(shop: FourMalls, mall: str) -> None:
    assert shop.buy(mall, "A", 2)
    shop.settle()
    assert shop.everything() == {(5, 7, 2, 1)}


def test_lines_of_one_order_that_together_take_more_than_there_is_are_one_exception(shop: FourMalls) -> None:
    shop.sandbox.rakuten.place([(SET["rakuten"][0], 2), (PACK["rakuten"][0], 1)])  # 4 + 3
    shop.sandbox.yahoo.place([(shop.wire("yahoo", "A"), 1)])  # in the same second
    shop.rounds(3)
    assert shop.row("A")["引当"] == "8"
    assert "在庫より1個多く注文を受けました（A" in shop.open_questions()
    assert shop.everything() == {(0, 5, 0, 0)}


def test_a_line_of_a_set_cancelled_alone_gives_its_own_units_back(shop: FourMalls) -> None:
    mall = shop.sandbox.shopify
    order = mall.place([(SET["shopify"][0], 1), (PACK["shopify"][0], 1)])
    shop.settle()
    assert shop.row("A")["引当"] == "5"
    [placed] = [each for each in mall.orders() if each.id == order]
    mall.cancel(order, placed.lines[1].line_id, restock=True)
    shop.settle()
    assert (shop.row("A")["引当"], shop.row("B")["引当"]) == ("2", "1")
    assert shop.everything() == {(5, 6, 2, 1)}


def test_a_set_under_a_rule_and_a_stop_of_one_component(shop: FourMalls) -> None:
    at = next(n for n, line in enumerate(shop.table("出品"), 1) if line["出品ID"] == "set-1/v-set")
    shop.put("出品", at, {"上限": 2})
    shop.settle()
    assert shop.sandbox.rakuten.stock()[SET["rakuten"][0]] == 2
    shop.type("B", "停止", "販売停止")
    shop.settle()
    assert shop.everything() == {(7, 0, 0, 2)}
    assert "8件中8件で0を確認" in shop.row("B")["状態"]


def test_a_code_with_signs_in_it_is_named_in_quotes(tmp_path: Path) -> None:
    shop = FourMalls(tmp_path / "ledger.sqlite", {"T+S": (4, 0, None), "A": (7, 0, None), "B": (7, 0, None)})
    shop.rounds(3)

    def line(listing: str) -> dict[str, str]:
        return next(each for each in shop.table("出品") if each["出品ID"] == listing)

    plainly = line("item-0001/v-0001")  # T+S, as it is
    assert plainly["SKU構成"] == "T+S"
    assert plainly["出したい数"] == ""
    assert '商品コード「T+S」のことなら、"T+S" のように引用符で囲んでください' in plainly["状態"]
    at = next(n for n, each in enumerate(shop.table("出品"), 1) if each["出品ID"] == "item-0001/v-0001")
    shop.put("出品", at, {"SKU構成": '"T+S"×2+B'})
    shop.rounds(3)
    assert line("item-0001/v-0001")["出したい数"] == "2"
    assert "引用符" not in line("item-0001/v-0001")["状態"]
