"""A number typed while stock moved may be a count or a change: the lower holds, and a person is asked with both."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import TryAgain
from bridge.sandbox.faults import ConnectionCut, Lost, path_contains
from tests.story.test_stocktaking import begin, count
from tests.support.world import World


@pytest.fixture
def shop(tmp_path: Path) -> World:
    world = World(tmp_path / "ledger.sqlite", sheet_settings={"two_readings_seconds": 10.0})
    world.go_live()
    world.clock.sleep(60)
    world.rounds(2)
    return world


def ship_one(shop: World, rounds: int = 2) -> None:
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.clock.sleep(30)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(rounds, seconds=1.0)


def typed_after_a_shipment(shop: World, rounds: int = 3) -> None:
    """15 for A: nobody can tell whether the unit that left is in it, and a person is asked."""
    ship_one(shop)
    shop.type("A", "本社倉庫", 15)
    shop.rounds(rounds, seconds=1.0)
    shop.clock.sleep(60)
    shop.rounds(2)


def held_while_one_left(shop: World, typed: int) -> None:
    """Typed into a held row, from which a unit is shipped before it is released."""
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.type("A", "編集中", True)
    shop.type("A", "本社倉庫", typed)
    shop.rounds(2)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(8)
    shop.type("A", "編集中", False)
    shop.rounds(2)


def outcomes(shop: World) -> list[str]:
    with sqlite3.connect(shop.ledger) as file:
        return [row[0] for row in file.execute("SELECT outcome FROM edit ORDER BY id")]


def test_a_number_typed_right_after_our_write_is_asked_about(shop: World) -> None:
    ship_one(shop)
    assert shop.row("A")["本社倉庫"] == "4"
    shop.type("A", "本社倉庫", 15)  # did they look at 5 or at 4?
    shop.rounds(2, seconds=1.0)
    assert "いまの数は14個ですか、15個ですか" in shop.open_questions()
    assert shop.row("A")["本社倉庫"] == "14"
    assert "14個として扱っています" in shop.row("A")["状態"]


@pytest.mark.parametrize(("answer", "number"), [("多い方", "15"), ("15", "15"), ("少ない方", "14"), ("14", "14")])
def test_the_answer_settles_it(shop: World, answer: str, number: str) -> None:
    ship_one(shop)
    shop.type("A", "本社倉庫", 15)
    shop.rounds(3, seconds=1.0)
    shop.answer("いまの数は", answer)
    shop.settle()
    assert shop.row("A")["本社倉庫"] == number
    assert shop.open_questions() == ""
    assert shop.shown("shopify", "A") == int(number) + 2


def test_a_newer_number_supersedes_the_question(shop: World) -> None:
    typed_after_a_shipment(shop, rounds=2)
    shop.type("A", "本社倉庫", 20)
    shop.settle()
    assert shop.open_questions() == ""
    assert shop.row("A")["本社倉庫"] == "20"


def test_a_stock_take_that_begins_later_supersedes_the_question(shop: World) -> None:
    typed_after_a_shipment(shop)
    begin(shop)
    assert "いまの数は14個ですか、15個ですか" in shop.open_questions()  # nobody has counted yet
    count(shop, "A", 13)
    assert shop.open_questions() == ""
    shop.answer("いまの数は", "多い方")  # somebody who had the old line before them
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "13"
    assert outcomes(shop)[-1] == "superseded"


def test_an_answer_about_a_number_of_before_a_stock_take_adds_nothing_to_its_count(shop: World) -> None:
    typed_after_a_shipment(shop)
    begin(shop)
    shop.answer("いまの数は", "多い方")
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "15"
    count(shop, "A", 13)
    assert shop.row("A")["本社倉庫"] == "13"
    assert shop.service.reconcile() == []


def test_a_stock_take_that_had_begun_before_leaves_the_question_open(shop: World) -> None:
    """What was typed since it began is added to its count, by whichever of the two readings."""
    begin(shop)
    ship_one(shop)
    shop.type("A", "本社倉庫", 15)
    shop.rounds(3, seconds=1.0)
    shop.clock.sleep(60)
    count(shop, "A", 5)
    assert "いまの数は" in shop.open_questions()
    before = int(shop.row("A")["本社倉庫"])
    shop.answer("いまの数は", "多い方")
    shop.settle()
    assert int(shop.row("A")["本社倉庫"]) == before + 1


def test_an_older_row_pasted_back_right_after_our_write_explains_itself(shop: World) -> None:
    shop.type("A", "本社倉庫", 8)
    shop.settle()
    position, tab = shop.rows("A")[0][0], shop.tab("在庫表")
    older = shop.spreadsheet.sheet(tab).rows[position].cells
    shop.type("A", "本社倉庫", 12)
    ship_one(shop)
    shop.settle()
    ship_one(shop)
    assert shop.row("A")["本社倉庫"] == "10"
    shop.spreadsheet.change(lambda edit: edit.book.sheet(tab).put_span(position, 0, older))
    shop.rounds(2, seconds=1.0)
    assert shop.open_questions() == ""
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "6"  # 8 were meant when it was copied, and two have left since


def test_a_count_confirmed_without_a_token_supersedes_the_question(shop: World) -> None:
    ship_one(shop)
    shop.type("A", "本社倉庫", 15)
    shop.rounds(2, seconds=1.0)
    shop.type("A", "ロック", "")
    shop.type("A", "本社倉庫", 20)
    shop.rounds(2)
    shop.answer("ロック欄が消えた", "はい")
    shop.rounds(3)
    assert shop.open_questions() == ""
    shop.answer("いまの数は", "多い方")  # too late: it was asked about the number before
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "20"


def test_a_count_that_supersedes_the_question_ends_what_the_lower_reading_held_back(shop: World) -> None:
    """An older row pasted back afterwards shows what was meant then, and nothing is missing from it."""
    position, tab = shop.rows("A")[0][0], shop.tab("在庫表")
    older = shop.spreadsheet.sheet(tab).rows[position].cells
    ship_one(shop)
    shop.type("A", "本社倉庫", 15)
    shop.rounds(2, seconds=1.0)
    shop.type("A", "ロック", "")
    shop.type("A", "本社倉庫", 20)
    shop.rounds(2)
    shop.answer("ロック欄が消えた", "はい")
    shop.settle()
    shop.clock.sleep(60)
    shop.spreadsheet.change(lambda edit: edit.book.sheet(tab).put_span(position, 0, older))
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "4"  # 5 stood there, and one has left since


def test_a_number_typed_long_after_is_simply_taken(shop: World) -> None:
    ship_one(shop)
    shop.clock.sleep(30)
    shop.rounds(2)
    shop.type("A", "本社倉庫", 15)
    shop.rounds(2)
    assert shop.open_questions() == ""
    assert shop.row("A")["本社倉庫"] == "15"


def test_a_held_row_released_after_a_shipment_is_asked_about(shop: World) -> None:
    held_while_one_left(shop, 9)
    assert "いまの数は8個ですか、9個ですか" in shop.open_questions()
    assert shop.row("A")["本社倉庫"] == "8"


def test_a_number_typed_again_before_the_lower_one_was_seen_is_asked_about_as_a_whole(shop: World) -> None:
    """Two entries within seconds of one shipment: the shipment is held back once, and the higher answer is all there
    is. They read 4, typed 9, and corrected it to 10."""
    ship_one(shop)
    shop.type("A", "本社倉庫", 9)
    look = shop.service.cycle.desk.read()
    with shop.service.ledger.write() as tx:
        shop.service.cycle.watch.take_in(tx, look)
    shop.type("A", "本社倉庫", 10)
    shop.rounds(2, seconds=1.0)
    assert "いまの数は9個ですか、10個ですか" in shop.open_questions()
    assert shop.row("A")["本社倉庫"] == "9"
    shop.answer("いまの数は", "多い方")
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "10"


def test_a_superseded_edit_says_so(shop: World) -> None:
    ship_one(shop)
    shop.type("A", "本社倉庫", 9)
    shop.rounds(2, seconds=1.0)
    shop.clock.sleep(60)
    shop.rounds(2)
    shop.type("A", "本社倉庫", 20)
    shop.settle()
    assert outcomes(shop)[-2:] == ["superseded", "applied"]


def test_a_number_typed_again_while_a_shipment_waits_to_be_written_is_counted_once(shop: World) -> None:
    """The lower reading was the plain one: nothing had been held back that the second number could give back."""
    order = shop.buy("rakuten", "A", 1)
    shop.rounds(2)
    shop.type("A", "編集中", True)
    shop.rounds(1)
    shop.sandbox.rakuten.ship(order)
    shop.rounds(8)
    shop.type("A", "本社倉庫", 9)
    shop.type("A", "編集中", False)
    calls = shop.sandbox.faults["sheets"]
    calls.next(Lost(), path_contains(":batchUpdate"))  # the write that would show it is lost
    with suppress(TryAgain):
        shop.service.cycle.run()
    assert "いまの数は8個ですか、9個ですか" in shop.open_questions()
    shop.type("A", "本社倉庫", 11)
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "10"
    shop.answer("いまの数は", "少ない方")
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "10"
    assert shop.service.reconcile() == []


def test_a_number_typed_twice_over_what_a_stray_write_left_is_asked_about_as_a_whole(shop: World) -> None:
    """The rows change places under a write, so that B's numbers stand in A's row, and Google takes no other write for
    a while. They read 0 and type 1; a moment later 2: it may be a count, or two more than the 2 that lie there."""
    order = shop.buy("rakuten", "B", 1)
    shop.rounds(2)
    shop.clock.sleep(30)
    shop.rounds(1)  # 履歴 gets the order's row
    shop.sandbox.rakuten.ship(order)
    calls, writes = shop.sandbox.faults["sheets"], 0

    def before(environ: dict[str, Any]) -> None:
        nonlocal writes
        if ":batchUpdate" in environ["PATH_INFO"]:
            writes += 1
            if writes == 2:
                sort_backwards(shop)
            elif writes > 2:
                raise ConnectionCut

    calls.before = before
    for _ in range(5):
        with suppress(TryAgain):
            shop.rounds(1)
    shop.clock.sleep(30)
    assert shop.row("A")["渋谷店"] == "0"
    shop.type("A", "渋谷店", 1)
    with suppress(TryAgain):
        shop.service.cycle.run()
    assert "いまの数は1個ですか、3個ですか" in shop.open_questions()
    shop.type("A", "渋谷店", 2)
    with suppress(TryAgain):
        shop.rounds(1, seconds=1.0)
    assert "いまの数は2個ですか、4個ですか" in shop.open_questions()
    calls.before = None
    shop.rounds(2, seconds=1.0)
    shop.answer("いまの数は", "多い方")
    shop.settle()
    assert (shop.row("A")["本社倉庫"], shop.row("A")["渋谷店"]) == ("5", "4")
    assert shop.service.reconcile() == []


def sort_backwards(shop: World) -> None:
    area = {"sheetId": shop.tab("在庫表"), "startRowIndex": 1, "endRowIndex": 1 + len(shop.stock)}
    by = {"dimensionIndex": shop.column("在庫表", "SKU"), "sortOrder": "DESCENDING"}
    shop.spreadsheet.apply([{"sortRange": {"range": area, "sortSpecs": [by]}}])
