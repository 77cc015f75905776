"""Columns that staff move, insert or rename between two calls of the bridge: nothing is ever written under another
heading, and the next look goes on where the columns stand now."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.sandbox.faults import Environ
from tests.support.world import World

Change = Callable[[World], None]
STAFF = ("商品名", "SKU", "安全在庫", "編集中")


def moves(header: str, to: str) -> Change:
    """The column, to the place of another."""

    def change(shop: World) -> None:
        at, target = shop.column("在庫表", header), shop.column("在庫表", to)
        source = {"sheetId": shop.tab("在庫表"), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
        shop.spreadsheet.apply([{"moveDimension": {"source": source, "destinationIndex": target + (target > at)}}])

    return change


def inserts_column(shop: World) -> None:
    at = shop.column("在庫表", "SKU")
    area = {"sheetId": shop.tab("在庫表"), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
    shop.spreadsheet.apply([{"insertDimension": {"range": area}}])


def inserts_row_above_headings(shop: World) -> None:
    shop.spreadsheet.insert_rows(shop.tab("在庫表"), 0)


CHANGES: dict[str, Change] = {
    "stock column to the front": moves("本社倉庫", "商品名"),
    "lock column to the end": moves("ロック", "確認"),
    "SKU column to the right": moves("SKU", "安全在庫"),
    "stock columns swapped": moves("渋谷店", "本社倉庫"),
    "column inserted": inserts_column,
    "row above the headings": inserts_row_above_headings,
}


def change_before(shop: World, batch: int, change: Change) -> list[int]:
    """Something happens right before the bridge's batch of that number. What is returned is filled when it did."""
    left, done = [batch], list[int]()

    def before(environ: Environ) -> None:
        if environ["PATH_INFO"].endswith(":batchUpdate"):
            left[0] -= 1
            if left[0] == 0:
                done.append(batch)
                change(shop)

    shop.sandbox.faults["sheets"].before = before
    return done


def table(shop: World) -> list[dict[str, str]]:
    """The rows under the headings, wherever those stand now."""
    lines = shop.spreadsheet.table(shop.tab("在庫表"))
    top = next(i for i, line in enumerate(lines) if "SKU" in line)
    head = lines[top]
    return [dict(zip(head, [*line, *[""] * (len(head) - len(line))], strict=False)) for line in lines[top + 1 :]]


def of_staff(shop: World) -> list[dict[str, str]]:
    rows = [{name: row[name] for name in STAFF} for row in table(shop)]
    return [row for row in rows if row["商品名"] or row["SKU"]]


@pytest.mark.parametrize("batch", [1, 3])  # the first one, and the one that writes numbers
@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_written_under_another_heading(shop: World, change: str, batch: int) -> None:
    for position, name in enumerate(("りんご", "みかん"), 1):
        shop.put("在庫表", position, {"商品名": name, "安全在庫": 0})
    shop.rounds(2)
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    staff = of_staff(shop)
    shop.type("A", "渋谷店", 9)
    shop.sandbox.rakuten.ship(order or "")
    done = change_before(shop, batch, CHANGES[change])
    shop.settle()
    assert done
    assert of_staff(shop) == staff
    (row,) = [row for row in table(shop) if row["SKU"] == "A"]
    assert (row["本社倉庫"], row["渋谷店"], row["引当"] or "0", row["販売可能"]) == ("4", "9", "0", "13")
    assert row["ロック"].startswith("✓")
    assert shop.shown("shopify", "A") == 13


HAND = {"要対応": ["回答"], "設定": ["種類", "名前", "オン"], "出品": ["チャネル", "出品ID", "SKU構成"]}
OURS = {"要対応": "結果", "設定": "状態", "出品": "出したい数"}


def typed_by_hand(shop: World, tab: str) -> list[list[str]]:
    """What people wrote in one of the other tabs, line by line."""
    return [text for line in shop.table(tab) if any(text := [line[name] for name in HAND[tab]])]


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("tab", HAND)
def test_nor_in_the_other_tabs(shop: World, tab: str, batch: int) -> None:
    shop.delete_row(shop.rows("B")[0][0])  # a question
    shop.rounds(3)
    shop.answer("在庫表から行が消えました", "廃番")
    shop.set("rakuten", False)
    shop.type("A", "本社倉庫", 3)
    typed = typed_by_hand(shop, tab)

    def to_the_front(shop: World) -> None:
        at = shop.column(tab, OURS[tab])
        source = {"sheetId": shop.tab(tab), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
        shop.spreadsheet.apply([{"moveDimension": {"source": source, "destinationIndex": 0}}])

    done = change_before(shop, batch, to_the_front)
    shop.settle()
    assert done
    assert typed_by_hand(shop, tab) == typed
    assert shop.balance("A")["本社倉庫"] == 3
    assert "廃番" in "".join(line["結果"] for line in shop.table("要対応"))
