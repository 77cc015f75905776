"""The spreadsheet as the flows see it: one read, one write. Tabs are addressed by sheetId.

Unknown outcomes, quota and retries are the business of `http`; what the batches mean is that of `row_update`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gspread
from gspread.exceptions import APIError
from gspread.urls import SPREADSHEET_URL
from gspread.utils import rowcol_to_a1

from bridge.errors import Hint, NeedsPerson, Refused
from bridge.sheet.grid import Snapshot, Tab, parse
from bridge.sheet.http import SheetHttp

Request = dict[str, Any]

# Only what grid.parse looks at. `hiddenByFilter` tells which rows nobody sees.
_FIELDS = (
    "properties.timeZone,"
    "sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
    "data(startRow,startColumn,rowMetadata.hiddenByFilter,"
    "rowData.values(userEnteredValue,effectiveValue,formattedValue,userEnteredFormat.numberFormat)))"
)


@dataclass(frozen=True)
class Piece:
    """Part of a tab to be read: rows `start` to `end` (0-based, end not included; None: all of them)."""

    sheet_id: int
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Reply:
    """What a batch answered: one reply per request, and the state after it."""

    replies: Sequence[Mapping[str, Any]]
    snapshot: Snapshot


class BatchRefused(Refused):
    """Google refused the batch whole: nothing of it was carried out."""


class Gateway:
    """One spreadsheet. Used by one thread."""

    def __init__(self, client: SheetHttp, spreadsheet_id: str) -> None:
        self._http = client
        self.spreadsheet_id = spreadsheet_id
        self._client = gspread.Client(
            None,  # type: ignore[arg-type]  # the session bears the credentials
            session=client.session,
            http_client=lambda _auth, _session: client,  # type: ignore[arg-type]
        )

    @property
    def http(self) -> SheetHttp:
        """What it speaks through, for another spreadsheet in the same thread."""
        return self._http

    @property
    def account(self) -> str:
        """The address that the bridge signs in with: a protection must name it, or keeps the bridge out as well."""
        return str(self._http.session.credentials.service_account_email)  # type: ignore[attr-defined]

    def tabs(self) -> dict[str, Tab]:
        """Every tab's properties by title, without cells. One read."""
        return {tab.title: tab for tab in self.frame().tabs.values()}

    def frame(self) -> Snapshot:
        """Every tab without cells, and the time zone. One read."""
        fields = "properties.timeZone,sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)))"
        return parse(self.described(fields))

    def described(self, fields: str) -> dict[str, Any]:
        """The spreadsheet without its cells, as Google gives it: the masked members. One read."""
        url = SPREADSHEET_URL % self.spreadsheet_id
        try:
            answer: dict[str, Any] = self._http.request("get", url, params={"fields": fields}).json()
        except APIError as error:
            raise _refused(error) from error
        return answer

    def zone(self) -> str:
        """The spreadsheet's time zone. One read."""
        return str(
            self.open().fetch_sheet_metadata({"fields": "properties.timeZone"})["properties"].get("timeZone", "")
        )

    def read(self, pieces: Sequence[Piece]) -> Snapshot:
        """One read. Raises BatchRefused where a tab is gone; TryAgain, NeedsPerson."""
        return parse(self.pieces(pieces, _FIELDS))

    def pieces(self, pieces: Sequence[Piece], fields: str) -> dict[str, Any]:
        """Parts of tabs as Google gives them: the masked members. One read. Raises as `read`."""
        body = {"dataFilters": [{"gridRange": _grid_range(piece)} for piece in pieces], "includeGridData": True}
        url = SPREADSHEET_URL % self.spreadsheet_id + ":getByDataFilter"
        try:
            answer: dict[str, Any] = self._http.request("post", url, params={"fields": fields}, json=body).json()
        except APIError as error:
            raise _refused(error) from error
        return answer

    def write(self, requests: Sequence[Request], answer_with: Sequence[tuple[Tab, Piece]] = ()) -> Reply:
        """One atomic batch, in order. The reply carries the state of `answer_with` after it.

        Raises BatchRefused (nothing was carried out), TryAgain (`ambiguous`: look before acting), NeedsPerson."""
        body: dict[str, Any] = {"requests": list(requests)}
        if answer_with:
            body |= {
                "includeSpreadsheetInResponse": True,
                "responseIncludeGridData": True,
                "responseRanges": [_a1(tab, piece) for tab, piece in answer_with],
            }
        try:
            answer = self._http.batch_update(self.spreadsheet_id, body)
        except APIError as error:
            raise _refused(error) from error
        return Reply(answer.get("replies", ()), parse(answer.get("updatedSpreadsheet", {})))

    def put_values(self, sheet_id: int, rows: Sequence[Sequence[Any]]) -> None:
        """Plain values from the tab's first cell on, whatever they look like: a text stays a text, "" makes a cell
        blank. One write. Raises as `write`."""
        body = {
            "valueInputOption": "RAW",
            "data": [{"dataFilter": {"gridRange": {"sheetId": sheet_id}}, "majorDimension": "ROWS", "values": rows}],
        }
        url = SPREADSHEET_URL % self.spreadsheet_id + "/values:batchUpdateByDataFilter"
        try:
            self._http.request("post", url, json=body)
        except APIError as error:
            raise _refused(error) from error

    @property
    def calls(self) -> Mapping[str, int]:
        """How many reads and writes went out so far."""
        return self._http.calls

    def check_look(self) -> None:
        """Whether the last answer is young enough to be acted on. Raises TryAgain, Stop."""
        self._http.check_look()

    def open(self) -> gspread.Spreadsheet:
        """gspread's own view, for set-up work where a handful of calls doesn't matter."""
        return self._client.open_by_key(self.spreadsheet_id)


def _grid_range(piece: Piece) -> dict[str, int]:
    bounds = {"startRowIndex": piece.start, "endRowIndex": piece.end}
    return {"sheetId": piece.sheet_id} | {name: n for name, n in bounds.items() if n is not None}


def _a1(tab: Tab, piece: Piece) -> str:
    title = "'" + tab.title.replace("'", "''") + "'"
    if piece.start is None or piece.end is None:
        return title
    last = rowcol_to_a1(1, max(1, tab.column_count)).rstrip("1")
    return f"{title}!A{piece.start + 1}:{last}{piece.end}"


def _refused(error: APIError) -> Refused | NeedsPerson:
    message = str(error.error.get("message", ""))[:300]
    if error.code == 404:
        return NeedsPerson(
            Hint(
                "スプレッドシートが見つかりません。bridge.tomlのspreadsheet_idを確かめてください。",
                "The spreadsheet can't be found. Check spreadsheet_id in bridge.toml.",
            )
        )
    return BatchRefused(
        Hint(f"Googleが書き込みを断りました（{message}）。", f"Google refused the request ({message}).")
    )
