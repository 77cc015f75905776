"""Sets: assembled from what lies on a shelf, and taken apart again, by one tick of a line of 入出庫."""

from __future__ import annotations

import pytest

from bridge.domain.stock import Cause
from tests.support.transfers import lying, told
from tests.support.world import World

HOME = {"本社倉庫": 5, "渋谷店": 2}


def make(shop: World, kind: str = "組立", row: int = 1, units: object = 2, **cells: object) -> None:
    """Lines of B as a set of A: two of A go into one B."""
    line = {"種類": kind, "SKU": "B", "構成": "A×2", "数量": units, "から": "本社倉庫", **cells}
    shop.put("入出庫", row, line)


def moved(shop: World, cause: Cause) -> dict[str, int]:
    with shop.service.ledger.read() as tx:
        found: dict[str, int] = {}
        for _, m in tx.stock.movements():
            if m.cause is cause:
                found[m.sku] = found.get(m.sku, 0) + m.on_hand
        return found


def test_a_set_is_assembled_from_its_components_and_taken_apart(shop: World) -> None:
    make(shop)
    shop.rounds(3)
    assert "組立: B 2個（本社倉庫） ← 1個につきA×2（本社倉庫）" in told(shop)
    assert "「到着」にチェック" in told(shop)
    shop.put("入出庫", 1, {"到着": True})
    shop.settle()
    assert (lying(shop, "A"), lying(shop, "B")) == ({"本社倉庫": 1, "渋谷店": 2}, {"本社倉庫": 9})
    assert (shop.shown("rakuten", "A"), shop.shown("shopify", "B")) == (3, 9)
    assert moved(shop, Cause.ASSEMBLED) == {"A": -4, "B": 2}
    make(shop, "taking apart", row=2, へ="渋谷店", 発送=True)
    shop.settle()
    assert (lying(shop, "A"), lying(shop, "B")) == ({"本社倉庫": 1, "渋谷店": 6}, {"本社倉庫": 7})
    assert (shop.shown("rakuten", "A"), shop.shown("shopify", "B")) == (7, 7)
    assert not shop.open_questions()
    assert shop.service.reconcile() == []


def test_an_assembly_is_taken_back_whole(shop: World) -> None:
    make(shop, 到着=True)
    shop.settle()
    shop.put("入出庫", 1, {"構成": "A×1"})
    shop.settle()
    assert "計上済みです（組立: B 2個（本社倉庫） ← 1個につきA×2（本社倉庫））" in told(shop)
    shop.put("入出庫", 1, {"到着": False})
    shop.settle()
    assert (lying(shop, "A"), lying(shop, "B")) == (HOME, {"本社倉庫": 7})
    assert shop.service.reconcile() == []


BAD = {
    "too few of a component": ({"数量": 3}, "本社倉庫のAは5個しかありません"),
    "an unknown component": ({"構成": "A×2+Z"}, "「Z」は在庫表にありません"),
    "unreadable": ({"構成": "A××2"}, "「構成」が読めません"),
    "none": ({"構成": ""}, "「構成」が空欄です"),
    "the set itself": ({"構成": "A+B"}, "「構成」にセット自身（B）"),
    "no units": ({"数量": "二"}, "「数量」が読めません"),
    "the other tick": ({"到着": False, "発送": True}, "「組立」は「到着」にチェックすると動きます"),
}


@pytest.mark.parametrize(("wrong", "sentence"), BAD.values(), ids=BAD)
def test_a_bad_line_says_what_is_wrong_and_moves_nothing(shop: World, wrong: dict[str, object], sentence: str) -> None:
    make(shop, 到着=True)
    shop.put("入出庫", 1, wrong)
    shop.settle()
    assert sentence in told(shop)
    assert (lying(shop, "A"), lying(shop, "B")) == (HOME, {"本社倉庫": 7})


def test_what_went_into_a_set_is_taken_back_under_its_new_code(shop: World) -> None:
    make(shop, 到着=True)
    shop.settle()
    shop.rename("A", "A-2")
    assert told(shop).startswith("✓")
    shop.put("入出庫", 1, {"到着": False})
    shop.settle()
    assert (lying(shop, "A-2"), lying(shop, "B")) == (HOME, {"本社倉庫": 7})
