"""Staff with a token of their own, who own nothing: all that they do in 在庫表 all day goes through, the hidden tabs
are closed to them, and what the bridge owns heals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import gspread
import pytest
from gspread.utils import ValueInputOption, rowcol_to_a1

from bridge.sandbox.staff import Staff
from tests.support.sheets_client import service_account
from tests.support.world import Moment, World

SKUS = tuple(f"{n:03d}" for n in range(1, 53))  # with leading zeros, as codes have them
STOCK = {sku: (10 + n % 7, n % 4, None) for n, sku in enumerate(SKUS)}
OWNED = ("ロック", "輸送中", "引当", "販売可能", "状態")
HIDDEN = ("_bridge_journal", "_bridge_marks")


def protect(world: World) -> None:
    """A warning on every column of the bridge's, and the hidden tabs for the bridge alone."""
    tab = world.tab("在庫表")
    requests: list[dict[str, Any]] = []
    for header in OWNED:
        at = world.column("在庫表", header)
        area = {"sheetId": tab, "startRowIndex": 1, "startColumnIndex": at, "endColumnIndex": at + 1}
        requests.append({"addProtectedRange": {"protectedRange": {"range": area, "warningOnly": True}}})
    for title in HIDDEN:
        held = {"range": {"sheetId": world.tab(title)}, "editors": {"users": [service_account().client_email]}}
        requests.append({"addProtectedRange": {"protectedRange": held}})
    world.service.gateway.write(requests)


@pytest.fixture(scope="module")
def open_store(tmp_path_factory: pytest.TempPathFactory) -> Moment:
    world = World(tmp_path_factory.mktemp("staff") / "ledger.sqlite", stock=STOCK, judge_once=True)
    protect(world)
    world.go_live()
    return world.moment()


@pytest.fixture
def store(tmp_path: Path, open_store: Moment) -> World:
    """Fifty-two products, both malls live."""
    return World(tmp_path / "ledger.sqlite", stock=STOCK, since=open_store, judge_once=True)


@pytest.fixture
def staff(store: World) -> gspread.Spreadsheet:
    return store.opened_by("staff")


@pytest.fixture
def table(staff: gspread.Spreadsheet) -> gspread.Worksheet:
    return staff.worksheet("在庫表")


def lines(table: gspread.Worksheet, start: int, end: int) -> dict[str, Any]:
    return {"sheetId": table.id, "dimension": "ROWS", "startIndex": start, "endIndex": end}


def in_order(store: World) -> list[str]:
    return [row["SKU"] for row in store.table("在庫表") if row["SKU"]]


def whole(store: World) -> None:
    """Each product once, the ledger what the table shows, every owned cell the bridge's, each mall what follows."""
    rows = {row["SKU"]: row for row in store.table("在庫表") if row["SKU"]}
    assert sorted(rows) == sorted(in_order(store))
    for sku, row in rows.items():
        shown = {place: int(row[place]) for place in ("本社倉庫", "渋谷店") if row[place]}
        assert {place: units for place, units in store.balance(sku).items() if place in shown} == shown, sku
        assert int(row["販売可能"]) == sum(shown.values()) - int(row["引当"]), sku
        assert row["ロック"].startswith("✓"), sku
        if sku in store.stock:
            for mall in ("rakuten", "shopify"):
                assert store.shown(mall, sku) == int(row["販売可能"]), (mall, sku)


# --- what they do all day --------------------------------------------------------------------------------------------


def test_sorting(store: World, staff: gspread.Spreadsheet, table: gspread.Worksheet) -> None:
    store.buy("rakuten", "007", 2)
    area = {"sheetId": table.id, "startRowIndex": 1, "endRowIndex": 53}
    spec = {"dimensionIndex": store.column("在庫表", "SKU"), "sortOrder": "DESCENDING"}
    staff.batch_update({"requests": [{"sortRange": {"range": area, "sortSpecs": [spec]}}]})
    store.settle()
    assert in_order(store) == sorted(SKUS, reverse=True)
    assert store.row("007")["引当"] == "2"
    whole(store)


def test_a_filter_view(store: World, staff: gspread.Spreadsheet, table: gspread.Worksheet) -> None:
    area = {"sheetId": table.id, "startRowIndex": 0, "endRowIndex": 53}
    criteria = {str(store.column("在庫表", "渋谷店")): {"hiddenValues": ["0"]}}
    view = {"title": "渋谷にあるもの", "range": area, "criteria": criteria}
    staff.batch_update({"requests": [{"addFilterView": {"filter": view}}]})
    store.buy("shopify", "001", 1)  # one that the view hides: nobody else's table is touched by it
    store.settle()
    assert store.row("001")["引当"] == "1"
    whole(store)


def test_inserting_a_row_and_a_product_in_it(
    store: World, staff: gspread.Spreadsheet, table: gspread.Worksheet
) -> None:
    staff.batch_update({"requests": [{"insertDimension": {"range": lines(table, 20, 21), "inheritFromBefore": True}}]})
    cells = {"SKU": "900", "本社倉庫": 4}
    for header, value in cells.items():
        a1 = rowcol_to_a1(21, store.column("在庫表", header) + 1)
        table.update([[value]], a1, value_input_option=ValueInputOption.user_entered)
    store.settle()
    assert in_order(store)[19] == "900"
    assert store.balance("900")["本社倉庫"] == 4
    whole(store)


def test_deleting_a_row(store: World, table: gspread.Worksheet) -> None:
    table.delete_rows(store.rows("030")[0][0] + 1)
    store.rounds(3)
    assert "030" not in in_order(store)
    assert "在庫表から行が消えました" in store.open_questions()
    store.answer("在庫表から行が消えました", "廃番")
    store.settle()
    assert store.shown("rakuten", "030") == store.shown("shopify", "030") == 0


def test_moving_a_row(store: World, staff: gspread.Spreadsheet, table: gspread.Worksheet) -> None:
    staff.batch_update({"requests": [{"moveDimension": {"source": lines(table, 50, 51), "destinationIndex": 1}}]})
    store.buy("rakuten", "050", 1)
    store.settle()
    assert in_order(store)[0] == "050"
    whole(store)


def test_a_busy_day_of_theirs(store: World) -> None:
    """What the sandbox's staff do of their own accord, an act a second: numbers, drafts, slips, sorted and copied rows.
    Not one act meets a protection, and what they meant is what the ledger has."""
    before = {sku: store.balance(sku) for sku in SKUS}
    people = Staff(store.spreadsheet, store.clock, 3, user=store.sandbox.people.staff.email)
    for _ in range(20):
        people.step()
        store.rounds(1)
    people.stop()
    people.step()
    assert people.finished
    store.settle()
    assert {"edit", "sort", "copy"} <= people.counts.keys()
    meant = Counter({(each.sku, each.column): 0 for each in people.changes})
    for each in people.changes:
        meant[each.sku, each.column] += each.meaning
    for (sku, place), units in meant.items():
        assert store.balance(sku)[place] == before.get(sku, {}).get(place, 0) + units, (sku, place)
    whole(store)


# --- fifty rows, as wide as the table --------------------------------------------------------------------------------


def copied(table: gspread.Worksheet) -> list[list[str]]:
    """The rows as they leave the clipboard: what they show, the bridge's columns with it."""
    width = len(table.row_values(1))
    return [row + [""] * (width - len(row)) for row in table.get("A2:Z51")]


def paste(table: gspread.Worksheet, rows: list[list[str]], at: int = 2) -> None:
    table.update(rows, rowcol_to_a1(at, 1), value_input_option=ValueInputOption.user_entered)


def test_fifty_rows_pasted_back_unchanged_are_no_edits(store: World, table: gspread.Worksheet) -> None:
    """From the clipboard of this morning; what was sold since stays sold, and no column of the bridge's goes back."""
    rows = copied(table)
    order = store.buy("rakuten", "003", 2)
    store.buy("shopify", "040", 1)
    store.rounds(2)
    store.sandbox.rakuten.ship(order)
    store.settle()
    before = {sku: store.balance(sku) for sku in SKUS}
    paste(table, rows)
    store.settle()
    assert {sku: store.balance(sku) for sku in SKUS} == before
    assert store.row("003")["本社倉庫"] == str(STOCK["003"][0] - 2)
    assert store.row("040")["引当"] == "1"
    assert store.open_questions() == ""
    whole(store)


def test_fifty_rows_with_other_numbers_are_one_question_and_one_tick(store: World, table: gspread.Worksheet) -> None:
    rows, at = copied(table), store.column("在庫表", "本社倉庫")
    order = store.buy("rakuten", "003", 2)
    store.rounds(2)
    for row in rows:
        row[at] = str(int(row[at]) + 100)
    paste(table, rows)
    store.rounds(2)
    store.sandbox.rakuten.ship(order)
    store.rounds(2)
    assert store.open_questions().count("一度に50行の数が変わりました") == 1
    store.type("025", "確認", True)
    store.settle()
    assert [store.balance(sku)["本社倉庫"] for sku in ("001", "003", "050", "051")] == [
        STOCK["001"][0] + 100,
        STOCK["003"][0] + 100 - 2,
        STOCK["050"][0] + 100,
        STOCK["051"][0],
    ]
    assert store.open_questions() == ""
    whole(store)


def test_fifty_rows_with_rubbish_over_what_the_bridge_owns_heal(store: World, table: gspread.Worksheet) -> None:
    """Another table of the same products: words and numbers of its own where the bridge's columns are. Its numbers of
    stock are those of ours, and so nothing is asked that a row by row look could not tell."""
    rows = copied(table)
    store.buy("shopify", "010", 3)
    store.rounds(2)
    for row in rows:
        for header, rubbish in (("輸送中", "99"), ("引当", "5000"), ("販売可能", "売切れ"), ("状態", "確認済み")):
            row[store.column("在庫表", header)] = rubbish
    paste(table, rows)
    store.rounds(1)
    assert (store.row("010")["引当"], store.row("011")["販売可能"]) == ("3", str(sum(STOCK["011"][:2])))
    store.settle()
    assert store.open_questions() == ""
    whole(store)


def test_a_paste_that_brings_its_own_formats_leaves_codes_text(
    store: World, staff: gspread.Spreadsheet, table: gspread.Worksheet
) -> None:
    """As a browser pastes from another spreadsheet: what the cells looked like there comes along."""
    rows = copied(table)
    general = [
        {
            "values": [
                {
                    "userEnteredValue": {"numberValue": int(text)}
                    if text.isdecimal() and at > 2
                    else {"stringValue": text}
                }
                for at, text in enumerate(row)
            ]
        }
        for row in rows
    ]
    start = {"sheetId": table.id, "rowIndex": 1, "columnIndex": 0}
    fields = "userEnteredValue,userEnteredFormat,dataValidation"
    staff.batch_update({"requests": [{"updateCells": {"start": start, "rows": general, "fields": fields}}]})
    store.rounds(2)
    store.put("在庫表", 53, {"SKU": "0081", "本社倉庫": 5})  # below: the column is text as far as it reaches
    store.put("在庫表", store.rows("001")[0][0], {"SKU": "001"})  # typed anew, its zeros are not lost
    store.settle()
    assert store.balance("0081")["本社倉庫"] == 5
    assert store.open_questions() == ""
    whole(store)


def test_fifty_new_products_pasted_below(store: World, table: gspread.Worksheet) -> None:
    """Copies of fifty rows with codes of their own: each asks for a tick, none takes the row it came from along."""
    rows, code, tick = copied(table), store.column("在庫表", "SKU"), store.column("在庫表", "確認")
    for row in rows:
        row[code] = f"N{row[code]}"
    paste(table, rows, at=54)
    store.rounds(3)
    assert "新しい商品" in store.row("N001")["状態"]
    for row in rows:
        row[tick] = "TRUE"
    ticks = [[row[tick]] for row in rows]
    table.update(ticks, rowcol_to_a1(54, tick + 1), value_input_option=ValueInputOption.user_entered)
    store.settle()
    assert store.balance("N007")["本社倉庫"] == STOCK["007"][0]
    assert store.open_questions() == ""
    whole(store)


# --- what is closed to them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", HIDDEN)
def test_the_hidden_tabs_are_closed_to_staff_and_open_to_the_bridge(
    store: World, staff: gspread.Spreadsheet, title: str
) -> None:
    tab = staff.worksheet(title)
    for attempt in (lambda: tab.update([["x"]], "A1"), tab.show, lambda: staff.del_worksheet(tab)):
        with pytest.raises(gspread.exceptions.APIError, match="protected cell"):
            attempt()
    store.type("001", "本社倉庫", 3)
    store.settle()
    assert store.balance("001")["本社倉庫"] == 3
    whole(store)
