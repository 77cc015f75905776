"""The small formula evaluator: lazy, honest about what it does not know."""

from __future__ import annotations

import pytest

from tests.contract.sheets_api.conftest import World

TABLE = [["1", "2", "x"], ["3", "", "TRUE"], ["5", "=A1+A2", ""]]


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("=1+2*3", "7"),
        ("=(1+2)*3", "9"),
        ("=-2^2", "-4"),
        ("=2^3^1", "8"),
        ("=50%", "0.5"),
        ("=10/4", "2.5"),
        ('="a"&1&TRUE', "a1TRUE"),
        ("=A1=1", "TRUE"),
        ('="A"="a"', "TRUE"),
        ("=A1<>A2", "TRUE"),
        ('=C1>"a"', "TRUE"),
        ("=B2=0", "TRUE"),
        ('=B2=""', "TRUE"),
        ("=SUM(A1:A3,10)", "19"),
        ("=SUM(A:A)", "9"),
        ("=SUM(A1:C3)", "15"),
        ("=MIN(A1:B3)", "1"),
        ("=MAX(A1:B3)", "5"),
        ("=AVERAGE(A1:A3)", "3"),
        ("=COUNT(A1:C3)", "5"),
        ("=COUNTA(A1:C3)", "7"),
        ('=COUNTIF(A1:A3,">=3")', "2"),
        ('=COUNTIF(C1:C3,"X*")', "1"),
        ('=SUMIF(A1:A3,">1",A1:A3)', "8"),
        ("=ABS(-3)", "3"),
        ("=ROUND(2.345,2)", "2.35"),
        ("=INT(-1.5)", "-2"),
        ('=IF(A1>0,"yes","no")', "yes"),
        ("=IF(A1>5,1/0)", "FALSE"),
        ('=IFERROR(1/0,"-")', "-"),
        ("=AND(A1=1,A2=3)", "TRUE"),
        ("=OR(FALSE,A1=2)", "FALSE"),
        ("=NOT(A1=1)", "FALSE"),
        ("=ISBLANK(B2)", "TRUE"),
        ("=ISNUMBER(C1)", "FALSE"),
        ('=LEN("在庫")', "2"),
        ('=LEFT("在庫表",2)', "在庫"),
        ('=LEFT("在庫表")', "在"),
        ('=AND(N("a comment")=0,N(2)=2,N(TRUE)=1)', "TRUE"),
        ('=TEXT(1234.5,"#,##0.00")', "1,234.50"),
        ("=$A$2", "3"),
        ("=Sheet1!A2", "3"),
        ("='Sheet1'!A2", "3"),
        ("=B2", "0"),
        ("=1/0", "#DIV/0!"),
        ('="x"+1', "#VALUE!"),
        ("=UNHEARDOF(1)", "#NAME?"),
        ("=nothing", "#NAME?"),
        ("=Gone!A1", "#REF!"),
        ("=ZZ1", "#REF!"),
        ("=#REF!+1", "#REF!"),
        ("=1+", "#ERROR!"),
        ("=D1", "#REF!"),
        ("=SUM(C1:C3)+IFERROR(E9,0)", "0"),
    ],
)
def test_formula(world: World, formula: str, shown: str) -> None:
    world.fill(*TABLE)
    world.book.type(0, 0, 3, formula)
    assert world.book.shown(0, 0, 3) == shown


def test_now_moves_with_the_clock_and_the_zone_of_the_spreadsheet(world: World) -> None:
    world.sheet.update_timezone("Asia/Tokyo")
    world.fill(["=NOW()", "=TODAY()", '=TEXT(NOW(),"yyyy/mm/dd hh:mm")', '=IF((NOW()-A2)*1440>3,"silent","alive")'])
    world.tab.update([["2026-11-23 10:00:00"]], "A2", raw=False)
    assert world.shown()[0][2:] == ["2026/11/23 10:00", "alive"]
    world.clock.sleep(181)
    assert world.shown()[0][2:] == ["2026/11/23 10:03", "silent"]


def test_an_error_tells_its_kind_and_reason(world: World) -> None:
    world.fill(["=1/0"])
    assert world.cell(0, 0)["effectiveValue"] == {
        "errorValue": {"type": "DIVIDE_BY_ZERO", "message": "Function DIVIDE parameter 2 cannot be zero."}
    }
