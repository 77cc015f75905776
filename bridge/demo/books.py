"""The ledger file, read with nothing but SQLite, so that a mistake of the bridge's own code can't hide itself."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bridge.demo.evidence import Asked, Balance, BookedEdit, BookedLine, Books, Cell
from bridge.demo.stalls import WAREHOUSE

TYPED = ("opening", "edit")  # causes of what people typed; the rest is booked by the bridge


def read_books(path: Path) -> Books:
    """One consistent look; an empty ledger where there is no file yet."""
    if not path.exists():
        return Books(balances={})
    with closing(_opened(path)) as file:
        file.row_factory = sqlite3.Row
        try:
            file.execute("BEGIN")
            return Books(
                lines=_lines(file),
                edits=_edits(file),
                balances=_balances(file),
                open_questions=_questions(file),
                overwritten=_overwritten(file),
                webhooks=file.execute("SELECT count(*) FROM webhook").fetchone()[0],
            )
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # it is just being made
                return Books(balances={})
            raise


def left_by(path: Path, column: str, until: datetime) -> dict[str, int]:
    """Units by SKU that left a stock column until then, for orders of all channels but the warehouse's own."""
    if not path.exists():
        return {}
    with closing(_opened(path)) as file:
        at = until.astimezone(UTC).isoformat(timespec="microseconds")
        query = (
            "SELECT sku, -sum(on_hand) FROM movement WHERE location = ? AND at <= ?"
            " AND cause IN ('shipped', 'withdrawn') AND ref NOT LIKE ? GROUP BY sku"
        )
        return dict(file.execute(query, (column, at, f"{WAREHOUSE}/%")).fetchall())


def _opened(path: Path) -> sqlite3.Connection:
    """To be read alone, whatever its folder is called."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)


def _lines(file: sqlite3.Connection) -> list[BookedLine]:
    shipped: defaultdict[tuple[str, str, str], dict[Cell, int]] = defaultdict(dict)
    for row in file.execute("SELECT * FROM share"):
        key = (row["channel"], row["order"], row["line"])
        cell = (row["sku"], row["location"])
        shipped[key][cell] = shipped[key].get(cell, 0) + row["shipped"]
    return [
        BookedLine(
            row["channel"],
            row["order"],
            row["line"],
            row["ordered"],
            row["open"],
            row["shipped"],
            shipped[row["channel"], row["order"], row["line"]],
        )
        for row in file.execute("SELECT * FROM order_line")
    ]


def _edits(file: sqlite3.Connection) -> list[BookedEdit]:
    """What an entry moved: what the cell showed after it less what it had shown. A new product's first number had shown
    nothing, and may have been written over before anybody looked: what was opened with it tells."""
    opened = "SELECT sku, location, at, sum(on_hand) AS units FROM movement WHERE cause = 'opening' GROUP BY 1, 2, 3"
    first = {(row["sku"], row["location"], row["at"]): row["units"] for row in file.execute(opened)}
    found = []
    for row in file.execute("SELECT * FROM edit ORDER BY id"):
        cell = (row["sku"], row["location"])
        delta = None
        if row["outcome"] != "refused":
            delta = int(row["after"]) - (row["before"] or 0)
            delta = first.get((*cell, row["at"]), delta) if row["before"] is None else delta
        found.append(BookedEdit(_time(row["at"]), cell, delta, row["outcome"]))
    return found


def _balances(file: sqlite3.Connection) -> dict[Cell, Balance]:
    sums: defaultdict[Cell, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in file.execute("SELECT * FROM movement"):
        total = sums[row["sku"], row["location"]]
        total[0 if row["cause"] in TYPED else 1] += row["on_hand"]
        total[2] += row["allocated"]
    rows = {(row["sku"], row["location"]): row for row in file.execute("SELECT * FROM balance")}
    return {cell: _balance(rows.get(cell), sums[cell]) for cell in {*rows, *sums}}


def _balance(row: Any, sums: list[int]) -> Balance:
    if row is None:
        return Balance(0, 0, 0, *sums)
    return Balance(row["typed"] or 0, row["booked"], row["allocated"], *sums)


def _questions(file: sqlite3.Connection) -> list[Asked]:
    rows = file.execute("SELECT * FROM exception WHERE closed_at IS NULL ORDER BY id")
    return [Asked(row["id"], row["kind"], row["subject"], json.loads(row["data"]), _time(row["at"])) for row in rows]


def _overwritten(file: sqlite3.Connection) -> frozenset[Cell]:
    rows = file.execute("SELECT subject, data FROM exception WHERE kind = 'overwritten'")
    return frozenset((row["subject"], str(json.loads(row["data"]).get("location", ""))) for row in rows)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
