"""Every kind of finding: said beside the cell with what to do, gone once that was done, in both languages."""

from __future__ import annotations

import pytest

from tests.support import words
from tests.support.world import World

IN_STOCK = {
    "blank": "",
    "text": "abc",
    "negative": "-3",
    "fraction": "1.5",
    "too large": "99999999999",
    "date": "2026/11/23",
    "percent": "50%",
    "boolean": "TRUE",
    "formula": "=A1",
    "error": "=1/0",
}
IN_LISTINGS = {"components": "A++B", "units": "A×0"}


def test_every_finding_has_its_story() -> None:
    assert {*IN_STOCK, *IN_LISTINGS, "safety"} == words.sentences("findings").keys()


@pytest.mark.parametrize(("code", "typed"), IN_STOCK.items())
def test_a_wrong_number_is_told_until_it_is_mended(desk: World, code: str, typed: str) -> None:
    told = words.sentence("findings", code, desk.language).format(location=desk.locations[0], value=5)
    desk.type("A", "本社倉庫", typed)
    desk.rounds(2)
    assert told in desk.row("A")["状態"]
    assert desk.shown("rakuten", "A") == 7
    desk.plain_number_format("A", "本社倉庫")
    desk.type("A", "本社倉庫", 9)
    desk.settle()
    assert told not in desk.row("A")["状態"]
    assert desk.shown("rakuten", "A") == 11


def test_a_wrong_safety_stock_is_told_until_it_is_mended(desk: World) -> None:
    told = words.sentence("findings", "safety", desk.language).format(value=0)
    desk.type("A", "安全在庫", "abc")
    desk.rounds(2)
    assert told in desk.row("A")["状態"]
    desk.type("A", "安全在庫", 1)
    desk.settle()
    assert told not in desk.row("A")["状態"]
    assert desk.shown("rakuten", "A") == 6


@pytest.mark.parametrize(("code", "typed"), IN_LISTINGS.items())
def test_wrong_components_are_told_until_they_are_mended(desk: World, code: str, typed: str) -> None:
    told = words.sentence("findings", code, desk.language)
    desk.put("出品", 1, {"SKU構成": typed})
    desk.rounds(2)
    assert told in desk.table("出品")[0]["状態"]
    desk.put("出品", 1, {"SKU構成": "A"})
    desk.settle()
    assert told not in desk.table("出品")[0]["状態"]
