"""受注 when the bridge starts, starts anew, or finds what it did not write."""

from __future__ import annotations

from pathlib import Path

from bridge.sheet.build import build
from tests.support.orders import at, lines, only, told, write
from tests.support.transfers import open_anew
from tests.support.world import World


def test_an_older_spreadsheet_misses_nothing_and_init_adds_the_tab(shop: World) -> None:
    shop.buy("rakuten", "A", 1)
    shop.rounds(3)
    assert not shop.open_questions()
    build(shop.service.gateway, "ja", ["rakuten", "shopify"], shop.config.sheet.journal_lines, shop.clock.now())
    shop.service.close()
    shop.start()
    shop.rounds(3)
    assert only(shop)["SKU"] == "A"
    assert not build(
        shop.service.gateway, "ja", ["rakuten", "shopify"], shop.config.sheet.journal_lines, shop.clock.now()
    ).added


def test_in_shadow_nothing_counts_nor_what_was_ticked_there(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite", orders=True)
    write(shop, 1, "電話", "A", 1)
    shop.rounds(3)
    assert "影（見るだけ）" in told(shop)
    shop.buy("rakuten", "A", 2)
    shop.go_live()
    shop.settle()
    assert at(shop, "A")["本社倉庫"] == (5, 3)
    assert sorted(line["モール・種類"] for line in lines(shop)) == ["rakuten", "電話"]
    shop.set("bridge", False)
    shop.rounds(3)
    shop.put(shop.orders_tab(), 2, {"棚出し済": True})
    shop.rounds(3)
    shop.answer("棚にある数", "棚の数")
    shop.rounds(2)
    shop.set("bridge", True)
    shop.settle()
    assert at(shop, "A")["本社倉庫"] == (5, 3)
    assert "付け直してください" in told(shop, 2)


def test_what_was_picked_is_not_picked_again_when_everything_is_opened_anew(packing: World) -> None:
    order = packing.buy("rakuten", "A", 2)
    write(packing, 1, "電話", "B", 3, 棚出し数=1)
    packing.rounds(5)
    row = next(n for n, line in enumerate(packing.table(packing.orders_tab()), 1) if line["SKU"] == "A")
    packing.put(packing.orders_tab(), row, {"棚出し済": True})
    packing.settle()
    assert (at(packing, "A")["本社倉庫"], at(packing, "B")["本社倉庫"]) == ((3, 0), (6, 2))
    open_anew(packing)
    packing.settle()
    assert (at(packing, "A")["本社倉庫"], at(packing, "B")["本社倉庫"]) == ((3, 0), (6, 2))
    assert "棚出し済" in told(packing, row)
    packing.sandbox.rakuten.ship(order)
    packing.settle()
    assert at(packing, "A")["本社倉庫"] == (3, 0)
    assert len(lines(packing)) == 2
    assert packing.service.reconcile() == []


def test_an_older_ledger_finds_its_rows_again(packing: World) -> None:
    packing.rounds(2)
    backup = packing.moment().ledger
    packing.start()
    packing.buy("rakuten", "A", 2)
    packing.rounds(4)
    write(packing, 2, "電話", "B", 3, 棚出し数=1)
    packing.rounds(4)
    packing.put(packing.orders_tab(), 1, {"棚出し済": True})
    packing.settle()
    assert (at(packing, "A")["本社倉庫"], at(packing, "B")["本社倉庫"]) == ((3, 0), (6, 2))
    packing.service.close()
    for path in packing.ledger.parent.glob("ledger.sqlite*"):
        path.unlink()
    packing.ledger.write_bytes(backup)
    packing.start()
    packing.settle()
    assert [line["番号"] for line in lines(packing)] == ["1", "2"]
    assert (at(packing, "A")["本社倉庫"], at(packing, "B")["本社倉庫"]) == ((3, 0), (6, 2))
    assert "古いバックアップ" not in packing.open_questions()
    assert packing.service.reconcile() == []


def test_orders_go_on_under_a_new_code(packing: World) -> None:
    packing.buy("rakuten", "A", 2)
    packing.rounds(3)
    write(packing, 2, "電話", "A", 1)
    packing.rounds(5)
    packing.rename("A", "A-2")
    for row in (1, 2):
        packing.put(packing.orders_tab(), row, {"棚出し済": True})
    packing.settle()
    assert at(packing, "A-2")["本社倉庫"] == (2, 0)
    assert packing.service.reconcile() == []


def test_a_broken_header_pauses_the_tab_and_a_deleted_tab_is_made_again(packing: World) -> None:
    packing.buy("rakuten", "A", 2)
    packing.rounds(3)
    tab = packing.orders_tab()
    packing.spreadsheet.type(packing.tab(tab), 0, packing.column(tab, "棚出し済"), "出した")
    packing.rounds(3)
    assert f"「{tab}」の見出し「棚出し済」がありません" in packing.open_questions()
    packing.spreadsheet.apply([{"deleteSheet": {"sheetId": packing.tab(tab)}}])
    packing.rounds(4)
    packing.clock.sleep(130)
    packing.rounds(4)
    assert only(packing)["番号"] == "1"
    assert "見出し" not in packing.open_questions()
    assert at(packing, "A")["本社倉庫"] == (5, 2)


def test_an_order_open_for_many_months_goes_on_in_the_newest_tab(packing: World) -> None:
    """Only the sheet's side of the service: no mall's key lives so long."""

    def look(times: int) -> None:
        for _ in range(times):
            packing.service.cycle.run()
            packing.clock.sleep(3)

    packing.buy("rakuten", "A", 1)
    packing.rounds(3)
    for month in range(4):
        packing.clock.sleep(31 * 24 * 3600)
        look(2)
        packing.hears("rakuten", "B", order=f"later {month}", version="1", open=1, shipped=0)
        look(3)
    packing.clock.sleep(130)
    look(4)
    found = {line["SKU"]: row for row, line in enumerate(packing.table(packing.orders_tab()), 1)}
    packing.put(packing.orders_tab(), found["A"], {"棚出し済": True})
    look(5)
    assert at(packing, "A")["本社倉庫"] == (4, 0)
