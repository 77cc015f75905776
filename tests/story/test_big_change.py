"""A paste beyond plausibility: one question with its totals, one tick for all of it, and never a lowering withheld."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.world import Moment, World

SKUS = tuple(f"S{n}" for n in range(8))


@pytest.fixture(scope="module")
def live_store(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    stock = {sku: (10 + n, 2, None) for n, sku in enumerate(SKUS)}
    world = World(tmp_path_factory.mktemp("store") / "ledger.sqlite", stock=stock)
    world.go_live()
    return world.moment()


@pytest.fixture
def store(tmp_path: Path, live_store: Moment) -> World:
    """Eight products: S0 has 10 + 2 units, S1 11 + 2 and so on; 108 in 本社倉庫."""
    stock = {sku: (10 + n, 2, None) for n, sku in enumerate(SKUS)}
    return World(tmp_path / "ledger.sqlite", stock=stock, since=live_store)


def paste(store: World, numbers: Mapping[str, object], header: str = "本社倉庫") -> None:
    """All at once, as a paste is: between two calls of the bridge."""
    for sku, number in numbers.items():
        store.type(sku, header, number)


def account(store: World) -> Counter[str]:
    """Edits by what became of them."""
    with store.service.ledger.read() as tx:
        return Counter(tx.conn.exec_driver_sql("SELECT outcome FROM edit").scalars())


def main(store: World) -> list[str]:
    return [store.row(sku)["本社倉庫"] for sku in SKUS]


def test_many_rows_at_once_to_zero_wait_and_the_last_good_values_stay_in_force(store: World) -> None:
    before = account(store)
    paste(store, dict.fromkeys(SKUS[:5], 0))
    store.settle()
    assert store.open_questions().count("一度に5行の数が変わりました（合計60→0、うち0になった行は5）") == 1
    assert "どれか1行の「確認」" in store.row("S3")["状態"]
    assert [store.shown("rakuten", sku) for sku in SKUS[:5]] == [12, 13, 14, 15, 16]
    assert store.row("S0")["本社倉庫"] == "0"  # what was typed is not written over meanwhile
    assert account(store) - before == Counter(waiting=5)


@pytest.mark.long
def test_orders_of_those_products_go_on_lowering_every_mall(store: World) -> None:
    paste(store, dict.fromkeys(SKUS, 1000))
    store.rounds(2)
    order = store.buy("rakuten", "S0", 3)
    store.rounds(2)
    assert store.shown("shopify", "S0") == 9
    store.sandbox.rakuten.ship(order)
    store.settle()
    assert store.shown("shopify", "S0") == store.shown("rakuten", "S0") == 9
    assert store.shown("shopify", "S1") == 13  # nothing rose


def test_one_tick_of_any_of_its_rows_takes_the_whole_paste(store: World) -> None:
    before = account(store)
    order = store.buy("shopify", "S2", 4)
    paste(store, dict.fromkeys(SKUS, 200))
    store.rounds(2)
    store.sandbox.shopify.ship(order)
    store.rounds(2)
    store.type("S6", "確認", True)
    store.settle()
    assert main(store) == ["200", "200", "196", "200", "200", "200", "200", "200"]
    assert store.shown("rakuten", "S7") == 202
    assert store.shown("rakuten", "S2") == 198
    assert store.row("S6")["確認"] == "FALSE"
    assert "本社倉庫200個" in store.row("S7")["状態"]
    assert store.open_questions() == ""
    assert account(store) - before == Counter(applied=8)


def test_put_back_writes_the_numbers_from_before_less_what_was_sold(store: World) -> None:
    before = account(store)
    paste(store, dict.fromkeys(SKUS, 0))
    store.rounds(2)
    order = store.buy("shopify", "S2", 4)
    store.rounds(2)
    store.sandbox.shopify.ship(order)
    store.answer("一度に8行", "戻す")
    store.settle()
    assert main(store) == ["10", "11", "8", "13", "14", "15", "16", "17"]
    assert store.shown("rakuten", "S7") == 19
    assert store.open_questions() == ""
    assert account(store) - before == Counter(refused=8)
    paste(store, dict.fromkeys(SKUS, 0))  # the same once more is another question
    store.rounds(2)
    assert "一度に8行" in store.open_questions()


@pytest.mark.long
def test_the_answer_in_the_other_tab_takes_it_too(store: World) -> None:
    paste(store, dict.fromkeys(SKUS, 0))
    store.rounds(2)
    store.answer("一度に8行", "確認")
    store.settle()
    assert main(store) == ["0"] * 8
    assert store.shown("rakuten", "S7") == 2


def test_undone_it_settles_itself(store: World) -> None:
    before = account(store)
    numbers = main(store)
    paste(store, dict.fromkeys(SKUS, 0))
    store.rounds(2)
    paste(store, dict(zip(SKUS, numbers, strict=True)))
    store.settle()
    assert store.open_questions() == ""
    assert main(store) == numbers
    assert account(store) - before == Counter(superseded=8)


def test_a_number_typed_anew_leaves_the_question_and_counts_at_once(store: World) -> None:
    before = account(store)
    paste(store, dict.fromkeys(SKUS, 0))
    store.rounds(2)
    store.type("S0", "本社倉庫", 6)
    store.settle()
    assert "一度に7行の数が変わりました（合計98→0" in store.open_questions()
    assert store.shown("rakuten", "S0") == 8
    store.type("S1", "確認", True)
    store.settle()
    assert main(store) == ["6"] + ["0"] * 7
    assert account(store) - before == Counter(applied=8, superseded=1)


@pytest.mark.long
def test_two_pastes_are_two_questions(store: World) -> None:
    paste(store, dict.fromkeys(SKUS, 0))
    store.rounds(2)
    paste(store, dict.fromkeys(SKUS[:5], 500), "渋谷店")
    store.rounds(2)
    assert store.open_questions().count("行の数が変わりました") == 2
    store.answer("一度に8行", "戻す")
    store.rounds(4)
    assert main(store) == ["0"] * 5 + ["15", "16", "17"]  # a row with a number in question is not written
    assert store.shown("rakuten", "S0") == 12
    store.type("S0", "確認", True)
    store.settle()
    assert main(store) == ["10", "11", "12", "13", "14", "15", "16", "17"]
    assert store.shown("rakuten", "S0") == 510


@pytest.mark.long
def test_a_tick_that_came_with_the_paste_is_no_answer(store: World) -> None:
    paste(store, dict.fromkeys(SKUS, True), "確認")
    paste(store, dict.fromkeys(SKUS, 0))
    store.settle()
    assert "一度に8行" in store.open_questions()
    assert store.row("S0")["確認"] == "FALSE"
    assert store.shown("rakuten", "S7") == 19


def test_ten_times_as_much_in_many_rows_is_asked_about(store: World) -> None:
    paste(store, {"S0": 100, "S1": 110, "S2": 120, "S3": 130, "S4": 140})
    store.rounds(2)
    assert "一度に5行" in store.open_questions()


@pytest.mark.long
@pytest.mark.parametrize("rows", [1, 4])
def test_a_few_rows_are_taken_at_once(store: World, rows: int) -> None:
    paste(store, dict.fromkeys(SKUS[:rows], 0))
    store.rounds(2)
    assert store.open_questions() == ""
    assert store.shown("rakuten", "S0") == 2


def test_typed_again_as_it_was_it_is_no_edit(store: World) -> None:
    """Values equal to what the sheet showed before: a whole block pasted over itself."""
    before = account(store)
    paste(store, dict(zip(SKUS, main(store), strict=True)))
    store.rounds(2)
    assert store.open_questions() == ""
    assert account(store) == before


@pytest.mark.long
def test_a_product_that_is_discontinued_leaves_the_question(store: World) -> None:
    before = account(store)
    paste(store, dict.fromkeys(SKUS[:5], 0))
    store.rounds(2)
    for sku in SKUS[:5]:
        store.delete_row(store.rows(sku)[0][0])
        store.rounds(2)
        store.answer("在庫表から行が消えました", "廃番")
        store.rounds(2)
    store.settle()
    assert store.open_questions() == ""
    assert account(store) - before == Counter(superseded=5)


def test_the_question_outlives_a_restart(store: World) -> None:
    paste(store, dict.fromkeys(SKUS, 0))
    store.rounds(2)
    store.service.close()
    store.start()
    store.rounds(2)
    assert store.shown("rakuten", "S7") == 19
    store.answer("一度に8行", "戻す")
    store.rounds(1)
    store.service.close()
    store.start()
    store.settle()
    assert main(store)[7] == "17"
    assert store.open_questions() == ""


@pytest.mark.long
def test_a_cell_never_filled_goes_back_to_zero(store: World) -> None:
    paste(store, dict.fromkeys(SKUS, 30), "検品待ち")
    store.rounds(2)
    assert store.balance("S0") == {"本社倉庫": 10, "渋谷店": 2}
    store.answer("一度に8行", "戻す")
    store.settle()
    assert store.row("S0")["検品待ち"] == "0"
    assert store.balance("S0") == {"本社倉庫": 10, "渋谷店": 2, "検品待ち": 0}


@pytest.mark.long
def test_many_new_products_at_once_are_not_a_change(store: World) -> None:
    for n in range(6):
        store.put("在庫表", 10 + n, {"SKU": f"N{n}", "本社倉庫": 50})
    store.settle()
    assert store.open_questions() == ""
    assert store.balance("N5") == {"本社倉庫": 50}
