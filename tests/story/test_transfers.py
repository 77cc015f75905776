"""Transfers: a line of 入出庫 takes units to another place; in transit they are sold nowhere, and never shown twice."""

from __future__ import annotations

from tests.support.world import World


def lines(shop: World) -> list[dict[str, str]]:
    return [line for line in shop.table("入出庫") if line["SKU"] or line["番号"]]


def write(shop: World, row: int, sku: str, units: object, source: str, target: str, **ticks: bool) -> None:
    """Type a line into a row of the tab (1: the first under the header)."""
    shop.put("入出庫", row, {"種類": "移動", "SKU": sku, "数量": units, "から": source, "へ": target, **ticks})


def told(shop: World, row: int = 1) -> str:
    return shop.table("入出庫")[row - 1]["状態"]


def lying(shop: World, sku: str) -> dict[str, int]:
    """On hand by location, what is in transit included."""
    with shop.service.ledger.read() as tx:
        return {place: b.on_hand for (_, place), b in tx.stock.balances([sku]).items() if b.on_hand}


def test_units_are_in_transit_from_the_departure_to_the_arrival(shop: World) -> None:
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店")
    shop.rounds(3)
    assert lines(shop)[0]["番号"] == "1"
    assert "「発送」にチェック" in told(shop)
    assert shop.shown("rakuten", "A") == 7
    shop.put("入出庫", 1, {"発送": True})
    shop.settle()
    row = shop.row("A")
    assert (row["本社倉庫"], row["渋谷店"], row["輸送中"], row["販売可能"]) == ("2", "2", "3", "4")
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 4
    assert "輸送中です" in told(shop)
    shop.put("入出庫", 1, {"到着": True})
    shop.settle()
    row = shop.row("A")
    assert (row["本社倉庫"], row["渋谷店"], row["輸送中"], row["販売可能"]) == ("2", "5", "", "7")
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 7
    assert "到着: A 3個 本社倉庫→渋谷店" in told(shop)
    assert not shop.open_questions()
    assert shop.service.reconcile() == []
