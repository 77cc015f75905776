"""Every test here talks to the sandbox through the real gspread, judged by Google's discovery document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gspread
import pytest
from gspread.utils import ValueRenderOption

from bridge.sandbox.faults import Faults
from bridge.sandbox.sheets_api import SheetsApi, Spreadsheet, Switches
from tests.support.discovery import Judged
from tests.support.sheets_client import service_account, signed_in
from tests.support.virtual_clock import VirtualClock

Json = dict[str, Any]
Rows = list[list[str]]


class World:
    """A sandbox, a signed-in client, and one spreadsheet of 20 × 8 cells that both share."""

    def __init__(self, locale: str = "en_US", **options: Any) -> None:
        self.clock = VirtualClock()
        self.api = SheetsApi(clock=self.clock, key=service_account(), quota=options.pop("quota", None), **options)
        self.faults = Faults(self.api, self.clock)
        self.judged = Judged(self.faults)
        self.client = signed_in(self.judged)
        owner = service_account().client_email
        self.book: Spreadsheet = self.api.store.create("stock", owner=owner, locale=locale)
        self.resize(20, 8)
        self.sheet: gspread.Spreadsheet = self.client.open_by_key(self.book.id)
        self.tab = self.sheet.sheet1

    def resize(self, rows: int, columns: int) -> None:
        grid = {"rowCount": rows, "columnCount": columns}
        properties = {"sheetId": 0, "gridProperties": grid}
        self.book.apply([{"updateSheetProperties": {"properties": properties, "fields": "gridProperties"}}])

    def fill(self, *rows: list[str]) -> None:
        """Type rows from A1 on, as a person would."""
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                if text:
                    self.book.type(0, row, column, text)

    def batch(self, *requests: Json, **options: Any) -> list[Json]:
        """batchUpdate over the wire; the replies."""
        answer: Json = self.sheet.batch_update({"requests": list(requests), **options})
        replies: list[Json] = answer["replies"]
        return replies

    def refused(self, *requests: Json) -> str:
        """The message of a batch that must fail with 400 and change nothing."""
        before = self.book.book
        with pytest.raises(gspread.exceptions.APIError) as caught:
            self.batch(*requests)
        assert caught.value.code == 400
        assert self.book.book is before
        return str(caught.value.error["message"])

    def shown(self) -> Rows:
        """The texts of the first tab, trailing blanks left out."""
        return [_trimmed(row) for row in self.book.table(0)]

    def raw(self, verb: str, path: str, **options: Any) -> Any:
        """A request as bare as requests can send it, signed in."""
        return self.client.http_client.session.request(verb, f"https://sheets.googleapis.com{path}", **options)

    def read(self, a1: str, rendering: ValueRenderOption = ValueRenderOption.unformatted) -> list[list[Any]]:
        """The values of a range, not as texts but as what they are."""
        values: list[list[Any]] = self.tab.get(a1, value_render_option=rendering)
        return values

    def formulas(self, a1: str) -> list[list[Any]]:
        return self.read(a1, ValueRenderOption.formula)

    def cell(self, row: int, column: int) -> Json:
        """CellData of one cell, as spreadsheets.get tells it."""
        a1 = gspread.utils.rowcol_to_a1(row + 1, column + 1)
        answer = self.sheet.fetch_sheet_metadata({"includeGridData": "true", "ranges": a1})
        data = answer["sheets"][0]["data"][0]
        found: Json = data.get("rowData", [{}])[0].get("values", [{}])[0]
        return found


def _trimmed(row: list[str]) -> list[str]:
    while row and row[-1] == "":
        row = row[:-1]
    return row


def area(top: int, left: int, bottom: int, right: int, sheet_id: int = 0) -> Json:
    return {
        "sheetId": sheet_id,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }


def told(top: int, left: int, bottom: int, right: int) -> Json:
    """A range of the first tab as answers name it: the id 0 goes without saying."""
    return {name: edge for name, edge in area(top, left, bottom, right).items() if name != "sheetId"}


@pytest.fixture
def make_world() -> Iterator[Callable[..., World]]:
    made: list[World] = []

    def make(*, switches: Switches | None = None, **options: Any) -> World:
        made.append(World(switches=switches or Switches(), **options))
        return made[-1]

    yield make
    for one in made:
        assert one.judged.violations == []


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture
def japan(make_world: Callable[..., World]) -> World:
    return make_world(locale="ja_JP")
