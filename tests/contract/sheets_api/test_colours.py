"""Colours and borders, as Google keeps them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.sandbox.sheets_api.colours import border, kept, paired
from bridge.sandbox.sheets_api.looks import THEME_COLOURS
from tests.contract.sheets_api.conftest import World, area

CHANNEL = st.integers(0, 255)


@given(CHANNEL, CHANNEL, CHANNEL)
def test_eight_bits_come_back(red: int, green: int, blue: int) -> None:
    colour = kept({"red": red / 255, "green": green / 255, "blue": blue / 255})
    assert {name: round(value * 255) for name, value in colour.items()} == {
        name: bits for name, bits in (("red", red), ("green", green), ("blue", blue)) if bits
    }
    assert kept(colour) == colour


def test_as_recorded_at_google() -> None:
    assert kept({"red": 1, "green": 0, "blue": 0.5}) == {"red": 1, "blue": 0.49803922}
    assert [kept(colour) for colour in THEME_COLOURS.values()] == [*THEME_COLOURS.values()]


RED, BLUE = {"red": 1}, {"blue": 1}
BOTH = {"c": RED, "cStyle": {"rgbColor": RED}}


@pytest.mark.parametrize(
    ("old", "new", "mask", "result"),
    [
        ({}, {"c": RED}, ["c"], BOTH),
        ({}, {"cStyle": {"rgbColor": RED}}, ["cStyle"], BOTH),
        (BOTH, {"c": BLUE}, ["c"], {"c": BLUE, "cStyle": {"rgbColor": BLUE}}),
        (BOTH, {"c": BLUE, "cStyle": {"rgbColor": RED}}, [], BOTH),
        (BOTH, {}, ["c"], {}),
        (BOTH, {}, ["cStyle"], {}),
        (BOTH, {}, ["other"], BOTH),
        ({}, {"cStyle": {"themeColor": "LINK"}}, ["cStyle"], {"c": THEME_COLOURS["LINK"]}),
    ],
)
def test_both_spellings_say_the_same(old: Any, new: Any, mask: list[str], result: Any) -> None:
    changed = new if not mask else {**{n: v for n, v in old.items() if n not in mask}, **new}
    answer = paired(changed, new, {name: {} for name in mask}, "c")
    assert result.items() <= answer.items()
    assert bool(answer) == bool(result)


def test_black_is_a_colour(world: World) -> None:
    black: dict[str, Any] = {"backgroundColor": {}}
    cell = {"cell": {"userEnteredFormat": black}, "fields": "userEnteredFormat.backgroundColor"}
    world.batch({"repeatCell": {"range": area(0, 0, 1, 1), **cell}})
    assert world.cell(0, 0)["userEnteredFormat"] == {"backgroundColor": {}, "backgroundColorStyle": {"rgbColor": {}}}


def test_no_line_is_no_border() -> None:
    assert border({"style": "NONE", "color": RED}) == {}
    thick = {"style": "SOLID_THICK", "width": 3, "color": RED, "colorStyle": {"rgbColor": RED}}
    assert border({"style": "SOLID_THICK", "color": RED}) == thick
