"""A write goes to a position, and somebody moves the rows in that very moment: what it left where it was not meant."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.errors import TryAgain
from bridge.sandbox.faults import Late
from tests.support.world import World


@pytest.mark.parametrize(("sold", "counted", "left"), [(1, 5, "4"), (5, 1, "-4")])
def test_what_a_write_left_in_the_row_of_a_new_product_goes_at_once(
    shop: World, sold: int, counted: int, left: str
) -> None:
    """Nobody has said yet that its numbers count, so no row update of its own would ever put them right: who saw the
    wrong number, and typed the right one over it, would have changed it by the difference."""
    shop.copy_row("A")
    position = shop.rows("A")[1][0]
    shop.put("在庫表", position, {"SKU": "C", "本社倉庫": 7})
    shop.rounds(3)
    order = shop.buy("rakuten", "A", sold)
    shop.rounds(2)
    shop.type("A", "本社倉庫", counted)
    shop.rounds(2)
    seen: list[str] = []
    shop.sandbox.faults["sheets"].before = lambda environ: _sort(shop, environ, seen)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(3)
    assert left in seen
    shop.sandbox.faults["sheets"].before = None
    shop.rounds(2)
    assert shop.row("C")["本社倉庫"] == "7"
    assert shop.balance("C") == {}
    shop.type("C", "確認", True)
    shop.settle()
    assert shop.balance("C")["本社倉庫"] == 7
    assert shop.service.reconcile() == []


def _sort(shop: World, environ: dict[str, Any], seen: list[str]) -> None:
    """Right before the second call, once."""
    seen.append(shop.row("C")["本社倉庫"])
    locked = any(row["ロック"].startswith("🔒") for row in shop.table("在庫表"))
    if ":batchUpdate" in environ["PATH_INFO"] and locked and len(set(seen)) == 1:
        area = {"sheetId": shop.tab("在庫表"), "startRowIndex": 1, "endRowIndex": 2 + len(shop.stock)}
        by = {"dimensionIndex": shop.column("在庫表", "SKU"), "sortOrder": "DESCENDING"}
        shop.spreadsheet.apply([{"sortRange": {"range": area, "sortSpecs": [by]}}])


def test_what_a_write_left_below_zero_in_an_empty_row_is_no_entry(shop: World) -> None:
    """More was sold than there is. The row moved as it was written, so the number below zero landed in an empty row;
    what takes it away arrives late, when the product's own row stands there."""
    order = shop.buy("rakuten", "A", 5)
    shop.rounds(2)
    shop.type("A", "本社倉庫", 1)
    shop.rounds(2)
    ((position, _),) = shop.rows("A")
    sheets, moved = shop.sandbox.faults["sheets"], []

    def insert_above(environ: dict[str, Any]) -> None:
        if ":batchUpdate" in environ["PATH_INFO"] and not moved and shop.row("A")["ロック"].startswith("🔒"):
            moved.append(True)
            shop.spreadsheet.insert_rows(shop.tab("在庫表"), position)

    sheets.before = insert_above
    sheets.next(Late(), lambda _: bool(moved) and shop.row("A")["本社倉庫"] == "-4")
    shop.sandbox.rakuten.ship(order)
    shop.service.channel_round(shop.service.channels[0])
    with pytest.raises(TryAgain):
        shop.service.cycle.run()
    shop.clock.sleep(30)
    shop.rounds(4)
    assert moved
    assert shop.row("A")["本社倉庫"] == "-4"
    shop.delete_row(position)
    sheets.deliver_late()
    shop.rounds(4)
    assert shop.row("A")["本社倉庫"] == "-4"
    assert shop.balance("A")["本社倉庫"] == -4
    assert shop.service.reconcile() == []
