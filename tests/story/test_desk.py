"""要対応: every matter says how urgent it is, how old, and whether it is done; its line stays."""

from __future__ import annotations

import pytest

from bridge.service import channel_names
from bridge.sheet.build import build
from tests.support.world import World

COLUMNS = ("重要度", "処理", "経過")


def lines(shop: World) -> list[dict[str, str]]:
    return [line for line in shop.table("要対応") if line["番号"]]


def oversell(shop: World) -> None:
    for mall in ("rakuten", "shopify"):
        shop.buy(mall, "A", 5)
    shop.rounds(2)


def without_columns(shop: World) -> None:
    """The tab as an earlier version built it."""
    for header in COLUMNS:
        at = shop.column("要対応", header)
        area = {"sheetId": shop.tab("要対応"), "dimension": "COLUMNS", "startIndex": at, "endIndex": at + 1}
        shop.spreadsheet.apply([{"deleteDimension": {"range": area}}])


def test_a_line_says_how_urgent_it_is_and_is_done_once_answered(shop: World) -> None:
    oversell(shop)
    line = lines(shop)[-1]
    assert [line[header] for header in COLUMNS] == ["至急", "未", "10分未満"]
    shop.answer("多く注文を受けました", "確認済み")
    shop.rounds(3)
    line = lines(shop)[-1]
    assert [line[header] for header in COLUMNS] == ["至急", "済", ""]
    assert line["結果"].startswith("✓")


def test_a_line_grows_old_in_steps(shop: World) -> None:
    oversell(shop)
    ages = []
    for _ in range(8):
        shop.clock.sleep(600)
        shop.rounds(1)
        ages.append(lines(shop)[-1]["経過"])
    assert ages == ["10分", "10分", "30分", "30分", "30分", "1時間", "1時間", "1時間"]


def test_a_spreadsheet_without_the_columns_goes_on_until_init_adds_them(shop: World) -> None:
    without_columns(shop)
    oversell(shop)
    assert "多く注文を受けました" in lines(shop)[-1]["内容"]
    assert not set(COLUMNS) & set(lines(shop)[-1])
    assert shop.open_questions().count("\n") == 0  # the columns are not missed
    build(shop.service.gateway, "ja", channel_names(shop.config), shop.config.sheet.journal_lines)
    shop.rounds(2)
    assert [lines(shop)[-1][header] for header in COLUMNS] == ["至急", "未", "10分未満"]
    assert {line["処理"] for line in lines(shop)[:-1]} == {"済"}  # those of the first day


@pytest.mark.parametrize("header", COLUMNS)
def test_what_staff_write_over_heals(shop: World, header: str) -> None:
    oversell(shop)
    row = len(lines(shop))
    shop.put("要対応", row, {header: "あとで"})
    shop.rounds(1)
    assert lines(shop)[-1][header] != "あとで"
