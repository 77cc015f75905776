"""What staff do in 入出庫, and what comes of it."""

from __future__ import annotations

from bridge.domain.transfers import IN_TRANSIT
from tests.support import words
from tests.support.world import World


def lines(shop: World) -> list[dict[str, str]]:
    return [line for line in shop.table("入出庫") if line["SKU"] or line["番号"]]


def write(shop: World, row: int, sku: str, units: object, source: str, target: str, **ticks: bool) -> None:
    """Type a line into a row of the tab (1: the first under the header)."""
    places = {"から": words.place(source, shop.language), "へ": words.place(target, shop.language)}
    shop.put("入出庫", row, {"種類": "移動", "SKU": sku, "数量": units, **places, **ticks})


def told(shop: World, row: int = 1) -> str:
    return shop.table("入出庫")[row - 1]["状態"]


def lying(shop: World, sku: str) -> dict[str, int]:
    """On hand by location, what is in transit included."""
    with shop.service.ledger.read() as tx:
        return {place: b.on_hand for (_, place), b in tx.stock.balances([sku]).items() if b.on_hand}


def send(shop: World, units: int = 3, row: int = 1) -> None:
    """A line of A from the warehouse to the shop, read and on its way."""
    write(shop, row, "A", units, "本社倉庫", "渋谷店")
    shop.rounds(2)
    shop.put("入出庫", row, {"発送": True})
    shop.rounds(2)
    assert lying(shop, "A")[IN_TRANSIT] >= units


def open_anew(shop: World) -> None:
    """The whole bridge goes back to shadow, and live again with the numbers of the table."""
    shop.set("bridge", False)
    shop.rounds(3)
    shop.answer("棚にある数", "棚の数")
    shop.rounds(2)
    shop.set("bridge", True)
    shop.settle()


def copy(shop: World, row: int, to: int) -> None:
    """Copy a line over another, its number and its ticks included."""
    tab = shop.tab("入出庫")
    source = {"sheetId": tab, "startRowIndex": row, "endRowIndex": row + 1}
    destination = {"sheetId": tab, "startRowIndex": to, "endRowIndex": to + 1}
    shop.spreadsheet.apply([{"copyPaste": {"source": source, "destination": destination}}])
