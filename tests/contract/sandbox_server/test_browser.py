"""The sheet as a person at the browser has it: what is drawn, and where what they type arrives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.sandbox.person import Entry, Moved, Person, number
from bridge.sandbox.sheets_api.screen import Line, Screen, draw, tabs
from bridge.sandbox.staff import Staff, StaffDials
from tests.support.world import World

SKU, LOCK, NAME = "SKU", "ロック", "本社倉庫"


@dataclass
class Desk:
    """A person before 在庫表 of a small shop, with a log of the staff's."""

    world: World

    def __post_init__(self) -> None:
        user = self.world.sandbox.people.staff.email
        self.staff = Staff(self.world.spreadsheet, self.world.clock, 1, StaffDials(rate_per_second=0.0), user=user)
        self.person = Person(self.world.spreadsheet, user, self.staff)

    def screen(self, title: str = "在庫表") -> Screen:
        sheet = self.world.spreadsheet
        return draw(sheet.view(), sheet.sheet(title))

    def column(self, header: str) -> int:
        return self.world.column("在庫表", header)

    def line(self, sku: str) -> Line:
        return next(line for line in self.screen().lines if line.texts[self.column(SKU)] == sku)

    def entry(self, sku: str, header: str, text: str) -> Entry:
        """As seen now."""
        row = self.line(sku).row
        return Entry(self.world.tab("在庫表"), row, self.column(header), self.column(SKU), sku, text)

    def type(self, sku: str, header: str, text: str) -> str:
        return self.person.type(self.entry(sku, header, text))

    def log(self) -> list[tuple[Any, ...]]:
        return [(each.sku, each.column, each.shown, each.typed, each.meaning, each.kind) for each in self.staff.changes]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(World(tmp_path / "ledger.sqlite"))


def test_the_colours_that_the_template_sets_are_drawn(desk: Desk) -> None:
    for header, text in ((LOCK, "🔒 5"), ("状態", "？ 数ではありません"), ("販売可能", "0")):
        assert desk.column(header) not in desk.line("B").colours
        desk.world.type("A", header, text)
    line = desk.line("A")
    assert line.colours[desk.column(NAME)] == "#FFF2CC"  # locked wins over the finding
    desk.world.type("A", LOCK, "✓ 5")
    assert desk.line("A").colours[desk.column(NAME)] == "#FCE5CD"
    desk.world.type("A", "状態", "")
    assert desk.line("A").colours == {desk.column("販売可能"): "#F4CCCC"}


def test_tick_boxes_lists_notes_and_protected_columns_are_known(desk: Desk) -> None:
    screen, line = desk.screen(), desk.line("A")
    assert {desk.column("編集中"), desk.column("確認")} <= set(line.ticks)
    assert "販売停止" in screen.lists[line.lists[desk.column("停止")]]
    header = screen.lines[screen.frozen - 1]
    assert "打ち替えて" in header.notes[desk.column(NAME)]
    assert {desk.column(LOCK), desk.column("引当")} <= set(screen.warned)
    assert desk.column(NAME) not in screen.warned


def test_hidden_tabs_are_no_tabs_to_people(desk: Desk) -> None:
    titles = [each["title"] for each in tabs(desk.world.spreadsheet.book)]
    assert "在庫表" in titles
    assert not any(title.startswith("_bridge") for title in titles)


def test_what_is_typed_arrives_in_its_row_though_others_sorted_meanwhile(desk: Desk) -> None:
    entry = desk.entry("A", NAME, "１５個")
    desk.world.copy_row("A")
    last = max(line.row for line in desk.screen().lines if line.texts[desk.column(SKU)] == "A")
    desk.world.spreadsheet.type(entry.tab, last, desk.column(SKU), "C")
    desk.world.spreadsheet.insert_rows(entry.tab, 1)
    assert desk.person.type(entry) == "１５個"
    assert desk.world.row("A")[NAME] == "１５個"


def test_a_row_that_is_gone_or_doubled_takes_nothing(desk: Desk) -> None:
    entry = desk.entry("A", NAME, "15")
    desk.world.copy_row("A")
    desk.world.spreadsheet.insert_rows(entry.tab, 1)
    with pytest.raises(Moved):
        desk.person.type(entry)
    assert [row[NAME] for _, row in desk.world.rows("A")] == ["5", "5"]


def test_numbers_typed_at_the_browser_stand_in_the_staffs_log(desk: Desk) -> None:
    desk.type("A", NAME, "8")
    desk.type("A", NAME, "abc")
    desk.type("A", NAME, "1,006")
    desk.type("A", NAME, "1006")
    desk.type("A", "商品名", "新茶")
    assert desk.log() == [
        ("A", NAME, "5", "8", 3, "edit"),
        ("A", NAME, "8", "abc", 0, "wrong"),
        ("A", NAME, "abc", "1,006", 998, "mend"),
    ]


def test_drafts_of_a_held_row_count_from_its_release(desk: Desk) -> None:
    desk.type("B", "編集中", "TRUE")
    desk.type("B", NAME, "9")
    desk.type("B", "編集中", "FALSE")
    assert [each[-1] for each in desk.log()] == ["draft"]
    assert [(act.what, act.sku) for act in desk.staff.acts] == [("hold", "B"), ("release", "B")]


@pytest.mark.parametrize(
    ("text", "units"),
    [("12", 12), ("１２", 12), ("1,200", 1200), ("12個", 12), ("-3", None), ("1.5", None), ("", None)],
)
def test_units_as_a_person_reads_them(text: str, units: int | None) -> None:
    assert number(text) == units
