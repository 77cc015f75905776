"""What staff see and do in 受注."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from tests.support.world import World


def lines(shop: World) -> list[dict[str, str]]:
    """The rows of this month's tab that bear a number or say what they are."""
    return [line for line in shop.table(shop.orders_tab()) if line["番号"] or line["モール・種類"]]


def only(shop: World) -> dict[str, str]:
    [line] = lines(shop)
    return line


def told(shop: World, row: int = 1, tab: str = "") -> str:
    return shop.table(tab or shop.orders_tab())[row - 1]["状態"]


def copy(shop: World, row: int, to: int) -> None:
    """Copy a row onto another, as staff do."""
    tab = shop.tab(shop.orders_tab())
    source = {"sheetId": tab, "startRowIndex": row, "endRowIndex": row + 1}
    destination = {"sheetId": tab, "startRowIndex": to, "endRowIndex": to + 1}
    shop.spreadsheet.apply([{"copyPaste": {"source": source, "destination": destination}}])


def at(shop: World, sku: str) -> dict[str, tuple[int, int]]:
    """On hand and allocated by location, as the ledger has them."""
    with shop.service.ledger.read() as tx:
        found = {place: (b.on_hand, b.allocated) for (_, place), b in tx.stock.balances([sku]).items()}
    return {place: numbers for place, numbers in found.items() if any(numbers)}


def write(shop: World, row: int, kind: str, sku: str, units: object, **more: object) -> None:
    """Type a line into a row of the tab (1: the first under the header)."""
    shop.put(shop.orders_tab(), row, {"モール・種類": kind, "SKU": sku, "数量": units, **more})


def cancelled_when_picked(shop: World, sku: str, units: int) -> None:
    """An order of Shopify's in the first row, picked, and cancelled by its buyer after that."""
    order = shop.buy("shopify", sku, units)
    shop.rounds(3)
    shop.put(shop.orders_tab(), 1, {"棚出し済": True})
    shop.rounds(3)
    shop.sandbox.shopify.cancel(order, restock=True)
    shop.rounds(3)


def seconds_until(shop: World, hour: int, minute: int) -> float:
    """Until the wall clock of the shop says so next."""
    now = shop.clock.now().astimezone(ZoneInfo("Asia/Tokyo"))
    then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (then - now).total_seconds() % (24 * 3600)
