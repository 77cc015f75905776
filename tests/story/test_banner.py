"""The banner in each tab's frozen row: computed by Google against a heartbeat, red when the bridge has been silent."""

from __future__ import annotations

import pytest

from bridge.channel_facts import channel_names
from bridge.sheet.build import build
from tests.support.world import World

TABS = ("在庫表", "出品", "要対応", "設定")


def banner(shop: World, title: str) -> str:
    """What the last cell of the tab's header row shows."""
    header = shop.spreadsheet.table(shop.tab(title))[0]
    return next(text for text in reversed(header) if text)


def init(shop: World) -> None:
    build(shop.service.gateway, "ja", channel_names(shop.config), shop.config.sheet.journal_lines)


def writes(shop: World) -> int:
    return sum(call.url.endswith(":batchUpdate") for call in shop.sheet_calls)


def test_it_tells_that_the_bridge_is_running_and_since_when_it_is_not(shop: World) -> None:
    shop.rounds(1)
    assert {banner(shop, title)[:9] for title in TABS} == {"✓ bridgeは"}
    shop.clock.sleep(2 * 60)
    assert banner(shop, "在庫表").startswith("✓")
    shop.clock.sleep(70)  # the bridge is dead; Google counts on
    for title in TABS:
        assert banner(shop, title).startswith("⚠ bridgeが")
        assert "止まっています" in banner(shop, title)
    shop.rounds(1)
    assert {banner(shop, title)[0] for title in TABS} == {"✓"}


def test_one_beat_a_minute_is_all_it_costs(shop: World) -> None:
    shop.rounds(2)
    before = writes(shop)
    shop.rounds(8, seconds=30.0)
    assert banner(shop, "在庫表").startswith("✓")
    assert writes(shop) - before <= 4


@pytest.mark.long
def test_where_a_batch_goes_out_anyway_the_beat_rides_along(shop: World) -> None:
    shop.rounds(2)
    before = writes(shop)
    for number in range(10):
        shop.type("A", "本社倉庫", 20 + number)  # its answer in 状態 is a write
        shop.rounds(1, seconds=31.0)
    alone = [call for call in shop.sheet_calls if call.url.endswith(":batchUpdate")][before:]
    assert banner(shop, "在庫表").startswith("✓")
    assert len(alone) <= 20


def test_it_says_how_many_rows_wait_because_a_filter_hides_them(shop: World) -> None:
    area = {"sheetId": shop.tab("在庫表"), "startRowIndex": 0}
    criteria = {"range": area, "criteria": {str(shop.column("在庫表", "SKU")): {"hiddenValues": ["A"]}}}
    shop.spreadsheet.apply([{"setBasicFilter": {"filter": criteria}}])
    shop.rounds(2)
    assert "フィルタ" not in banner(shop, "在庫表")  # it is hidden, but nothing waits
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    assert "フィルタで隠れている1行" in banner(shop, "出品")
    shop.spreadsheet.apply([{"clearBasicFilter": {"sheetId": shop.tab("在庫表")}}])
    shop.rounds(2)
    assert "フィルタ" not in banner(shop, "在庫表")


def test_google_counts_every_minute_and_the_alarm_turns_the_header_red(shop: World) -> None:
    metadata = shop.service.gateway.open().fetch_sheet_metadata()
    assert metadata["properties"]["autoRecalc"] == "MINUTE"
    for sheet in metadata["sheets"]:
        if sheet["properties"]["title"] in TABS:
            rule = sheet["conditionalFormats"][0]
            assert rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"] == '=COUNTIF($1:$1,"⚠*")>0'
            assert sheet["properties"]["gridProperties"]["frozenRowCount"] == 1


def test_init_again_changes_nothing(shop: World) -> None:
    before = writes(shop)
    init(shop)
    assert writes(shop) == before


@pytest.mark.parametrize("title", ["在庫表", *(pytest.param(each, marks=pytest.mark.long) for each in TABS[1:])])
def test_init_gives_a_spreadsheet_from_before_its_banners(shop: World, title: str) -> None:
    header = shop.spreadsheet.table(shop.tab(title))[0]
    last = {"sheetId": shop.tab(title), "dimension": "COLUMNS", "startIndex": len(header) - 1, "endIndex": len(header)}
    shop.spreadsheet.apply(
        [
            {"deleteDimension": {"range": last}},
            {"deleteConditionalFormatRule": {"sheetId": shop.tab(title), "index": 0}},
        ]
    )
    init(shop)
    shop.rounds(1)
    assert banner(shop, title).startswith("✓")
    assert shop.spreadsheet.table(shop.tab(title))[0][:-1] == header[:-1]
    before = writes(shop)
    init(shop)
    assert writes(shop) == before


def test_a_damaged_banner_is_repaired_where_it_stands(shop: World) -> None:
    tab = shop.tab("在庫表")
    column = len(shop.spreadsheet.table(tab)[0]) - 1
    broken = shop.spreadsheet.sheet("在庫表").cell(0, column).entered.text.replace("_bridge_marks", "どこか")
    shop.spreadsheet.type(tab, 0, column, broken)
    shop.spreadsheet.apply([{"appendDimension": {"sheetId": tab, "dimension": "COLUMNS", "length": 1}}])
    shop.spreadsheet.type(tab, 0, column + 1, "棚番")  # a column of the shop's own, right of it
    init(shop)
    shop.rounds(1)
    header = shop.spreadsheet.table(tab)[0]
    assert header[column].startswith("✓")
    assert header[column + 1] == "棚番"
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    assert shop.row("A")["引当"] == "1"
