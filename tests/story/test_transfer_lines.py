"""Lines of 入出庫 under all that people and the network do to them: each is acted on once, under its own number."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.domain.transfers import IN_TRANSIT
from bridge.errors import TryAgain
from bridge.sandbox.faults import Fault, Late, Lost, ReplyLost, path_contains
from bridge.sheet.build import build
from bridge.sheet.layout import tab_spec
from tests.support.deaths import dying
from tests.support.transfers import copy, lines, lying, open_anew, send, told, write
from tests.support.world import World

HOME = {"本社倉庫": 5, "渋谷店": 2}
AWAY = {"本社倉庫": 2, "渋谷店": 2, IN_TRANSIT: 3}
THERE = {"本社倉庫": 2, "渋谷店": 5}


def sort(shop: World, header: str, order: str = "ASCENDING") -> None:
    tab = shop.tab("入出庫")
    area = {
        "sheetId": tab,
        "startRowIndex": 1,
        "startColumnIndex": 0,
        "endColumnIndex": len(shop.spreadsheet.table(tab)[0]),
    }
    specs = [{"dimensionIndex": shop.column("入出庫", header), "sortOrder": order}]
    shop.spreadsheet.apply([{"sortRange": {"range": area, "sortSpecs": specs}}])


def numbers(shop: World) -> list[str]:
    return [line["番号"] for line in lines(shop)]


def test_each_line_gets_a_number_of_its_own(shop: World) -> None:
    for row, sku in ((1, "A"), (3, "B"), (4, "A")):
        write(shop, row, sku, 1, "本社倉庫", "渋谷店")
    shop.rounds(2)
    assert numbers(shop) == ["1", "2", "3"]


@pytest.mark.parametrize("fault", [ReplyLost(), Late(), Lost()], ids=lambda fault: type(fault).__name__)
def test_a_number_whose_reply_was_lost_is_looked_for(shop: World, fault: Fault) -> None:
    """Also where the call is carried out only after another number was given."""
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店", 発送=True)
    shop.service.cycle.run()
    sheets = shop.sandbox.faults["sheets"]
    sheets.next(fault, path_contains("batchUpdate"))
    with pytest.raises(TryAgain):
        shop.service.cycle.run()
    shop.clock.sleep(30)
    shop.rounds(3)
    sheets.deliver_late()
    shop.settle()
    assert len(numbers(shop)) == 1
    assert lying(shop, "A") == AWAY


def test_a_late_number_that_meets_another_line_is_that_lines_own(shop: World) -> None:
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店", 発送=True)
    shop.service.cycle.run()
    sheets = shop.sandbox.faults["sheets"]
    sheets.next(Late(), path_contains("batchUpdate"))
    with pytest.raises(TryAgain):
        shop.service.cycle.run()
    shop.clock.sleep(30)
    copy(shop, 1, 2)
    write(shop, 1, "B", 1, "本社倉庫", "渋谷店", 発送=True)
    sheets.deliver_late()
    assert numbers(shop) == ["1", ""]
    shop.settle()
    assert (lying(shop, "A"), lying(shop, "B")) == (AWAY, {"本社倉庫": 6, IN_TRANSIT: 1})
    assert len(set(numbers(shop))) == 2


def test_lines_may_be_sorted_at_any_moment(shop: World) -> None:
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店", 発送=True)
    shop.service.cycle.run()
    write(shop, 2, "B", 1, "本社倉庫", "渋谷店", 発送=True)
    for header in ("数量", "番号", "SKU", "数量"):
        sort(shop, header, "DESCENDING" if header == "SKU" else "ASCENDING")
        shop.rounds(1)
    shop.settle()
    assert (lying(shop, "A"), lying(shop, "B")) == (AWAY, {"本社倉庫": 6, IN_TRANSIT: 1})
    [line] = [n for n, each in enumerate(shop.table("入出庫"), 1) if each["SKU"] == "A"]
    shop.put("入出庫", line, {"到着": True})
    shop.settle()
    assert (lying(shop, "A"), lying(shop, "B")) == (THERE, {"本社倉庫": 6, IN_TRANSIT: 1})


@pytest.mark.parametrize("to", [2, 1], ids=["below", "over the original's place"])
def test_a_copied_line_is_a_new_one_and_its_ticks_count_when_they_are_set_anew(shop: World, to: int) -> None:
    send(shop)
    if to == 1:
        copy(shop, 1, 3)
    copy(shop, 1, to if to == 2 else 2)
    shop.settle()
    assert len(set(numbers(shop))) == len(numbers(shop))
    assert lying(shop, "A") == AWAY
    copied = next(n for n, line in enumerate(shop.table("入出庫"), 1) if "コピーした行" in line["状態"])
    shop.put("入出庫", copied, {"数量": 1, "発送": False})
    shop.settle()
    shop.put("入出庫", copied, {"発送": True})
    shop.settle()
    assert lying(shop, "A") == {"本社倉庫": 1, "渋谷店": 2, IN_TRANSIT: 4}


def test_the_copy_that_was_changed_is_the_copy(shop: World) -> None:
    """Pasted above the original and given another quantity at once."""
    write(shop, 2, "A", 3, "本社倉庫", "渋谷店", 発送=True)
    shop.settle()
    copy(shop, 2, 1)
    shop.put("入出庫", 1, {"数量": 1})
    shop.settle()
    assert lying(shop, "A") == AWAY
    assert "輸送中です" in told(shop, 2)
    assert numbers(shop)[1] == "1"


def test_a_line_that_lost_its_number_on_the_way_gets_it_back(shop: World) -> None:
    send(shop)
    shop.put("入出庫", 1, {"番号": ""})
    shop.settle()
    assert numbers(shop) == ["1"]
    assert lying(shop, "A") == AWAY
    assert "消えました" not in shop.open_questions()
    shop.put("入出庫", 1, {"到着": True})
    shop.settle()
    assert lying(shop, "A") == THERE


def test_a_finished_line_that_lost_its_number_moves_nothing_again(shop: World) -> None:
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店", 発送=True, 到着=True)
    shop.type("A", "本社倉庫", 20)
    shop.settle()
    before = lying(shop, "A")
    shop.put("入出庫", 1, {"番号": ""})
    shop.settle()
    assert lying(shop, "A") == before == {"本社倉庫": 17, "渋谷店": 5}
    assert numbers(shop) == ["2"]
    assert "番号の消えた行" in told(shop)


@pytest.mark.parametrize("typed", ["99", "abc", "123456789012"])
def test_a_number_that_is_none_of_ours_moves_nothing(shop: World, typed: str) -> None:
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店", 番号=typed, 発送=True)
    shop.settle()
    assert "この番号はbridgeが付けたものではない" in told(shop)
    assert lying(shop, "A") == HOME
    shop.put("入出庫", 1, {"番号": ""})
    shop.settle()
    assert lying(shop, "A") == AWAY


def test_a_line_deleted_before_it_left_is_forgotten(shop: World) -> None:
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店")
    shop.rounds(3)
    shop.spreadsheet.delete_rows(shop.tab("入出庫"), 1, 2)
    shop.settle()
    assert not shop.open_questions()
    assert lying(shop, "A") == HOME


@pytest.mark.parametrize(("answer", "comes_to"), [("届いた", THERE), ("送っていない", HOME)])
def test_a_line_deleted_on_the_way_is_asked_about(shop: World, answer: str, comes_to: dict[str, int]) -> None:
    send(shop)
    deleted = shop.spreadsheet.delete_rows(shop.tab("入出庫"), 1, 2)
    shop.rounds(2)
    assert "輸送中の行（番号1: A 3個 本社倉庫→渋谷店）が消えました" in shop.open_questions()
    assert lying(shop, "A") == AWAY
    shop.answer("輸送中の行", answer)
    shop.settle()
    assert lying(shop, "A") == comes_to
    assert "輸送中の行" not in shop.open_questions()
    shop.spreadsheet.undo(deleted)
    shop.settle()
    assert lying(shop, "A") == comes_to


def test_a_deletion_that_is_undone_settles_its_question(shop: World) -> None:
    send(shop)
    deleted = shop.spreadsheet.delete_rows(shop.tab("入出庫"), 1, 2)
    shop.rounds(3)
    shop.spreadsheet.undo(deleted)
    shop.rounds(2)
    assert "消えました" not in shop.open_questions()
    assert "輸送中です" in told(shop)
    assert lying(shop, "A") == AWAY


def test_a_bridge_that_dies_anywhere_moves_a_line_once(shop: World) -> None:
    """Before and after every point it passes, from the line's first tick to its last."""

    write(shop, 1, "A", 3, "本社倉庫", "渋谷店", 発送=True)
    assert dying(shop, 25) > 5
    assert (lying(shop, "A"), len(numbers(shop))) == (AWAY, 1)
    assert shop.service.reconcile() == []


# --- tabs, shadow, older ledgers -------------------------------------------------------------------------------------


def test_an_older_spreadsheet_misses_nothing_and_init_adds_it(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite")
    shop.spreadsheet.apply([{"deleteSheet": {"sheetId": shop.tab("入出庫")}}])
    shop.built_before("在庫表", "輸送中")
    shop.service.close()
    shop.start()
    shop.go_live()
    shop.buy("rakuten", "A", 1)
    shop.settle()
    assert shop.row("A")["引当"] == "1"
    assert not shop.open_questions()
    build(shop.service.gateway, "ja", ["rakuten", "shopify"], shop.config.sheet.journal_lines)
    shop.service.close()
    shop.start()
    send(shop)
    shop.settle()
    assert shop.row("A")["輸送中"] == "3"


def test_a_deleted_tab_is_asked_about_and_its_lines_stay_on_their_way(shop: World) -> None:
    send(shop)
    shop.spreadsheet.apply([{"deleteSheet": {"sheetId": shop.tab("入出庫")}}])
    shop.rounds(3)
    assert "「入出庫」タブがありません" in shop.open_questions()
    assert lying(shop, "A") == AWAY
    build(shop.service.gateway, "ja", ["rakuten", "shopify"], shop.config.sheet.journal_lines)
    shop.rounds(4)
    assert "タブがありません" not in shop.open_questions()
    assert "輸送中の行（番号1" in shop.open_questions()  # its lines did not come back


def test_a_renamed_header_pauses_the_tab(shop: World) -> None:
    send(shop)
    shop.spreadsheet.type(shop.tab("入出庫"), 0, shop.column("入出庫", "到着"), "着")
    shop.rounds(3)
    assert f"「{tab_spec('moves').ja}」の見出し「到着」がありません" in shop.open_questions()
    assert lying(shop, "A") == AWAY
    assert "消えました" not in shop.open_questions()


def test_nothing_moves_in_shadow_nor_by_ticks_that_were_set_there(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite")
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店", 発送=True)
    shop.rounds(4)
    assert "影（見るだけ）です" in told(shop)
    assert lying(shop, "A") == HOME
    shop.go_live()
    shop.settle()
    assert lying(shop, "A") == HOME
    assert "本番になる前に付けたチェック" in told(shop)
    shop.put("入出庫", 1, {"発送": False})
    shop.rounds(2)
    shop.put("入出庫", 1, {"発送": True})
    shop.settle()
    assert lying(shop, "A") == AWAY


def test_what_is_on_its_way_is_still_so_when_everything_is_opened_anew(shop: World) -> None:
    send(shop)
    open_anew(shop)
    assert lying(shop, "A") == AWAY
    shop.put("入出庫", 1, {"到着": True})
    shop.settle()
    assert lying(shop, "A") == THERE
    assert shop.service.reconcile() == []


def test_goods_on_their_way_go_on_under_a_new_code(shop: World) -> None:
    send(shop)
    shop.rename("A", "A-2")
    assert shop.row("A-2")["輸送中"] == "3"
    assert "輸送中です" in told(shop)
    shop.put("入出庫", 1, {"到着": True})
    shop.settle()
    assert lying(shop, "A-2") == THERE
    assert shop.service.reconcile() == []


def test_an_older_ledger_moves_nothing_a_second_time(shop: World) -> None:
    """Between the backup and its return the line left; so its tick stood there before it could count."""
    write(shop, 1, "A", 3, "本社倉庫", "渋谷店")
    shop.rounds(3)
    backup = shop.moment().ledger
    shop.start()
    shop.put("入出庫", 1, {"発送": True})
    shop.settle()
    assert lying(shop, "A") == AWAY
    shop.service.close()
    for path in shop.ledger.parent.glob("ledger.sqlite*"):
        path.unlink()
    shop.ledger.write_bytes(backup)
    shop.start()
    shop.settle()
    assert IN_TRANSIT not in lying(shop, "A")
    assert "付け直してください" in told(shop)
