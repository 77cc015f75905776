"""Smaregi: the numbered traps of pos.md §3.2, and receipts in place of the history."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bridge.channels.port import Outcome, PushItem
from bridge.channels.smaregi import facts
from bridge.channels.smaregi.marks import is_ours, mark
from bridge.channels.smaregi.rows import Change, whole_chain
from bridge.channels.smaregi.webhooks import SmaregiWebhooks
from bridge.domain.orders import LineSnapshot
from bridge.domain.till import RowKind
from bridge.errors import NeedsPerson, TryAgain
from bridge.notices import Forged, NotForUs
from bridge.sandbox.faults import Instead, Lost, path_contains
from bridge.sandbox.malls.smaregi.switches import ALL_SCOPES
from tests.contract.tills.bench import KEY, SmaregiTill
from tests.support.virtual_clock import VirtualClock

MORNING = datetime(2026, 11, 23, tzinfo=UTC)
PROBLEM = "application/problem+json"
WORD = "a-word-of-the-operators-own-0123456789"


def by_receipts() -> SmaregiTill:
    """On a plan without the history."""
    till = SmaregiTill()
    till.simulator.switches.plan_has_changes = False
    till.channel = till.connect(movement_source="transactions")
    return till


def problem(status: int, title: str) -> str:
    return json.dumps({"type": "about:blank", "title": title, "status": status})


def lines_of(till: SmaregiTill) -> list[LineSnapshot]:
    return [line for order in till.orders.values() for line in order.lines]


def counts(till: SmaregiTill) -> tuple[int, int, int]:
    """Ordered, shipped, returned, over everything that was told."""
    lines = lines_of(till)
    return sum(x.ordered for x in lines), sum(x.shipped for x in lines), sum(x.returned for x in lines)


class Behind:
    """The clock of a server: it goes as ours, and is behind it."""

    def __init__(self, ours: VirtualClock, by: timedelta) -> None:
        self._ours, self._by = ours, by
        self.monotonic, self.sleep = ours.monotonic, ours.sleep

    def now(self) -> datetime:
        return self._ours.now() - self._by


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_t1_a_row_that_is_missing_is_no_sell_out(smaregi: SmaregiTill) -> None:
    """Never counted: nothing is told of it, and its first number is set, not added to."""
    tea = smaregi.add("tea", None)
    assert smaregi.news() == ([], [])
    smaregi.push({tea: 4})
    assert [each.method for each in smaregi.records if each.writes] == ["PATCH"]
    assert smaregi.news() == ([], [])


def test_t3_a_number_that_is_there_is_never_written_over(smaregi: SmaregiTill) -> None:
    tea = smaregi.add("tea", 10)
    smaregi.push({tea: 4})
    smaregi.push({tea: 12}, key="another")
    assert [each.method for each in smaregi.records if each.writes] == ["POST", "POST"]


def test_t9_the_word_zero_is_zero(smaregi: SmaregiTill) -> None:
    """Every value is a string, and "0" is true in Python."""
    till = by_receipts()
    tea = till.add("tea", 3)
    till.sell((tea, 3))
    till.read_orders()
    assert counts(till) == (3, 3, 0)
    cup = smaregi.add("cup", 0)
    assert smaregi.channel.read([cup]) == {cup: 0}


def test_t10_the_plus_of_a_time_is_encoded(smaregi: SmaregiTill) -> None:
    smaregi.read_orders()
    asked = [each.url for each in smaregi.records if "upd_date_time" in each.url]
    assert asked
    assert all("%2B09" in url and "+09" not in url for url in asked)


def test_t11_no_question_has_more_than_31_days(smaregi: SmaregiTill) -> None:
    tea = smaregi.add("tea", 10)
    smaregi.clock.sleep(100 * 86_400)
    smaregi.since = smaregi.clock.now() - timedelta(days=100, hours=1)
    smaregi.read_orders()
    assert smaregi.moved(tea) == 10


def test_t12_rows_that_shift_while_we_page_are_not_missed(
    smaregi: SmaregiTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "CHANGES_PAGE", 2)
    tea = smaregi.add("tea", 100)
    for _ in range(7):
        smaregi.sell((tea, 1))
        smaregi.clock.sleep(5)
    sold: list[str] = []

    def buyer(environ: dict[str, Any]) -> None:
        if "/stock/changes/" in environ["PATH_INFO"] and len(sold) < 3:
            sold.append(smaregi.sell((tea, 1)))

    smaregi.faults.before = buyer
    smaregi.read_orders()
    smaregi.faults.before = None
    smaregi.read_orders()
    assert smaregi.moved(tea) == smaregi.stock(tea) == 90


def test_t13_numbers_are_sent_one_by_one(smaregi: SmaregiTill) -> None:
    """The call for many is accepted before it is carried out; it isn't used."""
    smaregi.push({smaregi.add(f"tea{n}", 10): 5 for n in range(3)})
    assert not any("bulk" in each.url for each in smaregi.records)


def test_t17_what_no_stock_is_kept_of_is_left_out_and_told(smaregi: SmaregiTill) -> None:
    bag = smaregi.add("bag", 5, kept=False)
    assert smaregi.channel.read([bag]) == {}
    [listed] = [each for page in smaregi.channel.catalogue() for each in page]
    assert listed.trap is not None
    assert "stock control" in listed.trap.en


def test_t18_a_store_that_is_paused_or_unknown_is_told_by_check(smaregi: SmaregiTill) -> None:
    smaregi.simulator.add_store("2", "閉めた店", paused=True)
    for store in ("2", "3"):
        channel = smaregi.connect(places={"1": ("渋谷店",), store: ("別の店",)})
        bad = [line for line in channel.check() if not line.ok]
        assert [line.name for line in bad] == ["stores:read"]
        assert store in bad[0].hint.ja


def test_a_store_that_the_settings_do_not_name_is_none_of_ours(smaregi: SmaregiTill) -> None:
    elsewhere = smaregi.add("tea", 10, store="2")
    smaregi.sell((elsewhere, 1))
    assert smaregi.news() == ([], [])
    assert smaregi.channel.read([elsewhere]) == {}
    [pushed] = smaregi.channel.push([PushItem(elsewhere, 3, 9)], KEY)
    assert pushed.outcome is Outcome.REFUSED


# --- facts -----------------------------------------------------------------------------------------------------------


def test_t5_a_return_that_undoes_a_sale_is_one_fact(smaregi: SmaregiTill) -> None:
    """It shows thrice: the old receipt's flag, a new record, a row of stock."""
    for till in (smaregi, by_receipts()):
        tea = till.add("tea", 10)
        sale = till.sell((tea, 3))
        till.read_orders()
        till.clock.sleep(60)
        till.simulator.dispose(sale)
        till.read_orders()
        assert counts(till) == (3, 3, 3)
        assert till.stock(tea) == 10


@pytest.mark.parametrize("units", [2, -2])
@pytest.mark.parametrize(("division", "kind"), [("07", RowKind.OTHER), ("16", RowKind.OTHER), ("99", RowKind.OTHER)])
def test_t19_t44_units_count_whatever_moved_them(
    smaregi: SmaregiTill, division: str, kind: RowKind, units: int
) -> None:
    """Set aside, reserved, or for a reason that nobody knew when this was written."""
    tea = smaregi.add("tea", 10)
    smaregi.read_orders()
    with smaregi.simulator.lock:
        smaregi.simulator.move(smaregi.wire(tea), units, division, "hand")
    _, [row] = smaregi.news()
    assert (row.units, row.kind) == (units, kind)


@pytest.mark.parametrize("outside", [True, False])
def test_t19_what_is_set_aside_is_told_as_the_shop_counts_it(smaregi: SmaregiTill, outside: bool) -> None:
    smaregi.simulator.switches.layaway_outside = outside
    tea = smaregi.add("tea", 10)
    smaregi.read_orders()
    smaregi.simulator.lay_away(smaregi.wire(tea), 2)
    smaregi.read_orders()
    assert smaregi.moved(tea) == smaregi.stock(tea) == (8 if outside else 10)


def test_t20_a_look_alike_of_our_memo_is_somebody_elses(smaregi: SmaregiTill) -> None:
    tea = smaregi.add("tea", 10)
    smaregi.push({tea: 7})
    smaregi.read_orders()
    memo = smaregi.simulator.state.rows[-1].memo
    assert memo is not None
    assert len(memo) <= 100
    for forged, units in ((memo, -2), (memo[:-1] + "0", -3), ("bridge:hello", -3), (None, -3)):
        smaregi.clock.sleep(60)
        smaregi.simulator.by_another_app(smaregi.wire(tea), units, forged)
        _, [row] = smaregi.news()
        assert (row.units, row.kind) == (units, RowKind.OTHER)


def test_t20_a_mark_is_of_one_pair_and_one_difference() -> None:
    mine = mark(KEY, ("1201", "1"))
    assert is_ours(mine.adding(-3), ("1201", "1"), -3, 7)
    assert is_ours(mine.setting(7), ("1201", "1"), 2, 7)
    assert not is_ours(mine.adding(-3), ("1202", "1"), -3, 7)
    assert not is_ours(mine.adding(-3), ("1201", "1"), -2, 7)
    assert not is_ours(mine.setting(7), ("1201", "1"), -3, 8)


def test_t21_a_transfer_is_two_rows(smaregi: SmaregiTill) -> None:
    smaregi.simulator.add_store("2", "新宿店")
    smaregi.channel = smaregi.connect(places={"1": ("渋谷店",), "2": ("新宿店",)})
    tea, there = smaregi.add("tea", 10), smaregi.add("tea", 10, store="2")
    smaregi.read_orders()
    smaregi.simulator.send(smaregi.wire(tea), 4)
    _, [left] = smaregi.news()
    smaregi.clock.sleep(3600)
    smaregi.simulator.arrive(smaregi.wire(there), 4)
    _, [came] = smaregi.news()
    assert [(each.listing, each.units, each.kind) for each in (left, came)] == [
        (tea, -4, RowKind.SENT),
        (there, 4, RowKind.ARRIVED),
    ]


def test_t22_a_stock_take_of_earlier_is_believed_by_its_difference(smaregi: SmaregiTill) -> None:
    """What was counted an hour ago is set as the number of now."""
    tea = smaregi.add("tea", 10)
    smaregi.read_orders()
    smaregi.clock.sleep(3600)
    smaregi.sell((tea, 2))
    smaregi.simulator.recount(smaregi.wire(tea), 9, counted_at=smaregi.clock.now() - timedelta(hours=1))
    smaregi.read_orders()
    assert smaregi.moved(tea) == smaregi.stock(tea) == 9


def test_an_edited_receipt_corrects_the_stock(smaregi: SmaregiTill) -> None:
    tea = smaregi.add("tea", 10)
    sale = smaregi.sell((tea, 3))
    smaregi.read_orders()
    smaregi.simulator.edit_units(sale, "1", 1)
    _, [row] = smaregi.news()
    assert (row.units, row.kind) == (2, RowKind.OTHER)


def test_a_history_that_is_late_is_waited_for(smaregi: SmaregiTill) -> None:
    """The number has fallen, and no row shows why: the pair is looked at again."""
    smaregi.simulator.visible_after = 20.0
    tea = smaregi.add("tea", 10)
    smaregi.clock.sleep(30)
    smaregi.read_orders()
    smaregi.sell((tea, 2))
    assert smaregi.news() == ([], [])
    smaregi.clock.sleep(15)
    [order], _ = smaregi.news()
    assert order.lines[0].shipped == 2


@pytest.mark.parametrize("make", [SmaregiTill, by_receipts])
def test_nothing_is_passed_over_where_our_clock_is_ahead(make: Callable[[], SmaregiTill]) -> None:
    till = make()
    till.simulator.clock = Behind(till.clock, timedelta(minutes=5))
    tea = till.add("tea", 10)
    for sold in range(1, 4):
        till.read_orders(wait=60)
        till.sell((tea, 1))
        till.read_orders(wait=60)
        assert sum(line.shipped for line in lines_of(till)) == sold


@pytest.mark.parametrize("fails", [0, 1])
def test_a_late_sale_is_told_though_a_call_fails_in_the_round_that_would_have_told_it(
    smaregi: SmaregiTill, fails: int
) -> None:
    goods = [smaregi.add("tea", 10), smaregi.add("cup", 5)]
    smaregi.clock.sleep(60)
    smaregi.read_orders()
    for each in goods:
        smaregi.sell((each, 1))
        smaregi.simulator.state.rows[-1].visible_at += timedelta(minutes=5)
    for _ in range(3):
        smaregi.read_orders(wait=60)
    assert [smaregi.moved(each) for each in goods] == [10, 5]  # the numbers have fallen, and no row shows why
    smaregi.clock.sleep(150)
    history = path_contains(f"/stock/changes/{smaregi.wire(goods[fails])[0]}/")
    for _ in range(40):
        smaregi.faults.next(Lost(), history)
    with pytest.raises(TryAgain):
        smaregi.read_orders()
    smaregi.faults.clear()
    for _ in range(10):
        smaregi.read_orders(wait=60)
    assert [smaregi.moved(each) for each in goods] == [9, 4]


def test_a_hole_in_the_history_is_told_until_it_is_closed(smaregi: SmaregiTill) -> None:
    tea = smaregi.add("tea", 10)
    for _ in range(3):
        smaregi.sell((tea, 1))
        smaregi.clock.sleep(10)
    missing = smaregi.simulator.state.rows.pop(-2)
    answer = smaregi.read_orders()
    assert answer.alarms is not None
    assert set(answer.alarms) == {tea.id}
    smaregi.simulator.state.rows.append(missing)
    smaregi.sell((tea, 1))
    assert smaregi.read_orders().alarms == {}
    assert smaregi.moved(tea) == smaregi.stock(tea) == 6


def test_a_product_that_was_deleted_holds_up_no_other(smaregi: SmaregiTill) -> None:
    """A moment after the list of stock named it."""
    cup, tea = smaregi.add("cup", 5), smaregi.add("tea", 10)
    smaregi.read_orders()
    smaregi.sell((tea, 1))
    smaregi.sell((cup, 1))
    history = path_contains(f"/stock/changes/{smaregi.wire(cup)[0]}/")
    smaregi.faults.next(Instead(404, problem(404, "NotFound"), PROBLEM), history)
    answer = smaregi.read_orders()
    assert answer.alarms is not None
    assert set(answer.alarms) == {cup.id}
    assert smaregi.moved(tea) == 9


@pytest.mark.parametrize("make", [SmaregiTill, by_receipts])
def test_a_request_that_is_refused_is_for_a_person(make: Callable[[], SmaregiTill]) -> None:
    till = make()
    till.faults.next(Instead(400, problem(400, "Bad Request"), PROBLEM), path_contains("/pos/"))
    with pytest.raises(NeedsPerson, match="Bad Request"):
        till.read_orders()


def test_a_row_that_makes_no_sense_is_told_and_read_again(smaregi: SmaregiTill) -> None:
    tea, cup = smaregi.add("tea", 10), smaregi.add("cup", 10)
    smaregi.read_orders()
    smaregi.sell((tea, 2))
    row = smaregi.simulator.state.rows[-1]
    row.amount = "two"  # type: ignore[assignment]
    smaregi.sell((cup, 1))
    answer = smaregi.read_orders()
    assert answer.alarms is not None
    assert set(answer.alarms) == {tea.id}
    assert smaregi.moved(cup) == 9
    row.amount = -2
    smaregi.clock.sleep(3600)
    assert smaregi.read_orders().alarms == {}
    assert smaregi.moved(tea) == 8


def change(at: int, units: int, after: int) -> Change:
    return Change(f"{at}{units}{after}", ("1", "1"), MORNING + timedelta(seconds=at), units, after, "02", None)


def test_rows_of_one_second_may_stand_in_any_order() -> None:
    rows = [change(0, 10, 10), change(5, -1, 9), change(5, -2, 7), change(5, 1, 8), change(9, -8, 0)]
    for swapped in (rows, [rows[0], rows[3], rows[1], rows[2], rows[4]]):
        assert whole_chain(swapped)
        assert not whole_chain([swapped[0], *swapped[2:]])
    assert whole_chain([])


# --- receipts in place of the history --------------------------------------------------------------------------------


def test_without_the_history_receipts_tell_of_sales_voids_and_returns() -> None:
    till = by_receipts()
    tea = till.add("tea", 20)
    first, second = till.sell((tea, 3)), till.sell((tea, 2))
    till.read_orders()
    assert counts(till) == (5, 5, 0)
    till.clock.sleep(5 * 86_400)
    till.void(first)
    till.give_back(tea, 1)
    till.simulator.edit_units(second, "1", 4)
    till.read_orders()
    assert counts(till) == (7, 7, 4)
    assert sum(line.taken for line in lines_of(till)) == 20 - till.stock(tea)


@pytest.mark.parametrize("by_line", [True, False])
@pytest.mark.parametrize("negative", [True, False])
def test_the_sign_of_what_comes_back_does_not_matter(negative: bool, by_line: bool) -> None:
    till = by_receipts()
    till.simulator.switches.negative_returns = negative
    till.simulator.switches.returns_by_line = by_line
    tea = till.add("tea", 20)
    till.give_back(tea, 2)
    till.simulator.dispose(till.sell((tea, 3)))
    till.read_orders()
    assert counts(till) == (3, 3, 5)


@pytest.mark.parametrize("by_line", [True, False])
def test_a_return_that_is_itself_voided_or_undone(by_line: bool) -> None:
    till = by_receipts()
    till.simulator.switches.returns_by_line = by_line
    tea = till.add("tea", 20)
    till.simulator.cancel(till.simulator.give_back(till.wire(tea), 2))
    till.simulator.dispose(till.simulator.give_back(till.wire(tea), 3))
    till.read_orders()
    assert counts(till) == (3, 3, 3)
    assert sum(line.taken for line in lines_of(till)) == 20 - till.stock(tea) == 0


@pytest.mark.parametrize("division", ["2", "4", "5", "10", "16"])
def test_t14_only_sales_move_goods(division: str) -> None:
    """4 and 5 are a deposit and its return, whatever lists say."""
    head = {"transactionHeadId": "7", "transactionHeadDivision": division, "storeId": "1"}
    till = by_receipts()
    till.faults.next(Instead(200, json.dumps([head])), path_contains("/transactions"))
    answer = till.read_orders()
    assert (answer.orders, answer.problems) == ((), {})
    assert till.faults.pending == 0


def test_t15_of_a_set_only_its_parts_move(smaregi: SmaregiTill) -> None:
    for till in (smaregi, by_receipts()):
        tea, cup = till.add("tea", 20), till.add("cup", 10)
        parts = {till.wire(tea)[0]: 2, till.wire(cup)[0]: 1}
        gift = till.add("gift", None, parts=parts)
        till.read_orders()
        till.sell((gift, 2))
        till.read_orders()
        sold = {listing: sum(x.taken for x in lines_of(till) if x.listing == listing) for listing in (tea, cup, gift)}
        assert sold == {tea: 4, cup: 2, gift: 0}


def test_t16_a_sale_without_a_product_moves_nothing() -> None:
    till = by_receipts()
    till.simulator.sell_department("1", 3)
    till.read_orders()
    assert lines_of(till) == []


def test_a_plan_without_the_history_is_told_what_to_set(smaregi: SmaregiTill) -> None:
    smaregi.add("tea", 10)
    smaregi.simulator.switches.plan_has_changes = False
    with pytest.raises(NeedsPerson, match="movement_source"):
        smaregi.read_orders()
    [bad] = [line for line in smaregi.channel.check() if not line.ok]
    assert bad.name == "stock-changes:read"


def test_a_scope_that_was_not_given_is_told(smaregi: SmaregiTill) -> None:
    smaregi.simulator.switches.scopes = ALL_SCOPES - {"pos.stock:write"}
    with pytest.raises(NeedsPerson):
        smaregi.channel.read([smaregi.add("tea", 10)])


# --- webhooks --------------------------------------------------------------------------------------------------------


def told(**headers: str) -> tuple[dict[str, str], bytes]:
    body = json.dumps({"contractId": "sb_sandbox", "event": "pos:stock", "action": "edited", "ids": [{"id": "88017"}]})
    given = {"x-bridge-secret": WORD, "smaregi-event-id": "8c8f2c3e-0000-4000-8000-000000000001"}
    return given | headers, body.encode()


def test_t7_a_webhook_is_known_by_the_operators_word(smaregi: SmaregiTill) -> None:
    hooks = SmaregiWebhooks(WORD, "sb_sandbox", smaregi.clock)
    notice = hooks.understand(*told())
    assert (notice.topic, notice.order) == ("pos:stock edited", "")
    assert notice.event == "8c8f2c3e-0000-4000-8000-000000000001"
    for word in ("", WORD[:-1], WORD + "x", "パスワード"):
        with pytest.raises(Forged):
            hooks.understand(*told(**{"x-bridge-secret": word}))
    with pytest.raises(NotForUs):
        SmaregiWebhooks(WORD, "another", smaregi.clock).understand(*told())


def test_t7_two_changes_with_equal_bodies_are_two(smaregi: SmaregiTill) -> None:
    hooks = SmaregiWebhooks(WORD, "sb_sandbox", smaregi.clock)
    first = hooks.understand(*told())
    smaregi.clock.sleep(11)
    assert hooks.understand(*told()).digest != first.digest
