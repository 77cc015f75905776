"""Files that come in: whole, in order, once, and never on a doubt (own_shops_and_files.md §6.1 rules 5 to 8, §6.7)."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.domain.till import RowKind
from bridge.errors import NeedsPerson
from bridge.file_profiles import ready_folder
from tests.contract.files.files_in import changes, csv, orders, shipments, shown, stock
from tests.support.partner import Partner


@pytest.fixture
def warehouse(tmp_path: Path) -> Partner:
    return Partner(tmp_path, "3pl_stock", "3pl_shipments", "3pl_changes", name="warehouse", place="外部倉庫")


@pytest.fixture
def yahoo(tmp_path: Path) -> Partner:
    return Partner(tmp_path, "yahoo_stock", "yahoo_shown", name="yahoofiles")


@pytest.fixture
def rakuten(tmp_path: Path) -> Partner:
    return Partner(tmp_path, "rakuten_normal_item", "rakuten_orders", name="ichiba")


def count(partner: Partner, units: dict[str, int], minutes: float = 0) -> None:
    """A stock file as of now, and so many minutes later."""
    partner.put(f"out/zaiko_{partner.stamp(minutes)}.csv", stock(units, f"{partner.now(minutes):%Y/%m/%d %H:%M:%S}"))


# --- stock -----------------------------------------------------------------------------------------------------------


def test_a_stock_file_is_a_count_as_of_its_time(warehouse: Partner) -> None:
    at = warehouse.clock.now()
    count(warehouse, {"A": 10, "00123": 0})
    assert warehouse.counted() == {"A": 10, "00123": 0}
    taken = warehouse.channel.last_count()
    assert taken is not None
    assert (taken.at, taken.net) == (at, False)
    assert list(warehouse.there()) == [f"out/done/zaiko_{warehouse.stamp(-5 / 60)}.csv"]


def test_lots_are_summed_and_damaged_goods_left_out(warehouse: Partner) -> None:
    at = "2026/11/23 10:00"
    rows = [
        f"A,埼玉,良品,７,0,7,L1,20271231,{at}",
        f'A,埼玉,良品,"1,000",0,1000,L2,,{at}',
        f"A,大阪,不良品,50,0,50,L1,,{at}",
        f"B,埼玉,不良品,3,0,3,L1,,{at}",
    ]
    warehouse.put("out/zaiko_20261123100000.csv", csv(stock({}, at).decode("cp932").strip(), rows))
    assert warehouse.counted() == {"A": 1007}


def test_a_file_is_taken_only_when_it_has_stopped_growing(warehouse: Partner) -> None:
    whole = stock({"A": 10, "B": 5}, "2026/11/23 10:00:00")
    path = warehouse.put("out/zaiko_20261123100000.csv", whole[: len(whole) // 2])
    for end in (3, 2, 1):
        warehouse.channel.last_count()
        warehouse.clock.sleep(60)
        path.write_bytes(whole[:-end])
    path.write_bytes(whole)
    assert warehouse.channel.last_count() is None
    assert warehouse.counted() == {"A": 10, "B": 5}
    assert warehouse.quarantined() == set()


def test_files_are_taken_in_the_order_of_their_names_not_of_their_dates(warehouse: Partner) -> None:
    count(warehouse, {"A": 3}, minutes=-30)
    newer = warehouse.put("out/zaiko_20261123100000.csv", stock({"A": 2}, "2026/11/23 10:00:00"))
    os.utime(newer, (1_000, 1_000))
    assert warehouse.counted() == {"A": 2}
    assert warehouse.sentences() == {}


def test_an_older_snapshot_than_the_last_is_refused(warehouse: Partner) -> None:
    count(warehouse, {"A": 2})
    assert warehouse.counted() == {"A": 2}
    count(warehouse, {"A": 9}, minutes=-60)
    assert warehouse.counted() == {"A": 2}
    [sentence] = warehouse.sentences().values()
    assert "older than what was taken already" in sentence


def test_the_same_snapshot_again_is_nothing_new(warehouse: Partner) -> None:
    data = stock({"A": 2}, "2026/11/23 10:00:00")
    for name in ("out/zaiko_20261123100000.csv", "out/zaiko_20261123100001.csv"):
        warehouse.put(name, data)
        assert warehouse.counted() == {"A": 2}
    assert warehouse.sentences() == {}


@pytest.mark.parametrize("left", [{"A": 10}, dict.fromkeys("ABCDEF", 0), {"A": 10, **dict.fromkeys("BCDEF", 0)}])
def test_where_much_is_gone_a_person_is_asked_and_may_let_it_in(warehouse: Partner, left: dict[str, int]) -> None:
    before = dict.fromkeys("ABCDEF", 10)
    count(warehouse, before)
    assert warehouse.counted() == before
    count(warehouse, left, minutes=10)
    assert warehouse.counted() == before
    [(name, sentence)] = warehouse.sentences().items()
    assert "rows are gone or at 0" in sentence
    folder = warehouse.settings.quarantine
    (folder / name).rename(folder / f"{name}.ok")
    assert warehouse.counted() == left
    assert (warehouse.quarantined(), warehouse.sentences()) == (set(), {})


def test_a_sentence_ends_when_the_file_is_taken_out_of_the_quarantine(warehouse: Partner) -> None:
    warehouse.put("out/zaiko_20261123100000.csv", b"nonsense")
    [name] = warehouse.sentences()
    reason = (warehouse.settings.quarantine / f"{name}.reason.txt").read_text(encoding="utf-8")
    assert "見出し" in reason
    assert "heading" in reason
    warehouse.connect()
    assert list(warehouse.sentences()) == [name]
    (warehouse.settings.quarantine / name).unlink()
    assert warehouse.sentences() == {}


def test_in_shadow_files_are_read_and_left_where_they_are(warehouse: Partner) -> None:
    warehouse.live = False
    count(warehouse, {"A": 2})
    warehouse.put("out/zaiko_20261123095900.csv", b"nonsense")
    before = warehouse.there()
    assert warehouse.counted() == {"A": 2}
    assert len(warehouse.sentences()) == 1
    warehouse.connect()
    assert warehouse.counted() == {"A": 2}
    assert warehouse.there() == before
    warehouse.live = True
    warehouse.connect()
    warehouse.look()
    assert all("/done/" in name or "/error/" in name for name in warehouse.there())


# --- changes ---------------------------------------------------------------------------------------------------------


def test_changes_are_rows_of_their_own_with_an_id_each(warehouse: Partner) -> None:
    warehouse.put(f"out/chosei_{warehouse.stamp()}.csv", changes({"A": 5}))
    warehouse.put(f"out/chosei_{warehouse.stamp(-1)}.csv", csv("日付,商品コード,差分数量,理由", ["20261123,B,5-,破損"]))
    rows = warehouse.look().rows
    assert [(row.listing.id, row.units, row.kind) for row in rows] == [
        ("B", -5, RowKind.LOST),
        ("A", 5, RowKind.RECEIVED),
    ]
    assert len({row.id for row in rows}) == 2
    assert warehouse.look().rows == rows, "told again under the same ids"


def test_a_day_without_changes_is_heard_in_silence(warehouse: Partner) -> None:
    count(warehouse, {"A": 2})
    warehouse.look()
    for minutes in (-30, 0, 24 * 60):
        warehouse.clock.sleep(max(0, minutes * 60))
        warehouse.put(f"out/chosei_{warehouse.stamp(min(0, minutes))}.csv", changes({}))
        assert warehouse.sentences() == {}


@pytest.mark.parametrize("name", ["chosei_20261123110000.csv", "chosei_20261123100000.csv"])
def test_a_doubled_file_of_changes_stops(warehouse: Partner, name: str) -> None:
    warehouse.put("out/chosei_20261123100000.csv", changes({"A": 5}))
    assert len(warehouse.look().rows) == 1
    warehouse.clock.sleep(7200)
    again = warehouse.put(f"out/{name}", changes({"A": 5}))
    os.utime(again, (2_000_000_000, 2_000_000_000))
    assert len(warehouse.look().rows) == 1
    [sentence] = warehouse.sentences().values()
    assert "the same content was taken already" in sentence


@pytest.mark.parametrize("live", [True, False])
def test_a_file_of_changes_that_goes_on_under_its_name_counts_what_was_added(warehouse: Partner, live: bool) -> None:
    """An upload was resumed, or a row was added; in shadow the file still lies there."""
    warehouse.live = live
    for rows in ({"A": 5}, {"A": 5, "B": 3}, {"A": 5, "B": 3, "C": 1}):
        warehouse.put("out/chosei_20261123100000.csv", changes(rows))
        assert [(row.listing.id, row.units) for row in warehouse.look().rows] == list(rows.items())
        warehouse.connect()
    assert warehouse.sentences() == {}


def test_a_file_of_changes_that_says_others_under_its_name_stops(warehouse: Partner) -> None:
    for rows in ({"A": 5, "B": 3}, {"A": 6, "B": 3}, {"A": 5}):
        warehouse.put("out/chosei_20261123100000.csv", changes(rows))
        assert [row.units for row in warehouse.look().rows] == [5, 3]
    [sentence] = warehouse.sentences().values()
    assert "taken under this name already" in sentence


def test_a_file_of_changes_that_was_taken_and_not_put_away_is_no_double(warehouse: Partner) -> None:
    """Killed between the two, or in shadow."""
    warehouse.live = False
    warehouse.put("out/chosei_20261123100000.csv", changes({"A": 5}))
    assert len(warehouse.look().rows) == 1
    warehouse.live = True
    warehouse.connect()
    assert len(warehouse.look().rows) == 1
    assert warehouse.sentences() == {}


def test_changes_that_the_last_count_has_in_it_are_refused(warehouse: Partner) -> None:
    count(warehouse, {"A": 2})
    warehouse.look()
    warehouse.put(f"out/chosei_{warehouse.stamp(-30)}.csv", changes({"A": 5}))
    assert warehouse.look().rows == ()
    [sentence] = warehouse.sentences().values()
    assert "older than what was taken already" in sentence


def test_a_code_that_no_line_names_is_told(warehouse: Partner) -> None:
    warehouse.shown("A")
    warehouse.put("out/chosei_20261123100000.csv", changes({"A": 5, "X": 2}))
    [(code, sentence)] = warehouse.sentences().items()
    assert code == "X"
    assert "no line for the code X" in sentence
    warehouse.shown("A", "X")
    assert warehouse.sentences() == {}


# --- shipments and orders --------------------------------------------------------------------------------------------


def test_what_a_warehouse_shipped_is_an_order_placed_and_shipped(warehouse: Partner) -> None:
    warehouse.put("out/shukka_20261123100000.csv", shipments(("W-1", "1", "A", 2), ("W-1", "2", "B", 1)))
    warehouse.put("out/shukka_20261123100500.csv", shipments(("W-1", "1", "A", 1)))
    [order] = warehouse.look().orders
    assert [(line.key.line, line.listing.id, line.open, line.shipped) for line in order.lines] == [
        ("1", "A", 0, 3),
        ("2", "B", 0, 1),
    ]


def test_a_part_sent_later_leaves_the_count_what_was_in_it(warehouse: Partner) -> None:
    warehouse.put(f"out/shukka_{warehouse.stamp(-60)}.csv", shipments(("W-1", "1", "A", 2)))
    count(warehouse, {"A": 8, "B": 9}, minutes=-30)
    warehouse.look()
    warehouse.put(f"out/shukka_{warehouse.stamp(-5)}.csv", shipments(("W-1", "2", "B", 1)))
    warehouse.look()
    taken = warehouse.channel.last_count()
    assert taken is not None
    assert [taken.has(f"warehouse/partner/W-1/{line}") for line in ("1", "2")] == [True, False]


def test_the_same_shipments_again_are_nothing_new(warehouse: Partner) -> None:
    for name in ("out/shukka_20261123100000.csv", "out/shukka_20261123100500.csv"):
        warehouse.put(name, shipments(("W-1", "1", "A", 2)))
        [order] = warehouse.look().orders
        assert order.lines[0].shipped == 2


def test_a_file_of_shipments_that_goes_on_under_its_name_counts_once(warehouse: Partner) -> None:
    for more in ((), (("W-2", "1", "B", 1),)):
        warehouse.put("out/shukka_20261123100000.csv", shipments(("W-1", "1", "A", 2), *more))
        shipped = {line.listing.id: line.shipped for order in warehouse.look().orders for line in order.lines}
    assert shipped == {"A": 2, "B": 1}


@pytest.mark.parametrize("code", ["Mug-12", "12-Red", "Tea-1", "10E2"])
def test_a_code_that_only_looks_like_excels_is_one(warehouse: Partner, code: str) -> None:
    count(warehouse, {code: 10})
    assert warehouse.counted() == {code: 10}


@pytest.mark.parametrize(
    ("name", "at"), [("20261123100000", "0001/01/01 00:00:00"), ("00010101000000", "2026/11/23 10:00")]
)
def test_a_time_of_the_year_1_stops_its_file_alone(warehouse: Partner, name: str, at: str) -> None:
    warehouse.put(f"out/zaiko_{name}.csv", stock({"A": 10}, at))
    warehouse.put("out/chosei_20261123100000.csv", changes({"A": 5}))
    assert len(warehouse.look().rows) == 1
    assert warehouse.counted() is None


def test_a_file_that_cannot_be_put_away_counts_all_the_same(rakuten: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "order.csv")

    rakuten.put("order_20261123095900.csv", orders(("R-1", 300, "1", 2, "tea/t-1")))
    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.unlink", forbidden)
        for _ in range(2):
            read = rakuten.look()
            assert [order.order for order in read.orders] == ["R-1"]
            [sentence] = rakuten.sentences().values()
            assert "can't be put away" in sentence
    assert (rakuten.sentences(), rakuten.there()) == ({}, {})


def test_two_rows_of_one_listing_are_shipped_together(warehouse: Partner) -> None:
    warehouse.put("out/shukka_20261123100000.csv", shipments(("W-1", "1", "A", 2), ("W-1", "2", "A", 1)))
    [order] = warehouse.look().orders
    assert sum(line.shipped for line in order.lines) == 3


def test_a_shipment_of_an_order_that_a_mall_tells_of_is_left_to_the_mall(tmp_path: Path) -> None:
    warehouse = Partner(tmp_path, "3pl_shipments", name="warehouse", others=["R-1"])
    warehouse.put("out/shukka_20261123100000.csv", shipments(("R-1", "1", "A", 2), ("W-1", "1", "A", 1)))
    orders = {order.order: order for order in warehouse.look().orders}
    assert (orders["R-1"].elsewhere, orders["R-1"].lines) == (True, ())
    assert (orders["W-1"].elsewhere, len(orders["W-1"].lines)) == (False, 1)


def test_an_order_file_keeps_nothing_of_the_buyer(rakuten: Partner) -> None:
    data = orders(("R-1", 300, "1", 2, "tea/t-1"))
    rakuten.put("order_20261123100000.csv", data)
    [order] = rakuten.look().orders
    [line] = order.lines
    assert (line.listing.id, line.open, line.shipped, line.taken) == ("tea/t-1", 2, 0, 2)
    assert "山田" not in str(rakuten.memory._values)
    assert rakuten.there() == {}, "the source is deleted"


@pytest.mark.parametrize(
    ("state", "left"), [(100, (2, 0)), (400, (2, 0)), (500, (0, 2)), (700, (0, 2)), (800, (2, 0)), (900, (0, 0))]
)
def test_each_state_of_an_order(rakuten: Partner, state: int, left: tuple[int, int]) -> None:
    rakuten.put("order_20261123100000.csv", orders(("R-1", state, "1", 2, "tea/t-1")))
    [order] = rakuten.look().orders
    assert (order.lines[0].open, order.lines[0].shipped) == left


def test_an_older_order_file_takes_nothing_back(rakuten: Partner) -> None:
    rakuten.put("order_20261123100000.csv", orders(("R-1", 500, "1", 2, "tea/t-1")))
    [order] = rakuten.look().orders
    rakuten.put("order_20261123093500.csv", orders(("R-1", 300, "1", 2, "tea/t-1")))
    [again] = rakuten.look().orders
    assert again.lines == order.lines


def test_orders_are_complete_as_of_the_newest_file_and_nothing_is_known_before_the_first(rakuten: Partner) -> None:
    with pytest.raises(NeedsPerson):
        rakuten.look()
    rakuten.put("order_20261123095800.csv", b"nonsense")
    with pytest.raises(NeedsPerson, match="order_20261123095800"):
        rakuten.look()
    rakuten.put("order_20261123095900.csv", orders(("R-1", 300, "1", 2, "tea/t-1")))
    read = rakuten.look()
    assert rakuten.clock.now() - read.complete_until > timedelta(minutes=1)


def test_orders_are_complete_no_later_than_their_file_was_seen_where_its_clock_is_ahead(rakuten: Partner) -> None:
    rakuten.put(f"order_{rakuten.stamp(5)}.csv", orders())
    seen = rakuten.clock.now()
    for _ in range(3):
        read = rakuten.look()
        rakuten.clock.sleep(180)
    assert read.complete_until == seen


def test_of_two_kinds_of_order_files_the_slower_says_how_far_all_is_known(tmp_path: Path) -> None:
    text = (ready_folder() / "rakuten_orders.toml").read_text(encoding="utf-8")
    (tmp_path / "second.toml").write_text(text.replace("order_{time}", "second_{time}"), encoding="utf-8")
    mall = Partner(tmp_path, "rakuten_orders", str(tmp_path / "second.toml"))
    second = mall.clock.now() - timedelta(hours=2)
    mall.put(f"second_{mall.stamp(-120)}.csv", orders(("R-1", 300, "1", 2, "tea/t-1")))
    mall.put(f"order_{mall.stamp(-1)}.csv", orders())
    assert mall.look().complete_until == second


def test_a_sentence_about_an_order_file_never_shows_a_cell(rakuten: Partner) -> None:
    """Where columns are shifted, any of them may hold a name."""
    rakuten.put("order_20261123093000.csv", orders(("R-1", 300, "1", 2, "tea/t-1")))
    rakuten.look()
    good = orders(("R-1", 300, "1", 2, "tea/t-1")).decode("cp932")
    for n, (old, new) in enumerate(
        ((",2,", ",山田 花子,"), (",300,", ",山田 花子,"), ("2026-11-23 09:30:00", "山田 花子"))
    ):
        rakuten.put(f"order_2026112309300{n + 1}.csv", good.replace(old, new).encode("cp932"))
    sentences = rakuten.sentences()
    assert len(sentences) == 3
    assert "山田" not in str(sentences)


def test_an_hour_without_an_order_is_heard_too(rakuten: Partner) -> None:
    rakuten.put("order_20261123093000.csv", orders(("R-1", 300, "1", 2, "tea/t-1")))
    before = rakuten.look().complete_until
    rakuten.put("order_20261123095900.csv", orders())
    assert (rakuten.look().complete_until - before) == timedelta(minutes=29)
    assert rakuten.sentences() == {}


@pytest.mark.parametrize("rows", [(), (("R-1", 300, "1", 2, "tea/t-1"),)])
def test_a_second_hour_without_a_new_order_is_heard_too(
    rakuten: Partner, rows: tuple[tuple[str, int, str, int, str]]
) -> None:
    heard = []
    for _ in range(2):
        rakuten.put(f"order_{rakuten.stamp()}.csv", orders(*rows))
        heard.append(rakuten.look().complete_until)
        rakuten.clock.sleep(3600)
    assert heard[1] - heard[0] > timedelta(hours=1)


# --- what a mall shows -----------------------------------------------------------------------------------------------


def test_orders_placed_since_are_off_the_number_that_was_taken(rakuten: Partner) -> None:
    rakuten.push_all({"tea/t-1": 10})
    rakuten.take()
    rakuten.push_all({"tea/t-1": 10})
    assert rakuten.shown("tea/t-1") == {"tea/t-1": 10}
    rakuten.clock.sleep(60)
    placed = f"{rakuten.now():%Y-%m-%d %H:%M:%S}"
    rakuten.put(f"order_{rakuten.stamp()}.csv", orders(("R-1", 300, "1", 2, "tea/t-1"), placed=placed))
    rakuten.look()
    assert rakuten.shown("tea/t-1") == {"tea/t-1": 8}


def test_a_downloaded_stock_file_says_what_is_really_shown(yahoo: Partner) -> None:
    yahoo.put(f"stock_{yahoo.stamp()}.csv", shown({"tea": 4, "tea:red": 6, "cup": ""}))
    yahoo.look()
    assert yahoo.shown("tea", "tea:red", "cup") == {"tea": 4, "tea:red": 6, "cup": 999_999_999}
    yahoo.push_all({"tea": 3})
    yahoo.put(f"stock_{yahoo.stamp(-0.01)}.csv", shown({"tea": 4, "tea:red": 5}))
    [taken] = [name for name in yahoo.there() if name.startswith("quantity_")]
    (yahoo.share / taken).unlink()
    assert [each.outcome.value for each in yahoo.push_all({"tea": 3})] == ["done"]
    yahoo.look()
    assert yahoo.shown("tea", "tea:red") == {"tea": 3, "tea:red": 5}, "older than what was taken since"
    yahoo.put(f"stock_{yahoo.stamp()}.csv", shown({"tea": 2, "tea:red": 5}))
    yahoo.look()
    assert yahoo.shown("tea") == {"tea": 2}


def test_a_sign_that_cp932_does_not_tell_from_another_is_the_same_listing(yahoo: Partner) -> None:
    yahoo.shown("tea〜1")
    yahoo.put(f"stock_{yahoo.stamp()}.csv", shown({"tea～1": 4}))
    yahoo.look()
    assert yahoo.shown("tea〜1") == {"tea〜1": 4}


def test_a_mall_may_show_again_what_it_showed_before(yahoo: Partner) -> None:
    for units in (8, 10, 8):
        yahoo.put(f"stock_{yahoo.stamp()}.csv", shown({"tea": units, "cup": 5}))
        yahoo.look()
        assert yahoo.shown("tea") == {"tea": units}
        yahoo.clock.sleep(3600)
