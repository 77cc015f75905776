"""Two partners who are reached by files: a mall that takes ours, and a warehouse that sends what it did and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from math import floor
from pathlib import Path
from shutil import rmtree
from typing import Any

from bridge.clock import JST
from tests.contract.files.files_in import changes, shipments, stock
from tests.simulation.cast import SHELVES, WAREHOUSE, sold_at
from tests.simulation.model import Books, LineId, Model, TillFact

Wire = tuple[str, str]


class FileMall:
    """It shows what it took out of our last file, and has no orders to tell of."""

    def __init__(self, share: Path) -> None:
        self.file = share / "stock.csv"
        self.shown: dict[Wire, int] = {}
        self.visible_after = 0.0
        self.history: tuple[object, ...] = ()  # nothing changes there but by `take`

    def stock(self) -> dict[Wire, int]:
        return dict(self.shown)

    def orders(self) -> list[Any]:
        return []

    def waiting(self) -> bytes:
        return self.file.read_bytes() if self.file.exists() else b""

    def rows(self) -> dict[Wire, int]:
        """What the file says that lies there."""
        rows = [line.split(",") for line in self.waiting().decode("cp932").splitlines()[1:]]
        return {(row[2].strip('"'), ""): int(row[4].strip('"')) for row in rows}

    def take(self) -> dict[Wire, tuple[int, int]]:
        """Import it: what each of its rows made of what."""
        new = self.rows()
        self.file.unlink(missing_ok=True)
        moved = {wire: (self.shown.get(wire, 0), units) for wire, units in new.items()}
        self.shown |= new
        return moved

    def to_json(self) -> list[list[Any]]:
        return [[list(wire), units] for wire, units in self.shown.items()]

    def load_json(self, plain: list[list[Any]]) -> None:
        self.shown = {(wire[0], wire[1]): units for wire, units in plain}


@dataclass
class Warehouse:
    """`half`: a file that is still being written, and what it will be · `counted`: what its counts found beyond the
    books, by SKU · `last`: the last file of changes, whole"""

    share: Path
    clock: Any
    model: Model
    half: tuple[Path, bytes] | None = None
    last: tuple[str, bytes] = ("", b"")
    counted: dict[str, int] = field(default_factory=dict)
    number: int = 0
    sent: set[bytes] = field(default_factory=set)

    def _stamp(self) -> datetime:
        """Files tell whole seconds, and no two of them the same."""
        self.clock.elapsed = floor(self.clock.elapsed) + 1.0
        now: datetime = self.clock.now()
        self.clock.elapsed += 0.01
        return now.astimezone(JST)

    def _write(self, name: str, data: bytes, at: datetime, *, half: bool = False) -> Path:
        path = self.share / "out" / f"{name}_{at:%Y%m%d%H%M%S}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data[: len(data) - 4] if half else data)
        if half:
            self.half = path, data
        return path

    def finish(self) -> bool:
        """What was half written is whole now."""
        if self.half is None:
            return False
        path, data = self.half
        path.write_bytes(data)
        self.half = None
        return True

    def changes(self, units: Mapping[str, int], *, half: bool = False) -> bool:
        """Goods came in, or went, by SKU. Not the same twice: nobody could tell that from a file sent twice."""
        data = changes({code(sku): n for sku, n in units.items()})
        if data in self.sent:
            return False
        self.sent.add(data)
        at = self._stamp()
        self._write("chosei", data, at, half=half)
        self.last = (f"{at - timedelta(hours=9):%Y%m%dT%H%M%SZ}", data)
        name = f"{self.last[0]}-{sha256(data).hexdigest()[:8]}"
        for n, (sku, moved) in enumerate(units.items(), 1):
            if moved:
                self.model.till_rows[WAREHOUSE, f"{name}/{n}"] = TillFact(
                    (sku, SHELVES[WAREHOUSE]), moved, counted=False
                )
        return True

    def again(self) -> bool:
        """The last file of changes is sent twice: under another name, with the same content."""
        if not self.last[1]:
            return False
        self._write("chosei", self.last[1], self._stamp())
        return True

    def ships(self, sku: str, units: int) -> None:
        """Something that was ordered there and nowhere else."""
        order = f"W-{self._next()}"
        self._write("shukka", shipments((order, "1", code(sku), units)), self._stamp())
        line: LineId = (WAREHOUSE, order, "1")
        self.model.tells(line, {sku: 1}, (0, units, 0))

    def ships_for(self, order: str, sku: str, units: int) -> None:
        """Of a mall's order, of which that mall tells itself."""
        self._write("shukka", shipments((order, "1", code(sku), units)), self._stamp())

    def counts(self, lies: Callable[[str], int], found: Mapping[str, int]) -> None:
        """A stock file as of this second. `found`: units more, or fewer, than the books have."""
        at = self._stamp()
        units = {code(sku): lies(sku) + found.get(sku, 0) for sku in sold_at(WAREHOUSE)}
        for sku, more in found.items():
            self.counted[sku] = self.counted.get(sku, 0) + more
        self._write("zaiko", stock(units, f"{at:%Y/%m/%d %H:%M:%S}"), at)

    def forget(
        self, known: str, books: Books, fewer: Mapping[tuple[str, str], int], more: Mapping[tuple[str, str], int]
    ) -> None:
        """An older ledger has these counts no more, and nobody tells it of a file that was taken once. `known`: what it
        remembers of files all the same, as text."""
        there = known + "".join(path.read_text(encoding="cp932") + self._named(path) for path in self.pending())
        self.model.forgets(WAREHOUSE, books, lambda fact: fact in there)
        for sign, lost in ((-1, fewer), (1, more)):
            for (sku, _), units in lost.items():
                self.counted[sku] = self.counted.get(sku, 0) + sign * units
        self.last = ("", b"")

    @staticmethod
    def _named(path: Path) -> str:
        """As the rows of a file of changes are named, without its content."""
        at = datetime.strptime(path.stem[-14:], "%Y%m%d%H%M%S") - timedelta(hours=9)
        return f"{at:%Y%m%dT%H%M%SZ}"

    def pending(self) -> list[Path]:
        """Files that nobody has taken yet."""
        folder = self.share / "out"
        return [path for path in folder.iterdir() if path.is_file()] if folder.exists() else []

    def _next(self) -> int:
        self.number += 1
        return self.number


def code(sku: str) -> str:
    """What the warehouse calls it."""
    return f"W-{sku}"


def emptied(share: Path) -> Path:
    """A folder without a past."""
    rmtree(share, ignore_errors=True)
    share.mkdir(parents=True)
    return share
