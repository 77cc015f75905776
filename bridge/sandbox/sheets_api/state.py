"""The whole state as JSON and back, so that a restart of the sandbox goes on where it stopped."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from .book import Book
from .cells import EMPTY, NO_FORMAT, Cell, CellError, from_extended, to_extended
from .errors import Json
from .files import File
from .sheet import BLANK_ROW, PLAIN_COLUMN, ROW_PIXELS, Column, Row, Sheet
from .store import Store

_LISTS = ("filter_views", "protected_ranges", "conditional_formats", "merges", "banded_ranges", "charts")


def dump_store(store: Store) -> Json:
    with store.lock:
        books = [{"file": _dump_file(s.file), "book": _dump_book(s.book)} for s in store.spreadsheets.values()]
        folders = [_dump_file(folder) for folder in store.folders.values()]
        return {"version": store.version, "spreadsheets": books, "folders": folders}


def load_store(store: Store, state: Json) -> None:
    with store.lock:
        store.spreadsheets.clear()
        store.folders = {item["id"]: _load_file(item) for item in state.get("folders", ())}
        for item in state["spreadsheets"]:
            store.adopt(_load_file(item["file"]), _load_book(item["book"]))
        store.version = state["version"]


def _dump_file(file: File) -> Json:
    return {**asdict(file), "created": file.created.isoformat(), "modified": file.modified.isoformat()}


def _load_file(item: Json) -> File:
    times = {name: datetime.fromisoformat(item[name]) for name in ("created", "modified")}
    return File(**{**item, **times})


def _dump_book(book: Book) -> Json:
    return {
        "properties": book.properties,
        "sheets": [_dump_sheet(sheet) for sheet in book.sheets],
        "named_ranges": book.named_ranges,
        "metadata": book.metadata,
        "next_id": book.next_id,
    }


def _load_book(item: Json) -> Book:
    return Book(**{**item, "sheets": [_load_sheet(sheet) for sheet in item["sheets"]]})


def _dump_sheet(sheet: Sheet) -> Json:
    """Rows and columns without anything of their own are null."""
    return {
        "properties": sheet.properties,
        "rows": [None if row == BLANK_ROW else _dump_row(row) for row in sheet.rows],
        "columns": [None if column == PLAIN_COLUMN else asdict(column) for column in sheet.columns],
        "basic_filter": sheet.basic_filter,
        **{name: list(getattr(sheet, name)) for name in _LISTS},
    }


def _load_sheet(item: Json) -> Sheet:
    rows = [BLANK_ROW if row is None else _load_row(row) for row in item["rows"]]
    columns = [PLAIN_COLUMN if column is None else Column(**column) for column in item["columns"]]
    return Sheet(**{**item, "rows": rows, "columns": columns})


def _dump_row(row: Row) -> Json:
    result: Json = {"cells": [_dump_cell(cell) for cell in row.cells]}
    if row.hidden_by_user:
        result["hidden_by_user"] = True
    if row.hidden_by_filter:
        result["hidden_by_filter"] = True
    if row.pixels != ROW_PIXELS:
        result["pixels"] = row.pixels
    if row.depth:
        result["depth"] = row.depth
    return result


def _load_row(item: Json) -> Row:
    return Row(**{**item, "cells": tuple(_load_cell(cell) for cell in item["cells"])})


def _dump_cell(cell: Cell) -> Json:
    parts: dict[str, Any] = {
        "value": None if cell.entered is None else to_extended(cell.entered),
        "format": cell.format,
        "note": cell.note,
        "validation": cell.validation,
    }
    return {name: part for name, part in parts.items() if part}


def _load_cell(item: Json) -> Cell:
    if not item:
        return EMPTY
    value = item.get("value", {})
    if "errorValue" in value:
        entered: Any = CellError(value["errorValue"]["type"], value["errorValue"].get("message", ""))
    else:
        entered = from_extended(value)
    return Cell(entered, item.get("format", NO_FORMAT), item.get("note", ""), item.get("validation"))
