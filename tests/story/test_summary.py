"""集計: what managers read, every figure held against the ledger's own lines by plain loops, and the days against the
spreadsheet's calendar."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bridge.domain.edit_book import Standing
from bridge.domain.stock import Cause, Movement
from bridge.sheet.layout import TABS
from bridge.sheet.summary_cells import document, place
from tests.support.world import World

TOKYO = ZoneInfo("Asia/Tokyo")
SUMMARY = 7001 + TABS.index("summary")
ORDERED = ("placed", "released", "shipped", "withdrawn")


def cells(shop: World) -> list[list[str]]:
    return shop.spreadsheet.table(SUMMARY)


def report(shop: World) -> int:
    """One round of the reports; how many calls wrote."""
    before = sum(call.writes for call in shop.sheet_calls)
    shop.service.reports.run()
    return sum(call.writes for call in shop.sheet_calls) - before


def block(shop: World, part: str, width: int) -> list[list[str]]:
    """The rows of a part, down to the first that is blank."""
    row, column = place(part)
    found = []
    for line in cells(shop)[row:]:
        values = [*line, *[""] * 20][column : column + width]
        if not values[0]:
            break
        found.append(values)
    return found


def words(shop: World, part: str) -> dict[str, str]:
    """A part of two columns."""
    return dict(block(shop, part, 2))


def products(shop: World) -> dict[str, dict[str, str]]:
    head, *rows = block(shop, "products", 11)
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


def trend(shop: World) -> dict[str, tuple[str, str]]:
    row, column = place("trend")
    days = [line[column : column + 3] for line in cells(shop)[row + 1 : row + 91]]
    return {day[0]: (day[1], day[2]) for day in days if day and day[0]}


def movements(shop: World) -> list[Any]:
    with shop.service.ledger.read() as tx:
        return list(tx.conn.exec_driver_sql("SELECT * FROM movement ORDER BY id"))


def local_day(text: str) -> date:
    return datetime.fromisoformat(text).astimezone(TOKYO).date()


def a_busy_week(shop: World) -> None:
    """Orders, cancellations, shipments, a count by hand, over several days."""
    for day in range(9):
        order = shop.buy("rakuten", "A", 1)
        if day % 3 == 0:
            shop.buy("shopify", "B", 1)
        shop.rounds(2)
        if day == 4 and order is not None:
            shop.sandbox.rakuten.cancel(order)
        if day == 5:
            shop.type("B", "本社倉庫", 20)
        shop.hears("rakuten", "B", order=f"X-{day}", version="1", open=0, shipped=1)
        shop.rounds(2)
        shop.clock.sleep(23 * 3600)
        shop.rounds(1)
        if day == 2:
            report(shop)  # its sums of closed days are kept from now on


def test_every_figure_is_that_of_the_ledger(shop: World) -> None:
    a_busy_week(shop)
    report(shop)
    today = shop.clock.now().astimezone(TOKYO).date()
    assert cells(shop)[0][3] == today.isoformat()

    lines = movements(shop)
    with shop.service.ledger.read() as tx:
        balances = {key: b for key, b in tx.stock.balances().items() if b.stocked or b.on_hand or b.allocated}
        edits = Counter(row.outcome for row in tx.conn.exec_driver_sql("SELECT outcome FROM edit"))
        questions = len(tx.questions.open())
    on_hand = sum(b.on_hand for b in balances.values())
    sold: dict[tuple[str, str, date], int] = defaultdict(int)
    moved: dict[date, int] = defaultdict(int)
    for line in lines:
        day = local_day(line.at)
        moved[day] += line.on_hand
        if line.cause in ORDERED:
            sold[line.ref.split("/")[0], line.sku, day] += line.allocated - line.on_hand

    def of(days: int, channel: str | None = None, sku: str | None = None) -> int:
        since = today - timedelta(days=days)
        return sum(n for (c, s, day), n in sold.items() if day > since and channel in (None, c) and sku in (None, s))

    head, *rows, total = block(shop, "sales", 4)
    assert head[1:] == ["今日", "7日間", "30日間"]
    spans = (1, 7, 30)
    assert rows == [[name, *(str(of(days, name)) for days in spans)] for name in ("rakuten", "shopify")]
    assert total == ["合計", *(str(of(days)) for days in spans)]
    assert of(30) > of(7) > 0

    found, expected = trend(shop), on_hand
    for back in range((today - min(moved)).days + 1):
        day = today - timedelta(days=back)
        units = sum(n for (_, _, at), n in sold.items() if at == day)
        assert found[day.isoformat()] == (str(expected), str(units))
        expected -= moved[day]
    assert len(found) == back + 1
    assert expected == 0

    table = products(shop)
    assert set(table) == {"A", "B"}
    first = min(moved)
    for sku, row in table.items():
        mine = {at: b for (code, at), b in balances.items() if code == sku}
        free = sum(b.on_hand - b.allocated for at, b in mine.items() if at != "検品待ち")
        pace_days = min(30, (today - first).days + 1)
        last = max(day for (_, code, day), n in sold.items() if code == sku and n > 0)
        assert row["在庫数"] == str(sum(b.on_hand for b in mine.values()))
        assert row["引当"] == str(sum(b.allocated for b in mine.values()))
        assert row["販売可能"] == shop.row(sku)["販売可能"] == str(free)
        assert (row["7日に売れた数"], row["30日に売れた数"]) == (str(of(7, sku=sku)), str(of(30, sku=sku)))
        assert row["あと何日分"] == str(max(0, free) * pace_days // of(30, sku=sku))
        assert row["売れていない日数"] == str((today - last).days)

    places = {row[0]: row[1:3] for row in block(shop, "places", 3)[1:]}
    for place_name, numbers in places.items():
        here = [b for (_, at), b in balances.items() if at == place_name]
        assert numbers == [str(sum(b.on_hand for b in here)), str(sum(b.allocated for b in here))]
    figures = words(shop, "figures")
    assert figures["在庫数"] == str(on_hand)
    assert figures["未処理の要対応"] == str(questions)
    account = words(shop, "edits")
    assert account["見つけた入力"] == str(edits.total())
    assert account["反映"] == str(edits["applied"])
    assert edits.total() > 0
    assert "在庫金額（円）" not in figures


def test_it_is_written_in_one_call_and_only_where_something_changed(shop: World) -> None:
    assert report(shop) == 1
    assert report(shop) == 0
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    assert report(shop) == 1
    shop.clock.sleep(11 * 60)
    assert report(shop) == 1  # its time stands beside it


def test_no_cell_is_ever_blank_between_two_figures(shop: World) -> None:
    report(shop)
    calls = [call for call in shop.sheet_calls if call.writes]
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    report(shop)
    (call,) = [
        call for call in shop.sheet_calls if call.writes and "values:batchUpdate" in call.url and call not in calls
    ]
    assert len(call.body["data"]) == 1
    assert not any("clear" in call.url.lower() for call in shop.sheet_calls)


def test_a_shorter_list_leaves_nothing_of_the_longer_one(shop: World) -> None:
    with shop.service.ledger.write() as tx:
        tx.stock.book([Movement("Z", "渋谷店", 4, 0, Cause.RECEIVED, "move 1")])
    report(shop)
    assert "Z" in products(shop)
    with shop.service.ledger.write() as tx:
        tx.stock.book([Movement("Z", "渋谷店", -4, 0, Cause.DAMAGED, "move 2")])
    report(shop)
    assert "Z" not in products(shop)
    assert not any("Z" in line for line in cells(shop))


@pytest.fixture(params=["UTC", "America/New_York"])
def server(request: pytest.FixtureRequest) -> Iterator[None]:
    """The machine's own time zone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("server")
def test_the_business_day_is_the_spreadsheets(shop: World) -> None:
    """The server's own zone is never asked: 23:59 and 00:01 in Tokyo are both the same day in UTC."""
    now = shop.clock.now().astimezone(TOKYO)
    shop.clock.sleep((now.replace(hour=23, minute=58, second=0) - now).total_seconds())
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    report(shop)
    before = cells(shop)[0][3]
    assert block(shop, "sales", 4)[1] == ["rakuten", "1", "1", "1"]
    shop.clock.sleep(180)
    shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    report(shop)
    assert date.fromisoformat(cells(shop)[0][3]) == date.fromisoformat(before) + timedelta(days=1)
    assert block(shop, "sales", 4)[1] == ["rakuten", "1", "2", "2"]
    assert [sold for _, sold in trend(shop).values()][-2:] == ["1", "1"]


def test_an_order_that_is_read_after_midnight_was_sold_when_it_was_placed(shop: World) -> None:
    now = shop.clock.now().astimezone(TOKYO)
    shop.clock.sleep((now.replace(hour=23, minute=59, second=30) - now).total_seconds())
    shop.buy("rakuten", "A", 2)
    shop.clock.sleep(60)
    shop.rounds(2)
    report(shop)
    assert block(shop, "sales", 4)[1] == ["rakuten", "0", "2", "2"]


def test_how_long_a_sale_took_to_the_other_channels(shop: World) -> None:
    shop.buy("rakuten", "A", 1)
    shop.settle()
    report(shop)
    rows = {row[0]: row for row in block(shop, "channels", 8)[1:]}
    assert rows["shopify"][3] == "1"
    assert rows["rakuten"][3] == "0"  # it was sold there
    assert 0 < float(rows["shopify"][4]) == float(rows["shopify"][5]) < 60
    assert rows["shopify"][1] == "正常"


def test_what_needs_something_comes_first(shop: World) -> None:
    shop.buy("rakuten", "B", 7)
    shop.settle()
    report(shop)
    assert [(sku, row["区分"]) for sku, row in products(shop).items()] == [("B", "品切れ"), ("A", "―")]
    assert words(shop, "figures")["品切れ"] == "1"
    shop.clock.sleep(91 * 86400)
    report(shop)
    assert products(shop)["A"]["区分"] == "動いていない"


@pytest.mark.parametrize("name", [chart["name"] for chart in document()["charts"]])
def test_charts_are_made_once_and_stay_as_people_leave_them(shop: World, name: str) -> None:
    sheet = shop.spreadsheet.sheet(SUMMARY)
    charts = {chart["spec"]["title"]: chart for chart in sheet.charts}
    title = next(each["ja"] for each in document()["charts"] if each["name"] == name)
    moved = {**charts[title], "spec": {**charts[title]["spec"], "title": "自分の題"}}
    shop.spreadsheet.apply([{"updateChartSpec": {"chartId": moved["chartId"], "spec": moved["spec"]}}])
    shop.build()
    assert len(shop.spreadsheet.sheet(SUMMARY).charts) == len(document()["charts"])
    assert "自分の題" in {chart["spec"]["title"] for chart in shop.spreadsheet.sheet(SUMMARY).charts}
    shop.spreadsheet.apply([{"deleteEmbeddedObject": {"objectId": moved["chartId"]}}])
    shop.build()
    assert title in {chart["spec"]["title"] for chart in shop.spreadsheet.sheet(SUMMARY).charts}


def test_ten_thousand_products_take_two_calls_and_then_one(shop: World) -> None:
    with shop.service.ledger.write() as tx:
        skus = [f"S{number:05d}" for number in range(10_000)]
        for sku in skus:
            tx.sheet.greet(sku, Standing.KNOWN)
        tx.stock.book(Movement(sku, "本社倉庫", 3, 0, Cause.OPENING, "opening") for sku in skus)
    assert report(shop) == 2  # room for so many rows, and all values
    assert len(products(shop)) == 10_002
    with shop.service.ledger.write() as tx:
        tx.stock.book([Movement(skus[0], "本社倉庫", -1, 0, Cause.DAMAGED, "move 1")])
    assert report(shop) == 1
    assert products(shop)[skus[0]]["在庫数"] == "2"
