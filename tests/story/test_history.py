"""履歴: what moved, row by row, and 元に戻す."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.domain.stock import Cause, Movement
from bridge.errors import TryAgain
from bridge.flows import history, reconcile
from bridge.sandbox.faults import Dial
from tests.story.test_stocktaking import begin, count
from tests.story.test_two_readings import held_while_one_left, ship_one
from tests.support.deaths import dying
from tests.support.world import Moment, World


def rows(shop: World) -> list[dict[str, str]]:
    return [row for row in shop.table("履歴") if row["番号"]]


def row(shop: World, what: str, sku: str = "A") -> dict[str, str]:
    """The newest row that says so."""
    return [each for each in rows(shop) if each["SKU"] == sku and what in each["内容"]][-1]


def at(shop: World, number: str) -> int:
    return next(at for at, each in enumerate(shop.table("履歴"), 1) if each["番号"] == number)


def told(shop: World, number: str) -> str:
    return shop.table("履歴")[at(shop, number) - 1]["状態"]


def tick(shop: World, number: str, on: bool = True) -> None:
    shop.put("履歴", at(shop, number), {"元に戻す": on})


def wait(shop: World) -> None:
    """Until rows are appended, read, and ticks are acted on."""
    shop.rounds(12)


def edited(shop: World, value: int = 15) -> dict[str, str]:
    """A number typed for A, and its row."""
    shop.type("A", "本社倉庫", value)
    wait(shop)
    return row(shop, "在庫表で入力")


def undone(shop: World) -> list[str]:
    with shop.service.ledger.read() as tx:
        assert reconcile.books(tx) == []
        return [moved.ref for _, moved in tx.stock.movements() if moved.cause is Cause.UNDONE]


def test_every_movement_gets_a_row(shop: World) -> None:
    shop.type("A", "本社倉庫", 9)
    shop.rounds(2)
    order = shop.buy("rakuten", "A", 2)
    shop.hears("rakuten", "B", order="X-1", version="1", open=0, shipped=1)
    wait(shop)
    found = {(each["SKU"], each["内容"]): each for each in rows(shop)}
    assert len(found) == len(rows(shop)) == 4
    edit, placed = found["A", "在庫表で入力"], found["A", "注文（引当+2）"]
    assert (edit["場所"], edit["増減"], edit["在庫数"], edit["注文など"]) == ("本社倉庫", "4", "9", "")
    assert (placed["増減"], placed["在庫数"], placed["注文など"]) == ("", "9", f"rakuten {order}")
    shipped = found["B", "出荷"]
    assert (shipped["増減"], shipped["在庫数"], shipped["注文など"]) == ("-1", "6", "rakuten X-1")
    assert edit["日時"].startswith("11/23 10:")
    assert {each["元に戻す"] for each in rows(shop)} == {"FALSE"}


def test_what_everything_began_with_is_not_told(shop: World) -> None:
    wait(shop)
    assert rows(shop) == []


def test_undo_takes_a_typed_number_back_once(shop: World) -> None:
    number = edited(shop)["番号"]
    tick(shop, number)
    wait(shop)
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("5", [number])
    assert told(shop, number).startswith("✓11/23 10:")
    new = row(shop, "元に戻した")
    assert (new["増減"], new["在庫数"], new["注文など"]) == ("-10", "5", number)
    for on in (False, True):
        tick(shop, number, on)
        wait(shop)
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("5", [number])
    shop.settle()
    assert shop.shown("rakuten", "A") == shop.shown("shopify", "A") == 7
    tick(shop, new["番号"])  # the way back
    wait(shop)
    assert shop.row("A")["本社倉庫"] == "15"


def test_what_was_typed_and_sold_meanwhile_stays(shop: World) -> None:
    number = edited(shop)["番号"]
    shop.type("A", "本社倉庫", 20)
    shop.rounds(2)
    shop.hears("rakuten", "A", order="X-1", version="1", open=0, shipped=3)
    shop.rounds(2)
    tick(shop, number)
    wait(shop)
    assert shop.row("A")["本社倉庫"] == "7"  # 5, then 15, then 20, less 3: all but the first edit


def test_a_number_typed_while_it_is_undone_is_judged_as_ever(shop: World) -> None:
    number = edited(shop)["番号"]
    shop.type("A", "編集中", True)
    tick(shop, number)
    wait(shop)
    assert shop.row("A")["本社倉庫"] == "15"  # a draft is left alone
    assert shop.balance("A")["本社倉庫"] == 5
    shop.settle()
    assert shop.shown("rakuten", "A") == 7  # it lowers all the same
    shop.type("A", "本社倉庫", 16)
    shop.type("A", "編集中", False)
    wait(shop)
    assert shop.row("A")["本社倉庫"] == "6"
    assert len(undone(shop)) == 1


def test_orders_moves_and_first_numbers_are_not_undone_here(shop: World) -> None:
    shop.hears("rakuten", "A", order="X-1", version="1", open=0, shipped=1)
    shop.type("A", "検品待ち", 4)
    shop.put("入出庫", 1, {"種類": "移動", "SKU": "A", "数量": 2, "から": "本社倉庫", "へ": "渋谷店"})
    shop.rounds(3)
    shop.put("入出庫", 1, {"発送": True})
    wait(shop)
    for what, says in (("出荷", "注文による"), ("移動: 発送", "移動による"), ("はじめの数", "はじめの数です")):
        number = row(shop, what)["番号"]
        tick(shop, number)
        wait(shop)
        assert says in told(shop, number)
    assert undone(shop) == []
    assert shop.row("A")["本社倉庫"] == "2"


def test_what_is_no_longer_there_cannot_be_taken_back_until_it_is_ticked_anew(shop: World) -> None:
    number = edited(shop)["番号"]
    shop.type("A", "本社倉庫", 4)
    wait(shop)
    tick(shop, number)
    wait(shop)
    assert told(shop, number).startswith("在庫が4個しかないので、10個は戻せません。")
    shop.type("A", "本社倉庫", 30)
    wait(shop)
    assert undone(shop) == []  # a tick of long ago takes nothing back
    tick(shop, number, on=False)
    wait(shop)
    assert told(shop, number) == ""
    tick(shop, number)
    wait(shop)
    assert shop.row("A")["本社倉庫"] == "20"


def test_a_whole_column_of_ticks_takes_nothing_back(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "AT_ONCE", 2)
    numbers = []
    for value in (11, 12, 13):
        shop.type("A", "本社倉庫", value)
        wait(shop)
        numbers.append(row(shop, "在庫表で入力")["番号"])
    for number in numbers:
        tick(shop, number)
    wait(shop)
    assert undone(shop) == []
    assert {told(shop, number)[:15] for number in numbers} == {"一度に元に戻せるのは2行までで"}
    for on in (False, True):
        for number in numbers[:2]:
            tick(shop, number, on)
        wait(shop)
    assert undone(shop) == numbers[:2]
    assert shop.row("A")["本社倉庫"] == "6"


def test_a_row_that_says_something_else_counts_for_nothing(shop: World) -> None:
    number = edited(shop)["番号"]
    shop.put("履歴", at(shop, number), {"SKU": "B", "元に戻す": True})
    wait(shop)
    assert undone(shop) == []
    assert "書き換えられている" in told(shop, number)


def test_a_renamed_product_takes_its_history_along(shop: World) -> None:
    number = edited(shop)["番号"]
    shop.type("A", "SKU", "A9")
    shop.rounds(3)
    shop.answer("SKUが「A9」に書き換えられました", "改名")
    wait(shop)
    tick(shop, number)
    wait(shop)
    assert (shop.row("A9")["本社倉庫"], undone(shop)) == ("5", [number])


def test_a_row_that_is_gone_is_answered_first(shop: World) -> None:
    number = edited(shop)["番号"]
    position = shop.rows("A")[0][0]
    gone = shop.spreadsheet.delete_rows(shop.tab("在庫表"), position, position + 1)
    wait(shop)
    tick(shop, number)
    wait(shop)
    assert "在庫表にこの商品の行がない" in told(shop, number)
    shop.spreadsheet.undo(gone)
    wait(shop)
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("15", [])
    for on in (False, True):
        tick(shop, number, on)
        wait(shop)
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("5", [number])


def test_a_discontinued_product_can_be_put_right(shop: World) -> None:
    number = edited(shop)["番号"]
    shop.type("A", "停止", "廃番")
    wait(shop)
    tick(shop, number)
    wait(shop)
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("5", [number])
    assert shop.shown("rakuten", "A") == 0


def test_a_copied_row_undoes_no_second_time(shop: World) -> None:
    number = edited(shop)["番号"]
    here, tab = at(shop, number), shop.tab("履歴")
    tick(shop, number)
    source = {"sheetId": tab, "startRowIndex": here, "endRowIndex": here + 1}
    shop.spreadsheet.apply(
        [
            {
                "copyPaste": {
                    "source": source,
                    "destination": source | {"startRowIndex": here + 3, "endRowIndex": here + 4},
                }
            }
        ]
    )
    wait(shop)
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("5", [number])


def test_sorted_and_deleted_rows_are_left_as_they_are(shop: World) -> None:
    number = edited(shop)["番号"]
    shop.type("B", "本社倉庫", 9)
    shop.type("A", "渋谷店", 3)
    wait(shop)
    assert [each["番号"] for each in rows(shop)] == sorted(each["番号"] for each in rows(shop))
    gone = row(shop, "在庫表で入力", "B")["番号"]
    shop.spreadsheet.delete_rows(shop.tab("履歴"), at(shop, gone), at(shop, gone) + 1)
    area = {"sheetId": shop.tab("履歴"), "startRowIndex": 1, "endRowIndex": 5, "startColumnIndex": 0}
    shop.spreadsheet.apply(
        [{"sortRange": {"range": area | {"endColumnIndex": 10}, "sortSpecs": [{"sortOrder": "DESCENDING"}]}}]
    )
    shop.clock.sleep(180)
    wait(shop)
    numbers = [int(each["番号"]) for each in rows(shop)]
    assert len(numbers) == 2
    assert numbers == sorted(numbers, reverse=True)
    tick(shop, number)
    wait(shop)
    assert shop.row("A")["本社倉庫"] == "5"


def test_after_a_kill_nothing_is_told_or_undone_twice(shop: World) -> None:
    number = edited(shop)["番号"]
    tick(shop, number)
    shop.service.close()
    shop.start()
    wait(shop)
    shop.service.close()
    shop.start()
    wait(shop)
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("5", [number])
    assert max(Counter(each["番号"] for each in rows(shop)).values()) == 1


def test_a_death_at_any_moment_takes_back_once_and_tells_once(shop: World) -> None:
    number = edited(shop)["番号"]
    tick(shop, number)
    shop.type("B", "本社倉庫", 9)
    deaths = dying(shop, 25)
    shop.clock.sleep(180)
    wait(shop)
    assert deaths > 5
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("5", [number])
    assert Counter(each["内容"] for each in rows(shop)) == {"在庫表で入力": 2, "「履歴」で元に戻した": 1}


def test_a_lost_append_is_sent_again_and_an_answer_that_was_lost_is_not(shop: World) -> None:
    for fault in (Dial(lost=1.0), Dial(reply_lost=1.0)):
        before = len(rows(shop))
        shop.type("A", "本社倉庫", 20 + before)
        shop.rounds(1)
        shop.sandbox.faults["sheets"].dial = fault
        for _ in range(4):
            with suppress(TryAgain):
                shop.service.cycle.run()
            shop.clock.sleep(10)
        shop.sandbox.faults["sheets"].dial = Dial()
        shop.clock.sleep(180)
        wait(shop)
        assert len(rows(shop)) > before
    assert max(Counter(each["番号"] for each in rows(shop)).values()) == 1


def test_a_number_that_a_person_is_asked_about_is_answered_first(shop: World) -> None:
    number = edited(shop)["番号"]
    shop.service.close()
    shop.config = replace(shop.config, sheet=replace(shop.config.sheet, big_change_rows=1))
    shop.start()
    shop.type("A", "本社倉庫", 900)  # beyond plausibility
    wait(shop)
    assert "一度に1行" in shop.open_questions()
    tick(shop, number)
    wait(shop)
    assert "答えを待っています" in told(shop, number)
    assert undone(shop) == []
    shop.answer("一度に1行", "戻す")
    wait(shop)
    assert shop.row("A")["本社倉庫"] == "15"


# --- what was counted since ------------------------------------------------------------------------------------------


def refused(shop: World, number: str, says: str) -> bool:
    """Whether the tick is answered so, takes nothing back, and is answered the same when it is set anew."""
    answers = set()
    for on in (True, False, True):
        tick(shop, number, on)
        wait(shop)
        answers |= {told(shop, number)} if on else set()
    return len(answers) == 1 and says in answers.pop() and undone(shop) == []


@pytest.mark.parametrize("units", [13, 15])
def test_what_was_counted_since_is_not_taken_back(shop: World, units: int) -> None:
    """Also where the count found just what was expected, and booked nothing."""
    number = edited(shop)["番号"]
    begin(shop)
    count(shop, "A", units)
    assert refused(shop, number, "数え直して")
    assert shop.row("A")["本社倉庫"] == str(units)
    shop.put("入出庫", 1, {"開始": False})
    wait(shop)
    assert refused(shop, number, "数え直して")


def test_what_was_typed_after_the_counting_began_is_taken_back(shop: World) -> None:
    begin(shop)
    number = edited(shop)["番号"]
    count(shop, "A", 4)  # of the 5 that were there when it began; ten more were typed since
    tick(shop, number)
    wait(shop)
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("4", [number])


def test_another_place_or_product_that_was_counted_says_nothing_of_this_one(shop: World) -> None:
    number = edited(shop)["番号"]
    begin(shop)
    count(shop, "B", 7)
    shop.put("入出庫", 1, {"開始": False})
    begin(shop, "渋谷店", row=5)
    here = next(n for n, line in enumerate(shop.table("入出庫"), 1) if line["SKU"] == "A" and line["から"] == "渋谷店")
    shop.put("入出庫", here, {"数量": 2})
    shop.settle()
    said = "".join(line["状態"] for line in shop.table("入出庫"))
    assert "棚卸: B 7個（本社倉庫）" in said
    assert "棚卸: A 2個（渋谷店）" in said
    tick(shop, number)
    wait(shop)
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("5", [number])


def test_while_people_count_what_was_there_before_is_not_taken_back(shop: World) -> None:
    """Else the movement that takes it back would be added to their count."""
    number = edited(shop)["番号"]
    begin(shop)
    assert refused(shop, number, "棚卸の途中です")
    count(shop, "A", 13)
    assert shop.row("A")["本社倉庫"] == "13"


def test_a_stock_take_that_ended_without_this_product_says_nothing_of_it(shop: World) -> None:
    number = edited(shop)["番号"]
    begin(shop)
    shop.put("入出庫", 1, {"開始": False})
    wait(shop)
    tick(shop, number)
    wait(shop)
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("5", [number])


def test_the_way_back_ends_with_a_count_too(shop: World) -> None:
    number = edited(shop)["番号"]
    tick(shop, number)
    wait(shop)
    begin(shop)
    count(shop, "A", 5)
    new = row(shop, "元に戻した")["番号"]
    tick(shop, new)
    wait(shop)
    assert "数え直して" in told(shop, new)
    assert (shop.row("A")["本社倉庫"], undone(shop)) == ("5", [number])


def test_what_a_warehouse_or_a_till_counted_since_is_not_taken_back(shop: World) -> None:
    number = edited(shop)["番号"]
    shop.clock.sleep(60)
    with shop.service.ledger.write() as tx:
        tx.stock.book([Movement("A", "本社倉庫", -2, 0, Cause.COUNTED, "3pl")])
    wait(shop)
    assert refused(shop, number, "数え直して")
    assert shop.row("A")["本社倉庫"] == "13"


# --- entries with two readings ---------------------------------------------------------------------------------------


@pytest.fixture
def hasty(tmp_path: Path, live_shop: Moment) -> World:
    """One of five was shipped, and 15 typed in the moment the 4 was written: 14 hold, or 15."""
    shop = World(tmp_path / "ledger.sqlite", since=live_shop, sheet_settings={"two_readings_seconds": 10.0})
    shop.clock.sleep(60)
    shop.rounds(2)
    ship_one(shop)
    shop.type("A", "本社倉庫", 15)
    shop.rounds(3, seconds=1.0)
    assert "いまの数は14個ですか、15個ですか" in shop.open_questions()
    return shop


def answered(shop: World, answer: str) -> str:
    """The number of the row of what was typed, once the question about it is settled."""
    shop.answer("いまの数は", answer)
    shop.settle()
    wait(shop)
    return row(shop, "在庫表で入力")["番号"]


@pytest.mark.parametrize(("answer", "held"), [("少ない方", "14"), ("多い方", "15")])
def test_an_entry_with_two_readings_is_taken_back_with_what_came_of_it(hasty: World, answer: str, held: str) -> None:
    number = answered(hasty, answer)
    for on in (True, False, True):
        tick(hasty, number, on)
        wait(hasty)
        assert (hasty.row("A")["本社倉庫"], undone(hasty)) == ("4", [number])
    for each in rows(hasty)[-4 if answer == "多い方" else -3 : -1]:
        assert told(hasty, each["番号"]).startswith("✓11/23 10:")
    tick(hasty, row(hasty, "元に戻した")["番号"])  # the way back
    wait(hasty)
    assert hasty.row("A")["本社倉庫"] == held


def test_the_part_of_a_reading_goes_back_with_its_entry_alone(hasty: World) -> None:
    wait(hasty)
    part = row(hasty, "2通りに読める入力")["番号"]
    tick(hasty, part)
    wait(hasty)
    assert "この分もいっしょに戻ります" in told(hasty, part)
    number = answered(hasty, "少ない方")
    tick(hasty, number)
    wait(hasty)
    assert told(hasty, part).startswith("✓11/23 10:")
    for on in (False, True):
        tick(hasty, part, on)
        wait(hasty)
    assert (hasty.row("A")["本社倉庫"], undone(hasty)) == ("4", [number])


def test_an_answer_that_was_taken_back_goes_back_no_second_time(hasty: World) -> None:
    number = answered(hasty, "多い方")
    answer = row(hasty, "「要対応」の回答")["番号"]
    tick(hasty, answer)
    wait(hasty)
    assert hasty.row("A")["本社倉庫"] == "14"
    back = row(hasty, "元に戻した")["番号"]
    tick(hasty, number)
    wait(hasty)
    for each in (answer, back):
        for on in (False, True):
            tick(hasty, each, on)
            wait(hasty)
    assert (hasty.row("A")["本社倉庫"], undone(hasty)) == ("4", [answer, number])


def test_an_answer_that_stands_again_goes_back_with_its_entry(hasty: World) -> None:
    number = answered(hasty, "多い方")
    tick(hasty, row(hasty, "「要対応」の回答")["番号"])
    wait(hasty)
    tick(hasty, row(hasty, "元に戻した")["番号"])
    wait(hasty)
    assert hasty.row("A")["本社倉庫"] == "15"
    tick(hasty, number)
    wait(hasty)
    assert hasty.row("A")["本社倉庫"] == "4"


def test_an_entry_and_its_answer_ticked_at_once_go_back_once(hasty: World) -> None:
    number = answered(hasty, "多い方")
    tick(hasty, number)
    tick(hasty, row(hasty, "「要対応」の回答")["番号"])
    wait(hasty)
    assert (hasty.row("A")["本社倉庫"], undone(hasty)) == ("4", [number])


def test_a_higher_answer_goes_back_with_an_entry_that_held_nothing_back(hasty: World) -> None:
    """The plain reading was the lower one: only the answer came of it."""
    answered(hasty, "少ない方")
    held_while_one_left(hasty, 18)
    assert "いまの数は17個ですか、18個ですか" in hasty.open_questions()
    number = answered(hasty, "多い方")
    hasty.type("A", "本社倉庫", 4)
    wait(hasty)
    tick(hasty, number)
    wait(hasty)
    assert told(hasty, number).startswith("在庫が4個しかないので、5個は戻せません。")
    hasty.type("A", "本社倉庫", 18)
    wait(hasty)
    for on in (False, True):
        tick(hasty, number, on)
        wait(hasty)
    assert (hasty.row("A")["本社倉庫"], undone(hasty)) == ("13", [number])  # 14, less the one that was shipped


def test_an_entry_takes_back_no_reading_of_another(hasty: World) -> None:
    """14 were read at rest, and 20 typed over them: the one that the first entry held back stays so."""
    wait(hasty)
    first = row(hasty, "在庫表で入力")["番号"]
    hasty.type("A", "本社倉庫", 20)
    hasty.settle()
    wait(hasty)
    assert hasty.open_questions() == ""
    second = row(hasty, "在庫表で入力")["番号"]
    tick(hasty, second)
    wait(hasty)
    assert hasty.row("A")["本社倉庫"] == "14"
    tick(hasty, first)
    wait(hasty)
    assert (hasty.row("A")["本社倉庫"], undone(hasty)) == ("4", [second, first])


def test_a_count_confirmed_without_a_token_is_taken_back_to_what_held_before(hasty: World) -> None:
    wait(hasty)
    hasty.type("A", "ロック", "")
    hasty.type("A", "本社倉庫", 20)
    hasty.rounds(2)
    hasty.answer("ロック欄が消えた", "はい")
    hasty.settle()
    wait(hasty)
    tick(hasty, row(hasty, "在庫表で入力")["番号"])
    wait(hasty)
    assert hasty.row("A")["本社倉庫"] == "14"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_is_ticked_typed_and_sold_the_books_add_up_and_nothing_counts_twice(shop: World, seed: int) -> None:
    chance = random.Random(seed)
    ticked: set[str] = set()
    acts = ["type", "ship", "tick", "tick", "untick", "restart", "sort", "wait"]
    for step in range(24):
        act = chance.choice(acts)
        here = [each["番号"] for each in rows(shop)]
        if act == "type":
            shop.type(chance.choice("AB"), "本社倉庫", chance.randint(3, 20))
        elif act == "ship":
            shop.hears("rakuten", chance.choice("AB"), order=f"X{step}", version="1", open=0, shipped=1)
        elif act == "tick" and here:
            ticked.add(number := chance.choice(here))
            tick(shop, number)
        elif act == "untick" and here:
            tick(shop, chance.choice(here), on=False)
        elif act == "restart":
            shop.service.close()
            shop.start()
        elif act == "sort":
            area = {"sheetId": shop.tab("履歴"), "startRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 10}
            order = {"dimensionIndex": chance.randint(0, 6), "sortOrder": chance.choice(["ASCENDING", "DESCENDING"])}
            shop.spreadsheet.apply([{"sortRange": {"range": area, "sortSpecs": [order]}}])
        shop.rounds(chance.randint(1, 5))
    shop.clock.sleep(180)
    wait(shop)
    done = undone(shop)
    assert len(done) == len(set(done))
    assert set(done) <= ticked
    numbers = Counter(each["番号"] for each in rows(shop))
    assert max(numbers.values(), default=1) == 1
    for sku, began in (("A", 5), ("B", 7)):
        moved = sum(int(each["増減"] or 0) for each in rows(shop) if (each["SKU"], each["場所"]) == (sku, "本社倉庫"))
        assert shop.balance(sku)["本社倉庫"] == int(shop.row(sku)["本社倉庫"]) == began + moved


def test_a_full_tab_is_told_and_goes_on_when_old_rows_are_deleted(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST", 3)
    for value in (11, 12, 13, 14, 16):
        shop.type("A", "本社倉庫", value)
        wait(shop)
    assert len(rows(shop)) == 3
    assert "「履歴」タブが3行になりました" in shop.open_questions()
    shop.spreadsheet.delete_rows(shop.tab("履歴"), 1, 4)
    wait(shop)
    assert shop.open_questions() == ""
    assert row(shop, "在庫表で入力")["在庫数"] == "16"


def test_without_the_tab_all_goes_on(shop: World) -> None:
    shop.spreadsheet.apply([{"deleteSheet": {"sheetId": shop.tab("履歴")}}])
    shop.type("A", "本社倉庫", 15)
    wait(shop)
    assert shop.row("A")["状態"].startswith("✓")
    assert "「履歴」タブがありません" in shop.open_questions()


def test_an_older_ledger_takes_nothing_back_that_it_does_not_know(shop: World) -> None:
    edited(shop, 15)
    copy = shop.moment()
    shop.start()
    later = edited(shop, 30)["番号"]
    shop.service.close()
    shop.ledger.write_bytes(copy.ledger)
    shop.start()
    shop.rounds(3)
    shop.type("B", "本社倉庫", 9)
    wait(shop)
    assert row(shop, "在庫表で入力", "B")["番号"] != later
    tick(shop, later)
    wait(shop)
    assert undone(shop) == []


@pytest.mark.parametrize("language", ["en"])
def test_in_english(desk: World) -> None:
    desk.type("A", "本社倉庫", 15)
    wait(desk)
    number = row(desk, "Typed in Stock")["番号"]
    tick(desk, number)
    wait(desk)
    assert told(desk, number).endswith(" undone.")
    begin(desk, "Main warehouse", kind="stock-take")
    new = row(desk, "Undone in History")["番号"]
    tick(desk, new)
    wait(desk)
    assert "under way" in told(desk, new)
    count(desk, "A", 5)
    for on in (False, True):
        tick(desk, new, on)
        wait(desk)
    assert "Counted since" in told(desk, new)
