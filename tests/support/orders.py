"""What staff see and do in 受注."""

from __future__ import annotations

from tests.support.world import World


def lines(shop: World) -> list[dict[str, str]]:
    """The rows of this month's tab that bear a number or say what they are."""
    return [line for line in shop.table(shop.orders_tab()) if line["番号"] or line["モール・種類"]]


def only(shop: World) -> dict[str, str]:
    [line] = lines(shop)
    return line


def told(shop: World, row: int = 1) -> str:
    return shop.table(shop.orders_tab())[row - 1]["状態"]


def at(shop: World, sku: str) -> dict[str, tuple[int, int]]:
    """On hand and allocated by location, as the ledger has them."""
    with shop.service.ledger.read() as tx:
        found = {place: (b.on_hand, b.allocated) for (_, place), b in tx.stock.balances([sku]).items()}
    return {place: numbers for place, numbers in found.items() if any(numbers)}
