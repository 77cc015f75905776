"""What people meant and what the malls sold, and the promises of DESIGN §2-4. Knows nothing of the bridge.

A row of 在庫表 is known by its product name, which only staff write. What a cell *means* is the number that it would
show had nothing been booked: typing 15 over 10 means 5 more, whatever the bridge did before or does afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

Cell = tuple[str, str]  # SKU, location
ON_THE_WAY = "輸送中"
NONSENSE = ("abc", "-3", "1.5", "", "十二個")  # what staff type where a number belongs
LineId = tuple[str, str, str]  # channel, order, line
Left = tuple[int, int, int]  # units open, shipped, returned
Listing = tuple[str, tuple[str, str]]  # channel, the mall's own key


class Broken(Exception):
    """A promise of the design does not hold."""


@dataclass
class Row:
    """`cells`: what each filled cell means · `wrong`: entries that are no number, and what stood there before each."""

    sku: str
    cells: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class Sale:
    """One order line. `story`: what the mall's own record said, one after the other · `told`: how far the ledger is."""

    parts: Mapping[str, int]
    story: list[Left]
    told: int = 0


@dataclass(frozen=True)
class TillFact:
    """What a till did to its number beside selling. `counted`: somebody counted the shelf, which what was on its way
    may have been in already: the lower reading holds."""

    cell: Cell
    units: int
    counted: bool


@dataclass(frozen=True)
class Books:
    """What the ledger says. `balances`: typed (None: never filled), booked, allocated · `sums`: the same, added up from
    its movements · `lines`: units open, shipped, returned · `moved`: on hand and allocated by line and SKU ·
    `shelves`: what lines took from each shelf · `written`: what lines of 入出庫 and 元に戻す changed there ·
    `promised`: allocated to lines that people wrote into 受注 · `till_rows`: what rows of the tills changed, by channel
    and id."""

    balances: Mapping[Cell, tuple[int | None, int, int]]
    sums: Mapping[Cell, tuple[int, int, int]]
    lines: Mapping[LineId, Left]
    moved: Mapping[tuple[LineId, str], tuple[int, int]]
    shelves: Mapping[Cell, int]
    safety: Mapping[str, int]
    written: Mapping[Cell, int]
    promised: Mapping[str, int]
    till_rows: Mapping[tuple[str, str], Mapping[Cell, int]] = field(default_factory=dict)

    def lies(self, sku: str, at: str) -> int:
        typed, booked, _ = self.balances.get((sku, at), (0, 0, 0))
        return (typed or 0) + booked

    def free(self, sku: str, selling: Iterable[str]) -> int:
        found = [self.balances[sku, at] for at in selling if (sku, at) in self.balances]
        return sum((typed or 0) + booked - allocated for typed, booked, allocated in found) - self.safety.get(sku, 0)


@dataclass(frozen=True)
class SheetRow:
    name: str
    sku: str
    lock: str
    allocated: str
    cells: Mapping[str, str]  # location -> text
    entry: str  # 増減


def owed(left: Sequence[int], units: int, picked: int) -> tuple[int, int]:
    """On hand and allocated of one SKU of a line of which so many were picked. `left`: open, shipped, returned."""
    gone = max(left[1] * units, picked)
    return left[2] * units - gone, max(0, (left[0] + left[1]) * units - gone)


def units_of(entry: str) -> int:
    """So many more as an entry in 増減 says."""
    return int(entry) if entry.removeprefix("-").isdigit() else 0


class Model:
    def __init__(
        self,
        listings: Mapping[Listing, Mapping[str, int]],
        selling: tuple[str, ...],
        lag: float,
        shelves: Mapping[Listing, str] = {},
    ) -> None:
        """`shelves`: where the goods of a till's listing lie."""
        self.listings, self.selling, self.lag, self.shelves = listings, selling, lag, shelves
        self.till_rows: dict[tuple[str, str], TillFact] = {}
        self.rows: dict[str, Row] = {}
        self.sales: dict[LineId, Sale] = {}
        self.ever: dict[Cell, set[str]] = {}  # every text that a row of this SKU showed there
        self.fresh: dict[Listing, Counter[LineId]] = {key: Counter() for key in listings}  # sold, not read by anybody
        self.revealed: dict[Listing, Counter[LineId]] = {
            key: Counter() for key in listings
        }  # sold, and a reading shows it
        self.vanished: set[LineId] = set()  # lines that were withdrawn, and that their mall shows no more
        self.may: Callable[[LineId, str, Sale, int], set[int]] = lambda *_: {0}  # units picked, as far as people said
        self.muddy: set[Listing] = set()  # its number moved in ways that no reading tells apart

    # --- what people do in the table ---------------------------------------------------------------------------------

    def enters(self, name: str, at: str, shown: str, text: str) -> None:
        """`text` was typed or pasted over what the cell showed."""
        row = self.rows[name]
        entry, earlier = row.wrong.pop(at, (None, ""))
        before = earlier if shown == entry or (entry and not shown) else shown  # blank: a write hit it, and was undone
        if text.isdigit():  # a cell whose 0 was blanked still means 0; one never filled is opened
            row.cells[at] = row.cells.get(at, 0) + int(text) - int(before or 0)
        elif text or before not in ("", "0"):
            row.wrong[at] = (text, before)

    def changes(self, name: str, at: str, shown: str, text: str) -> None:
        """`text` was typed into 増減 over what it showed: so many more than the cell beside it means. What is no number
        means nothing."""
        self.rows[name].cells[at] += units_of(text) - units_of(shown)

    def copies(self, name: str, new: str) -> None:
        self.rows[new] = deepcopy(self.rows[name])

    def becomes(self, name: str, sku: str, cells: Mapping[str, str]) -> None:
        """A copied row is made another product: its numbers are counts of that."""
        self.rows[name] = Row(sku, {at: int(text) for at, text in cells.items() if text.isdigit()})

    def kept(self) -> dict[str, Row]:
        return deepcopy(self.rows)

    def goes_back(self, older: Row, shown: Mapping[str, str], deleted: Iterable[Row] = ()) -> Row:
        """A row shows what it showed some time ago. Where that was no number, or a cell never filled, what people typed
        since stays in force, as if it had stood there then. An entry that a write had hit by then is undone already.
        `shown`: its cells now · `deleted`: rows deleted since."""
        row = deepcopy(older)
        now = next((each for each in (*self.rows.values(), *deleted) if each.sku == row.sku), row)
        for at, typed in now.cells.items():
            text, before = older.wrong.get(at, ("", ""))
            if (at in older.wrong and shown[at] in ("", text)) or (at not in older.cells and not shown[at]):
                row.cells[at] = typed
                row.wrong[at] = (text, str(int(before or 0) + typed - older.cells.get(at, 0)))
            else:
                row.cells.setdefault(at, 0)  # a write of the bridge alone had left a number there
        return row

    # --- what malls do -----------------------------------------------------------------------------------------------

    def tells(self, line: LineId, parts: Mapping[str, int], left: Left) -> None:
        """The mall's own record of an order line says this from now on."""
        sale = self.sales.setdefault(line, Sale(parts, []))
        if not sale.story or sale.story[-1] != left:
            sale.story.append(left)

    def sells(self, listing: Listing, line: LineId, units: int) -> None:
        self.fresh[listing][line] += units

    def is_read(self, listing: Listing, lines: Iterable[LineId]) -> None:
        """The bridge has read its number, and these sales show in it."""
        for line in lines:
            self.revealed[listing][line] += self.fresh[listing].pop(line, 0)

    def unseen(self, books: Books) -> Counter[str]:
        """Units of each SKU that a reading showed as sold and no order in the ledger explains."""
        found: Counter[str] = Counter()
        for listing, parts in self.listings.items():
            if units := self._unseen_in(books, listing):
                found.update({sku: units * count for sku, count in parts.items()})
        return found

    def _unseen_in(self, books: Books, listing: Listing) -> int:
        if listing in self.muddy:
            return 0
        shown = self.revealed[listing].items()
        return sum(units for line, units in shown if line not in books.lines and line not in self.vanished)

    def most(self, listing: Listing, books: Books, unseen: Mapping[str, int]) -> int:
        """The most that a listing may show by these books. A till shows what lies on its shelf, whatever was promised
        of it and sold elsewhere."""
        parts = self.listings[listing].items()
        if listing in self.shelves:
            [(sku, _)] = parts
            return max(0, books.lies(sku, self.shelves[listing]) - self._unseen_in(books, listing))
        return max(0, min((books.free(sku, self.selling) - unseen.get(sku, 0)) // units for sku, units in parts))

    # --- after every step --------------------------------------------------------------------------------------------

    def pushed(self, listing: Listing, old: int, new: int, most: int | None, proved: bool) -> None:
        """A write of the bridge took effect. `most`: by what it knew when it decided · `proved`: orders of this channel
        were complete past the newest fact that raised the listing, plus its lag."""
        if listing not in self.shelves:  # a till is told a difference: what it sold stands in its number still
            self.fresh[listing].clear()
        if listing in self.muddy or most is None:
            return
        if new > most:
            raise Broken(f"{listing} was set to {new}, but what is sold already leaves {most}")
        if new > old and not proved:
            raise Broken(f"{listing} was raised from {old} to {new} before its orders were complete")

    def at_commit(self, books: Books, changed: Iterable[LineId], edits: Iterable[tuple[str, str, str]]) -> None:
        """Conservation, exactly once, and nothing taken in that nobody ever saw. `changed`: lines that are new or other
        than they were."""
        for cell in books.balances.keys() | books.sums.keys():
            typed, booked, allocated = books.balances.get(cell, (None, 0, 0))
            if (typed or 0, booked, allocated) != books.sums.get(cell, (0, 0, 0)):
                raise Broken(f"conservation of {cell}: {books.balances.get(cell)} is not {books.sums.get(cell)}")
        for line in changed:
            self._once(line, books.lines[line], books)
        for sku, at, text in edits:
            if text not in self.ever.get((sku, at), ()):
                raise Broken(f"an edit of {sku} {at} to {text}, which no row of it ever showed")
        for row in self.rows.values():  # a cell that lines bring something to is filled from then on
            for sku, at in books.written:
                if sku == row.sku and at != ON_THE_WAY:
                    row.cells.setdefault(at, 0)

    def till_moved(self, books: Books, rows: Iterable[tuple[str, str]]) -> None:
        """Each row of a till counts once, by its Δ, at its own shelf."""
        for row in rows:
            fact, moved = self.till_rows.get(row), books.till_rows[row]
            if fact is None:
                raise Broken(f"{row} never happened at the till")
            units = moved.get(fact.cell, 0)
            if moved.keys() - {fact.cell} or units > fact.units or (units < fact.units and not fact.counted):
                raise Broken(f"{row} moved {dict(moved)}, the till {fact}")

    def left_alone(self, before: Mapping[str, SheetRow], after: Mapping[str, SheetRow]) -> None:
        """A row that the bridge saw in 編集中 is the person's: nothing was written into its stock cells."""
        for name, row in before.items():
            if name in after and (after[name].cells, after[name].entry) != (row.cells, row.entry):
                raise Broken(f"{name} was written in 編集中: {row} became {after[name]}")

    def _once(self, line: LineId, left: Left, books: Books) -> None:
        sale = self.sales.get(line)
        if sale is None:
            raise Broken(f"{line} was never ordered")
        later = [i for i, said in enumerate(sale.story) if i >= sale.told and said == left]
        if not later:
            raise Broken(f"{line} went back to {left}, the mall says {sale.story[-1]}")
        sale.told = later[0]
        self._moved(line, left, books)

    def _moved(self, line: LineId, left: Left, books: Books) -> None:
        sale = self.sales[line]
        for sku, units in sale.parts.items():
            due = {owed(left, units, picked) for picked in self.may(line, sku, sale, units)}
            if books.moved.get((line, sku), (0, 0)) not in due:
                raise Broken(f"{line} moved {sku} by {books.moved.get((line, sku))}, {left} means {due}")

    # --- at rest -----------------------------------------------------------------------------------------------------

    def all_told(self, books: Books) -> bool:
        """Whether the bridge has heard of every order all that the malls have to say."""
        lines = all(books.lines.get(line) == self.sales[line].story[-1] for line in self._known(books))
        return lines and not self._rows_to_come(books)

    def told_by(self, channel: str, books: Books) -> bool:
        """Whether every line and row of a channel is in the books."""
        lines = {line for line in self.sales if line[0] == channel}
        rows = {row for row in self.till_rows if row[0] == channel}
        return lines <= books.lines.keys() and rows <= books.till_rows.keys()

    def forgets(self, channel: str, books: Books, comes: Callable[[str], bool]) -> None:
        """What a partner's files told once, an older ledger hears from nobody. `comes`: whether it hears of an order,
        or of the rows of a file, all the same."""
        for line in [line for line in self.sales if line[0] == channel and line not in books.lines]:
            if not comes(line[1]):
                del self.sales[line]
        for row in [row for row in self.till_rows if row[0] == channel and row not in books.till_rows]:
            if not comes(row[1].split("-")[0]):
                del self.till_rows[row]

    def _rows_to_come(self, books: Books) -> set[tuple[str, str]]:
        """Rows of the tills that nobody has booked. A count that found what the books have moves nothing."""
        return {row for row, fact in self.till_rows.items() if not fact.counted} - books.till_rows.keys()

    def _known(self, books: Books) -> set[LineId]:
        """A line may go before anybody heard of it."""
        return self.sales.keys() - (self.vanished - books.lines.keys())

    def on_hand(self, row: Row, at: str, books: Books) -> int:
        """Units on the shelf: what people counted, less what left it, and what came back to it."""
        return row.cells[at] + books.shelves.get((row.sku, at), 0) + books.written.get((row.sku, at), 0)

    def counts(self, row: Row, at: str, books: Books) -> int:
        """What a person finds on the shelf: never less than nothing, whatever was sold."""
        truth = self.on_hand(row, at, books)
        row.cells[at] += max(0, -truth)
        return max(0, truth)

    def accepts_other_shelves(self, books: Books) -> None:
        """An older ledger books the orders since anew, at times from another shelf; people take the table's numbers."""
        for row in self.rows.values():
            typed = {at: books.balances.get((row.sku, at), (None, 0, 0))[0] for at in row.cells}
            known = {at: units for at, units in typed.items() if units is not None}
            if known.keys() == row.cells.keys() and sum(known.values()) == sum(row.cells.values()):
                row.cells = known

    def ledger_is_older(self, written: Mapping[Cell, int], now: Mapping[Cell, int], deleted: Iterable[Row]) -> None:
        """What it had of orders and readings is gone; it hears all of it again. What people had written into 入出庫 it
        does not know: that lies on the shelf, and nowhere but in the table's numbers."""
        for row in (*self.rows.values(), *deleted):
            for sku, at in written:
                if sku == row.sku and at in row.cells:
                    row.cells[at] += written[sku, at] - now.get((sku, at), 0)
        for sale in self.sales.values():
            sale.told = 0
        self.muddy = set(self.listings)

    def at_rest(self, books: Books, rows: Iterable[SheetRow], malls: Mapping[Listing, int], waiting: object) -> None:
        """Sheet = ledger = channels = what people meant less what malls sold; nothing waits."""
        _same("waiting", waiting, [])
        _same("order lines", dict(books.lines), {line: self.sales[line].story[-1] for line in self._known(books)})
        _same("rows of tills", self._rows_to_come(books), set())
        shown = {row.name: row for row in rows}
        _same("rows", sorted(shown), sorted(self.rows))
        allocated: Counter[str] = Counter(books.promised)
        for line, left in books.lines.items():
            self._moved(line, left, books)
            for sku in self.sales[line].parts:
                allocated[sku] += books.moved.get((line, sku), (0, 0))[1]
        for name, row in self.rows.items():
            _same(f"{name}: SKU", shown[name].sku, row.sku)
            _same(f"{name}: 引当", shown[name].allocated or "0", str(allocated[row.sku]))
            if "🔒" in shown[name].lock or not shown[name].lock:
                raise Broken(f"{name}: its lock cell shows {shown[name].lock!r}")
            _same(f"{name}: 増減", shown[name].entry, "")
            for at in row.cells:
                truth = self.on_hand(row, at, books)
                typed, booked, _ = books.balances.get((row.sku, at), (None, 0, 0))
                _same(f"{row.sku} {at} in the ledger", None if typed is None else typed + booked, truth)
                _same(f"{row.sku} {at} in the sheet", shown[name].cells.get(at), str(truth))
        if len({row.sku for row in self.rows.values()}) != len(self.rows):
            raise Broken("a SKU stands twice")
        for listing in self.listings:
            _same(f"{listing} in its mall", malls[listing], self.most(listing, books, {}))


def _same(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise Broken(f"{what}: {found!r} is not {expected!r}")
