"""What lines of 入出庫, ticks of 履歴 and the ledger's answer to them come to. Knows nothing of the bridge.

A line is known by its memo, which only staff write; the bridge gives it a number. What a line may have moved is what a
row that bore its number said while it was ticked, and every move of it needs a tick that somebody set.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tests.simulation.cast import SHELVES, WAREHOUSE
from tests.simulation.model import ON_THE_WAY, Broken, Cell

Moved = frozenset[tuple[Cell, int]]
"""Units by which lines move cells, none of them 0."""

NOTHING: Moved = frozenset()
INSPECT = "検品待ち"
TAKES, BRINGS = ("破損", "店頭販売", "サンプル", "ばらし", "組立", "移動"), ("入荷", "返品", "組立", "移動")
COUNTED_THERE = SHELVES.get(WAREHOUSE, "")  # what goes there arrives by the warehouse's own count, not by a tick
BY_ARRIVAL = ("入荷", "返品", "組立")  # one tick books a line: 到着 of these, 発送 of the others; 移動 has both


def tick_of(kind: str) -> str:
    """The tick that books a line of this kind."""
    return "到着" if kind in BY_ARRIVAL else "発送"


@dataclass(frozen=True)
class WrittenLine:
    """As it stands in 入出庫. `number`: 0 where there is none · `parts`: what goes into one set · `boxless`: a cell
    that books it holds no tick box, and says nothing · `state`: what stands beside it."""

    memo: str
    number: int
    kind: str
    sku: str
    units: int
    source: str = ""
    target: str = ""
    parts: Mapping[str, int] = field(default_factory=dict)
    sent: bool = False
    arrived: bool = False
    boxless: bool = False
    state: str = ""

    @property
    def ticked(self) -> bool:
        return self.arrived if self.kind in BY_ARRIVAL else self.sent

    @property
    def complete(self) -> bool:
        needs = [self.sku, self.units, self.kind in (*TAKES, *BRINGS)]
        needs += [self.source] if self.kind in TAKES else []
        needs += [self.target] if self.kind in ("入荷", "移動") else []
        needs += [self.parts] if self.kind in ("組立", "ばらし") else []
        return all(needs)

    def moves(self, *, arrived: bool) -> Moved:
        """What it moves once it is ticked. `arrived`: of a transfer, whether also 到着 is."""
        there = self.target or (INSPECT if self.kind == "返品" else self.source)
        change: Counter[Cell] = Counter()
        if self.kind in TAKES:
            taken = self.parts if self.kind == "組立" else {self.sku: 1}
            change.update({(sku, self.source): -count * self.units for sku, count in taken.items()})
        if self.kind == "移動":
            change[self.sku, there if arrived else ON_THE_WAY] += self.units
        elif self.kind in BRINGS or self.kind == "ばらし":
            brought = self.parts if self.kind == "ばらし" else {self.sku: 1}
            for sku, count in brought.items():
                change[sku, there] += count * self.units
        return _moved(change)

    @property
    def counted_there(self) -> bool:
        return self.kind == "移動" and bool(self.target) and self.target == COUNTED_THERE

    @cached_property
    def said(self) -> set[Moved]:
        """What may have moved by a row that says this: nothing as long as it is not ticked."""
        if self.complete and self.counted_there:
            ways = range(self.units + 1) if self.ticked else (0,)
            return {self._sent(way, there) for way in ways for there in range(self.units + 1) if way + there} | (
                set() if self.ticked else {NOTHING}
            )
        if not (self.ticked and self.complete):
            return {NOTHING}
        return {self.moves(arrived=False)} | ({self.moves(arrived=True)} if self.arrived else set())

    def _sent(self, way: int, there: int) -> Moved:
        """So many are on their way and so many were counted there; the rest came back, or was given up."""
        return _moved({(self.sku, self.source): -way - there, (self.sku, ON_THE_WAY): way})


def line_of(text: Mapping[str, str], entered: Mapping[str, object]) -> WrittenLine | None:
    """A row by its headers: what its cells show, and what stands in them; None where staff gave it no memo."""
    if not entered["メモ"]:
        return None
    parts = dict(part.split("×") for part in text["構成"].split("+")) if text["構成"] else {}
    return WrittenLine(
        memo=text["メモ"],
        number=int(text["番号"]) if text["番号"].isdigit() else 0,
        kind=text["種類"],
        sku=text["SKU"],
        units=int(text["数量"]) if text["数量"].isdigit() else 0,
        source=text["から"],
        target=text["へ"],
        parts={sku: int(count) for sku, count in parts.items()},
        sent=entered["発送"] is True,
        arrived=entered["到着"] is True,
        boxless=not all(isinstance(entered[each], bool) for each in ("発送", "到着")),
        state=text["状態"],
    )


def _moved(change: Mapping[Cell, int]) -> Moved:
    return frozenset((cell, units) for cell, units in change.items() if units)


def _on_the_way(moved: Moved) -> bool:
    return any(at == ON_THE_WAY for (_, at), _ in moved)


class Written:
    """`ticks`: how often somebody ticked a line · `undone`: numbers of 履歴 that somebody ticked."""

    def __init__(self) -> None:
        self.said: defaultdict[int, set[Moved]] = defaultdict(set)
        self.memos: defaultdict[int, set[str]] = defaultdict(set)
        self.ticks: Counter[str] = Counter()
        self.booked: Counter[int] = Counter()
        self.moved: dict[int, Moved] = {}
        self.undo: dict[int, tuple[Cell, int]] = {}
        self.marks: Counter[str] = Counter()
        self.settled: set[int] = set()  # numbers of lines that are closed, whatever they say
        self.counted_there: set[int] = set()

    def shown(self, lines: Iterable[WrittenLine]) -> None:
        """This stands in the tab now."""
        for line in lines:
            if line.number:
                self.said[line.number] |= line.said
                self.memos[line.number].add(line.memo)
                if line.counted_there:
                    self.counted_there.add(line.number)

    def at_commit(
        self, moved: Mapping[int, Moved], undone: Mapping[int, Counter[Cell]], along: Mapping[int, int]
    ) -> None:
        """What the ledger says that lines have moved, by number; and what was undone, by the number in 履歴, `along` so
        many units of readings and answers that belong to it."""
        for number in moved.keys() | self.moved.keys():
            now, before = moved.get(number, NOTHING), self.moved.get(number, NOTHING)
            if now != before:
                self._moves(number, before, now)
        for number, change in undone.items():
            cell, units = self.undo.get(number, (("", ""), 0))
            if change != Counter({cell: -units - along[number]}):
                raise Broken(f"{number} of 履歴 was undone by {dict(change)}, and said {cell} {units}")
        self.marks["undone in 履歴"] = len(undone)
        self.moved = dict(moved)

    def ledger_is_older(self, moved: Mapping[int, Moved], *_undone: object) -> None:
        """What it had of lines since is in no book of its own any more."""
        self.moved = dict(moved)
        self.settled &= {number for number, units in moved.items() if units}
        for number, said in self.said.items():
            if number not in moved:
                said.add(NOTHING)

    def _moves(self, number: int, before: Moved, now: Moved) -> None:
        if now not in self.said[number]:
            raise Broken(f"line {number} moved {sorted(now)}, which no row of it ever said")
        arrived = len(now) == 2 and len({sku for (sku, _), _ in now}) == 1 and not _on_the_way(now)
        arrived |= number in self.counted_there and bool(now) and not _on_the_way(now)
        self.marks["line taken back"] += not now
        self.marks["goods on their way"] += _on_the_way(now)
        if arrived:
            self.marks["goods arrived"] += 1
            self.settled.add(number)  # what has arrived is not taken back
        if now and not before:
            self.marks["line booked"] += 1
            self.booked[number] += 1
            if self.booked[number] > sum(self.ticks[memo] for memo in self.memos[number]):
                raise Broken(f"line {number} moved {self.booked[number]} times, {self.memos[number]} was ticked less")
            self.said[number].discard(NOTHING)  # until somebody takes the tick away

    def answered(self, number: int, cell: Cell, units: int, target: str) -> None:
        """A person says of a line that is gone: it has arrived at `target`, or never left ("")."""
        self.settled.add(number)
        self.said[number].add(frozenset({(cell, -units), ((cell[0], target), units)}) if target else NOTHING)

    def at_rest(self, lines: Iterable[WrittenLine]) -> None:
        """Every line has moved what its ticks say."""
        for line in lines:
            moved = self.moved.get(line.number, NOTHING)
            wanted = {line.moves(arrived=line.arrived)} if line.ticked and line.complete else {NOTHING}
            wanted = line.said if line.counted_there else wanted
            if moved not in wanted and line.number not in self.settled and not (line.boxless and not line.ticked):
                raise Broken(f"{line} has moved {sorted(moved)}")
