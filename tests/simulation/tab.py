"""A tab as people have it before them: its cells by header, rows by their position."""

from __future__ import annotations

from bridge.sandbox.sheets_api.store import Spreadsheet


class Tab:
    """As it stands in this instant. Rows are 0-based positions."""

    def __init__(self, spreadsheet: Spreadsheet, tab: int) -> None:
        self._spreadsheet, self.id, self.sheet = spreadsheet, tab, spreadsheet.sheet(tab)
        self.at = {str(cell.entered): i for i, cell in enumerate(self.sheet.rows[0].cells) if cell.entered}

    def text(self, row: int, header: str) -> str:
        return self._spreadsheet.shown(self.id, row, self.at[header])

    def put(self, row: int, header: str, text: str) -> None:
        self._spreadsheet.type(self.id, row, self.at[header], text)

    def below(self) -> int:
        """The first row below all that stands there; the table grows by one where there is none."""
        rows = self._spreadsheet.sheet(self.id).rows
        used = [i for i, row in enumerate(rows) if any(cell.entered not in (None, False) for cell in row.cells)]
        if max(used) + 1 == len(rows):
            self._spreadsheet.insert_rows(self.id, len(rows))
        return max(used) + 1

    def box(self, top: int, bottom: int) -> dict[str, int]:
        edges = {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": 0}
        return {"sheetId": self.id, **edges, "endColumnIndex": len(self.at)}

    def copy(self, row: int, to: int) -> None:
        copied = {"source": self.box(row, row + 1), "destination": self.box(to, to + 1)}
        self._spreadsheet.apply([{"copyPaste": {**copied, "pasteType": "PASTE_NORMAL"}}])

    def sort(self, header: str, order: str = "ASCENDING") -> None:
        box = self.box(1, len(self.sheet.rows))
        specs = [{"dimensionIndex": self.at[header], "sortOrder": order}]
        self._spreadsheet.apply([{"sortRange": {"range": box, "sortSpecs": specs}}])
