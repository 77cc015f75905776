"""What people are told who don't look at the sheet: each matter once, in one message, and nothing at night that can
wait. Sent by apprise over HTTP to a receiver on this machine."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.check import check
from bridge.clock import JST
from bridge.delivery import Message, in_a_process
from bridge.errors import Hint, NeedsKey, NeedsPerson, TryAgain
from bridge.flows.alerts import WAKES_AGAIN
from bridge.service import Service
from bridge.settings import Secret
from tests.support.receiver import Alert, Receiver
from tests.support.settling import channel, failing, rounds_of_each
from tests.support.telling import DAY, HOUR, MINUTE, TellingWorld
from tests.support.world import Moment

BROKEN = Hint("壊れています。", "It is broken.")


@pytest.fixture
def telling(tmp_path: Path, live_shop: Moment) -> Iterator[TellingWorld]:
    """At ten in the morning, after everybody got the first message."""
    shop = TellingWorld(tmp_path / "ledger.sqlite", since=live_shop)
    shop.at(10)
    assert ["ここに届きます" in each.text for each in shop.tell()] == [True]
    assert len(shop.receiver.take("/owner")) == 1
    yield shop
    shop.receiver.close()


def test_a_channel_that_stands_still_is_told_once_and_so_is_its_return(telling: TellingWorld) -> None:
    mall = channel(telling, "rakuten")
    mall.orders = failing(NeedsPerson(BROKEN))
    (alert,) = telling.tell()
    assert alert.title == "bridge: 至急 1件"
    assert "■ 止まっているもの\n・楽天市場: チャネルが止まっています: 壊れています。" in alert.text
    assert f"https://docs.google.com/spreadsheets/d/{telling.config.sheet.spreadsheet_id}" in alert.text
    assert telling.every(5, lambda n: n == 10) == []
    del mall.orders
    telling.clock.sleep(11 * MINUTE)
    (alert,) = telling.tell()
    assert "■ 元に戻りました\n・楽天市場が元に戻りました。" in alert.text
    assert telling.tell() == []
    assert telling.receiver.take("/owner") == []  # no key was in it


def test_a_key_refused_where_the_channel_stood_still_before_is_news_to_who_renews_it(telling: TellingWorld) -> None:
    """Who hears of everything too: the message about the trouble before it bore no link."""
    alerts = telling.config.alerts
    assert alerts is not None
    telling.config = replace(telling.config, alerts=replace(alerts, to=(*alerts.to, *alerts.owner)))
    telling.service.close()
    telling.start()
    mall = channel(telling, "rakuten")
    mall.orders = failing(NeedsPerson(BROKEN))
    telling.tell()
    assert "/keys/" not in "".join(each.text for each in telling.receiver.take("/owner"))
    telling.clock.sleep(20 * MINUTE)
    mall.orders = failing(NeedsKey(BROKEN))
    assert telling.tell() == []  # staff knew that it stands still
    (alert,) = telling.receiver.take("/owner")
    assert alert.text.count("壊れています。") == alert.text.count("/keys/") == 1
    assert telling.every(10, lambda n: n == 8) == []
    assert telling.receiver.take("/owner") == []


def test_an_owner_hears_that_a_channel_is_back_when_it_is(telling: TellingWorld) -> None:
    """Not as soon as it stands still for a reason other than its key."""
    mall = channel(telling, "rakuten")
    mall.orders = failing(NeedsKey(BROKEN))
    telling.tell()
    (alert,) = telling.receiver.take("/owner")
    assert "/keys/" in alert.text
    telling.clock.sleep(20 * MINUTE)
    mall.orders = failing(NeedsPerson(BROKEN))
    telling.every(30, lambda n: n == 10)
    assert telling.receiver.take("/owner") == []
    del mall.orders
    telling.clock.sleep(11 * MINUTE)
    telling.tell()
    (alert,) = telling.receiver.take("/owner")
    assert "楽天市場が元に戻りました。" in alert.text


def test_while_it_lasts_it_is_told_again_but_not_every_hour(telling: TellingWorld) -> None:
    channel(telling, "rakuten").orders = failing(NeedsPerson(BROKEN))
    hours = WAKES_AGAIN.total_seconds() / HOUR
    assert len(telling.every(30, lambda n: n > 2 * hours + 1)) == 2


def test_one_message_holds_everything_that_is_due(telling: TellingWorld) -> None:
    channel(telling, "rakuten").orders = failing(NeedsPerson(BROKEN))
    telling.type("A", "本社倉庫", 0)
    telling.type("A", "渋谷店", 0)
    (alert,) = telling.tell()
    assert alert.text.index("■ 止まっているもの") < alert.text.index("■ 残り少ない商品")
    assert "・A: 残り0個" in alert.text


def test_stock_that_runs_out_is_told_once(telling: TellingWorld) -> None:
    telling.type("B", "本社倉庫", 0)
    (alert,) = telling.every(1, lambda n: n == 3)
    assert alert.text.startswith("■ 残り少ない商品（販売可能が0個以下）\n・B: 残り0個")
    assert telling.every(60, lambda n: n == 5) == []


def test_at_night_an_oversale_is_told_and_what_can_wait_waits(telling: TellingWorld) -> None:
    telling.at(23)
    telling.tell()  # the report of the day
    telling.type("B", "本社倉庫", 0)
    assert telling.every(1, lambda n: n == 3) == []
    telling.buy("shopify", "A", 7)
    telling.buy("rakuten", "A", 1)
    (alert,) = telling.every(1, lambda n: n == 2)
    assert "至急" in alert.title
    assert "在庫より1個多く注文を受けました" in alert.text
    assert "B:" not in alert.text
    telling.at(7)
    assert "・B: 残り0個" in "".join(each.text for each in telling.tell())


def test_a_sheet_that_can_not_be_read_is_told(telling: TellingWorld) -> None:
    read = telling.service.cycle.desk.read
    telling.service.cycle.desk.read = failing(TryAgain(BROKEN))  # type: ignore[method-assign]
    for _ in range(12):
        telling.clock.sleep(MINUTE)
        for each in telling.service.channels:
            telling.service.guarded_round(each)
    assert telling.service.alerting is not None
    telling.service.alerting.run()
    (alert,) = telling.receiver.take()
    assert "スプレッドシートを10分以上読めません" in alert.text
    telling.service.cycle.desk.read = read  # type: ignore[method-assign]
    (alert,) = telling.tell()
    assert "スプレッドシートをまた読めています。" in alert.text


def test_a_sheet_that_can_not_be_read_since_the_ledger_moved_is_told(telling: TellingWorld) -> None:
    telling.service.close()
    telling.service = Service(telling.config, replace(telling.outside(), home=lambda _: "another server"))
    with pytest.raises(TryAgain, match="引き継ぎました"):
        telling.service.cycle.run()
    telling.service.cycle.desk.read = failing(TryAgain(BROKEN))  # type: ignore[method-assign]
    alerting = telling.service.alerting
    assert alerting is not None
    told = list[Alert]()
    for _ in range(30):
        telling.clock.sleep(MINUTE)
        alerting.run()
        told += telling.receiver.take()
    (alert,) = told
    assert "スプレッドシートを10分以上読めません" in alert.text


def test_the_day_in_plain_words_at_closing_time(telling: TellingWorld) -> None:
    telling.at(15)
    for mall in ("rakuten", "shopify", "rakuten"):
        telling.buy(mall, "A", 1)
    telling.type("B", "本社倉庫", 9)
    telling.type("B", "渋谷店", 1)
    telling.settle()
    telling.at(18.9)
    assert telling.tell() == []
    telling.at(19)
    (report,) = telling.tell()
    assert report.title == f"bridge: {telling.clock.now().astimezone(JST):%Y-%m-%d} のまとめ"
    orders, edits, oversold, slowest, open_matters = report.text.split("\n")
    assert orders == "注文: 3件、3個（楽天市場 2件、Shopify 1件）"
    assert edits == "表への手入力: 2回、すべて反映しました"
    assert oversold == "売り越し: なし"
    assert slowest.startswith("いちばん遅かった反映: ")
    assert open_matters == "残っている「要対応」: なし"
    assert telling.every(20, lambda n: n == 5) == []
    telling.clock.sleep(DAY - 3 * HOUR)
    telling.at(19)
    (report,) = telling.tell()
    assert report.text.startswith("注文: なし\n表への手入力: なし")
    assert telling.receiver.take("/owner") == []


def test_a_report_that_comes_late_ends_at_closing_time_and_tomorrows_begins_there(telling: TellingWorld) -> None:
    telling.at(18)
    telling.buy("rakuten", "A", 1)
    telling.type("B", "本社倉庫", 9)
    telling.settle()
    telling.at(20)  # nobody could be told at closing time
    telling.type("B", "本社倉庫", 8)
    telling.service.cycle.run()
    telling.clock.sleep(90)  # before the malls take that
    telling.buy("shopify", "A", 6)
    telling.buy("rakuten", "A", 1)
    telling.settle()
    telling.at(21)
    *_, today = telling.tell()
    telling.at(19)
    *_, tomorrow = telling.tell()
    for report, orders, oversold, slow in ((today, 1, "なし", False), (tomorrow, 2, "1個", True)):
        lines = report.text.split("\n")
        assert lines[0].startswith(f"注文: {orders}件")
        assert lines[1].startswith("表への手入力: 1回")
        assert lines[2].startswith(f"売り越し: {oversold}")
        (took,) = re.findall(r"いちばん遅かった反映: (\d+)", lines[3])
        assert (int(took) >= 90) is slow


def test_a_bridge_that_was_off_at_closing_time_sends_the_report_in_the_morning(telling: TellingWorld) -> None:
    telling.at(18)
    day = f"{telling.clock.now().astimezone(JST):%Y-%m-%d}"
    telling.buy("rakuten", "A", 1)
    telling.settle()
    telling.service.close()
    telling.at(0.2)
    alerts = telling.config.alerts
    assert alerts is not None
    joined = Secret(telling.receiver.address("/new"))
    telling.config = replace(telling.config, alerts=replace(alerts, to=(*alerts.to, joined)))
    telling.start()
    assert telling.every(60, lambda n: n == 6) == []  # people sleep
    telling.at(7)
    (report,) = telling.every(20, lambda n: n == 30)
    assert report.title == f"bridge: {day} のまとめ"
    assert report.text.startswith("注文: 1件")
    assert ["まとめ" in each.title for each in telling.receiver.take("/new")] == [False]


def test_an_address_that_takes_nothing_is_tried_again_and_keeps_nobody_waiting(telling: TellingWorld) -> None:
    telling.receiver.status["/staff"] = 500
    telling.type("B", "本社倉庫", 0)
    assert telling.every(1, lambda n: n == 4) == []
    assert telling.service.health().alerts_failing == 1
    telling.receiver.status.clear()
    telling.clock.sleep(6 * MINUTE)
    assert len(telling.tell()) == 1
    assert telling.service.health().alerts_failing == 0


def test_killed_while_it_tells_it_tells_again_after_an_hour(telling: TellingWorld) -> None:
    channel(telling, "rakuten").orders = failing(NeedsPerson(BROKEN))
    rounds_of_each(telling)
    alerting = telling.service.alerting
    assert alerting is not None

    class Killed(BaseException):
        """Ends whatever is under way."""

    def killed(*_: object) -> list[bool]:
        raise Killed

    alerting._deliver = killed
    with pytest.raises(Killed):
        alerting.run()
    telling.service.close()
    telling.start()
    channel(telling, "rakuten").orders = failing(NeedsPerson(BROKEN))
    assert telling.every(10, lambda n: n == 5) == []
    assert len(telling.every(10, lambda n: n == 3)) == 1


def test_a_restart_tells_nothing_twice(telling: TellingWorld) -> None:
    telling.type("B", "本社倉庫", 0)
    assert len(telling.every(1, lambda n: n == 2)) == 1
    telling.service.close()
    telling.start()
    assert telling.every(30, lambda n: n == 4) == []


def test_check_tries_each_address_without_sending(telling: TellingWorld) -> None:
    alerts = telling.config.alerts
    assert alerts is not None
    telling.receiver.status["/staff"] = 500
    telling.type("B", "本社倉庫", 0)
    telling.tell()
    telling.service.close()
    more = replace(alerts, to=(*alerts.to, Secret("nonsense://nobody")))
    found = check(replace(telling.config, alerts=more), telling.outside())
    lines = [(each.name, each.ok) for each in found if each.name.startswith("alerts")]
    assert lines == [("alerts 1", False), ("alerts 2", False), ("alerts 3", True)]
    assert telling.receiver.got == []


def test_no_secret_of_an_address_is_kept(telling: TellingWorld) -> None:
    telling.service.ledger.write().__enter__()
    kept = b"".join(path.read_bytes() for path in telling.ledger.parent.rglob("*") if path.is_file())
    assert b"a-secret-of-the-address" not in kept


def test_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that hangs, or that nobody knows, doesn't take the others with it."""
    receiver = Receiver(hangs="/deaf")
    try:
        good = Message(receiver.address("/staff"), "題", "本文")
        hangs = Message(f"{receiver.address(receiver.hangs)}?rto=60", "題", "本文")
        assert in_a_process([hangs, good]) == [True, True]
        receiver.take()
        assert in_a_process([Message("nonsense://x", "題", "本文"), good]) == [False, True]
        assert [(each.title, each.text) for each in receiver.take()] == [("題", "本文")]
        monkeypatch.setattr("bridge.delivery.SECONDS", 0.01)
        began = time.monotonic()
        assert in_a_process([good]) == [False]
        assert time.monotonic() - began < 60
    finally:
        receiver.close()
