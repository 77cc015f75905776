"""What decides how a run goes on, as a digest: two worlds with the same one end alike.

What is only history is left out: movements beyond their balances, edits but the last of each cell, settled questions,
journal lines accounted for, and the numbers that stand nowhere any more. The bridge compares numbers and looks things
up by them but never calculates with them; so those that are left count only by their order.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from bridge.flows.cycle import SheetCycle
from bridge.sandbox.sheets_api.book import Book
from bridge.sandbox.sheets_api.sheet import Row

TOKEN = re.compile(r"^(✓|🔒) (\d+)$")
SKUS = (
    "SELECT sku, standing, last, safety, owned_due, blocked, writes, accepted, held_since, missing_since"
    " FROM sku ORDER BY sku"
)
BALANCES = "SELECT * FROM balance ORDER BY sku, location"
FINDINGS = "SELECT sku, location, code FROM finding ORDER BY sku, location"
VALUES = "SELECT key, value FROM meta WHERE key <> 'number' ORDER BY key"
QUESTIONS = (
    "SELECT id, kind, subject, data, answer, result FROM exception WHERE closed_at IS NULL ORDER BY kind, subject"
)
LAST_EDITS = (
    "SELECT sku, location, before, after, max(id) > 0 FROM edit WHERE outcome IN ('applied', 'waiting')"
    " AND before IS NOT NULL GROUP BY sku, location ORDER BY sku, location"
)
INTENTS = "SELECT sku, kind, lock_number, write_number FROM row_intent ORDER BY sku"
AMOUNTS = "SELECT number, sku, contains FROM amount ORDER BY number, sku"
UNBALANCED = (
    "SELECT * FROM balance b WHERE coalesce(typed, 0) + booked <>"
    " (SELECT sum(on_hand) FROM movement m WHERE m.sku = b.sku AND m.location = b.location)"
)


def digest(
    database: sqlite3.Connection,
    book: Book,
    cycle: SheetCycle,
    late: Iterable[bytes],
    deleted: Iterable[Row],
    *more: Any,
) -> bytes:
    """`late`: the bodies of held requests · `deleted`: rows that may come back · `more`: what else decides."""

    def rows(query: str) -> list[tuple[Any, ...]]:
        return database.execute(query).fetchall()

    assert not rows(UNBALANCED)
    stock, asked, journal = (book.titled(title) for title in ("在庫表", "要対応", "_bridge_journal"))
    assert stock is not None
    assert asked is not None
    assert journal is not None
    late, deleted, seen = list(late), list(deleted), {number for (number,) in rows("SELECT number FROM journal_seen")}
    unseen = [row for row in journal.rows[1:] if row.cells and _number(row) is not None and _number(row) not in seen]
    intents = rows(INTENTS)
    live = {n for row in (*stock.rows, *deleted, *unseen) for cell in row.cells if (n := _of(cell.entered)) is not None}
    live |= {n for row in unseen if (n := _number(row)) is not None} | {lock for _, _, lock, _ in intents}
    assert max(live, default=0) < len(journal.rows) - 1, "two lines of the journal would share a row"
    order = {n: n if late else rank for rank, n in enumerate(sorted(live))}
    questions = rows(QUESTIONS)
    ids = {row[0]: row[1:3] for row in questions}
    said = {
        (ids[int(name.split()[1])] if name.startswith("answer ") else name): value
        for name, value in cycle.answering._last.items()
        if not name.startswith("answer ") or int(name.split()[1]) in ids
    }
    state = (
        [_told(row, order) for row in stock.rows],
        stock.basic_filter,
        [(order[n], sku, contains) for n, sku, contains in rows(AMOUNTS) if n in order],
        [([order[_number(row) or 0]], _told(row, order)[1][1:]) for row in unseen],
        [(sku, kind, order[lock], write is None) for sku, kind, lock, write in intents],
        [rows(query) for query in (SKUS, BALANCES, FINDINGS, VALUES, LAST_EDITS)],
        [row[1:] for row in questions],
        sorted(repr((ids[n], row.cells[1:])) for row in asked.rows if (n := _number(row)) in ids),
        sorted(said.items(), key=repr),
        sorted(cycle.watch.doubted),
        cycle.started,
        late,
        [_told(row, order) for row in deleted],
        more,
    )
    return blake2b(repr(state).encode()).digest()


def _number(row: Row) -> int | None:
    first = row.cells[0].entered if row.cells else None
    return int(first) if isinstance(first, (int, float)) else None


def _of(entered: object) -> int | None:
    found = TOKEN.match(entered) if isinstance(entered, str) else None
    return int(found[2]) if found else None


def _told(row: Row, order: Mapping[int, int]) -> tuple[bool, list[Any]]:
    cells: list[Any] = []
    for cell in row.cells:
        entered = cell.entered
        found = TOKEN.match(entered) if isinstance(entered, str) else None
        cells.append(((found[1], order[int(found[2])]) if found else entered, cell.format.get("numberFormat")))
    while cells and cells[-1] == (None, None):
        cells.pop()
    return row.hidden_by_filter, cells
