"""What `bridge check --probe` found out decides whether the bridge goes live, and is told in plain words."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.check import check, check_probe
from bridge.errors import NeedsPerson
from bridge.flows.probed import remember
from bridge.probe_table import print_probe
from bridge.sheet.probe import Found, Verdict, all_words
from tests.support.world import World


def probe_line(shop: World) -> tuple[bool, str]:
    (line,) = [line for line in check(shop.config, shop.outside()) if line.name == "probe"]
    return line.ok, line.hint.ja


def showed(shop: World, trial: str, code: str) -> None:
    """The last probe came to this."""
    with shop.service.ledger.write() as tx:
        remember(tx, [Found(all_words()[trial], code)])


@pytest.fixture
def torn(shop: World) -> World:
    """A shop whose Google mixes two moments in one read, as the probe has told."""
    showed(shop, "one moment", "torn")
    return shop


def test_a_probe_beside_the_running_bridge_disturbs_nothing_and_is_remembered(shop: World) -> None:
    assert "まだ試していません" in probe_line(shop)[1]
    tabs = [sheet.title for sheet in shop.spreadsheet.book.sheets]
    shop.type("A", "本社倉庫", 9)
    check_probe(shop.config, shop.outside())
    shop.settle()
    assert shop.shown("rakuten", "A") == 11
    assert shop.open_questions() == ""
    assert [sheet.title for sheet in shop.spreadsheet.book.sheets] == tabs
    ok, said = probe_line(shop)
    assert ok
    assert "に試験" in said


def test_a_live_bridge_leaves_the_table_alone_where_the_probe_disproved_it_and_orders_still_lower(torn: World) -> None:
    before = torn.table("在庫表")
    torn.buy("rakuten", "A", 2)
    for _ in range(8):
        with pytest.raises(NeedsPerson, match="SKUと数が食い違って見える"):
            torn.service.cycle.run()
        for channel in torn.service.channels:
            torn.service.guarded_round(channel)
        torn.clock.sleep(5)
    assert torn.table("在庫表") == before
    assert (torn.shown("rakuten", "A"), torn.shown("shopify", "A")) == (5, 5)
    ok, said = probe_line(torn)
    assert not ok
    assert "在庫表には触れません" in said


def test_once_google_has_mended_it_a_new_probe_lets_the_bridge_go_on(torn: World) -> None:
    torn.type("A", "本社倉庫", 9)
    showed(torn, "one moment", "one")
    torn.settle()
    assert torn.shown("shopify", "A") == 11


def test_a_bridge_in_shadow_does_not_go_live_where_the_probe_disproved_it(tmp_path: Path) -> None:
    shop = World(tmp_path / "ledger.sqlite")
    showed(shop, "all or nothing", "partly")
    shop.rounds(2)
    shop.answer("棚にある数", "棚の数")
    shop.rounds(2)
    shop.set("bridge", True)
    shop.rounds(3)
    (line,) = [line for line in shop.table("設定") if line["名前"] == "bridge"]
    assert "試験（bridge check --probe）" in line["状態"]
    assert not shop.row("A")["ロック"]
    showed(shop, "all or nothing", "nothing")
    shop.rounds(3)
    assert shop.row("A")["ロック"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_table_tells_each_trial_in_the_shops_language(language: str) -> None:
    page, found = io.StringIO(), [Found(words, words.expected) for words in all_words().values()]
    print_probe(
        [*found, Found(all_words()["order"], "shuffled"), Found(all_words()["codes typed"], "lost")], language, page
    )
    text = "".join(char for char in page.getvalue() if not char.isspace() and char not in "│┃")
    assert [text.count(mark) for mark in "✓△✗"] == [len(found) + 1, 2, 2]  # each once more in the legend
    for each in found:
        hint = each.outcome.means
        assert "".join((hint.ja if language == "ja" else hint.en).split())[:8] in text


def test_what_google_refuses_without_our_expecting_it_is_no_ground_to_build_on() -> None:
    assert Found(all_words()["copying"], "unclear").outcome.verdict is Verdict.BREAKS
    assert Found(all_words()["full-width digits"], "unclear").outcome.verdict is Verdict.BEARABLE


def test_where_rows_hidden_by_hand_are_not_reached_their_numbers_wait_and_the_malls_go_on(shop: World) -> None:
    """What the table says of that outcome."""
    store = shop.sandbox.sheets.store
    store.switches = replace(store.switches, find_replace_reaches_hidden_rows=False)
    row = shop.rows("A")[0][0]

    def hidden(yes: bool) -> None:
        area = {"sheetId": shop.tab("在庫表"), "dimension": "ROWS", "startIndex": row, "endIndex": row + 1}
        update = {"range": area, "properties": {"hiddenByUser": yes}, "fields": "hiddenByUser"}
        shop.spreadsheet.apply([{"updateDimensionProperties": update}])

    hidden(True)
    order = shop.buy("rakuten", "A", 2)
    shop.rounds(1)
    shop.sandbox.rakuten.ship(order)
    shop.buy("rakuten", "B", 1)
    shop.rounds(4)
    assert (shop.shown("shopify", "A"), shop.row("A")["本社倉庫"]) == (5, "5")
    assert shop.row("B")["引当"] == "1"  # the others are updated
    hidden(False)
    shop.settle()
    assert shop.row("A")["本社倉庫"] == "3"
    assert shop.open_questions() == ""
