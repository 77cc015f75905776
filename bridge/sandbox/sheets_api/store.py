"""Every spreadsheet and what Drive knows of it; the in-process door for tests and for the staff who type."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bridge.clock import Clock

from .a1 import Box
from .batch import Edit, run
from .book import Book, boxed, first_title, new_sheet
from .cells import Scalar
from .errors import Json, invalid, not_found, permission_denied
from .files import FOLDER_TYPE, WRITERS, File, permission
from .protection import Rights
from .shape import delete, insert, same_places, take_places
from .sheet import Row, Sheet
from .switches import Switches
from .view import View

MAX_CELLS = 10_000_000


@dataclass(frozen=True)
class Deleted:
    """Rows a person deleted, kept for their Ctrl+Z."""

    sheet_id: int
    at: int
    rows: tuple[Row, ...]
    before: Book
    after: Book


class Spreadsheet:
    """One spreadsheet as the person before it has it. Every method is instantaneous and safe from any thread."""

    def __init__(self, store: Store, file: File, book: Book) -> None:
        self._store = store
        self.file = file
        self.book = book
        """the present version; older ones stay as they were, so keeping one is enough to restore it"""

    @property
    def id(self) -> str:
        return self.file.id

    def change(self, work: Callable[[Edit], Any], user: str | None = None) -> Any:
        """Do `work` on a copy that becomes the present version only if nothing fails."""
        with self._store.lock:
            now = self._store.clock.now()
            owner = user is None or self.file.role(user) == "owner"
            edit = Edit(self.book.copy(), self._store.switches, now, user, owner, self.file.editors())
            result = work(edit)
            _check_size(edit.book)
            self.book = edit.book
            self.file.name = edit.book.properties["title"]
            self.file.modified = now
            self._store.touch()
            return result

    def apply(self, requests: list[Json], user: str | None = None) -> list[Json]:
        """batchUpdate; without a user, as the owner."""
        replies: list[Json] = self.change(lambda edit: run(edit, requests), user)
        return replies

    def type(self, sheet_id: int, row: int, column: int, text: str) -> None:
        """What a person does at the keyboard: the cell keeps its format, the text is understood."""

        def work(edit: Edit) -> None:
            sheet = edit.book.sheet(sheet_id)
            sheet.grow(row + 1, column + 1)
            sheet.put(row, column, edit.typed(sheet.cell(row, column), text, edit.today()))

        self.change(work)

    def rights(self, user: str) -> Rights:
        return Rights(user, self.file.role(user) == "owner")

    def view(self) -> View:
        return View(self.book, self._store.clock.now())

    def sheet(self, title_or_id: str | int) -> Sheet:
        found = self.book.sheet(title_or_id) if isinstance(title_or_id, int) else self.book.titled(title_or_id)
        if found is None:
            raise not_found()
        return found

    def shown(self, sheet_id: int, row: int, column: int) -> str:
        """The text in the cell."""
        with self._store.lock:
            return self.view().text(self.book.sheet(sheet_id), row, column)

    def value(self, sheet_id: int, row: int, column: int) -> Scalar | None:
        with self._store.lock:
            return self.view().value(self.book.sheet(sheet_id), row, column)

    def table(self, sheet_id: int, box: Box | None = None) -> list[list[str]]:
        """The texts of a range, the whole tab by default, without trailing blank rows."""
        with self._store.lock:
            sheet, view = self.book.sheet(sheet_id), self.view()
            area = boxed(sheet, box or Box())
            bottom = min(area.bottom, sheet.last_value_row())
            return [[view.text(sheet, r, c) for c in range(area.left, area.right)] for r in range(area.top, bottom)]

    def insert_rows(self, sheet_id: int, at: int, count: int = 1) -> None:
        """Blank rows before `at`, looking like the row above, as the menu does it."""
        self.change(lambda edit: insert(edit.book, edit.book.sheet(sheet_id), True, at, count, max(at - 1, 0)))

    def delete_rows(self, sheet_id: int, start: int, end: int) -> Deleted:
        before = self.book

        def work(edit: Edit) -> tuple[Row, ...]:
            sheet = edit.book.sheet(sheet_id)
            rows = tuple(sheet.rows[start:end])
            delete(edit.book, sheet, True, start, end)
            return rows

        with self._store.lock:
            rows: tuple[Row, ...] = self.change(work)
            return Deleted(sheet_id, start, rows, before, self.book)

    def undo(self, gone: Deleted) -> None:
        """Ctrl+Z after a deletion: the rows return as they were, whatever changed elsewhere meanwhile stays."""

        def work(edit: Edit) -> None:
            sheet = edit.book.sheet(gone.sheet_id)
            at = min(gone.at, len(sheet.rows))
            untouched = same_places(edit.book, gone.after, gone.sheet_id)
            insert(edit.book, sheet, True, at, len(gone.rows), at)
            sheet.rows[at : at + len(gone.rows)] = gone.rows
            if untouched:
                take_places(edit.book, gone.before, gone.sheet_id)

        self.change(work)

    def restore(self, version: Book) -> None:
        """File > Version history > Restore this version."""
        with self._store.lock:
            self.book = version
            self._store.touch()


class Store:
    def __init__(self, clock: Clock, switches: Switches) -> None:
        self.clock = clock
        self.switches = switches
        self.lock = threading.RLock()
        self.version = 0
        """raised at every change"""
        self.spreadsheets: dict[str, Spreadsheet] = {}
        self.folders: dict[str, File] = {}

    def touch(self) -> None:
        self.version += 1

    def create(
        self, title: str, *, owner: str | None = None, locale: str = "en_US", zone: str = "Etc/GMT"
    ) -> Spreadsheet:
        """A new spreadsheet; without an owner, anybody with an account may edit it."""
        with self.lock:
            book = Book(
                {"title": title, "locale": locale, "autoRecalc": "ON_CHANGE", "timeZone": zone},
                [new_sheet(0, first_title(locale))],
            )
            return self.adopt(self.new_file(title, owner), book)

    def new_file(self, name: str, owner: str | None) -> File:
        now = self.clock.now()
        held = permission("anyone", "writer") if owner is None else permission("user", "owner", owner)
        number = self.version + 1
        return File(f"1sandbox{number:06d}{'x' * 30}", name, now, now, [held])

    def create_folder(self, name: str, owner: str) -> File:
        with self.lock:
            made = self.new_file(name, owner)
            made.mime_type = FOLDER_TYPE
            self.folders[made.id] = made
            self.touch()
            return made

    def files(self) -> list[File]:
        """Spreadsheets and folders."""
        return [*(each.file for each in self.spreadsheets.values()), *self.folders.values()]

    def share(self, spreadsheet: Spreadsheet, email: str, role: str) -> None:
        """Give an account a role; one given before is replaced."""
        with self.lock:
            spreadsheet.file.share(permission("user", role, email))
            self.touch()

    def adopt(self, file: File, book: Book) -> Spreadsheet:
        spreadsheet = self.spreadsheets[file.id] = Spreadsheet(self, file, book)
        self.touch()
        return spreadsheet

    def spreadsheet(self, spreadsheet_id: str) -> Spreadsheet:
        found = self.spreadsheets.get(spreadsheet_id)
        if found is None:
            raise not_found()
        return found

    def opened(self, spreadsheet_id: str, user: str, to_write: bool) -> Spreadsheet:
        """The spreadsheet, if the user may read it, or write it."""
        found = self.spreadsheet(spreadsheet_id)
        role = found.file.role(user)
        if role is None or (to_write and role not in WRITERS):
            raise permission_denied()
        return found

    def delete(self, file_id: str) -> None:
        """A folder takes what lies in it along."""
        with self.lock:
            for inside in [each.id for each in self.files() if file_id in each.parents]:
                self.delete(inside)
            self.spreadsheets.pop(file_id, None)
            self.folders.pop(file_id, None)
            self.touch()


def _check_size(book: Book) -> None:
    if sum(len(sheet.rows) * len(sheet.columns) for sheet in book.sheets) > MAX_CELLS:
        raise invalid(
            f"This action would increase the number of cells in the workbook above the limit of {MAX_CELLS} cells."
        )
