"""What typed text becomes, and how values look."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.sandbox.sheets_api import Switches
from tests.contract.sheets_api.conftest import World, area

Typed = tuple[str, object, str]
"""(typed, effective value, displayed)"""

EVERYWHERE: list[Typed] = [
    ("12", 12.0, "12"),
    ("-3", -3.0, "-3"),
    (" 5 ", 5.0, "5"),
    ("1.5", 1.5, "1.5"),
    (".5", 0.5, "0.5"),
    ("1,200", 1200.0, "1,200"),
    ("1,234.5", 1234.5, "1,234.50"),
    ("12,34", "12,34", "12,34"),
    ("0012", 12.0, "12"),
    ("4901234567894", 4901234567894.0, "4901234567894"),
    ("50%", 0.5, "50%"),
    ("12.5%", 0.125, "12.50%"),
    ("¥1,200", 1200.0, "¥1,200"),
    ("1e3", 1000.0, "1.00E+03"),
    ("1e999", "1e999", "1e999"),
    ("TRUE", True, "TRUE"),
    ("false", False, "FALSE"),
    ("'12", "12", "12"),
    ("'=A1", "=A1", "=A1"),
    ("abc", "abc", "abc"),
    ("12個", "12個", "12個"),
    ("=1+2", 3.0, "3"),
    ("2026/11/23", 46349.0, "2026/11/23"),
    ("2026-11-23", 46349.0, "2026-11-23"),
    ("11/23", 46349.0, "11/23"),
    ("13/45", "13/45", "13/45"),
    ("2026/02/30", "2026/02/30", "2026/02/30"),
    ("6:00", 0.25, "6:00"),
    ("18:00:00", 0.75, "18:00:00"),
    ("6:00 PM", 0.75, "6:00 PM"),
    ("", None, ""),
]


@pytest.mark.parametrize(("typed", "value", "displayed"), EVERYWHERE)
@pytest.mark.parametrize("locale", ["en_US", "ja_JP"])
def test_typed_text(make_world: Callable[..., World], locale: str, typed: str, value: object, displayed: str) -> None:
    world = make_world(locale=locale)
    world.book.type(0, 0, 0, typed)
    assert world.book.value(0, 0, 0) == value
    assert type(world.book.value(0, 0, 0)) is type(value)
    assert world.book.shown(0, 0, 0) == displayed


def test_dates_of_the_country(world: World, japan: World) -> None:
    for one in (world, japan):
        one.fill(["11/23/2026", "2026年11月23日", "2026/11/23 6:00"])
    assert world.shown() == [["11/23/2026", "2026年11月23日", "11/23/2026 6:00:00"]]
    assert japan.shown() == [["11/23/2026", "2026年11月23日", "2026/11/23 6:00:00"]]
    assert (world.book.value(0, 0, 0), japan.book.value(0, 0, 0)) == (46349.0, "11/23/2026")


@pytest.mark.parametrize(
    ("switch", "american", "japanese"), [("never", "１２", "１２"), ("ja_JP", "１２", 12.0), ("always", 12.0, 12.0)]
)
def test_full_width_digits_are_a_switch(
    make_world: Callable[..., World], switch: str, american: object, japanese: object
) -> None:
    for locale, value in (("en_US", american), ("ja_JP", japanese)):
        world = make_world(locale=locale, switches=Switches(full_width_digits=switch))  # type: ignore[arg-type]
        world.book.type(0, 0, 0, "１２")
        assert world.book.value(0, 0, 0) == value


def test_a_text_cell_keeps_what_is_typed(world: World) -> None:
    text = {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}}
    world.batch({"repeatCell": {"range": area(0, 0, 2, 4), "cell": text, "fields": "userEnteredFormat.numberFormat"}})
    for column, typed in enumerate(["0012", "=A1", "11/23", "TRUE"]):
        world.book.type(0, 0, column, typed)
    world.tab.update([["0012", 12]], "A2", raw=False)
    assert world.read("A1:D2") == [
        ["0012", "=A1", "11/23", "TRUE"],
        ["0012", "12"],
    ]


def test_typing_into_a_formatted_cell_keeps_its_format(world: World) -> None:
    world.fill(["50%"])
    world.book.type(0, 0, 0, "2026/11/23")
    assert world.book.shown(0, 0, 0) == "4634900%"


def test_an_error_typed_is_an_error(world: World, make_world: Callable[..., World]) -> None:
    world.fill(["#REF!"])
    assert world.cell(0, 0)["effectiveValue"] == {"errorValue": {"type": "REF"}}
    plain = make_world(switches=Switches(error_literals=False))
    plain.fill(["#REF!"])
    assert plain.book.value(0, 0, 0) == "#REF!"


@pytest.mark.parametrize(
    ("pattern", "value", "displayed"),
    [
        ("", 0.1 + 0.2, "0.3"),
        ("", 1 / 3, "0.3333333333"),
        ("", 1e20, "1E+20"),
        ("0", 12.5, "13"),
        ("0.00", 2.005, "2.01"),
        ("#,##0", 1234567.0, "1,234,567"),
        ("#,##0", 0.0, "0"),
        ("#,###", 0.0, ""),
        ("000", 7.0, "007"),
        ("0.##", 1.5, "1.5"),
        ("#,##0;[Red]-#,##0", -1200.0, "-1,200"),
        ('#,##0;(#,##0);"なし"', 0.0, "なし"),
        ("[$¥-411]#,##0", 980.0, "¥980"),
        ('0"個"', 3.0, "3個"),
        ("0%", 0.256, "26%"),
        ("-0", 0.0, "-0"),
        ("0", -0.2, "0"),
        ("yyyy/mm/dd", 46349.0, "2026/11/23"),
        ("m月d日(ddd)", 46349.0, "11月23日(Mon)"),
        ("hh:mm:ss", 0.5, "12:00:00"),
        ("h:mm am/pm", 0.75, "6:00 PM"),
        ("[h]:mm", 1.5, "36:00"),
        ("@", 12.0, "12"),
    ],
)
def test_number_formats(world: World, pattern: str, value: float, displayed: str) -> None:
    look = {"numberFormat": {"type": "NUMBER", "pattern": pattern}} if pattern else {}
    cell = {"userEnteredValue": {"numberValue": value}, "userEnteredFormat": look}
    fields = "userEnteredValue,userEnteredFormat"
    world.batch({"updateCells": {"rows": [{"values": [cell]}], "start": {"sheetId": 0}, "fields": fields}})
    assert world.book.shown(0, 0, 0) == displayed
