"""The live sheet as a grid that people type into. Its rows come from the sheet alone: what is typed shows once it is
there."""

from __future__ import annotations

from typing import Any
from unicodedata import east_asian_width

import httpx
from nicegui import events, ui

from bridge.sandbox.page import words
from bridge.sandbox.page.panel import Refused
from bridge.sandbox.page.tab import Row, Tab, update
from bridge.sandbox.page.visit import Visit

TICKED, UNTICKED = "TRUE", "FALSE"
_OPTIONS = {
    "suppressFieldDotNotation": True,
    "readOnlyEdit": True,
    "stopEditingWhenCellsLoseFocus": True,
    ":singleClickEdit": "window.innerWidth < 700",
    "enterNavigatesVerticallyAfterEdit": True,
    "suppressMovableColumns": True,
    "suppressColumnVirtualisation": False,
    "tooltipShowDelay": 300,
    "animateRows": False,
    ":getRowId": "params => params.data.id",
}
_COLUMN = {
    "sortable": False,
    "resizable": True,
    "suppressHeaderMenuButton": True,
    "wrapHeaderText": True,
    "autoHeaderHeight": True,
    "enableCellChangeFlash": True,
    ":editable": "params => !params.data.ticks.includes(params.colDef.field)",
    ":cellStyle": "params => ({backgroundColor: params.data.colours[params.colDef.field] || 'transparent'})",
    ":tooltipValueGetter": "params => params.data ? params.data.notes[params.colDef.field] : undefined",
    ":valueFormatter": "params => params.data.ticks.includes(params.colDef.field)"
    " ? (params.value === 'TRUE' ? '☑' : '☐') : params.value",
    ":cellEditorSelector": "params => params.data.lists[params.colDef.field]"
    " ? {component: 'agSelectCellEditor', params: {values: ['', ...params.data.lists[params.colDef.field]]}}"
    " : {component: 'agTextCellEditor'}",
}


class SheetView:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._tab: Tab | None = None
        self._grid: ui.aggrid | None = None
        self._titles: dict[int, str] = {}
        with ui.element("section").classes("card sheet"):
            ui.label(visit.say("sheet")).classes("card-title")
            self._tabs = ui.tabs(on_change=self._turn).props("dense no-caps align=left inline-label outside-arrows")
            self._place = ui.element("div").classes("w-full")
            ui.label(visit.say("sheet_hint")).classes("hint mt-2")
        self.refresh()

    def refresh(self) -> None:
        """Show what the watcher knows; a grid with the same columns keeps its place, and what is being typed."""
        watcher = self._visit.watcher
        if watcher.titles != self._titles:
            self._titles = dict(watcher.titles)
            self._tabs.clear()
            with self._tabs:
                for tab, title in self._titles.items():
                    ui.tab(str(tab), title)
            if self._visit.tab not in self._titles:
                self._visit.tab = self._first()
            self._tabs.set_value(str(self._visit.tab))
        new = watcher.tabs.get(self._visit.tab)
        if new is None or new is self._tab:
            return
        old, self._tab = self._tab, new
        if self._grid is None or old is None or _look(old) != _look(new):
            self._build(new)
            return
        change = update(old.rows, new.rows)
        if change.anew is not None:
            self._grid.run_grid_method("setGridOption", "rowData", change.anew)
        elif change.changed:
            self._grid.run_grid_method("applyTransaction", {"update": change.changed})
        if change.anew is not None or change.changed:
            self._grid.run_grid_method("refreshCells", {"force": True, "suppressFlash": True})

    def _first(self) -> int:
        """The tab to begin with: 在庫表, where there is one."""
        stock = (tab for tab, title in self._titles.items() if words.is_tab("stock", title))
        return next(stock, next(iter(self._titles), 0))

    def _build(self, tab: Tab) -> None:
        self._place.clear()
        columns = [self._column(tab, number) for number in tab.shown]
        options = {**_OPTIONS, "defaultColDef": _COLUMN, "columnDefs": columns, "rowData": tab.rows}
        with self._place:
            self._grid = ui.aggrid(options, auto_size_columns=False).classes("sheet-grid")
        self._grid.on("cellEditRequest", self._edited, ["data", "colId", "newValue"])
        self._grid.on("cellClicked", self._clicked, ["data", "colId"])

    def _column(self, tab: Tab, number: int) -> dict[str, Any]:
        colour = tab.colours.get(number, "#FAFAF8")
        filled = [row[f"c{number}"] for row in tab.rows if row[f"c{number}"]]
        numbers = sum(text.lstrip("-").isdigit() for text in filled)
        return {
            "field": f"c{number}",
            "headerName": tab.headers[number] if number < len(tab.headers) else "",
            "width": _width(tab, number),
            "headerTooltip": tab.notes.get(number, ""),
            "headerStyle": {"backgroundColor": colour},
            "type": "rightAligned" if 2 * numbers > len(filled) else [],
            **({"pinned": "left"} if number == tab.key and len(tab.shown) > 6 else {}),
        }

    async def _turn(self, event: events.ValueChangeEventArguments[Any]) -> None:
        if event.value is not None and int(event.value) != self._visit.tab:
            self._visit.tab, self._tab, self._grid = int(event.value), None, None
            self._place.clear()
            await self._visit.look()

    async def _clicked(self, event: events.GenericEventArguments) -> None:
        row, field = event.args["data"], event.args["colId"]
        if self._tab is None:
            return
        sku = self._tab.text(row, "sku")
        if sku:
            self._visit.choose(sku)
        if field in row["ticks"]:
            await self._type(row, field, UNTICKED if row[field] == TICKED else TICKED)

    async def _edited(self, event: events.GenericEventArguments) -> None:
        await self._type(event.args["data"], event.args["colId"], str(event.args["newValue"] or ""))

    async def _type(self, row: Row, field: str, text: str) -> None:
        tab, column = self._tab, int(field[1:])
        if tab is None or (text == row[field]):
            return
        if column in tab.warned and not await self._sure(tab.headers[column]):
            return
        try:
            await self._visit.watcher.type(tab, row, column, text)
        except Refused as refused:
            moved = str(refused).startswith("Moved")
            self._visit.tell(self._visit.say("moved") if moved else self._visit.say("refused", why=refused), bad=True)
        except httpx.TransportError:
            self._visit.tell(self._visit.say("gone"), bad=True)
        await self._visit.look()

    async def _sure(self, header: str) -> bool:
        """Google asks so too before a protected cell is changed."""
        with ui.dialog() as dialog, ui.card():
            ui.label(self._visit.say("warned", header=header))
            with ui.row().classes("w-full justify-end"):
                ui.button(self._visit.say("warned_no"), on_click=lambda: dialog.submit(False)).props("flat")
                ui.button(self._visit.say("warned_yes"), on_click=lambda: dialog.submit(True)).props("flat color=red")
        return bool(await dialog)


def _width(tab: Tab, number: int) -> int:
    """Pixels: narrower than Google's, so that more of a table is seen; one without any text as narrow as its header."""
    header = tab.headers[number] if number < len(tab.headers) else ""
    least = 20 + 6 * sum(2 if east_asian_width(letter) in "FWA" else 1.2 for letter in header)
    filled = any(row[f"c{number}"] not in ("", UNTICKED) for row in tab.rows)
    return round(max(tab.widths[number] * 0.72 if filled else 0, least, 56))


def _look(tab: Tab) -> tuple[object, ...]:
    """What a grid is built for; it is built anew where this differs."""
    return tab.id, tab.headers, tab.shown, tab.widths, tab.warned, tab.colours
